#!/usr/bin/python3
"""Invariant 1: what was answered 250 is there exactly once, whenever the server is killed (SIGKILL, at random moments
under load, at least 200 times; POSTERN_KILLS changes the number). The store opens every time."""
import collections
import os
import pathlib
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Dns, Gateway  # noqa: E402
from smtp_client import Session  # noqa: E402

KILLS = int(os.environ.get("POSTERN_KILLS", "200"))
SENDERS = 3


class Load:
    """Senders that go on through every crash. A message without an answer is sent again, as a mail server would."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.acknowledged = []
        self.stopping = False
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def run(self, sender):
        number, session = 0, None
        while not self.stopping:
            number += 1
            subject = f"crash {sender} {number}"
            body = os.urandom(random.choice([50, 500, 3000])).hex()
            message = (f"From: c{sender}@sender.example\r\nTo: support@desk.example\r\nSubject: {subject}\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
                       f"Message-ID: <{sender}.{number}@sender.example>\r\n\r\n{body}\r\n").encode()
            while not self.stopping:
                try:
                    session = session or Session(self.gateway.smtp, timeout=10)
                    code, _ = session.pipelined(f"c{sender}@sender.example", ["support@desk.example"], message)
                    if code == 250:
                        with self.lock:
                            self.acknowledged.append(subject)
                        break
                    session = None
                except (ConnectionError, OSError, ValueError):
                    session = None
                    time.sleep(0.01)

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(20)


class Crash(unittest.TestCase):
    def test_acknowledged_mail_survives_sigkill_invariant_1(self):
        dns = Dns({("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "smtp.sessions_per_network_max": "1000"}).start()
        api = gateway.owner()
        load = Load(gateway)
        chance = random.Random(20261122)
        try:
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.02, 0.35))
                gateway.kill()
                gateway.start()
        finally:
            load.stop()
        api.connection = None
        stored = collections.Counter(t["subject"] for t in api.tickets())
        lost = [s for s in load.acknowledged if stored[s] == 0]
        twice = [s for s, n in stored.items() if n > 1]
        print(f"{KILLS} kills, {len(load.acknowledged)} messages acknowledged, {sum(stored.values())} tickets")
        self.assertEqual(lost, [])
        self.assertEqual(twice, [])
        self.assertGreater(len(load.acknowledged), KILLS)
        gateway.stop()
        dns.stop()


if __name__ == "__main__":
    unittest.main(verbosity=0)
