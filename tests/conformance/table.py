#!/usr/bin/env python3
"""Regenerates the table of README.md from a run of the suites.

usage: table.py CONFORMANCE_TEST_BINARY [--write]
Without --write it fails when the README says something else than the run.
"""
import pathlib
import subprocess
import sys

README = pathlib.Path(__file__).resolve().parent / "README.md"
BEGIN, END = "<!-- table.py -->\n", "<!-- end -->\n"
# Why a suite is not passed whole: the sentence that decides against it.
EXCEPTIONS = {
    "DKIM, samples of five projects":
        "6 signatures with `v=0.5`: \"It MUST have the value \"1\"\" (RFC 6376 section 3.5). 4 keys that rely on `g=`: the tag was "
        "removed (RFC 6376 appendix E), \"Unrecognized tags MUST be ignored\" (section 3.2). `mailauth-004` is signed after the time "
        "given for it: \"Implementations MAY ignore signatures that have a timestamp in the future\" (section 3.5, `t=`)",
    "ARC, ValiMail suite, validation":
        "`ams_fields_c_na` wants relaxed without `c=`: \"default is \"simple/simple\"\" (RFC 6376 section 3.5), from which RFC 8617 "
        "section 4.1.2 does not depart",
}


def rows(binary):
    done = subprocess.run([binary, "--rows"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stdout[-3000:] + "a suite failed")
    return [line.split("\t")[1:] for line in done.stdout.splitlines() if line.startswith("row\t")]


def table(found):
    lines = ["| suite | passed | exceptions |", "|---|---|---|"]
    for suite, passed, total in found:
        if passed != total and suite not in EXCEPTIONS:
            sys.exit(f"{suite}: {passed} of {total} and no reason is written here")
        lines.append(f"| {suite} | {passed}/{total} | {EXCEPTIONS[suite] if passed != total else ''} |")
    return "\n".join(lines) + "\n"


def main():
    found = rows(sys.argv[1])
    if not any("OpenSPF" in row[0] for row in found):
        sys.exit("no suite ran: is POSTERN_SHARED set?")
    text = README.read_text("utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    new = head + BEGIN + table(found) + END + tail
    if "--write" in sys.argv:
        README.write_text(new, "utf-8")
    elif new != text:
        sys.exit("README.md is not what the suites say; run table.py with --write")


main()
