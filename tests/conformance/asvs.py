#!/usr/bin/python3
"""tests/asvs.md, made of tests/conformance/asvs.tsv: the requirements of OWASP ASVS 5.0, levels 1 and 2, each with the tests
that cover it or why it does not apply. Fails when a test that is named does not exist, when a file that is referred to is
gone, when a requirement is missing, or when the page is not what the table says.

    asvs.py           checks everything, the page too
    asvs.py --write   writes the page

A test is "Suite.Name" of a GoogleTest under tests/, or "path.py" of an end-to-end test. A table of states: covered (tests),
partly (by tests, or by construction, as the remark says), documented (the file that says so), missing, not applicable."""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests/conformance/asvs.tsv"
PAGE = ROOT / "tests/asvs.md"
# How many requirements of each level every chapter has (OWASP ASVS 5.0.0, CC BY-SA 4.0; the wording is ours).
EXPECTED = {(1, "1"): 8, (1, "2"): 19, (2, "1"): 4, (2, "2"): 7, (3, "1"): 8, (3, "2"): 11, (4, "1"): 2, (4, "2"): 8, (5, "1"): 4,
            (5, "2"): 5, (6, "1"): 13, (6, "2"): 22, (7, "1"): 6, (7, "2"): 12, (8, "1"): 4, (8, "2"): 3, (9, "1"): 4, (9, "2"):
            3, (10, "1"): 5, (10, "2"): 24, (11, "1"): 3, (11, "2"): 11, (12, "1"): 3, (12, "2"): 6, (13, "1"): 1, (13, "2"): 12,
            (14, "1"): 2, (14, "2"): 7, (15, "1"): 3, (15, "2"): 10, (16, "2"): 16, (17, "2"): 7}
STATES = ("covered", "partly", "documented", "missing", "not applicable")
CHAPTERS = {1: "Encoding and sanitisation", 2: "Validation and business logic", 3: "Web front end", 4: "API and web service", 5: "Files",
            6: "Authentication", 7: "Sessions", 8: "Authorisation", 9: "Self-contained tokens", 10: "OAuth and OIDC", 11: "Cryptography",
            12: "Secure communication", 13: "Configuration", 14: "Data protection", 15: "Coding and architecture", 16: "Logging and errors",
            17: "WebRTC"}
TEST = re.compile(r"^(?:CO_)?TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.M)


def existing_tests():
    found = {}
    for path in sorted((ROOT / "tests").rglob("*_test.cc")):
        for suite, name in TEST.findall(path.read_text(encoding="utf-8")):
            found[f"{suite}.{name}"] = path.relative_to(ROOT / "tests").as_posix()
    return found


def rows():
    out = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 5:
            raise SystemExit(f"{TABLE.name}: five cells a line: {line[:60]}")
        out.append(cells)
    return out


def check(table, tests):
    problems = []
    seen = collections.Counter()
    known = set()
    for number, level, words, state, proof in table:
        chapter = int(re.fullmatch(r"V(\d+)\.\d+\.\d+", number).group(1))
        seen[(chapter, level)] += 1
        if number in known:
            problems.append(f"{number}: twice")
        known.add(number)
        if state not in STATES or not words:
            problems.append(f"{number}: state or words")
        named, _, remark = proof.partition(";")
        names = named.split()
        if state in ("not applicable", "missing"):
            if not proof.strip():
                problems.append(f"{number}: no reason")
            continue
        if state == "covered" and not names or not names and not remark.strip():
            problems.append(f"{number}: names no test")
        for name in names if state != "documented" else []:
            if name not in tests:
                problems.append(f"{number}: there is no test {name}")
        for path in re.findall(r"\b(?:docs|tests|storage|auth|app|core)/[\w./-]+\.(?:md|py|cc|h)\b", proof):
            if not (ROOT / path).is_file():
                problems.append(f"{number}: there is no file {path}")
    for (chapter, level), count in EXPECTED.items():
        if seen[(chapter, level)] != count:
            problems.append(f"chapter {chapter}, level {level}: {seen[(chapter, level)]} of {count} requirements")
    return problems


def page(table, tests):
    counts = collections.Counter(state for _, _, _, state, _ in table)
    lines = ["# OWASP ASVS 5.0, levels 1 and 2", "",
             "Made from `tests/conformance/asvs.tsv` by `tests/conformance/asvs.py --write`, which fails when a test named here does not exist.",
             "The words are ours; the standard's own are at owasp.org/asvs.", "",
             ", ".join(f"{counts[state]} {state}" for state in STATES) + f", of {len(table)}.", ""]
    chapter = 0
    for number, level, words, state, proof in sorted(table, key=lambda row: [int(part) for part in row[0][1:].split(".")]):
        if int(number[1:].split(".")[0]) != chapter:
            chapter = int(number[1:].split(".")[0])
            lines += [f"## V{chapter} {CHAPTERS[chapter]}", "", "| requirement | level | asks for | state | by |", "|---|---|---|---|---|"]
        named, _, remark = proof.partition(";")
        shown = [f"`{name}`" if name in tests else name for name in named.split()] if state in ("covered", "partly", "documented") else [proof]
        by = ", ".join(shown) + (("; " if shown else "") + remark.strip() if remark.strip() and state not in ("not applicable", "missing") else "")
        lines.append(f"| {number} | {level} | {words} | {state} | {by} |")
    return "\n".join(lines) + "\n"


def main():
    table, tests = rows(), existing_tests()
    problems = check(table, tests)
    text = page(table, tests)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        problems.append("tests/asvs.md is old: run tests/conformance/asvs.py --write")
    for problem in problems:
        print("asvs:", problem)
    print(f"asvs: {len(table)} requirements, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
