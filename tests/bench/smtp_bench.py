#!/usr/bin/python3
"""Postern's SMTP edge beside other mail servers: the same mail, the same generator, the same minutes, in turn.

Postern runs its whole pipeline, durable, with SPF, DKIM and DMARC that pass for real against a zone on loopback. Every peer says
what it checks and what its 250 means, and how often it syncs is counted. A row is void when a message was not accepted or its
verdicts did not pass; a peer that checks senders is first shown mail that must not pass. `./dev bench smtp` starts it; the results
go to tests/bench/smtp_results.md and .json, plots beside them. smtp.md explains the method.
"""
import argparse
import datetime
import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import accounting  # noqa: E402
import bench  # noqa: E402
import harness  # noqa: E402
import smtp_flatness  # noqa: E402
import smtp_other_peers  # noqa: E402
import smtp_peers  # noqa: E402
import smtp_report  # noqa: E402
import smtp_world  # noqa: E402

PEERS = {peer.key: peer for peer in (smtp_peers.Postern, smtp_peers.Postfix, smtp_peers.PostfixStack, smtp_peers.PostfixRspamd,
                                     smtp_other_peers.Exim, smtp_other_peers.OpenSmtpd, smtp_other_peers.Haraka, smtp_peers.Sink)}
PACKAGES = {"postern": [], "postfix": ["postfix"], "postfix-stack": ["postfix", "opendkim", "opendmarc", "postfix-policyd-spf-python", "rspamd"],
            "postfix-rspamd": ["postfix", "rspamd"], "sink": ["postfix"]}
MODES = {"plain": ("plain", 10), "tls": ("starttls", 10), "tls1": ("starttls", 1), "resumed": ("resumed", 1)}
QUICK = [("4k", "plain", 16), ("4k", "tls", 1), ("4k", "tls", 16), ("4k", "tls", 64), ("4k", "tls1", 16), ("40k", "plain", 16),
         ("40k", "tls", 16), ("400k", "tls", 16)]
MESSAGES_MAX = 20000
RUN_SECONDS_MAX = 900
SYNC_MESSAGES = 160
WARM_UP_MESSAGES = 480  # so that compilers at run time and caches are done before the first row


class Void(RuntimeError):
    """A run that says nothing: a message was refused or lost, or a verdict did not pass."""


def show_forgeries(peer, world):
    """A peer that judges must see each of three messages that do not pass, and let a good one pass: refuse it, or say so."""
    tries = {"an honest message": (bench.SENDER, world.mail()), "a changed body": (bench.SENDER, world.altered()),
             "a client that SPF does not allow": (smtp_world.FORGED_SENDER, world.mail(number=1)), "both": (smtp_world.FORGED_SENDER, world.altered())}
    for what, (sender, content) in tries.items():
        code, text = smtp_world.post(peer.port, sender, content, peer.is_proxied)
        passed = code == 250 and peer.verify([text]) is None
        wanted = what == "an honest message" or not peer.judges
        if passed != wanted:
            raise smtp_world.Unavailable(f"its verdicts cannot be believed: {what} is {'taken for a pass' if passed else f'not passed: {code} {text}'}")


def start(key, world, connections):
    print(f"starting {key}", flush=True)
    peer = PEERS[key](world, connections)
    try:
        show_forgeries(peer, world)
    except BaseException:
        peer.stop()
        raise
    return peer


def start_all(keys, world, connections):
    peers, skipped = {}, {}
    for key in keys:
        try:
            peers[key] = start(key, world, connections)
        except (smtp_world.Unavailable, AssertionError, OSError, subprocess.SubprocessError) as error:
            skipped[key] = " ".join(str(error).split())[:400]
            print(f"** {key} is not measured: {skipped[key]}", flush=True)
    return peers, skipped


def load(peer, world, size, mode, connections, messages):
    """One run of the generator and its facts; Void when anything went wrong in it."""
    tls, per_connection = MODES[mode]
    replies = world.folder / "replies"
    more = ["--replies", replies, "--stall", 30 + connections // 4] + (["--proxied-from", smtp_world.PROXIED_CLIENT] if peer.is_proxied else [])
    try:
        done = subprocess.run(bench.load_command(world.tool, peer.port, world.folder / size, connections, messages, per_connection, tls, more),
                              capture_output=True, text=True, timeout=RUN_SECONDS_MAX)
    except subprocess.TimeoutExpired as error:
        raise Void(f"not done in {RUN_SECONDS_MAX} s") from error
    facts = {k: float(v) for k, v in re.findall(r"(\w+)=([\d.]+)", done.stdout)}
    if done.returncode != 0:
        raise Void(f"{facts.get('failed', 0):.0f} connections failed: {(done.stderr.splitlines() or [f'exit {done.returncode}'])[0]}")
    return facts, replies.read_text().splitlines()


def settle(groups):
    """Waits until queued work is done, so that its whole cost is counted."""
    last = sum(group.cpu_seconds() for group in groups)
    for _ in range(40):
        time.sleep(0.25)
        now = sum(group.cpu_seconds() for group in groups)
        if now - last < 0.008:
            return
        last = now


def measure(peer, world, size, mode, connections, messages):
    groups = (peer.group, world.resolver_group)
    begun, cpu, machine, own = time.monotonic(), [group.cpu_seconds() for group in groups], accounting.machine_seconds(), time.process_time()
    with accounting.PeakMemory(peer.group) as memory:
        facts, replies = load(peer, world, size, mode, connections, messages)
    settle(groups)
    used = sum(group.cpu_seconds() for group in groups) - sum(cpu)
    seconds = time.monotonic() - begun
    known = used + facts["generator_cpu_ms"] * facts["sent"] / 1000 + time.process_time() - own
    facts |= {"cpu_ms": used * 1000 / facts["sent"], "pss_mb": memory.mb,
              "others": max(0.0, 100 * (accounting.machine_seconds() - machine - known) / (seconds * os.cpu_count()))}
    complaint = peer.verify(replies)
    if complaint:
        raise Void(f"a verdict is no pass: {complaint}")
    return facts


def count_for(rate, connections, per_connection, seconds):
    """How many messages make a run of about so many seconds, all connections with a full share."""
    whole = connections * per_connection
    return whole * max(1, round(min(rate * seconds, MESSAGES_MAX) / whole))


def run_case(peers, world, case, arguments):
    size, mode, connections = case
    per_connection = MODES[mode][1]
    rows, counts, others = {key: {"runs": []} for key in peers}, {}, []
    settle([peer.group for peer in peers.values()])  # what the case before has left to do in the background is not this one's
    for round_number in range(arguments.rounds + 1):  # the first warms up, says how many messages to send, and is not counted
        turn = round_number % len(peers)
        for key, peer in [*peers.items()][turn:] + [*peers.items()][:turn]:
            if "void" in rows[key]:
                continue
            if mode != "plain" and not peer.tls:
                rows[key] = {"void": "offers no TLS"}
                continue
            try:
                facts = measure(peer, world, size, mode, connections, counts.get(key, max(40, connections * min(per_connection, 4))))
            except Void as error:
                rows[key] = {"void": str(error)[:200]}
                continue
            counts[key] = count_for(facts["rate"], connections, per_connection, arguments.seconds)
            if round_number:
                rows[key]["runs"].append(facts)
                others.append(facts["others"])
    found = {"size": size, "mode": mode, "connections": connections, "others": statistics.median(others) if others else 0.0, "rows": rows}
    print("\n".join(smtp_report.case_table(found)), flush=True)
    return found


def count_syncs(peer, world):
    """Sync calls a message, in a run that is not timed; warms the peer up before. At 16 connections, or at 4 where 16 fail."""
    for connections in (16, 4):
        try:
            load(peer, world, "4k", "plain", connections, WARM_UP_MESSAGES)
            with accounting.SyncCalls(peer.group, peer.forks) as syncs:
                load(peer, world, "4k", "plain", connections, SYNC_MESSAGES)
                settle([peer.group])
        except (Void, OSError, subprocess.SubprocessError) as error:
            print(f"{peer.title}: syncs at {connections} connections: {error}", flush=True)
            continue
        return (None if syncs.count is None else syncs.count / SYNC_MESSAGES), f"{syncs.how}, {connections} connections"
    return None, "not measured"


def version_of(key):
    if key == "postern":
        return subprocess.run([str(harness.BINARY), "--version"], capture_output=True, text=True).stdout.strip()
    if key == "haraka":
        return re.search(r'"Haraka": "([^"]+)"', (smtp_other_peers.HERE / "haraka/package.json").read_text())[1]
    if key in ("exim", "opensmtpd"):
        names = [path.name for path in smtp_other_peers.UNPACKED.glob(f"{'exim4' if key == 'exim' else key}*/*.deb")]
        return names[0].split("_")[1].replace("%3a", ":") if names else "unknown"
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}, ", *PACKAGES[key]], capture_output=True, text=True)
    return done.stdout.rstrip(", ")


def machine():
    processor = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())
    disk = subprocess.run(["findmnt", "-n", "-o", "FSTYPE,OPTIONS", "-T", os.environ.get("TMPDIR", "/tmp")], capture_output=True, text=True).stdout.split()
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) / 1e6
    kernel = ".".join(platform.release().split(".")[:2])
    system = f"Debian {pathlib.Path('/etc/debian_version').read_text().strip()}, kernel {kernel}"
    data = f"{disk[0] if disk else 'an unknown file system'} for all data" + (", where a sync costs nothing" if disk[:1] == ["tmpfs"] else "")
    return {"cores": os.cpu_count(), "cpu": processor[1] if processor else platform.machine(), "memory_gb": memory, "system": system, "disk": data}


def load_average():
    return ", ".join(f"{each:.1f}" for each in os.getloadavg())


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    listed = lambda text: text.split(",")  # noqa: E731
    parser.add_argument("--peers", type=listed, default=list(PEERS), help=f"of {','.join(PEERS)}")
    parser.add_argument("--sizes", type=listed, default=list(smtp_world.SIZES), help="of 4k,40k,400k")
    parser.add_argument("--modes", type=listed, default=["plain", "tls", "tls1"],
                        help="of plain,tls,tls1,resumed: STARTTLS with 10 a connection, with 1, with 1 and sessions resumed")
    parser.add_argument("--connections", type=lambda text: [int(each) for each in text.split(",")], default=[1, 16, 64, 512])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="about how long a run shall take")
    parser.add_argument("--quick", action="store_true", help="eight cases, two runs of two seconds")
    parser.add_argument("--flat", action="store_true", help="only whether Postern's cost stays the same: a table beside the results that are there")
    parser.add_argument("--store", type=pathlib.Path, help="with --flat: a folder of ./dev bench api --keep, which will hold some thousand tickets more")
    parser.add_argument("--out", type=pathlib.Path, default=smtp_other_peers.HERE, help="folder of the results")
    arguments = parser.parse_args()
    for name, known in (("peers", PEERS), ("sizes", smtp_world.SIZES), ("modes", MODES)):
        wrong = set(getattr(arguments, name)) - set(known)
        if wrong:
            parser.error(f"--{name}: {', '.join(sorted(wrong))}: not among {', '.join(known)}")
    if arguments.store and not arguments.flat:
        parser.error("--store: only with --flat")
    if arguments.quick:
        arguments.rounds, arguments.seconds = min(arguments.rounds, 2), min(arguments.seconds, 2)
    return arguments


def cases_of(arguments):
    if arguments.quick:
        return [case for case in QUICK if case[0] in arguments.sizes and case[1] in arguments.modes and case[2] in arguments.connections]
    return [(size, mode, connections) for size in arguments.sizes for mode in arguments.modes for connections in arguments.connections]


def measure_flatness(arguments):
    results = smtp_flatness.read_results(arguments.out)
    if results is None:
        raise SystemExit(f"{arguments.out}: no smtp_results.json; run ./dev bench smtp first: the table stands beside its rows")
    world = smtp_world.World([smtp_flatness.SIZE])
    peers = {"postern": smtp_peers.Postern(world, arguments.connections)}
    tickets = 0
    if arguments.store:
        peers["postern-store"] = smtp_flatness.PosternOnStore(world, arguments.connections, arguments.store)
        tickets = peers["postern-store"].tickets()
    for peer in peers.values():
        show_forgeries(peer, world)
        settle([peer.group])
    results["flatness"] = smtp_flatness.run(
        peers, arguments.connections, arguments.rounds, lambda peer, count, messages: measure(peer, world, smtp_flatness.SIZE, smtp_flatness.MODE, count, messages),
        lambda rate, count: count_for(rate, count, MODES[smtp_flatness.MODE][1], arguments.seconds), tickets)
    for peer in peers.values():
        peer.stop()
    world.stop()
    print("\n".join(smtp_flatness.table(results["flatness"])))
    smtp_report.write(results, arguments.out)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    arguments = parse()
    if arguments.flat:
        measure_flatness(arguments)
        return
    cases = cases_of(arguments)
    results = {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "rounds": arguments.rounds,
               "machine": machine() | {"load_before": load_average()}, "peers": [], "cases": []}
    arguments.out.mkdir(parents=True, exist_ok=True)
    before = smtp_flatness.read_results(arguments.out) or {}
    if "flatness" in before:  # measured by itself, and dated
        results["flatness"] = before["flatness"]
    world = smtp_world.World(arguments.sizes)
    peers, results["skipped"] = start_all(arguments.peers, world, [case[2] for case in cases])
    for key, peer in peers.items():
        syncs, how = count_syncs(peer, world)
        print(f"{peer.title}: {'unknown' if syncs is None else f'{syncs:.2f}'} syncs a message ({how})", flush=True)
        results["peers"].append({"key": key, "title": peer.title, "version": version_of(key), "checks": peer.checks,
                                 "durability": peer.durability, "syncs": syncs, "syncs_how": how})
    for case in cases:
        results["cases"].append(run_case(peers, world, case, arguments))
        results["others"] = statistics.median(found["others"] for found in results["cases"])
        results["machine"]["load_after"] = load_average()
        smtp_report.write(results, arguments.out)  # after each case: what was measured stays if the rest is cut off
    for peer in peers.values():
        peer.stop()
    world.stop()
    print(f"written to {arguments.out / 'smtp_results.md'}")


if __name__ == "__main__":
    main()
