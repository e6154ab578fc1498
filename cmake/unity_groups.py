#!/usr/bin/python3
"""unity_groups.py SOURCE...: prints "group;source" lines: which sources the sanitizer presets compile as one unit.

Compiling a dozen small files together halves the time, as the headers and templates that they share are compiled once. Files
of a unit must not define the same name in their unnamed namespaces, so each file goes into the first group that has room and
no such name. Names are found by the house style: definitions of an unnamed namespace begin in the first column.
"""
import pathlib
import re
import sys

LARGEST = 12  # files a unit: more saves little and makes the change of one file dear
ALONE = re.compile(r"^// compiled alone", re.M)  # a file says so when it must not share (macros, two headers that quarrel)
TYPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:struct|class|enum class|enum|union|concept)\s+(\w+)")
ALIAS = re.compile(r"^(?:using\s+(\w+)\s*=|using\s+(?:\w+::)*(\w+);|namespace\s+(\w+)\s*=)")
VALUE = re.compile(r"^(?!struct\b|class\b|enum\b|using\b|return\b|namespace\b|template\b)[A-Za-z_][\w:<>,*&\s\[\]()]*?[\s*&](\w+)\s*(?:\(|=|\{|\[|;)")


def names(text):
    text = re.sub(r'R"(\w*)\(.*?\)\1"', '""', text, flags=re.S)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', re.sub(r"//.*", "", text))
    found, inside = set(), False
    for line in text.split("\n"):
        if line.startswith("namespace {"):
            inside = True
        for pattern in (TYPE, ALIAS, VALUE):
            if match := pattern.match(line):
                name = next(each for each in match.groups() if each)
                if inside or pattern is ALIAS or line.startswith(("static", "constexpr", "#define")):
                    found.add(name)
                break
    return found


def main():
    groups = []  # (names, size)
    for source in sys.argv[1:]:
        try:
            text = pathlib.Path(source).read_text(encoding="utf-8")
        except OSError:
            continue  # generated, compiled by itself
        if ALONE.search(text):
            continue
        own = names(text)
        for number, (taken, size) in enumerate(groups):
            if size < LARGEST and not taken & own:
                groups[number] = (taken | own, size + 1)
                break
        else:
            number = len(groups)
            groups.append((own, 1))
        print(f"{number};{source}")


if __name__ == "__main__":
    main()
