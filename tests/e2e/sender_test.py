#!/usr/bin/python3
"""Who really sent it, as mail admins and operators meet it: policy per inbox, forwarders with ARC seals that another
program made (python3-dkim), reports in and out, the MTA-STS policy, and the explanation down to the DNS records."""
import base64
import gzip
import json
import pathlib
import re
import subprocess
import sys
import unittest

import dkim

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Dns, Gateway, run_cli, temporary_folder  # noqa: E402
from smtp_client import Session  # noqa: E402

INBOXES = """
[[inbox]]
workspace = "desk.example"
addresses = ["reports@desk.example"]
takes_reports = true

[[inbox]]
workspace = "desk.example"
addresses = ["careful@desk.example"]
on_dmarc_fail = "suspend"
on_no_dmarc = "suspend"
allow = ["friend@nopolicy.example"]
block = ["blocked.example"]
"""

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<feedback><report_metadata><org_name>Reporter</org_name><email>dmarc@reporter.example</email><report_id>r-1</report_id>
<date_range><begin>1795219200</begin><end>1795305599</end></date_range></report_metadata>
<policy_published><domain>desk.example</domain><adkim>r</adkim><aspf>r</aspf><p>none</p></policy_published>
<record><row><source_ip>192.0.2.25</source_ip><count>41</count><policy_evaluated><disposition>none</disposition>
<dkim>pass</dkim><spf>fail</spf></policy_evaluated></row><identifiers><header_from>desk.example</header_from></identifiers>
<auth_results><dkim><domain>desk.example</domain><result>pass</result></dkim><spf><domain>x.example</domain><result>fail</result></spf>
</auth_results></record></feedback>"""


def mail(sender, subject="Hello", body="hi\r\n", extra=""):
    return (f"From: Customer <{sender}>\r\nTo: support@desk.example\r\nSubject: {subject}\r\nMessage-ID: <{subject}.{sender}>\r\n"
            f"Date: Sun, 22 Nov 2026 09:30:00 +0000\r\nMIME-Version: 1.0\r\n{extra}\r\n{body}").encode()


def make_key():
    """A private key as python3-dkim reads it, and its record."""
    private = subprocess.run(["openssl", "genrsa", "-traditional", "2048"], check=True, capture_output=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=private, check=True, capture_output=True).stdout
    return private, "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()


class Sender(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.forwarder_key, forwarder_record = make_key()
        cls.dns = Dns({
            ("good.example", "TXT"): ["v=spf1 ip4:127.0.0.1 -all"], ("_dmarc.good.example", "TXT"): ["v=DMARC1; p=reject"],
            ("bank.example", "TXT"): ["v=spf1 -all"],
            ("_dmarc.bank.example", "TXT"): ["v=DMARC1; p=reject; rua=mailto:dmarc@bank.example"],
            ("blocked.example", "TXT"): ["v=spf1 ip4:127.0.0.1 -all"],
            ("nopolicy.example", "TXT"): ["v=spf1 ip4:127.0.0.1 -all"],
            ("reporter.example", "TXT"): ["v=spf1 ip4:127.0.0.1 -all"], ("_dmarc.reporter.example", "TXT"): ["v=DMARC1; p=reject"],
            ("s1._domainkey.forwarder.example", "TXT"): [forwarder_record],
        })
        cls.gateway = Gateway({"dns.servers": f'["{cls.dns.address}"]', "sender.trusted_sealers": '["forwarder.example"]',
                               "reports.address": '"noreply-dmarc@desk.example"'})
        cls.gateway.config.write_text(cls.gateway.config.read_text() + INBOXES)
        cls.gateway.start()
        cls.owner = cls.gateway.owner()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.dns.stop()

    def send(self, sender, rcpts, message):
        session = Session(self.gateway.smtp)
        code, text = session.data(sender, rcpts, message)
        session.quit()
        return code, text

    def held(self):
        return {each["subject"]: each["cause"] for each in self.owner.get("/api/v2/suspended_tickets")["suspended_tickets"]}

    def test_each_inbox_decides_about_senders_who_are_not_proven(self):
        code, text = self.send("a@bank.example", ["support@desk.example"], mail("a@bank.example", "forged"))
        self.assertEqual(code, 550)
        self.assertIn("5.7.26", text)
        self.assertIn("bank.example", text)
        self.assertEqual(self.send("a@bank.example", ["careful@desk.example"], mail("a@bank.example", "forged-held"))[0], 250)
        self.assertEqual(self.held()["forged-held"], "dmarc")
        self.assertEqual(self.send("a@nowhere.example", ["careful@desk.example"], mail("a@nowhere.example", "stranger"))[0], 250)
        self.assertEqual(self.held()["stranger"], "unproven")
        code, text = self.send("a@blocked.example", ["careful@desk.example"], mail("a@blocked.example", "blocked"))
        self.assertEqual(code, 550)
        self.assertIn("blocked", text)
        self.assertEqual(self.send("friend@nopolicy.example", ["careful@desk.example"], mail("friend@nopolicy.example", "friend"))[0], 250)
        subjects = [each["subject"] for each in self.owner.tickets()]
        self.assertIn("friend", subjects)
        self.assertNotIn("forged", subjects)
        self.assertNotIn("stranger", subjects)

    def test_a_trusted_forwarders_seal_stands_in_for_broken_spf(self):
        forwarded = mail("ann@bank.example", "forwarded", extra="Authentication-Results: forwarder.example; spf=pass smtp.mailfrom=bank.example;"
                         " dkim=none; dmarc=pass header.from=bank.example; arc=none\r\n")
        for domain, expected in (("forwarder.example", 250), ("stranger.example", 550)):
            seal = dkim.arc_sign(forwarded, b"s1", domain.encode(), self.forwarder_key, b"forwarder.example",
                                 include_headers=[b"from", b"to", b"subject", b"date", b"message-id"])
            code, text = self.send("bounces@forwarder.example", ["support@desk.example"], b"".join(seal) + forwarded)
            self.assertEqual(code, expected, text)
        ticket = [each for each in self.owner.tickets() if each["subject"] == "forwarded"][0]
        verdicts = self.owner.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"][0]["verdicts"]
        self.assertEqual(verdicts["arc"]["result"], "pass")
        self.assertTrue(verdicts["arc"]["is_trusted"])
        self.assertEqual(verdicts["arc"]["sealed_dmarc"], "pass")
        self.assertEqual(verdicts["dmarc"]["result"], "fail")
        self.assertEqual(verdicts["dmarc"]["overridden_by"], "trusted_forwarder")

    def test_the_verdict_is_explained_by_the_records_it_was_made_of(self):
        code, text = self.send("ann@good.example", ["support@desk.example"], mail("ann@good.example", "explain"))
        self.assertEqual(code, 250)
        trace = re.search(r"Accepted as (\w+)", text).group(1)
        words = run_cli("trace", trace, "--config", self.gateway.config).stdout.decode()
        for part in ("spf       pass  mailfrom good.example", "v=spf1 ip4:127.0.0.1 -all", "TXT   _dmarc.good.example  ok", "v=DMARC1; p=reject",
                     "dmarc     pass  of good.example  policy reject at good.example  aligned by spf"):
            self.assertIn(part, words)
        seen = self.owner.get(f"/api/v2/traces/{trace}")["trace"]["verdicts"]["dns"]
        self.assertIn(("dmarc", "_dmarc.good.example", "ok"), [(each["method"], each["name"], each["status"]) for each in seen])
        unknown = run_cli("trace", "0000000000000", "--config", self.gateway.config, check=False)
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("no message 0000000000000", unknown.stderr.decode())

    def test_reports_about_us_are_counted_and_make_no_ticket(self):
        packed = gzip.compress(REPORT.encode())
        body = base64.encodebytes(packed).decode().replace("\n", "\r\n")
        message = mail("dmarc@reporter.example", "Report Domain: desk.example Submitter: reporter.example Report-ID: <r-1>", body,
                       "Content-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n"
                       'Content-Disposition: attachment; filename="reporter.example!desk.example!1795219200!1795305599.xml.gz"\r\n')
        self.assertEqual(self.send("dmarc@reporter.example", ["reports@desk.example"], message)[0], 250)
        found = self.owner.get("/api/v2/mail_reports")["mail_reports"]
        self.assertEqual(len(found), 1)
        self.assertFalse([each for each in self.owner.tickets() if "Report Domain" in each["subject"]])
        # An unreadable one is a ticket like any other.
        self.assertEqual(self.send("dmarc@reporter.example", ["reports@desk.example"], mail("dmarc@reporter.example", "question"))[0], 250)
        self.assertTrue([each for each in self.owner.tickets() if each["subject"] == "question"])

    def test_scan_judges_as_the_inbox_would(self):
        folder = temporary_folder("scan")
        (folder / "mail.eml").write_bytes(mail("a@blocked.example", "scan"))
        def scan(rcpt, check=True):
            return run_cli("scan", "--json", "--config", self.gateway.config, "--client-ip", "127.0.0.1", "--mail-from", "a@blocked.example",
                           "--rcpt", rcpt, folder / "mail.eml", check=check)
        self.assertEqual(json.loads(scan("careful@desk.example").stdout)["action"], "reject")
        self.assertEqual(json.loads(scan("support@desk.example").stdout)["action"], "accept")
        unknown = scan("nobody@desk.example", check=False)
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("no inbox", unknown.stderr.decode())

    def test_the_mta_sts_policy_is_served_for_our_domains_only(self):
        status, body, headers = self.owner.raw("GET", "/.well-known/mta-sts.txt", extra={"Host": "mta-sts.desk.example"})
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/plain"))
        self.assertTrue(body.decode().startswith("version: STSv1\r\nmode: testing\r\n"), body)
        self.assertEqual(self.owner.raw("GET", "/.well-known/mta-sts.txt", extra={"Host": "mta-sts.other.example"})[0], 404)
        self.assertEqual(self.owner.raw("GET", "/api/v2/users/me", extra={"Host": "mta-sts.desk.example"})[0], 404)

    def test_the_page_of_a_domain_tells_what_to_publish(self):
        domains = self.owner.get("/api/v2/mail_domains")["mail_domains"]
        self.assertEqual([each["domain"] for each in domains], ["desk.example"])
        advice = self.owner.get("/api/v2/mail_domains/desk.example/dns")
        self.assertIn("v=spf1", json.dumps(advice))
        self.assertEqual(self.owner.raw("GET", "/api/v2/mail_domains/other.example/dns")[0], 404)


class Reporting(unittest.TestCase):
    def test_what_we_would_report_is_shown_before_it_is_sent(self):
        dns = Dns({("good.example", "TXT"): ["v=spf1 ip4:127.0.0.1 -all"],
                   ("_dmarc.good.example", "TXT"): ["v=DMARC1; p=reject; rua=mailto:dmarc@good.example"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "reports.address": '"noreply-dmarc@desk.example"'}).start()
        session = Session(gateway.smtp)
        self.assertEqual(session.data("ann@good.example", ["support@desk.example"], mail("ann@good.example", "one"))[0], 250)
        self.assertEqual(session.data("eve@evil.example", ["support@desk.example"], mail("ann@good.example", "two"))[0], 550)
        session.quit()
        gateway.stop()  # writes what was counted
        listed = run_cli("reports", "list", "--config", gateway.config).stdout.decode()
        self.assertIn("good.example", listed)
        xml = run_cli("reports", "show", "good.example", "--config", gateway.config).stdout.decode()
        self.assertIn("<source_ip>127.0.0.1</source_ip>", xml)
        self.assertIn("<disposition>reject</disposition>", xml)
        self.assertIn("<disposition>pass</disposition>", xml)
        dns.stop()


class Settings(unittest.TestCase):
    def test_check_names_every_mistake_about_senders(self):
        gateway = Gateway({"sender.deny_lists": '["not a zone"]', "sender.trusted_sealers": '["com"]'}, data=temporary_folder("settings"))
        gateway.config.write_text(gateway.config.read_text() + '\n[[inbox]]\nworkspace = "desk.example"\naddresses = ["x@desk.example"]\n'
                                  'on_dmarc_fail = "maybe"\nallow = ["not an entry"]\n')
        done = run_cli("check", "--config", gateway.config, check=False)
        self.assertEqual(done.returncode, 1)
        words = done.stdout.decode()
        for part in ("sender.deny_lists", "sender.trusted_sealers", "on_dmarc_fail", "allow"):
            self.assertIn(part, words)


if __name__ == "__main__":
    unittest.main(verbosity=0)
