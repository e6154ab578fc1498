#!/usr/bin/python3
"""The curl commands of the README and of docs/ do what they say, word for word but for the host, the token and the address."""
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from harness import OWNER, ROOT, Api, Gateway, first_owner_token, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402


def commands_of(text):
    """Each command that begins with curl in a block of code, over as many lines as its quotes and backslashes take."""
    lines, out, at = text.splitlines(), [], 0
    while at < len(lines):
        begin = re.match(r"    (?:\$ )?(curl .*)", lines[at])
        at += 1
        if not begin:
            continue
        command = begin.group(1)
        while True:
            try:
                words = shlex.split(command.replace("\\\n", " "), comments=True)
                if not command.rstrip().endswith("\\"):
                    break
            except ValueError:
                pass
            if at == len(lines):
                raise AssertionError(f"a command without an end: {command}")
            command += "\n" + lines[at]
            at += 1
        out.append(words)
    return out


@unittest.skipUnless(shutil.which("curl"), "curl is not installed")
class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway({"pipeline.defer_unknown_dmarc": "false", "dns.servers": '["127.0.0.1:1"]'}).start()
        session = Session(cls.gateway.smtp)
        session.mail("you@customer.example", ["support@desk.example"])
        session.command("DATA")
        session.send(b"From: <you@customer.example>\r\nTo: support@desk.example\r\nSubject: Refund\r\nMessage-ID: <1@customer.example>\r\n"
                     b"Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n\r\nPlease refund.\r\n.\r\n")
        if session.reply()[0] != 250:
            raise AssertionError("the mail was not taken")
        cls.token = first_owner_token(cls.gateway)
        wait_until(lambda: Api(cls.gateway, cls.token).tickets(), "the ticket")

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()

    def run_words(self, words):
        here = f"https://127.0.0.1:{self.gateway.web}"
        words = [word.replace("pst_…", self.token).replace("agent@example.com", OWNER).replace("…", "x") for word in words]
        words = [re.sub(r"https://(localhost:8443|help\.example\.com)", here, word) for word in words]
        done = subprocess.run([*words, "-k", "-s", "-g", "-w", "\n%{http_code}"], capture_output=True, timeout=60)
        answer, _, code = done.stdout.decode(errors="replace").rpartition("\n")
        return code, answer

    def test_the_curl_commands_of_the_documentation_work(self):
        found = {path: commands_of(path.read_text()) for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
        self.assertGreaterEqual(sum(map(len, found.values())), 7)
        for path, commands in found.items():
            for words in commands:
                with self.subTest(f"{path.relative_to(ROOT)}: {' '.join(words)[:120]}"):
                    code, answer = self.run_words(words)
                    self.assertRegex(code, "^2", answer)
        self.assertEqual(Api(self.gateway, self.token).get("/api/v2/tickets/1")["ticket"]["status"], "pending", "what the README says")


if __name__ == "__main__":
    unittest.main()
