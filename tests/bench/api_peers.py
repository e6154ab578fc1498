"""What api_bench.py measures beside the API: mail that comes in (with a resolver that knows its sender, and a sink for answers), the
HTTP layer beside nginx and a bare Beast server, and Request Tracker."""
import base64
import pathlib
import shutil
import statistics
import subprocess
import time

import api_rt
import bench
import harness
from accounting import Group

CUSTOMER_DOMAINS = 977  # as api_fill.cc has it
HTTP_CROWD = 32
STATIC = "/favicon.ico"


class MailWorld:
    """Signed mail, the zone of its sender and of the customers, and a sink that takes what is sent to them."""

    def __init__(self, folder):
        self.tool = bench.build_load(folder)
        key = folder / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", str(key), "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        self.corpus = folder / "4k"
        bench.corpus(self.corpus, 4000, 100, key.read_bytes())
        domain = bench.DOMAIN
        zone = {(domain, "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"], (domain, "MX"): [f"10 mail.{domain}."], (f"mail.{domain}", "A"): ["127.0.0.1"],
                (f"s1._domainkey.{domain}", "TXT"): ["v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()],
                (f"_dmarc.{domain}", "TXT"): ["v=DMARC1; p=reject; adkim=s; aspf=s"]}
        zone |= {(f"customers{each}.example", "MX"): [f"10 mail.{domain}."] for each in range(CUSTOMER_DOMAINS)}
        self.dns = harness.Dns(zone)
        self.port = harness.free_port()
        self.sink = subprocess.Popen(["/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{self.port}", "200"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.settings = {"dns.servers": f'["{self.dns.address}"]', "delivery.port": str(self.port), "server.log_level": '"warn"',
                         "smtp.sessions_per_network_max": "10000", "web.connections_per_network_max": "1000"}

    def stop(self):
        self.sink.terminate()
        self.sink.wait(10)
        self.dns.stop()


class Peer:
    """A server of HTTPS in a group of its own."""
    authorization, is_plain = "", False

    def __init__(self, name, command, port):
        self.port, self.group = port, Group(name)
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=self.group.enter)
        harness.wait_until(lambda: harness.port_is_open(port), f"{name} answers", 20)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.group.end()


def start_nginx(folder, tls):
    root, port = folder / "nginx", harness.free_port()
    (root / "www").mkdir(parents=True)
    (root / "www" / "1k.json").write_text('{"text":"' + "x" * 1000 + '"}')
    for path in (folder, root, root / "www"):
        path.chmod(0o755)
    temporary = " ".join(f"{kind}_temp_path {root}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (root / "nginx.conf").write_text(f"""worker_processes 2; daemon off; pid {root}/pid; error_log {root}/log;
events {{ worker_connections 4096; multi_accept on; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000; root {root}/www; open_file_cache max=100; {temporary}
 ssl_certificate {tls / 'cert.pem'}; ssl_certificate_key {tls / 'key.pem'}; ssl_protocols TLSv1.3;
 server {{ listen 127.0.0.1:{port} ssl reuseport; }} }}
""")
    return Peer("nginx", ["/usr/sbin/nginx", "-c", str(root / "nginx.conf")], port)


def measure_http(client, work, store, rounds):
    """{who: {"rate", "p50", "p99", "cpu_us", "bytes"}}, medians of rounds in which all take turns; {"void": why} of who is missing."""
    tls = store.gateway.data / "tls"
    port = harness.free_port()
    started = {"bare Beast, JSON of 1 KB": (Peer("beast", [str(work / "api_beast"), str(port), "2", str(tls / "cert.pem"), str(tls / "key.pem")], port), "/tickets/4711")}
    out = {}
    if pathlib.Path("/usr/sbin/nginx").exists():
        started["nginx, file of 1 KB"] = (start_nginx(work, tls), "/1k.json")
    else:
        out["nginx, file of 1 KB"] = {"void": "nginx is not installed"}
    started["Postern, static file"] = (store, STATIC)
    started["Postern, a ticket, with a token"] = (store, "/api/v2/tickets/1")
    runs = {name: [] for name in started}
    for turn in range(rounds + 1):
        for name, (peer, target) in started.items():
            run = client.run(peer, [("GET", target)], HTTP_CROWD)
            if turn:
                runs[name].append(run)
    for name, rows in runs.items():
        out[name] = {key: statistics.median(row[key] for row in rows) for key in ("p50", "p99", "cpu_us")}
        out[name]["rate"] = statistics.median(row["requests"] / row["seconds"] for row in rows)
        out[name]["bytes"] = rows[-1]["bytes"] / max(1, rows[-1]["requests"])
        out[name]["statuses"] = rows[-1]["statuses"]
    for peer, _ in started.values():
        if peer is not store:
            peer.stop()
    return out


RT_WORDS = ["delivery", "refund", "invoice", "payment", "password"]
RT_PLANS = {
    "open a ticket": [("GET", "/REST/2.0/ticket/%d")],
    "its conversation": [("GET", "/REST/2.0/ticket/%d/history?fields=Type,Creator,Created,Content&per_page=20")],
    "view, page of 25": [("GET", "/REST/2.0/tickets?query=Status%%3D%%27open%%27&orderby=Created&per_page=25&fields=Subject,Status,Requestor,Created,LastUpdated,Owner")],
    "search: rare (an order number)": [("GET", "/REST/2.0/tickets?query=Content%%20LIKE%%20%%27%s%%27&per_page=25&fields=Subject,Status,Created")],
    "search: a frequent word": [("GET", f"/REST/2.0/tickets?query=Content%%20LIKE%%20%%27{word}%%27&per_page=25&fields=Subject,Status,Created") for word in RT_WORDS],
    "internal note": [("POST", "/REST/2.0/ticket/%d/comment", '{"Content":"We have looked at it.","ContentType":"text/plain"}')],
    "reply by mail": [("POST", "/REST/2.0/ticket/%d/correspond", '{"Content":"We have looked at it.","ContentType":"text/plain"}')],
}


def rt_plan(name, tickets, chance):
    import api_plans
    out = []
    for _ in range(200):
        step = chance.choice(RT_PLANS[name])
        target = step[1]
        if "%d" in target or "%s" in target:
            number = chance.randint(1, tickets)
            target %= number if "%d" in target else (api_plans.order_of(number),)
        else:
            target = target.replace("%%", "%")
        out.append((step[0], target, *step[2:]))
    return out


def measure_rt(client, work, sizes, texts, rounds):
    """{tickets: {operation: {"p50", "p99", "cpu_us"}}}; {"void": why} where it could not be had."""
    import random
    if missing := api_rt.missing():
        return {"void": "not installed: " + ", ".join(missing)}
    out = {}
    for size in sizes:
        folder = work / f"rt{size}"
        tracker = None
        try:
            begin = time.monotonic()
            tracker = api_rt.RequestTracker(folder, size, [*texts, "--tickets", str(size)])
            tracker.port, tracker.is_plain = tracker.web, True
            rows = {"setup_seconds": time.monotonic() - begin, "operations": {}}
            for name in RT_PLANS:
                runs = [client.run(tracker, rt_plan(name, size, random.Random(f"{name} {turn}")), 1, None if turn else 1.0) for turn in range(rounds + 1)][1:]
                rows["operations"][name] = {key: statistics.median(run[key] for run in runs) for key in ("p50", "p99", "cpu_us")} | {"statuses": runs[-1]["statuses"]}
            rows["memory_mb"] = tracker.group.memory_mb()
            out[size] = rows
        except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as problem:
            out[size] = {"void": str(problem)[:300]}
        finally:
            if tracker:
                tracker.stop()
            shutil.rmtree(folder, ignore_errors=True)
    return out
