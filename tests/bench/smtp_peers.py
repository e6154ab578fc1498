"""Postern and its peers for smtp_bench.py: Postfix by itself, with the filters of smtp_milters.py, and a sink that does nothing.

A peer has: key, title, checks, durability (what its 250 means, in words), tls (whether it offers STARTTLS), judges (whether
it checks senders; tried with mail that must not pass), port, group (the accounting group of it and all its helpers), forks (a
process a message), is_proxied (a PROXY line names the client), verify(replies) -> complaint or None. Making one starts it or
raises Unavailable; stop() ends it."""
import pathlib
import re
import subprocess

import harness
from accounting import Group
from smtp_milters import Milters, Rspamd
from smtp_world import Unavailable, greets, in_namespace, spawn

VERDICTS_LOOKED_AT = 40  # of each run of Postern: traces that are read back


class Peer:
    key = title = checks = durability = ""
    tls, judges, forks, is_proxied = True, False, False, False

    def __init__(self, connections):
        self.connections, self.group = connections, Group(self.key)

    def verify(self, replies):
        """What is wrong with the verdicts on the messages with these replies; None when nothing is. Peers that refuse what does
        not pass need no more than their 250."""
        return None

    def stop(self):
        self.group.end()


class Postern(Peer):
    key, title = "postern", "Postern"
    checks = "SPF, DKIM, DMARC, ARC, iprev; redaction; spam score; a ticket, sealed and in an encrypted store"
    durability = "250 after fdatasync of the store's log, one for several sessions"
    judges = True

    def __init__(self, world, connections):
        super().__init__(connections)
        self.gateway = self.make_gateway({"dns.servers": f'["{world.resolver.address}:53"]', "smtp.sessions_per_network_max": "10000", "server.log_level": '"warn"'})
        with self.group.entered():
            self.gateway.start(wait=False)
        harness.wait_until(self.gateway.is_ready, "the gateway is ready", 600)
        for name, path in (("cert", world.certificate), ("key", world.key)):
            path.write_bytes((self.gateway.data / "tls" / f"{name}.pem").read_bytes())
        self.port = self.gateway.smtp
        self.api = self.gateway.owner_over_control()

    def make_gateway(self, settings):
        return harness.Gateway(settings)

    def verify(self, replies):
        step = max(1, len(replies) // VERDICTS_LOOKED_AT)
        for reply in replies[::step]:
            found = re.search(r"Accepted as (\w+)", reply)
            if not found:
                return f"no id in {reply!r}"
            trace = self.api.get(f"/api/v2/traces/{found[1]}")["trace"]
            details = {entry["what"]: entry["detail"] for entry in trace["steps"]}
            if sorted(details.get("authenticated", "").split()) != ["dkim=pass", "dmarc=pass", "spf=pass"] or not details.get("stored", "").startswith("ticket/"):
                return f"{found[1]}: {details}"
        return None

    def stop(self):
        self.gateway.stop()
        super().stop()


class Postfix(Peer):
    key, title, checks = "postfix", "Postfix", "none"
    durability = "250 after fsync of the queue file; then discarded"
    smtpd_max = 600

    def __init__(self, world, connections):
        if not pathlib.Path("/usr/sbin/postfix").exists():
            raise Unavailable("postfix is not installed")
        super().__init__(connections)
        self.postfix = harness.Postfix(["desk.example"], (world.certificate, world.key))
        self.postfix.stop()
        self.port = self.postfix.port
        settings = ["virtual_transport=discard", "smtpd_client_connection_count_limit=0", "smtpd_client_connection_rate_limit=0", "in_flow_delay=0",
                    "default_process_limit=1024", "smtpd_tls_loglevel=0", "milter_default_action=tempfail", "milter_protocol=6"]
        self._postconf(*settings, *self.filters(world))
        master = self.postfix.config / "master.cf"
        smtpd_max = min(self.smtpd_max, max(128, max(connections) + 32))
        master.write_text(re.sub(r"(?m)^(127\.0\.0\.1:\d+ inet n - n -) - smtpd$", rf"\1 {smtpd_max} smtpd", master.read_text()) + self.services())
        command = ["/usr/sbin/postfix", "-c", str(self.postfix.config), "start"]
        done = subprocess.run(in_namespace({"/etc/resolv.conf": world.resolver.resolv_conf}, command), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=self.group.enter)
        self.postfix.running = done.returncode == 0
        if not self.postfix.running:
            raise Unavailable(f"postfix start: exit {done.returncode}")
        harness.wait_until(lambda: greets(self.port), f"{self.title} answers", 60)

    def _postconf(self, *settings):
        subprocess.run(["/usr/sbin/postconf", "-c", str(self.postfix.config), "-e", *settings], check=True)

    def filters(self, world):
        """Settings that put filters before the queue; starts them."""
        return []

    def services(self):
        """Lines for master.cf."""
        return ""

    def stop(self):
        self.postfix.stop()
        super().stop()


class PostfixRspamd(Postfix):
    key, title = "postfix-rspamd", "Postfix + rspamd"
    checks = "SPF, DKIM, DMARC, ARC; spam score (no network lists, no Bayes)"
    judges = True

    def filters(self, world):
        return [f"smtpd_milters={Rspamd(world, self.group).socket}"]


class PostfixStack(Postfix):
    key, title = "postfix-stack", "Postfix + opendkim + opendmarc + policyd-spf + rspamd"
    checks = "SPF, DKIM, DMARC twice (opendkim, opendmarc, policyd-spf; rspamd); spam score (no network lists, no Bayes)"
    judges = True
    smtpd_max = 128  # each has a Python process of policyd-spf behind it; further connections wait in the listen queue

    def filters(self, world):
        self.milters = Milters(world, self.group)
        sockets = [*self.milters.sockets, Rspamd(world, self.group).socket]
        return ["smtpd_milters=" + " ".join(sockets), "policyd-spf_time_limit=3600",
                "smtpd_recipient_restrictions=check_policy_service unix:private/policyd-spf, permit"]

    def services(self):
        return f"policyd-spf unix - n n - 0 spawn user=policyd-spf argv=/usr/bin/policyd-spf {self.milters.policyd_spf}\n"


class Sink(Peer):
    """Postfix's smtp-sink: reads and forgets. What the generator can do at most."""

    key, title, checks = "sink", "smtp-sink (does nothing)", "none"
    durability, tls = "none", False

    def __init__(self, world, connections):
        if not pathlib.Path("/usr/sbin/smtp-sink").exists():
            raise Unavailable("smtp-sink is not installed")
        super().__init__(connections)
        self.port = harness.free_port()
        log = harness.temporary_folder("sink") / "log"
        spawn("smtp-sink", self.group, ["/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{self.port}", "1024"], lambda: greets(self.port), log)
