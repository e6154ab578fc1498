#!/usr/bin/python3
"""Runs everything that CI runs and ends with the plain line `N passed, N failed[, N skipped]`.

Steps, in order: tidy (house rules), e2e (the release binary with real clients), ui (types and unit tests of the web app), unit (unit, simulation, conformance and
link tests under AddressSanitizer and UBSan), fuzz (each target for a few seconds over its corpus, in the same build),
tsan (what has threads under ThreadSanitizer).
POSTERN_SHARED names the folder of third-party test data; without it, `../shared` is used when it exists, and suites
that need it are reported as skipped otherwise.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
STEPS = ["tidy", "e2e", "ui", "unit", "fuzz", "tsan"]
FUZZ_RUNS, FUZZ_SECONDS, FUZZ_SEED = 2000, 10, 1  # the same inputs each time; ./dev fuzz looks for new ones
TSAN_TARGETS = ["core_test", "net_test", "storage_test", "auth_test", "pipeline_runner_test", "ticketing_test", "smtp_test", "smtp_client_test", "web_test", "sim_test"]  # what has threads


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        self.unsteady = []  # what passed at the second run only
        self.lock = threading.Lock()

    def add(self, name, passed, failed, skipped, output=""):
        passed, failed, skipped = int(passed), int(failed), int(skipped)
        with self.lock:
            self.count(name, passed, failed, skipped, output)

    def count(self, name, passed, failed, skipped, output):
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        word = "FAIL" if failed else "ok"
        print(f"{word:4} {name}: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
        if failed:
            self.failures.append(name)
            print("\n".join("     | " + line for line in output.splitlines()[-60:]), flush=True)


def environment():
    env = dict(os.environ)
    shared = pathlib.Path(env.get("POSTERN_SHARED", ROOT.parent / "shared"))
    if (shared / "data").is_dir():
        env["POSTERN_SHARED"] = str(shared)
    else:
        env.pop("POSTERN_SHARED", None)
        print("No folder of third-party test data (POSTERN_SHARED): the suites that need it are skipped.", flush=True)
    env["CCACHE_SLOPPINESS"] = "pch_defines,time_macros,include_file_mtime,include_file_ctime"
    env["ASAN_OPTIONS"] = "detect_leaks=1:abort_on_error=1:detect_stack_use_after_return=0"
    env["LSAN_OPTIONS"] = "suppressions=" + str(ROOT / "tests/support/lsan.supp")
    env["UBSAN_OPTIONS"] = "print_stacktrace=1"
    env["TSAN_OPTIONS"] = "second_deadlock_stack=1:suppressions=" + str(ROOT / "tests/support/tsan.supp")
    return env


def run(command, env, timeout=900, cwd=ROOT):
    try:
        done = subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        return -1, (late.stdout or b"").decode(errors="replace") + f"\n{command[0]}: no end after {timeout} s"


def build(preset, tally, env, targets=()):
    begun = time.monotonic()
    code, output = run(["cmake", "--preset", preset], env)
    if code == 0:
        command = ["cmake", "--build", "--preset", preset]
        if targets:
            command += ["--target", *targets]
        code, output = run(command, env, timeout=4000)
    print(f"     built {preset} in {time.monotonic() - begun:.0f} s", flush=True)
    tally.add(f"build {preset}", code == 0, code != 0, 0, output)
    return code == 0


def gtest_counts(output, code):
    def last(word):
        found = re.findall(rf"\[  {word} *\] (\d+) tests?", output)
        return int(found[-1]) if found else 0
    passed, failed, skipped = last("PASSED"), last("FAILED"), last("SKIPPED")
    if code != 0 and failed == 0:
        failed = 1  # crashed, or ran nothing
    return passed, failed, skipped


def run_gtests(preset, tally, env, only=None):
    listing = subprocess.run(["ctest", "--test-dir", str(ROOT / "build" / preset), "--show-only=json-v1"], capture_output=True, text=True)
    tests = [(t["name"], t["command"]) for t in json.loads(listing.stdout)["tests"] if t.get("command")]
    if only is not None:
        tests = [t for t in tests if pathlib.Path(t[1][0]).name in only]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = {pool.submit(run, [*command], env, 900): (name, command) for name, command in tests}
        for job in concurrent.futures.as_completed(jobs):
            name, command = jobs[job]
            code, output = job.result()
            if name.startswith("link."):
                tally.add(f"{preset} {name}", code == 0, code != 0, 0, output)
            else:
                tally.add(f"{preset} {name}", *gtest_counts(output, code), output)


def step_tidy(tally, env):
    code, output = run(["/usr/bin/python3", "tests/tidy/tidy.py"], env)
    tally.add("tidy", code == 0, code != 0, 0, output)


def is_of_a_browser(script):
    return script.stem.startswith(("ui_", "browser_", "two_factor"))


def run_script(script, env):
    """Passed, failed, skipped, output of an end-to-end script."""
    code, output = run(["/usr/bin/python3", str(script)], env, timeout=1200)
    ran = re.search(r"Ran (\d+) tests?", output)
    counted = {k: int(v) for k, v in re.findall(r"(failures|errors|skipped)=(\d+)", output)}
    total = int(ran.group(1)) if ran else 0
    failed = counted.get("failures", 0) + counted.get("errors", 0)
    if code != 0 and failed == 0:
        failed = 1
    skipped = counted.get("skipped", 0)
    return max(0, total - failed - skipped), failed, skipped, output


def step_e2e(tally, env):
    if not build("release", tally, env, ["postern"]):
        return
    if (ROOT / "tests/e2e/package-lock.json").exists():
        code, output = run(["npm", "ci", "--no-audit", "--no-fund"], env, cwd=ROOT / "tests/e2e")
        tally.add("npm ci", code == 0, code != 0, 0, output)
    # Two lanes, as there are two cores: what drives a browser waits most of the time, and so does what does not.
    scripts = sorted((ROOT / "tests/e2e").glob("*_test.py"))
    lanes = ([each for each in scripts if is_of_a_browser(each)], [each for each in scripts if not is_of_a_browser(each)])
    with concurrent.futures.ThreadPoolExecutor(len(lanes)) as pool:
        for lane in [pool.submit(run_lane, each, tally, env) for each in lanes]:
            lane.result()


def run_lane(scripts, tally, env):
    for script in scripts:
        begun = time.monotonic()
        passed, failed, skipped, output = run_script(script, env)
        if failed and is_of_a_browser(script):
            # A browser on a busy machine may miss a moment that a person would not. It gets one more chance, and that it needed it is told.
            with tally.lock:
                print("\n".join("     | first run: " + line for line in output.splitlines()[-30:]), flush=True)
                tally.unsteady.append(f"e2e {script.stem}")
            passed, failed, skipped, output = run_script(script, env)
        tally.add(f"e2e {script.stem} ({time.monotonic() - begun:.0f} s)", passed, failed, skipped, output)


def step_ui(tally, env):
    """The packages are there since the release build; it brings a newer Node.js where the system's is too old."""
    own = ROOT / "build/tools/node_modules"
    node = next((str(each) for each in own.glob("node-linux-*/bin/node")), "node")
    code, output = run([node, "api/generate.mjs"], env, cwd=ROOT / "web/ui")
    if code == 0:
        code, output = run([node, "node_modules/typescript/bin/tsc", "--noEmit"], env, cwd=ROOT / "web/ui")
    tally.add("ui types", code == 0, code != 0, 0, output)
    code, output = run([node, "node_modules/vitest/vitest.mjs", "run", "--reporter=json"], env, cwd=ROOT / "web/ui")
    try:
        done = json.loads(output[output.index("{"):output.rindex("}") + 1])
        tally.add("ui tests", done["numPassedTests"], done["numFailedTests"] + (code != 0 and done["numFailedTests"] == 0), done["numPendingTests"], output)
    except ValueError:
        tally.add("ui tests", 0, 1, 0, output)


def step_unit(tally, env):
    if build("asan", tally, env):
        run_gtests("asan", tally, env)


def step_fuzz(tally, env):
    targets = sorted(p for p in (ROOT / "build/asan").glob("fuzz_*") if os.access(p, os.X_OK) and p.is_file())
    for target in targets:
        name = target.name.removeprefix("fuzz_")
        work = ROOT / "build/asan/corpus" / name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        code, output = run([str(target), f"-max_total_time={FUZZ_SECONDS}", f"-runs={FUZZ_RUNS}", f"-seed={FUZZ_SEED}", "-rss_limit_mb=4096", "-timeout=20", "-max_len=65536", "-artifact_prefix=" + str(work) + "-",
                            str(work), str(ROOT / "tests/fuzz/corpus" / name)], env, timeout=FUZZ_SECONDS + 120)
        tally.add(f"fuzz {name}", code == 0, code != 0, 0, output)


def step_tsan(tally, env):
    if build("tsan", tally, env, TSAN_TARGETS):
        run_gtests("tsan", tally, env, set(TSAN_TARGETS))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="comma-separated steps: " + ",".join(STEPS))
    wanted = parser.parse_args().only
    steps = wanted.split(",") if wanted else STEPS
    unknown = [s for s in steps if s not in STEPS]
    if unknown:
        parser.error(f"unknown step {unknown[0]}; steps are {', '.join(STEPS)}")
    tally, env, begun = Tally(), environment(), time.monotonic()
    for step in steps:
        print(f"\n== {step}", flush=True)
        globals()["step_" + step](tally, env)
    minutes = (time.monotonic() - begun) / 60
    print(f"\n{minutes:.1f} minutes")
    for name in tally.unsteady:
        print(f"needed a second run: {name}")
    for name in tally.failures:
        print(f"failed: {name}")
    tail = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{tail}")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
