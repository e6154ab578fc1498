#!/usr/bin/python3
"""Customers without an account against the real binary: links from mails that a real Postfix received, their pages in a browser with
scripts off, the survey, the form with the real spam filter, and what agents then see (issue 8 part 6, Z-31, Z-36; ui/customers.js)."""
import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Dns, Gateway, Postfix, temporary_folder, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402

E2E = pathlib.Path(__file__).parent
CUSTOMER = "ada@customer.example"
ZONE = {("customer.example", "MX"): ["10 mx.customer.example."], ("mx.customer.example", "A"): ["127.0.0.1"],
        ("customer.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]}
MAIL = (f"From: Ada <{CUSTOMER}>\r\nTo: support@desk.example\r\nSubject: Printer on fire\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
        "Message-ID: <fire@customer.example>\r\n\r\nMy printer burns.\r\n").encode()


def notify(title, on, text):
    return {"trigger": {"title": title, "conditions": {"all": on}, "actions": [{"field": "notification_user", "value": ["requester_id", title, text]}]}}


class Customers(unittest.TestCase):
    def setUp(self):
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        self.gateway = Gateway({"inbox.web_form": "true"})
        tls = self.gateway.data / "tls"
        self.postfix = Postfix(["customer.example"], (tls / "cert.pem", tls / "key.pem"))
        self.dns = Dns(ZONE)
        self.gateway.set({"dns.servers": f'["{self.dns.address}"]', "delivery.port": str(self.postfix.port)})
        self.gateway.start()
        self.api = self.gateway.owner()

    def tearDown(self):
        self.gateway.stop()
        self.postfix.stop()
        self.dns.stop()

    def mail_titled(self, title):
        for raw in self.postfix.messages():
            message = email.message_from_bytes(raw, policy=email.policy.default)
            if message["Subject"] == title:
                return message.get_body().get_content()
        return None

    def link(self, title, kind):
        wait_until(lambda: self.mail_titled(title), f"the mail {title}", 40)
        found = re.search(r"https://[^/\s]+(/requests/" + kind + r"[A-Za-z0-9_-]{40,})", self.mail_titled(title))
        self.assertTrue(found, self.mail_titled(title))
        return found.group(1)

    def test_a_customer_from_the_mail_to_the_survey_Z_36(self):
        change = [{"field": "update_type", "operator": "is", "value": "Change"}]
        solved = [{"field": "status", "operator": "value", "value": "solved"}, {"field": "satisfaction_score", "operator": "is", "value": "unoffered"}]
        self.api.call("POST", "/api/v2/triggers", notify("See it", change + [{"field": "role", "operator": "is", "value": "agent"}], "Here: {{ticket.request_link}}"))
        self.api.call("POST", "/api/v2/triggers", notify("See all", change + [{"field": "role", "operator": "is", "value": "agent"}], "Here: {{ticket.requests_link}}"))
        self.api.call("POST", "/api/v2/triggers", notify("How was it?", solved, "{{satisfaction.rating_section}}"))
        self.api.call("PUT", "/api/v2/users/me", {"user": {"name": "Olga", "signature": "{{current_user.name}}, Desk"}})
        session = Session(self.gateway.smtp, "starttls")
        code, text = session.data(CUSTOMER, ["support@desk.example"], MAIL)
        session.quit()
        self.assertEqual(code, 250, text)
        ticket = self.api.tickets()[0]["id"]
        path = f"/api/v2/tickets/{ticket}"
        self.api.call("PUT", path, {"ticket": {"comment": {"body": "Nobody likes this customer", "public": False}}})
        self.api.call("PUT", path, {"ticket": {"status": "solved", "comment": {"body": "Have you tried water?"}}})
        inbox = self.api.get("/api/v2/inboxes")["inboxes"][0]["id"]
        paths = {"request": self.link("See it", ""), "requests": self.link("See all", ""), "rating": self.link("How was it?", "rating/"), "form": f"/requests/new/{inbox}"}
        wait_until(lambda: self.mail_titled("Re: Printer on fire"), "the reply", 40)
        self.assertRegex(self.mail_titled("Re: Printer on fire").replace("\r\n", "\n"), r"Have you tried water\?\n\n-- \nOlga, Desk")
        # What programs that open every link of a mail do.
        version = self.api.get(path)["ticket"]["version"]
        for each in paths.values():
            self.assertEqual(self.api.raw("GET", each)[0], 200, each)
        self.assertEqual(self.api.get(path)["ticket"]["version"], version)

        pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
        pictures.mkdir(exist_ok=True)
        done = subprocess.run(["node", "ui/customers.js", f"https://localhost:{self.gateway.web}", json.dumps(paths), "-", "0", str(pictures)],
                              cwd=E2E, capture_output=True, text=True, timeout=1100)
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        self.assertTrue(lines, done.stdout + done.stderr)
        outcome = json.loads(lines[-1])
        self.assertEqual(outcome["problems"], [], done.stderr)
        self.assertGreaterEqual(outcome["steps"], 12)

        after = self.api.get(path)["ticket"]
        self.assertEqual(after["satisfaction_rating"]["score"], "good")
        self.assertEqual(after["status"], "open")
        comments = self.api.get(f"{path}/comments")["comments"]
        self.assertEqual([c["via"]["channel"] for c in comments], ["email", "api", "api", "web", "web"])
        self.assertEqual(self.api.get("/api/v2/satisfaction_ratings/figures")["figures"][0]["good"], 1)
        by_form = [t for t in self.api.tickets() if t["subject"] == "Toner"]
        self.assertEqual(len(by_form), 1)
        self.assertEqual(self.api.get(f"/api/v2/tickets/{by_form[0]['id']}")["ticket"]["via"]["channel"], "web")
        # Links end with their ticket.
        self.api.call("DELETE", path)
        self.assertEqual(self.api.raw("GET", paths["request"])[0], 404)


if __name__ == "__main__":
    unittest.main(verbosity=0)
