#!/usr/bin/python3
"""Where each microsecond of a received message goes: `./dev bench profile [--size 4k|40k|400k] [--messages N]`.

The release binary takes signed mail over STARTTLS, ten messages a connection, while perf samples it with whole call stacks; each
sample belongs to the first part of PARTS whose name stands in its stack. CPU a message comes from the kernel's accounting, without
perf. What does not depend on the load of the machine is counted beside it: keys written, batches, bytes.
Needs perf (linux-perf) and leave to sample (kernel.perf_event_paranoid)."""
import argparse
import collections
import pathlib
import re
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench  # noqa: E402
import harness  # noqa: E402

# The first that is found in a stack, innermost concerns first: a seal inside intake is intake's, unless it has a row of its own.
PARTS = [("storage: log sync", ["WritableFileWriter::Sync"]), ("storage: memtable", ["MemTable::Add"]), ("storage: the rest of a commit", ["storage::Committer"]),
         ("sealing", ["storage::seal_record"]), ("opening records", ["storage::open_sealed_record"]), ("reads", ["RocksSnapshot::get"]),
         ("search index", ["search::SearchIndex"]), ("views", ["ViewIndex"]), ("rules, times, people", ["before_save", "ServiceLevels", "TicketPeople"]),
         ("intake: the rest", ["ticketing::Intake"]), ("redaction: rewrite and scan", ["rewrite_message"]), ("redaction: the rest", ["Runner::redact"]),
         ("DKIM", ["DkimVerifier", "check_with_openssl"]), ("SPF, DMARC, ARC, lists", ["SenderAuthenticator", "Dmarc", "Arc", "Spf", "DnsTrail"]),
         ("resolver", ["UnboundResolver", "ub_", "libunbound"]), ("audit chain", ["ChainLinker", "AuditTrail"]), ("search upkeep", ["search::Upkeep"]),
         ("outbox", ["Outbox", "Deliverer"]), ("TLS handshake", ["SSL_do_handshake", "ssl3_accept", "state_machine"]), ("TLS records", ["SSL_read", "SSL_write"]),
         ("SMTP", ["smtp::"]), ("runner", ["pipeline::Runner"]), ("sockets, waking and waiting", ["epoll", "recv", "send", "futex", "scheduler"])]
COUNTED = {"postern_storage_keys_total": "keys written", "postern_storage_batches_total": "synced writes", "postern_storage_commits_total": "transactions"}


def stacks(data):
    text = subprocess.run(["perf", "script", "--no-inline", "-i", str(data), "-F", "ip,sym"], capture_output=True, text=True, check=True).stdout
    for block in text.split("\n\n"):
        frames = [line.strip().split(" ", 1)[-1] for line in block.splitlines() if line.strip()]
        if frames:
            yield frames


def demangled(all_stacks):
    names = sorted({frame for stack in all_stacks for frame in stack})
    done = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True).stdout.splitlines()
    return dict(zip(names, done))


def attribute(all_stacks):
    known, parts = demangled(all_stacks), collections.Counter()
    for stack in all_stacks:
        text = " ".join(known.get(frame, frame) for frame in stack)
        parts[next((name for name, marks in PARTS if any(mark in text for mark in marks)), "everything else")] += 1
    return parts


def counters(gateway):
    text = urllib.request.urlopen(f"http://127.0.0.1:{gateway.operator}/metrics", timeout=10).read().decode()
    out = collections.Counter()
    for name, value in re.findall(r"^(postern_\w+)(?:\{[^}]*\})? ([\d.]+)$", text, re.M):
        out[name] += float(value)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="4k", choices=list(bench.SIZES))
    parser.add_argument("--messages", type=int, default=2000)
    wanted = parser.parse_args()
    work = harness.temporary_folder("profile")
    tool, dns = bench.prepare(work, [wanted.size])
    gateway = harness.Gateway({"dns.servers": f'["{dns.address}"]', "smtp.sessions_per_network_max": "10000", "server.log_level": '"warn"'})
    gateway.start()
    group = bench.accounted(gateway)
    bench.measure(tool, group, gateway.smtp, work / wanted.size, min(300, wanted.messages), 10, "starttls", 16)
    before = counters(gateway)
    plain = bench.measure(tool, group, gateway.smtp, work / wanted.size, wanted.messages, 10, "starttls", 16)
    after = counters(gateway)
    data = work / "perf.data"
    perf = subprocess.Popen(["perf", "record", "-q", "-o", str(data), "--call-graph", "dwarf,16384", "-F", "499", "-p", str(gateway.process.pid)],
                            stderr=subprocess.DEVNULL)
    bench.measure(tool, group, gateway.smtp, work / wanted.size, wanted.messages, 10, "starttls", 16)
    perf.send_signal(2)
    perf.wait(60)
    gateway.stop()
    dns.stop()
    all_stacks = list(stacks(data))
    if not all_stacks:
        raise SystemExit("perf took no samples: is kernel.perf_event_paranoid above 1?")
    microseconds = plain["cpu_ms"] * 1000
    print(f"{wanted.size}: {microseconds:.0f} us of CPU a message, {len(all_stacks)} samples")
    for name, what in COUNTED.items():
        print(f"  {(after[name] - before[name]) / wanted.messages:.2f} {what} a message")
    print("| part | us a message | % |\n|---|---|---|")
    for name, count in attribute(all_stacks).most_common():
        share = count / len(all_stacks)
        print(f"| {name} | {share * microseconds:.0f} | {share * 100:.1f} |")


if __name__ == "__main__":
    main()
