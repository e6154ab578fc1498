#!/usr/bin/python3
"""What a ticket would be made of, for every message of the helpdesk mail sets and the bounce sets of the shared data, beside what
their own suites expect: tests/conformance/INTAKE.md.

    intake_tables.py POSTERN            compares the committed tables with what POSTERN makes of the sets; exits 1 when they differ
    intake_tables.py POSTERN --write    renews them
Without $POSTERN_SHARED it says that it is skipped, and exits 0.
"""
import html
import json
import os
import pathlib
import re
import subprocess
import sys

import yaml

PAGE = pathlib.Path(__file__).with_name("INTAKE.md")
SHARED = os.environ.get("POSTERN_SHARED", "")
DATA = pathlib.Path(SHARED) / "data"

# Why a field of ours differs from what a set expects; a difference without a reason is a failure.
REASONS = json.loads(pathlib.Path(__file__).with_name("intake_reasons.json").read_text())


def has_null_sender(path):
    head = path.read_bytes()[:20_000].replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
    return re.search(rb"(?im)^(?:x-original-)?return-path:[ \t]*<>", head) is not None


def scan(postern, paths):
    """One JSON object a file, in their order."""
    out = {}
    for sender in ("", "envelope@sender.example"):  # the null sender only where the file says that it was; it makes any message a bounce
        chosen = [path for path in paths if bool(sender) != has_null_sender(path)]
        for at in range(0, len(chosen), 50):
            done = subprocess.run([postern, "scan", "--json", "--mail-from", sender, *map(str, chosen[at:at + 50])], capture_output=True, timeout=300)
            for line in done.stdout.decode("utf-8", "replace").splitlines():
                one = json.loads(line)
                out.setdefault(one["file"], one)
    return [out.get(str(path)) for path in paths]


class Loader(yaml.SafeLoader):
    """The set is YAML written by Ruby: tags of its classes mean plain maps and texts."""


def any_tag(loader, _suffix, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


Loader.add_multi_constructor("!ruby/", any_tag)
Loader.add_multi_constructor("!binary", any_tag)


def words(text):
    """Of a body: letters and digits only, so that markup, blanks and what redaction starred do not count."""
    text = html.unescape(re.sub(r"<[^>]*>", " ", text or ""))
    text = re.sub(r"\[\d+\]|https?://\S+", " ", text)
    return re.findall(r"[^\W_]+", text.lower())


def share(expected, ours):
    """Which part of the expected words stand in ours."""
    wanted, have = words(expected), set(words(ours))
    return 1.0 if not wanted else sum(1 for each in wanted if each in have) / len(wanted)


def addresses(text):
    return sorted(each.lower() for each in re.findall(r"[\w.+=-]+@[\w.-]+\w", text or ""))


def compare_zammad(path, message):
    expected = yaml.load(path.with_suffix(".yml").read_bytes(), Loader=Loader)
    ours_from = [each["address"].lower() for each in message["from"]]
    bad = []
    if expected.get("from_email") and expected["from_email"].lower() not in ours_from:
        bad.append("from")
    if expected.get("subject") is not None and expected["subject"].strip() != message["subject"].strip():
        bad.append("subject")
    wanted_to = addresses(expected.get("to"))
    if wanted_to and not set(wanted_to) <= {each["address"].lower() for each in message["to"]}:
        bad.append("to")
    if share(expected.get("body"), message["text"] + " " + message["html"]) < 0.9:
        bad.append("body")
    # Its own copies of the HTML part are no attachments of the mail.
    wanted = [each for each in expected.get("attachments") or [] if not (each.get("preferences") or {}).get("content-alternative")]
    names = {each["name"] for each in message["attachments"]}
    if any(each.get("filename") and each["filename"] not in names for each in wanted) or (wanted and not names):
        bad.append("attachments")
    return bad


def mail_parser_addresses(value):
    found = []

    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("address"), str):
                found.append(node["address"].lower())
            for each in node.values():
                walk(each)
        elif isinstance(node, list):
            for each in node:
                walk(each)
    walk(value)
    return found


def compare_mail_parser(path, message):
    expected = json.loads(path.with_suffix(".json").read_text())
    headers = {}
    for each in expected["parts"][0]["headers"]:
        name = each["name"] if isinstance(each["name"], str) else next(iter(each["name"].values()))
        headers.setdefault(name.lower().replace("-", "_"), each["value"])
    bad = []
    subject = headers.get("subject")
    if isinstance(subject, dict) and isinstance(subject.get("Text"), str) and " ".join(subject["Text"].split()) != " ".join(message["subject"].split()):
        bad.append("subject")
    for field in ("from", "to", "cc"):
        wanted = mail_parser_addresses(headers.get(field))
        ours = [each["address"].lower() for each in message[field]]
        if sorted(set(wanted)) != sorted(set(ours)):
            bad.append(field)
    texts = []
    for at in expected.get("text_body", []):
        body = expected["parts"][at]["body"]
        texts.append(body.get("Text") or body.get("Html") or "")
    if share(" ".join(texts), message["text"] + " " + message["html"]) < 0.9:
        bad.append("body")
    if len(expected.get("attachments", [])) > 0 and not message["attachments"]:
        bad.append("attachments")
    return bad


def compare_nothing(_path, message):
    """No expected values: a ticket needs a sender or a text, and no message may vanish."""
    return [] if message["from"] or message["text"] or message["html"] or message["attachments"] else ["content"]


def machine_kind(path):
    """What the set says of the file, by its name."""
    name = path.name
    if "not" in path.parts or "is-not-bounce" in name:
        return "person"
    if name.startswith("rfc3834"):
        return "auto"
    return "bounce"


def compare_bounce(path, message):
    machine = message["machine"]
    kind = machine_kind(path)
    is_machine = machine["auto_submitted"] or machine["bounce"] or machine["bulk"]
    if kind == "person":
        return ["taken for a bounce"] if machine["bounce"] else []
    return [] if is_machine else ["not recognised"]


SETS = [
    ("zammad", "mime/zammad/test/data/mail", "*.box", compare_zammad),
    ("mail-parser", "mime/mail-parser/resources/eml", "**/*.eml", compare_mail_parser),
    ("freescout", "mime/freescout", "**/*.eml", compare_nothing),
    ("ruby-mail", "mime/ruby-mail", "**/*.eml", compare_nothing),
    ("bounces: sisimai", "bounce/sisimai", "**/*.eml", compare_bounce),
    ("bounces: flanker", "bounce/flanker", "**/*", compare_bounce),
    ("bounces: enmime", "bounce/enmime-dsn", "**/*.raw", compare_bounce),
]


def tables(postern):
    problems = []
    summary = ["| set | messages | tickets | refused in session | as expected | differ |", "|---|---|---|---|---|---|"]
    details = ["| set | message | differs in | why |", "|---|---|---|---|"]
    for name, folder, pattern, compare in SETS:
        paths = sorted(each for each in (DATA / folder).glob(pattern) if each.is_file() and each.name != "LICENSE")
        if compare is compare_zammad:
            paths = [each for each in paths if each.with_suffix(".yml").exists()]
        if compare is compare_mail_parser:
            paths = [each for each in paths if each.with_suffix(".json").exists()]
        good, refused, differ = 0, 0, 0
        for path, result in zip(paths, scan(postern, paths)):
            short = str(path.relative_to(DATA / folder))
            if result is None or "message" not in result:
                refused += 1
                reply = "no answer" if result is None else result["reply"]
                details.append(f"| {name} | {short} | refused | {reply} |")
                if result is None:
                    problems.append(f"{name} {short}: no answer")
                continue
            bad = compare(path, result["message"])
            if not bad:
                good += 1
                continue
            differ += 1
            why = [REASONS.get(f"{name}/{short}/{each}") or REASONS.get(f"{name}//{each}") for each in bad]
            for each, reason in zip(bad, why):
                if not reason:
                    problems.append(f"{name}/{short}/{each}: no reason is written in intake_reasons.json")
            details.append(f"| {name} | {short} | {', '.join(bad)} | {'; '.join(dict.fromkeys(each or '?' for each in why))} |")
        summary.append(f"| {name} | {len(paths)} | {good + differ} | {refused} | {good} | {differ} |")
    return "\n".join(summary) + "\n\n" + "\n".join(details) + "\n", problems


def main():
    if not SHARED or not DATA.exists():
        print("skipped: POSTERN_SHARED is not set")
        return 0
    made, problems = tables(sys.argv[1])
    committed = PAGE.read_text()
    begin, end = "<!-- intake_tables.py -->\n", "<!-- end -->"
    head, rest = committed.split(begin)
    whole = head + begin + made + end + rest.split(end)[1]
    for each in problems:
        print(each)
    if "--write" in sys.argv[2:]:
        PAGE.write_text(whole)
        return 0
    if whole != committed:
        print("INTAKE.md is not what the sets give now: intake_tables.py POSTERN --write")
        return 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
