#!/usr/bin/python3
"""Mail admins in a real browser against the real binary and a real DNS server: the records that the wizard gives are published as
they were copied and found right, a mail is followed, the queue is worked, reports are graphs (tests/e2e/ui/mail.js)."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import PASSWORD, Dns, Gateway, free_port, temporary_folder  # noqa: E402
from pages import Publisher  # noqa: E402

E2E = pathlib.Path(__file__).parent
REPORTS = '\n[[inbox]]\nworkspace = "desk.example"\naddresses = ["reports@desk.example"]\ntakes_reports = true\n'
ZONE = {
    ("", "SOA"): ["ns.example. root.example. 1 1 1 1 1"],  # what is not there may be there in a second
    ("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"], ("sender.example", "MX"): ["10 mx.sender.example."], ("mx.sender.example", "A"): ["127.0.0.1"],
    ("reporter.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"], ("_dmarc.reporter.example", "TXT"): ["v=DMARC1; p=reject"],
    ("mail.desk.example", "A"): ["127.0.0.1"],
}


class UiMail(unittest.TestCase):
    @unittest.skipUnless(shutil.which("chromium"), "no chromium")
    def test_dns_wizard_message_trace_queue_and_reports_M_07_Z_33(self):
        dns = Dns(ZONE)
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "delivery.port": str(free_port()), "pipeline.defer_unknown_dmarc": "false"})
        gateway.config.write_text(gateway.config.read_text() + REPORTS)
        gateway.start()
        pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
        pictures.mkdir(exist_ok=True)
        publisher = Publisher(dns, pictures)
        publisher.start()
        done = subprocess.run(["node", "ui/mail.js", f"https://localhost:{gateway.web}", gateway.enrolment, PASSWORD, str(gateway.smtp), str(pictures)],
                              cwd=E2E, capture_output=True, text=True, timeout=1100)
        publisher.ended.set()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        gateway.stop()
        dns.stop()


if __name__ == "__main__":
    unittest.main(verbosity=0)
