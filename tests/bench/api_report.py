"""api_results.json as Markdown. `api_report.py FILE.json` prints it again."""
import json
import os
import pathlib
import re
import statistics
import sys

AIMS = {"read": 5.0, "search": 20.0}  # ms, p99 of one connection, at the largest size
GROWTH = 1.3                          # of p50, from the smallest size to the largest


def machine():
    model = re.search(r"model name\s*: (.+)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) // 1_000_000
    return f"{os.cpu_count()} cores of {model[1].strip() if model else 'unknown'}, {memory} GB, kernel {os.uname().release.split('-')[0]}"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def kind_of(name):
    import api_plans
    return api_plans.OPERATIONS[name][0]


def of(runs, who, what):
    return statistics.median(run[who][what] for run in runs)


def per_core(runs):
    return 1e6 / of(runs, "crowd", "cpu_us")


def refusals(runs):
    """Answers that are no success, in all rounds."""
    return sum(count for run in runs for who in ("alone", "crowd") for status, count in run[who]["statuses"].items() if not status.startswith("2"))


def verdict(is_reached):
    return "reached" if is_reached else "**missed**"


def aims(found, least, most):
    out = ["| what | aim | measured | |", "|---|---|---|---|"]
    for kind, limit in AIMS.items():
        rows = {name: of(sizes[most], "alone", "p99") for name, sizes in found["operations"].items() if kind_of(name) == kind}
        for name, p99 in rows.items():
            out.append(f"| {name}: p99 at {int(most):,} | < {limit:.0f} ms | {number(p99)} ms | {verdict(p99 < limit)} |")
    for name, sizes in found["operations"].items():
        if kind_of(name) in AIMS and least != most:
            growth = of(sizes[most], "alone", "p50") / of(sizes[least], "alone", "p50")
            out.append(f"| {name}: p50, {int(most):,} over {int(least):,} tickets | < {GROWTH} | {growth:.2f} | {verdict(growth < GROWTH)} |")
    return out


def operations(found, least, most):
    head = "| | " + " | ".join(f"{int(size):,}: p50 ms | p99 ms | crowd p99 ms | CPU ms | requests/s a core" for size in dict.fromkeys((least, most))) + " | p50 grows | CPU grows |"
    out = [head, "|" + "---|" * (head.count("|") - 1)]
    for name, sizes in found["operations"].items():
        row = f"| {name} "
        for size in dict.fromkeys((least, most)):
            runs = sizes[size]
            wrong = refusals(runs)
            row += f"| {number(of(runs, 'alone', 'p50'))}{f' ({wrong} refused)' if wrong else ''} | {number(of(runs, 'alone', 'p99'))} | {number(of(runs, 'crowd', 'p99'))} | "
            row += f"{of(runs, 'crowd', 'cpu_us') / 1000:.2f} | {number(per_core(runs))} "
        out.append(row + f"| {of(sizes[most], 'alone', 'p50') / of(sizes[least], 'alone', 'p50'):.2f} | {of(sizes[most], 'crowd', 'cpu_us') / of(sizes[least], 'crowd', 'cpu_us'):.2f} |")
    return out


def stores(found):
    out = ["| | " + " | ".join(f"{int(size):,} tickets" for size in found["stores"]) + " |", "|---|" + "---|" * len(found["stores"])]
    sizes = list(found["stores"])
    fills = [found["fill"][size] for size in sizes]

    def row(name, values):
        out.append(f"| {name} | " + " | ".join(values) + " |")

    row("comments; text", [f"{each['comments']:,}; {each['text_bytes'] / 1e6:,.0f} MB" for each in fills])
    row("filled in; tickets a second", [f"{each['seconds']:,.0f} s; {each['tickets'] / each['seconds']:,.0f}" for each in fills])
    row("CPU of filling a ticket, of which merging the search index", [f"{each['cpu_seconds'] / each['tickets'] * 1e3:.2f} ms, {each['merging_seconds'] / each['tickets'] * 1e3:.2f} ms" for each in fills])
    row("store on disk, a ticket", [f"{each['store_bytes'] / each['tickets'] / 1000:.1f} KB" for each in fills])
    row("start, until ready", [f"{found['stores'][size]['start_seconds']:.2f} s" for size in sizes])
    for when in found["stores"][sizes[0]]["memory_mb"]:
        row(f"memory (PSS) {when}", [f"{found['stores'][size]['memory_mb'][when]:.0f} MB" for size in sizes])
    if "mail" in found["stores"][sizes[0]]:
        mails = [found["stores"][size]["mail"] for size in sizes]
        row("a mail of 4 KB that comes in: CPU, p50, p99", [f"{each['cpu_ms']:.2f} ms, {each['p50_ms']:.1f} ms, {each['p99_ms']:.1f} ms" for each in mails])
        jobs = [found["stores"][size]["jobs"] for size in sizes]
        row(f"bulk edit of {jobs[0]['tickets']} tickets: done after (p50, most), CPU a ticket",
            [f"{statistics.median(each['seconds']):.2f} s, {max(each['seconds']):.2f} s, {each['cpu_us_a_ticket'] / 1000:.2f} ms" for each in jobs])
    return out


def http(found):
    base = found["http"]["bare Beast, JSON of 1 KB"]
    out = ["| TLS 1.3, keep-alive, 32 connections | requests/s | p50 ms | p99 ms | CPU us | requests/s a core | CPU, times the bare server's | body |", "|---|---|---|---|---|---|---|---|"]
    for name, row in found["http"].items():
        if "void" in row:
            out.append(f"| {name} | void: {row['void']} | | | | | | |")
        else:
            out.append(f"| {name} | {row['rate']:,.0f} | {number(row['p50'])} | {number(row['p99'])} | {row['cpu_us']:.1f} | {1e6 / row['cpu_us']:,.0f} | {row['cpu_us'] / base['cpu_us']:.2f} | {row['bytes']:.0f} B |")
    return out


def tracker(found):
    if "void" in found.get("rt", {"void": "not asked for"}):
        return [f"Not measured: {found.get('rt', {}).get('void', 'not asked for')}."]
    if not found["rt"]:
        return ["Not asked for in this run."]
    out = ["With the session of a browser: a token would have RT hash it with bcrypt at every request, a quarter of a second of CPU."]
    for size, rows in found["rt"].items():
        out += ["", f"### {int(size):,} tickets", ""]
        if "void" in rows:
            out.append(f"Void: {rows['void']}")
            continue
        ours = size if size in found["stores"] else next(iter(found["stores"]))
        out += [f"| | RT p50 ms | p99 ms | CPU ms | Postern ({int(ours):,}) p50 ms | p99 ms | CPU ms | p50, RT over Postern | CPU, RT over Postern |", "|---|---|---|---|---|---|---|---|---|"]
        for name, row in rows["operations"].items():
            runs = found["operations"].get(name, {}).get(ours)
            if not runs:
                continue
            wrong = sum(count for status, count in row["statuses"].items() if not status.startswith("2"))
            p50, p99, cpu = of(runs, "alone", "p50"), of(runs, "alone", "p99"), of(runs, "alone", "cpu_us")
            out.append(f"| {name}{f' ({wrong} refused)' if wrong else ''} | {number(row['p50'])} | {number(row['p99'])} | {number(row['cpu_us'] / 1000)} | {number(p50)} | {number(p99)} | {number(cpu / 1000)} | "
                       f"{number(row['p50'] / p50)} | {number(row['cpu_us'] / cpu)} |")
        out.append(f"\nSet up and filled in {rows['setup_seconds']:,.0f} s; memory of RT and PostgreSQL {rows['memory_mb']:,.0f} MB.")
    return out


def report(found):
    sizes = list(found["stores"])
    least, most = sizes[0], sizes[-1]
    others = statistics.median(run["alone"]["others"] for by_size in found["operations"].values() for runs in by_size.values() for run in runs)
    out = ["# The API at size", "", "Made by `./dev bench api`; [api.md](api.md) says how, and what the figures can bear.", "",
           f"{found['at'].replace('T', ' ')[:16]} UTC; {found['machine']}. {found['rounds']} rounds a row after one to warm up, {found['seconds']} s each, all sizes in turn; load average "
           + ", ".join(f"{each:.1f}" for each in found["load_before"]) + " before, " + ", ".join(f"{each:.1f}" for each in found["load_after"])
           + f" after. Other programs took {others * 100:.0f} % of the machine (median), so latencies, p99 above all, are those of a shared machine; CPU and its ratios are what compares.", ""]
    for title, lines in (("Aims", aims(found, least, most)), ("Requests", operations(found, least, most)), ("Stores", stores(found))):
        out += [f"## {title}", "", *lines, ""]
    if found.get("http"):
        out += ["## The HTTP layer", "", *http(found), ""]
    out += ["## Request Tracker on PostgreSQL", "", *tracker(found), ""]
    return "\n".join(out)


if __name__ == "__main__":
    print(report(json.loads(pathlib.Path(sys.argv[1]).read_text())))
