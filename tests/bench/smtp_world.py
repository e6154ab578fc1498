"""What all peers of smtp_bench.py share: the zone of the sender's domain, signed mail of each size, mail that must be refused, the
certificate, and how a daemon is started in an accounting group of its own before a resolver of ours."""
import base64
import os
import pathlib
import re
import smtplib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import auth_peers  # noqa: E402
import bench  # noqa: E402
import harness  # noqa: E402
from accounting import Group  # noqa: E402

SIZES = bench.SIZES
FORGED_SENDER = "sender@forged.example"
AUTHSERV_ID = "mx.desk.example"
PROXIED_CLIENT = "192.0.2.7"  # for peers that take every loopback client for an honest one


class Unavailable(Exception):
    """A peer that cannot be installed or started here; the text says why."""


class World:
    def __init__(self, sizes):
        self.folder = harness.temporary_folder("smtp-bench")
        self.tool = bench.build_load(self.folder)
        key = self.folder / "dkim.pem"
        subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", str(key), "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        for name in sizes:
            bench.corpus(self.folder / name, *SIZES[name], key.read_bytes())
        if "4k" not in sizes:
            bench.corpus(self.folder / "4k", *SIZES["4k"], key.read_bytes())
        domain = bench.DOMAIN
        self.resolver = auth_peers.Resolver({
            (domain, "TXT"): f"v=spf1 ip4:127.0.0.0/8 ip4:{PROXIED_CLIENT} -all", (domain, "MX"): f"10 mail.{domain}.", (domain, "A"): "127.0.0.1",
            (f"mail.{domain}", "A"): "127.0.0.1", (f"mail.{domain}", "TXT"): "v=spf1 ip4:127.0.0.0/8 -all",
            (f"s1._domainkey.{domain}", "TXT"): "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode(),
            (f"_dmarc.{domain}", "TXT"): "v=DMARC1; p=reject; adkim=s; aspf=s",
            ("forged.example", "TXT"): "v=spf1 -all", ("forged.example", "A"): "127.0.0.1", ("forged.example", "MX"): "10 forged.example.",
            ("desk.example", "A"): "127.0.0.1", ("1.0.0.127.in-addr.arpa", "PTR"): f"mail.{domain}."})
        self.resolver_group = Group("resolver")
        self.resolver_group.add(self.resolver.daemon.process.pid)
        self.certificate, self.key = self.folder / "cert.pem", self.folder / "key.pem"
        make_certificate(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], self.certificate, self.key)

    def mail(self, size="4k", number=0):
        return (self.folder / size / f"{number:05d}.eml").read_bytes()

    def altered(self):
        """Signed mail whose body was changed afterwards."""
        return self.mail() + b"One more line.\r\n"

    def stop(self):
        self.resolver.daemon.stop()
        self.resolver_group.end()


def make_certificate(kind, certificate, key):
    subprocess.run(["openssl", "req", "-x509", *kind, "-nodes", "-days", "30", "-subj", "/CN=mx.desk.example", "-keyout", str(key), "-out", str(certificate)],
                   check=True, capture_output=True)


class ProxiedSmtp(smtplib.SMTP):
    """A client that says in a PROXY line who it is."""

    def _get_socket(self, *arguments):
        connection = super()._get_socket(*arguments)
        connection.sendall(f"PROXY TCP4 {PROXIED_CLIENT} 127.0.0.1 40000 25\r\n".encode())
        return connection


def client_of(port, is_proxied, seconds=30):
    return (ProxiedSmtp if is_proxied else smtplib.SMTP)("127.0.0.1", port, local_hostname=f"mail.{bench.DOMAIN}", timeout=seconds)


def post(port, sender, content, is_proxied=False):
    """One message by itself; the reply that decided over it."""
    with client_of(port, is_proxied) as client:
        client.ehlo()
        for step in (lambda: client.mail(sender), lambda: client.rcpt(bench.RCPT), lambda: client.data(content)):
            try:
                code, text = step()
            except smtplib.SMTPDataError as refusal:
                code, text = refusal.smtp_code, refusal.smtp_error
            if code >= 400:
                break
    return code, text.decode(errors="replace")


def in_namespace(binds, command):
    """The command with other files in place of the system's, for it alone: {path: what stands there instead}."""
    steps = " && ".join(f"mount --bind '{source}' '{target}'" for target, source in binds.items())
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", f'{steps} && exec "$@"', "sh", *map(str, command)]


def spawn(name, group, command, is_ready, log, seconds=30):
    """Starts a daemon in the foreground, in the group; Unavailable when it ends or stays silent."""
    if not pathlib.Path("/usr/bin/unshare").exists() or os.geteuid() != 0:
        raise Unavailable("needs root and unshare")
    with open(log, "ab") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=group.enter, start_new_session=True)
    end = time.monotonic() + seconds
    while not is_ready():
        if process.poll() is not None or time.monotonic() > end:
            tail = re.sub(r"\s+", " ", pathlib.Path(log).read_text(errors="replace")[-300:])
            raise Unavailable(f"{name} {'ended' if process.poll() is not None else 'does not answer'}: {tail}")
        time.sleep(0.05)
    return process


def greets(port, is_proxied=False):
    """True when an SMTP server says 220 there: a port may be open long before."""
    try:
        with client_of(port, is_proxied, 5):
            return True
    except (OSError, smtplib.SMTPException):
        return False
