#!/usr/bin/python3
"""What `./dev bench smtp` builds its figures on: the generator against a scripted server, the tables and plots made of results.
Needs clang and no root; run it by itself: tests/bench/smtp_bench_test.py"""
import json
import pathlib
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench  # noqa: E402
import smtp_flatness  # noqa: E402
import smtp_report  # noqa: E402


class Script(socketserver.StreamRequestHandler):
    """An SMTP server that keeps what it was sent; `refuse` answers the n-th content with 550, `mute` never answers content."""

    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def handle(self):
        server = self.server
        with server.lock:
            server.connections += 1
        self.say(b"220 ready")
        for line in self.rfile:
            verb = line.split()[0].upper()
            if verb == b"PROXY":
                server.proxied.append(line)
            elif verb == b"DATA":
                self.say(b"354 go")
                content = b""
                while not content.endswith(b"\r\n.\r\n"):
                    content += self.rfile.readline()
                with server.lock:
                    server.contents.append(content)
                    number = len(server.contents)
                if server.mute:
                    time.sleep(5)
                    return
                self.say(b"550 no" if number == server.refuse else b"250-Accepted\r\n250 as %d" % number)
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 fine")


class Generator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-load-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.tool = bench.build_load(cls.folder)
        cls.mail = cls.folder / "mail"
        cls.mail.mkdir()
        (cls.mail / "0.eml").write_bytes(b"Subject: a\r\n\r\n.dot\r\n..dots\r\nend." + b"x" * 70000 + b"\r\n")

    def run_load(self, messages, per_connection, connections=3, refuse=0, mute=False, more=()):
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Script)
        server.daemon_threads = True
        server.lock, server.contents, server.proxied, server.connections = threading.Lock(), [], [], 0
        server.refuse, server.mute = refuse, mute
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = bench.load_command(self.tool, server.server_address[1], self.mail, connections, messages, per_connection, "plain",
                                     ["--replies", self.folder / "replies", *more])
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        server.shutdown()
        server.server_close()
        return done, {k: float(v) for k, v in re.findall(r"(\w+)=([\d.]+)", done.stdout)}, server

    def test_sends_each_message_once_with_an_id_of_its_own_and_its_dots_doubled(self):
        done, facts, server = self.run_load(25, 10)
        self.assertEqual((done.returncode, facts["sent"], facts["failed"]), (0, 25, 0), done.stderr)
        self.assertEqual(server.connections, 3)  # 10, 10 and 5
        ids = {re.match(rb"Message-ID: <(\S+)>\r\n", content)[1] for content in server.contents}
        self.assertEqual(len(ids), 25)
        for content in server.contents:
            self.assertTrue(content.endswith(b"Subject: a\r\n\r\n..dot\r\n...dots\r\nend." + b"x" * 70000 + b"\r\n.\r\n"))
        replies = (self.folder / "replies").read_text().splitlines()
        self.assertEqual(len([reply for reply in replies if reply.startswith("250 as ")]), 25)

    def test_a_refused_message_fails_the_run(self):
        done, facts, _ = self.run_load(12, 4, refuse=5)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(facts["failed"], 1)
        self.assertIn("content: 550 no", done.stderr)

    def test_a_server_that_falls_silent_fails_the_run(self):
        done, facts, _ = self.run_load(2, 1, connections=2, mute=True, more=["--stall", 1])
        self.assertEqual((done.returncode, facts["sent"], facts["failed"]), (1, 0, 2))
        self.assertIn("content: no answer", done.stderr)

    def test_pipelining_and_a_proxy_line(self):
        done, facts, server = self.run_load(8, 4, more=["--pipelining", "--proxied-from", "192.0.2.7"])
        self.assertEqual((done.returncode, facts["sent"]), (0, 8), done.stderr)
        self.assertEqual(server.proxied, [b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 25\r\n"] * 2)


def run(cpu_ms, **more):
    return {"cpu_ms": cpu_ms, "rate": 100.0, "p50_ms": 1.0, "p99_ms": 2.0, "p999_ms": 3.0, "ready_p99_ms": 1.0, "pss_mb": 50.0, "sent": 100.0,
            "generator_busy": 0.1, "resumed": 0.0, "connections": 10.0, **more}


def results(rows):
    cases = [{"size": "4k", "mode": "tls", "connections": connections, "others": 5.0, "rows": rows} for connections in (1, 16)]
    peers = [{"key": key, "title": key, "version": "1", "checks": "none", "durability": "fsync", "syncs": 0.5, "syncs_how": "perf"} for key in rows]
    machine = {"cores": 2, "cpu": "a CPU", "memory_gb": 4.0, "system": "Debian", "disk": "ext4", "load_before": "0", "load_after": "1"}
    return {"date": "2026-11-23 10:00 UTC", "rounds": 3, "others": 5.0, "machine": machine, "peers": peers, "cases": cases, "skipped": {"exim": "no such package"}}


class Report(unittest.TestCase):
    ROWS = {"postern": {"runs": [run(1.0), run(2.0), run(4.0)]}, "postfix": {"runs": [run(3.0), run(4.0), run(6.0)]}, "haraka": {"void": "greeting: no | answer"}}

    def test_a_ratio_is_made_of_runs_of_one_round(self):
        case = results(self.ROWS)["cases"][0]
        self.assertEqual(smtp_report.ratios(case, "postfix"), (2.0, 1.5, 3.0))  # the medians' quotient would be 2 too, the least 0.75
        self.assertIsNone(smtp_report.ratios(case, "haraka"))

    def test_void_rows_and_missing_peers_are_told(self):
        text = smtp_report.markdown(results(self.ROWS))
        self.assertIn("| Haraka, no checks | void: greeting: no / answer |", text)
        self.assertIn("**Not measured: Exim, SPF + DKIM**: no such package", text)

    def test_an_aim_that_is_missed_is_called_missed(self):
        text = smtp_report.markdown(results(self.ROWS))
        self.assertIn("| CPU a message of Postfix, no checks, times Postern's | ≥ 2.3 (floor 1.5) | 2.00 | floor only |", text)
        self.assertIn("| CPU a message | ≤ 0.45 (floor 0.55) ms | 2.00 | **missed** |", text)

    def test_tables_have_as_many_cells_in_each_row(self):
        for table in re.findall(r"(?:^\|.*\n)+", smtp_report.markdown(results(self.ROWS)), re.M):
            self.assertEqual(len({line.count("|") for line in table.splitlines()}), 1, table)

    def test_plots_are_xml_and_name_every_peer(self):
        plots = smtp_report.plots(results(self.ROWS))
        self.assertEqual(sorted(plots), ["smtp_connections_tls.svg", "smtp_cpu.svg", "smtp_latency.svg"])
        for svg in plots.values():
            xml.etree.ElementTree.fromstring(svg)
            self.assertIn("prefers-color-scheme:dark", svg)
        self.assertIn("Postfix, no checks", plots["smtp_cpu.svg"])
        self.assertIn("void", plots["smtp_cpu.svg"])

    def test_results_can_be_read_back(self):
        with tempfile.TemporaryDirectory() as folder:
            smtp_report.write(results(self.ROWS), folder)
            again = json.loads((pathlib.Path(folder) / "smtp_results.json").read_text())
            self.assertEqual(smtp_report.markdown(again), (pathlib.Path(folder) / "smtp_results.md").read_text())

    def test_flatness_is_told_as_ratios_of_runs_of_one_round(self):
        costs = {("a", 1): [3.0, 3.0, 6.0], ("a", 16): [9.0, 1.0, 2.0], ("b", 1): [1.0, 6.0, 6.0], ("b", 16): [1.0, 4.0, 1.0]}  # the first is not counted
        runs = []

        def measure(peer, count, messages):
            runs.append((peer, count, messages))
            return {"rate": 10.0, "cpu_ms": costs[peer, count].pop(0)}
        flat = smtp_flatness.run({"postern": "a", "postern-store": "b"}, [1, 16], 2, measure, lambda rate, count: 7, 1000)
        self.assertEqual(len(runs), 12)
        self.assertEqual({messages for _, _, messages in runs[4:]}, {7})
        self.assertNotEqual(runs[:4], [(peer, count, 40 if count == 1 else 64) for peer, count, _ in runs[4:8]])  # in another order
        text = smtp_report.markdown({**results(self.ROWS), "flatness": flat})
        self.assertIn("store of 1,000 tickets", text)
        self.assertIn("| 1 | 4.50 | 3.00 (3.00 to 3.00) | 6.00 | 3.75 (1.50 to 6.00) | 1.50 (1.00 to 2.00) |", text)
        self.assertIn("| 16 | 1.50 | 1.00 (1.00 to 1.00) | 2.50 | 1.00 (1.00 to 1.00) | 2.25 (0.50 to 4.00) |", text)

    def test_a_flatness_run_that_proves_nothing_is_void(self):
        def measure(peer, count, messages):
            if count == 16:
                raise RuntimeError("550 no")
            return {"rate": 10.0, "cpu_ms": 1.0}
        flat = smtp_flatness.run({"postern": "a"}, [1, 16], 1, measure, lambda rate, count: 7, 0)
        text = "\n".join(smtp_flatness.table(flat))
        self.assertIn("| 16 | void | void |", text)
        self.assertIn("**Void: postern 16**: 550 no", text)


if __name__ == "__main__":
    unittest.main()
