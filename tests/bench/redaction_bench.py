#!/usr/bin/python3
"""Redaction speed: every shipped rule over mail-like text, beside one bare Hyperscan pattern, Perl, GNU grep and a
JavaScript redactor of npm, on the same file.

CPU is that of the process, start-up included for the peers as a user would pay it (their text is large enough to hide
it). Postern and Perl rewrite; grep only counts lines and checks nothing, which is less than redaction. Each runs several
times in turn; the least disturbed round counts. `./dev bench redaction` starts it.
"""
import argparse
import json
import os
import pathlib
import random
import resource
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench  # noqa: E402
import harness  # noqa: E402

BINARY = pathlib.Path(os.environ.get("POSTERN_REDACTION_BENCH", bench.ROOT / "build/release/redaction_bench"))
HERE = pathlib.Path(__file__).resolve().parent
CARD = r"(?<![0-9])(?:4[0-9]{3}|5[1-5][0-9]{2}|6(?:011|5[0-9]{2})|3[47][0-9]{2})(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{3,4}(?![0-9])"
PERL_LUHN = r"""
use strict; use warnings; local $/ = \40960;
sub luhn { my ($d, $s, $i) = (scalar reverse($_[0]), 0, 0);
  for my $c (split //, $d) { my $v = $i++ % 2 ? 2 * $c : $c; $s += $v > 9 ? $v - 9 : $v } $s % 10 == 0 }
sub mask { my $m = shift; (my $d = $m) =~ tr/0-9//cd; return $m unless luhn($d); my ($n, $k) = (length $d, 0);
  $m =~ s/([0-9])/$k++; $k > 6 && $k <= $n - 4 ? '*' : $1/ge; $m }
while (<STDIN>) { s/CARD/mask($&)/ge; OTHERS; print }
"""
PERL_OTHERS = [r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}\b", r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b", r"\bAKIA[0-9A-Z]{16}\b", r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
               r"-----BEGIN [A-Z ]*PRIVATE KEY-----", r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", r"(?i)\bpassword\s*[:=]\s*\S+",
               r"(?i)\bcv[cv]2?\s*[:=]?\s*[0-9]{3,4}\b", r"\bsk_live_[A-Za-z0-9]{24,}", r"\bxox[baprs]-[A-Za-z0-9-]{10,}", r"\b[12][0-9]{2}(?:0[1-9]|1[0-2])[0-9]{8,10}\b"]
JAVASCRIPT = """
const { SyncRedactor } = require('redact-pii');
const fs = require('fs');
const off = Object.fromEntries(['names', 'digits', 'streetAddress', 'zipcode', 'phoneNumber', 'ipAddress', 'emailAddress', 'username', 'url',
  'usSocialSecurityNumber', 'password', 'credentials'].map((rule) => [rule, { enabled: false }]));
const redactor = new SyncRedactor(process.argv[2] === 'cards' ? { builtInRedactors: off } : {});
const text = fs.readFileSync(process.argv[1], 'utf8');
const lines = text.split('\\n');
let block = []; let size = 0; let out = 0;
for (const line of lines) {
  block.push(line); size += line.length;
  if (size >= 40960) { out += redactor.redact(block.join('\\n')).length; block = []; size = 0; }
}
out += redactor.redact(block.join('\\n')).length;
console.log(out);
"""


def make_text(path, megabytes):
    """Sentences, addresses, dates, order and phone numbers, links; one line in two hundred has a card."""
    chance = random.Random(7)
    kinds = [lambda: bench.sentence(chance), lambda: bench.sentence(chance), lambda: bench.sentence(chance),
             lambda: f"On {chance.randint(1, 28)}/{chance.randint(1, 12)}/2026 at {chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}, customer{chance.randint(1, 999)}@shop.example wrote:",
             lambda: f"Order {chance.randint(10**7, 10**8)}, phone +33 6 {chance.randint(10, 99)} {chance.randint(10, 99)} {chance.randint(10, 99)} {chance.randint(10, 99)}",
             lambda: f"https://shop.example/track?id={chance.randint(10**11, 10**12)}&lang=fr", lambda: "> " + bench.sentence(chance)]
    lines, size = [], 0
    while size < 1 << 20:
        line = "My card is 4111 1111 1111 1111, expires 12/29." if chance.random() < 0.005 else chance.choice(kinds)()
        lines.append(line)
        size += len(line) + 1
    path.write_text(("\n".join(lines) + "\n") * megabytes)


def ours(*arguments):
    done = subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def cpu_of(command, source):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(source, "rb") as text:
        done = subprocess.run(command, stdin=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=900)  # grep stops early when nobody reads
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=100, help="of text for Postern and grep; a fifth of it for Perl and JavaScript")
    arguments = parser.parse_args()
    work = harness.temporary_folder("redaction-bench")
    large, small = work / "large.txt", work / "small.txt"
    make_text(large, arguments.megabytes)
    make_text(small, max(1, arguments.megabytes // 5))
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    rows = []

    def add(name, seconds, path, note):
        rows.append((name, path.stat().st_size / 1e6 / seconds, note))
        print(f"{name:44} {rows[-1][1]:9.0f} MB/s  {note}", flush=True)

    for size in (40960, 4096):
        bare = ours("bare", large, size, arguments.rounds)
        scan = ours("scan", large, size, arguments.rounds)
        add(f"one bare Hyperscan pattern, {size // 1024} KB blocks", bare["cpu_best"], large, f"{bare['findings']} candidates, nothing checked")
        add(f"Postern, all shipped rules, {size // 1024} KB blocks", scan["cpu_best"], large, f"{scan['findings']} findings")
    plain = work / "plain.txt"
    plain.write_text("\n".join(line for line in large.read_text().split("\n") if "4111" not in line))
    add("Postern, all shipped rules, no card in it", ours("scan", plain, 40960, arguments.rounds)["cpu_best"], plain, "most mail")
    add("Postern, found and rewritten", min(ours("rewrite", large, 40960, work / "out")["cpu_best"] for _ in range(arguments.rounds)), large, "")
    cards = PERL_LUHN.replace("CARD", CARD)
    others = "; ".join(f"s/{one}/[removed]/g" for one in PERL_OTHERS)
    peers = [("perl, cards with Luhn, rewritten", ["perl", "-e", cards.replace("OTHERS;", "")], small, ""),
             (f"perl, cards and {len(PERL_OTHERS)} more patterns", ["perl", "-e", cards.replace("OTHERS", others)], small, ""),
             ("grep -P, cards, lines counted", ["grep", "-c", "-P", CARD], large, "no Luhn, no rewriting"),
             ("redact-pii (npm), cards", ["node", "-e", JAVASCRIPT, str(small), "cards"], small, "no Luhn"),
             ("redact-pii (npm), its defaults", ["node", "-e", JAVASCRIPT, str(small), "all"], small, "")]
    for name, command, path, note in peers:
        os.chdir(HERE)
        add(name, min(cpu_of(command, path) for _ in range(min(3, arguments.rounds))), path, note)
    postern = next(speed for name, speed, _ in rows if name == "Postern, found and rewritten")
    for name, speed, _ in rows:
        if not name.startswith(("Postern", "one bare")):
            print(f"Postern / {name}: {postern / speed:.1f}")


if __name__ == "__main__":
    main()
