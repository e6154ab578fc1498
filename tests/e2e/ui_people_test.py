#!/usr/bin/python3
"""People and security in a real browser against the real binary (tests/e2e/ui/people.js): invitations, roles, inboxes, groups,
policies, networks, tokens, support access, checklist, audit log, the end of the workspace; axe-core, narrow, dark, French."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import PASSWORD, Dns, Gateway, temporary_folder  # noqa: E402

E2E = pathlib.Path(__file__).parent


class UiPeople(unittest.TestCase):
    @unittest.skipUnless(shutil.which("chromium"), "no chromium")
    def test_people_security_and_the_audit_log(self):
        dns = Dns({("desk.example", "TXT"): ["v=spf1 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "delivery.relay": '"127.0.0.1:1"'}).start()
        pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
        pictures.mkdir(exist_ok=True)
        done = subprocess.run(["node", "ui/people.js", f"https://localhost:{gateway.web}", gateway.enrolment, PASSWORD, str(gateway.smtp), str(pictures)],
                              cwd=E2E, capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        gateway.stop()
        dns.stop()


if __name__ == "__main__":
    unittest.main(verbosity=0)
