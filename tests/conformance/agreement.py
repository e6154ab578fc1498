#!/usr/bin/env python3
"""Compares our verdicts with those of independent implementations over all authenticated messages of the shared data.

usage: agreement.py POSTERN [--mailauth NODE_MODULES] [--write]

Ours is `postern scan --json`; the others are python3-spf, python3-dkim and python3-authheaders of Debian and, where
given, npm's mailauth. All ask one DNS server on 127.0.0.1 that holds what was recorded for the message, and for its
author's domain an SPF record and a DMARC policy, so that every method has something to say. --write puts the tables into
AGREEMENT.md; without it the run fails when they differ from that file, and always when a disagreement has no reason.
"""
import argparse
import collections
import email
import email.utils
import json
import logging
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import zlib

import dkim
import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.resolver
import dns.rrset
import spf
import yaml
from authheaders import check_dkim, dmarc_per_from
from authres import SPFAuthenticationResult

HERE = pathlib.Path(__file__).resolve().parent
SHARED = pathlib.Path(os.environ.get("POSTERN_SHARED", HERE.parent.parent.parent / "shared")) / "data"
CLIENT, STRANGER = "192.0.2.1", "192.0.2.99"  # what the synthetic SPF record allows, and what it does not
SIGNED = re.compile(rb"^(?:dkim-signature|arc-seal|domainkey-signature)[ \t]*:", re.IGNORECASE | re.MULTILINE)
MESSAGE_BYTES_MAX = 1 << 20
SIGNATURES_MAX = 8  # as many as we look at

HEAD = """# Agreement with independent implementations

Written by `agreement.py`: {total} messages ({groups}),
judged by `postern scan`, python3-spf 2.0.14, python3-dkim 1.1.4, python3-authheaders 0.15.2 (DMARC with its tree walk) and mailauth 4.13.3, all asking one DNS server. Beside what was
recorded with a message it publishes SPF and `p=reject` for the author's domain. "Same" of DKIM: the same signatures pass; where no key
was recorded all must refuse.
"""
# Why a verdict differs: method, implementation, ours, theirs, our reason (patterns, tried in order), and the sentence.
REASONS = [
    ("dkim", "mailauth", "1 pass", "0 pass", "^-$",
     "RFC 6376 section 3.6.1, `k=rsa`: p= is an RSAPublicKey, as here; mailauth reads a SubjectPublicKeyInfo only"),
    ("dkim", "", "0 pass", "", "rsa-sha1", "RFC 8301 section 3.1: rsa-sha1 \"MUST NOT be used for signing or verifying\""),
    ("dkim", "mailauth", "0 pass", "", "unsupported version",
     "RFC 6376 section 3.5, v=: \"It MUST have the value \"1\"\"; these have none or a draft's"),
    ("dmarc", "", "fail", "pass", "no aligned identifier",
     "RFC 9989 section 4.10.2: a signer without any record is its own organisation; the other takes the Public Suffix List. Or a "
     "signature that a row of dkim refuses"),
    ("dmarc", "authheaders", "pass", "fail", "^-$",
     "SPF passes for the author's own domain; authheaders reads a domain with a hyphen only up to it"),
    ("", "", "", "^error: ", "", "python3-authheaders or python3-dkim ends with an exception: a header without a colon"),
    ("arc", "python3-dkim", "fail", "none", "failed|wrong cv=",
     "RFC 8617 section 5.2, steps 2 and 3: cv=fail in a seal makes the chain fail; the suite wants it or leaves it open"),
    ("arc", "", "fail", "pass", "Message-Signature of ARC set 1: signature",
     "RFC 6376 section 3.5, c=: \"default is \"simple/simple\"\"; the suite wants relaxed, as the table in README.md says"),
    ("arc", "mailauth", "fail", "pass", "^ARC-Seal",
     "RFC 6376 section 3.2: duplicate tags, other cases of a tag's name, an empty tag; the suite wants fail too"),
]


class Dns:
    """One zone at a time, over UDP on 127.0.0.1; ends with close()."""

    def __init__(self):
        self.zone = {}  # name -> texts, or an RCODE
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()

    def serve(self):
        while True:
            data, peer = self.socket.recvfrom(4096)
            if not data:
                return
            try:
                self.socket.sendto(self.answer(dns.message.from_wire(data)).to_wire(max_size=65000), peer)
            except Exception:  # pylint: disable=broad-except
                continue  # a question that is none

    def answer(self, query):
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        texts = self.zone.get(name)
        if isinstance(texts, int):
            response.set_rcode(texts)
        elif texts and question.rdtype == dns.rdatatype.TXT:
            rows = [dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT,
                                            [text[i:i + 255] for i in range(0, len(text), 255)] or [b""]) for text in texts]
            response.answer.append(dns.rrset.from_rdata_list(question.name, 60, rows))
        elif not texts and not any(known.endswith("." + name) for known in self.zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response


def spam():
    """Signed mail of the spam corpora; no key of theirs is recorded, so nobody may pass one."""
    with tempfile.TemporaryDirectory() as folder:
        for archive in sorted((SHARED / "spam").glob("*.tar.zst")):
            subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", folder], check=True)
        for path in sorted(pathlib.Path(folder).rglob("*")):
            content = path.read_bytes() if path.is_file() else b""
            if len(content) <= MESSAGE_BYTES_MAX and SIGNED.search(content.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]):
                yield Case("spam corpora", path.name, content, {})


class Case:
    def __init__(self, group, name, content, zone):
        self.group, self.name, self.content, self.zone = group, name, content, dict(zone)
        author = email.utils.parseaddr(str(email.message_from_bytes(content).get("From", "")))[1]
        self.author = author if re.fullmatch(r"[^@\s]+@[A-Za-z0-9.-]+\.[A-Za-z]+", author) else ""
        self.ip = CLIENT if zlib.crc32(content) % 2 else STRANGER
        if self.author:
            domain = self.author.split("@")[1].lower()
            self.zone.setdefault(domain, [f"v=spf1 ip4:{CLIENT} -all".encode()])
            self.zone.setdefault("_dmarc." + domain, [b"v=DMARC1; p=reject"])


def recorded(path):
    zone = {}
    for line in path.read_text("utf-8", "surrogateescape").splitlines():
        owner, value = line.split("\t", 1)
        if value == "!SERVFAIL":
            zone[owner.lower()] = int(dns.rcode.SERVFAIL)
        elif value != "!NXDOMAIN":
            zone.setdefault(owner.lower(), []).append(value.encode("utf-8", "surrogateescape"))
    return zone


def cases():
    known = {}
    for path in sorted((SHARED / "dkim/cases").glob("*.eml")):
        zone = recorded(SHARED / "dkim/cases/dns" / (path.stem + ".tsv"))
        known.update({name: texts for name, texts in zone.items() if not isinstance(texts, int)})
        yield Case("DKIM cases", path.stem, path.read_bytes(), zone)
    with open(SHARED / "arc/valimail/tests/arc-draft-validation-tests.yml", "rb") as source:
        for document in filter(None, yaml.safe_load_all(source)):
            zone = {owner.lower(): ["".join(text.split("\n")).encode()] for owner, text in (document.get("txt-records") or {}).items()}
            for name, test in document["tests"].items():
                yield Case("ARC suite", name, test["message"].replace("\r\n", "\n").replace("\n", "\r\n").encode(), zone)
    for folder in ("dkim/mail-auth", "dkim/dkimpy", "dkim/mail-dkim-perl", "dkim/mailauth-js", "arc/mail-auth", "dmarc", "mime", "bounce", "reply"):
        for path in sorted((SHARED / folder).rglob("*")):
            if not path.is_file() or path.stat().st_size > MESSAGE_BYTES_MAX:
                continue
            content = path.read_bytes()
            head = content.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
            if SIGNED.search(head) and not content.startswith(b"From "):
                yield Case("other signed mail", str(path.relative_to(SHARED)), content, known)
    yield from spam()


def ours(postern, path, case, port):
    command = [postern, "scan", "--json", "--resolver", f"127.0.0.1:{port}", "--client-ip", case.ip, "--helo", "mail.example.com",
               "--mail-from", case.author, str(path)]
    out = subprocess.run(command, capture_output=True, timeout=60, check=False).stdout
    found = json.loads(out.splitlines()[0])
    return {
        "spf": found["spf"]["result"],
        "dkim": sorted([one["domain"], one["selector"]] for one in found["dkim"] if one["result"] == "pass"),
        "dmarc": found["dmarc"]["result"],
        "arc": found["arc"]["result"],
        "reasons": [f"{one['result']}: {one['reason']}" for one in found["dkim"] if one["result"] != "pass"],
        "dmarc reason": found["dmarc"]["reason"],
        "arc reason": found["arc"].get("reason", ""),
    }


def by_python(case, resolver):
    def texts(name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        try:
            answers = resolver.resolve(name, "TXT", lifetime=timeout)
            return b"".join(list(answers)[0].strings)
        except dns.resolver.NXDOMAIN:
            return None
        except dns.resolver.NoAnswer:
            return None
        except dns.exception.DNSException as error:
            raise dkim.DnsTimeoutError(str(error)) from error

    verdicts = {}
    result = spf.query(i=case.ip, s=case.author, h="mail.example.com").check()[0]
    verdicts["spf"] = ("python3-spf", result)
    passed = []
    for index in range(SIGNATURES_MAX):
        try:
            one = dkim.DKIM(case.content)
            if sum(1 for name, _ in one.headers if name.lower() == b"dkim-signature") <= index:
                break
            if one.verify(index, dnsfunc=texts):
                passed.append([one.domain.decode().lower(), one.selector.decode().lower()])
        except Exception:  # pylint: disable=broad-except
            continue
    verdicts["dkim"] = ("python3-dkim", sorted(passed))
    try:
        chain, _sets, _why = dkim.ARC(case.content).verify(dnsfunc=texts)
        verdicts["arc"] = ("python3-dkim", (chain or b"none").decode().lower())
    except Exception as error:  # pylint: disable=broad-except
        verdicts["arc"] = ("python3-dkim", "error: " + type(error).__name__)
    try:
        by_spf = SPFAuthenticationResult(result=result, smtp_mailfrom=case.author)
        by_dkim = check_dkim(case.content, dnsfunc=texts)
        found = dmarc_per_from(case.author.split("@")[-1].lower(), by_spf, by_dkim, dmarcbis=True,
                               dnsfunc=lambda name: (texts(name) or b"").decode("ascii", "replace")) if case.author else ["none"]
        verdicts["dmarc"] = ("python3-authheaders", found[0])
    except Exception as error:  # pylint: disable=broad-except
        verdicts["dmarc"] = ("python3-authheaders", "error: " + type(error).__name__)
    return verdicts


class Mailauth:
    def __init__(self, modules, port):
        self.process = subprocess.Popen(["node", str(HERE / "mailauth_verdicts.js"), str(port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=dict(os.environ, NODE_PATH=modules))

    def ask(self, path, case):
        question = {"path": str(path), "ip": case.ip, "helo": "mail.example.com", "sender": case.author}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def compare(case, mine, method, other, theirs, tables):
    same, rows = tables
    key = (case.group, method, other)
    total = same.setdefault(key, [0, 0])
    total[1] += 1
    if mine[method] == theirs:
        total[0] += 1
        return
    why = "; ".join(sorted(set(mine["reasons"]))) if method == "dkim" else mine.get(method + " reason", "")
    shown = [f"{len(v)} pass" if isinstance(v, list) else v for v in (mine[method], theirs)]
    rows.setdefault((method, other, shown[0], shown[1], why or "-"), []).append(case.name)


def reason_of(row):
    for pattern in REASONS:
        if all(re.search(part, value) for part, value in zip(pattern, row)):
            return pattern[-1]
    return None


def rendered(counts, tables):
    lines = [HEAD.format(total=sum(counts.values()), groups=", ".join(f"{count} {group}" for group, count in counts.items())),
             "| messages | method | compared with | same |", "|---|---|---|---|"]
    lines += [f"| {group} | {method} | {other} | {agreed}/{total} |" for (group, method, other), (agreed, total) in sorted(tables[0].items())]
    lines += ["", "## Disagreements", "| method | with | ours | theirs | messages | e.g. | why |", "|---|---|---|---|---|---|---|"]
    merged, unexplained = {}, []
    for row, names in tables[1].items():
        why = reason_of(row)
        if why is None:
            unexplained.append(" | ".join(row) + " | " + ", ".join(names[:4]))
        merged.setdefault((*row[:4], why or "unexplained: " + row[4]), []).extend(names)
    for (method, other, mine, theirs, why), names in sorted(merged.items()):
        lines.append(f"| {method} | {other} | {mine} | {theirs} | {len(names)} | {pathlib.PurePath(names[0]).name} | {why} |")
    return "\n".join(lines) + "\n", unexplained


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("postern")
    parser.add_argument("--mailauth", help="node_modules with mailauth in it")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--dump", help="all disagreements with file names, for whoever looks into one")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    server = Dns()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
    dns.resolver.default_resolver = resolver
    mailauth = Mailauth(options.mailauth, server.port) if options.mailauth else None
    tables = ({}, {})
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "message.eml"
        for case in cases():
            server.zone = case.zone
            path.write_bytes(case.content)
            counts[case.group] += 1
            mine = ours(options.postern, path, case, server.port)
            for method, (other, theirs) in by_python(case, resolver).items():
                compare(case, mine, method, other, theirs, tables)
            if mailauth:
                theirs = mailauth.ask(path, case)
                for method in ("spf", "dkim", "dmarc", "arc"):
                    value = theirs.get(method, theirs.get("error", ""))
                    compare(case, mine, method, "mailauth", sorted(value) if isinstance(value, list) else value, tables)
    if mailauth:
        mailauth.close()
    server.close()
    if options.dump:
        with open(options.dump, "w", encoding="utf-8") as out:
            for key, names in tables[1].items():
                out.write("\t".join([*key, str(len(names)), ",".join(names)]) + "\n")
    text, unexplained = rendered(counts, tables)
    for line in unexplained:
        print("no reason is written for: " + line)
    page = HERE / "AGREEMENT.md"
    if options.write:
        page.write_text(text, "utf-8")
    elif page.read_text("utf-8") != text:
        sys.exit("AGREEMENT.md says something else; run with --write")
    sys.exit(1 if unexplained else 0)


main()
