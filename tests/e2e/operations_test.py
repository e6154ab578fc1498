#!/usr/bin/python3
"""What an operator does: the command line, monitoring, certificate reload, draining, dropping privileges."""
import json
import os
import pathlib
import pwd
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import BINARY, OWNER, PASSWORD, Api, Dns, Gateway, run_cli, temporary_folder, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402

VERBS = ["init", "serve", "check", "scan", "redact", "dns", "dkim", "user", "token", "queue", "trace"]
MESSAGE = (b"From: a@sender.example\r\nTo: support@desk.example\r\nSubject: hello\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
           b"Message-ID: <1@sender.example>\r\n\r\nMy card is 4111 1111 1111 1111.\r\n")


class CommandLine(unittest.TestCase):
    def test_every_verb_has_help(self):
        overview = run_cli("--help").stdout.decode()
        for verb in VERBS:
            with self.subTest(verb):
                self.assertIn(f"  {verb} ", overview)
                self.assertIn("--json", run_cli(verb, "--help").stdout.decode())

    def test_wrong_usage_is_2(self):
        for arguments in ([], ["nonsense"], ["serve"], ["scan", "--no-such-option"], ["user", "dance", "--config", "x"]):
            with self.subTest(arguments):
                done = run_cli(*arguments, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertTrue(done.stderr)

    def test_check_tells_all_errors_with_lines(self):
        gateway = Gateway()
        self.assertEqual(run_cli("check", "--config", gateway.config).returncode, 0)
        text = gateway.config.read_text().splitlines()
        at = text.index("[smtp]") + 1
        text[at:at] = ['rcpt_max = 5', 'message_bytes_max = "big"']
        gateway.config.write_text("\n".join(text))
        done = run_cli("check", "--config", gateway.config, "--json", check=False)
        self.assertEqual(done.returncode, 1)
        problems = json.loads(done.stdout)["problems"]
        self.assertEqual([p["line"] for p in problems], [at + 1, at + 2])
        self.assertIn("did you mean rcpts_max", problems[0]["problem"])

    def test_init_never_overwrites(self):
        gateway = Gateway()
        done = run_cli("init", "--data", gateway.data, check=False)
        self.assertEqual(done.returncode, 1)

    def test_keys_are_private(self):
        gateway = Gateway()
        for name in ["keys/master.key", "tls/key.pem"]:
            self.assertEqual((gateway.data / name).stat().st_mode & 0o077, 0, name)
        os.chmod(gateway.data / "keys/master.key", 0o644)
        self.assertEqual(run_cli("check", "--config", gateway.config, check=False).returncode, 1)

    def test_redact_and_scan(self):
        out = run_cli("redact", stdin=MESSAGE)
        self.assertNotIn(b"4111 1111 1111 1111", out.stdout)
        self.assertIn(b"1111.", out.stdout)
        self.assertIn(b"visa", out.stderr)
        again = run_cli("redact", stdin=out.stdout)
        self.assertEqual(again.stdout, out.stdout)
        dns = Dns({("sender.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 -all"]})
        folder = temporary_folder("scan")
        (folder / "a.eml").write_bytes(MESSAGE)
        (folder / "b.mbox").write_bytes(b"From a Sun Nov 22 09:00:00 2026\n" + MESSAGE.replace(b"\r\n", b"\n") + b"\nFrom b Sun Nov 22 09:00:00 2026\n"
                                        + MESSAGE.replace(b"\r\n", b"\n"))
        done = run_cli("scan", "--json", "--resolver", dns.address, "--client-ip", "192.0.2.7", "--helo", "mail.sender.example",
                       "--mail-from", "a@sender.example", "--rcpt", "support@desk.example", folder)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(rows), 3)
        row = rows[0]
        self.assertEqual(row["spf"]["result"], "pass")
        self.assertEqual(row["dkim"], [])
        self.assertEqual(row["redactions"][0]["brand"], "visa")
        self.assertEqual(row["message"]["subject"], "hello")
        self.assertEqual(row["message"]["from"], [{"name": "", "address": "a@sender.example"}])
        for key in ("file", "size", "parse", "dmarc", "arc", "spam", "action", "reply"):
            self.assertIn(key, row)
        dns.stop()

    def test_dkim_and_dns(self):
        gateway = Gateway()
        keys = [json.loads(x) for x in run_cli("dkim", "list", "desk.example", "--config", gateway.config, "--json").stdout.splitlines()]
        self.assertEqual(sorted(k["algorithm"] for k in keys), ["ed25519-sha256", "rsa-sha256"])
        zone = {(k["owner"], "TXT"): [k["txt"]] for k in keys}
        dns = Dns(zone)
        done = run_cli("dns", "desk.example", "--config", gateway.config, "--resolver", dns.address, "--json", check=False)
        self.assertEqual(done.returncode, 1)
        rows = [json.loads(x) for x in done.stdout.splitlines()]
        self.assertEqual({r["result"] for r in rows if r["purpose"] == "dkim"}, {"ok"})
        self.assertEqual({r["result"] for r in rows if r["purpose"] == "mx"}, {"missing"})
        for row in rows:
            if row["purpose"] != "ptr":
                zone.setdefault((row["owner"], row["type"]), []).append(row["publish"] if row["type"] != "MX" or row["publish"].endswith(".") else row["publish"] + ".") \
                    if (row["owner"], row["type"]) not in zone else None
        zone[("mail.desk.example", "A")] = ["192.0.2.25"]
        whole = Dns({k: v for k, v in zone.items() if v})
        done = run_cli("dns", "desk.example", "--config", gateway.config, "--resolver", whole.address, "--json", check=False)
        self.assertEqual({json.loads(x)["result"] for x in done.stdout.splitlines() if json.loads(x)["required"]}, {"ok"}, done.stdout)
        run_cli("dkim", "rotate", "desk.example", "--config", gateway.config)
        states = sorted(json.loads(x)["state"] for x in run_cli("dkim", "list", "desk.example", "--config", gateway.config, "--json").stdout.splitlines())
        self.assertEqual(states, ["active", "active", "retiring", "retiring"])
        dns.stop()
        whole.stop()

    def test_users_and_tokens_with_and_without_a_server(self):
        gateway = Gateway()
        for state in ("stopped", "running"):
            if state == "running":
                gateway.start()
            email = f"{state}@desk.example"
            made = json.loads(run_cli("user", "invite", email, "--role", "agent", "--config", gateway.config, "--json").stdout)
            self.assertTrue(made["enrolment_token"])
            secret = json.loads(run_cli("token", "new", email, "--config", gateway.config, "--json").stdout)["secret"]
            listed = json.loads(run_cli("user", "list", "--config", gateway.config, "--json").stdout)["users"]
            self.assertIn(email, [u["email"] for u in listed])
        self.assertEqual(Api(gateway, secret).get("/api/v2/users/me")["user"]["email"], "running@desk.example")
        run_cli("user", "disable", email, "--config", gateway.config)
        self.assertEqual(Api(gateway, secret).raw("GET", "/api/v2/users/me")[0], 401)
        gateway.stop()

    def test_trace_tells_the_story_without_content(self):
        gateway = Gateway().start()
        session = Session(gateway.smtp)
        code, text = session.data("a@sender.example", ["support@desk.example"], MESSAGE)
        session.quit()
        self.assertEqual(code, 250)
        trace_id = [w.strip(".,") for w in text.split() if len(w.strip(".,")) == 13][-1]
        answer = json.loads(run_cli("trace", trace_id, "--config", gateway.config, "--json").stdout)
        self.assertEqual(answer["tickets"], [1])
        self.assertTrue(answer["steps"])
        self.assertNotIn("hello", json.dumps(answer))
        gateway.stop()


class Running(unittest.TestCase):
    def test_metrics_health_and_readiness(self):
        gateway = Gateway().start()
        self.assertEqual(gateway.operator_get("/healthz")[0], 200)
        status, text = gateway.operator_get("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("# TYPE postern_", text)
        self.assertEqual(gateway.operator_get("/nothing")[0], 404)
        gateway.stop()

    def certificate(self, port):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", port), 5) as plain, context.wrap_socket(plain) as tls:
            return tls.getpeercert(True)

    def test_sighup_changes_the_certificate_and_drops_nobody(self):
        gateway = Gateway().start()
        session = Session(gateway.smtp, "starttls")
        before = {port: self.certificate(port) for port in (gateway.smtps, gateway.web)}
        tls = gateway.data / "tls"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=new",
                        "-keyout", tls / "key.pem", "-out", tls / "cert.pem"], check=True, capture_output=True)
        gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: all(self.certificate(p) != before[p] for p in before), "both listeners have the new certificate")
        self.assertEqual(session.data("a@sender.example", ["support@desk.example"], MESSAGE)[0], 250)
        (tls / "cert.pem").write_text("rubbish")
        gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "reload_failed" in gateway.log_text(), "the failure is logged")
        self.assertEqual(session.command("NOOP")[0], 250)
        self.assertTrue(self.certificate(gateway.smtps))
        gateway.stop()

    def test_sigterm_finishes_the_message_then_421(self):
        gateway = Gateway().start()
        api = gateway.owner()
        idle, busy = Session(gateway.smtp), Session(gateway.smtp)
        busy.mail("a@sender.example", ["support@desk.example"])
        self.assertEqual(busy.command("DATA")[0], 354)
        busy.send(MESSAGE[:100])
        time.sleep(0.2)
        gateway.process.terminate()
        time.sleep(0.3)
        busy.send(MESSAGE[100:] + b".\r\n")
        self.assertEqual(busy.reply()[0], 250)
        try:
            self.assertEqual(busy.command("NOOP")[0], 421)
        except (ConnectionError, OSError):
            pass
        try:
            self.assertEqual(idle.command("NOOP")[0], 421)
        except (ConnectionError, OSError):
            pass
        self.assertEqual(gateway.process.wait(30), 0)
        gateway.start()
        api.connection = None
        self.assertEqual([t["subject"] for t in api.tickets()], ["hello"])
        gateway.stop()

    def test_second_server_on_one_store_is_refused(self):
        gateway = Gateway().start()
        done = subprocess.run([str(BINARY), "serve", "--config", str(gateway.config)], capture_output=True, timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr)
        gateway.stop()

    def test_runs_as_another_user_after_binding(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        user = pwd.getpwnam("nobody")
        gateway = Gateway({"server.user": '"nobody"'})
        gateway.folder.chmod(0o755)
        for path in [gateway.data, *gateway.data.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid)
        gateway.start()
        status = pathlib.Path(f"/proc/{gateway.process.pid}/status").read_text()
        self.assertIn(f"Uid:\t{user.pw_uid}\t{user.pw_uid}\t{user.pw_uid}", status)
        limits = pathlib.Path(f"/proc/{gateway.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size\s+0\s+0")
        gateway.stop()

    def test_many_clients_at_once_lose_nothing(self):
        gateway = Gateway({"smtp.sessions_per_network_max": "1000"}).start()
        api = gateway.owner()

        def work(i):
            session = Session(gateway.smtp, ["starttls", None][i % 2])
            for n in range(10):
                code, _ = session.data("a@sender.example", ["support@desk.example"], MESSAGE.replace(b"hello", b"hello %d %d" % (i, n)).replace(b"<1@", b"<%d.%d@" % (i, n)))
                results.append(code)
            session.quit()
        results = []
        threads = [threading.Thread(target=work, args=(i,)) for i in range(16)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(60)
        self.assertEqual(results.count(250), 160)
        tickets = api.tickets()
        self.assertEqual(len({t["subject"] for t in tickets}), 160)
        self.assertEqual(sorted(t["id"] for t in tickets), list(range(1, 161)))
        gateway.stop()


if __name__ == "__main__":
    assert OWNER and PASSWORD
    unittest.main(verbosity=0)
