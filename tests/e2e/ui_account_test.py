#!/usr/bin/python3
"""The way in and the own account in a real browser against the real binary (tests/e2e/ui/account.js): links, passwords, sessions,
devices, API tokens, look (I0-02, I1-02, Z-26, Z-34); axe-core, narrow, dark, French. Second factors: two_factor_test.py."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import PASSWORD, Dns, Gateway, temporary_folder  # noqa: E402

E2E = pathlib.Path(__file__).parent


class UiAccount(unittest.TestCase):
    @unittest.skipUnless(shutil.which("chromium"), "no chromium")
    def test_ways_in_and_the_own_account(self):
        dns = Dns({("desk.example", "TXT"): ["v=spf1 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "delivery.relay": '"127.0.0.1:1"'}).start()
        pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
        pictures.mkdir(exist_ok=True)
        done = subprocess.run(["node", "ui/account.js", f"https://localhost:{gateway.web}", gateway.enrolment, PASSWORD, str(gateway.smtp), str(pictures)],
                              cwd=E2E, capture_output=True, text=True, timeout=1100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        gateway.stop()
        dns.stop()


if __name__ == "__main__":
    unittest.main(verbosity=0)
