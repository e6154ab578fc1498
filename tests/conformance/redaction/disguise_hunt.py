#!/usr/bin/python3
"""Looks for leaks: a card number in a random disguise, at a random place of a random message, as long as one likes.

usage: disguise_hunt.py POSTERN_BINARY [--count N] [--seed S] [--minutes M] [--keep FOLDER]
Case N of seed S is always the same message. What readers show of it (card_views.py, Python's mail package in its modern
reading, an HTML parser) must hold the number before and not after `postern redact`; a second pass finds nothing and changes
nothing. A leak is told with its recipe; --keep writes the messages, which hold numbers that nobody owns.
"""
import argparse
import concurrent.futures
import email
import email.policy
import html.parser
import os
import pathlib
import random
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from card_views import digits_of, readings  # noqa: E402
from hunted_messages import hunted  # noqa: E402
from redaction_table import Postern  # noqa: E402

AT_A_TIME = 1000


class Page(html.parser.HTMLParser):
    """The texts of a page and, apart, the values of its attributes."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.text, self.values = [], []
        try:
            self.feed(page)
            self.close()
        except AssertionError:  # of a conditional comment's end; what was read until then counts
            pass

    def handle_data(self, data):
        self.text.append(data)

    def handle_starttag(self, tag, attrs):
        self.values.extend(value for _, value in attrs if value)


def modern_readings(message):
    """As email.policy.default reads it: decoded fields, file names, contents."""
    for part in email.message_from_bytes(message, policy=email.policy.default).walk():
        for read in (lambda p: "\n".join(str(v) for v in p.values()), lambda p: p.get_filename() or "", lambda p: p.get_param("name") or ""):
            try:
                yield str(read(part))
            except Exception:  # noqa: BLE001 the standard library fails on odd fields in many ways
                continue
        if part.get_content_maintype() != "text":
            continue
        try:
            content = part.get_content()
        except (LookupError, ValueError, KeyError):
            continue
        yield content
        if part.get_content_subtype() == "html":
            page = Page(content)
            yield "".join(page.text)
            yield from page.values


def shows(message, number):
    if any(number in digits_of(text) for text in modern_readings(message)):
        return True
    return any(number in digits for digits in readings(message))


def lines(message):
    """Files are read with either line end."""
    return re.sub(rb"\r?\n", b"\n", message)


def judge(case):
    """What is wrong with one message: empty, "unreadable" before, or how it leaks."""
    before, after, again, report, number = case
    if not shows(before, number):
        return "unreadable"
    if shows(after, number):
        return "the number is readable"
    if lines(again) != lines(after):
        return "a second pass changes it"
    if any(found["rule"] == "card" for found in report["redactions"]):
        return "a second pass finds a number"
    return ""


def hunt(postern, seed, first, count, pool):
    """(number, recipe, what is wrong, message, redacted) of each case."""
    cases = [hunted(random.Random(f"{seed}:{at}")) for at in range(first, first + count)]
    once = postern.redact([message for _, _, message in cases])
    twice = postern.redact([after for _, after in once])
    work = [(message, after, again, report, number)
            for (number, _, message), (_, after), (report, again) in zip(cases, once, twice)]
    for at, (wrong, (_, recipe, message), (_, after)) in enumerate(zip(pool.map(judge, work, chunksize=16), cases, once), first):
        yield at, recipe, wrong, message, after


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    until, seen, unreadable, leaks = time.monotonic() + arguments.minutes * 60, 0, 0, 0
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        while seen < arguments.count and time.monotonic() < until:
            some = min(AT_A_TIME, arguments.count - seen)
            for at, recipe, wrong, message, after in hunt(Postern(arguments.binary), arguments.seed, arguments.first + seen, some, pool):
                unreadable += wrong == "unreadable"
                if wrong in ("", "unreadable"):
                    continue
                leaks += 1
                print(f"seed {arguments.seed}, case {at}: {wrong}: {recipe}", flush=True)
                if arguments.keep:
                    arguments.keep.mkdir(parents=True, exist_ok=True)
                    (arguments.keep / f"{arguments.seed}-{at}.eml").write_bytes(message)
                    (arguments.keep / f"{arguments.seed}-{at}.after").write_bytes(after)
            seen += some
    print(f"{seen} messages, {seen - unreadable} of them readable before, {leaks} leaks")
    sys.exit(1 if leaks else 0)


if __name__ == "__main__":
    main()
