#!/usr/bin/python3
"""People and security in a real browser against the real binary (tests/e2e/ui/people.js): invitations, roles, inboxes, groups,
policies, networks, tokens, support access, checklist, audit log, the end of the workspace; axe-core, narrow, dark, French."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class UiPeople(Pages):
    def test_people_security_and_the_audit_log(self):
        self.run_pages("people.js", 10, settings={"delivery.relay": '"127.0.0.1:1"'},
                       records={("desk.example", "TXT"): ["v=spf1 -all"]})


if __name__ == "__main__":
    unittest.main(verbosity=0)
