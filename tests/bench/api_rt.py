"""Request Tracker 5 on PostgreSQL 15, as Debian has them, for api_bench.py: a cluster and a server of their own, filled by SQL with the
texts that Postern's store has (creating a ticket through RT takes a tenth of a second), with the full-text index that RT recommends."""
import http.cookiejar
import os
import pathlib
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

import harness
from accounting import Group

POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")
PACKAGES = ["request-tracker5", "rt5-db-postgresql", "rt5-standalone", "starman", "postgresql-15"]
SETTINGS = """port = {port}
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
shared_buffers = 1GB
work_mem = 32MB
maintenance_work_mem = 512MB
effective_cache_size = 6GB
max_wal_size = 8GB
random_page_cost = 1.1
"""
SITE = """Set($rtname, 'desk.example'); Set($Organization, 'desk.example');
Set($CorrespondAddress, 'support@desk.example'); Set($CommentAddress, 'comment@desk.example');
Set($WebDomain, '127.0.0.1'); Set($WebPort, {web}); Set($WebPath, ''); Set($WebBaseURL, 'http://127.0.0.1:{web}');
Set($DatabaseType, 'Pg'); Set($DatabaseHost, '127.0.0.1'); Set($DatabasePort, '{port}'); Set($DatabaseUser, 'rt_user');
Set($DatabasePassword, 'x'); Set($DatabaseName, 'rt5'); Set($DatabaseAdmin, 'postgres');
Set($MailCommand, 'testfile'); Set($LogToSyslog, undef); Set($LogToSTDERR, 'error'); Set($SendmailPath, '/bin/true');
Set($WebSecureCookies, 0); Set(%GnuPG, Enable => 0); Set(%SMIME, Enable => 0);
Set(%FullTextSearch, Enable => 1, Indexed => 1, Column => 'ContentIndex', Table => 'Attachments');
1;
"""
AGENTS = 40
# People, the four role groups of each ticket and who is in them, tickets, one transaction and one text a comment. Ids are reckoned, so
# that everything is written in one go; sequences go on behind them.
FILL = """
create temp table base as select (select max(id) from principals) + 1 as users, {customers} as customers;
create temp table heads as select ticket, min(subject) as subject, count(*) as comments, (ticket * 7919 % {customers}) as customer,
  (ticket * 31 % {agents}) as agent, 1700000000 + (ticket * 63072000::bigint / {tickets}) as at,
  case when ticket > {tickets} - {tickets} / 50 or ticket * 7 % 50 = 0 then (array['new','open','open','stalled'])[1 + ticket * 13 % 4] else 'resolved' end as status
  from bench group by ticket;
insert into principals select users + i, 'User', 0 from base, generate_series(0, {customers} + {agents} - 1) i;
insert into users (id, name, password, emailaddress, creator, created, lastupdatedby, lastupdated)
  select users + i, n, '*NO-PASSWORD*', n, 1, now(), 1, now() from base, generate_series(0, {customers} + {agents} - 1) i,
  lateral (select case when i < {customers} then 'customer' || i || '@customers.example' else 'agent' || i - {customers} || '@desk.example' end as n) x;
create temp table kinds as select * from (values (0, 'AdminCc'), (1, 'Cc'), (2, 'Owner'), (3, 'Requestor')) k(k, name);
create temp table roles as select users + {customers} + {agents} + (ticket - 1) * 4 + k as id, name, ticket,
  case name when 'Owner' then users + {customers} + agent when 'Requestor' then users + customer end as member from heads, base, kinds;
insert into principals select id, 'Group', 0 from roles;
insert into groups (id, name, domain, instance, creator, created, lastupdatedby, lastupdated) select id, name, 'RT::Ticket-Role', ticket, 1, now(), 1, now() from roles;
insert into groupmembers (groupid, memberid, creator, created, lastupdatedby, lastupdated) select id, member, 1, now(), 1, now() from roles where member is not null;
insert into groupmembers (groupid, memberid, creator, created, lastupdatedby, lastupdated)
  select g, users + i, 1, now(), 1, now() from base, generate_series(0, {customers} + {agents} - 1) i, lateral (values (3), (case when i < {customers} then 5 else 4 end)) m(g);
create temp table cached as select row_number() over () + (select max(id) from cachedgroupmembers) as id, g, m from
  (select id as g, id as m from roles union all select id, member from roles where member is not null
   union all select groupid, memberid from groupmembers where groupid in (3, 4, 5) and memberid >= (select users from base)) x;
insert into cachedgroupmembers (id, groupid, memberid, via, immediateparentid, disabled) select id, g, m, id, g, 0 from cached;
insert into tickets (id, effectiveid, queue, type, owner, subject, status, initialpriority, finalpriority, priority, timeestimated, timeworked, timeleft,
  starts, started, due, resolved, lastupdatedby, lastupdated, creator, created)
  select ticket, ticket, 1, 'ticket', users + {customers} + agent, subject, status, 0, 0, 0, 0, 0, 0, 'epoch', 'epoch', 'epoch', 'epoch', 1,
  to_timestamp(at + comments * 86400) at time zone 'UTC', users + customer, to_timestamp(at) at time zone 'UTC' from heads, base;
create temp table texts as select row_number() over (order by ticket, n) + (select coalesce(max(id), 0) from transactions) as id, ticket, n, subject, text from bench;
insert into transactions (id, objecttype, objectid, timetaken, type, creator, created)
  select t.id, 'RT::Ticket', t.ticket, 0, case when n = 0 then 'Create' else 'Correspond' end,
  case when n % 2 = 0 then users + customer else users + {customers} + agent end, to_timestamp(at + n * 86400) at time zone 'UTC'
  from texts t join heads using (ticket), base;
insert into attachments (transactionid, parent, subject, contenttype, contentencoding, content, headers, creator, created)
  select id, 0, subject, 'text/plain', 'none', text, 'Content-Type: text/plain; charset="utf-8"' || chr(10), 1, now() from texts;
alter table attachments add column contentindex tsvector;
update attachments set contentindex = to_tsvector(content);
create index contentindex_idx on attachments using gin (contentindex);
select setval('tickets_id_seq', (select max(id) from tickets)), setval('transactions_id_seq', (select max(id) from transactions)),
  setval('principals_id_seq', (select max(id) from principals)), setval('users_id_seq', (select max(id) from users)),
  setval('groups_id_seq', (select max(id) from groups)), setval('cachedgroupmembers_id_seq', (select max(id) from cachedgroupmembers));
drop table bench;
grant all on all tables in schema public to rt_user;
"""


class RequestTracker:
    """`texts`: a command that prints the tickets' texts, as api_fill --print does."""

    def __init__(self, folder, tickets, texts, workers=2):
        self.folder, self.tickets = pathlib.Path(folder), tickets
        self.port, self.web = harness.free_port(), harness.free_port()
        self.group = Group(f"rt{tickets}")
        self.processes = []
        self._start_postgres()
        etc = self.folder / "etc"
        etc.mkdir()
        (etc / "RT_SiteConfig.pm").write_text(SITE.format(port=self.port, web=self.web))
        self.environment = {**os.environ, "RT_SITE_CONFIG": str(etc / "RT_SiteConfig.pm"), "RT_SITE_CONFIG_DIR": str(etc / "none")}
        self._run("rt-setup-database-5", "--action", "init", "--dba", "postgres", "--dba-password", "x")
        begin = time.monotonic()
        self._fill(texts)
        self.fill_seconds = time.monotonic() - begin
        self._start(["plackup", "-s", "Starman", "--workers", str(workers), "--host", "127.0.0.1", "--port", str(self.web),
                     "/usr/share/request-tracker5/libexec/rt-server"], "starman")
        harness.wait_until(lambda: harness.port_is_open(self.web), "RT answers", 60)
        self.cookie = self._sign_in()
        self.get("/REST/2.0/ticket/1")

    def _start(self, command, name):
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=self.group.enter, start_new_session=True,
                                                   env=getattr(self, "environment", None)))

    def _start_postgres(self):
        data = self.folder / "pg"
        data.mkdir(parents=True)
        for path in (self.folder, data):
            shutil.chown(path, "postgres")
            path.chmod(0o755 if path == self.folder else 0o700)
        as_postgres = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        subprocess.run([*as_postgres, str(POSTGRES / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"], check=True, capture_output=True)
        with open(data / "postgresql.conf", "a") as out:
            out.write(SETTINGS.format(port=self.port, folder=data))
        self._start([*as_postgres, str(POSTGRES / "postgres"), "-D", str(data)], "postgres")
        harness.wait_until(lambda: subprocess.run([str(POSTGRES / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0, "PostgreSQL answers", 30)

    def _run(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {(done.stderr or done.stdout)[-400:]}")
        return done

    def _psql(self, *arguments, **more):
        command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "rt5", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, **more)
        if done.returncode:
            raise RuntimeError(f"psql: {done.stderr[-400:]}")

    def _fill(self, texts):
        self._psql("-c", "create table bench (ticket bigint, n bigint, subject text, text text)")
        with subprocess.Popen(texts, stdout=subprocess.PIPE) as source:
            self._psql("-c", "copy bench from stdin", stdin=source.stdout)
        if source.returncode:
            raise RuntimeError("the texts could not be made")
        self._psql("-1", "-c", FILL.format(tickets=self.tickets, customers=self.tickets // 5 + 1, agents=AGENTS))
        self._psql("-c", "vacuum analyze")

    authorization, is_plain = "", True

    def _sign_in(self):
        """A browser's session: a token would cost a bcrypt a request, which is most of what RT takes for the cheap ones."""
        form = urllib.parse.urlencode({"user": "root", "pass": "password"}).encode()
        jar = http.cookiejar.CookieJar()
        urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(f"http://127.0.0.1:{self.web}/NoAuth/Login.html", data=form, timeout=60).close()
        return "; ".join(f"{each.name}={each.value}" for each in jar)

    def get(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.web}{path}", headers={"Cookie": self.cookie})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.read()

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.group.end()


def missing():
    """Packages that are not installed."""
    return [name for name in PACKAGES if subprocess.run(["dpkg-query", "-W", "-f=${Status}", name], capture_output=True, text=True).stdout.find("ok installed") < 0]
