#!/usr/bin/python3
"""A flood of tickets while the page is open, in a real browser against the real binary (ui/burst.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class Burst(Pages):
    def test_i8_what_comes_in_a_flood_is_shown_while_it_comes(self):
        self.run_pages("burst.js", 4, seconds=500)


if __name__ == "__main__":
    unittest.main(verbosity=0)
