#!/usr/bin/python3
"""What the web page does when answers come late, wrong or not at all, in a real browser before a desk in memory: races
that the real server cannot be asked for. Needs the page as npm builds it, beside the binary, and not the binary itself."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import BINARY, temporary_folder  # noqa: E402

E2E = pathlib.Path(__file__).parent
TESTS = 13


class Page(unittest.TestCase):
    @unittest.skipUnless(shutil.which("chromium"), "no chromium")
    def test_page(self):
        pictures = pathlib.Path(os.environ.get("POSTERN_PICTURES") or temporary_folder("pictures"))
        pictures.mkdir(exist_ok=True)
        done = subprocess.run(["node", "browser_page.js", str(pictures)], cwd=E2E, capture_output=True, text=True, timeout=1100,
                              env={"POSTERN_UI": str(BINARY.parent / "ui"), **os.environ})
        self.assertIn("passed", done.stdout, done.stderr)
        outcome = json.loads(done.stdout)
        self.assertEqual(outcome["problems"], [])
        self.assertEqual(outcome["passed"], TESTS)


if __name__ == "__main__":
    unittest.main(verbosity=0)
