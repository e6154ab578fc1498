#!/usr/bin/python3
"""The API at ten thousand and at a million tickets, side by side in the same minutes: latency of everyday requests over HTTPS with a
token, requests a second and core, memory, starting, a mail that comes in; beside Request Tracker on PostgreSQL, and the HTTP layer
beside nginx and a bare Beast server. api.md has the method. Writes api_results.md and api_results.json.

Stores are kept where --keep says, and used again the next time: NUMBER/data, made by api_fill."""
import argparse
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import random
import shutil
import ssl
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
sys.path.insert(0, str(ROOT / "tests/bench"))
import api_peers  # noqa: E402
import api_plans  # noqa: E402
import api_report  # noqa: E402
import bench  # noqa: E402
import harness  # noqa: E402
from accounting import Group, machine_seconds  # noqa: E402

INBOXES = ["sales", "billing", "returns"]
CROWD = 8  # connections at once, for requests a second
MAILS = 200
JOBS = 12
JOB_TICKETS = 100


def say(text):
    print(text, file=sys.stderr, flush=True)


def fill(binary, folder, words, count, comments):
    """A store of so many tickets; what it took to make it."""
    made = folder / "fill.json"
    if made.exists():
        return json.loads(made.read_text())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    gateway = harness.Gateway(data=folder)
    with open(gateway.config, "a") as out:
        for name in INBOXES:
            out.write(f'\n[[inbox]]\nworkspace = "desk.example"\naddresses = ["{name}@desk.example"]\ndisplay_name = "{name.capitalize()}"\n')
    say(f"filling {count:,} tickets")
    done = subprocess.run([str(binary), "--config", str(gateway.config), "--words", str(words), "--tickets", str(count), "--comments", str(comments)],
                          stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("api_fill failed")
    facts = json.loads(done.stdout.splitlines()[-1])
    facts["store_bytes"] = sum(path.stat().st_size for path in (folder / "data").rglob("*") if path.is_file())
    made.write_text(json.dumps(facts))
    return facts


class Store:
    """A running server over a store of `count` tickets."""

    def __init__(self, folder, count, settings):
        self.count = count
        self.gateway = harness.Gateway(settings, data=folder)
        self.group = Group(f"api{count}")
        begin = time.monotonic()
        with self.group.entered():
            self.gateway.start(wait=False)
        harness.wait_until(self.gateway.is_ready, "the gateway is ready", 600)
        self.start_seconds = time.monotonic() - begin
        self.token = harness.first_owner_token(self.gateway)
        self.port, self.authorization, self.is_plain = self.gateway.web, f"Bearer {self.token}", False
        self.api = harness.Api(self.gateway, token=self.token)
        self.views = {each["title"]: each["id"] for each in self.api.get("/api/v2/views")["views"]}
        self.memory = {"after start": self.group.memory_mb()}

    def stop(self):
        self.gateway.stop()
        self.group.end()


class Client:
    def __init__(self, tool, folder, seconds):
        self.tool, self.folder, self.seconds = tool, folder, seconds

    def run(self, target, plan, connections, seconds=None, requests=None):
        """One run against anything that has port, authorization, is_plain and group, or a cookie."""
        path = self.folder / "plan"
        path.write_text("".join("\t".join(step) + "\n" for step in plan))
        command = [str(self.tool), "--port", str(target.port), "--plan", str(path), "--connections", str(connections), "--seconds", str(seconds or self.seconds),
                   "--plain", "1" if target.is_plain else "0", "--authorization", target.authorization, "--cookie", getattr(target, "cookie", "")]
        if requests:
            command += ["--requests", str(requests)]
        cpu, machine, begin = target.group.cpu_seconds(), machine_seconds(), time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if not done.stdout:
            raise RuntimeError(done.stderr[-300:])
        out = json.loads(done.stdout)
        used = target.group.cpu_seconds() - cpu
        wall = time.monotonic() - begin
        out["cpu_us"] = used * 1e6 / max(1, out["requests"])
        out["others"] = max(0.0, machine_seconds() - machine - used - out["cpu_ms"] / 1000) / wall / os.cpu_count()
        if done.stderr.strip():
            out["complaint"] = done.stderr.strip()[:300]
        return out


def measure_operations(client, stores, names, rounds, crowd_seconds):
    """{operation: {tickets: [a run a round]}}, each with what one connection and what a crowd saw."""
    out = {}
    for name in names:
        out[name] = {store.count: [] for store in stores}
        for turn in range(rounds + 1):  # the first one warms up
            for store in stores:
                chance = random.Random(f"{name} {turn}")
                plan = api_plans.plan(name, store, chance)
                few = 0.4 if turn == 0 else None
                alone = client.run(store, plan, 1, few)
                crowd = client.run(store, plan, CROWD, 0.4 if turn == 0 else crowd_seconds)
                if turn:
                    out[name][store.count].append({"alone": alone, "crowd": crowd})
        for store in stores:
            runs = out[name][store.count]
            say(f"  {name:34} {store.count:>9,}: p50 {statistics.median(r['alone']['p50'] for r in runs):8.2f} p99 {statistics.median(r['alone']['p99'] for r in runs):8.2f} ms,"
                f" {statistics.median(r['crowd']['cpu_us'] for r in runs):9.0f} us CPU, {runs[-1]['alone']['statuses']} {runs[-1]['alone'].get('complaint', '')}")
    return out


def measure_jobs(store):
    """Bulk edits of a hundred tickets: seconds until the job is done, and CPU a ticket."""
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", store.port, context=context, timeout=120)
    chance, seconds = random.Random(5), []

    def ask(verb, path, body=None):
        connection.request(verb, path, json.dumps(body) if body else None, {"Authorization": store.authorization, "Content-Type": "application/json"})
        answer = connection.getresponse()
        return json.loads(answer.read())

    cpu = store.group.cpu_seconds()
    for number in range(JOBS):
        ids = ",".join(str(each) for each in api_plans.unsolved(store, chance, JOB_TICKETS))
        begin = time.monotonic()
        job = ask("PUT", f"/api/v2/tickets/update_many?ids={ids}", {"ticket": {"additional_tags": [f"bulk{number}"], "priority": "high"}})["job_status"]
        while ask("GET", f"/api/v2/job_statuses/{job['id']}")["job_status"]["status"] not in ("completed", "failed"):
            time.sleep(0.02)
        seconds.append(time.monotonic() - begin)
    used = store.group.cpu_seconds() - cpu
    connection.close()
    return {"tickets": JOB_TICKETS, "seconds": sorted(seconds), "cpu_us_a_ticket": used * 1e6 / JOBS / JOB_TICKETS}


def measure_mail(tool, corpus, store, rounds):
    out = []
    for turn in range(rounds + 1):
        facts = bench.measure(tool, store.group, store.gateway.smtp, corpus, MAILS, 10, "starttls", 4)
        if turn:
            out.append(facts)
    return {name: statistics.median(each[name] for each in out) for name in ("cpu_ms", "p50_ms", "p99_ms", "rate")}


def build(folder):
    """The client and the bare server; api_fill was built with the release."""
    for name in ("api_load", "api_beast"):
        subprocess.run(["clang++-19", "-O2", "-std=c++20", "-o", str(folder / name), str(ROOT / f"tests/bench/{name}.cc"), "-lssl", "-lcrypto", "-pthread"], check=True)
    return folder / "api_load"


@contextlib.contextmanager
def kept(path, name):
    if path:
        pathlib.Path(path).mkdir(parents=True, exist_ok=True)
        yield pathlib.Path(path)
    else:
        yield harness.temporary_folder(name)


def write_results(found, folder):
    found["load_after"] = os.getloadavg()
    out = pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    (out / "api_results.json").write_text(json.dumps(found, indent=1) + "\n")
    text = api_report.report(json.loads((out / "api_results.json").read_text()))
    (out / "api_results.md").write_text(text)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", default="10000,1000000", help="sizes of the stores, the smallest first")
    parser.add_argument("--comments", type=int, default=2, help="of a ticket on average; 10 make ten million at a million tickets")
    parser.add_argument("--keep", help="folder in which stores stay for the next time; gigabytes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="of one run of one request with one connection")
    parser.add_argument("--only", help="operations, separated by commas: parts of their names")
    parser.add_argument("--rt", default="10000", help="sizes at which Request Tracker is measured beside it; 0: not at all")
    parser.add_argument("--results", default=str(ROOT / "tests/bench"), help="folder of api_results.md and api_results.json")
    parser.add_argument("--fill-only", action="store_true")
    given = parser.parse_args()
    sizes = [int(each) for each in given.tickets.split(",")]
    work = harness.temporary_folder("api-bench")
    words = api_plans.write_words(work / "words")
    api_plans.use_words(words)
    tool = build(work)
    binary = pathlib.Path(os.environ.get("POSTERN_API_FILL", ROOT / "build/release/api_fill"))
    found = {"at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="minutes"), "load_before": os.getloadavg(), "comments": given.comments, "rt": {},
             "machine": api_report.machine(), "fill": {}, "stores": {}, "rounds": given.rounds, "seconds": given.seconds}
    with kept(given.keep, "api-stores") as keep:
        for size in sizes:
            found["fill"][size] = fill(binary, keep / str(size), words, size, given.comments)
        if given.fill_only:
            return
        names = [name for name in api_plans.OPERATIONS if not given.only or any(part in name for part in given.only.split(","))]
        world = api_peers.MailWorld(work)
        client = Client(tool, work, given.seconds)
        stores = [Store(keep / str(size), size, world.settings) for size in sizes]
        for store in stores:
            store.memory["before"] = store.group.memory_mb()
        found["operations"] = measure_operations(client, stores, names, given.rounds, given.seconds / 2)
        for store in stores:
            store.memory["after all requests"] = store.group.memory_mb()
            found["stores"][store.count] = {"start_seconds": store.start_seconds, "memory_mb": store.memory}
        if not given.only:
            for store in stores:
                facts = found["stores"][store.count]
                facts["jobs"] = measure_jobs(store)
                facts["mail"] = measure_mail(world.tool, world.corpus, store, given.rounds)
                store.memory["after mail and jobs"] = store.group.memory_mb()
            found["http"] = api_peers.measure_http(client, work, stores[0], given.rounds)
        for store in stores:
            store.stop()
        world.stop()
        write_results(found, given.results)  # Request Tracker takes long to set up
        if not given.only and given.rt != "0":
            texts = [str(binary), "--print", "1", "--words", str(words), "--comments", str(given.comments)]
            found["rt"] = api_peers.measure_rt(client, work, [int(each) for each in given.rt.split(",")], texts, given.rounds)
    print(write_results(found, given.results))


if __name__ == "__main__":
    main()
