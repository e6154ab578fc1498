#!/usr/bin/python3
"""Operators in a real browser against the real binary: a redaction rule from idea to enforcement and back, another person faster in
between, replays, spam, health, jobs (tests/e2e/ui/operate.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class UiOperate(Pages):
    def test_redaction_rules_spam_health_and_jobs_M_08(self):
        self.run_pages("operate.js", 11)


if __name__ == "__main__":
    unittest.main(verbosity=0)
