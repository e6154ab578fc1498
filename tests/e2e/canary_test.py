#!/usr/bin/python3
"""Invariant 2: no full card number that a customer sends reaches a file, in any disguise. Messages that carry test card
numbers in every place are sent while file encryption and sealing cannot hide anything: the store's files are plain, and
its content is read back through the API as well; then every file under the data folder and every log is searched. What
the process holds in memory meanwhile is not for others: no core file, no look into it by its own user."""
import base64
import binascii
import json
import mmap
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "conformance/redaction"))
from card_disguises import SEPARATORS, disguises, grouped, wide  # noqa: E402
from card_files import word, run, zip_of  # noqa: E402
from card_views import readings  # noqa: E402
from harness import Dns, Gateway, run_cli  # noqa: E402
from smtp_client import Session  # noqa: E402

RCPT, SENDER = "support@desk.example", "customer@sender.example"
# Every kind of field that a mail, a mail in it, or a part may have; {} is the number.
MAIL_FIELDS = ["Received: from relay (card {}) by mx id x; Mon, 16 Nov 2026 09:00:00 +0000", "Received: by mx id {}; Mon, 16 Nov 2026 09:00:00 +0000",
               "X-Received: by 10.1.1.1 id {}", "Return-Path: <{}@sender.example>", "DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s={}; h=from; bh=AA==; b=AA==",
               "Authentication-Results: mx.sender.example; spf=pass smtp.helo={}", "Received-SPF: pass (card {})", "ARC-Seal: i=1; a=rsa-sha256; d=sender.example; s={}; cv=none; b=AA==",
               "Message-ID: <{}@sender.example>", "In-Reply-To: <order.{}@sender.example>", "References: <1.2@sender.example> <{}@sender.example>",
               "Resent-Message-ID: <{}@sender.example>", "Date: Mon, 16 Nov 2026 09:00:00 +0000 ({})", "MIME-Version: 1.0 (card {})",
               "From: \"Ann {}\" <ann@sender.example>", "Reply-To: card {} <ann@sender.example>", "Cc: <{}@sender.example>", "Subject: card {}", "Comments: {}",
               "Keywords: {}", "Organization: card {}", "Thread-Topic: card {}", "Thread-Index: {}", "List-ID: <{}.sender.example>",
               "List-Unsubscribe: <mailto:leave-{}@sender.example>", "List-Post: <https://sender.example/?card={}>", "X-Mailer: shop {}", "X-Ticket-{}: y", "X-Card: {}",
               "Content-Language: {}", "Feedback-ID: {}:shop"]
PART_FIELDS = ["Content-ID: <{}@sender.example>", "Content-Location: https://sender.example/?card={}", "Content-Description: card {}",
               "Content-MD5: {}", "X-Attachment-Id: {}", "Content-Base: http:{}", "Content-Transfer-Encoding: 7bit (card {})",
               "Content-Disposition: attachment; filename=\"{}.txt\"; x-note={}", "Content-Features: {}"]


def luhn(prefix):
    total = 0
    for i, c in enumerate(reversed(prefix)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return prefix + str(-total % 10)


def cards():
    """Numbers without end, of every large brand, each once."""
    chance = random.Random(4111)
    brands = [("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("6011", 16), ("3528", 16), ("36", 14)]
    while True:
        for prefix, length in brands:
            yield luhn(prefix + "".join(str(chance.randrange(10)) for _ in range(length - len(prefix) - 1)))


def needles(number):
    """Every form in which the digits could lie in a file."""
    plain = number.encode()
    out = {plain, number.encode("utf-16-le"), number.encode("utf-16-be"), binascii.hexlify(plain), urllib.parse.quote(number).encode(),
           wide(number, 0xFF10).encode(), number.encode("cp037")}
    for separator in (*SEPARATORS.values(), "\u200b"):
        out.add(grouped(number, separator).encode())
    for shift in range(3):  # base64 at the three alignments, without the ends that depend on the neighbours
        encoded = base64.b64encode(b"\0" * shift + plain)
        out.add(encoded[(shift * 8 + 5) // 6:len(encoded) // 4 * 4 - 4])
    return out


class Canary(unittest.TestCase):
    def plain_gateway(self):
        """A gateway whose files are in plain: made anew, because encryption is fixed when a store is made."""
        dns = Dns({("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        gateway = Gateway({"dns.servers": f'["{dns.address}"]', "server.log_level": '"debug"', "pipeline.spam_suspend_score": "900.0",
                           "pipeline.spam_reject_score": "1000.0"})
        for path in sorted((gateway.data / "store").rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        gateway.set({"server.encrypt_files": "false"})
        self.addCleanup(dns.stop)
        self.addCleanup(gateway.stop)
        return gateway.start()

    def test_no_card_number_reaches_a_file_Z_35_invariant_2(self):
        gateway = self.plain_gateway()
        client = gateway.owner_over_control()
        numbers = cards()
        sent = self.send_mail(gateway, numbers) + self.send_fields(gateway, client, numbers) + self.type_text(client, numbers) + self.ask_command_line(gateway, numbers)
        shown = self.everything_the_api_shows(client, gateway)
        gateway.kill()  # what lies in the write-ahead log stays there
        self.search(gateway, sent, shown)
        gateway.start()
        gateway.stop()
        self.search(gateway, sent, [])

    def send_mail(self, gateway, numbers):
        sent = []
        session = Session(gateway.smtp)
        for wanted in [(kind, name) for kind, name, _ in disguises("4111111111111111")]:
            message = None
            while message is None:  # some disguises are for numbers of 16 digits only
                number = next(numbers)
                message = next((text for *named, text in disguises(number) if tuple(named) == wanted), None)
            kind, name = wanted
            if not message.endswith(b"\r\n"):
                message += b"\r\n"  # SMTP ends with a line
            code, text = session.data(SENDER, [RCPT], message, " BODY=8BITMIME")
            self.assertEqual(code, 250, f"{kind}, {name}: {text}")
            sent.append((f"{kind}, {name}", number))
        session.quit()
        return sent

    def send_fields(self, gateway, client, numbers):
        """A number in each field of a mail, of a mail in it, of each part, and as boundaries; ids go on leading where they led."""
        sent = []

        def fields(forms, level):
            out = []
            for form in forms:
                number = next(numbers)
                sent.append((f"{level}: {form}", number))
                out.append(form.replace("{}", number))
            return "\r\n".join(out) + "\r\n"

        outer, inner, picture = (next(numbers) for _ in range(3))
        sent.extend([("boundary", outer), ("boundary inside", inner), ("content id", picture)])
        nested = (fields(MAIL_FIELDS, "mail in a mail") + f"Content-Type: multipart/mixed; boundary=\"{inner}\"\r\n\r\n--{inner}\r\n" +
                  fields(PART_FIELDS, "part of a mail in a mail") + f"Content-Type: text/plain\r\n\r\nInside the inner one.\r\n--{inner}--\r\n")
        mail = (fields(MAIL_FIELDS, "mail") + f"To: {RCPT}\r\nContent-Type: multipart/related; boundary={outer}\r\n\r\n--{outer}\r\nContent-Type: text/html\r\n\r\n"
                f"<p>Canary in fields.</p><img src=\"cid:{picture}@sender.example\">\r\n--{outer}\r\nContent-Type: image/gif\r\nContent-ID: <{picture}@sender.example>\r\n"
                f"Content-Transfer-Encoding: base64\r\n\r\nR0lGODdhAQABAIAAAAAAAAAAACwAAAAAAQABAAACAkQBADs=\r\n--{outer}\r\n" +
                fields(PART_FIELDS, "part") + f"Content-Type: text/plain\r\n\r\nInside a part.\r\n--{outer}\r\nContent-Type: message/rfc822\r\n\r\n" + nested + f"--{outer}--\r\n")
        message_id = next(number for name, number in sent if name.startswith("mail: Message-ID"))
        reply = (f"From: <ann@sender.example>\r\nTo: {RCPT}\r\nSubject: Another subject\r\nMessage-ID: <answer@sender.example>\r\nIn-Reply-To: <{message_id}@sender.example>\r\n\r\n"
                 "It leads to the same ticket.\r\n")
        session = Session(gateway.smtp)
        for message in (mail, reply):
            code, text = session.data(SENDER, [RCPT], message.encode())
            self.assertEqual(code, 250, text)
        session.quit()
        comments = [(ticket["id"], comment) for ticket in client.tickets() for comment in client.get(f"/api/v2/tickets/{ticket['id']}/comments")["comments"]]
        ticket, first = next(one for one in comments if "Canary in fields" in one[1]["html_body"])
        self.assertEqual([one for one, comment in comments if "leads to the same" in comment["body"]], [ticket])
        gif = next(one for one in first["attachments"] if one["content_type"] == "image/gif")
        self.assertEqual(gif["content_id"], f"{picture[:6]}{'*' * (len(picture) - 10)}{picture[-4:]}@sender.example")
        self.assertTrue(any("Inside a part" in str(client.raw("GET", f"/api/v2/attachments/{one['id']}/content")[1]) for one in first["attachments"]))
        return sent

    def type_text(self, client, numbers):
        """What agents type and upload, and a reply that waits in the outbox."""
        ticket = client.tickets()[-1]["id"]
        reply, subject, tag, name, inside = (next(numbers) for _ in range(5))
        content = zip_of({"note.docx": word(f"<w:p>{run('card ' + grouped(inside))}</w:p>")})
        path = "/api/v2/uploads?" + urllib.parse.urlencode({"filename": f"card {name}.zip"})
        status, body, _ = client.raw("POST", path, content, "application/zip")
        self.assertEqual(status, 201, body)
        token = json.loads(body)["upload"]["token"]
        comment = {"body": f"Is {grouped(reply)} yours?", "public": True, "uploads": [token]}
        client.call("PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"subject": f"card {subject}", "tags": [f"card_{tag}"], "comment": comment}})
        return [("agent's reply", reply), ("ticket's subject", subject), ("ticket's tag", tag), ("upload's name", name), ("upload", inside)]

    def ask_command_line(self, gateway, numbers):
        """Words of verbs are written too: the name of an account, the note of a rule set. Rules with a number are refused."""
        name, token, note, remark = (next(numbers) for _ in range(4))
        run_cli("user", "invite", "agent@desk.example", "--name", f"card {name}", "--config", gateway.config)
        run_cli("token", "new", "agent@desk.example", "--description", f"card {token}", "--config", gateway.config)
        rules = gateway.folder / "rules.toml"
        change = "[[change]]\nid = \"iban\"\ntags = [\"bank\"]\n"
        rules.write_text(f"# seen: card {remark}\n{change}")
        refused = run_cli("rules", "publish", rules, "--config", gateway.config, check=False)
        self.assertEqual(refused.returncode, 1, refused.stdout)
        rules.write_text(change)
        run_cli("rules", "publish", rules, "--note", f"card {note}", "--config", gateway.config)
        return [("account's name", name), ("token's description", token), ("rule set's note", note), ("rule's comment", remark)]

    def everything_the_api_shows(self, client, gateway):
        """Messages, attachments and JSON as the API gives them, and what the command line prints."""
        out = [run_cli(*verb, "--config", gateway.config, "--json").stdout for verb in (["queue", "list"], ["user", "list"], ["rules", "history"], ["rules", "stats"], ["audit", "list"], ["suspended", "list"])]
        self.assertIn(b'"queue":', out[0])
        out += [client.raw("GET", path)[1] for path in ("/api/v2/audit_logs", "/api/v2/outbox", "/api/v2/changes")]
        for ticket in client.tickets():
            out.append(json.dumps(ticket, ensure_ascii=False).encode())
            path = f"/api/v2/tickets/{ticket['id']}/comments"
            for comment in client.get(path)["comments"]:
                out.append(json.dumps(comment, ensure_ascii=False).encode())
                status, raw, _ = client.raw("GET", f"{path}/{comment['id']}/raw")
                if status == 200:
                    out.append(raw)
                out += [client.raw("GET", f"/api/v2/attachments/{attachment['id']}/content")[1] for attachment in comment["attachments"]]
        self.assertGreater(len(out), 400)
        return out

    def search(self, gateway, sent, shown):
        files = {str(p): p.read_bytes() for p in gateway.folder.rglob("*") if p.is_file()}
        found = [(name, where) for name, number in sent for needle in needles(number) for where, data in files.items() if needle in data]
        self.assertEqual(found, [])
        # The search itself can find: words of the messages lie readable in the files, and what is kept of a number is shown.
        self.assertTrue(any(b"See attachment." in data for data in files.values()))
        if shown:
            digits = {reading for one in shown for reading in readings(one)}
            self.assertEqual([name for name, number in sent if any(number in reading for reading in digits)], [])
            everything = b"\n".join(shown)
            kept = [name for name, number in sent if number[-4:].encode() in everything]
            self.assertGreater(len(kept), len(sent) // 2)

    def stranger(self, gateway, program):
        """Runs Python code as the server's own user; gives what it prints."""
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(["/usr/bin/python3", "-c", program, str(gateway.process.pid)], capture_output=True, timeout=30, check=False, **as_user)
        return done.stdout.decode() + done.stderr.decode()

    def test_memory_is_not_for_others_and_a_crash_leaves_no_core(self):
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        gateway = Gateway({"server.user": '"nobody"'} if user else {})
        gateway.folder.chmod(0o755)
        for path in [gateway.data, *gateway.data.rglob("*")] if user else []:
            os.chown(path, user.pw_uid, user.pw_gid)
        before = os.getcwd()
        os.chdir(gateway.data)
        self.addCleanup(os.chdir, before)
        gateway.start()
        number = next(cards())
        session = Session(gateway.smtp)
        session.mail(SENDER, [RCPT])
        self.assertEqual(session.command("DATA")[0], 354)
        session.send(f"Subject: x\r\n\r\nmy card is {number}, and more to com".encode())  # the message is in memory now
        time.sleep(0.2)
        if user:  # the kernel gives the files of a process that is not dumpable to root
            self.assertEqual(os.stat(f"/proc/{gateway.process.pid}/mem").st_uid, 0)
        for name in ("mem", "environ", "maps"):
            self.assertIn("PermissionError", self.stranger(gateway, f"import sys; open('/proc/' + sys.argv[1] + '/{name}', 'rb').read(1)"))
        attach = "import ctypes, sys; print('ptrace', ctypes.CDLL(None, use_errno=True).ptrace(16, int(sys.argv[1]), 0, 0), ctypes.get_errno())"
        self.assertEqual(self.stranger(gateway, attach).strip(), "ptrace -1 1")  # PTRACE_ATTACH: EPERM
        process = gateway.process
        process.send_signal(signal.SIGABRT)
        self.assertEqual(process.wait(30), -signal.SIGABRT)
        gateway.process = None
        left = [p for p in gateway.folder.rglob("*") if p.is_file() and (re.match(r"core(\.|$)", p.name) or number.encode() in p.read_bytes())]
        self.assertEqual(left, [])

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("gcore"), "only root may make a core file of the server, with gdb")
    def test_a_core_file_of_the_running_server_holds_no_message_Z_35(self):
        """Mail that was taken and mail on its way, in plain and over TLS: what a debugger writes leaves their memory out."""
        gateway = self.plain_gateway()
        numbers = cards()
        first, second, third, fourth = (next(numbers) for _ in range(4))
        coded = base64.encodebytes(f"<p>card {second}, finished</p>".encode()).replace(b"\n", b"\r\n")
        head = f"From: <{SENDER}>\r\nTo: {RCPT}\r\nSubject: card {first}\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        for tls in (None, "starttls"):
            session = Session(gateway.smtp, tls)
            self.assertEqual(session.data(SENDER, [RCPT], head.encode() + coded)[0], 250)
            session.quit()
        waiting = []
        for tls, number in ((None, third), ("starttls", fourth)):
            waiting.append(Session(gateway.smtp, tls))
            waiting[-1].mail(SENDER, [RCPT])
            self.assertEqual(waiting[-1].command("DATA")[0], 354)
            waiting[-1].send(f"Subject: x\r\n\r\nmy card is {number}, and more to com".encode())
        time.sleep(0.3)
        core = gateway.folder / f"made.{gateway.process.pid}"
        subprocess.run(["gcore", "-o", str(gateway.folder / "made"), str(gateway.process.pid)], check=True, capture_output=True, timeout=120)
        with open(core, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            found = [name for name, number in (("subject", first), ("content", second), ("on its way", third), ("on its way over TLS", fourth))
                     if memory.find(number.encode()) >= 0]
            self.assertGreaterEqual(memory.find(RCPT.encode()), 0, "the search finds nothing at all")
        core.unlink()
        self.assertEqual(found, [])
        for session in waiting:
            session.socket.close()


if __name__ == "__main__":
    unittest.main(verbosity=0)
