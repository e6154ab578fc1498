#!/usr/bin/python3
"""Programs at the door: an unmodified client of the Zendesk API signs in with a token and works tickets, a public validator
reads the API's description, sslscan looks at TLS (requirements Z-28, I0-16, C-03)."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from harness import OWNER, Api, Gateway, first_owner_token, port_is_open, run_cli, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402

MAIL = (b"From: Ann <ann@customer.example>\r\nTo: support@desk.example\r\nSubject: Order %d\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
        b"Message-ID: <%d@customer.example>\r\n\r\nWhere is it?\r\n")


def node(script, *arguments, gateway):
    """Runs a script of this folder with the gateway's certificate as the only addition to what Node.js trusts."""
    env = {**os.environ, "NODE_EXTRA_CA_CERTS": str(gateway.data / "tls/cert.pem")}
    done = subprocess.run(["node", str(HERE / script), *arguments], capture_output=True, timeout=120, env=env)
    if done.returncode != 0:
        raise AssertionError(f"{script}: {done.stderr.decode(errors='replace')[-3000:]}")
    return done.stdout


def needs_package(name):
    return unittest.skipUnless((HERE / "node_modules" / name).exists() and shutil.which("node"), f"{name} is not installed")


class Machines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway({"pipeline.defer_unknown_dmarc": "false", "dns.servers": '["127.0.0.1:1"]'}).start()
        for number in range(1, 31):  # more than a page
            session = Session(cls.gateway.smtp)
            session.mail("ann@customer.example", ["support@desk.example"])
            session.command("DATA")
            session.send(MAIL % (number, number) + b".\r\n")
            code, text = session.reply()
            session.socket.close()
            if code != 250:
                raise AssertionError(text)
        cls.api = Api(cls.gateway, first_owner_token(cls.gateway))

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()

    @needs_package("node-zendesk")
    def test_Z_28_node_zendesk_signs_in_with_a_token_and_works_tickets(self):
        made = self.api.token
        seen = json.loads(node("zendesk_client.js", f"https://localhost:{self.gateway.web}/api/v2", OWNER, made, gateway=self.gateway))
        self.assertEqual(seen["me"]["email"], OWNER)
        self.assertEqual(sorted(t["subject"] for t in seen["tickets"]), sorted(f"Order {n}" for n in range(1, 31)))
        self.assertEqual(seen["shown"]["id"], seen["tickets"][0]["id"])
        self.assertIn("Where is it?", seen["comments"][0]["body"])
        self.assertEqual(seen["updated"]["status"], "pending")
        self.assertEqual(seen["after"]["status"], "pending")
        self.assertEqual(seen["count"], 2)
        self.assertGreaterEqual(seen["users"], 1)
        self.assertEqual(seen["made"]["priority"], "high")
        self.assertEqual(sorted(seen["made"]["tags"]), ["one", "red"])
        self.assertEqual(seen["many"], [seen["shown"]["id"], seen["made"]["id"]])
        self.assertEqual(seen["tagged"], ["one", "red", "two"])
        self.assertGreaterEqual(seen["audits"], 2)
        self.assertIn("Colour", seen["fields"])
        self.assertEqual(sorted(seen["tags"]), ["one", "red", "two"])
        self.assertIn("(404)", seen["missing"])
        self.assertIn("(401)", seen["thief"])
        self.assertIn("(401)", seen["other"])
        actions = [e["action"] for e in self.api.get("/api/v2/audit_logs")["audit_logs"]]
        self.assertIn("ticket.comment", actions)
        self.assertIn("ticket.status", actions)

    @needs_package("zendesk-node-api")
    def test_Z_28_another_public_client_does_its_everyday_calls(self):
        seen = json.loads(node("zendesk_node_api.js", f"https://localhost:{self.gateway.web}", OWNER, self.api.token, gateway=self.gateway))
        self.assertGreaterEqual(seen["tickets"], 30)
        self.assertEqual(seen["made"], "From the other client")
        self.assertEqual(seen["updated"], "pending")
        self.assertEqual(seen["shown"], ["other"])
        self.assertEqual(seen["many"], [True])
        self.assertIn("Umbrella", seen["organizations"])
        self.assertTrue(seen["again"], "create_or_update finds who is there")
        self.assertEqual(seen["user"], "Xenia Z")
        self.assertIn("subject", seen["fields"])
        self.assertIn(seen["macro"], seen["macros"])
        self.assertEqual(seen["found"], [True])
        self.assertTrue(seen["deleted"])

    @needs_package("@seriousme/openapi-schema-validator")
    def test_the_description_of_the_api_is_valid_openapi(self):
        status, document, _ = self.api.raw("GET", "/api/v2/openapi.json")
        self.assertEqual(status, 200)
        path = self.gateway.folder / "openapi.json"
        path.write_bytes(document)
        verdict = json.loads(node("openapi_valid.mjs", str(path), gateway=self.gateway))
        self.assertEqual(verdict["errors"], [])
        self.assertEqual(verdict["version"], "3.1")


class Network(unittest.TestCase):
    """Who gets an answer at all. The proxy is loopback, so that clients can come from anywhere."""

    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway({"web.proxy_peers": '["127.0.0.1/32"]', "web.block_feeds": '["feed.txt"]'})
        cls.feed = cls.gateway.data / "feed.txt"
        cls.feed.write_text("; a feed\n203.0.113.0/24 ; trouble\n")
        cls.gateway.start()
        cls.api = Api(cls.gateway, first_owner_token(cls.gateway))

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()

    def status_from(self, client):
        return self.api.raw("GET", "/api/v2/users/me", extra={"X-Forwarded-For": client})[0]

    def test_C_09_blocks_of_the_command_line_and_of_feeds_hold_for_the_web(self):
        for client in ("198.51.100.7", "192.0.2.1"):
            self.assertEqual(self.status_from(client), 200)
        self.assertEqual(self.status_from("203.0.113.9"), 403)
        run_cli("block", "add", "198.51.100.0/24", "--for", "1h", "--reason", "trouble", "--config", self.gateway.config)
        self.assertEqual(self.status_from("198.51.100.7"), 403)
        run_cli("block", "remove", "198.51.100.0/24", "--config", self.gateway.config)
        self.assertEqual(self.status_from("198.51.100.7"), 200)
        self.feed.write_text("192.0.2.0/24\n")
        self.gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.status_from("203.0.113.9") == 200, "the new feed is read")
        self.assertEqual(self.status_from("192.0.2.1"), 403)
        metrics = self.gateway.operator_get("/metrics")[1]
        self.assertRegex(metrics, r"postern_web_blocked_total [1-9]")


@unittest.skipUnless(shutil.which("sslscan"), "sslscan is not installed")
class Tls(unittest.TestCase):
    """Of each listener: TLS 1.2 and 1.3 only, forward secrecy and AEAD only, nothing of what sslscan warns of."""

    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway().start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()

    def scan(self, port, *more):
        done = subprocess.run(["sslscan", "--no-colour", "--xml=-", *more, f"127.0.0.1:{port}"], capture_output=True, timeout=120)
        text = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, 0, text)
        return text

    def check(self, text):
        enabled = {f"{kind}{version}" for kind, version in re.findall(r'<protocol type="(\w+)" version="([\d.]+)" enabled="1"', text)}
        self.assertEqual(enabled, {"tls1.2", "tls1.3"})
        ciphers = re.findall(r'<cipher status="\w+" sslversion="([\w.]+)" bits="(\d+)" cipher="([\w-]+)"', text)
        self.assertGreaterEqual(len(ciphers), 4)
        for version, bits, name in ciphers:
            with self.subTest(name):
                self.assertGreaterEqual(int(bits), 128)
                self.assertRegex(name, "GCM|POLY1305")
                self.assertTrue(version == "TLSv1.3" or name.startswith("ECDHE-"), name)
        self.assertNotIn('vulnerable="1"', text)
        self.assertNotRegex(text, r'<renegotiation supported="1" secure="0"')
        self.assertNotRegex(text, r'<compression supported="1"')

    def test_I0_16_https(self):
        self.check(self.scan(self.gateway.web))

    def test_I0_16_smtp_with_starttls(self):
        self.check(self.scan(self.gateway.smtp, "--starttls-smtp"))

    def test_I0_16_smtps(self):
        self.check(self.scan(self.gateway.smtps))

    @unittest.skipUnless(shutil.which("testssl"), "testssl.sh is not installed")
    def test_I0_16_testssl_warns_of_nothing_but_the_self_signed_certificate(self):
        """Whoever runs `init` alone has a certificate that no authority vouches for; everything else has to be without a finding."""
        # Of the certificate; of the grade, which it caps; of testssl.sh itself and the openssl that it runs.
        not_ours = ("cert_", "DNS_CAA", "overall_grade", "final_score", "grade_cap", "engine_problem", "sessionresumption")
        with tempfile.TemporaryDirectory() as folder:
            runs = []
            for port, more in ((self.gateway.web, ["-h"]), (self.gateway.smtps, []), (self.gateway.smtp, ["--starttls", "smtp"])):
                found = pathlib.Path(folder) / f"{port}.json"
                # Protocols, ciphers, forward secrecy, what the server says of itself, and the holes that have names.
                command = ["testssl", "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "min", "--jsonfile", str(found), "-p", "-s", "-f",
                           "-S", "-U", *more, f"127.0.0.1:{port}"]
                runs.append((port, found, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
            for port, found, run in runs:
                run.wait(timeout=900)
                with self.subTest(port=port):
                    rows = json.loads(found.read_text(encoding="utf-8"))
                    self.assertGreater(len(rows), 30)
                    self.assertEqual([f"{row['id']}: {row['finding']}" for row in rows if row["severity"] not in ("OK", "INFO", "DEBUG")
                                      and not row["id"].startswith(not_ours)], [])

    def test_C_03_plain_http_gets_nothing(self):
        self.assertTrue(port_is_open(self.gateway.web))
        done = subprocess.run(["curl", "-s", "--max-time", "15", f"http://127.0.0.1:{self.gateway.web}/api/v2/openapi"], capture_output=True, timeout=30)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b"")


if __name__ == "__main__":
    unittest.main(verbosity=2)
