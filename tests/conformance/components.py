#!/usr/bin/python3
"""docs/components.md: third-party components, where their versions come from, and in what time they are mended (ASVS 15.1.1, 15.1.2,
15.2.1). Fails when the page does not name exactly what CMake, ./dev and the lock files name.

    components.py           checks
    components.py --write   writes the tables of the page
    components.py --sbom    prints a bill of materials (CycloneDX 1.5), with the versions that are installed here"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests/conformance/components.tsv"
PAGE = ROOT / "docs/components.md"
BEGIN, END = "<!-- made by tests/conformance/components.py --write -->", "<!-- end -->"
# Found by their headers or as part of the C library, hence named in no find_package().
BY_HEADER = {"tomlplusplus": "toml++/toml.h", "CLI11": "CLI/CLI.hpp", "crypt": "crypt.h"}
NOT_COMPONENTS = {"PkgConfig", "Threads", "icu-i18n"}  # ways of finding others; the second half of one
PROJECTS = (("web/ui", "the web app"), ("tests/e2e", "tests only"), ("tests/bench", "benchmarks only"), ("tests/bench/haraka", "benchmarks only"))


def rows():
    lines = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [tuple(cells) for cells in lines]


def named_by_cmake():
    text = (ROOT / "cmake/PosternDependencies.cmake").read_text(encoding="utf-8")
    names = set(re.findall(r"find_package\((\w+)", text))
    for arguments in re.findall(r"pkg_check_modules\(\w+ REQUIRED IMPORTED_TARGET ([^)]+)\)", text):
        names |= set(arguments.split())
    for arguments in re.findall(r"foreach\(lib ([^)]+)\)", text):
        names |= set(arguments.split())
    sources = [path for folder in ("app", "auth", "conf") for path in (ROOT / folder).rglob("*.cc")]
    for name, header in BY_HEADER.items():
        if any(f"<{header}>" in path.read_text(encoding="utf-8") for path in sources):
            names.add(name)
    return names - NOT_COMPONENTS


def npm(folder):
    """Of one project: the packages that it names with their versions, and all that the lock file has."""
    wanted = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    named = {**wanted.get("dependencies", {}), **wanted.get("devDependencies", {})}
    return named, {name.split("node_modules/")[-1]: each for name, each in lock.items() if name}


def check():
    problems = []
    listed = {name for name, _, _ in rows()}
    for name in sorted(named_by_cmake() - listed):
        problems.append(f"{name}: named by CMake, not in components.tsv")
    for name in sorted(listed - named_by_cmake()):
        problems.append(f"{name}: in components.tsv, not used by CMake")
    packages = set(re.findall(r"[a-z0-9.+-]+-dev\b", (ROOT / "dev").read_text(encoding="utf-8")))
    for name, package, _ in rows():
        if package not in packages:
            problems.append(f"{name}: ./dev does not install {package}")
    for folder, _ in PROJECTS:
        named, locked = npm(folder)
        for name, version in named.items():
            if not re.fullmatch(r"\d+\.\d+\.\d+[\w.-]*", version):
                problems.append(f"{folder}: {name} {version}: not an exact version")
            elif locked.get(name, {}).get("version") != version:
                problems.append(f"{folder}: the lock file has another {name} than {version}")
        for name, each in locked.items():
            if "integrity" not in each and not each.get("link"):
                problems.append(f"{folder}: {name} has no hash in the lock file")
    return problems


def tables():
    lines = [BEGIN, "| component | Debian 12 package | for |", "|---|---|---|"]
    lines += [f"| {name} | `{package}` | {purpose} |" for name, package, purpose in rows()]
    for folder, purpose in PROJECTS:
        named, locked = npm(folder)
        lines += ["", f"`{folder}/package.json` ({purpose}; {len(locked)} packages in its lock file, each with its hash):", ""]
        lines.append(", ".join(f"{name} {version}" for name, version in sorted(named.items())) + ".")
    return "\n".join(lines + [END])


def page(text):
    begin, end = text.find(BEGIN), text.find(END)
    return text if begin < 0 or end < 0 else text[:begin] + tables() + text[end + len(END):]


def installed(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else "unknown"


def sbom():
    parts = [{"type": "library", "name": name, "version": installed(package), "purl": f"pkg:deb/debian/{package}@{installed(package)}"}
             for name, package, _ in rows()]
    for folder, _ in PROJECTS:
        for name, each in npm(folder)[1].items():
            parts.append({"type": "library", "name": name, "version": each.get("version", ""), "purl": f"pkg:npm/{name.replace('@', '%40')}@{each.get('version', '')}"})
    print(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
                      "metadata": {"component": {"type": "application", "name": "postern"}}, "components": parts}, indent=1))


def main():
    if "--sbom" in sys.argv[1:]:
        sbom()
        return 0
    problems = check()
    text = PAGE.read_text(encoding="utf-8")
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(text), encoding="utf-8")
    elif page(text) != text or BEGIN not in text:
        problems.append("docs/components.md is old: run tests/conformance/components.py --write")
    for problem in problems:
        print("components:", problem)
    print(f"components: {len(rows())} libraries, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
