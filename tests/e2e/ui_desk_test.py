#!/usr/bin/python3
"""The desk's lists in a real browser against the real binary: the first steps, live lists and counts, bulk changes with undo,
search, held mail, customers, new tickets; keyboard, axe-core, narrow, dark, French (tests/e2e/ui/desk.js)."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import PASSWORD, Dns, Gateway, temporary_folder  # noqa: E402

E2E = pathlib.Path(__file__).parent


class UiDesk(unittest.TestCase):
    @unittest.skipUnless(shutil.which("chromium"), "no chromium")
    def run_script(self, name):
        dns = Dns({("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]'}).start()
        pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
        pictures.mkdir(exist_ok=True)
        done = subprocess.run(["node", f"ui/{name}.js", f"https://localhost:{gateway.web}", gateway.enrolment, PASSWORD, str(gateway.smtp), str(pictures)],
                              cwd=E2E, capture_output=True, text=True, timeout=1100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        gateway.stop()
        dns.stop()

    def test_lists_views_counts_and_bulk_changes(self):
        self.run_script("desk")

    def test_search_held_mail_customers_and_new_tickets(self):
        self.run_script("desk_places")


if __name__ == "__main__":
    unittest.main(verbosity=0)
