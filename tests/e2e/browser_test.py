#!/usr/bin/python3
"""A newcomer's first minutes with the web page, in a real browser (Debian's chromium)."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import PASSWORD, Dns, Gateway, temporary_folder  # noqa: E402

E2E = pathlib.Path(__file__).parent


class Browser(unittest.TestCase):
    @unittest.skipUnless(shutil.which("chromium"), "no chromium")
    def test_first_minutes(self):
        dns = Dns({("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]'}).start()
        pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
        pictures.mkdir(exist_ok=True)
        done = subprocess.run(["node", "browser.js", f"https://localhost:{gateway.web}", gateway.enrolment, PASSWORD, str(gateway.smtp), str(pictures)],
                              cwd=E2E, capture_output=True, text=True, timeout=1100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        gateway.stop()
        dns.stop()


if __name__ == "__main__":
    unittest.main(verbosity=0)
