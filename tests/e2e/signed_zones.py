"""Zones on loopback with a signed root: unbound serves them as their authority, and who trusts `anchor` can prove what is signed.

A Zone has records in master file form, {(name, type): [values]} with names that are whole; a signed one has keys, signatures, NSEC
and a DS above. `faults` spoils signatures, {(name, type): "forged" | "expired" | "missing"}: of other data, of yesterday, left out; a
validating resolver calls the answer bogus. Zones are not nested but in the root."""
import datetime
import subprocess

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec

from harness import free_port, port_is_open, temporary_folder, wait_until, _running

TTL = 60


class Zone:
    def __init__(self, name, records, is_signed=False, faults=None):
        self.origin, self.is_signed = dns.name.from_text(name), is_signed
        self.faults = {(dns.name.from_text(owner), kind): what for (owner, kind), what in (faults or {}).items()}
        self.sets = {}
        self.add(name, "SOA", ["ns.invalid. nobody.invalid. 1 3600 600 86400 60"])
        self.add(name, "NS", ["ns.invalid."])
        for (owner, kind), values in records.items():
            self.add(owner, kind, [f'"{value}"' for value in values] if kind == "TXT" else values)
        if is_signed:
            self.private = ec.generate_private_key(ec.SECP256R1())
            self.dnskey = dns.dnssec.make_dnskey(self.private.public_key(), dns.dnssec.Algorithm.ECDSAP256SHA256, flags=257)
            self.add(name, "DNSKEY", [self.dnskey.to_text()])

    def add(self, owner, kind, values):
        owner = dns.name.from_text(owner)
        self.sets[(owner, kind)] = dns.rrset.from_text(owner, TTL, "IN", kind, *values)

    def is_delegation(self, owner):
        return owner != self.origin and (owner, "NS") in self.sets

    def deny_the_rest(self):
        """NSEC from each name to the next, the last to the first (RFC 4034 section 4)."""
        owners = sorted({owner for owner, _ in self.sets})
        for owner, following in zip(owners, owners[1:] + owners[:1]):
            kinds = [kind for name, kind in self.sets if name == owner] + ["RRSIG", "NSEC"]
            self.add(owner.to_text(), "NSEC", [f"{following} {' '.join(kinds)}"])

    def signature(self, owner, kind):
        now = datetime.datetime.now(datetime.timezone.utc)
        signed = self.sets[(owner, kind)]
        fault = self.faults.get((owner, kind))
        if fault == "forged":
            signed = dns.rrset.from_text(owner, TTL, "IN", "TXT", '"something else"')
            signed.rdtype = dns.rdatatype.from_text(kind)
        now -= datetime.timedelta(days=9 if fault == "expired" else 0)
        made = dns.dnssec.sign(signed, self.private, self.origin, self.dnskey, inception=now - datetime.timedelta(hours=1), expiration=now + datetime.timedelta(days=1))
        return dns.rrset.from_rdata(owner, TTL, made)

    def text(self):
        sets = list(self.sets.values())
        if self.is_signed:
            self.deny_the_rest()
            sets = list(self.sets.values())
            sets += [self.signature(owner, kind) for owner, kind in self.sets
                     if (kind != "NS" or not self.is_delegation(owner)) and self.faults.get((owner, kind)) != "missing"]
        return "\n".join(each.to_text() for each in sets) + "\n"


class SignedDns:
    """`zones` below a signed root; `address` is where, `anchor` the file that a validating resolver trusts."""

    def __init__(self, zones):
        self.port, self.folder = free_port(), temporary_folder("signed-dns")
        root = Zone(".", {}, is_signed=True)
        for zone in zones:
            name = zone.origin.to_text()
            root.add(name, "NS", ["ns.invalid."])
            if zone.is_signed:
                root.add(name, "DS", [dns.dnssec.make_ds(zone.origin, zone.dnskey, "SHA256").to_text()])
        self.anchor = self.folder / "anchor"
        self.anchor.write_text(f". {TTL} IN DNSKEY {root.dnskey.to_text()}\n")
        served = ""
        for number, zone in enumerate([root, *zones]):
            (self.folder / f"zone-{number}").write_text(zone.text())
            served += f'auth-zone:\n  name: "{zone.origin}"\n  zonefile: "{self.folder}/zone-{number}"\n  for-downstream: yes\n  for-upstream: yes\n'
        (self.folder / "unbound.conf").write_text(f"""
server:
  interface: 127.0.0.1
  port: {self.port}
  do-daemonize: no
  chroot: ""
  username: ""
  directory: "{self.folder}"
  pidfile: "{self.folder}/pid"
  use-syslog: no
  logfile: "{self.folder}/log"
  num-threads: 1
  access-control: 127.0.0.0/8 allow
  module-config: "iterator"
  local-zone: "example." nodefault
  local-zone: "127.in-addr.arpa." nodefault
{served}remote-control:
  control-enable: no
""")
        self.process = subprocess.Popen(["/usr/sbin/unbound", "-c", str(self.folder / "unbound.conf")], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _running.append(self)
        wait_until(lambda: port_is_open(self.port), "unbound answers")

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None
