#!/usr/bin/python3
"""Signatures, satisfaction, import and export, and refusals in the page's language, in a real browser against the real binary
(ui/moving.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class Moving(Pages):
    def test_i8_signatures_satisfaction_import_and_export(self):
        self.run_pages("moving.js", 7, seconds=500)


if __name__ == "__main__":
    unittest.main(verbosity=0)
