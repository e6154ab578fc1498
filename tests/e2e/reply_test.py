#!/usr/bin/python3
"""The whole circle: a customer's mail becomes a ticket, an agent answers over the API, a real Postfix receives the reply,
an independent verifier accepts its signatures, and the customer's answer lands in the same ticket."""
import email
import email.policy
import json
import pathlib
import re
import sys
import unittest

import dkim

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Dns, Gateway, Postfix, free_port, run_cli, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402

CUSTOMER, RCPT = "ada@customer.example", "support@desk.example"
ZONE = {("customer.example", "MX"): ["10 mx.customer.example."], ("mx.customer.example", "A"): ["127.0.0.1"],
        ("customer.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"], ("_dmarc.customer.example", "TXT"): ["v=DMARC1; p=reject"]}


def question(subject="Printer on fire", more=""):
    return (f"From: Ada <{CUSTOMER}>\r\nTo: {RCPT}\r\nSubject: {subject}\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
            f"Message-ID: <{abs(hash(subject + more))}@customer.example>\r\n{more}\r\nIt burns.\r\n").encode()


def send(gateway, message, sender=CUSTOMER, rcpt=RCPT):
    session = Session(gateway.smtp, "starttls")
    code, text = session.data(sender, [rcpt], message)
    session.quit()
    if code != 250:
        raise AssertionError(text)


class Reply(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway()
        tls = cls.gateway.data / "tls"
        cls.postfix = Postfix(["customer.example"], (tls / "cert.pem", tls / "key.pem"))
        cls.records = {}
        for line in run_cli("dkim", "list", "desk.example", "--config", cls.gateway.config, "--json").stdout.splitlines():
            key = json.loads(line)
            cls.records[key["owner"]] = key["txt"]
        zone = dict(ZONE)
        zone.update({(owner, "TXT"): [txt] for owner, txt in cls.records.items()})
        cls.dns = Dns(zone)
        cls.gateway.set({"dns.servers": f'["{cls.dns.address}"]', "delivery.port": str(cls.postfix.port)})
        cls.gateway.start()
        cls.api = cls.gateway.owner()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.postfix.stop()
        cls.dns.stop()

    def look_up(self, name, timeout=5):
        return self.records.get(name.decode().rstrip("."), "").encode() or None

    def test_reply_is_signed_threaded_and_answered_M_01_Z_33(self):
        send(self.gateway, question())
        ticket = self.api.tickets()[0]
        comment = self.api.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"][0]
        self.assertEqual(comment["verdicts"]["spf"]["result"], "pass")
        self.assertEqual(comment["verdicts"]["dmarc"]["result"], "pass")

        before = len(self.postfix.messages())
        self.api.call("PUT", f"/api/v2/tickets/{ticket['id']}", {"ticket": {"status": "pending", "comment": {"body": "Have you tried water?\n.\nÉmile", "public": True}}})
        wait_until(lambda: len(self.postfix.messages()) > before, "Postfix has the reply")
        raw = self.postfix.messages()[-1].replace(b"\n", b"\r\n")
        raw = raw[raw.index(b"DKIM-Signature:"):]
        reply = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual(reply["Subject"], "Re: Printer on fire")
        self.assertIn(CUSTOMER, reply["To"])
        self.assertEqual(reply["In-Reply-To"].strip(), comment["message_id"] if comment["message_id"].startswith("<") else f"<{comment['message_id']}>")
        self.assertIn("Have you tried water?\n.\nÉmile", reply.get_body().get_content().replace("\r\n", "\n"))
        self.assertIn("ESMTPS", self.postfix.messages()[-1].decode(errors="replace").split("DKIM-Signature")[0], "the reply came over STARTTLS")

        signatures = raw.count(b"DKIM-Signature:")
        self.assertEqual(signatures, 2, "rsa and ed25519")
        for index in range(signatures):
            self.assertTrue(dkim.DKIM(raw).verify(idx=index, dnsfunc=self.look_up), f"signature {index}")
        tampered = raw.replace(b"water", b"petrol")
        self.assertFalse(dkim.verify(tampered, dnsfunc=self.look_up))

        # The customer answers to the signed address: the same ticket, open again.
        back = reply["Reply-To"] or reply["From"]
        address = re.search(r"[^<\s]+@[^>\s]+", back).group(0)
        self.assertIn("+", address)
        send(self.gateway, question("Re: Printer on fire", f"In-Reply-To: {reply['Message-ID']}\r\n"), rcpt=address)
        after = self.api.get(f"/api/v2/tickets/{ticket['id']}")["ticket"]
        self.assertEqual(after["status"], "open")
        self.assertEqual(len(self.api.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"]), 3)
        comments = self.api.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"]
        self.assertEqual([c["public"] for c in comments], [True, True, True])

    def test_formatted_reply_is_signed_and_parses_back_issue_7_8(self):
        """Both forms, a file around them, signatures under both; an independent parser finds that tree, and nothing that was hidden."""
        send(self.gateway, question("Formatted"))
        ticket = next(each for each in self.api.tickets() if each["subject"] == "Formatted")
        path = f"/api/v2/tickets/{ticket['id']}"
        html = ('<p onclick="x()">Have you tried <strong>water</strong>, Émile?</p><ul><li>one</li><li>card <b>4111</b> 1111 1111 <i>1111</i></li></ul>'
                f'<p>{"long " * 600}</p><script>alert(1)</script><img src="https://spy.example/x.png">')
        self.api.call("PUT", "/api/v2/inboxes/" + str(ticket["inbox_id"]) + "/signature", {"signature": {"html_body": "<b>Desk</b> of {{ticket.id}}"}})
        before = len(self.postfix.messages())
        self.api.call("PUT", path, {"ticket": {"comment": {"html_body": html, "public": True}}})
        wait_until(lambda: len(self.postfix.messages()) > before, "Postfix has the formatted reply")
        raw = self.postfix.messages()[-1].replace(b"\n", b"\r\n")
        raw = raw[raw.index(b"DKIM-Signature:"):]
        self.assertLessEqual(max(len(line) for line in raw.split(b"\r\n")), 998)
        for index in range(raw.count(b"DKIM-Signature:")):
            self.assertTrue(dkim.DKIM(raw).verify(idx=index, dnsfunc=self.look_up), f"signature {index}")
        reply = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual(reply.get_content_type(), "multipart/alternative")
        plain, rich = list(reply.iter_parts())
        self.assertEqual((plain.get_content_type(), rich.get_content_type()), ("text/plain", "text/html"))
        self.assertEqual(reply.defects + plain.defects + rich.defects, [])
        text, page = plain.get_content().replace("\r\n", "\n"), rich.get_content()
        self.assertTrue(text.startswith("Have you tried water, Émile?\n\n- one\n- card 4111 11"), text[:200])
        self.assertIn(f"-- \nDesk of {ticket['id']}", text)
        self.assertIn("<p>Have you tried <strong>water</strong>, Émile?</p><ul><li>one</li>", page)
        self.assertIn(f"<b>Desk</b> of {ticket['id']}", page)
        for gone in ("onclick", "script", "spy.example", "1111 1111 <i>1111"):
            self.assertNotIn(gone, page)
        stored = self.api.get(path + "/comments")["comments"][-1]
        self.assertIn(stored["html_body"], page)
        self.assertNotIn("Desk", stored["html_body"])
        self.assertTrue(stored["redactions"])
        self.api.call("PUT", "/api/v2/inboxes/" + str(ticket["inbox_id"]) + "/signature", {"signature": {"body": ""}})

    def test_internal_note_is_not_mailed(self):
        send(self.gateway, question("A quiet one"))
        ticket = self.api.tickets()[0]["id"]
        before = len(self.postfix.messages())
        self.api.call("PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"comment": {"body": "for us only", "public": False}}})
        self.api.call("PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"comment": {"body": "for you", "public": True}}})
        wait_until(lambda: len(self.postfix.messages()) > before, "the public reply")
        self.assertFalse(any(b"for us only" in m for m in self.postfix.messages()))

    def test_stranger_with_a_thread_id_does_not_join_invariant_8(self):
        send(self.gateway, question("Mine alone"))
        ticket = self.api.tickets()[0]
        original = self.api.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"][0]["message_id"].strip("<>")
        stranger = (f"From: eve@evil.example\r\nTo: {RCPT}\r\nSubject: Re: Mine alone\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n"
                    f"Message-ID: <evil@evil.example>\r\nIn-Reply-To: <{original}>\r\n\r\nlet me in\r\n").encode()
        send(self.gateway, stranger, sender="eve@evil.example")
        self.assertEqual(len(self.api.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"]), 1)
        self.assertEqual(self.api.tickets()[0]["subject"], "Re: Mine alone")
        self.assertNotEqual(self.api.tickets()[0]["id"], ticket["id"])

    def test_spoofed_sender_is_refused_in_session(self):
        session = Session(self.gateway.smtp)
        session.command("RSET")
        spoofed = question("I am the boss").replace(b"ada@customer.example", b"boss@strict.example")
        code, _ = session.data("x@elsewhere.example", [RCPT], spoofed)
        self.assertEqual(code, 250, "a domain without a policy is let in")
        session.quit()
        session = Session(self.gateway.smtp)
        spoofed = question("I am Ada").replace(b"\r\n\r\n", b"\r\nX-Nothing: 1\r\n\r\n", 1)
        code, text = session.data("x@elsewhere.example", [RCPT], spoofed)
        self.assertEqual(code, 550, text)
        self.assertIn("5.7.", text)
        session.quit()

    def test_undeliverable_reply_fails_on_the_ticket(self):
        message = question("No way back").replace(CUSTOMER.encode(), b"ghost@nowhere.example")
        send(self.gateway, message, sender="ghost@nowhere.example")
        ticket = self.api.tickets()[0]["id"]
        self.api.call("PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"comment": {"body": "hello?", "public": True}}})
        wait_until(lambda: any(e["kind"] == "delivery_failed" for e in self.api.get(f"/api/v2/tickets/{ticket}/events")["events"]),
                   "the ticket tells that its reply failed")

    def test_reply_waits_for_a_server_that_is_down(self):
        gateway = Gateway({"dns.servers": f'["{self.dns.address}"]', "delivery.port": str(free_port()), "tickets.retry_first_minutes": "1"}).start()
        api = gateway.owner()
        send(gateway, question("Later"))
        api.call("PUT", "/api/v2/tickets/1", {"ticket": {"comment": {"body": "soon", "public": True}}})

        def queue():
            return json.loads(run_cli("queue", "list", "--config", gateway.config, "--json").stdout)["queue"]
        entry = wait_until(lambda: [e for e in queue() if e["attempts"] == 1], "one attempt was made")[0]
        self.assertTrue(entry["last_reply"])
        run_cli("queue", "hold", entry["id"], "--config", gateway.config)
        self.assertTrue(queue()[0]["held"])
        before = len(self.postfix.messages())
        gateway.stop()
        gateway.set({"delivery.port": str(self.postfix.port)})
        gateway.start()
        run_cli("queue", "release", entry["id"], "--config", gateway.config)
        run_cli("queue", "retry", entry["id"], "--config", gateway.config, check=False)  # it may be on its way already
        wait_until(lambda: len(self.postfix.messages()) > before, "it is delivered after all")
        gateway.stop()


if __name__ == "__main__":
    unittest.main(verbosity=0)
