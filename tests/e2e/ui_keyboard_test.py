#!/usr/bin/python3
"""An agent's whole day with the keyboard alone, in a real browser against the real binary (ui/keyboard.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class Keyboard(Pages):
    def test_i8_a_whole_day_without_a_mouse(self):
        self.run_pages("keyboard.js", 4)


if __name__ == "__main__":
    unittest.main(verbosity=0)
