#!/usr/bin/python3
"""Whether outgoing mail goes where its domain says and to nobody else: DANE (RFC 7672) against zones that are really signed and a
real Postfix, MTA-STS (RFC 8461) with policies read over HTTPS. Postern trusts the root's key alone; what it cannot prove or must
not believe is deferred with a reason, and never sent in the clear. Needs root: Postfix, and port 443 of a loopback address."""
import hashlib
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import sys
import threading
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import serialization

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Gateway, Postfix, free_port, run_cli, temporary_folder, wait_until  # noqa: E402
from signed_zones import SignedDns, Zone  # noqa: E402

POLICY_HOST = "127.0.0.3"  # has port 443 to itself
WITH_TLS, WITHOUT_TLS = "127.0.0.1", "127.0.0.2"
POLICY = "version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 86400\r\n"
# domain: (mode, the host that its policy names); the certificate is of mx.trusted.example, not of the others
POLICIES = {"trusted.example": ("enforce", "mx.trusted.example"), "enforced.example": ("enforce", "mx.enforced.example"),
            "unnamed.example": ("enforce", "other.unnamed.example"), "testing.example": ("testing", "other.testing.example"),
            "unproven.example": ("enforce", "mx.unproven.example")}
PROVEN_POLICIES = set(POLICIES) - {"unproven.example"}  # of that one the policy's own host cannot be believed


def openssl(*words, stdin=None):
    return subprocess.run(["openssl", *map(str, words)], input=stdin, check=True, capture_output=True).stdout


def make_authority(folder):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=Loopback Authority",
            "-keyout", folder / "ca.key", "-out", folder / "ca.pem")


def make_certificate(folder, name, hosts):
    """A chain that ends at the authority of the folder: (file of the chain, file of the key)."""
    key, chain = folder / f"{name}.key", folder / f"{name}.pem"
    request = openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout", key)
    extensions = folder / f"{name}.ext"
    extensions.write_text("subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts) + "\n")
    leaf = openssl("x509", "-req", "-days", "2", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial", "-extfile", extensions, stdin=request)
    chain.write_bytes(leaf + (folder / "ca.pem").read_bytes())
    return chain, key


def digest_of_key(chain):
    public = x509.load_pem_x509_certificate(chain.read_bytes()).public_key()
    return hashlib.sha256(public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def digest_of_certificate(path):
    return hashlib.sha256(x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(serialization.Encoding.DER)).hexdigest()


def mail_domain(domain, address=WITH_TLS):
    return {(domain, "MX"): [f"10 mx.{domain}."], (f"mx.{domain}", "A"): [address]}


class PolicyHandler(http.server.BaseHTTPRequestHandler):
    asked = []

    def do_GET(self):
        domain = self.headers["Host"].removeprefix("mta-sts.").split(":")[0]
        self.asked.append(domain)
        mode, mx = POLICIES[domain]
        text = POLICY.format(mode=mode, mx=mx).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class PolicyServer:
    def __init__(self, chain, key):
        try:
            self.server = http.server.ThreadingHTTPServer((POLICY_HOST, 443), PolicyHandler)
        except OSError as error:
            raise unittest.SkipTest(f"port 443 of {POLICY_HOST}: {error}") from error
        self.server.handle_error = lambda *_: None  # of who does not believe the certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Receiver(Postfix):
    """Takes mail with STARTTLS at one address and without at another, on one port."""

    def __init__(self, domains, tls):
        super().__init__(domains, tls)
        self.stop()
        with open(self.config / "master.cf", "a") as out:
            out.write(f"{WITHOUT_TLS}:{self.port} inet n - n - - smtpd\n  -o smtpd_tls_security_level=none\n")
        subprocess.run(["/usr/sbin/postfix", "-c", str(self.config), "start"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.running = True

    def of(self, recipient):
        return [each for each in self.messages() if f"\nDelivered-To: {recipient}".encode() in b"\n" + each]


class Transport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("a private Postfix needs root")
        folder = temporary_folder("transport")
        make_authority(folder)
        chain, key = make_certificate(folder, "mx", ["mx.right.example", "mx.issuer.example", "mx.trusted.example"])
        cls.policies = PolicyServer(*make_certificate(folder, "policies", [f"mta-sts.{domain}" for domain in PROVEN_POLICIES]))
        cls.port = free_port()
        zones, dane = cls.zones(digest_of_key(chain), digest_of_certificate(folder / "ca.pem"))
        cls.postfix = Receiver([zone.origin.to_text(omit_final_dot=True) for zone in zones], (chain, key))
        for zone, hosts in dane.items():  # the port is known now
            for host, values in hosts.items():
                zone.add(f"_{cls.postfix.port}._tcp.{host}.{zone.origin}", "TLSA", values)
            fault = zone.origin.to_text().split("-")[0]  # "forged-tlsa.example"
            if zone.origin.to_text().endswith("-tlsa.example."):
                zone.faults |= {(owner, kind): fault for owner, kind in zone.sets if kind == "TLSA"}
        cls.dns = SignedDns(zones)
        cls.gateway = Gateway({"dns.servers": f'["{cls.dns.address}"]', "dns.trust_anchor_file": f'"{cls.dns.anchor}"',
                               "delivery.port": str(cls.postfix.port), "feeds.networks": '["127.0.0.0/8"]'})
        cls.environment = {"SSL_CERT_FILE": str(folder / "ca.pem")}
        cls.gateway.start(env=cls.environment)
        cls.api = cls.gateway.owner()

    @staticmethod
    def zones(of_key, of_issuer):
        signed = lambda name, address=WITH_TLS, faults=None: Zone(name, mail_domain(name, address), True, faults)  # noqa: E731
        right, issuer, wrong, bare = signed("right.example"), signed("issuer.example"), signed("wrong.example"), signed("bare.example", WITHOUT_TLS)
        forged_tlsa, expired_tlsa, missing_tlsa = signed("forged-tlsa.example"), signed("expired-tlsa.example"), signed("missing-tlsa.example")
        forged_mx = signed("forged-mx.example", faults={("forged-mx.example", "MX"): "forged"})
        forged_host = signed("forged-host.example", faults={("mx.forged-host.example", "A"): "forged"})
        changing = signed("changing.example")
        two_hosts = Zone("two-hosts.example", {("two-hosts.example", "MX"): ["10 one.two-hosts.example.", "20 two.two-hosts.example."],
                                               ("one.two-hosts.example", "A"): [WITHOUT_TLS], ("two.two-hosts.example", "A"): [WITH_TLS]}, True)
        alias = Zone("alias.example", {("alias.example", "MX"): ["10 mx.alias.example."], ("mx.alias.example", "CNAME"): ["mx.wrong.example."]}, True)
        no_tlsa = signed("no-tlsa.example", WITHOUT_TLS)
        unsigned, unsigned_bare = Zone("unsigned.example", mail_domain("unsigned.example")), Zone("unsigned-bare.example", mail_domain("unsigned-bare.example", WITHOUT_TLS))
        with_policy = [Zone(name, {**mail_domain(name), (f"_mta-sts.{name}", "TXT"): ["v=STSv1; id=20261123"], (f"mta-sts.{name}", "A"): [POLICY_HOST]})
                       for name in POLICIES]
        own, other = f"3 1 1 {of_key}", f"3 1 1 {'00' * 32}"
        records = {right: {"mx": [own]}, issuer: {"mx": [f"2 0 1 {of_issuer}"]}, wrong: {"mx": [other]}, bare: {"mx": [own]}, forged_tlsa: {"mx": [own]},
                   expired_tlsa: {"mx": [own]}, missing_tlsa: {"mx": [own]}, unsigned: {"mx": [other]}, changing: {"mx": [other, own]},
                   two_hosts: {"one": [own], "two": [own]}}
        return [right, issuer, wrong, bare, forged_tlsa, expired_tlsa, missing_tlsa, forged_mx, forged_host, no_tlsa, changing, two_hosts, alias, unsigned,
                unsigned_bare, *with_policy], records

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.postfix.stop()
        cls.dns.stop()
        if cls.policies:
            cls.policies.stop()

    def write_to(self, domain, who="ada"):
        address = f"{who}@{domain}"
        self.api.call("POST", "/api/v2/tickets", {"ticket": {"subject": f"To {domain}", "requester": {"name": "Ada", "email": address},
                                                             "comment": {"body": "hello", "public": True}}})
        return address

    def queued(self, address):
        entries = json.loads(run_cli("queue", "list", "--config", self.gateway.config, "--json").stdout)["queue"]
        return next((each for each in entries if each["rcpt"] == address), None)

    def attempts(self, policy, outcome):
        lines = [json.loads(line) for line in self.gateway.log_text().splitlines() if '"delivery.attempt"' in line]
        return [each for each in lines if each["tls_policy"] == policy and each["outcome"] == outcome]

    def is_delivered(self, domain, policy, by_tls=True):
        before = len(self.attempts(policy, "delivered"))
        address = self.write_to(domain)
        message = wait_until(lambda: self.postfix.of(address), f"mail to {domain} is delivered")[0]
        self.assertEqual(b"with ESMTPS" in message, by_tls, message[:600])
        wait_until(lambda: len(self.attempts(policy, "delivered")) == before + 1, f"the log says that {policy} was followed")
        self.assertEqual(self.attempts(policy, "delivered")[-1]["tls"], by_tls)

    def is_deferred(self, domain, policy, reason, who="ada"):
        before = len(self.attempts(policy, "deferred"))
        address = self.write_to(domain, who)
        entry = wait_until(lambda: (found := self.queued(address)) and found["attempts"] and found, f"mail to {domain} was tried", 30)
        self.assertRegex(entry["last_reply"], reason)
        self.assertEqual(self.postfix.of(address), [])
        self.assertEqual(len(self.attempts(policy, "deferred")), before + 1)

    def test_dane_the_hosts_own_key_Z_32(self):
        self.is_delivered("right.example", "dane")

    def test_dane_an_issuer_of_its_own_Z_32(self):
        self.is_delivered("issuer.example", "dane")

    def test_dane_another_key_Z_32(self):
        self.is_deferred("wrong.example", "dane", r"(?i)mx\.wrong\.example\[.*\(DANE\): certificate: no matching DANE TLSA records")

    def test_dane_a_host_without_starttls_trap_8(self):
        self.is_deferred("bare.example", "dane", r"TLS is required and not offered \(DANE\)")

    def test_dane_records_with_a_spoilt_signature_trap_8(self):
        for fault in ("forged", "expired", "missing"):
            with self.subTest(fault):
                self.is_deferred(f"{fault}-tlsa.example", "dane", r"TLSA records could not be looked up")

    def test_dane_one_of_two_keys_while_they_change_Z_32(self):
        self.is_delivered("changing.example", "dane")

    def test_dane_the_next_host_when_one_fails_Z_32(self):
        self.is_delivered("two-hosts.example", "dane")

    def test_dane_holds_where_a_signed_alias_leads_Z_32(self):
        self.is_deferred("alias.example", "dane", r"(?i)\(DANE\): certificate: no matching DANE TLSA records")

    def test_a_forged_mx_record_trap_8(self):
        self.is_deferred("forged-mx.example", "none", r"mail hosts could not be looked up")

    def test_a_forged_address_trap_8(self):
        self.is_deferred("forged-host.example", "none", r"address could not be looked up")

    def test_signed_and_without_records_it_is_as_ever(self):
        self.is_delivered("no-tlsa.example", "none", by_tls=False)

    def test_unsigned_records_say_nothing(self):
        self.is_delivered("unsigned.example", "none")
        self.is_delivered("unsigned-bare.example", "none", by_tls=False)

    def test_mta_sts_enforced_and_kept_Z_32(self):
        self.is_delivered("trusted.example", "mta-sts")

    def test_mta_sts_enforced_with_the_certificate_of_another_trap_8(self):
        self.is_deferred("enforced.example", "mta-sts", r"(?i)\(MTA-STS\): certificate: hostname mismatch")

    def test_mta_sts_enforced_for_other_hosts_Z_32(self):
        self.is_deferred("unnamed.example", "mta-sts", "policy does not name this host")

    def test_mta_sts_in_testing_enforces_nothing_trap_8(self):
        self.is_delivered("testing.example", "none")
        self.assertIn("testing.example", PolicyHandler.asked)

    def test_mta_sts_of_a_host_that_cannot_be_believed_is_none(self):
        self.is_delivered("unproven.example", "none")
        self.assertNotIn("unproven.example", PolicyHandler.asked)

    def test_policies_outlive_a_restart_Z_32(self):
        """Whoever keeps the policy from us just then gets nothing by it."""
        self.is_deferred("enforced.example", "mta-sts", "MTA-STS", "ada.first")
        self.policies.stop()
        type(self).policies = None
        asked = len(PolicyHandler.asked)
        self.gateway.stop()
        self.gateway.start(env=self.environment)
        self.is_deferred("enforced.example", "mta-sts", "MTA-STS", "ada.second")
        self.assertEqual(len(PolicyHandler.asked), asked)


if __name__ == "__main__":
    unittest.main(verbosity=0)
