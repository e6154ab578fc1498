#!/usr/bin/python3
"""What the web app costs in Debian's Chromium: first load, going from ticket to ticket, scrolling a long list, and how soon a key is
answered. Measures the release binary with --tickets tickets (ui_bench.js) and prints a table beside the budgets, with the load of
the machine; --write puts it into ui_results.md. The store is filled by api_fill, as that of `./dev bench api`; with --through-api by
jobs of the running server, which then mails every customer while the page is measured: the hour after a flood."""
import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
sys.path.insert(0, str(ROOT / "tests/bench"))
import api_plans  # noqa: E402
import api_report  # noqa: E402
import harness  # noqa: E402

AT_ONCE = 100


def ticket(number):
    words = ["The engine stops", "Facture impayée", "Cannot sign in since Monday", "Where is my parcel?", "Refund for order", "Delivery late again"]
    return {"subject": f"{words[number % 6]} ({number})", "comment": {"body": f"Hello,\n\nthe engine number {number} stops.\n\nRegards"},
            "requester": {"name": f"Customer {number % 500}", "email": f"customer{number % 500}@sender.example"},
            "priority": ["low", "normal", "high", "urgent"][number % 4], "tags": [f"tag{number % 20}"]}


def fill_store(gateway, count):
    """Before the server starts; the way every ticket goes, in transactions of their own."""
    binary = pathlib.Path(os.environ.get("POSTERN_API_FILL", ROOT / "build/release/api_fill"))
    words = api_plans.write_words(gateway.folder / "words")
    subprocess.run([str(binary), "--config", str(gateway.config), "--words", str(words), "--tickets", str(count)], stdout=subprocess.DEVNULL, check=True)


def fill_through_api(gateway, token, count):
    """Tickets by jobs of a hundred, some jobs at once."""
    def one(begin):
        api = harness.Api(gateway, token=token)
        job = api.call("POST", "/api/v2/tickets/create_many", {"tickets": [ticket(begin + each) for each in range(AT_ONCE)]})["job_status"]
        harness.wait_until(lambda: api.get(f"/api/v2/job_statuses/{job['id']}")["job_status"]["status"] in ("completed", "failed"), "a job", 600)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done, _ in enumerate(pool.map(one, range(0, count, AT_ONCE))):
            if done % 100 == 99:
                print(f"  {(done + 1) * AT_ONCE} tickets", file=sys.stderr, flush=True)


def table(found):
    scroll, switch, keys = found["scroll"], found["switch_ms"], found["interaction_ms"]
    rows = [("first load, sign-in page, packed", f"{found['sign_in_page']['app_kb']} KB", "200 KB", found["sign_in_page"]["app_kb"] < 200),
            ("first load, ticket list, packed", f"{found['desk_page']['app_kb']} KB", "200 KB", found["desk_page"]["app_kb"] < 200),
            ("next ticket on screen, p50 / p95", f"{switch['p50']} / {switch['p95']} ms", "50 ms", switch["p50"] < 50),
            (f"scrolling {scroll['rows']:,} tickets", f"{scroll['fps']} frames/s, {scroll['late']} of {scroll['frames']} late, {scroll['blank']} blank", "60 frames/s", scroll["fps"] >= 58),
            (f"key to next paint, p99 of {keys['count']:,}", f"{keys['p99']} ms (p50 {keys['p50']}, max {keys['max']})", "100 ms", keys["p99"] < 100)]
    lines = ["| what | measured | budget | |", "|---|---|---|---|"]
    lines += [f"| {what} | {measured} | {budget} | {'kept' if is_kept else '**missed**'} |" for what, measured, budget, is_kept in rows]
    return lines + ["", f"{found['tickets']:,} tickets; loading the whole list {scroll['load_ms'] / 1000:.1f} s; heap {found['heap_mb']} MB; load {found['load']}"]


def write_results(lines):
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    head = ["# The web app at size", "", f"Made by `./dev bench ui {' '.join(sys.argv[1:])}`; [README.md](README.md) says what is measured. {at}; {api_report.machine()}.", ""]
    (ROOT / "tests/bench/ui_results.md").write_text("\n".join(head + lines) + "\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tickets", type=int, default=100_000)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--through-api", action="store_true")
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    gateway = harness.Gateway()
    try:
        if not given.through_api:
            fill_store(gateway, given.tickets)
        gateway.start()
        if given.through_api:
            fill_through_api(gateway, harness.first_owner_token(gateway), given.tickets)
        before = os.getloadavg()[0]
        done = subprocess.run(["node", str(ROOT / "tests/bench/ui_bench.js"), f"https://localhost:{gateway.web}", gateway.enrolment, harness.PASSWORD, str(gateway.smtp), str(gateway.folder)],
                              stdout=subprocess.PIPE, text=True, timeout=1800, env={**os.environ, "POSTERN_ROWS": str(given.tickets)})
        if done.returncode:
            sys.exit(done.returncode)
        found = json.loads(done.stdout.splitlines()[-1])
        found["load"] = f"{before:.1f} to {os.getloadavg()[0]:.1f}"
        if given.json:
            print(json.dumps(found))
        else:
            lines = table(found)
            print("\n".join(lines))
            if given.write:
                write_results(lines)
    finally:
        gateway.stop()


if __name__ == "__main__":
    main()
