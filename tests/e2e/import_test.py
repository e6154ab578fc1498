#!/usr/bin/python3
"""Imports and exports from the command line beside a running server: killed in the middle, gone on with, nothing twice; what was
exported comes back; no card number on the disk."""
import gzip
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import BINARY, Dns, Gateway, run_cli, temporary_folder, wait_until  # noqa: E402

THREADS, LETTERS = 60, 5
CARD = "4111 1111 1111 1111"


def letter(thread, number):
    references = "".join(f" <{thread}.{n}@customer.example>" for n in range(number))
    sender = f"Ann {thread} <ann{thread}@customer.example>" if number % 2 == 0 else "support@desk.example"
    rcpt = "support@desk.example" if number % 2 == 0 else f"ann{thread}@customer.example"
    return (f"From: {sender}\nTo: {rcpt}\nDate: Mon, {3 + number:02d} Mar 2025 10:{thread % 60:02d}:00 +0000\n"
            f"Message-ID: <{thread}.{number}@customer.example>\n" + (f"References:{references}\n" if references else "") +
            f"Subject: {'Re: ' if number else ''}case {thread}\n\nletter {number} of case {thread}, card {CARD}\n")


def mbox():
    letters = [letter(t, n) for n in reversed(range(LETTERS)) for t in range(THREADS)]
    return "".join(f"From ann@customer.example Mon Mar  3 10:00:00 2025\n{each}\n" for each in letters)


class Import(unittest.TestCase):
    def setUp(self):
        self.dns = Dns({})
        self.gateway = Gateway({"dns.servers": f'["{self.dns.address}"]'})
        self.folder = temporary_folder("import")
        self.archive = pathlib.Path(self.folder) / "old.mbox"
        self.archive.write_text(mbox())

    def tearDown(self):
        self.gateway.stop()
        self.dns.stop()

    def imports(self, *arguments):
        return json.loads(run_cli("import", *arguments, "--json", "--config", self.gateway.config).stdout)

    def check_tickets(self):
        out = pathlib.Path(self.folder) / f"out{time.monotonic_ns()}"
        done = json.loads(run_cli("export", "--out", out, "--json", "--config", self.gateway.config).stdout)
        self.assertEqual((done["tickets"], done["comments"], done["messages"]), (THREADS, THREADS * LETTERS, THREADS * LETTERS))
        for line in (out / "tickets.jsonl").read_text().splitlines():
            ticket = json.loads(line)
            case = ticket["subject"].split()[-1]
            self.assertEqual(ticket["created_at"], f"2025-03-03T10:{int(case):02d}:00Z")
            self.assertEqual([c["body"].split(",")[0] for c in ticket["comments"]], [f"letter {n} of case {case}" for n in range(LETTERS)])
        return out

    def test_killed_and_gone_on_with(self):
        self.gateway.start()
        rehearsal = self.imports("mbox", self.archive, "--dry-run")
        self.assertEqual((rehearsal["tickets"], rehearsal["comments"]), (THREADS, THREADS * LETTERS))
        verb = subprocess.Popen([str(BINARY), "import", "mbox", str(self.archive), "--config", str(self.gateway.config)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.7)
        verb.kill()
        self.gateway.kill()
        verb.wait()
        self.gateway.start()
        done = self.imports("mbox", self.archive, "--resume")
        self.assertEqual(done["state"], "finished")
        again = self.imports("mbox", self.archive)
        self.assertEqual((again["tickets"], again["passed_over"]), (0, {"known": THREADS * LETTERS}))
        out = self.check_tickets()
        for file in list(out.rglob("*")) + list(pathlib.Path(self.gateway.folder).rglob("*")):
            if file.is_file():
                self.assertNotIn(CARD.encode(), file.read_bytes(), file)
        queue = json.loads(run_cli("queue", "list", "--json", "--config", self.gateway.config).stdout)
        self.assertEqual(queue["queue"], [])

    def upload(self, client, kind, archive):
        status, body, _ = client.raw("POST", f"/api/v2/imports/archives?kind={kind}", archive, "application/octet-stream")
        self.assertEqual(status, 201, body)
        number = json.loads(body)["import"]["id"]
        return wait_until(lambda: self.ended(client, number), "the import has ended", 60)

    def ended(self, client, number):
        told = client.get(f"/api/v2/imports/archives/{number}")["import"]
        return told if told["ended_at"] else None

    def test_through_the_api(self):
        """An mbox sent packed, everything fetched as one archive, and that sent into another desk; no card number on either disk."""
        self.gateway.start()
        client = self.gateway.owner_over_control()
        done = self.upload(client, "mbox", gzip.compress(self.archive.read_bytes()))
        self.assertEqual((done["state"], done["tickets"], done["comments"]), ("finished", THREADS, THREADS * LETTERS))
        status, archive, _ = client.raw("GET", "/api/v2/exports/full")
        self.assertEqual(status, 200)
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            names = packed.getnames()
            lines = [json.loads(line) for name in names if name.startswith("tickets-") for line in packed.extractfile(name)]
        self.assertEqual(names[-1], "end.json")
        self.assertEqual((len(lines), len({line["id"] for line in lines})), (THREADS, THREADS))
        self.assertNotIn(CARD.encode(), archive)
        other = Gateway({"dns.servers": f'["{self.dns.address}"]'})
        try:
            other.start()
            back = self.upload(other.owner_over_control(), "zendesk", archive)
            self.assertEqual((back["state"], back["tickets"], back["comments"]), ("finished", THREADS, THREADS * LETTERS), back)
            for gateway in (self.gateway, other):
                for file in pathlib.Path(gateway.folder).rglob("*"):
                    if file.is_file():
                        self.assertNotIn(CARD.encode(), file.read_bytes(), file)
        finally:
            other.stop()

    def test_without_a_server(self):
        done = self.imports("mbox", self.archive)
        self.assertEqual((done["tickets"], done["comments"]), (THREADS, THREADS * LETTERS))
        self.check_tickets()


if __name__ == "__main__":
    unittest.main()
