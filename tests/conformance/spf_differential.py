#!/usr/bin/env python3
"""Compares our SPF with python3-spf (pyspf) on random zones and questions.

usage: spf_differential.py CONFORMANCE_TEST_BINARY [--cases N] [--seed N] [--show N]

The same seed makes the same zones. Both sides get the same answers: CNAMEs are followed for them, a loop of CNAMEs is an
error of the server. Where they differ, pyspf is asked again with the corrections below, one after the other; each one
makes it follow a sentence of RFC 7208 that it departs from. A difference that no correction removes is unexplained, and
the exit status is 1.
"""
import argparse
import ipaddress
import itertools
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter

import spf

CNAMES_MAX = 8
DEFAULT = "DEFAULT"


# ---- the zone, as both sides see it ----

class Zone:
    def __init__(self):
        self.records = {}  # (name, type) -> values in order
        self.timeouts = set()

    def add(self, name, kind, value):
        self.records.setdefault((name.lower(), kind), []).append(value)

    def answer(self, name, kind):
        """Values of the type; None: the server failed. CNAMEs are followed."""
        name = name.lower().rstrip(".")
        for _ in range(CNAMES_MAX + 1):
            if name in self.timeouts:
                return None
            if (name, kind) in self.records:
                return self.records[(name, kind)]
            target = self.records.get((name, "CNAME"))
            if not target:
                return []
            name = target[0].lower()
        return None

    def look_up(self, name, kind, _strict=True, timeout=None):
        values = self.answer(name, kind)
        if values is None:
            raise spf.TempError("DNS timeout")
        if kind == "MX":
            values = [(10, value) for value in values]
        elif kind == "TXT":
            values = [(value,) for value in values]
        return [((name, kind), value) for value in values]

    def lines(self):
        for (name, kind), values in self.records.items():
            for value in values if name not in self.timeouts else []:
                data = value if isinstance(value, bytes) else value.encode()
                yield f"Z\t{name.encode().hex()}\t{kind}\t{data.hex() or '-'}"
        for name in self.timeouts:
            for kind in ("A", "AAAA", "MX", "TXT", "PTR"):
                yield f"Z\t{name.encode().hex()}\t{kind}\tTIMEOUT"


class Question:
    def __init__(self, zone, ip, helo, sender):
        self.zone, self.ip, self.helo, self.sender = zone, ip, helo, sender

    def line(self, number):
        fields = [self.ip.encode().hex(), self.helo.encode().hex() or "-", self.sender.encode().hex() or "-"]
        return "\t".join(["T", str(number), *fields, "-", "-"])


# ---- random zones ----

class Generator:
    DOMAINS = [f"d{i}.example" for i in range(6)] + ["sub.d0.example", "d0.sub.example.org"]
    HOSTS = [f"h{i}.example" for i in range(6)] + ["mail.d0.example", "x.mail.d1.example"]
    V4 = ["192.0.2.1", "192.0.2.2", "192.0.2.130", "198.51.100.7", "203.0.113.9", "127.0.0.1"]
    V6 = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::5", "::1", "fe80::1"]
    LOCALS = ["ann", "a.b-c", "strong-bad", "x+y", "", "A_b", "postmaster", "a=b", "q.r.s.t"]
    MACROS = ["%{s}", "%{l}", "%{o}", "%{d}", "%{i}", "%{p}", "%{v}", "%{h}", "%{ir}", "%{d2}", "%{d1r}", "%{l1r-}", "%{lr+-}",
              "%{L}", "%{S}", "%{o2}", "%{d9}", "%%", "%_", "%-", "%{i2r.}", "%{H}", "%{dr/}", "%{l=}"]
    BAD = ["%{x}", "%", "%{d", "%(d)", "%{d0}", "%{dz}", "%{d2.r}", "%{c}", "%{t}", "%{r}", "a:", "mx:/24", "ip4:1.2.3", "ip4:1.2.3.4/33",
           "ip4:01.2.3.4", "ip4:1.2.3.4/032", "ip6:::1/129", "ip6:1.2.3.4", "ip6:2001:db8::g", "a/33", "a//129", "mx/024", "include",
           "include:", "exists", "exists:", "all:x", "all/8", "ptr/24", "a:nodots", "a:x.123", "a:x.-y", "a:h0.example,", "bogus", "-", "+",
           "redirect=", "exp=", "+redirect=d1.example", "a:h0.example:25", "ip4", "ip6", "v=spf1", "=x", "0x=y", "a.=b",
           "include=d1.example", "ip4:192.0.2.1/", "a:h0.example/", "ip6:::ffff:192.0.2.1/64", "a:%{d}.", "ipv4:192.0.2.1", "mx//0"]

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, share):
        return self.random.random() < share

    def name(self):
        kind = self.random.random()
        if kind < 0.45:
            return self.pick(self.DOMAINS)
        if kind < 0.8:
            return self.pick(self.HOSTS)
        if kind < 0.86:
            return f"absent{self.random.randrange(3)}.example"
        return self.pick(self.MACROS) + self.pick([".", "-x.", ".x."]) + self.pick(self.DOMAINS + ["%{d}", "%{o}"])

    def cidr(self):
        text = ""
        if self.chance(0.3):
            text += "/" + str(self.pick([0, 1, 8, 24, 25, 31, 32]))
        if self.chance(0.2):
            text += "//" + str(self.pick([0, 1, 32, 64, 127, 128]))
        return text

    def term(self):
        kind = self.random.random()
        sign = self.pick(["", "", "+", "-", "~", "?"])
        if kind < 0.05:
            return self.pick(self.BAD)
        if kind < 0.22:
            return sign + self.case("include:") + self.name()
        if kind < 0.38:
            return sign + self.case("a") + self.pick(["", ":" + self.name()]) + self.cidr()
        if kind < 0.52:
            return sign + self.case("mx") + self.pick(["", ":" + self.name()]) + self.cidr()
        if kind < 0.60:
            return sign + self.case("ptr") + self.pick(["", ":" + self.name()])
        if kind < 0.70:
            return sign + self.case("exists:") + self.name()
        if kind < 0.80:
            return sign + self.case("ip4:") + self.pick(self.V4) + self.pick(["", "/32", "/24", "/25", "/0", "/31"])
        if kind < 0.88:
            return sign + self.case("ip6:") + self.pick(self.V6) + self.pick(["", "/128", "/64", "/0", "/127"])
        if kind < 0.93:
            return self.pick(["x-tra=%{i}", "a.b=c", "x-tra=1", "unknown=%{d1}.%%", "z-9=", "moo=cow"])
        return sign + "all"

    def case(self, text):
        return text.upper() if self.chance(0.05) else text

    def record(self):
        terms = [self.term() for _ in range(self.pick([1, 2, 2, 3, 3, 4, 5, 7, 12]))]
        if self.chance(0.2):
            terms.insert(self.random.randrange(len(terms) + 1), self.case("redirect=") + self.name())
        if self.chance(0.35):
            terms.insert(self.random.randrange(len(terms) + 1), self.case("exp=") + self.pick(["why0.example", "why1.example", "%{d}", "why.%{d2}", self.name()]))
        if self.chance(0.02):
            terms.append(self.pick(["redirect=d1.example redirect=d2.example", "exp=why0.example exp=why1.example"]))
        if self.chance(0.6):
            terms.append(self.pick(["-all", "~all", "?all", "+all", "all"]))
        version = self.pick(["v=spf1"] * 30 + ["V=SPF1", "v=spf10", "v=spf1.", "v=spf2.0/mfrom"])
        return (version + " " + "".join(term + " " * self.pick([1, 1, 1, 2]) for term in terms)).rstrip(" " if self.chance(0.8) else "").encode()

    def explanation(self):
        words = [self.pick(["See", "http://why.example/?s=", "denied", "%{i}", "%{d}", "%{c}", "%{r}", "%{p}", "%{v}", "%{h}"] + self.MACROS)
                 for _ in range(self.random.randrange(1, 6))]
        if self.chance(0.06):
            words.append(self.pick(["%{x}", "%", "%{d", "\xfc", "%{d0}"]))
        return " ".join(words).encode("latin-1")

    def zone(self):
        zone = Zone()
        for name in self.DOMAINS:
            for _ in range(self.pick([0] + [1] * 30 + [2])):
                zone.add(name, "TXT", self.record())
            if self.chance(0.2):
                zone.add(name, "TXT", self.pick([b"verification=1", b"spf1", b"\xff\xfe"]))
        for name in self.DOMAINS + self.HOSTS:
            if self.chance(0.05):
                zone.add(name, "CNAME", self.pick(self.DOMAINS + self.HOSTS))
            for _ in range(self.pick([0, 1, 1, 2, 3])):
                zone.add(name, "A", self.pick(self.V4))
            for _ in range(self.pick([0, 0, 1, 2])):
                zone.add(name, "AAAA", self.pick(self.V6))
            for _ in range(self.pick([0, 1, 1, 2, 3] if self.chance(0.97) else [10, 11])):
                zone.add(name, "MX", self.pick(self.HOSTS + self.DOMAINS + ["absent9.example"]))
        for name in ["why0.example", "why1.example"] + [f"why.{d}" for d in self.DOMAINS]:
            for _ in range(self.pick([0, 1, 1, 1, 1, 2])):
                zone.add(name, "TXT", self.explanation())
        for address in self.V4 + self.V6:
            for _ in range(self.pick([0, 1, 1, 2]) if self.chance(0.98) else 12):
                zone.add(ipaddress.ip_address(address).reverse_pointer, "PTR", self.pick(self.HOSTS + self.DOMAINS))
        for (name, kind) in [key for key in zone.records if key[1] == "CNAME"]:
            for other in ("A", "AAAA", "MX", "TXT"):  # nothing stands beside a CNAME
                zone.records.pop((name, other), None)
        if self.chance(0.15):
            zone.timeouts.add(self.pick(self.DOMAINS + self.HOSTS))
        return zone

    def questions(self, count):
        zone = None
        for number in range(count):
            if number % 4 == 0:
                zone = self.zone()
            ip = self.pick(self.V4 + self.V6) if self.chance(0.95) else "::ffff:192.0.2.1"
            helo = self.pick(self.HOSTS + ["localhost", "a..b", "[192.0.2.1]", "under_score.example"])
            sender = "" if self.chance(0.05) else self.pick(self.LOCALS) + "@" + self.pick(self.DOMAINS)
            yield Question(zone, ip, helo, sender)


# ---- pyspf, as it is and corrected ----

# What a correction makes pyspf follow: the section of RFC 7208, and why.
CORRECTIONS = {
    "void": ("4.6.4", "the limit is of \"terms\" for which DNS queries return nothing; pyspf also counts each host of mx, each name of "
             "ptr and %{p}"),
    "redirect": ("6.1", "redirect is used if no mechanism matches; pyspf counts its look-up before it tries them"),
    "modifier": ("6", "unknown modifiers are ignored no matter how often they appear; pyspf refuses a second one"),
    "mx": ("5.4", "\"If any address matches, the mechanism matches\"; pyspf needs an answer for every host first"),
    "ptr": ("5.5", "a DNS error at the PTR look-up is no match, and at a name's address skips the name; pyspf ends with temperror"),
    "ptr-value": ("7.3", "%{p} is a name below the domain of the record at hand; pyspf keeps the one of an earlier record"),
    "syntax": ("4.6", "a syntax error anywhere is permerror; pyspf takes %{d0}, a final text in an ip4 term and others for good"),
    "order": ("4.6", "the syntax is checked before anything is asked; pyspf expands %{p} of an earlier term first"),
    "local": ("4.3", "a sender without local part has \"postmaster\", in %{s} too"),
    "exp": ("6.2",
            "an explanation with a syntax error or with anything but printable ASCII is as if there were none, and it is "
            "text: pyspf cuts a label off one of more than 253 characters"),
    "case": ("4.6.1", "names of modifiers are case-insensitive; pyspf does not know \"EXP=\" and \"REDIRECT=\""),
    "percent": ("7.1", "%% is a macro wherever it stands; pyspf refuses it at the end of a term"),
    "itself": ("5.2", "an include is evaluated when it is reached; pyspf refuses one of the domain itself behind a match too"),
}
PRINTABLE = re.compile(r"[ -~]*\Z")
MACRO = re.compile(r"%(?:[%_-]|\{[slodiphcrtvSLODIPHCRTV](?:0*[1-9][0-9]*)?[rR]?[-.+,/_=]*\})")
IP4_TERM = re.compile(r"[-+?~]?ip4:[0-9.]+(?:/[0-9]+)?\Z", re.IGNORECASE)
IP6_TERM = re.compile(r"[-+?~]?ip6:[0-9a-f:.]+(?:/[0-9]+)?\Z", re.IGNORECASE)


def has_bad_macro(text):
    return "%" in MACRO.sub("", text)


class Corrected(spf.query):
    """pyspf with some of the CORRECTIONS."""

    def __init__(self, question, fixes):
        self.fixes, self.nested = fixes, 0
        sender = question.sender
        if "local" in fixes and sender.startswith("@"):
            sender = "postmaster" + sender
        super().__init__(i=question.ip, s=sender, h=question.helo, receiver="unknown", strict=True)
        self.set_default_explanation(DEFAULT)

    def dns(self, name, qtype, cnames=None, ignore_void=False):
        return super().dns(name, qtype, cnames, ignore_void or ("void" in self.fixes and self.nested > 0))

    def quietly(self, function, *arguments):
        self.nested += 1
        try:
            return function(*arguments)
        finally:
            self.nested -= 1

    def dns_mx(self, domainname):
        hosts = self.dns(domainname, "MX")
        if len(hosts) > spf.MAX_MX:
            raise spf.PermError("too many MX")
        addresses = Addresses()
        for _preference, host in hosts:
            try:
                addresses += self.quietly(self.dns_a, host, self.A)
            except spf.TempError as error:
                if "mx" not in self.fixes:
                    raise
                addresses.failure = error
        return addresses

    def cidrmatch(self, ipaddrs, n):
        matches = super().cidrmatch(ipaddrs, n)
        if not matches and getattr(ipaddrs, "failure", None):
            raise ipaddrs.failure
        return matches

    def validated_ptrs(self):
        try:
            names = self.dns_ptr(self.i)[:spf.MAX_PTR]
        except spf.TempError:
            if "ptr" in self.fixes:
                return []
            raise
        found = []
        for name in names:
            try:
                if self.cidrmatch(self.quietly(self.dns_a, name, self.A), self.cidrmax):
                    found.append(name)
            except spf.TempError:
                if "ptr" not in self.fixes:
                    raise
        return found

    def getp(self):
        if "ptr-value" in self.fixes:
            self.p = None
        return self.quietly(super().getp)

    def expand(self, s, stripdot=True):
        return super().expand(s.replace("%%", "%%\0") if "percent" in self.fixes else s, stripdot).replace("\0", "")

    def validate_mechanism(self, mech):
        try:
            return super().validate_mechanism(mech)
        except spf.PermError as error:
            if "itself" not in self.fixes or error.msg != "include has trivial recursion":
                raise
            return mech, "include", self.d, self.cidrmax, spf.RESULTS.get(mech[0], "pass")

    def note_error(self, *msg):
        if "modifier" in self.fixes and "MUST appear at most once" in msg[0] and not msg[0].startswith(("exp", "redirect")):
            return None
        return super().note_error(*msg)

    def check_lookups(self):
        # In check0, `m` is a list while modifiers are read and a word while mechanisms are tried.
        if "redirect" in self.fixes and isinstance(sys._getframe(1).f_locals.get("m"), list):
            return
        super().check_lookups()

    def check1(self, record, domain, recursion):
        caller = sys._getframe(1)
        is_redirect = caller.f_code.co_name == "check0" and caller.f_locals["recursion"] == recursion
        if "redirect" in self.fixes and is_redirect:
            super().check_lookups()
        if "case" in self.fixes and record:
            record = re.sub(r"(?i)(?<= )(?:exp|redirect)=", lambda found: found[0].lower(), record)
        if "syntax" in self.fixes and record:
            self.check_syntax(record)
        return super().check1(record, domain, recursion)

    def check_syntax(self, record):
        for term in record.split(" ")[1:]:
            kind = term.lstrip("+-?~").lower()
            bad = has_bad_macro(term) or not PRINTABLE.match(term)
            bad = bad or kind.startswith("ip4:") and not IP4_TERM.match(term) or kind.startswith("ip6:") and not IP6_TERM.match(term)
            bad = bad or re.match(r"[-+?~]{2}|.*=", term[:1]) is not None
            if bad:
                raise spf.PermError("syntax", term)

    def get_explanation(self, spec):
        if "exp" not in self.fixes:
            return super().get_explanation(spec)
        try:
            texts = self.dns_txt(spec, ignore_void=True) if spec else []
            if len(texts) != 1 or has_bad_macro(texts[0].decode("ascii")):
                return None
            text = self.quietly(lambda: MACRO.sub(lambda macro: self.expand(macro[0], stripdot=False), texts[0].decode("ascii")))
            return text if PRINTABLE.match(text) else None
        except (UnicodeError, spf.PermError, spf.TempError):
            return None


class Addresses(list):
    failure = None  # what kept some of them from being known


def ask_pyspf(question, fixes=()):
    spf.DNSLookup = question.zone.look_up
    try:
        query = Corrected(question, fixes)
        result, _code, text = query.check()
    except Exception as error:  # pylint: disable=broad-except
        return "crash", f"{type(error).__name__}: {error}", ""
    return result, (text if result == "fail" else ""), getattr(query, "prob", "")


def ask_ours(binary, questions):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        zone = None
        for number, question in enumerate(questions):
            if question.zone is not zone:
                zone = question.zone
                file.write("S\t2d\n" + "".join(line + "\n" for line in zone.lines()))
            file.write(question.line(number) + "\n")
        file.flush()
        out = subprocess.run([binary, "--spf", file.name], check=True, capture_output=True, text=True).stdout
    answers = []
    for line in out.splitlines():
        _number, result, text, reason = line.split("\t")
        text = "" if text == "-" else bytes.fromhex(text).decode("latin-1")
        answers.append((result, text or (DEFAULT if result == "fail" else ""), reason))
    return answers


def explain(question, ours):
    """The corrections that make pyspf agree: the fewest that do, None when all together do not."""
    for size in (1, 2, 3):
        for fixes in itertools.combinations(CORRECTIONS, size):
            if ask_pyspf(question, fixes)[:2] == ours:
                return fixes
    return tuple(CORRECTIONS) if ask_pyspf(question, tuple(CORRECTIONS))[:2] == ours else None


def show(question, ours, reason, theirs):
    print(f"unexplained: client {question.ip} helo {question.helo} sender {question.sender}")
    print(f"  ours {ours} ({reason}), pyspf {theirs}")
    for (name, kind), values in question.zone.records.items():
        if kind == "TXT" or question.zone.timeouts & {name}:
            print(f"    {name} {kind} {values}{' TIMEOUT' if name in question.zone.timeouts else ''}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--cases", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=7208)
    parser.add_argument("--show", type=int, default=3, help="unexplained cases printed whole")
    options = parser.parse_args()
    questions = list(Generator(options.seed).questions(options.cases))
    answers = ask_ours(options.binary, questions)
    if len(answers) != len(questions):
        sys.exit("the binary answered too little")
    reasons, results, open_kinds, differing, unexplained = Counter(), Counter(), Counter(), 0, 0
    for question, (result, text, reason) in zip(questions, answers):
        results[result] += 1
        theirs = ask_pyspf(question)
        if theirs[:2] == (result, text):
            continue
        differing += 1
        fixes = explain(question, (result, text))
        if fixes is None:
            unexplained += 1
            open_kinds[result, theirs[0], reason, theirs[2]] += 1
            if unexplained <= options.show:
                show(question, (result, text), reason, theirs)
        reasons[fixes] += 1
    print(f"seed {options.seed}: {len(questions)} questions, {len(questions) - differing} the same, {differing} differ, "
          f"{unexplained} unexplained")
    print("our results: " + ", ".join(f"{count} {result}" for result, count in results.most_common()))
    for fixes, count in reasons.most_common():
        if fixes is not None:
            print(f"| {count} | " + "; ".join(f"RFC 7208 section {CORRECTIONS[f][0]}: {CORRECTIONS[f][1]}" for f in fixes) + " |")
    for kind, count in open_kinds.most_common():
        print(f"unexplained {count}: {kind}")
    sys.exit(1 if unexplained else 0)


main()
