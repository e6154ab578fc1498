"""Browser tests of the app: a gateway, a script of ui/ driven by Debian's chromium, and what it reports."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import unittest

from harness import PASSWORD, Dns, Gateway, temporary_folder

E2E = pathlib.Path(__file__).parent


class Publisher(threading.Thread):
    """Gives the DNS server what the browser wrote to publish.json."""

    def __init__(self, dns, folder):
        super().__init__(daemon=True)
        self.dns, self.folder, self.ended = dns, folder, threading.Event()

    def run(self):
        wanted = self.folder / "publish.json"
        while not self.ended.wait(0.1):
            if not wanted.exists():
                continue
            records = json.loads(wanted.read_text())
            wanted.unlink()
            conf = self.dns.folder / "unbound.conf"
            lines = []
            for each in records:
                text = each["value"]
                value = " ".join('"%s"' % text[at:at + 200] for at in range(0, len(text), 200)) if each["type"] == "TXT" else text
                lines.append(f"  local-data: '{each['owner']}. 1 IN {each['type']} {value}'")
            conf.write_text(conf.read_text().replace("\nremote-control:", "\n" + "\n".join(lines) + "\nremote-control:"))
            self.dns.process.send_signal(signal.SIGHUP)
            self.ended.wait(0.5)
            (self.folder / "published").write_text("")


class Pages(unittest.TestCase):
    def run_pages(self, script, steps, settings=None, seconds=1100, prepare=None, records=None, publishes=False):
        """Runs ui/<script> before a fresh gateway; it must report no problem and at least `steps` steps. "{web}" in a setting is the
        port of its HTTPS listener. With `publishes` the DNS server takes up what the script writes."""
        if not shutil.which("chromium"):
            self.skipTest("no chromium")
        dns = Dns(records or {("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', **(settings or {})})
        gateway.set({name: value.replace("{web}", str(gateway.web)) for name, value in (settings or {}).items()})
        gateway.start()
        publisher = None
        try:
            if prepare:
                prepare(gateway)
            pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
            pictures.mkdir(exist_ok=True)
            publisher = Publisher(dns, pictures)
            if publishes:
                publisher.start()
            done = subprocess.run(["node", f"ui/{script}", f"https://localhost:{gateway.web}", gateway.enrolment, PASSWORD, str(gateway.smtp), str(pictures)],
                                  cwd=E2E, capture_output=True, text=True, timeout=seconds)
            lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
            self.assertTrue(lines, done.stdout + done.stderr)
            outcome = json.loads(lines[-1])
            self.assertEqual(outcome["problems"], [], done.stderr)
            self.assertGreaterEqual(outcome["steps"], steps)
        finally:
            if publisher:
                publisher.ended.set()
            gateway.stop()
            dns.stop()
