#!/usr/bin/python3
"""What connections cost in memory (issue 5, scale): idle ones, in plain and in TLS, and many senders of large messages at once.
`./dev bench connections` prints a table; tests/e2e/connections_test.py asserts the same with fewer of them.
10,000 idle connections, in plain or in TLS, have to stay under 400 MB, and messages in flight under smtp.memory_in_flight_max."""
import argparse
import pathlib
import resource
import ssl
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from harness import Gateway  # noqa: E402
from smtp_client import Session  # noqa: E402

MANY = {"smtp.sessions_per_network_max": "20000", "smtp.connections_max": "20000", "server.log_level": '"warn"'}
LINE = b"The quick brown fox jumps over the lazy dog and there is no number in this line of text.\r\n"


def raise_open_files():
    """How many connections this process can hold; the server raises its own limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard - 200


def memory_kb(process, field="Anonymous"):
    """What the process has of its own. Not its proportional share (Pss): the pages of the program itself count whole or half in
    that, by whether another Postern happens to run beside this one."""
    for line in pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise AssertionError("no such figure")


def idle(gateway, count, mode):
    """KB that each of `count` connections costs which said EHLO and no more, and all that is resident with them, in KB.
    mode: "plain", "sent" (each has sent a message before) or "starttls"."""
    before, open_ones = memory_kb(gateway.process), []
    for _ in range(count):
        session = Session(gateway.smtp, "starttls" if mode == "starttls" else None)
        if mode == "sent":
            assert session.mail("ann@sender.example", ["support@desk.example"])[0] == 250
            session.command("DATA")
            session.send(b"From: ann@sender.example\r\nSubject: x\r\n\r\n" + LINE * 40 + b".\r\n")
            assert session.reply()[0] == 250
        open_ones.append(session)
    time.sleep(1)
    after, whole = memory_kb(gateway.process), memory_kb(gateway.process, "Rss")
    assert all(session.command("NOOP")[0] == 250 for session in open_ones[::97]), "an idle session was lost"
    for session in open_ones:
        session.socket.close()
    return (after - before) / count, whole


class Peak(threading.Thread):
    """The most memory that a process had, looked at every 20 ms."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.kb, self.is_over = process, 0, threading.Event()

    def run(self):
        while not self.is_over.wait(0.02):
            self.kb = max(self.kb, memory_kb(self.process, "Rss"))


def send_large(port, size, answers, tries=60):
    """One message of `size` bytes, tried again after a 4xx as a sending server does."""
    body = b"From: ann@sender.example\r\nSubject: large\r\n\r\n" + LINE * (size // len(LINE))
    for attempt in range(tries):
        session = Session(port, timeout=180)
        code, _ = session.mail("ann@sender.example", ["support@desk.example"])
        if code == 250:
            code, _ = session.command("DATA")
        if code == 354:
            session.send(body + f"\r\n{threading.get_ident()}\r\n.\r\n".encode())
            code, _ = session.reply()
        session.socket.close()
        answers.append(code)
        if code < 400 or code >= 500:
            return
        time.sleep(0.3)


def flood(gateway, senders, size):
    """(peak of the process in KB above what it had before, answers by code)."""
    before, answers = memory_kb(gateway.process, "Rss"), []
    peak = Peak(gateway.process)
    peak.start()
    threads = [threading.Thread(target=send_large, args=(gateway.smtp, size, answers)) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    peak.is_over.set()
    peak.join()
    return peak.kb - before, {code: answers.count(code) for code in sorted(set(answers))}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--tls", type=int, default=10_000)
    parser.add_argument("--senders", type=int, default=64)
    parser.add_argument("--megabytes", type=int, default=24)
    parser.add_argument("--in-flight", type=int, default=512, help="smtp.memory_in_flight_max, MB")
    wanted = parser.parse_args()
    most = raise_open_files()
    print("| what | connections | KB each | MB of the process |\n|---|---|---|---|")
    for mode, count in [("plain", min(wanted.idle, most)), ("sent", min(1000, most)), ("starttls", min(wanted.tls, most))]:
        gateway = Gateway({**MANY, "pipeline.defer_unknown_dmarc": "false"})
        gateway.start()
        each, whole = idle(gateway, count, mode)
        print(f"| idle, {mode} | {count} | {each:.1f} | {whole / 1024:.0f} |", flush=True)
        gateway.stop()
    gateway = Gateway({**MANY, "smtp.memory_in_flight_max": str(wanted.in_flight << 20), "pipeline.defer_unknown_dmarc": "false"})
    gateway.start()
    peak, answers = flood(gateway, wanted.senders, wanted.megabytes << 20)
    print(f"\n{wanted.senders} senders of {wanted.megabytes} MB at once, {wanted.in_flight} MB in flight allowed: "
          f"{peak / 1024:.0f} MB more at the peak, answers {answers}")
    gateway.stop()


if __name__ == "__main__":
    try:
        main()
    except ssl.SSLError as error:
        sys.exit(f"TLS: {error}")
