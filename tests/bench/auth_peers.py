"""The peers of auth_bench.py: opendkim, opendmarc, pyspf-milter and rspamd as Debian packages them, each with its own
configuration in a temporary folder, and clients for their protocols that keep what every verdict was.

Each daemon is given what makes it cheapest: one resolver on loopback, no syslog, caches on, everything but SPF, DKIM and
DMARC left out. Daemons that read /etc/resolv.conf see ours through a mount namespace of their own (needs root).
"""
import http.client
import json
import os
import pathlib
import pwd
import re
import socket
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import harness  # noqa: E402

AUTHSERV_ID = "mx.desk.example"


def cpu_seconds(pid):
    """CPU time of a process with all its threads, ended ones too: its POSIX CPU clock, in nanoseconds."""
    return time.clock_gettime((~pid << 3) | 2)


class Daemon:
    """A process that answers on a socket, with the children that it had when it was ready."""

    def __init__(self, name, command, is_ready, log):
        self.name, self.log = name, log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        harness._running.append(self)
        harness.wait_until(lambda: is_ready() or self.process.poll() is not None, f"{name} answers", 30)
        if self.process.poll() is not None:
            raise SystemExit(f"{name} ended: {pathlib.Path(log).read_text(errors='replace')[-2000:]}")
        self.pids = [self.process.pid]
        for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) in self.pids:
                self.pids.append(int(entry.parent.name))

    def cpu(self):
        return sum(cpu_seconds(pid) for pid in self.pids)

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


class Resolver:
    """A resolver on port 53 of a loopback address of its own, since opendkim and pyspf know no other port."""

    def __init__(self, records):
        self.address = f"127.{os.getpid() >> 14 & 127 | 64}.{os.getpid() >> 7 & 127}.{os.getpid() & 127 | 1}"
        folder = harness.temporary_folder("dns")
        lines = []
        for (name, kind), value in records.items():
            if kind == "TXT":
                value = " ".join('"%s"' % value[i:i + 200] for i in range(0, len(value), 200))
            lines.append(f"  local-data: '{name}. 3600 IN {kind} {value}'")
        (folder / "unbound.conf").write_text(f"""
server:
  interface: {self.address}
  do-daemonize: no
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: "{folder}/pid"
  use-syslog: no
  num-threads: 1
  access-control: 127.0.0.0/8 allow
  module-config: "iterator"
  local-zone: "." static
""" + "\n".join(lines) + "\nremote-control:\n  control-enable: no\n")
        (folder / "resolv.conf").write_text(f"nameserver {self.address}\n")
        self.resolv_conf = folder / "resolv.conf"
        self.daemon = Daemon("unbound", ["/usr/sbin/unbound", "-c", str(folder / "unbound.conf")], self._answers, folder / "log")

    def _answers(self):
        try:
            socket.create_connection((self.address, 53), 0.2).close()
            return True
        except OSError:
            return False

    def behind(self, *command):
        """A command that sees this resolver in /etc/resolv.conf."""
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c",
                f'mount --bind {self.resolv_conf} /etc/resolv.conf && exec "$@"', "sh", *map(str, command)]


class Milter:
    """One connection of the milter protocol (version 6), as an MTA speaks it; gathers the fields that the filter adds."""

    STEPS_OFFERED, ACTIONS_OFFERED = 0x1FFFFF, 0x1FF
    NO_DATA, NO_EOH, NO_HEADERS, NO_BODY, NO_RCPT, NO_MAIL, NO_HELO, NO_CONNECT = 0x200, 0x40, 0x20, 0x10, 8, 4, 2, 1
    SILENT = {b"L": 0x80, b"C": 0x1000, b"H": 0x2000, b"M": 0x4000, b"R": 0x8000, b"T": 0x10000, b"N": 0x40000, b"B": 0x80000}
    LEADING_SPACE = 0x100000
    BODY_CHUNK = 65535

    def __init__(self, path, client_ip, helo):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(str(path))
        self.stream = self.socket.makefile("rb")
        self._send(b"O", struct.pack(">III", 6, self.ACTIONS_OFFERED, self.STEPS_OFFERED))
        code, data = self._receive()
        if code != b"O":
            raise SystemExit(f"{path}: no negotiation")
        self.steps = struct.unpack(">III", data[:12])[2]
        self.added = []
        self._macros(b"C", j=AUTHSERV_ID)
        self._step(b"C", helo.encode() + b"\0" + b"4" + struct.pack(">H", 25) + client_ip.encode() + b"\0", self.NO_CONNECT)
        self._step(b"H", helo.encode() + b"\0", self.NO_HELO)

    def _send(self, code, data=b""):
        self.socket.sendall(struct.pack(">I", len(data) + 1) + code + data)

    def _receive(self):
        size = struct.unpack(">I", self.stream.read(4))[0]
        packet = self.stream.read(size)
        return packet[:1], packet[1:]

    def _macros(self, code, **values):
        self._send(b"D", code + b"".join(name.encode() + b"\0" + value.encode() + b"\0" for name, value in values.items()))

    def _step(self, code, data, unwanted):
        """Sends one step and takes its answer; False when the filter wants no more of this message."""
        if self.steps & unwanted:
            return True
        self._send(code, data)
        if self.steps & self.SILENT.get(code, 0):
            return True
        while True:
            answer, rest = self._receive()
            if answer == b"h":  # add a field
                self.added.append(tuple(rest.split(b"\0")[:2]))
            elif answer == b"i":  # insert one
                self.added.append(tuple(rest[4:].split(b"\0")[:2]))
            elif answer in b"cs":
                return True
            elif answer == b"a":
                return False
            elif answer in b"rtdy":
                raise SystemExit(f"a filter refuses: {answer} {rest}")

    def check(self, mail, number, before=()):
        """One message with the fields `before` on top; returns the fields that the filter adds."""
        self.added = []
        self._macros(b"M", i=f"{number:08X}")
        goes_on = (self._step(b"M", b"<" + mail.sender.encode() + b">\0", self.NO_MAIL)
                   and self._step(b"R", b"<support@desk.example>\0", self.NO_RCPT) and self._step(b"T", b"", self.NO_DATA))
        for name, value in (*before, *mail.fields) if goes_on else ():
            if not self.steps & self.LEADING_SPACE:
                value = value.removeprefix(b" ")
            self._step(b"L", name + b"\0" + value + b"\0", self.NO_HEADERS)
        if goes_on:
            self._step(b"N", b"", self.NO_EOH)
            for at in range(0, len(mail.body), self.BODY_CHUNK):
                self._step(b"B", mail.body[at:at + self.BODY_CHUNK], self.NO_BODY)
            self._step(b"E", b"", 0)
        return self.added

    def close(self):
        self._send(b"Q")
        self.stream.close()
        self.socket.close()


class MilterStack:
    """pyspf-milter, opendkim and opendmarc behind one another, as an MTA chains them."""

    name = "opendkim + opendmarc + pyspf-milter"
    MESSAGES_PER_CONNECTION = 10

    def __init__(self, resolver):
        folder = harness.temporary_folder("milters")
        folder.chmod(0o1777)
        (folder / "nobody").write_text("192.0.2.255\n")
        configurations = {
            "pyspf-milter": f"debugLevel = 0\nTestOnly = 1\nHELO_reject = No_Check\nMail_From_reject = Fail\n"
                            f"Authserv_Id = {AUTHSERV_ID}\nSocket = {folder}/pyspf-milter.sock\nPidFile = {folder}/spf.pid\n"
                            "UserID = pyspf-milter\nUMask = 0\nInternalHosts = 127.0.0.1\n",
            "opendkim": f"Mode v\nSocket local:{folder}/opendkim.sock\nUMask 000\nInternalHosts {folder}/nobody\n"
                        f"ExternalIgnoreList {folder}/nobody\nAuthservID {AUTHSERV_ID}\nAlwaysAddARHeader yes\n"
                        f"Nameservers {resolver.address}\nQueryCache yes\nSyslog no\nUserID opendkim\nBackground no\n",
            "opendmarc": f"AuthservID {AUTHSERV_ID}\nTrustedAuthservIDs {AUTHSERV_ID}\nSocket local:{folder}/opendmarc.sock\n"
                         f"UMask 000\nIgnoreHosts {folder}/nobody\nPublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat\n"
                         "RejectFailures false\nSyslog false\nUserID opendmarc\nBackground false\n"}
        commands = {"pyspf-milter": ["/usr/bin/pyspf-milter"], "opendkim": ["/usr/sbin/opendkim", "-f", "-x"],
                    "opendmarc": ["/usr/sbin/opendmarc", "-f", "-c"]}
        self.daemons = []
        for name, text in configurations.items():
            path = folder / f"{name}.conf"
            path.write_text(text)
            path.chmod(0o644)
            self.daemons.append(Daemon(name, resolver.behind(*commands[name], path), (folder / f"{name}.sock").exists, folder / f"{name}.log"))
        self.sockets = [folder / f"{name}.sock" for name in configurations]

    def check_all(self, mails):
        chain = []
        for number, mail in enumerate(mails):
            if number % self.MESSAGES_PER_CONNECTION == 0:
                for milter in chain:
                    milter.close()
                chain = [Milter(path, mail.client_ip, mail.helo) for path in self.sockets]
            spf = chain[0].check(mail, number)
            dkim = chain[1].check(mail, number, spf)
            dmarc = chain[2].check(mail, number, [*dkim, *spf])
            found = b"; ".join(value for _, value in (*spf, *dkim, *dmarc)).decode()
            words = re.findall(r"(?<![.\w])(spf|dkim|dmarc)=(\w+)", found)
            expected = [("spf", "pass"), *[("dkim", "pass")] * mail.signatures, ("dmarc", "pass")]
            if words != expected:
                raise SystemExit(f"{mail.path.name}: void, the milters say {words}: {found}")
        for milter in chain:
            milter.close()


class HttpChecker:
    """A daemon that takes a message by HTTP and says what it found; rspamd's protocol, which auth_bench serves too."""

    def __init__(self, port, path, judge):
        self.port, self.path, self.judge = port, path, judge

    def check_all(self, mails):
        for mail in mails:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)  # rspamd ends each one
            connection.request("POST", self.path, mail.bytes, {"IP": mail.client_ip, "Helo": mail.helo, "From": mail.sender,
                                                              "Hostname": mail.helo, "Rcpt": "support@desk.example"})
            complaint = self.judge(mail, connection.getresponse().read())
            connection.close()
            if complaint:
                raise SystemExit(f"{mail.path.name}: void, {complaint}")


class Rspamd(HttpChecker):
    name = "rspamd, SPF DKIM DMARC only"

    def __init__(self, resolver):
        super().__init__(harness.free_port(), "/checkv2", self.judge_symbols)
        folder = harness.temporary_folder("rspamd")
        (folder / "plugins").mkdir()
        for plugin in ("spf.lua", "dmarc.lua"):
            (folder / "plugins" / plugin).symlink_to(pathlib.Path("/usr/share/rspamd/plugins") / plugin)
        (folder / "suffixes").write_text("com\nexample\n")  # the whole list and language models only cost it time here
        (folder / "rspamd.lua").write_text('require "global_functions" ()\n')
        (folder / "rspamd.conf").write_text(f"""
options {{
  filters = "dkim";
  dns {{ nameserver = ["{resolver.address}:53:1"]; timeout = 5s; sockets = 16; retransmits = 2; }}
  local_addrs = [];
  url_tld = "{folder}/suffixes";
  pidfile = "{folder}/pid";
  tempdir = "{folder}";
  hs_cache_dir = "{folder}";
  control_socket = "{folder}/control.sock mode=0600";
}}
logging {{ type = "file"; filename = "{folder}/rspamd.log"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{self.port}"; count = 1; }}
modules {{ path = "{folder}/plugins"; }}
lua = "{folder}/rspamd.lua";
actions {{ reject = 999; }}
spf {{ spf_cache_size = 2k; spf_cache_expire = 1d; }}
dkim {{ dkim_cache_size = 2k; dkim_cache_expire = 1d; trusted_only = false; skip_multi = false; }}
dmarc {{ }}
lang_detection {{ languages = "{folder}/none"; }}
group "policies" {{ .include "/etc/rspamd/scores.d/policies_group.conf" }}
""")
        user = pwd.getpwnam("_rspamd")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        command = ["/usr/bin/rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", "-c", str(folder / "rspamd.conf"),
                   *(f"--var={name}={folder}" for name in ("LOCAL_CONFDIR", "CONFDIR", "DBDIR", "RUNDIR", "LOGDIR"))]
        self.daemons = [Daemon("rspamd", resolver.behind(*command), lambda: harness.port_is_open(self.port), folder / "out")]

    @staticmethod
    def judge_symbols(mail, body):
        symbols = json.loads(body)["symbols"]
        passes = len(symbols.get("R_DKIM_ALLOW", {}).get("options", []))
        if passes == mail.signatures and "R_SPF_ALLOW" in symbols and "DMARC_POLICY_ALLOW" in symbols:
            return None
        return f"rspamd says {({name: symbol.get('options') for name, symbol in symbols.items()})}"


class PosternDaemon(HttpChecker):
    name = "Postern, behind a socket"

    def __init__(self, binary, resolver):
        super().__init__(harness.free_port(), "/check", self.judge_field)
        command = [str(binary), "serve", str(self.port), f"{resolver.address}:53", "1"]
        log = harness.temporary_folder("auth") / "log"
        self.daemons = [Daemon("auth_bench", command, lambda: harness.port_is_open(self.port), log)]

    @staticmethod
    def judge_field(mail, body):
        words = re.findall(r"(?<![.\w])(spf|dkim|dmarc|iprev)=(\w+)", body.decode())
        passes = [("spf", "pass"), *[("dkim", "pass")] * mail.signatures, ("dmarc", "pass"), ("iprev", "pass")]
        return None if sorted(words) == sorted(passes) else f"Postern says {body.decode()}"
