#!/usr/bin/python3
"""Invariant 2 where words come packed or leave in bulk: reports about mail (DMARC, TLS), greylisting, archives that are imported, exports
and copies. Each word gets a card number of its own, in plain or disguised; none may stand in a file, a log, a metric, a trace, an export
or an answer afterwards."""
import base64
import gzip
import io
import json
import pathlib
import re
import sys
import tarfile
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from canaries import Canaries  # noqa: E402
from canary_test import RCPT, cards, grouped, wide  # noqa: E402
from card_files import zip_of  # noqa: E402
from card_views import readings  # noqa: E402
from harness import run_cli, temporary_folder, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402

REPORTS = '\n[[inbox]]\nworkspace = "desk.example"\naddresses = ["reports@desk.example"]\ntakes_reports = true\n'
NAMES = {("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"], ("_dmarc.sender.example", "TXT"): ["v=DMARC1; p=none; rua=mailto:d@sender.example"]}
WITNESS = b"Canary of a line."

# Each § is a number. Whatever the formats have that is no number, date or address, and what they do not have.
AGGREGATE = """<?xml version="1.0" encoding="UTF-8"?><!-- card § --><?card §?>
<feedback xmlns:c="urn:§" card="§"><version>§</version><report_metadata><org_name>card §</org_name><email>§@sender.example</email>
<extra_contact_info>https://sender.example/?card=§</extra_contact_info><report_id>§@sender.example</report_id><error>card §</error><generator>shop §</generator>
<date_range><begin>{begin}</begin><end>{end}</end></date_range></report_metadata>
<policy_published><domain>§.desk.example</domain><adkim>§</adkim><aspf>§</aspf><p>§</p><sp>§</sp><np>§</np><testing>§</testing><discovery_method>§</discovery_method><fo>§</fo>
</policy_published><record><row><source_ip>192.0.2.25</source_ip><count>41</count><policy_evaluated><disposition>none</disposition>
<dkim>pass</dkim><spf>fail</spf><reason><type>§</type><comment>card §</comment></reason></policy_evaluated></row>
<identifiers><header_from>§.desk.example</header_from><envelope_from>a.§.example</envelope_from><envelope_to>§</envelope_to></identifiers>
<auth_results><dkim><domain>card.§.example</domain><selector>§</selector><result>pass</result><human_result>card §</human_result></dkim>
<spf><domain>card-§.example</domain><scope>§</scope><result>§</result></spf></auth_results>
<extension><name>card §</name></extension></record><unknown>card §</unknown></feedback>"""
TLS = """{{"organization-name": "card §", "date-range": {{"start-datetime": "{begin}", "end-datetime": "{end}"}}, "contact-info": "§@sender.example", "report-id": "§",
"card §": "card §", "policies": [{{"policy": {{"policy-type": "§", "policy-string": ["version: STSv1", "mx: §.desk.example"], "policy-domain": "§.desk.example",
"mx-host": ["§.mx.desk.example", "card-§.example"]}}, "summary": {{"total-successful-session-count": 5, "total-failure-session-count": 2}}, "failure-details":
[{{"result-type": "§", "sending-mta-ip": "192.0.2.9", "receiving-mx-hostname": "§.desk.example", "receiving-mx-helo": "card §", "receiving-ip": "192.0.2.8",
"failed-session-count": 2, "additional-information": "https://sender.example/?card=§", "failure-reason-code": "card §"}}]}}]}}"""
LETTER = """From: "Card §" <§@customer.example>
To: "§" <support@desk.example>
Cc: card § <§@other.example>
Subject: card §
Date: Mon, 3 Mar 2025 10:{minute:02d}:00 +0000
Message-ID: <§@customer.example>
MIME-Version: 1.0
X-Card: §
Content-Type: multipart/mixed; boundary="edge"

--edge
Content-Type: text/plain

Canary of a line. card §
--edge
Content-Type: text/csv; name="§.csv"
Content-Disposition: attachment; filename="card-§.csv"

name,card
ann,§
--edge--
"""
ZENDESK = {"organizations": {"id": 71, "name": "card §", "external_id": "§", "details": "card §", "notes": "card §", "domain_names": ["card-§.example"], "tags": ["card_§"],
                             "organization_fields": {"shade": "card §"}},
           "users": {"id": 81, "name": "card §", "email": "§@customer.example", "role": "end-user", "phone": "§", "external_id": "§", "alias": "card §", "details": "card §",
                     "notes": "card §", "tags": ["card_§"], "user_fields": {"colour": "card §"}, "organization_id": 71},
           "tickets": {"id": 91, "subject": "card §", "description": "card §", "requester_id": 81, "organization_id": 71, "status": "solved", "external_id": "§",
                       "tags": ["card_§"], "created_at": "2025-03-03T10:00:00Z", "updated_at": "2025-03-04T10:00:00Z", "recipient": "§@desk.example",
                       "via": {"channel": "card §", "source": {"from": {"address": "§@x.example"}}}, "custom_fields": [{"id": 5, "value": "card §"}],
                       "comments": [{"id": 101, "author_id": 81, "body": "card §", "html_body": "<p title=\"§\">card §</p>", "public": True, "created_at": "2025-03-03T10:00:00Z",
                                     "attachments": [{"id": 111, "file_name": "card § inside.txt", "content_type": "text/plain"}]}]}}
FORMS = {"plain": str, "grouped": grouped, "dotted": lambda n: grouped(n, "."), "full-width": lambda n: wide(n, 0xFF10),
         "no-break": lambda n: grouped(n, "\u00a0"), "invisible": lambda n: grouped(n, "\u200b")}
READS = ["audit_logs", "outbox", "changes", "traces", "users", "organizations", "tags", "suspended_tickets", "deleted_tickets", "imports/archives", "redaction_stats",
         "mail_reports", "tickets", "search?query=canary", "incremental/tickets/cursor?start_time=1", "incremental/tickets?start_time=1",
         "incremental/ticket_events?start_time=1", "incremental/ticket_metric_events?start_time=1", "incremental/users/cursor?start_time=1", "incremental/users?start_time=1",
         "incremental/organizations/cursor?start_time=1", "incremental/organizations?start_time=1"]
VERBS = [["audit", "list"], ["audit", "export"], ["audit", "export", "--format", "csv"], ["suspended", "list"], ["queue", "list"], ["user", "list"], ["rules", "stats"],
         ["rules", "history"], ["reports", "list"], ["trace", "--refused"], ["block", "list"]]


class Stores(Canaries, unittest.TestCase):
    def begin(self, settings, more=""):
        gateway = self.plain_gateway(settings, NAMES, more)
        self.client = self.signed_in(gateway)
        self.numbers, self.sent, self.shown, self.traces = cards(), [], [], []
        return gateway

    def send(self, gateway, rcpt, message, mail_from="dmarc@sender.example"):
        session = Session(gateway.smtp)
        code, text = session.data(mail_from, [rcpt], message)
        self.assertEqual(code, 250, text)
        self.traces.append(re.search(r"Accepted as (\w+)", text).group(1))
        session.quit()

    def read_everything(self, gateway):
        """What the API, the command line and the operator's page tell."""
        for path in READS:
            status, _ = self.ask("GET", path)
            self.assertEqual(status, 200, path)
        for ticket in self.client.tickets():
            for comment in self.client.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"]:
                self.shown.append((f"comment of {ticket['id']}", json.dumps(comment, ensure_ascii=False).encode()))
                self.ask("GET", f"tickets/{ticket['id']}/comments/{comment['id']}/raw")
                for file in comment["attachments"]:
                    self.ask("GET", f"attachments/{file['id']}/content")
            self.ask("GET", f"tickets/{ticket['id']}/audits")
        self.shown.append(("/metrics", gateway.operator_get("/metrics")[1].encode()))
        for words in VERBS + [["trace", trace] for trace in self.traces]:
            for form in ((), ("--json",)):
                self.shown.append((" ".join(words), run_cli(*words, *form, "--config", gateway.config).stdout))

    def check(self, gateway):
        gateway.kill()
        self.assertEqual(self.in_files(gateway, WITNESS), [])
        self.assertEqual(self.in_answers(), [])
        told = {reading for data in {data for _, data in self.shown} for reading in readings(data)}
        self.assertEqual([(name, number) for name, number in self.sent if any(number in reading for reading in told)], [])
        gateway.start()
        gateway.stop()
        self.assertEqual(self.in_files(gateway, WITNESS), [])

    def report_mail(self, gateway, name, kind, content, file):
        head = self.filled(f"From: <dmarc@sender.example>\r\nTo: reports@desk.example\r\nSubject: Report Domain: § Submitter: § Report-ID: <§>\r\n"
                           f"Message-ID: <§.{len(self.traces)}@sender.example>\r\nTLS-Report-Domain: §\r\nTLS-Report-Submitter: §\r\nMIME-Version: 1.0\r\nContent-Type: {kind}; name=\"§!{file}\"\r\n"
                           f"Content-Disposition: attachment; filename=\"§!desk.example!{file}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n", f"{name}'s mail")
        self.send(gateway, "reports@desk.example", head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n"))

    def test_reports_about_mail_keep_no_number_Z_35_invariant_2(self):
        gateway = self.begin({"reports.address": '"noreply-dmarc@desk.example"'}, REPORTS)
        day = int(time.time()) // 86400 * 86400 - 86400
        for form, spell in [*FORMS.items(), ("escaped", None)]:
            xml = self.filled(AGGREGATE.format(begin=day, end=day + 86399), f"aggregate, {form}", spell or (lambda n: "".join(f"&#x{ord(c):x};" for c in n)))
            tls = self.filled(TLS.format(begin=time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(day)), end=time.strftime("%Y-%m-%dT23:59:59Z", time.gmtime(day))),
                              f"TLS, {form}", spell or (lambda n: "".join(f"\\u{ord(c):04x}" for c in n)))
            inside = self.filled("card-§.xml", "file in a zip")
            for name, kind, content, file in (("gzip", "application/gzip", gzip.compress(xml.encode()), "1!2.xml.gz"), ("zip", "application/zip", zip_of({inside: xml.encode()}), "1!2.zip"),
                                              ("text", "text/xml", xml.encode(), "1!2.xml"), ("UTF-16", "application/xml", xml.replace("UTF-8", "UTF-16").encode("utf-16"), "1!2.xml"),
                                              ("gzip", "application/tlsrpt+gzip", gzip.compress(tls.encode()), "1!2.json.gz"), ("text", "application/tlsrpt+json", tls.encode(), "1!2.json")):
                self.report_mail(gateway, f"{form}, {name}", kind, content, file)
        # Reports that nobody can read, and one that is longer than what is kept of a field: the number lies over the cut.
        self.report_mail(gateway, "broken", "application/gzip", gzip.compress(self.filled("<feedback><org_name>card §", "broken").encode()), "1!2.xml.gz")
        for room in range(1, 20):
            fill = self.filled(AGGREGATE.format(begin=day, end=day + 86399).replace("<org_name>card §", "<org_name>" + "x" * (511 - room) + " §"), "over the cut")
            self.report_mail(gateway, "over the cut", "application/gzip", gzip.compress(fill.encode()), "1!2.xml.gz")
        self.send(gateway, RCPT, self.filled(f"From: <dmarc@sender.example>\r\nTo: {RCPT}\r\nSubject: x\r\nDKIM-Signature: v=1; a=rsa-sha256; d=§.example; s=§; h=from; bh=AA==; b=AA==\r\n"
                                             "\r\nCanary of a line.\r\n", "signature").encode())
        listed = self.client.get("/api/v2/mail_reports?page[size]=100")["mail_reports"]
        self.assertGreater(len(listed), 1)
        for report in listed:
            self.ask("GET", f"mail_reports/{report['id']}")
        first, last = (time.strftime("%Y-%m-%d", time.gmtime(day + shift)) for shift in (-86400, 86400))
        for path in ("aggregate", "tls"):
            status, data = self.ask("GET", f"mail_reports/{path}?from={first}&to={last}&include_unauthenticated=true")
            for domain in json.loads(data).get("domains", []):
                for more in ("aggregate", "sources", "tls"):
                    self.ask("GET", f"mail_reports/{more}?" + urllib.parse.urlencode({"domain": domain["domain"]}))
        for verb in (["reports", "show", "sender.example"],):
            self.shown.append((" ".join(verb), run_cli(*verb, "--config", gateway.config, check=False).stdout))
        self.read_everything(gateway)
        self.longest_cut(listed)
        self.check(gateway)

    def longest_cut(self, listed):
        """What is cut off behind digits must not leave so many that the others are a matter of arithmetic."""
        over = [number for name, number in self.sent if name == "over the cut"]
        kept = [each["organization"] for each in listed if each["organization"].startswith("xxx")]
        self.assertTrue(kept)
        for organization in kept:
            shown = re.sub(r"[^0-9]", "", organization)
            self.assertFalse([number for number in over if len(shown) > 10 and number.startswith(shown)], organization)

    def test_greylisting_keeps_no_number_Z_35_invariant_2(self):
        gateway = self.begin({"smtp.greylisting": "true", "smtp.greylist_delay_seconds": "1"})
        asked = []
        for sender, rcpt in (("§@sender.example", RCPT), ("a@§.sender.example", RCPT), ("dmarc@sender.example", "support+§@desk.example"), ("\"card §\"@sender.example", RCPT)):
            sender, rcpt = self.filled(sender, "sender"), self.filled(rcpt, "recipient")
            asked.append((sender, rcpt))
            session = Session(gateway.smtp)
            session.command(self.filled("EHLO mx-§.sender.example", "greeting"))
            code, text = session.mail(sender, [rcpt])
            self.assertIn(code, (450, 451, 550, 553), text)
            session.socket.close()
        self.assertIn(b"greylisted", run_cli("trace", "--refused", "--json", "--config", gateway.config).stdout)
        time.sleep(1.2)
        taken = 0
        for sender, rcpt in asked:
            session = Session(gateway.smtp)
            code, text = session.data(sender, [rcpt], f"From: <{sender}>\r\nTo: {RCPT}\r\nSubject: again\r\n\r\nCanary of a line.\r\n".encode())
            taken += code == 250
            session.socket.close()
        self.assertGreater(taken, 1)
        self.read_everything(gateway)
        gateway.stop()  # which writes the list
        self.assertTrue([path for path in gateway.data.rglob("*") if "grey" in path.name], "the list of networks")
        gateway.start()
        self.check(gateway)

    def letters(self, name, count, spell=str):
        return [self.filled(LETTER.format(minute=minute), name, spell) for minute in range(count)]

    def zendesk(self, name):
        documents = {kind: self.filled(each, f"{name}: {kind}") for kind, each in ZENDESK.items()}
        return {f"{kind}.jsonl": (json.dumps(each) + "\n").encode() for kind, each in documents.items()} | {
            "attachments/111/" + self.filled("card §.txt", f"{name}: file's name"): self.filled("card §", f"{name}: file").encode(),
            self.filled("card-§.json", f"{name}: name"): self.filled('{"card": "§"', f"{name}: no JSON").encode()}

    def on_disk(self, files):
        """Beside the gateway's own folder, under names with numbers too."""
        folder = temporary_folder("archive") / self.filled("card-§", "folder's name")
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder

    def archives(self):
        mbox = "".join(f"From {self.filled('§', 'mbox separator')}@customer.example Mon Mar  3 10:00:00 2025\n{each}\n" for spell in FORMS.values() for each in self.letters("mbox", 2, spell))
        eml = {self.filled("card §.eml", "eml's name"): each.encode() for each in self.letters("eml", 3)}
        eml[self.filled("card § is none.eml", "name of what is no mail")] = self.filled("card §\n", "no mail").encode()
        maildir = {"cur/" + self.filled("1741000000.§.host:2,S", "name in a maildir"): each.encode() for each in self.letters("maildir", 3)} | {"new/.keep": b"", "tmp/.keep": b""}
        return {"mbox": {"old.mbox": mbox.encode()}, "eml": eml, "maildir": maildir, "zendesk": self.zendesk("zendesk")}

    def packed(self, files):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as tar:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        return out.getvalue()

    def import_files(self, gateway):
        for kind, files in self.archives().items():
            folder = self.on_disk(files)
            path = folder / "old.mbox" if kind == "mbox" else folder
            for more in (["--dry-run"], [], ["--resume"]):
                done = run_cli("import", kind, path, *more, "--json", "--config", gateway.config)
                self.shown.append((f"import {kind}", done.stdout))
                self.assertEqual(json.loads(done.stdout)["state"], "finished", done.stdout)
                words = run_cli("import", kind, path, *more, "--config", gateway.config)
                self.shown.append((f"import {kind}", words.stdout + words.stderr))

    def import_uploads(self):
        for kind, files in self.archives().items():
            for dry in ("&dry_run=true", ""):
                status, body, _ = self.client.raw("POST", f"/api/v2/imports/archives?kind={kind}{dry}", self.packed(files), "application/octet-stream")
                self.assertEqual(status, 201, body)
                number = json.loads(body)["import"]["id"]
                told = wait_until(lambda n=number: (lambda i: i if i["ended_at"] else None)(self.client.get(f"/api/v2/imports/archives/{n}")["import"]), "the import has ended", 60)
                self.assertEqual(told["state"], "finished", told)
                self.ask("GET", f"imports/archives/{number}")
        files = {self.filled("card §.eml", "name in a zip"): each.encode() for each in self.letters("zip", 2)}
        status, body, _ = self.client.raw("POST", "/api/v2/imports/archives?kind=eml", zip_of(files), "application/octet-stream")
        self.shown.append(("zip", body))
        if status == 201:
            number = json.loads(body)["import"]["id"]
            wait_until(lambda: self.client.get(f"/api/v2/imports/archives/{number}")["import"]["ended_at"], "the import has ended", 60)

    def export_everything(self, gateway):
        for name in ("out", "again"):
            out = gateway.folder / name  # searched with the other files
            self.shown.append(("export", run_cli("export", "--out", out, "--json", "--config", gateway.config).stdout))
            self.shown += [(f"exported {path.relative_to(out)}", path.read_bytes()) for path in out.rglob("*") if path.is_file()]
        self.assertGreater(len((gateway.folder / "out/tickets.jsonl").read_text().splitlines()), 20)
        status, archive, _ = self.client.raw("GET", "/api/v2/exports/full")
        self.assertEqual(status, 200)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            self.shown += [(f"full export, {name}", tar.extractfile(name).read()) for name in tar.getnames() if tar.getmember(name).isfile()]
            self.shown += [("names in the full export", "\n".join(tar.getnames()).encode())]

    def test_imports_exports_and_copies_keep_no_number_Z_35_invariant_2(self):
        gateway = self.begin({})
        self.import_files(gateway)
        self.import_uploads()
        self.assertGreater(len(self.client.tickets()), 30)
        self.export_everything(gateway)
        self.read_everything(gateway)
        self.check(gateway)


if __name__ == "__main__":
    unittest.main(verbosity=0)
