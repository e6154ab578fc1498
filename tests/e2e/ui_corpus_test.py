#!/usr/bin/python3
"""Hostile HTML and file names, sent as mail and opened in the ticket screen: no script runs, nothing is asked elsewhere.
The corpora are others' (POSTERN_SHARED/data/html); without them the test is skipped."""
import json
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import SHARED, temporary_folder  # noqa: E402
from pages import Pages  # noqa: E402

THREAD = 12  # messages a ticket


def vectors():
    root = SHARED / "data/html"
    out = re.findall(r'<div id="\d+">(.*?)//\["\'`-->\]\]>\]</div>', (root / "h5sc/vectors.txt").read_text(errors="replace"), re.S)
    for file in root.glob("owasp-cheatsheet/cheatsheets/*.md"):
        out += re.findall(r"```(?:html|js|javascript|css)?\n(.*?)```", file.read_text(errors="replace"), re.S)
    for file in root.glob("java-html-sanitizer/**/*.html"):
        out.append(file.read_text(errors="replace"))
    return out


@unittest.skipUnless(SHARED and (SHARED / "data/html").is_dir(), "no corpora")
class Corpus(Pages):
    def test_nothing_that_a_stranger_wrote_runs_or_calls_home(self):
        hostile = vectors()
        self.assertGreater(len(hostile), 100)
        threads = [hostile[at:at + THREAD] for at in range(0, len(hostile), THREAD)]
        file = temporary_folder("corpus") / "vectors.json"
        file.write_text(json.dumps(threads))
        os.environ["VECTORS"] = str(file)
        self.run_pages("corpus.js", steps=len(threads) + 2)


if __name__ == "__main__":
    unittest.main(verbosity=0)
