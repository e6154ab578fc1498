#!/usr/bin/python3
"""One ticket in a real browser against the real binary: reading, writing, drafts, undo-send, macros, fields, two agents at once,
redaction, merge, split, history, a thousand comments; keyboard, axe-core, narrow, dark, French (ui/ticket.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class Ticket(Pages):
    def test_one_ticket_all_day(self):
        self.run_pages("ticket.js", 18)


if __name__ == "__main__":
    unittest.main(verbosity=0)
