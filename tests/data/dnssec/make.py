#!/usr/bin/python3
"""Makes signed.records and signed.key: a small signed zone, valid until 2085 (run by hand; the results are committed).

Each line of signed.records: NAME TYPE COVERED RDATA-HEX. TYPE 46 is a signature over the records of type COVERED.
mail.signed.example is right; forged.signed.example bears the signature of other data.
"""
import datetime
import pathlib

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec

HERE = pathlib.Path(__file__).parent
ZONE = dns.name.from_text("signed.example.")
BEGIN = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
END = datetime.datetime(2085, 1, 1, tzinfo=datetime.timezone.utc)


def main():
    private = ec.generate_private_key(ec.SECP256R1())
    key = dns.dnssec.make_dnskey(private.public_key(), dns.dnssec.Algorithm.ECDSAP256SHA256, flags=257)
    keys = dns.rrset.from_rdata(ZONE, 3600, key)
    good = dns.rrset.from_text("mail.signed.example.", 3600, "IN", "A", "192.0.2.7")
    text = dns.rrset.from_text("signed.example.", 3600, "IN", "TXT", '"v=spf1 -all"')
    other = dns.rrset.from_text("forged.signed.example.", 3600, "IN", "A", "192.0.2.8")
    shown = dns.rrset.from_text("forged.signed.example.", 3600, "IN", "A", "203.0.113.66")
    lines = []
    for data, signed in ((keys, keys), (good, good), (text, text), (shown, other)):
        signature = dns.dnssec.sign(signed, private, ZONE, key, inception=BEGIN, expiration=END)
        name = data.name.to_text(omit_final_dot=True)
        for record in data:
            lines.append(f"{name} {int(data.rdtype)} 0 {record.to_wire().hex()}")
        lines.append(f"{name} {int(dns.rdatatype.RRSIG)} {int(data.rdtype)} {signature.to_wire().hex()}")
    (HERE / "signed.records").write_text("\n".join(lines) + "\n")
    (HERE / "signed.key").write_text(f"{ZONE} 3600 IN DNSKEY {key.to_text()}\n")


if __name__ == "__main__":
    main()
