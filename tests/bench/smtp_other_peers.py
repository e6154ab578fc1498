"""Exim, OpenSMTPD and Haraka for smtp_bench.py. Exim's and OpenSMTPD's Debian packages conflict with Postfix's, so they are
downloaded and unpacked under build/bench, and run in a mount namespace in which their users and folders exist."""
import os
import pathlib
import shutil
import subprocess

import bench
import harness
from smtp_peers import Peer
from smtp_world import Unavailable, greets, in_namespace, make_certificate, spawn

UNPACKED = bench.ROOT / "build/bench"
HERE = pathlib.Path(__file__).resolve().parent
UID = 60901  # of users that exist in a peer's namespace only


def unpacked(package, program):
    """The folder with a Debian package's files; its libraries are among ./dev's packages."""
    root = UNPACKED / package
    if not (root / program).exists():
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        try:
            subprocess.run(["apt-get", "-q", "download", package], cwd=root, check=True, capture_output=True, text=True, timeout=300)
            subprocess.run(["dpkg", "-x", *root.glob("*.deb"), root], check=True, capture_output=True, text=True)
        except (subprocess.SubprocessError, OSError) as error:
            raise Unavailable(f"{package}: cannot be downloaded: {getattr(error, 'stderr', error)}") from error
    listed = subprocess.run(["ldd", root / program], capture_output=True, text=True).stdout
    missing = [line.split()[0] for line in listed.splitlines() if "not found" in line]
    if missing:
        raise Unavailable(f"{package}: {', '.join(missing)} missing")
    return root


def users(folder, *names):
    """Copies of /etc/passwd and /etc/group with these users besides, to be bound over them."""
    binds = {}
    for path, line in (("/etc/passwd", "{0}:x:{1}:{1}::/nonexistent:/usr/sbin/nologin"), ("/etc/group", "{0}:x:{1}:")):
        copy = folder / path.rsplit("/", 1)[-1]
        copy.write_text(pathlib.Path(path).read_text() + "".join(line.format(name, UID + at) + "\n" for at, name in enumerate(names)))
        binds[path] = copy
    return binds


EXIM = """keep_environment =
deliver_drop_privilege = true
exim_path = {program}
exim_user = Debian-exim
exim_group = Debian-exim
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
log_selector = -all
primary_hostname = mx.desk.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
hosts_proxy = 127.0.0.1
smtp_connect_backlog = 4096
smtp_accept_max = 1200
smtp_accept_queue = 0
smtp_accept_queue_per_connection = 0
message_size_limit = 50M
host_lookup =
rfc1413_hosts =
never_users =
tls_advertise_hosts = *
tls_certificate = {folder}/cert.pem
tls_privatekey = {folder}/key.pem
dkim_verify_signers = sender.example
acl_smtp_rcpt = rcpt
acl_smtp_dkim = dkim
acl_smtp_data = data
begin acl
rcpt:
  deny !spf = pass
  accept domains = desk.example
  deny
dkim:
  accept dkim_status = pass
  deny message = the signature does not pass
data:
  warn add_header = :at_start:${{authresults {{mx.desk.example}}}}
  accept
begin routers
hole:
  driver = redirect
  data = :blackhole:
begin transports
begin retry
begin rewrite
"""


class Exim(Peer):
    key, title = "exim", "Exim with SPF + DKIM"
    checks = "SPF, DKIM (Debian's Exim has no DMARC)"
    durability = "250 after fsync of the message's files; then delivered to nowhere, by a process of its own"
    judges = forks = is_proxied = True  # its SPF library passes every loopback client unasked

    def __init__(self, world, connections):
        root = unpacked("exim4-daemon-heavy", "usr/sbin/exim4")
        super().__init__(connections)
        folder, self.port = harness.temporary_folder("exim"), harness.free_port()
        for name in ("spool", "log"):
            (folder / name).mkdir()
        for name, path in (("cert.pem", world.certificate), ("key.pem", world.key)):
            shutil.copy(path, folder / name)
        program, config = root / "usr/sbin/exim4", folder / "exim.conf"
        config.write_text(EXIM.format(program=program, folder=folder, port=self.port))
        for path in (folder / "spool", folder / "log", folder / "key.pem"):
            os.chown(path, UID, UID)
        binds = users(folder, "Debian-exim") | {"/etc/resolv.conf": world.resolver.resolv_conf}
        spawn("exim", self.group, in_namespace(binds, [program, "-C", config, "-bdf"]), lambda: greets(self.port, True), folder / "out")


class OpenSmtpd(Peer):
    key, title, checks = "opensmtpd", "OpenSMTPD", "none"
    durability = "250 after rename of the queue file, without any fsync: mail can be lost; accepts only, delivers nothing"

    def __init__(self, world, connections):
        root = unpacked("opensmtpd", "usr/sbin/smtpd")
        super().__init__(connections)
        folder, self.port = harness.temporary_folder("opensmtpd"), harness.free_port()
        for name in ("spool/smtpd", "lib/opensmtpd/empty", "run"):
            (folder / name).mkdir(parents=True)
        for name in ("spool", "spool/smtpd"):
            (folder / name).chmod(0o711)
        make_certificate(["-newkey", "rsa:2048"], folder / "cert.pem", folder / "key.pem")  # its key process knows RSA only
        (folder / "key.pem").chmod(0o600)
        (folder / "smtpd.conf").write_text(f"""pki bench cert "{folder}/cert.pem"
pki bench key "{folder}/key.pem"
smtp max-message-size 50M
listen on 127.0.0.1 port {self.port} tls pki bench hostname mx.desk.example
action "out" relay host smtp://127.0.0.1:9
match from any for domain "desk.example" action "out"
""")
        binds = users(folder, "opensmtpd", "opensmtpq") | {"/etc/resolv.conf": world.resolver.resolv_conf, "/var/spool": folder / "spool",
                                                           "/var/lib": folder / "lib", "/run": folder / "run"}
        command = [root / "usr/sbin/smtpd", "-d", "-f", folder / "smtpd.conf"]
        process = spawn("opensmtpd", self.group, in_namespace(binds, command), lambda: greets(self.port), folder / "out")
        subprocess.run(["nsenter", "-m", "-t", str(process.pid), str(root / "usr/sbin/smtpctl"), "pause", "mta"], capture_output=True, check=False)


class Haraka(Peer):
    key, title, checks = "haraka", "Haraka", "none"
    durability = "250 after fsync and rename of a file a message (queue plugin of ours)"

    def __init__(self, world, connections):
        modules = HERE / "haraka/node_modules"
        if not (modules / "Haraka/bin/haraka").exists():
            try:
                subprocess.run(["npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE / "haraka", check=True,
                               capture_output=True, text=True, timeout=600)
            except (subprocess.SubprocessError, OSError) as error:
                raise Unavailable(f"npm ci: {str(getattr(error, 'stderr', error))[-300:]}") from error
        super().__init__(connections)
        folder, self.port = harness.temporary_folder("haraka"), harness.free_port()
        shutil.copytree(modules / "Haraka/config", folder / "config")
        for name in ("plugins", "queue", "mail"):
            (folder / name).mkdir()
        shutil.copy(HERE / "haraka/queue_durably.js", folder / "plugins")
        shutil.copy(world.certificate, folder / "config/tls_cert.pem")
        shutil.copy(world.key, folder / "config/tls_key.pem")
        files = {"smtp.ini": f"listen=127.0.0.1:{self.port}\nnodes=2\n", "me": "mx.desk.example\n", "host_list": "desk.example\n", "loglevel": "WARN\n",
                 "log.ini": "level=warn\n", "tls.ini": "requestCert=false\n", "queue_durably": f"{folder}/mail\n",
                 "plugins": "tls\nrcpt_to.in_host_list\nqueue_durably\n"}
        for name, text in files.items():
            (folder / "config" / name).write_text(text)
        command = in_namespace({"/etc/resolv.conf": world.resolver.resolv_conf}, ["node", modules / "Haraka/bin/haraka", "-c", folder])
        spawn("haraka", self.group, command, lambda: greets(self.port), folder / "out", 60)
