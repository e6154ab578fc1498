"""The filters that make a Postfix check its mail: opendkim, opendmarc, policyd-spf and rspamd as Debian packages them.

Each refuses what does not pass, so a measured message that was accepted did pass, and each gets what makes it cheap: unix
sockets (inet ones cost a milter over 100 ms a message), no syslog, our resolver without a round trip; rspamd without what
needs the Internet or redis (block lists, fuzzy hashes, reputation, greylisting, Bayes, neural nets)."""
import os
import pathlib
import pwd
import shutil

import harness
from smtp_world import AUTHSERV_ID, Unavailable, in_namespace, spawn

OPENDKIM = """Mode v
Socket local:{folder}/opendkim.sock
UMask 000
InternalHosts {folder}/nobody
ExternalIgnoreList {folder}/nobody
AuthservID {authserv}
AlwaysAddARHeader yes
Nameservers {resolver}
QueryCache yes
On-Default reject
Syslog no
UserID opendkim
Background no
"""
OPENDMARC = """AuthservID {authserv}
TrustedAuthservIDs {authserv}
Socket local:{folder}/opendmarc.sock
UMask 000
IgnoreHosts {folder}/nobody
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
RejectFailures true
Syslog false
UserID opendmarc
Background false
"""
POLICYD_SPF = """debugLevel = 0
TestOnly = 1
HELO_reject = False
Mail_From_reject = SPF_Not_Pass
PermError_reject = True
TempError_Defer = True
skip_addresses = 192.0.2.255/32
Header_Type = AR
Authserv_Id = {authserv}
"""
# In rspamd's own words: these would ask hosts of the Internet or a redis, or keep state of their own.
RSPAMD_OFF = ("rbl surbl fuzzy_check asn phishing mid rspamd_update url_redirector greylist ratelimit history_redis neural replies "
              "clickhouse p0f reputation maillist dkim_signing bimi mx_check").split()


class Milters:
    """opendkim and opendmarc for one Postfix, and the file that policyd-spf reads."""

    def __init__(self, world, group):
        for program in ("/usr/sbin/opendkim", "/usr/sbin/opendmarc", "/usr/bin/policyd-spf"):
            if not pathlib.Path(program).exists():
                raise Unavailable(f"{program} is not installed")
        self.folder = harness.temporary_folder("milters")
        self.folder.chmod(0o1777)
        (self.folder / "nobody").write_text("192.0.2.255\n")
        for name, text, options in (("opendkim", OPENDKIM, ["-f", "-x"]), ("opendmarc", OPENDMARC, ["-f", "-c"])):
            path = self._write(f"{name}.conf", text, world)
            command = world.resolver.behind(f"/usr/sbin/{name}", *options, path)
            spawn(name, group, command, (self.folder / f"{name}.sock").exists, self.folder / f"{name}.log")
        self.policyd_spf = self._write("policyd-spf.conf", POLICYD_SPF, world)
        self.sockets = [f"unix:{self.folder}/{name}.sock" for name in ("opendkim", "opendmarc")]

    def _write(self, name, text, world):
        path = self.folder / name
        path.write_text(text.format(folder=self.folder, authserv=AUTHSERV_ID, resolver=world.resolver.address))
        path.chmod(0o644)
        return path


class Rspamd:
    """rspamd's proxy worker as a milter that scans by itself, with Debian's rules and scores."""

    def __init__(self, world, group, workers=2):
        if not pathlib.Path("/usr/bin/rspamd").exists():
            raise Unavailable("rspamd is not installed")
        folder = harness.temporary_folder("rspamd")
        shutil.copytree("/etc/rspamd", folder, dirs_exist_ok=True)
        for sub in ("local.d", "override.d", "db", "log"):
            (folder / sub).mkdir(exist_ok=True)
        self.socket = f"unix:{folder}/proxy.sock"
        for name, text in self._settings(folder, world, workers).items():
            (folder / name).write_text(text)
        user = pwd.getpwnam("_rspamd")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        variables = {"LOCAL_CONFDIR": folder, "CONFDIR": folder, "DBDIR": folder / "db", "RUNDIR": folder, "LOGDIR": folder / "log"}
        command = ["/usr/bin/rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", "-c", folder / "rspamd.conf", *(f"--var={k}={v}" for k, v in variables.items())]
        binds = {"/etc/resolv.conf": world.resolver.resolv_conf}
        spawn("rspamd", group, in_namespace(binds, command), (folder / "proxy.sock").exists, folder / "out", 60)

    @staticmethod
    def _settings(folder, world, workers):
        settings = {f"local.d/{module}.conf": "enabled = false;\n" for module in RSPAMD_OFF}
        settings |= {f"local.d/{module}.conf": "check_local = true; check_authed = true;\n" for module in ("spf", "dkim", "dmarc", "arc")}
        settings |= {f"local.d/worker-{kind}.inc": "enabled = false;\n" for kind in ("normal", "controller", "fuzzy")}
        return settings | {
            "local.d/options.inc": f'dns {{ nameserver = ["{world.resolver.address}:53:1"]; timeout = 5s; }}\nlocal_addrs = "192.0.2.255/32";\n'
                                   f'check_local = true;\npidfile = "{folder}/rspamd.pid";\ncontrol_socket = "{folder}/control.sock mode=0600";\n',
            "local.d/logging.inc": f'type = "file"; filename = "{folder}/log/rspamd.log"; level = "warning";\n',
            "local.d/classifier-bayes.conf": "enabled = false;\n", "statistic.conf": "",
            "local.d/milter_headers.conf": 'use = ["authentication-results"]; skip_local = false; skip_authenticated = false;\n',
            "local.d/composites.conf": 'BENCH_NOT_PASSED { expression = "!R_SPF_ALLOW | !R_DKIM_ALLOW | !DMARC_POLICY_ALLOW"; score = 5000.0; }\n',
            "local.d/actions.conf": "reject = 999; add_header = 990; greylist = null;\n",
            "local.d/worker-proxy.inc": f'bind_socket = "{folder}/proxy.sock mode=0666"; milter = yes; timeout = 120s; count = {workers};\n'
                                        'upstream "local" { default = yes; self_scan = yes; }\n'}
