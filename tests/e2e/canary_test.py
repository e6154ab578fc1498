#!/usr/bin/python3
"""Invariant 2: no full card number that a customer sends reaches a file, in any encoding. Messages that carry test card
numbers in every place are sent while file encryption and sealing cannot hide anything: the store's files are plain, and
its content is read back through the API as well; then every file under the data folder and every log is searched."""
import base64
import binascii
import pathlib
import quopri
import random
import re
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Dns, Gateway, temporary_folder  # noqa: E402
from smtp_client import Session  # noqa: E402

RCPT, SENDER = "support@desk.example", "customer@sender.example"


def luhn(prefix):
    total = 0
    for i, c in enumerate(reversed(prefix)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return prefix + str(-total % 10)


def cards(count):
    chance = random.Random(4111)
    brands = [("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("6011", 16), ("3528", 16), ("36", 14)]
    out = []
    for i in range(count):
        prefix, length = brands[i % len(brands)]
        out.append(luhn(prefix + "".join(str(chance.randrange(10)) for _ in range(length - len(prefix) - 1))))
    return out


def grouped(number, separator):
    return separator.join(re.findall(r".{1,4}", number))


def headers(subject, content_type, encoding, extra=""):
    return (f"From: Card Holder <{SENDER}>\r\nTo: {RCPT}\r\nSubject: {subject}\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
            f"Message-ID: <{random.getrandbits(60)}@sender.example>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n{extra}\r\n")


def crlf(data):
    return re.sub(rb"\r\n|\n", b"\r\n", data)


def disguises(numbers):
    """(name, message bytes, number) for every disguise."""
    n = iter(numbers)

    def take():
        return next(n)
    c = take()
    yield "subject", headers(f"my card {c}", "text/plain", "7bit").encode() + b"see subject\r\n", c
    c = take()
    word = base64.b64encode(f"karte {grouped(c, ' ')} café".encode()).decode()
    yield "encoded subject", headers(f"=?utf-8?b?{word}?=", "text/plain", "7bit").encode() + b"see subject\r\n", c
    c = take()
    yield "plain", headers("plain", "text/plain", "7bit").encode() + f"card {c} thanks\r\n".encode(), c
    for separator in (" ", "-", "\u00a0", "."):
        c = take()
        yield f"separator {separator!r}", headers("sep", "text/plain; charset=utf-8", "8bit").encode() + f"card {grouped(c, separator)} ok\r\n".encode(), c
    c = take()
    yield "line wrap", headers("wrap", "text/plain", "7bit").encode() + f"card {grouped(c, ' ')[:9]}\r\n{grouped(c, ' ')[10:]} ok\r\n".encode(), c
    c = take()
    yield "base64", headers("b64", "text/plain; charset=utf-8", "base64").encode() + crlf(base64.encodebytes(f"my number is {c} é".encode())), c
    c = take()
    yield "utf-16 base64", headers("u16", "text/plain; charset=utf-16", "base64").encode() + crlf(base64.encodebytes(f"number {grouped(c, ' ')}".encode("utf-16"))), c
    c = take()
    yield "quoted-printable", headers("qp", "text/plain; charset=utf-8", "quoted-printable").encode() + crlf(quopri.encodestring(f"é {grouped(c, '-')} é\n".encode())), c
    c = take()
    yield "soft break", headers("soft", "text/plain", "quoted-printable").encode() + f"card {c[:6]}=\r\n{c[6:]} end\r\n".encode(), c
    c = take()
    hidden = "".join("=%02X" % ord(x) for x in c)
    yield "hex digits", headers("hex", "text/plain", "quoted-printable").encode() + f"card {hidden}\r\n".encode(), c
    c = take()
    html = f"<html><body><p>card <b>{c[:4]}</b><i>{c[4:8]}</i>&#{ord(c[8])};{c[9:]}</p></body></html>"
    yield "html tags and entities", headers("html", "text/html; charset=utf-8", "7bit").encode() + html.encode() + b"\r\n", c
    c = take()
    split = "&shy;".join(re.findall(r".{1,2}", c))
    yield "html soft hyphens", headers("html", "text/html; charset=utf-8", "base64").encode() + crlf(base64.encodebytes(f"<p>{split}</p>".encode())), c
    c = take()
    wide = "".join(chr(0xFF10 + int(d)) for d in c)
    yield "full-width digits", headers("wide", "text/plain; charset=utf-8", "8bit").encode() + f"番号 {wide} です\r\n".encode(), c
    c = take()
    yield "zero width", headers("zw", "text/plain; charset=utf-8", "8bit").encode() + ("card " + "\u200b".join(c) + " x\r\n").encode(), c
    for kind in ("text/csv", "application/json", "text/calendar", "text/vcard", "application/xml"):
        c = take()
        body = ("--B\r\nContent-Type: text/plain\r\n\r\nsee attachment\r\n--B\r\n" f"Content-Type: {kind}; name=\"data\"\r\n"
                "Content-Disposition: attachment; filename=\"data\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + base64.encodebytes(f'name,"{c}",end\n'.encode()).decode().replace("\n", "\r\n") + "--B--\r\n")
        yield f"attachment {kind}", headers("att", 'multipart/mixed; boundary="B"', "7bit").encode() + body.encode(), c
    c = take()
    body = (f"--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"card {c}.bin\"\r\n\r\nzz\r\n--B--\r\n")
    yield "file name", headers("fn", 'multipart/mixed; boundary="B"', "7bit").encode() + body.encode(), c
    c = take()
    yield "display name", headers("dn", "text/plain", "7bit").replace("Card Holder", f'"Holder {c}"').encode() + b"hi\r\n", c
    c = take()
    inner = headers("inner", "text/plain", "base64") + base64.encodebytes(f"nested {c}".encode()).decode().replace("\n", "\r\n")
    body = "--B\r\nContent-Type: text/plain\r\n\r\nforwarded\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n" + inner + "\r\n--B--\r\n"
    yield "nested message", headers("nest", 'multipart/mixed; boundary="B"', "7bit").encode() + body.encode(), c
    c = take()
    yield "preamble", headers("pre", 'multipart/mixed; boundary="B"', "7bit").encode() + f"pre {c}\r\n--B\r\n\r\nx\r\n--B--\r\nepilogue {c}\r\n".encode(), c
    c = take()
    yield "quoted history", headers("re", "text/plain", "7bit").encode() + f"> On Monday you wrote:\r\n>> card {grouped(c, ' ')}\r\n".encode(), c


def needles(number):
    """Every form in which the digits could lie in a file."""
    plain = number.encode()
    out = {plain, number.encode("utf-16-le"), number.encode("utf-16-be"), binascii.hexlify(plain), urllib.parse.quote(number).encode(),
           "".join(chr(0xFF10 + int(d)) for d in number).encode()}
    for separator in (" ", "-", ".", "\u00a0", "\u200b"):
        out.add(grouped(number, separator).encode())
    for shift in range(3):  # base64 at the three alignments, without the ends that depend on the neighbours
        encoded = base64.b64encode(b"\0" * shift + plain)
        out.add(encoded[(shift * 8 + 5) // 6:len(encoded) // 4 * 4 - 4])
    return out


class Canary(unittest.TestCase):
    def test_no_card_number_reaches_a_file_Z_35_invariant_2(self):
        dns = Dns({("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "server.log_level": '"debug"'})
        # Files in plain: made anew, because encryption is fixed when a store is made.
        for path in sorted((gateway.data / "store").rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        gateway.set({"server.encrypt_files": "false"})
        gateway.start()
        client = gateway.owner_over_control()
        numbers = cards(64)
        sent = []
        for name, message, number in disguises(numbers):
            session = Session(gateway.smtp)
            code, text = session.data(SENDER, [RCPT], message)
            session.quit()
            self.assertEqual(code, 250, f"{name}: {text}")
            sent.append((name, number))
        spare = numbers[-1]
        ticket = client.tickets()[-1]["id"]
        client.call("PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"comment": {"body": f"Is {grouped(spare, ' ')} yours?", "public": True}}})
        sent.append(("agent reply", spare))
        shown = self.everything_the_api_shows(client)
        gateway.kill()  # what lies in the write-ahead log stays there
        self.search(gateway, sent, shown)
        gateway.start()
        gateway.stop()
        self.search(gateway, sent, b"")
        dns.stop()

    def everything_the_api_shows(self, client):
        out = []
        for ticket in client.tickets():
            out.append(repr(ticket).encode())
            path = f"/api/v2/tickets/{ticket['id']}/comments"
            for comment in client.get(path)["comments"]:
                out.append(repr(comment).encode())
                status, raw, _ = client.raw("GET", f"{path}/{comment['id']}/raw")
                if status == 200:
                    out.append(raw)
                for attachment in comment["attachments"]:
                    out.append(client.raw("GET", f"/api/v2/attachments/{attachment['id']}/content")[1])
        self.assertGreater(len(out), 60)
        return b"\n".join(out)

    def search(self, gateway, sent, shown):
        files = {str(p): p.read_bytes() for p in gateway.folder.rglob("*") if p.is_file()}
        files["(API)"] = shown
        found = [(name, where, needle) for name, number in sent for needle in needles(number) for where, data in files.items() if needle in data]
        self.assertEqual([(n, w, x[:6]) for n, w, x in found], [])
        # The search itself can find: words of the messages lie readable in the files, and what is kept of a number is shown.
        self.assertTrue(any(b"see attachment" in data for where, data in files.items() if where != "(API)"))
        if shown:
            self.assertTrue(any(number[-4:].encode() in shown for _, number in sent))


if __name__ == "__main__":
    unittest.main(verbosity=0)
