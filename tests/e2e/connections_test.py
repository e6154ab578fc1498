#!/usr/bin/python3
"""Issue 5, scale: what idle connections cost, and that messages in flight stay within their limit. The same with 10,000
connections and 64 senders of 24 MB: ./dev bench connections."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
import connections_bench as bench  # noqa: E402
from harness import Gateway  # noqa: E402

IDLE_KB_MAX = 30     # 10,000 of them under 400 MB leaves 36 KB each beside the process itself
IDLE_TLS_KB_MAX = 36
FLIGHT_MB = 48


class Connections(unittest.TestCase):
    def test_ten_thousand_idle_connections_would_stay_under_400_mb(self):
        count = min(2000, bench.raise_open_files())
        gateway = Gateway(bench.MANY)
        gateway.start()
        each, _ = bench.idle(gateway, count, "plain")
        self.assertLess(each, IDLE_KB_MAX, f"KB of each of {count} idle connections")
        gateway.stop()

    def test_ten_thousand_idle_tls_connections_would_stay_under_400_mb(self):
        gateway = Gateway(bench.MANY)
        gateway.start()
        bench.idle(gateway, 50, "starttls")  # what the first handshake of a process makes once
        each, _ = bench.idle(gateway, 1000, "starttls")
        self.assertLess(each, IDLE_TLS_KB_MAX, "KB of each of 1000 idle connections")
        gateway.stop()

    def test_a_connection_that_has_sent_mail_costs_no_more_while_it_is_idle(self):
        gateway = Gateway({**bench.MANY, "pipeline.defer_unknown_dmarc": "false"})
        gateway.start()
        bench.idle(gateway, 50, "sent")  # what the first mail of a process makes once
        each, _ = bench.idle(gateway, 300, "sent")
        # Tickets and their index are in the memtable: 25 KB a mail.
        self.assertLess(each, IDLE_KB_MAX + 40)
        gateway.stop()

    def test_messages_in_flight_stay_within_their_limit_and_all_arrive(self):
        gateway = Gateway({**bench.MANY, "pipeline.defer_unknown_dmarc": "false", "smtp.memory_in_flight_max": str(FLIGHT_MB << 20),
                           "pipeline.redaction_memory_max": str(16 << 20), "pipeline.intake_memory_max": str(16 << 20)})
        gateway.start()
        peak, answers = bench.flood(gateway, 12, 12 << 20)
        self.assertEqual(answers.get(250), 12, answers)
        self.assertLessEqual(set(answers), {250, 451, 452}, "whoever finds no room is told to come again")
        self.assertLess(peak / 1024, 700, "MB above the start")
        gateway.stop()


if __name__ == "__main__":
    unittest.main()
