"""The results of smtp_bench.py as Markdown and plots. `smtp_report.py FOLDER` makes them again from FOLDER/smtp_results.json."""
import json
import pathlib
import statistics
import sys

import smtp_flatness
import svg_plot

MODES = {"plain": "plain, 10 a connection", "tls": "STARTTLS, 10 a connection", "tls1": "STARTTLS, 1 a connection",
         "resumed": "STARTTLS, 1 a connection, sessions resumed"}
SIZES = {"4k": "4 KB", "40k": "40 KB", "400k": "400 KB"}
INKS = {"postern": "accent", "postfix": "grey", "postfix-stack": "red", "postfix-rspamd": "amber", "exim": "green", "opensmtpd": "violet", "haraka": "pink"}
NAMES = {"postern": "Postern", "postfix": "Postfix, no checks", "postfix-stack": "Postfix + four filters", "postfix-rspamd": "Postfix + rspamd",
         "exim": "Exim, SPF + DKIM", "opensmtpd": "OpenSMTPD, no sync, no checks", "haraka": "Haraka, no checks", "sink": "smtp-sink"}
# What is aimed at: (size, mode, connections, measure, peer or None for Postern itself, floor or None, aim). A measure of a peer is a
# multiple: its CPU over Postern's, Postern's rate over its.
AIMS = [("4k", "tls", 16, "cpu_ms", "postfix-stack", 8, 15), ("4k", "tls", 16, "cpu_ms", "postfix-rspamd", 3.5, 6.5),
        ("4k", "tls", 16, "cpu_ms", "postfix", 1.5, 2.3), ("4k", "tls", 16, "cpu_ms", "exim", 3.5, 5.5),
        ("40k", "tls", 16, "cpu_ms", "postfix-stack", 12, 18), ("40k", "tls", 16, "cpu_ms", "postfix-rspamd", 9, 14),
        ("4k", "tls", 16, "rate", "postfix-stack", 7, 11), ("4k", "plain", 16, "cpu_ms", None, None, 0.40), ("4k", "tls", 16, "cpu_ms", None, 0.55, 0.45),
        ("40k", "tls", 16, "cpu_ms", None, 1.05, 0.85), ("4k", "tls1", 16, "cpu_ms", None, 1.0, 0.80), ("4k", "tls", 1, "p50_ms", None, None, 0.8),
        ("4k", "tls", 16, "p99_ms", None, 15, 10), ("4k", "tls", 64, "p99_ms", None, 60, 40), ("4k", "tls", 16, "pss_mb", None, None, 150),
        ("4k", "tls", 64, "pss_mb", None, None, 200)]
SYNCS_AIM = 0.8  # calls a message at 16 connections
MEASURES = {"cpu_ms": ("CPU a message", "ms"), "p50_ms": ("p50", "ms"), "p99_ms": ("p99", "ms"), "pss_mb": ("peak memory", "MB"), "rate": ("messages a second", "")}


def title_of(case):
    return f"{SIZES[case['size']]}, {MODES[case['mode']]}, {case['connections']} connection{'s' if case['connections'] > 1 else ''}"


def ratios(case, key):
    """A peer's CPU a message as a multiple of Postern's, run by run: (median, least, most), or None."""
    ours, theirs = case["rows"].get("postern", {}), case["rows"].get(key, {})
    if "runs" not in ours or "runs" not in theirs or key in ("postern", "sink"):
        return None
    pairs = [b["cpu_ms"] / a["cpu_ms"] for a, b in zip(ours["runs"], theirs["runs"])]
    return statistics.median(pairs), min(pairs), max(pairs)


def median(row, name):
    return statistics.median(run[name] for run in row["runs"])


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def case_table(case):
    lines = [f"### {title_of(case)}", "", f"Other programs took {case['others']:.0f} % of the machine (median of the runs).", "",
             "| | messages/s | CPU ms a message | CPU, times Postern's | p50 ms | p99 ms | p99.9 ms | connect p99 ms | peak PSS MB | messages a run |",
             "|---|---|---|---|---|---|---|---|---|---|"]
    for key, row in case["rows"].items():
        if "runs" not in row:
            lines.append(f"| {NAMES[key]} | void: {row['void'].replace('|', '/')} | | | | | | | | |")
            continue
        ratio = ratios(case, key)
        columns = [number(median(row, name)) for name in ("p50_ms", "p99_ms", "p999_ms", "ready_p99_ms", "pss_mb")]
        limit = " (the generator's limit)" if row["runs"] and median(row, "generator_busy") > 0.8 else ""
        lines.append(f"| {NAMES[key]} | {median(row, 'rate'):,.0f}{limit} | {median(row, 'cpu_ms'):.2f} | "
                     + (f"{ratio[0]:.2f} ({ratio[1]:.2f} to {ratio[2]:.2f})" if ratio else "") + f" | {' | '.join(columns)} | {median(row, 'sent'):.0f} |")
    if case["mode"] == "resumed":
        shares = [f"{NAMES[key]} {100 * median(row, 'resumed') / median(row, 'connections'):.0f} %" for key, row in case["rows"].items() if "runs" in row]
        lines += ["", "Connections whose session was resumed: " + ", ".join(shares) + "."]
    return lines + [""]


def ratio_table(results):
    keys = [key for key in NAMES if any(ratios(case, key) for case in results["cases"])]
    if not keys:
        return []
    lines = ["## CPU a message, as a multiple of Postern's", "", "Run by run in the same minutes; medians. Above 1: Postern needs less.", "",
             "| | " + " | ".join(NAMES[key] for key in keys) + " |", "|---|" + "---|" * len(keys)]
    for case in results["cases"]:
        found = [ratios(case, key) for key in keys]
        lines.append(f"| {title_of(case)} | " + " | ".join(f"{ratio[0]:.2f}" if ratio else "void" for ratio in found) + " |")
    return lines + [""]


def aim_line(case, measure, peer, floor, aim):
    ours, theirs = case["rows"].get("postern", {}), case["rows"].get(peer, {}) if peer else {}
    if "runs" not in ours or (peer and "runs" not in theirs):
        return []
    if measure == "rate":
        value = statistics.median(a["rate"] / b["rate"] for a, b in zip(ours["runs"], theirs["runs"]))
    else:
        value = ratios(case, peer)[0] if peer else median(ours, measure)
    reached = [bound is not None and (value >= bound if peer else value <= bound) for bound in (aim, floor)]
    said = "reached" if reached[0] else "floor only" if reached[1] else "**missed**"
    name, unit = MEASURES[measure]
    subject = name if not peer else f"{name}, times that of {NAMES[peer]}" if measure == "rate" else f"{name} of {NAMES[peer]}, times Postern's"
    bounds = f"{'≥' if peer else '≤'} {aim:g}" + (f" (floor {floor:g})" if floor is not None else "") + ("" if peer else f" {unit}")
    return [f"| {title_of(case)} | {subject} | {bounds} | {value:.2f} | {said} |"]


def aim_table(results):
    cases = {(case["size"], case["mode"], case["connections"]): case for case in results["cases"]}
    lines = [line for aim in AIMS if aim[:3] in cases for line in aim_line(cases[aim[:3]], *aim[3:])]
    for peer in results["peers"]:
        if peer["key"] == "postern" and peer["syncs"] is not None:
            said = "reached" if peer["syncs"] <= SYNCS_AIM else "**missed**"
            lines.append(f"| 4 KB, plain, 16 connections | syncs a message | ≤ {SYNCS_AIM} | {peer['syncs']:.2f} | {said} |")
    return ["## Aims", "", "| case | what | aim | measured | |", "|---|---|---|---|---|", *lines, ""] if lines else []


def peer_table(results):
    lines = ["## Who was measured", "", "| | version | checks | its 250 means | syncs a message, measured |", "|---|---|---|---|---|"]
    for peer in results["peers"]:
        syncs = "not measured" if peer.get("syncs") is None else f"{peer['syncs']:.2f} ({peer['syncs_how']})"
        lines.append(f"| {peer['title']} | {peer['version']} | {peer['checks']} | {peer['durability']} | {syncs} |")
    lines.append("")
    lines += [f"**Not measured: {NAMES[key]}**: {reason}" + "\n" for key, reason in results["skipped"].items()]
    return lines


def markdown(results):
    machine = results["machine"]
    lines = ["# Postern's SMTP edge beside other mail servers", "", "Made by `./dev bench smtp`; [smtp.md](smtp.md) says how, and what the figures can bear.", "",
             f"{results['date']}; {machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']:.0f} GB, {machine['system']}, {machine['disk']}. "
             f"{results['rounds']} run{'s' if results['rounds'] > 1 else ''} a row after one to warm up, all peers in turn; "
             f"load average {machine['load_before']} before, {machine['load_after']} after. "
             f"Other programs took {results['others']:.0f} % of the machine (median), so messages a second and latencies are those of a shared machine; "
             "CPU a message and its ratios are what compares.", "", *aim_table(results), *ratio_table(results),
             *(smtp_flatness.table(results["flatness"]) if "flatness" in results else []), *peer_table(results), "## Every row", ""]
    for case in results["cases"]:
        lines += case_table(case)
    return "\n".join(lines).rstrip() + "\n"


def plots(results):
    """{file name: SVG}; a plot without data is left out."""
    out = {}
    note = f"{results['date'][:10]}, {results['machine']['cores']} cores shared with other programs ({results['others']:.0f} % of them); less is better"
    at16 = [case for case in results["cases"] if case["connections"] == 16]
    panels = []
    for case in at16:
        rows = [(NAMES[key], INKS[key] if key == "postern" else "grey", median(row, "cpu_ms") if "runs" in row else None,
                 ((f"({svg_plot.short(ratios(case, key)[0])} times Postern's)" if ratios(case, key) else "") if "runs" in row else "void"))
                for key, row in case["rows"].items() if key in INKS]
        panels.append((title_of(case).rsplit(",", 1)[0], sorted(rows, key=lambda each: each[2] or 1e9)))
    if panels:
        out["smtp_cpu.svg"] = svg_plot.bars("CPU milliseconds a message, with all helpers, 16 connections", note, panels)
    panels = [(title_of(case).rsplit(",", 1)[0], [(NAMES[key], INKS[key] if key == "postern" else "grey", [median(row, name) for name in ("p50_ms", "p99_ms", "p999_ms")])
                                                 for key, row in case["rows"].items() if key in INKS and "runs" in row]) for case in at16]
    if any(rows for _, rows in panels):
        out["smtp_latency.svg"] = svg_plot.ranges("From MAIL to 250: p50 · p99 · p99.9, 16 connections", note, [each for each in panels if each[1]])
    for mode in MODES:
        series = {}
        for case in sorted(results["cases"], key=lambda each: each["connections"]):
            for key, row in case["rows"].items():
                if case["size"] == "4k" and case["mode"] == mode and key in INKS and "runs" in row:
                    series.setdefault(key, []).append((case["connections"], median(row, "cpu_ms")))
        drawn = [(NAMES[key], INKS[key], points) for key, points in series.items() if len(points) > 1]
        if drawn:
            out[f"smtp_connections_{mode}.svg"] = svg_plot.lines(f"CPU milliseconds a message by connections, 4 KB, {MODES[mode]}", note + "; both scales logarithmic", "connections", drawn)
    return out


def write(results, folder):
    folder = pathlib.Path(folder)
    (folder / "smtp_results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (folder / "smtp_results.md").write_text(markdown(results), encoding="utf-8")
    for old in folder.glob("smtp_*.svg"):
        old.unlink()
    for name, svg in plots(results).items():
        (folder / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    write(json.loads((pathlib.Path(sys.argv[1]) / "smtp_results.json").read_text(encoding="utf-8")), sys.argv[1])
