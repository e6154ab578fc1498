#!/usr/bin/python3
"""Redaction's share of the CPU that one message costs.

A whole gateway (SMTP, all checks, tickets, encryption, 250 after a synced write) takes DKIM-signed mail, as in bench.py; its
CPU is the kernel's. Redactor::redact alone is measured on the same messages in a process of its own, in turn with it, with the
same clock. The share is the quotient, round by round. The stages' own times (/metrics) are printed beside it: they are wall
time, so they are worth something on a quiet machine only. The last case has a PDF that cannot be read: what the process of
the PDF reader costs is in the gateway's CPU and not in Redactor's. `./dev bench share` starts it.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench  # noqa: E402
import harness  # noqa: E402

REDACTION = pathlib.Path(os.environ.get("POSTERN_REDACTION_BENCH", bench.ROOT / "build/release/redaction_bench"))


def redaction_ms(folder):
    done = subprocess.run([str(REDACTION), "stage", str(folder), "3"], capture_output=True, text=True, timeout=600, check=True)
    facts = json.loads(done.stdout)
    return facts["cpu_median"] * 1000 / facts["items"]


def stage_seconds(gateway):
    """{stage: seconds so far}, from the gateway's metrics."""
    text = gateway.operator_get("/metrics")[1]
    return {m[1]: float(m[2]) for m in re.finditer(r'postern_pipeline_stage_seconds_sum\{[^}]*stage="(\w+)"[^}]*\} (\S+)', text)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=1500, help="of 4k; a quarter of it of 40k, a twentieth with a PDF")
    arguments = parser.parse_args()
    work = harness.temporary_folder("share")
    tool, dns = bench.prepare(work)
    gateway = harness.Gateway({"dns.servers": f'["{dns.address}"]', "smtp.sessions_per_network_max": "10000", "server.log_level": '"warn"'})
    gateway.start()
    group = bench.accounted(gateway)
    bench.corpus(work / "40k, a picture", 40000, 100, (work / "key.pem").read_bytes(), bench.PICTURE)
    for size, count in (("4k", arguments.messages), ("40k, a picture", arguments.messages // 4), ("40k", arguments.messages // 20)):
        rows = []
        before = stage_seconds(gateway)
        for round_number in range(arguments.rounds + 1):  # the first warms up and is not counted
            facts = bench.measure(tool, group, gateway.smtp, work / size, count, 10, "plain", 2)
            redaction = redaction_ms(work / size)
            if round_number:
                rows.append((redaction, facts["cpu_ms"], redaction / facts["cpu_ms"]))
        after = stage_seconds(gateway)
        redaction, whole, share = (statistics.median(row[at] for row in rows) for at in range(3))
        shares = sorted(row[2] for row in rows)
        print(f"{size}: redaction {redaction:.3f} ms of {whole:.3f} ms CPU a message: {100 * share:.0f} % ({100 * shares[0]:.0f} to {100 * shares[-1]:.0f} %)")
        taken = {stage: (after[stage] - before.get(stage, 0)) * 1000 / (count * (arguments.rounds + 1)) for stage in after}
        print("     wall time of the stages, ms a message: " + ", ".join(f"{stage} {ms:.3f}" for stage, ms in sorted(taken.items())), flush=True)
    gateway.stop()
    dns.stop()


if __name__ == "__main__":
    main()
