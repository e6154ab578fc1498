#!/usr/bin/python3
"""Messages per second and CPU per message, Postern beside Postfix: same machine, same run, same generator, in turn.

Postern runs its full pipeline (SPF, DKIM, DMARC, redaction, spam verdict, ticket, encryption at rest) and answers 250
after a synced write. Postfix accepts with fsync and hands to its discard transport, with no checks at all. CPU is that
of the server and all its helpers, from the kernel's accounting group. Ratios are medians over the runs, pair by pair.
"""
import argparse
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import harness  # noqa: E402
from accounting import Group  # noqa: E402

SENDER, RCPT, DOMAIN = "sender@sender.example", "support@desk.example", "sender.example"
CASES = [("4k", "plain", 10), ("4k", "starttls", 10), ("4k", "starttls", 1), ("40k", "plain", 10), ("40k", "starttls", 10)]
WORDS = "order invoice refund delivery account password login billing payment support ticket issue printer screen network please help thanks the of and to in is".split()


def sentence(chance):
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(6, 14))).capitalize() + "."


PDF = ("application/pdf", "a.pdf", b"%PDF-1.4\n")  # which nobody can read
PICTURE = ("image/jpeg", "a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")


def compose(chance, size, number, sender, attachment=PICTURE):
    """A message: 4k plain text, 40k multipart with HTML and a binary attachment; one line in fifty has a card."""
    import base64
    import quopri
    lines, length = [], 0
    while length < min(size - 1400, 9000):
        line = sentence(chance) if chance.random() > 0.02 else "My card is 4111 1111 1111 1111, expires 12/29."
        lines.append(line)
        length += len(line) + 2
    text = "\r\n".join(lines) + "\r\n"
    head = (f"From: Alice Example {number} <{sender}>\r\nTo: Support <{RCPT}>\r\nSubject: {sentence(chance)[:60]}\r\n"
            f"Date: Sun, 22 Nov 2026 01:{number // 60 % 60:02d}:{number % 60:02d} +0000\r\nMIME-Version: 1.0\r\n")
    if size < 10000:
        body = "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text
    else:
        html = "<html><body>" + "".join(f"<p>{line}</p>\n" for line in lines) + "</body></html>\n"
        coded = quopri.encodestring(html.encode()).decode().replace("\n", "\r\n")
        blob = base64.encodebytes(attachment[2] + chance.randbytes(max(1000, (size - len(coded) - len(text) - 2000) * 3 // 4))).decode().replace("\n", "\r\n")
        body = ("Content-Type: multipart/mixed; boundary=M\r\n\r\n--M\r\nContent-Type: multipart/alternative; boundary=A\r\n\r\n"
                f"--A\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--A\r\nContent-Type: text/html; charset=utf-8\r\n"
                f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{coded}\r\n--A--\r\n--M\r\nContent-Type: {attachment[0]}; name={attachment[1]}\r\n"
                f"Content-Disposition: attachment; filename={attachment[1]}\r\nContent-Transfer-Encoding: base64\r\n\r\n{blob}--M--\r\n")
    return (head + body).encode()


SIGNED = [b"from", b"to", b"subject", b"date", b"mime-version", b"content-type"]


def corpus(folder, size, count, key, attachment=PICTURE):
    """DKIM-signed mail; the generator adds a Message-ID to each one that it sends."""
    import dkim
    chance = random.Random(size)
    folder.mkdir()
    for number in range(count):
        message = compose(chance, size, number, SENDER, attachment)
        signature = dkim.sign(message, b"s1", DOMAIN.encode(), key, canonicalize=(b"relaxed", b"relaxed"), include_headers=SIGNED)
        (folder / f"{number:05d}.eml").write_bytes(signature + message)


class DiscardingPostfix(harness.Postfix):
    """Postfix that accepts durably and discards, with every limit that would slow it off."""

    def __init__(self, tls):
        super().__init__(["desk.example"], tls)
        subprocess.run(["/usr/sbin/postconf", "-c", str(self.config), "-e", "virtual_transport=discard", "smtpd_client_connection_count_limit=0",
                        "smtpd_client_connection_rate_limit=0", "in_flow_delay=0", "default_process_limit=128", "smtpd_tls_loglevel=0"], check=True)
        self.stop()
        self.group = Group("postfix")
        subprocess.run(["/usr/sbin/postfix", "-c", str(self.config), "start"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       preexec_fn=self.group.enter)
        self.running = True
        harness.wait_until(lambda: harness.port_is_open(self.port), "Postfix answers")


def load_command(tool, port, folder, connections, messages, per_connection, mode, more=()):
    """smtp_load for one run; `mode` is plain, starttls or resumed (TLS sessions are offered again)."""
    command = [tool, "--port", port, "--folder", folder, "--sender", SENDER, "--rcpt", RCPT, "--connections", connections,
               "--messages", messages, "--per-connection", per_connection, "--tls", "none" if mode == "plain" else "starttls", *more]
    return [str(word) for word in command] + (["--resume"] if mode == "resumed" else [])


def build_load(folder):
    tool = folder / "smtp_load"
    sources = [str(ROOT / "tests/bench" / name) for name in ("smtp_load.cc", "smtp_load_session.cc")]
    subprocess.run(["clang++-19", "-O2", "-std=c++20", "-o", str(tool), *sources, "-lssl", "-lcrypto", "-pthread"], check=True)
    return tool


def measure(tool, group, port, folder, messages, per_connection, mode, connections):
    before = group.cpu_seconds()
    done = subprocess.run(load_command(tool, port, folder, connections, messages, per_connection, mode), capture_output=True, text=True, timeout=600)
    last = before
    for _ in range(20):  # let queued work finish, so that its whole cost is counted
        time.sleep(0.3)
        now = group.cpu_seconds()
        if now - last < 0.01:
            break
        last = now
    facts = {k: float(v) for k, v in re.findall(r"(\w+)=([\d.]+)", done.stdout)}
    if done.returncode != 0 or facts.get("failed"):
        raise SystemExit(f"the generator failed: {done.stdout}{done.stderr}")
    facts["cpu_ms"] = (group.cpu_seconds() - before) * 1000 / facts["sent"]
    facts["mb"] = group.memory_mb()
    return facts


def others_busy():
    fields = [int(x) for x in open("/proc/stat").readline().split()[1:]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


SIZES = {"4k": (4000, 300), "40k": (40000, 100), "400k": (400000, 24)}  # bytes, how many different ones


def prepare(work, sizes=("4k", "40k")):
    """The load generator, mail of these SIZES signed by a domain whose records stand in the returned DNS server."""
    import base64
    tool = build_load(work)
    subprocess.run(["openssl", "genrsa", "-out", str(work / "key.pem"), "2048"], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", str(work / "key.pem"), "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
    for name in sizes:
        corpus(work / name, *SIZES[name], (work / "key.pem").read_bytes())
    dns = harness.Dns({(DOMAIN, "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"], (DOMAIN, "MX"): [f"10 mail.{DOMAIN}."], (f"mail.{DOMAIN}", "A"): ["127.0.0.1"],
                       (f"s1._domainkey.{DOMAIN}", "TXT"): ["v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()],
                       (f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=reject; adkim=s; aspf=s"]})
    return tool, dns


def accounted(gateway):
    """The accounting group of a running gateway, with all its threads in it."""
    group = Group("postern")
    group.add(gateway.process.pid)
    for task in pathlib.Path(f"/proc/{gateway.process.pid}/task").iterdir():
        try:
            (group.path / "tasks").write_text(task.name)
        except OSError:
            pass
    return group


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--messages", type=int, default=2000, help="of 4k; a quarter of it for 40k and for one message a connection")
    parser.add_argument("--connections", type=int, default=16)
    arguments = parser.parse_args()
    work = harness.temporary_folder("bench")
    tool, dns = prepare(work)
    gateway = harness.Gateway({"dns.servers": f'["{dns.address}"]', "smtp.sessions_per_network_max": "10000", "server.log_level": '"warn"'})
    gateway.start()
    group = accounted(gateway)
    tls = gateway.data / "tls"
    postfix = DiscardingPostfix((tls / "cert.pem", tls / "key.pem"))
    print(f"{'case':22} {'':8} {'msgs/s':>8} {'CPU ms':>8} {'p50 ms':>8} {'p99 ms':>8} {'PSS MB':>8}")
    for size, mode, per_connection in CASES:
        count = arguments.messages if size == "4k" and per_connection > 1 else arguments.messages // 4
        rows = {"Postern": [], "Postfix": []}
        busy0, all0 = others_busy()
        for run in range(arguments.runs + 1):  # the first pair warms up and is not counted
            for name, (peer_group, port) in {"Postern": (group, gateway.smtp), "Postfix": (postfix.group, postfix.port)}.items():
                facts = measure(tool, peer_group, port, work / size, count, per_connection, mode, arguments.connections)
                if run:
                    rows[name].append(facts)
        busy1, all1 = others_busy()
        label = f"{size} {mode} m={per_connection}"
        for name, facts in rows.items():
            median = {k: statistics.median(f[k] for f in facts) for k in facts[0]}
            print(f"{label:22} {name:8} {median['rate']:8.0f} {median['cpu_ms']:8.3f} {median['p50_ms']:8.2f} {median['p99_ms']:8.2f} {median['mb']:8.1f}")
        ratios = [b["cpu_ms"] / a["cpu_ms"] for a, b in zip(rows["Postern"], rows["Postfix"])]
        print(f"{label:22} ratio    CPU per message, Postfix without checks / Postern with all: {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f} to {max(ratios):.2f}); machine busy {100 * (busy1 - busy0) / (all1 - all0):.0f} %", flush=True)
    gateway.stop()
    postfix.stop()
    dns.stop()


if __name__ == "__main__":
    main()
