#!/usr/bin/python3
"""Fields of people and organisations, their values, and merging two entries of a customer, in a real browser against the real binary
(ui/person_fields.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class PersonFields(Pages):
    def test_i8_fields_of_people_and_merging(self):
        self.run_pages("person_fields.js", 3, seconds=500)


if __name__ == "__main__":
    unittest.main(verbosity=0)
