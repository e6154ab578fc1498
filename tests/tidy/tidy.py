#!/usr/bin/python3
"""House rules as a test: dependency table, sizes, bans, dead files. Prints one line a finding, exits 1 when any.

The exceptions file may only shrink: an entry that is no longer needed is itself a finding.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = {k: v for k, v in json.loads((ROOT / "tests/tidy/layers.json").read_text()).items() if k != "_"}
SOURCE_LINES_MAX = 500
HEADER_LINES_MAX = 250
PAGE_LINES_MAX = 300  # of the web app's sources: components with one job
FUNCTION_LINES_MAX = 70
README_LINES_MAX = 60
CMAKE_LINES_MAX = 40

# pattern, what to use instead, folders in which it is allowed
BANS = [
    (r"\basio::detached\b", "core::TaskGroup::spawn", ["tests/"]),
    (r"\bstd::cout\b", "fmt::print or core/log.h", []),
    (r"\bsystem_clock::now\b", "core::Clock", ["core/"]),
    (r"\bsteady_clock::now\b", "core::Clock", ["core/", "tests/"]),
    (r"\bstd::regex\b", "hyperscan or a parser", []),
    (r"\busing namespace\b", "qualified names", []),
    (r"bind_executor\(\s*\w*pool", "core::offload", []),
    (r"\benable_shared_from_this\b", "TaskGroup and strands", []),
    (r"\bFIXME\b|\bXXX\b|\bTODO\b(?!\(#\d+\))", "do it, or an issue number", ["tests/tidy/"]),
    (r"\bsleep_for\(.*\)\s*;\s*//\s*wait", "a condition", []),
    (r"#include <opendkim/", "pipeline/sender wraps it", ["pipeline/sender/", "tests/"]),
    (r"#include <spf2/", "pipeline/sender evaluates SPF itself", []),
    (r"#include <expat.h>", "pipeline/reports wraps it", ["pipeline/reports/", "tests/"]),
    (r"#include <archive", "pipeline/reports and pipeline/redaction/formats wrap it", ["pipeline/reports/", "pipeline/redaction/formats/", "tests/"]),
    (r"#include <rocksdb/", "storage wraps it", ["storage/", "tests/"]),
    (r"#include <unbound.h>", "net wraps it", ["net/"]),
    (r"#include <poppler/|#include <qpdf/|#include <seccomp", "pipeline/extraction wraps it", ["pipeline/extraction/"]),
    (r"#include <hs/hs", "pipeline/redaction wraps it", ["pipeline/redaction/", "tests/bench/"]),
    (r"#include <mimetic/", "pipeline/mime wraps it", ["pipeline/mime/"]),
    (r"#include <gumbo.h>", "pipeline/mime wraps it", ["pipeline/mime/", "tests/pipeline/"]),
    (r"boost/asio/ssl", "net wraps it", ["net/", "core/asio_src.cc", "tests/"]),
    (r"#include <toml", "conf and pipeline/redaction/rules wrap it", ["conf/", "pipeline/redaction/rules/"]),
    (r"#include <re2/", "pipeline/redaction/rules and ticketing/fields/field_pattern wrap it", ["pipeline/redaction/rules/", "ticketing/fields/field_pattern.cc"]),
    (r"#include <CLI/", "app wraps it", ["app/"]),
]
# The same for the web app (web/ui/src).
PAGE_BANS = [
    (r"\bas any\b|: any\b|<any>", "a type, or unknown", []),
    (r"@ts-ignore|@ts-nocheck", "a type", []),
    (r"\bconsole\.", "notice() or failure()", []),
    (r"\b(?:localStorage|sessionStorage|indexedDB)\b", "the server, or app/habits for what is no content", ["web/ui/src/app/habits.ts"]),
    (r"dangerouslySetInnerHTML|\binnerHTML\b|insertAdjacentHTML|document\.write", "text, or the sandboxed frame", []),
    (r"\beval\(|new Function\(", "code", []),
    (r"\bwindow\.(?:alert|confirm|prompt)\b|(?<![\w.])(?:alert|confirm|prompt)\(", "kit/Confirm and notices", []),
    (r"\bfetch\(", "api/http", ["web/ui/src/api/"]),
    (r"(?:src|href)=[\"'{`]+https?://", "nothing is asked of another host", []),
    (r"\bFIXME\b|\bXXX\b|\bTODO\b", "do it", []),
]


def tracked():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [n for n in names.splitlines() if (ROOT / n).is_file()]


def layer_of(name):
    return "pipeline/api" if name.startswith("pipeline/api/") else name.split("/")[0]


def allowed(layer, seen=None):
    seen = set() if seen is None else seen
    if layer in seen:
        return seen
    seen.add(layer)
    for other in LAYERS.get(layer, []):
        if other in LAYERS:
            allowed(other, seen)
    return seen


def check_includes(name, text):
    layer = layer_of(name)
    if layer not in LAYERS or "*" in LAYERS[layer]:
        return
    may = allowed(layer)
    for match in re.finditer(r'^#include "([^"]+)"', text, re.M):
        target = match.group(1)
        top = layer_of(target)
        if top not in LAYERS:
            continue
        if "*/options.h" in LAYERS[layer] and target.endswith("options.h"):
            continue
        if top not in may:
            yield f"{name}: includes {target}: {layer} may not depend on {top}"


def function_lengths(text):
    """A body opens at the end of a line with parentheses and closes at a brace of the same indentation, which our
    format guarantees. Lambdas and control flow inside are part of the body."""
    open_at, indent = None, ""
    for number, line in enumerate(text.splitlines(), 1):
        if open_at is None:
            match = re.match(r"^( {0,4})(?! )[^#/].*\) ?(?:const ?)?(?:noexcept ?)?(?:override ?)?(?:final ?)?\{$", line)
            if match and not re.match(r"^ *(?::|(?:namespace|struct|class|enum|union|extern|if|for|while|switch|else|\} else)\b)", line):
                open_at, indent = number, match.group(1)
        elif line.startswith(indent + "}"):
            yield open_at, number - open_at + 1
            open_at = None


def check_sizes(name, text):
    lines = text.count("\n")
    if name.endswith((".cc", ".js", ".ts", ".py")) and lines > SOURCE_LINES_MAX:
        yield f"{name}: {lines} lines, at most {SOURCE_LINES_MAX}"
    if name.endswith(".h") and lines > HEADER_LINES_MAX:
        yield f"{name}: {lines} lines, at most {HEADER_LINES_MAX}"
    if name.endswith("README.md") and "/" in name and lines > README_LINES_MAX and not name.startswith("tests/data") and name != "storage/README.md":
        yield f"{name}: {lines} lines, at most {README_LINES_MAX}"
    if name.endswith("CMakeLists.txt") and lines > CMAKE_LINES_MAX:
        yield f"{name}: {lines} lines, at most {CMAKE_LINES_MAX}"
    if name.endswith(".cc"):
        for at, length in function_lengths(text):
            if length > FUNCTION_LINES_MAX:
                yield f"{name}:{at}: function of {length} lines, at most {FUNCTION_LINES_MAX}"


def check_bans(name, text):
    if not name.endswith((".cc", ".h", ".py", ".js", ".sh")):
        return
    for pattern, instead, folders in BANS:
        if any(name.startswith(f) for f in folders) or name.startswith("tests/tidy/"):
            continue
        for match in re.finditer(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line}: {match.group(0)!r} is banned; use {instead}"


def check_page(name, text):
    if not name.startswith("web/ui/src/") or not name.endswith((".ts", ".tsx")):
        return
    lines = text.count("\n")
    if lines > PAGE_LINES_MAX:
        yield f"{name}: {lines} lines, at most {PAGE_LINES_MAX}"
    for pattern, instead, files in PAGE_BANS:
        if name in files or name.endswith((".test.ts", ".test.tsx")) or any(f.endswith("/") and name.startswith(f) for f in files):
            continue
        for match in re.finditer(pattern, re.sub(r"(?m)(?:^|\s)//.*", "", text)):
            yield f"{name}: {match.group(0)!r} is banned; use {instead}"


def check_dead(names):
    """A source that no CMakeLists.txt names is dead."""
    lists = {n: (ROOT / n).read_text() for n in names if n.endswith("CMakeLists.txt") or n.startswith("cmake/")}
    for name in names:
        wanted = (".cc",) if name.startswith("tests/") else (".cc", ".h")
        if name.endswith(wanted) and not name.startswith("tests/bench/"):
            base = name.rsplit("/", 1)[-1]
            if not any(base in text for text in lists.values()):
                yield f"{name}: named by no CMakeLists.txt"


def check_one_definition(names):
    """Two types of one name in one namespace break the one-definition rule without a word from the linker."""
    seen = {}
    for name in names:
        if not name.endswith((".h", ".cc")) or name.startswith("tests/"):
            continue
        text = (ROOT / name).read_text(errors="replace")
        space, hidden = "", False
        for line in text.splitlines():
            if match := re.match(r"^namespace (postern\S*) \{", line):
                space = match.group(1)
            elif line == "namespace {":
                hidden = True
            elif line == "}  // namespace":
                hidden = False
            elif (match := re.match(r"^(?:struct|class|enum class) (\w+)(?: final)?(?: :|(?: \{))", line)) and not hidden and "::" not in line.split(match.group(1))[1][:2]:
                before = seen.setdefault((space, match.group(1)), name)
                if before != name:
                    yield f"{name}: {space}::{match.group(1)} is defined in {before} too"


def check_header(name, text):
    if name.endswith(".h"):
        if not text.startswith("#pragma once\n// "):
            yield f"{name}: a header begins with '#pragma once' and its contract"


def main():
    names = tracked()
    findings = []
    for name in names:
        if not name.endswith((".cc", ".h", ".py", ".js", ".ts", ".tsx", ".sh", "README.md", "CMakeLists.txt")):
            continue
        text = (ROOT / name).read_text(errors="replace")
        for check in (check_includes, check_sizes, check_bans, check_page, check_header):
            findings.extend(check(name, text))
    findings.extend(check_dead(names))
    findings.extend(check_one_definition(names))
    path = ROOT / "tests/tidy/exceptions.txt"
    exceptions = [l for l in path.read_text().splitlines() if l and not l.startswith("#")] if path.exists() else []
    left = [f for f in findings if not any(f.startswith(e) for e in exceptions)]
    left += [f"exceptions.txt: {e!r} is no longer needed" for e in exceptions if not any(f.startswith(e) for f in findings)]
    for finding in left:
        print(finding)
    print(f"tidy: {len(names)} files, {len(left)} findings")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
