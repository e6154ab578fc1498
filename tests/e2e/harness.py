"""What every end-to-end test needs: the real binary in a folder of its own, a real resolver on loopback, a real MTA.

Everything listens on loopback on ports that the system chose, is bounded in time and is stopped by stop() or atexit.
"""
import atexit
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("POSTERN_BINARY", ROOT / "build/release/postern"))
SHARED = pathlib.Path(os.environ["POSTERN_SHARED"]) if os.environ.get("POSTERN_SHARED") else None
OWNER = "owner@desk.example"
PASSWORD = "a long enough pass phrase"

_running = []


@atexit.register
def _stop_all():
    for thing in reversed(list(_running)):
        thing.stop()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(check, what, seconds=20.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = check()
        if got:
            return got
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def port_is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
        return True
    except OSError:
        return False


def temporary_folder(name):
    path = pathlib.Path(tempfile.mkdtemp(prefix=f"postern-{name}-"))
    path.chmod(0o755)
    atexit.register(shutil.rmtree, path, True)
    return path


def run_cli(*arguments, stdin=None, check=True, timeout=120):
    done = subprocess.run([str(BINARY), *map(str, arguments)], input=stdin, capture_output=True, timeout=timeout)
    if check and done.returncode != 0:
        raise AssertionError(f"postern {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done


class Dns:
    """unbound with fixed zones: {(name, type): [values]}; TXT values are cut into strings of 255 bytes."""

    def __init__(self, records):
        self.port = free_port()
        self.folder = temporary_folder("dns")
        lines = []
        for (name, kind), values in records.items():
            for value in values:
                if kind == "TXT":
                    value = " ".join('"%s"' % value[i:i + 200] for i in range(0, len(value), 200))
                lines.append(f"  local-data: '{name}. 60 IN {kind} {value}'")
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
  local-zone: "." static
""" + "\n".join(lines) + "\nremote-control:\n  control-enable: no\n")
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


class Gateway:
    """The real binary. `settings` is {"table.key": TOML text}, put over what `init` wrote."""

    def __init__(self, settings=None, domain="desk.example", data=None):
        self.folder = data or temporary_folder("gateway")
        self.data = self.folder / "data"
        self.smtp, self.smtps, self.web, self.operator = (free_port() for _ in range(4))
        self.process = None
        self.enrolment = None
        if not self.data.exists():
            made = run_cli("init", "--data", self.data, "--domain", domain, "--owner", OWNER, "--unprivileged", "--json")
            self.enrolment = json.loads(made.stdout)["enrolment_token"]
        self.config = self.data / "postern.toml"
        base = {"smtp.listen": f'["127.0.0.1:{self.smtp}"]', "smtp.listen_tls": f'["127.0.0.1:{self.smtps}"]',
                "web.listen": f'["127.0.0.1:{self.web}"]', "operator.listen": f'"127.0.0.1:{self.operator}"',
                "server.user": '""', "web.requests_per_minute_per_address": "600000.0", "web.requests_per_minute_per_user": "600000.0",
                "web.requests_per_minute_per_token": "600000.0", "web.requests_per_minute_per_route": "600000.0",
                "web.costly_requests_per_minute": "600000.0",
                "smtp.connections_per_minute_per_address": "0", "smtp.connections_per_minute_per_network": "0",
                "pipeline.defer_unknown_dmarc": "true"}
        base.update(settings or {})
        self.set(base)
        self.log = open(self.folder / "log", "ab")
        _running.append(self)

    def set(self, settings):
        """Replaces `key = …` lines of the commented file, as an operator with an editor would."""
        table, done, out = "", set(), []
        for line in self.config.read_text().splitlines():
            bare = line.strip()
            if bare.startswith("["):
                table = bare.strip("[]")
            key = bare.lstrip("# ").split("=")[0].strip()
            name = f"{table}.{key}"
            if "=" in bare and name in settings and name not in done:
                line = f"{key} = {settings[name]}"
                done.add(name)
            out.append(line)
        missing = set(settings) - done
        if missing:
            raise AssertionError(f"no such option in the default file: {sorted(missing)}")
        self.config.write_text("\n".join(out) + "\n")

    def start(self, wait=True, env=None):
        self.process = subprocess.Popen([str(BINARY), "serve", "--config", str(self.config)], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, env={**os.environ, **(env or {})})
        if wait:
            wait_until(self.is_ready, "the gateway is ready", 30)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the gateway ended with {self.process.returncode}:\n{self.log_text()[-3000:]}")
        try:
            return self.operator_get("/readyz")[0] == 200
        except OSError:
            return False

    def operator_get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.operator, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def log_text(self):
        self.log.flush()
        return (self.folder / "log").read_text(errors="replace")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.process = None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        self.process = None

    def owner_over_control(self):
        """A client with an API token that the command line made beside the running server; also when the store was
        made anew and the first owner is not in it."""
        users = json.loads(run_cli("user", "list", "--config", self.config, "--json").stdout)["users"]
        if OWNER not in [u["email"] for u in users]:
            run_cli("user", "invite", OWNER, "--role", "owner", "--config", self.config)
        return Api(self, first_owner_token(self))

    def owner(self):
        """A signed-in API client for the owner, who enrols on first use."""
        client = Api(self)
        if self.enrolment:
            client.call("POST", "/api/v2/enrolment", {"token": self.enrolment, "password": PASSWORD})
            self.enrolment = None
        client.sign_in(OWNER, PASSWORD)
        return client


def first_owner_token(gateway):
    made = run_cli("token", "new", OWNER, "--config", gateway.config, "--json")
    return json.loads(made.stdout)["secret"]


class Api:
    """A JSON client over HTTPS with a cookie or a bearer token; one kept-alive connection."""

    def __init__(self, gateway, token=None):
        self.gateway = gateway
        self.token = token
        self.cookie = self.csrf = None
        self.connection = None

    def sign_in(self, email, password):
        status, body, headers = self.raw("POST", "/api/v2/session", json.dumps({"email": email, "password": password}))
        if status not in (200, 201):
            raise AssertionError(f"sign-in: {status} {body}")
        self.cookie = headers["Set-Cookie"].split(";")[0]
        self.csrf = json.loads(body)["session"]["csrf_token"]

    def raw(self, method, path, body=None, content_type="application/json", extra=None, patient=True):
        headers = {"Content-Type": content_type, **(extra or {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            headers["Cookie"] = self.cookie
            headers["X-CSRF-Token"] = self.csrf
        for attempt in (1, 2):
            if self.connection is None:
                context = ssl.create_default_context(cafile=str(self.gateway.data / "tls" / "cert.pem"))
                context.check_hostname = False
                self.connection = http.client.HTTPSConnection("127.0.0.1", self.gateway.web, timeout=30, context=context)
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                data = answer.read()
                if answer.status == 429 and patient:
                    time.sleep(float(answer.headers["Retry-After"]))
                    return self.raw(method, path, body, content_type, extra, patient=False)
                return answer.status, data, answer.headers
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt == 2:
                    raise

    def call(self, method, path, body=None):
        status, data, _ = self.raw(method, path, None if body is None else json.dumps(body))
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {data.decode(errors='replace')}")
        return json.loads(data) if data else None

    def get(self, path):
        return self.call("GET", path)

    def tickets(self, query=""):
        """All tickets, over all pages, newest update first."""
        out, path = [], f"/api/v2/tickets?page[size]=100{query}"
        while path:
            page = self.get(urllib.parse.quote(path, safe="/?&=%"))
            out += page["tickets"]
            path = f"/api/v2/tickets?page[size]=100&page[after]={page['meta']['after_cursor']}{query}" if page["meta"]["has_more"] else None
        return out


class Postfix:
    """A private Postfix that takes mail for `domains` into one Maildir a domain. Needs root."""

    def __init__(self, domains, tls=None):
        if os.geteuid() != 0:
            raise unittest.SkipTest("a private Postfix needs root")
        self.folder = temporary_folder("postfix")
        self.port = free_port()
        self.config, self.mail = self.folder / "etc", self.folder / "mail"
        for sub in ("etc", "spool", "spool/pid", "data", "mail"):
            (self.folder / sub).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.mail, "nobody", "nogroup")
        tls_lines = f"smtpd_tls_security_level = may\nsmtpd_tls_cert_file = {tls[0]}\nsmtpd_tls_key_file = {tls[1]}\n" if tls else ""
        (self.config / "main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {self.folder}/spool
data_directory = {self.folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.customer.example
mydestination =
mynetworks = 192.0.2.0/32
virtual_mailbox_domains = {" ".join(domains)}
virtual_mailbox_base = {self.mail}
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
alias_maps =
alias_database =
local_recipient_maps =
smtpd_relay_restrictions = reject_unauth_destination
smtpd_peername_lookup = no
message_size_limit = 52428800
virtual_mailbox_limit = 0
maillog_file = {self.folder}/maillog
maillog_file_prefixes = {self.folder}
{tls_lines}""")
        services = "\n".join(["pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
                              "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce",
                              "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce", "verify unix - - n - 1 verify",
                              "proxymap unix - - n - - proxymap", "smtp unix - - n - - smtp", "error unix - - n - - error",
                              "retry unix - - n - - error", "discard unix - - n - - discard", "virtual unix - n n - - virtual",
                              "anvil unix - - n - 1 anvil", "scache unix - - n - 1 scache", "postlog unix-dgram n - n - 1 postlogd"])
        (self.config / "master.cf").write_text(f"127.0.0.1:{self.port} inet n - n - - smtpd\n{services}\n")
        subprocess.run(["/usr/sbin/postfix", "-c", str(self.config), "start"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.running = True
        _running.append(self)
        wait_until(lambda: port_is_open(self.port), "Postfix answers")

    def messages(self):
        """Delivered messages, oldest first."""
        return [p.read_bytes() for p in sorted(self.mail.glob("inbox/new/*"), key=lambda p: p.stat().st_mtime_ns)]

    def stop(self):
        if self.running:
            subprocess.run(["/usr/sbin/postfix", "-c", str(self.config), "stop"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.running = False
