#!/usr/bin/python3
"""Who gets no session, and how an operator sees, makes and lifts that (C-07, C-09, C-10, Z-05). Clients are the addresses of
127.0.0.0/8: what is blocked as one of them does not concern the others."""
import json
import pathlib
import signal
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Gateway, run_cli, wait_until  # noqa: E402


def talk(port, *lines, source="127.0.0.1", first=b""):
    """Sends `first`, then each line after a reply; all the replies, until the server closes or has answered the last."""
    with socket.create_connection(("127.0.0.1", port), 10, source_address=(source, 0)) as peer:
        peer.sendall(first)
        stream = peer.makefile("rb")
        replies = []
        for line in [None, *lines]:
            if line is not None:
                try:
                    peer.sendall(line.encode() + b"\r\n")
                except OSError:
                    break
            while True:
                try:
                    got = stream.readline().decode().rstrip()
                except OSError:
                    got = ""
                if not got:
                    return replies
                if got[3:4] != "-":
                    break
            replies.append(got)
        return replies


def block(gateway, *arguments, check=True):
    return run_cli("block", *arguments, "--config", gateway.config, check=check)


class Defences(unittest.TestCase):
    def test_an_operator_blocks_and_lifts_beside_a_running_server(self):
        gateway = Gateway()
        done = block(gateway, "add", "127.0.0.9", "--for", "2h", "--reason", "set before the start")
        self.assertIn(b"127.0.0.9/32: blocked until ", done.stdout)
        gateway.start()
        self.assertRegex(talk(gateway.smtp, source="127.0.0.9")[0], r"^421 4\.7\.0 .* for 7\d\d\d s: set before the start$")
        block(gateway, "add", "127.0.7.0/24", "--reason", "floods of junk")
        self.assertEqual(talk(gateway.smtp, source="127.0.7.3"),
                         [f"554 5.7.1 {talk(gateway.smtp)[0].split()[1]} your network is blocked: floods of junk"])
        self.assertTrue(talk(gateway.smtp)[0].startswith("220 "))
        self.assertIn(b"127.0.7.0/24: blocked for good: floods of junk", block(gateway, "test", "127.0.7.200").stdout)
        self.assertIn(b"not blocked", block(gateway, "test", "127.0.8.1").stdout)
        self.assertEqual(len(json.loads(block(gateway, "list", "--json").stdout)["blocks"]), 2)
        block(gateway, "remove", "127.0.7.0/24")
        self.assertTrue(talk(gateway.smtp, source="127.0.7.3")[0].startswith("220 "))
        entries = run_cli("audit", "list", "--config", gateway.config).stdout
        self.assertIn(b"network.blocked", entries)
        self.assertIn(b"network.unblocked", entries)
        for wrong in (["add", "0.0.0.0/0", "--reason", "x"], ["add", "127.0.0.2"], ["remove", "127.0.0.3"], ["add", "here", "--reason", "x"]):
            self.assertEqual(block(gateway, *wrong, check=False).returncode, 1, wrong)
        self.assertEqual(block(gateway, "add", "127.0.0.2", "--reason", "x", "--for", "soon", check=False).returncode, 2)
        gateway.stop()

    def test_feeds_are_read_again_on_sighup_all_or_nothing(self):
        gateway = Gateway({"smtp.block_feeds": '["junk.netset"]', "smtp.blocked_networks": '["127.0.5.0/24"]'})
        feed = gateway.data / "junk.netset"
        gateway.start()  # a feed that is not there yet must not keep mail from coming in
        self.assertIn("blocks.feed_unusable", gateway.log_text())
        self.assertIn("by configuration", talk(gateway.smtp, source="127.0.5.5")[0])
        feed.write_text("; a list\n127.0.6.0/24 ; SBL1\n")
        gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: talk(gateway.smtp, source="127.0.6.6")[0].endswith("listed in junk.netset"), "the feed is in force", 10)
        feed.write_text("not a network\n")
        gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "gateway.reload_failed" in gateway.log_text(), "the bad feed is refused", 10)
        self.assertIn("junk.netset: line 1", gateway.log_text())
        self.assertTrue(talk(gateway.smtp, source="127.0.6.6")[0].startswith("554 "))
        gateway.stop()

    def test_too_many_errors_block_one_client_until_somebody_lifts_it(self):
        gateway = Gateway({"smtp.errors_per_minute_per_address": "6", "smtp.error_delay_ms": "1"}).start()
        replies = talk(gateway.smtp, *["NONSENSE"] * 8, source="127.0.0.33")
        self.assertTrue(replies[-1].startswith("421 4.7.0"), replies)
        self.assertRegex(talk(gateway.smtp, source="127.0.0.33")[0], r"^421 4\.7\.0 .* s: too many errors$")
        self.assertTrue(talk(gateway.smtp, source="127.0.0.34")[0].startswith("220 "))
        self.assertIn(b"too many errors", block(gateway, "list").stdout)
        self.assertIn('postern_smtp_refusals_total{reason="blocked"} 1', gateway.operator_get("/metrics")[1])
        block(gateway, "remove", "127.0.0.33")
        self.assertTrue(talk(gateway.smtp, source="127.0.0.33")[0].startswith("220 "))
        gateway.stop()

    def test_a_load_balancer_names_its_clients(self):
        gateway = Gateway({"smtp.proxy_peers": '["127.0.0.50/32"]', "smtp.blocked_networks": '["203.0.113.0/24"]'}).start()
        named = b"PROXY TCP4 %s 127.0.0.1 40000 25\r\n"
        self.assertTrue(talk(gateway.smtp, source="127.0.0.50", first=named % b"198.51.100.7")[0].startswith("220 "))
        self.assertTrue(talk(gateway.smtp, source="127.0.0.50", first=named % b"203.0.113.7")[0].startswith("554 "))
        self.assertEqual(talk(gateway.smtp, source="127.0.0.50", first=b"EHLO client.test\r\n"), [])
        # Whoever is not named is an early talker, or, where his line came after the greeting, sends an unknown command.
        said = talk(gateway.smtp, "NOOP", source="127.0.0.51", first=named % b"198.51.100.7")
        self.assertRegex(said[0] + "|" + "".join(said[1:2]), r"^554 5\.5\.1 |^220 .*\|500 5\.5\.[12] ")
        gateway.stop()


if __name__ == "__main__":
    unittest.main()
