#!/usr/bin/python3
"""Whole days with the keyboard alone, in a real browser against the real binary: an agent's (ui/keyboard.js), a mail admin's
(ui/keyboard_mail.js), an operator's (ui/keyboard_operate.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import free_port  # noqa: E402
from pages import Pages  # noqa: E402
from ui_mail_test import ZONE  # noqa: E402


class Keyboard(Pages):
    def test_i8_a_whole_day_without_a_mouse(self):
        self.run_pages("keyboard.js", 4)

    def test_i8_a_mail_admin_without_a_mouse_M_07_Z_33(self):
        self.run_pages("keyboard_mail.js", 5, settings={"delivery.port": str(free_port()), "pipeline.defer_unknown_dmarc": "false"}, records=ZONE, publishes=True)

    def test_i8_an_operator_without_a_mouse_M_08(self):
        self.run_pages("keyboard_operate.js", 5)


if __name__ == "__main__":
    unittest.main(verbosity=0)
