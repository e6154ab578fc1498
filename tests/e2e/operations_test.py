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

VERBS = ["init", "serve", "check", "scan", "redact", "dns", "dkim", "reports", "user", "token", "queue", "suspended", "block", "trace"]
MESSAGE = (b"From: a@sender.example\r\nTo: support@desk.example\r\nSubject: hello\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
           b"Message-ID: <1@sender.example>\r\n\r\nMy card is 4111 1111 1111 1111.\r\n")
SPAM = (b"From: Eve <eve@sender.example>\r\nTo: support@desk.example\r\nSubject: \x1b[31mred\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
        b"Message-ID: <spam%d@sender.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nRun \x1b]0;this\x07 now.\r\n--b\r\nContent-Type: application/octet-stream; name=run.exe\r\n"
        b"Content-Disposition: attachment; filename=run.exe\r\n\r\nMZ\r\n--b--\r\n")


def json_of(*arguments):
    return json.loads(run_cli(*arguments, "--json").stdout)


def offline_gateway(test):
    """A running gateway whose resolver knows nothing, at once: no test waits for the resolvers of its machine."""
    dns = Dns({})
    test.addCleanup(dns.stop)
    return Gateway({"dns.servers": f'["{dns.address}"]'}).start()


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
            if row["publish"]:
                zone.setdefault((row["owner"], row["type"]), [row["publish"]])
        zone[("mail.desk.example", "A")] = ["198.18.0.25"]
        zone[("25.0.18.198.in-addr.arpa", "PTR")] = ["mail.desk.example."]
        whole = Dns({k: v for k, v in zone.items() if v})
        done = run_cli("dns", "desk.example", "--config", gateway.config, "--resolver", whole.address, "--json", check=False)
        verdicts = {row["purpose"]: row["result"] for row in map(json.loads, done.stdout.splitlines())}
        for purpose in ("mx", "host", "ptr", "spf", "dkim", "reply"):
            self.assertEqual(verdicts[purpose], "ok", done.stdout)
        self.assertEqual(verdicts["dmarc"], "warning", done.stdout)  # p=none, the first step
        self.assertEqual(done.returncode, 0)
        run_cli("dkim", "rotate", "desk.example", "--config", gateway.config)
        states = sorted(json.loads(x)["state"] for x in run_cli("dkim", "list", "desk.example", "--config", gateway.config, "--json").stdout.splitlines())
        self.assertEqual(states, ["active", "active", "waiting", "waiting"])
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

    def test_a_token_is_revoked_for_its_own_user(self):
        gateway = Gateway()
        for name in ("ann", "bob"):
            run_cli("user", "invite", f"{name}@desk.example", "--config", gateway.config)
        token = json_of("token", "new", "ann@desk.example", "--config", gateway.config)["token"]["id"]
        for wrong in ("99999999999999999999", "-1", "12x", "0"):
            done = run_cli("token", "revoke", "--config", gateway.config, "ann@desk.example", "--", wrong, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
        done = run_cli("token", "revoke", "bob@desk.example", token, "--config", gateway.config, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"bob@desk.example has no token", done.stderr)
        run_cli("token", "revoke", "ann@desk.example", token, "--config", gateway.config)
        self.assertEqual(json_of("token", "list", "ann@desk.example", "--config", gateway.config)["tokens"], [])

    def test_suspended_mail_with_and_without_a_server(self):
        dns = Dns({("sender.example", "TXT"): ["v=spf1 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "pipeline.spam_suspend_score": "3.0"}).start()
        session = Session(gateway.smtp)
        for n in range(4):
            self.assertEqual(session.data("eve@sender.example", ["support@desk.example"], SPAM % n)[0], 250)
        session.quit()

        def suspended(*arguments):
            return run_cli("suspended", *arguments, "--config", gateway.config)
        self.assertEqual(gateway.owner().tickets(), [])
        for state in ("running", "stopped"):
            rows = json_of("suspended", "list", "--config", gateway.config)["suspended"]
            self.assertEqual(len(rows), 4 if state == "running" else 2)
            self.assertEqual(rows[0]["from"], "eve@sender.example")
            text = suspended("list").stdout + suspended("show", rows[0]["id"]).stdout
            self.assertIn(b"BAD_ATTACHMENT", text)
            self.assertIn(b"run.exe", text)
            self.assertIn(b" now.", text)
            self.assertEqual([c for c in text if c < 32 and c != 10], [], "nothing of a sender's drives the terminal")
            self.assertIn(b"now in ticket", suspended("recover", rows[0]["id"]).stdout)
            suspended("delete", rows[1]["id"])
            done = run_cli("suspended", "show", rows[1]["id"], "--config", gateway.config, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"no suspended message", done.stderr)
            if state == "running":
                gateway.stop()
        self.assertEqual(suspended("list").stdout.strip(), b"no message is held back")
        gateway.start()
        self.assertEqual(len(gateway.owner().tickets()), 2)
        for wrong, code in ((["dance"], 2), (["show"], 2), (["show", "nonsense"], 1), (["list", "--limit", "0"], 1)):
            done = run_cli("suspended", *wrong, "--config", gateway.config, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
        gateway.stop()
        dns.stop()

    def test_the_install_step_puts_the_program_where_the_unit_looks(self):
        if not (BINARY.parent / "cmake_install.cmake").exists():
            self.skipTest("the binary is not in its build folder")
        root = temporary_folder("install")
        subprocess.run(["cmake", "--install", str(BINARY.parent), "--prefix", "/usr", "--component", "postern"], check=True,
                       capture_output=True, env={**os.environ, "DESTDIR": str(root)})
        unit = (root / "usr/lib/systemd/system/postern.service").read_text()
        values = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
        program = root / values["ExecStart"].split()[0].lstrip("/")
        self.assertEqual(subprocess.run([str(program), "--version"], capture_output=True, timeout=30).returncode, 0)
        self.assertTrue((root / values["Documentation"].removeprefix("file:/")).exists())

    def test_trace_tells_the_story_without_content(self):
        gateway = offline_gateway(self)
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

    def test_trace_finds_who_was_refused(self):
        gateway = offline_gateway(self)
        session = Session(gateway.smtp)
        code, _ = session.data("ann@sender.example", ["nobody@desk.example"], MESSAGE)
        session.quit()
        self.assertEqual(code, 550)

        def refused(*wish, check=True):
            return run_cli("trace", "--refused", *wish, "--config", gateway.config, "--json", check=check)

        found = json.loads(refused("--from", "@sender.example").stdout)["refused"]
        self.assertEqual([(one["to"], one["reply"].split()[:2], one["reason"]) for one in found], [("nobody@desk.example", ["550", "5.1.1"], "unknown_user")])
        self.assertEqual(json.loads(run_cli("trace", found[0]["trace"], "--config", gateway.config, "--json").stdout)["refused"], found)
        self.assertEqual(json.loads(refused("--from", "bob@sender.example").stdout)["refused"], [])
        self.assertIn(b"550 5.1.1", run_cli("trace", "--refused", "--client", "127.0.0.1", "--config", gateway.config).stdout)
        self.assertIn(b"console.refusals", run_cli("audit", "list", "--config", gateway.config).stdout)
        self.assertEqual(refused("--client", "here", check=False).returncode, 1)
        self.assertEqual(refused("--limit", "0", check=False).returncode, 1)
        self.assertEqual(run_cli("trace", "--config", gateway.config, check=False).returncode, 2)
        gateway.stop()
        self.assertIn(b"none runs here", refused(check=False).stderr)


class Running(unittest.TestCase):
    def test_metrics_health_and_readiness(self):
        gateway = offline_gateway(self)
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
        gateway = offline_gateway(self)
        session = Session(gateway.smtp, "starttls")
        before = {port: self.certificate(port) for port in (gateway.smtps, gateway.web)}
        tls = gateway.data / "tls"
        self.make_certificate(gateway, "tls/cert.pem", "tls/key.pem")
        gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: all(self.certificate(p) != before[p] for p in before), "both listeners have the new certificate")
        self.assertEqual(session.data("a@sender.example", ["support@desk.example"], MESSAGE)[0], 250)
        (tls / "cert.pem").write_text("rubbish")
        gateway.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "reload_failed" in gateway.log_text(), "the failure is logged")
        self.assertEqual(session.command("NOOP")[0], 250)
        self.assertTrue(self.certificate(gateway.smtps))
        gateway.stop()

    def make_certificate(self, gateway, certificate, key):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=new",
                        "-keyout", gateway.data / key, "-out", gateway.data / certificate], check=True, capture_output=True)

    def test_a_reload_changes_everything_or_nothing_and_says_what_waits(self):
        gateway = Gateway({"web.certificate_file": '"tls/web.pem"', "web.key_file": '"tls/web.key"'})
        self.make_certificate(gateway, "tls/web.pem", "tls/web.key")
        gateway.start()
        before = {port: self.certificate(port) for port in (gateway.smtps, gateway.web)}

        def reload(event):
            count = gateway.log_text().count(event)
            gateway.process.send_signal(signal.SIGHUP)
            wait_until(lambda: gateway.log_text().count(event) > count, event)
        # Good for SMTP, rubbish for the web, a log level that would be seen: none of them is taken.
        self.make_certificate(gateway, "tls/cert.pem", "tls/key.pem")
        good = (gateway.data / "tls/web.pem").read_text()
        (gateway.data / "tls/web.pem").write_text("rubbish")
        gateway.set({"server.log_level": '"error"'})
        reload("gateway.reload_failed")
        self.assertEqual({port: self.certificate(port) for port in before}, before)
        Session(gateway.smtp).data("a@sender.example", ["support@desk.example"], MESSAGE)
        wait_until(lambda: '"event":"smtp.message"' in gateway.log_text(), "events of level info are still logged")
        (gateway.data / "tls/web.pem").write_text(good)
        gateway.set({"server.log_level": '"info"'})
        reload('"gateway.reloaded"')
        self.assertNotEqual(self.certificate(gateway.smtps), before[gateway.smtps])
        self.assertNotIn("restart_needed", gateway.log_text())
        gateway.set({"web.certificate_file": '"tls/cert.pem"', "web.key_file": '"tls/key.pem"', "inbox.addresses": '["help@desk.example"]'})
        reload('"gateway.reloaded"')
        for setting in ("web.certificate_file", "web.key_file", "inbox"):
            self.assertRegex(gateway.log_text(), rf'gateway.restart_needed","setting":"{setting}"')
        gateway.stop()

    def test_sigterm_finishes_the_message_then_421(self):
        gateway = offline_gateway(self)
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
        gateway = offline_gateway(self)
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

    def test_what_root_does_by_hand_leaves_files_that_the_server_can_read(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        user = pwd.getpwnam("nobody")
        gateway = Gateway({"server.user": '"nobody"'})
        gateway.folder.chmod(0o755)
        for path in [gateway.data, *gateway.data.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid)

        def strangers():
            return [p for p in gateway.data.rglob("*") if p.stat().st_uid != user.pw_uid]
        gateway.start()
        done = run_cli("dkim", "rotate", "desk.example", "--config", gateway.config)
        self.assertIn(b"has loaded the keys", done.stderr)
        self.assertEqual(strangers(), [])
        certificate = gateway.data / "tls/cert.pem"
        good = certificate.read_text()
        certificate.write_text("rubbish")
        done = run_cli("dkim", "new", "desk.example", "--config", gateway.config, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn(b"has loaded the keys", done.stderr)
        self.assertIn(b"still signs with the keys of before", done.stderr)
        certificate.write_text(good)
        gateway.stop()
        run_cli("user", "invite", "agent@desk.example", "--config", gateway.config)
        run_cli("dkim", "new", "desk.example", "--config", gateway.config)
        self.assertEqual(strangers(), [])
        gateway.start()
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
