#!/usr/bin/python3
"""Everything at once for two minutes (POSTERN_SOAK_SECONDS; `./dev soak MINUTES`): good senders, senders that vanish in the middle
of a message, half-open peers, readers that do not read, babblers; meanwhile DNS falls silent, the disk fills up, the server is killed and
started again. What was answered 250 is there exactly once (invariant 1), nothing else is there, and when it is quiet again, memory and
descriptors are what they were (issue 5)."""
import collections
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Dns, Gateway, temporary_folder, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402

SECONDS = int(os.environ.get("POSTERN_SOAK_SECONDS", "120"))
DISK_MB = 1024
SENDERS, VANISHERS, SILENT, DEAF, BABBLERS = 4, 2, 20, 4, 1
DESCRIPTORS_MORE_MAX = 40  # of RocksDB's files, which come and go
MEMORY_MORE_MAX_MB = 160   # a memtable and the caches fill up: bounded, whatever comes


class Crowd:
    """Peers of every kind, until stop(). `refusals` counts replies that were no 250, by their first words."""

    def __init__(self, gateway):
        self.gateway, self.stopping, self.lock = gateway, False, threading.Lock()
        self.acknowledged, self.tried, self.refusals, self.vanished = [], set(), collections.Counter(), 0
        kinds = [self.send] * SENDERS + [self.vanish] * VANISHERS + [self.sit_silent] * SILENT + [self.play_deaf] * DEAF + [self.babble] * BABBLERS
        self.threads = [threading.Thread(target=self.go_on, args=(kind, number), daemon=True) for number, kind in enumerate(kinds)]
        for thread in self.threads:
            thread.start()

    def go_on(self, kind, number):
        """A peer begins anew after whatever the server, or its absence, did to it."""
        for turn in range(1 << 30):
            if self.stopping:
                return
            try:
                kind(number, turn)
            except (OSError, ValueError):  # ValueError: a reply that was cut by a crash
                time.sleep(0.05)

    def address_of(self, number):
        """Of their own, so that what they do is not held against the good ones."""
        return f"127.0.1.{number + 1}"

    def connect(self, number):
        return socket.create_connection(("127.0.0.1", self.gateway.smtp), 5, source_address=(self.address_of(number), 0))

    def message(self, subject, number, turn):
        body = os.urandom(random.choice([40, 400, 4000, 40_000])).hex()
        return (f"From: c{number}@sender.example\r\nTo: support@desk.example\r\nSubject: {subject}\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
                f"Message-ID: <{subject.replace(' ', '.')}@sender.example>\r\n\r\n" + "\r\n".join(body[i:i + 76] for i in range(0, len(body), 76)) + "\r\n").encode()

    def send(self, number, turn):
        subject = f"soak {number} {turn}"
        with self.lock:
            self.tried.add(subject)
        message, session = self.message(subject, number, turn), None
        while not self.stopping:  # as a mail server: the same message until it is taken
            try:
                session = session or Session(self.gateway.smtp, timeout=10)
                code, text = session.pipelined(f"c{number}@sender.example", ["support@desk.example"], message)
            except (OSError, ValueError):
                session = None
                time.sleep(0.05)
                continue
            if code == 250:
                with self.lock:
                    self.acknowledged.append(subject)
                return
            with self.lock:
                self.refusals[" ".join(text.split()[:2])] += 1
            session = None
            time.sleep(0.1)

    def vanish(self, number, turn):
        with self.connect(number) as peer:
            peer.recv(1000)
            peer.sendall(b"EHLO x.sender.example\r\nMAIL FROM:<v@sender.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n"
                         if turn % 2 else b"EHLO x.sender.example\r\nMAIL FROM:<v@sender.ex")
            time.sleep(0.05)
            peer.sendall(b"Subject: vanished\r\n\r\n" + b"x" * random.randint(1, 50_000))
            if turn % 3 == 0:  # a reset instead of an end
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.vanished += 1

    def sit_silent(self, number, turn):
        with self.connect(number) as peer:
            peer.recv(1000)
            for _ in range(100):
                if self.stopping:
                    return
                time.sleep(0.2)

    def play_deaf(self, number, turn):
        with socket.socket() as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            peer.settimeout(2)
            peer.bind((self.address_of(number), 0))
            peer.connect(("127.0.0.1", self.gateway.smtp))
            peer.recv(100)
            try:
                for _ in range(2000):
                    peer.sendall(b"HELP\r\n" * 200)
            except socket.timeout:
                time.sleep(1)

    def babble(self, number, turn):
        with self.connect(number) as peer:
            peer.recv(1000)
            for _ in range(50):
                peer.sendall(os.urandom(300) + b"\r\n")
                if not peer.recv(4000):
                    break
        time.sleep(0.5)

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(30)


def give_own_disk(folder):
    """Puts a folder onto a disk of its own that can be filled without harm to others. False where mounting is not possible."""
    beside = temporary_folder("soak") / "copy"
    shutil.copytree(folder, beside)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(folder)], capture_output=True).returncode:
        return False
    shutil.copytree(beside, folder, dirs_exist_ok=True)
    return True


class Soak(unittest.TestCase):
    def setUp(self):
        self.dns = Dns({("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        settings = {"dns.servers": f'["{self.dns.address}"]', "smtp.sessions_per_network_max": "1000"}
        self.gateway = Gateway(settings)
        self.has_disk = give_own_disk(self.gateway.data)
        self.gateway.start()
        self.api = self.gateway.owner()

    def tearDown(self):
        self.gateway.stop()
        self.dns.stop()
        if self.has_disk:
            subprocess.run(["umount", "-l", str(self.gateway.data)], check=False)

    def measure(self):
        process = pathlib.Path(f"/proc/{self.gateway.process.pid}")
        rss = next(int(line.split()[1]) for line in (process / "status").read_text().splitlines() if line.startswith("VmRSS"))
        return rss / 1024, len(list((process / "fd").iterdir()))

    def acknowledged_after(self, crowd, what, seconds=30):
        """Mail is taken again, without anybody's help."""
        before = len(crowd.acknowledged)
        wait_until(lambda: len(crowd.acknowledged) > before + SENDERS, f"mail is taken again after {what}", seconds)

    def silence_dns(self, crowd):
        os.kill(self.dns.process.pid, signal.SIGSTOP)
        time.sleep(4)
        os.kill(self.dns.process.pid, signal.SIGCONT)
        self.acknowledged_after(crowd, "DNS was silent")

    def fill_disk(self, crowd):
        if not self.has_disk:
            return
        ballast = self.gateway.data / "ballast"
        try:
            with open(ballast, "wb", buffering=0) as out:
                while True:
                    out.write(b"\0" * (1 << 20))
        except OSError:
            pass
        time.sleep(3)
        ballast.unlink()
        self.acknowledged_after(crowd, "the disk was full", 60)

    def kill(self, crowd):
        self.gateway.kill()
        self.gateway.start()
        self.acknowledged_after(crowd, "SIGKILL")

    def test_everything_at_once_and_nothing_is_lost_invariant_1(self):
        crowd = Crowd(self.gateway)
        ends = time.monotonic() + SECONDS
        rounds = 0
        try:
            self.acknowledged_after(crowd, "the start")
            while time.monotonic() < ends or rounds < 3:
                [self.silence_dns, self.fill_disk, self.kill][rounds % 3](crowd)
                time.sleep(min(5, max(0, ends - time.monotonic())))
                rounds += 1
            settled = self.measure()  # of the last process, warm, under load
        finally:
            crowd.stop()
        print(f"{SECONDS} s, {rounds} faults: {len(crowd.acknowledged)} messages acknowledged, {crowd.vanished} senders vanished, refusals {dict(crowd.refusals)}")
        wait_until(lambda: 'postern_smtp_sessions 0' in self.gateway.operator_get("/metrics")[1], "all sessions have ended", 60)
        memory, descriptors = self.measure()
        print(f"memory {settled[0]:.0f} MB under load, {memory:.0f} MB after; descriptors {settled[1]}, {descriptors}")
        self.assertLess(memory, settled[0] + MEMORY_MORE_MAX_MB)
        self.assertLess(descriptors, settled[1] + DESCRIPTORS_MORE_MAX)
        self.api.connection = None
        stored = collections.Counter(ticket["subject"] for ticket in self.api.tickets())
        self.assertEqual([s for s in crowd.acknowledged if stored[s] == 0], [], "lost")
        self.assertEqual([s for s, times in stored.items() if times > 1], [], "twice")
        self.assertEqual(sorted(set(stored) - crowd.tried), [], "what nobody finished")
        self.assertGreater(len(crowd.acknowledged), SECONDS)


if __name__ == "__main__":
    unittest.main(verbosity=0)
