"""Browser tests of the app: a gateway, a script of ui/ driven by Debian's chromium, and what it reports."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

from harness import PASSWORD, Dns, Gateway, temporary_folder

E2E = pathlib.Path(__file__).parent


class Pages(unittest.TestCase):
    def run_pages(self, script, steps, settings=None, seconds=1100, prepare=None, records=None):
        """Runs ui/<script> before a fresh gateway; it must report no problem and at least `steps` steps. "{web}" in a setting is the
        port of its HTTPS listener."""
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        dns = Dns(records or {("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', **(settings or {})})
        gateway.set({name: value.replace("{web}", str(gateway.web)) for name, value in (settings or {}).items()})
        gateway.start()
        try:
            if prepare:
                prepare(gateway)
            pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
            pictures.mkdir(exist_ok=True)
            done = subprocess.run(["node", f"ui/{script}", f"https://localhost:{gateway.web}", gateway.enrolment, PASSWORD, str(gateway.smtp), str(pictures)],
                                  cwd=E2E, capture_output=True, text=True, timeout=seconds)
            lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
            self.assertTrue(lines, done.stdout + done.stderr)
            outcome = json.loads(lines[-1])
            self.assertEqual(outcome["problems"], [], done.stderr)
            self.assertGreaterEqual(outcome["steps"], steps)
        finally:
            gateway.stop()
            dns.stop()
