#!/usr/bin/python3
"""Redaction rules on a running server, from the command line: a rule is published in shadow, counted, rolled out to one inbox
and rolled back, while mail comes in; stored mail is replayed."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Dns, Gateway, run_cli, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402

SENDER, SUPPORT, BILLING = "customer@sender.example", "support@desk.example", "billing@desk.example"
RULES = """[[rule]]
id = "house_number"
description = "Numbers of our own."
pattern = 'HN-(?P<value>[0-9]{6})'
mode = "shadow"
tags = ["house"]
matches = ["my HN-123456"]
ignores = ["HN-12345"]
"""


def message(rcpt, number):
    return (f"From: {SENDER}\r\nTo: {rcpt}\r\nSubject: request {number}\r\nMessage-ID: <{number}.{rcpt}>\r\n"
            f"Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n\r\nmy contract is HN-{number}, thanks\r\n").encode()


class Rules(unittest.TestCase):
    def setUp(self):
        self.dns = Dns({("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        self.gateway = Gateway({"dns.servers": f'["{self.dns.address}"]'})
        config = self.gateway.config
        config.write_text(config.read_text() + f'\n[[inbox]]\nworkspace = "desk.example"\naddresses = ["{BILLING}"]\n')
        self.file = self.gateway.folder / "rules.toml"
        self.file.write_text(RULES)

    def tearDown(self):
        self.gateway.stop()
        self.dns.stop()

    def rules(self, *arguments, check=True):
        return run_cli("rules", *arguments, "--config", self.gateway.config, check=check)

    def answer(self, *arguments):
        return json.loads(self.rules(*arguments, "--json").stdout)

    def send(self, rcpt, number):
        """The comment and the tags of the ticket that the mail became."""
        session = Session(self.gateway.smtp)
        code, text = session.data(SENDER, [rcpt], message(rcpt, number))
        session.quit()
        self.assertEqual(code, 250, text)
        ticket = next(t for t in self.client.tickets() if t["subject"] == f"request {number}")
        comments = self.client.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"]
        return comments[0]["body"], ticket["tags"]

    def test_shadow_rollout_rollback_and_replay(self):
        self.gateway.start()
        self.client = self.gateway.owner_over_control()
        published = self.answer("publish", self.file, "--note", "try it")
        self.assertEqual((published["version"], published["problems"]), (1, []))
        # In shadow: counted, nothing changed.
        body, tags = self.send(SUPPORT, "100001")
        self.assertIn("HN-100001", body)
        self.assertNotIn("house", tags)
        row = wait_until(self.house_row, "the finding is counted")
        self.assertEqual((row["shadow"]["messages"], row["enforced"]["messages"]), (1, 0))
        # Enforced in one inbox.
        self.rules("rollout", "house_number", "--mode", "enforce", "--inbox", BILLING)
        body, tags = self.send(BILLING, "100002")
        self.assertNotIn("100002", body)
        self.assertIn("HN-", body)
        self.assertIn("house", tags)
        self.assertIn("HN-100003", self.send(SUPPORT, "100003")[0])
        shown = self.rules("show", "house_number").stdout.decode()
        self.assertIn(BILLING, shown)
        # One step back.
        self.rules("rollback")
        self.assertIn("HN-100004", self.send(BILLING, "100004")[0])
        versions = self.answer("history")
        self.assertEqual((versions["active"], len(versions["versions"])), (1, 2))
        self.assertIn(b"mode", self.rules("difference", "1", "2").stdout)
        self.rules("activate", "2")
        self.replay_with_and_without_a_server()

    def test_two_operators_and_an_agent(self):
        self.gateway.start()
        self.client = self.gateway.owner_over_control()
        self.rules("publish", self.file)
        exported = self.rules("document").stdout.decode()
        self.assertTrue(exported.startswith("# on top of version 1\n"), exported)
        # A colleague rolls out meanwhile.
        self.rules("rollout", "house_number", "--mode", "enforce")
        body, _ = self.send(SUPPORT, "200001")
        self.assertNotIn("200001", body)
        self.file.write_text(exported.replace("Numbers of our own.", "House numbers."))
        refused = self.rules("publish", self.file, check=False)
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertRegex(refused.stdout.decode(), r"version 2 is active(.|\n)*mode +enforce -> shadow(.|\n)*--on-top-of 2")
        self.assertIn("nothing was changed", self.rules("publish", self.file, "--on-top-of", "2", "--dry-run").stdout.decode())
        self.assertIn("no change", self.rules("rollout", "house_number", "--mode", "enforce").stdout.decode())
        self.assertEqual(self.answer("history")["active"], 2)
        # The finding is called wrong, and that is listed.
        ticket = self.client.tickets()[0]["id"]
        comment = self.client.get(f"/api/v2/tickets/{ticket}/comments")["comments"][0]["id"]
        path = f"/api/v2/tickets/{ticket}/comments/{comment}/redaction_feedback"
        self.client.call("POST", path, {"redaction_feedback": {"rule": "house_number"}})
        listed = self.rules("feedback").stdout.decode()
        self.assertRegex(listed, rf"house_number +{ticket} ")
        self.assertIn("owner@", listed)
        self.assertEqual(self.answer("stats")["rules"][0]["false_positives"], 1)

    def house_row(self):
        return next((r for r in self.answer("stats")["rules"] if r["rule"] == "house_number"), None)

    def replay_with_and_without_a_server(self):
        self.file.write_text(RULES.replace("[0-9]{6})", "[0-9]{5}[13])").replace('"my HN-123456"', '"my HN-123451"'))
        for state in ("running", "stopped"):
            found = self.answer("replay", self.file, "--stored")
            row = next(r for r in found["rules"] if r["rule"] == "house_number")
            # Mail 2 is masked in the store; the candidate sees two of the other three.
            self.assertEqual((row["left"]["messages"], row["right"]["messages"], row["only_right"]), (2, 3, 1), state)
            self.assertNotRegex(json.dumps(found["rules"]), "10000[1-4]")
            # Beside another file: neither is in force. Its sixth digit is 1 alone.
            other = self.gateway.folder / "other.toml"
            other.write_text(self.file.read_text().replace("[13]", "1"))
            found = self.answer("replay", self.file, "--against", other, "--stored")
            row = next(r for r in found["rules"] if r["rule"] == "house_number")
            self.assertEqual((row["left"]["messages"], row["right"]["messages"], row["only_left"]), (2, 1, 1), state)
            self.assertEqual(found["right"], str(other))
            self.assertEqual([p["where"] for p in row["left"]["places"]], ["text/plain"])
            found = self.answer("replay", self.file, "--shipped", "--stored")
            self.assertEqual(next(r for r in found["rules"] if r["rule"] == "house_number")["right"]["messages"], 0)
            other.write_text("[[rule]]\nid = 1\n")
            refused = self.rules("replay", self.file, "--against", other, "--stored", check=False)
            self.assertEqual(refused.returncode, 1, refused.stdout)
            self.assertIn("other.toml:", refused.stdout.decode())
            if state == "running":
                self.gateway.stop()
        self.assertEqual(self.answer("history")["active"], 2)

    def test_a_bad_file_changes_nothing_and_says_why(self):
        self.gateway.start()
        self.file.write_text(RULES.replace("HN-123456", "no match") + '\n[[rule]]\nid = "other"\ncolour = "red"\nmatches = ["x"]\n')
        for check in (["test", self.file], ["publish", self.file]):
            done = run_cli("rules", *check, *(["--config", self.gateway.config] if check[0] == "publish" else []), check=False)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertRegex(done.stdout.decode(), r"rules\.toml:\d+: rule other: .*colour")
        self.assertEqual(self.answer("history")["active"], 0)
        for wrong, code in ((["activate", "7"], 1), (["rollback"], 1), (["rollout", "house_number", "--mode", "loud"], 1), (["rollout", "card", "--mode", "off"], 1)):
            done = self.rules(*wrong, check=False)
            self.assertEqual(done.returncode, code, (wrong, done.stdout, done.stderr))


if __name__ == "__main__":
    unittest.main(verbosity=0)
