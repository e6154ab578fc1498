#!/usr/bin/python3
"""Second factors through the real pages: an authenticator app (oathtool), recovery codes, and a passkey in Chromium's
virtual authenticator, a remembered device, the proof asked for again, who must enrol first; then the operator's way out (I0-02, I1-02, Z-26, Z-34)."""
import base64
import hashlib
import json
import pathlib
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import OWNER, PASSWORD, Api, Dns, Gateway, run_cli, temporary_folder  # noqa: E402

E2E = pathlib.Path(__file__).parent


def spki_hash(certificate):
    key = subprocess.run(["openssl", "x509", "-in", str(certificate), "-noout", "-pubkey"], capture_output=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, capture_output=True, check=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class TwoFactor(unittest.TestCase):
    @unittest.skipUnless(shutil.which("chromium") and shutil.which("oathtool"), "no chromium or no oathtool")
    def test_every_factor_and_the_way_out(self):
        dns = Dns({("desk.example", "TXT"): ["v=spf1 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "delivery.relay": '"127.0.0.1:1"'}).start()
        pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
        pictures.mkdir(exist_ok=True)
        done = subprocess.run(["node", "two_factor.js", f"https://localhost:{gateway.web}", gateway.enrolment, PASSWORD,
                               spki_hash(gateway.data / "tls" / "cert.pem"), str(pictures)], cwd=E2E, capture_output=True, text=True, timeout=1100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

        client = Api(gateway)
        status, body, _ = client.raw("POST", "/api/v2/session", json.dumps({"email": OWNER, "password": PASSWORD}))
        self.assertEqual(status, 202, body)
        run_cli("user", "reset-2fa", OWNER, "--config", gateway.config)
        again = run_cli("user", "reset-2fa", OWNER, "--config", gateway.config, check=False)
        self.assertEqual(again.returncode, 1)
        client.sign_in(OWNER, PASSWORD)
        log = client.raw("GET", "/api/v2/audit_logs")[1].decode()
        self.assertIn("second_factor.reset", log)
        # The owner was told, by mail, of the browser that was not known.
        self.assertIn("security notice to user", client.raw("GET", "/api/v2/outbox")[1].decode())
        gateway.stop()
        dns.stop()


if __name__ == "__main__":
    unittest.main(verbosity=0)
