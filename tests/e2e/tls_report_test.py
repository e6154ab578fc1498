#!/usr/bin/python3
"""TLS reports that we send (RFC 8460): deliveries that fail or pass by DANE and MTA-STS are counted, and on the next day the domains that
ask for it are told, by mail to a real Postfix and by HTTPS. The next day comes with a clock that is shifted in the second run
(clock_shift.c). Needs root, as transport_test.py does."""
import email
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest
from unittest import mock

import dkim

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import transport_test as transport  # noqa: E402
from harness import Gateway, run_cli, temporary_folder, wait_until  # noqa: E402
from receiver import Handler, HttpsServer  # noqa: E402
from signed_zones import SignedDns, Zone  # noqa: E402

DAY = 86_400
# The certificate is of mx.right.example: of none of these. `sink` asks for MTA-STS that nobody can keep; reports to it arrive all the same.
transport.POLICIES.update({"trial.example": ("testing", "mx.trial.example"), "sink.example": ("enforce", "other.sink.example")})
WITH_POLICY = ["enforced.example", "trial.example", "sink.example"]


class ReportHandler(Handler):
    taken = []

    def do_POST(self):
        self.taken.append((self.path, self.headers["Content-Type"], json.loads(gzip.decompress(self.body()))))
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()


def build_clock(folder):
    compiler = shutil.which("cc") or shutil.which("clang-19")
    if compiler is None:
        raise unittest.SkipTest("no C compiler for clock_shift.c")
    library = folder / "clock_shift.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, pathlib.Path(__file__).parent / "clock_shift.c", "-ldl"], check=True)
    return library


def asks(domain, rua):
    return {(f"_smtp._tls.{domain}", "TXT"): [f"v=TLSRPTv1; rua={rua}"]}


class TlsReports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("a private Postfix needs root")
        folder = temporary_folder("tls-reports")
        transport.make_authority(folder)
        cls.clock = build_clock(folder)
        chain, key = transport.make_certificate(folder, "mx", ["mx.right.example"])
        cls.policies = transport.PolicyServer(*transport.make_certificate(folder, "policies", [f"mta-sts.{each}" for each in WITH_POLICY]))
        cls.web = HttpsServer(ReportHandler, *transport.make_certificate(folder, "reports", ["reports.sink.example"]))
        url = f"https://reports.sink.example:{cls.web.server.server_address[1]}/tlsrpt"
        zones = cls.zones("mailto:tls@sink.example", url)
        cls.postfix = transport.Receiver([zone.origin.to_text(omit_final_dot=True) for zone in zones], (chain, key))
        wrong = next(zone for zone in zones if zone.is_signed)
        wrong.add(f"_{cls.postfix.port}._tcp.mx.wrong.example.", "TLSA", [f"3 1 1 {'00' * 32}"])
        cls.dns = SignedDns(zones)
        cls.gateway = Gateway({"dns.servers": f'["{cls.dns.address}"]', "dns.trust_anchor_file": f'"{cls.dns.anchor}"', "delivery.port": str(cls.postfix.port),
                               "feeds.networks": '["127.0.0.0/8"]', "reports.tls_address": '"noreply-tls@desk.example"', "reports.organisation": '"Desk & Co"',
                               "reports.per_hour_max": "36000"})
        cls.environment = {"SSL_CERT_FILE": str(folder / "ca.pem")}

    @staticmethod
    def zones(by_mail, by_web):
        name = transport.mail_domain
        wrong = Zone("wrong.example", {**name("wrong.example"), **asks("wrong.example", by_mail)}, True)
        plain = Zone("plain.example", name("plain.example", transport.WITHOUT_TLS))
        rua = {"enforced.example": by_web, "trial.example": f"{by_web},{by_mail}", "sink.example": by_mail}
        held = [Zone(each, {**name(each), **asks(each, rua[each]), (f"_mta-sts.{each}", "TXT"): ["v=STSv1; id=1"],
                            (f"mta-sts.{each}", "A"): [transport.POLICY_HOST], **({("reports.sink.example", "A"): ["127.0.0.1"]} if each == "sink.example" else {})})
                for each in WITH_POLICY]
        return [wrong, plain, *held]

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.postfix.stop()
        cls.dns.stop()
        cls.policies.stop()
        cls.web.stop()

    def listed(self):
        return json.loads(run_cli("reports", "list", "--tls", "--config", self.gateway.config, "--json").stdout)["reports"]

    def write_to_all(self):
        self.gateway.start(env=self.environment)
        api = self.gateway.owner()
        for domain in ("wrong.example", "enforced.example", "trial.example", "plain.example"):
            api.call("POST", "/api/v2/tickets", {"ticket": {"subject": f"To {domain}", "requester": {"name": "Ada", "email": f"ada.secret@{domain}"},
                                                            "comment": {"body": "hello", "public": True}}})
        wait_until(lambda: self.postfix.of("ada.secret@trial.example"), "a policy in testing holds up nothing")
        self.assertIn(b"with ESMTPS", self.postfix.of("ada.secret@trial.example")[0])
        counted = wait_until(lambda: len(got := {each["domain"]: each for each in self.listed()}) == 4 and got, "all sessions are counted", 30)
        self.assertEqual({domain: (each["successes"], each["failures"]) for domain, each in counted.items()},
                         {"wrong.example": (0, 1), "enforced.example": (0, 1), "trial.example": (0, 1), "plain.example": (0, 1)})
        shown = run_cli("reports", "show", "wrong.example", "--tls", "--config", self.gateway.config).stdout.decode()
        self.assertIn("tlsa-invalid", shown)
        self.assertNotIn("ada", shown)
        self.gateway.stop()

    def detail(self, report, domain, policy_type):
        self.assertEqual(report["organization-name"], "Desk & Co")
        self.assertEqual(report["contact-info"], "noreply-tls@desk.example")
        self.assertRegex(report["date-range"]["start-datetime"], "T00:00:00Z$")
        self.assertRegex(report["date-range"]["end-datetime"], "T23:59:59Z$")
        policy, = report["policies"]
        self.assertEqual(policy["policy"]["policy-type"], policy_type)
        self.assertEqual(policy["summary"], {"total-successful-session-count": 0, "total-failure-session-count": 1})
        detail, = policy["failure-details"]
        self.assertEqual(detail["receiving-mx-hostname"], f"mx.{domain}")
        self.assertEqual(detail["failed-session-count"], 1)
        self.assertNotIn("ada", json.dumps(report))
        return policy["policy"], detail

    def read_mail(self, raw):
        message = email.message_from_bytes(raw)
        domain = message["TLS-Report-Domain"]
        self.assertEqual(message.get_content_type(), "multipart/report")
        self.assertEqual(message.get_param("report-type"), "tlsrpt")
        self.assertEqual(message["TLS-Report-Submitter"], "desk.example")
        self.assertEqual(message["TLS-Required"], "No")
        self.assertRegex(re.sub(r"\s+", " ", message["Subject"]), rf"^Report Domain: {re.escape(domain)} Submitter: desk\.example Report-ID: <[^>]+>$")
        words, packed = message.get_payload()
        self.assertEqual(words.get_content_type(), "text/plain")
        self.assertEqual(packed.get_content_type(), "application/tlsrpt+gzip")
        self.assertRegex(packed.get_filename(), rf"^desk\.example!{re.escape(domain)}!\d+!\d+\.json\.gz$")
        return domain, json.loads(gzip.decompress(packed.get_payload(decode=True)))

    def is_signed(self, raw, seen_at):
        self.assertIn(b"DKIM-Signature:", raw)
        with mock.patch("dkim.time.time", lambda: seen_at):  # a signature of the future is none
            for index in range(raw.count(b"DKIM-Signature:")):
                self.assertTrue(dkim.DKIM(raw).verify(idx=index, dnsfunc=self.look_up), f"signature {index}")

    def look_up(self, name, timeout=5):
        for line in run_cli("dkim", "list", "desk.example", "--config", self.gateway.config, "--json").stdout.splitlines():
            key = json.loads(line)
            if key["owner"] == name.decode().rstrip("."):
                return key["txt"].encode()
        return None

    def test_check_wants_a_key_that_signs_Z_32(self):
        self.assertEqual(run_cli("check", "--config", self.gateway.config).returncode, 0)
        other = self.gateway.config.with_name("other.toml")
        other.write_text(self.gateway.config.read_text().replace("noreply-tls@desk.example", "noreply-tls@elsewhere.example"))
        done = run_cli("check", "--config", other, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no DKIM key signs for elsewhere.example", done.stdout.decode())

    def test_domains_learn_on_the_next_day_what_failed_Z_32(self):
        self.write_to_all()
        shift = DAY - int(time.time()) % DAY + DAY // 2  # to the next noon
        self.gateway.set({"dns.trust_anchor_file": '""'})  # the zones' signatures do not last so long
        self.gateway.start(env={**self.environment, "LD_PRELOAD": str(self.clock), "CLOCK_SHIFT_SECONDS": str(shift)})
        mails = wait_until(lambda: len(got := self.postfix.of("tls@sink.example")) >= 2 and got, "reports arrive by mail, whatever the sink's own policy", 60)
        wait_until(lambda: len(ReportHandler.taken) >= 2, "reports arrive by HTTPS", 30)
        by_mail = dict(self.read_mail(raw) for raw in mails)
        self.assertEqual(set(by_mail), {"wrong.example", "trial.example"})
        for raw in mails:
            self.is_signed(raw, time.time() + shift)
        policy, detail = self.detail(by_mail["wrong.example"], "wrong.example", "tlsa")
        self.assertEqual((policy["policy-domain"], policy["policy-string"]), ("mx.wrong.example", [f"3 1 1 {'00' * 32}"]))
        self.assertEqual(detail["result-type"], "tlsa-invalid")
        policy, detail = self.detail(by_mail["trial.example"], "trial.example", "sts")
        self.assertEqual(detail["result-type"], "certificate-host-mismatch")
        self.assertEqual((detail["sending-mta-ip"], detail["receiving-ip"]), ("127.0.0.1", "127.0.0.1"))
        self.assertEqual((policy["mx-host"], policy["policy-string"][:2]), (["mx.trial.example"], ["version: STSv1", "mode: testing"]))
        by_web = {}
        for path, kind, report in ReportHandler.taken:
            self.assertEqual((path, kind), ("/tlsrpt", "application/tlsrpt+gzip"))
            by_web[report["policies"][0]["policy"]["policy-domain"]] = report
        self.assertEqual(set(by_web), {"enforced.example", "trial.example"})
        self.assertEqual(by_web["trial.example"], by_mail["trial.example"])
        self.assertEqual(self.detail(by_web["enforced.example"], "enforced.example", "sts")[1]["result-type"], "certificate-host-mismatch")
        first = min(each["day"] for each in self.listed())
        states = {each["domain"]: each["state"] for each in self.listed() if each["day"] == first}
        self.assertEqual(states, {"wrong.example": "sent", "enforced.example": "sent", "trial.example": "sent", "plain.example": "unwanted"})
        self.assertNotIn("sink.example", {each["domain"] for each in self.listed()}, "a report's own way is in no report")
        metrics = self.gateway.operator_get("/metrics")[1]
        self.assertIn('postern_tls_reports_total{outcome="sent"} 3', metrics)


if __name__ == "__main__":
    unittest.main(verbosity=0)
