#!/usr/bin/python3
"""Verdicts on the sender: Postern beside opendkim + opendmarc + pyspf-milter and beside rspamd, on the same messages.

The messages are made and signed here: 4 and 40 KB, with an rsa-2048 signature or with one more of ed25519, from 20
domains with SPF through an include, DMARC p=reject, relaxed alignment of SPF, and a PTR name that leads back. All ask
one unbound on loopback; every cache is warm. Each verdict of each program is checked to be a pass, else the run is void.
CPU is the kernel's clock of the daemons' processes, so the clients and the resolver cost nothing. Rounds are interleaved:
ratios are of the least disturbed rounds of each, and of each round (min / median / max). `./dev bench auth` starts it;
needs root (mount namespaces).
"""
import argparse
import base64
import collections
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import auth_peers  # noqa: E402
import bench  # noqa: E402
import harness  # noqa: E402

BINARY = pathlib.Path(os.environ.get("POSTERN_AUTH_BENCH", bench.ROOT / "build/release/auth_bench"))
DOMAINS = 20
KINDS = {"4 KB, rsa": (5200, ["rsa"]), "4 KB, rsa + ed25519": (5200, ["rsa", "ed25519"]),
         "40 KB, rsa": (40000, ["rsa"]), "40 KB, rsa + ed25519": (40000, ["rsa", "ed25519"])}


class Mail:
    """A signed message with its envelope, in the forms that the clients need."""

    def __init__(self, path, message, domain, number, signatures):
        self.path, self.bytes, self.signatures = path, message, signatures
        self.client_ip, self.helo = f"192.0.2.{1 + domain}", f"out.{domain_name(domain)}"
        self.sender = f"bounce-{number}@bounce.{domain_name(domain)}"
        head, self.body = message.split(b"\r\n\r\n", 1)
        self.fields = [tuple(field.split(b":", 1)) for field in head.replace(b"\r\n\t", b"\n\t").replace(b"\r\n ", b"\n ").split(b"\r\n")]


def domain_name(number):
    return f"sender{number}.example"


def make_keys(folder):
    """A pair of keys a domain: {domain: (rsa PEM, ed25519 seed)} and the DNS records of all."""
    import nacl.signing
    keys, records = {}, {}
    for number in range(DOMAINS):
        name = domain_name(number)
        pem = folder / f"{number}.pem"
        subprocess.run(["openssl", "genrsa", "-out", str(pem), "2048"], check=True, capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", str(pem), "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        edwards = nacl.signing.SigningKey.generate()
        keys[number] = (pem.read_bytes(), base64.b64encode(bytes(edwards)))
        records |= {
            (f"r1._domainkey.{name}", "TXT"): "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode(),
            (f"e1._domainkey.{name}", "TXT"): "v=DKIM1; k=ed25519; p=" + base64.b64encode(bytes(edwards.verify_key)).decode(),
            (f"_dmarc.{name}", "TXT"): "v=DMARC1; p=reject; adkim=r; aspf=r",
            (f"bounce.{name}", "TXT"): f"v=spf1 include:_spf.{name} -all",
            (f"_spf.{name}", "TXT"): "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 ip4:192.0.2.0/24 -all",
            (f"out.{name}", "A"): f"192.0.2.{1 + number}",
            (f"{1 + number}.2.0.192.in-addr.arpa", "PTR"): f"out.{name}."}
    return keys, records


def make_mails(folder, kind, count, keys):
    import dkim
    size, algorithms = KINDS[kind]
    chance = random.Random(size)
    folder.mkdir()
    mails, lines = [], []
    for number in range(count):
        # Ten of a domain in turn: the messages of one connection come from one client.
        domain = number // auth_peers.MilterStack.MESSAGES_PER_CONNECTION % DOMAINS
        message = bench.compose(chance, size, number, f"sender@{domain_name(domain)}")
        top = b""
        for algorithm in algorithms:
            rsa, seed = keys[domain]
            top = dkim.sign(message, b"r1" if algorithm == "rsa" else b"e1", domain_name(domain).encode(), rsa if algorithm == "rsa" else seed,
                            canonicalize=(b"relaxed", b"relaxed"), include_headers=bench.SIGNED, signature_algorithm=algorithm.encode() + b"-sha256") + top
        mail = Mail(folder / f"{number:05d}.eml", top + message, domain, number, len(algorithms))
        mail.path.write_bytes(mail.bytes)
        lines.append(f"{mail.path.name}\t{mail.client_ip}\t{mail.helo}\t{mail.sender}\t{mail.signatures}\n")
        mails.append(mail)
    (folder / "messages.tsv").write_text("".join(lines))
    return mails


def in_process(folder, resolver, verdicts, threads=1, engine="openssl"):
    return subprocess.Popen([str(BINARY), "run", str(folder), f"{resolver.address}:53", str(threads), str(verdicts), engine],
                            stdout=subprocess.PIPE, text=True)


def result_of(process):
    out, _ = process.communicate(timeout=120)
    if process.returncode != 0:
        raise SystemExit("void: a verdict of Postern is not a pass, see above")
    return json.loads(out)


def spread(values, digits=3):
    return f"{min(values):.{digits}f} / {statistics.median(values):.{digits}f} / {max(values):.{digits}f}"


def compare(kind, folder, mails, resolver, peers, arguments, end):
    """Prints the CPU of each program, in ms a message, over rounds in turn; daemons of a stack apart as well."""
    found = collections.defaultdict(list)
    for round_number in range(arguments.rounds + 1):  # the first one warms up and is not counted
        if round_number > 1 and time.monotonic() > end:
            break
        own = result_of(in_process(folder, resolver, arguments.verdicts))
        rows = {"Postern, in process": own["cpu_us"] / 1000}
        for peer in peers:
            before = [daemon.cpu() for daemon in peer.daemons]
            peer.check_all(mails)
            used = [(daemon.cpu() - start) * 1000 / len(mails) for daemon, start in zip(peer.daemons, before)]
            rows[peer.name] = sum(used)
            if len(used) > 1:
                rows |= {"  " + daemon.name: ms for daemon, ms in zip(peer.daemons, used)}
        if round_number:
            for name, ms in rows.items():
                found[name].append(ms)
    rounds, size = len(found["Postern, in process"]), sum(len(mail.bytes) for mail in mails) // len(mails)
    print(f"\n{kind}: {size} bytes on average, {rounds} rounds of {len(mails)}")
    print(f"  {'CPU ms a message, min / median / max':62} times Postern in process: of minima, of rounds   behind a socket")
    for name, values in found.items():
        columns = []
        for base in list(found)[:2]:
            pairs = [value / own for value, own in zip(values, found[base])]
            columns.append(f"{min(values) / min(found[base]):5.1f}, {spread(pairs, 1)}")
        print(f"  {name:38} {spread(values):>23}   {columns[0]:>28}   {columns[1]:>28}", flush=True)


def scale(folder, resolver, arguments, end):
    """One thread, two threads, and two processes of one thread as the yardstick for what the machine allows."""
    runs = collections.defaultdict(list)
    verdicts = max(arguments.verdicts, 3000)  # of a thread; in a shorter run its ends, where one waits for the other, weigh much
    for round_number in range(min(arguments.rounds, 3)):
        if round_number and time.monotonic() > end:
            break
        for engine in ("openssl", "opendkim"):
            for threads in (1, 2):
                runs[f"{engine}, threads: {threads}"].append([result_of(in_process(folder, resolver, verdicts * threads, threads, engine))])
        pair = [in_process(folder, resolver, verdicts) for _ in range(2)]
        runs["openssl, two processes"].append([result_of(process) for process in pair])
    print("\nThreads, 4 KB, rsa (medians). \"alone\" counts only time in which a thread could have run: what others took of the")
    print("cores is left out. \"busy\" is the share of that time in which it ran; the rest is waiting, locks included.")
    for name, results in runs.items():
        def median(key, combine):
            return statistics.median(combine(r[key] for r in result) for result in results)
        print(f"  {name:24} {median('per_second_alone', sum):8.0f} verdicts/s alone {median('per_second', sum):8.0f} as measured "
              f"{median('cpu_us', lambda v: statistics.mean(list(v))):8.1f} us CPU each, busy {median('busy_share', min):.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=240, help="of measuring: no further round is begun after these")
    parser.add_argument("--messages", type=int, default=40, help="of each kind, a round")
    parser.add_argument("--verdicts", type=int, default=2000, help="of Postern in process, a round")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        raise SystemExit("auth_bench.py: run as root: the milters need a resolv.conf of their own")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends the daemons too
    begun = time.monotonic()
    work = harness.temporary_folder("auth-bench")
    keys, records = make_keys(work)
    mails = {kind: make_mails(work / str(number), kind, arguments.messages, keys) for number, kind in enumerate(KINDS)}
    resolver = auth_peers.Resolver(records)
    peers = [auth_peers.PosternDaemon(BINARY, resolver), auth_peers.Rspamd(resolver), auth_peers.MilterStack(resolver)]
    busy_before, all_before = bench.others_busy()
    measuring, share = time.monotonic(), arguments.seconds / (len(KINDS) + 1)
    for number, kind in enumerate(KINDS):
        compare(kind, work / str(number), mails[kind], resolver, peers, arguments, measuring + share * (number + 1))
    scale(work / "0", resolver, arguments, measuring + arguments.seconds)
    busy, total = bench.others_busy()
    print(f"\nmachine busy {100 * (busy - busy_before) / (total - all_before):.0f} %, load {os.getloadavg()[0]:.1f}, {time.monotonic() - begun:.0f} s in all")
    for peer in peers:
        for daemon in peer.daemons:
            daemon.stop()
    resolver.daemon.stop()


if __name__ == "__main__":
    main()
