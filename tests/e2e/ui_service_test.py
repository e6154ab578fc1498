#!/usr/bin/python3
"""Promised times, working hours, senders, signing keys, certificates, traces, live plots and requests to join, in a real browser
against the real binary; every screen in compact density (ui/service.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class Service(Pages):
    def test_i8_promises_senders_keys_and_ways(self):
        self.run_pages("service.js", 10)


if __name__ == "__main__":
    unittest.main(verbosity=0)
