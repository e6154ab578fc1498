#!/usr/bin/python3
"""Measures the redaction of card numbers and writes REDACTION.md: recall over every labelled number in every disguise,
precision over labelled look-alikes, made-up ones and real mail.

usage: redaction_table.py POSTERN_BINARY [--write] [--numbers N] [--lookalikes N]
The labelled data are read from $POSTERN_SHARED. No number of any of them is written anywhere: rows tell classes and counts.
Without --write it fails when the committed table says something else than the run.
"""
import argparse
import collections
import concurrent.futures
import csv
import email.utils
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from card_disguises import disguises, mail, text  # noqa: E402
from card_views import is_notice, survives  # noqa: E402
from lookalikes import sentences  # noqa: E402

TABLE = pathlib.Path(__file__).resolve().parents[1] / "REDACTION.md"
LINES_PER_MAIL = 50
# Disguises in which some numbers are not looked for: which, and why. What is missed beside them is a failure.
WEAK = ("UATP (1…) is an issuer range that other numbers share, and counts only beside a word for cards, which this text has not",
        lambda number: number.startswith("1"))
EXCEPTIONS = {
    ("text", "groups with semicolon, alone on a line"): WEAK,
    ("text", "groups in quotes, alone on a line"): WEAK,
}


def shared():
    folder = pathlib.Path(os.environ.get("POSTERN_SHARED", ""))
    if not (folder / "data" / "pan").is_dir():
        sys.exit("POSTERN_SHARED names no folder of test data")
    return folder / "data"


def positives(data):
    with open(data / "pan" / "positives.tsv", encoding="utf-8") as rows:
        return sorted({re.sub(r"\D", "", row[0]) for row in csv.reader(rows, delimiter="\t") if row and not row[0].startswith("#")})


class Postern:
    """Redacts messages by the thousand with the real program."""

    def __init__(self, binary):
        self.binary = str(binary)

    def redact(self, messages):
        """(report, redacted bytes) for each."""
        with tempfile.TemporaryDirectory(prefix="postern-table-") as folder:
            before, after = pathlib.Path(folder, "in"), pathlib.Path(folder, "out")
            before.mkdir()
            for number, message in enumerate(messages):
                (before / f"{number:07}.eml").write_bytes(message)
            done = subprocess.run([self.binary, "redact", "--json", "--out", str(after), str(before)], capture_output=True, timeout=900, check=False)
            if done.returncode != 0:
                sys.exit(f"{self.binary} redact: {done.stderr.decode(errors='replace')[-2000:]}")
            reports = [json.loads(line) for line in done.stdout.splitlines()]
            if len(reports) != len(messages):
                sys.exit(f"{len(reports)} reports for {len(messages)} messages")
            return [(report, pathlib.Path(report["to"]).read_bytes()) for report in reports]


def judge(case):
    """(found, hidden, in place, readable before) of one message of the recall set."""
    before, after, found, number = case
    is_hidden = not survives(after, number)
    return found, is_hidden, not is_notice(after), before is None or survives(before, number)


def recall(postern, numbers, jobs):
    rows = collections.OrderedDict()  # (class, disguise): [numbers, found, hidden, in place, missed without a reason]
    cases = [(kind, name, message, number) for number in numbers for kind, name, message in disguises(number)]
    outcomes = postern.redact([message for _, _, message, _ in cases])
    # That the views can read a disguise at all is shown with one number of each.
    work = [(message if number == numbers[0] else None, after, any(r["rule"] == "card" for r in report["redactions"]), number)
            for (_, _, message, number), (report, after) in zip(cases, outcomes)]
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for (kind, name, _, number), (found, hidden, in_place, was_readable) in zip(cases, pool.map(judge, work, chunksize=64)):
            if not was_readable:
                sys.exit(f"{kind}, {name}: the views do not read the number in what was sent; mend card_views.py")
            row = rows.setdefault((kind, name), [0, 0, 0, 0, 0])
            is_known = (kind, name) in EXCEPTIONS and EXCEPTIONS[(kind, name)][1](number)
            for at, one in enumerate((True, found, hidden, in_place, not (found and hidden) and not is_known)):
                row[at] += one
    return rows


def name_in_table(key):
    return f"| {key[0]} | {key[1].replace('|', '/')} |"


def recall_table(rows):
    lines = ["| class | disguise | found | nowhere readable | rewritten in place |", "|---|---|---|---|---|"]
    for (kind, name), (total, found, hidden, in_place, _) in rows.items():
        shape = "yes" if in_place == total else "notice" if in_place == 0 else f"{in_place}/{total}"
        lines.append(f"{name_in_table((kind, name))} {found}/{total} | {hidden}/{total} | {shape} |")
    return lines


class Counts:
    """Findings of one set of texts by rule: how many messages, and in which class."""

    def __init__(self):
        self.messages = 0
        self.enforced, self.shadow = collections.Counter(), collections.Counter()
        self.card_classes = collections.Counter()

    def add(self, report, label):
        self.messages += 1
        for into, key in ((self.enforced, "redactions"), (self.shadow, "shadow_findings")):
            into.update({finding["rule"] for finding in report[key]})
        if any(finding["rule"] == "card" for finding in report["redactions"]):
            self.card_classes[label] += 1


def negatives(data):
    """(class, sentence) of labelled look-alikes: each alone, without a word about what it is."""
    with open(data / "pan" / "negatives.tsv", encoding="utf-8") as rows:
        for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row) >= 2 and not row[0].startswith("#"):
                yield row[1], f"Hello, this is about {row[0]} from last week.\n"
    for file in sorted((data / "pan" / "tracking_numbers" / "couriers").glob("*.json")):
        for service in json.loads(file.read_text("utf-8"))["tracking_numbers"]:
            for number in service.get("test_numbers", {}).get("valid", []):
                yield "courier:" + file.stem, f"Where is my parcel {number} now?\n"


def unescape(value):
    return re.sub(r"\\(n|r|t|u[0-9a-fA-F]{4})", lambda m: {"n": "\n", "r": "\r", "t": "\t"}.get(m[1]) or chr(int(m[1][1:], 16)), value)


def sanitizer(postern, data):
    """Against the pairs that Zendesk's public sanitizer is tested with: (same, kept by both, more hidden, less hidden)."""
    pairs = []
    for line in (data / "pan" / "zendesk_sanitizer.tsv").read_text("utf-8").splitlines():
        row = line.split("\t")
        if len(row) >= 2 and row[0] in ("redact", "keep"):
            pairs.append((row[0], unescape(row[1]), unescape(row[2]) if len(row) > 2 else unescape(row[1])))
    outcomes = postern.redact([text(given + "\n") for _, given, _ in pairs])
    out = collections.Counter()
    for (kind, _, wanted), (report, after) in zip(pairs, outcomes):
        body = after.split(b"\r\n\r\n", 1)[1].decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\n")
        hides = any(finding["rule"] == "card" for finding in report["redactions"])
        out[(kind, "hidden" if hides else "kept", "as they do" if body == wanted.rstrip("\n") else "otherwise")] += 1
    return out


def ham(data, folder):
    """(corpus, message) of real mail that is no spam."""
    for archive in ("sa", "csdmc2010"):
        source = data / "spam" / f"{archive}.tar.zst"
        if source.exists():
            subprocess.run(["tar", "--zstd", "-xf", str(source), "-C", folder], check=True)
    for file in sorted(pathlib.Path(folder, "sa").glob("*ham*/*")):
        yield f"SpamAssassin {file.parent.name}", file.read_bytes()
    for labels in pathlib.Path(folder).rglob("SPAMTrain.label"):
        for line in labels.read_text().splitlines():
            label, name = line.split()[:2]
            found = list(labels.parent.rglob(name))
            if label == "1" and found:
                yield "CSDMC2010", found[0].read_bytes()
    for name in ("mime", "reply"):
        for file in sorted((data / name).rglob("*")):
            if file.suffix in (".eml", ".txt", ".box") and file.is_file():
                content = file.read_bytes()
                is_mail = re.match(rb"(?i)(from |[\w-]+:)", content)
                yield f"{name} samples", content if is_mail else mail("sample", "text/plain; charset=utf-8", "8bit", content)


def without_postmark(message):
    """Corpora keep the postmark of mboxes as a first line, which is no part of the message."""
    return message.split(b"\n", 1)[1] if message.startswith(b"From ") and b"\n" in message else message


def made_up(postern, count):
    """Texts of all kinds mixed, many a mail, a blank line between: (texts, texts that were changed by kind)."""
    lines = list(sentences(count))
    random.Random(1).shuffle(lines)
    mails = [lines[at:at + LINES_PER_MAIL] for at in range(0, len(lines), LINES_PER_MAIL)]
    bodies = ["\n\n".join(sentence for _, sentence in rows) for rows in mails]
    changed = collections.Counter()
    for rows, (_, after) in zip(mails, postern.redact([mail("Questions", "text/plain; charset=utf-8", "8bit", body) for body in bodies])):
        shown = after.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n", 1)[1].split("\n\n")
        changed.update(kind for (kind, sentence), one in zip(rows, shown, strict=True) if one != sentence)
    return len(lines), changed


def rate(count, total):
    return f"{count * 100_000 / total:.1f}" if total else "-"


def precision(postern, data, count):
    lines = []
    labelled = list(negatives(data))
    alone = Counts()
    for (kind, _), (report, _) in zip(labelled, postern.redact([text(sentence) for _, sentence in labelled])):
        alone.add(report, kind)
    numbers, found = made_up(postern, count)
    mails = collections.OrderedDict()
    with tempfile.TemporaryDirectory(prefix="postern-ham-") as folder:
        corpus = [(name, without_postmark(message)) for name, message in ham(data, folder)]
    for (name, _), (report, _) in zip(corpus, postern.redact([message for _, message in corpus])):
        mails.setdefault(name, Counts()).add(report, name)
    total = sum(c.messages for c in mails.values())
    cards = sum(c.enforced["card"] for c in mails.values())
    lines += ["| set | texts | taken for a card | per 100,000 |", "|---|---|---|---|",
              f"| labelled look-alikes, alone in a sentence | {alone.messages} | {alone.enforced['card']} | |",
              f"| look-alikes made at random, many a mail (changed by any rule) | {numbers} | {sum(found.values())} | {rate(sum(found.values()), numbers)} |"]
    lines += [f"| real mail: {name} | {c.messages} | {c.enforced['card']} | {rate(c.enforced['card'], c.messages)} |" for name, c in mails.items()]
    lines += [f"| real mail, all | {total} | {cards} | {rate(cards, total)} |", ""]
    lines += ["Taken for cards, by class: " + (", ".join(f"{kind} {n}" for kind, n in sorted((alone.card_classes + found).items()) if n) or "none") + ".", ""]
    lines += rule_table(mails.values(), total)
    return lines


def rule_table(counts, total):
    enforced, shadow = collections.Counter(), collections.Counter()
    for one in counts:
        enforced.update(one.enforced)
        shadow.update(one.shadow)
    lines = ["| rule | mode | messages of real mail with a finding | per 100,000 |", "|---|---|---|---|"]
    for mode, found in (("enforce", enforced), ("shadow", shadow)):
        lines += [f"| {rule} | {mode} | {n} | {rate(n, total)} |" for rule, n in sorted(found.items())]
    return lines


def report(arguments, data):
    postern = Postern(arguments.binary)
    numbers = positives(data)
    numbers = numbers[::max(1, len(numbers) // arguments.numbers)] if arguments.numbers else numbers
    rows = recall(postern, numbers, os.cpu_count())
    total, found, hidden, in_place = (sum(row[at] for row in rows.values()) for at in range(4))
    lines = ["# Card numbers: what is found, and what is taken for one", "",
             "Made by `redaction/redaction_table.py`; the disguises are in `redaction/card_disguises.py` and `card_files.py`, the readers that",
             "must not see a number afterwards in `redaction/card_views.py` (none of them is the product's code).", "",
             f"## Recall: {len(numbers)} labelled numbers in {len(rows)} disguises", "",
             f"{found} of {total} found, {hidden} of {total} nowhere readable afterwards, {in_place} rewritten in place; the others became a notice.", ""]
    missed = [(key, row) for key, row in rows.items() if row[1] < row[0] or row[2] < row[0]]
    for key, row in missed:
        lines.append(f"- {key[0]}, {key[1]}: {row[0] - min(row[1], row[2])}; " + ("no reason is written here" if row[4] else EXCEPTIONS[key][0]))
    lines += [""] if missed else []
    lines += recall_table(rows) + ["", "## Precision", ""] + precision(postern, data, arguments.lookalikes)
    against = sanitizer(postern, data)
    lines += ["", "## Beside Zendesk's public sanitizer (Z-35)", "", "| their test says | we | text | pairs |", "|---|---|---|---|"]
    lines += [f"| {kind} | {what} | {how} | {n} |" for (kind, what, how), n in sorted(against.items())]
    lines += ["", "What they keep and we hide: numbers over line ends, with dots, commas, slashes or colons, between letters, and in groups",
              "that no card is printed in."]
    return "\n".join(lines) + "\n", [key for key, row in missed if row[4]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--numbers", type=int, default=0)
    parser.add_argument("--lookalikes", type=int, default=100_000)
    arguments = parser.parse_args()
    made, unexplained = report(arguments, shared())
    if arguments.write:
        TABLE.write_text(made, "utf-8")
    elif not TABLE.exists() or made != TABLE.read_text("utf-8"):
        sys.stdout.write(made)
        sys.exit("REDACTION.md is not what the run says; run with --write")
    if unexplained:
        sys.exit("missed without a reason: " + "; ".join(", ".join(key) for key in unexplained))


if __name__ == "__main__":
    main()
