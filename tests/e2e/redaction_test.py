#!/usr/bin/python3
"""A sample of tests/conformance/REDACTION.md: some numbers in every disguise, some look-alikes. The whole of it takes minutes:
conformance/redaction/redaction_table.py."""
import concurrent.futures
import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "conformance/redaction"))
from disguise_hunt import hunt  # noqa: E402
from harness import BINARY  # noqa: E402
from redaction_table import EXCEPTIONS, TABLE, Postern, made_up, name_in_table, recall  # noqa: E402

NUMBERS = ["4111111111111111", "378282246310005", "30569309025904"]
LOOKALIKES = 2000
HUNTED = 600  # conformance/redaction/disguise_hunt.py goes on from there for as long as one likes


class Redaction(unittest.TestCase):
    def test_a_number_in_any_disguise_is_found_and_nowhere_readable_Z_35(self):
        rows = recall(Postern(BINARY), [random.Random().choice(NUMBERS)], os.cpu_count())
        self.assertGreater(len(rows), 200)
        self.assertEqual([key for key, row in rows.items() if row[4]], [], "missed, or readable still, without a reason")
        table = TABLE.read_text("utf-8")
        self.assertEqual([key for key in rows if name_in_table(key) not in table], [], "the committed table is of other disguises")

    def test_a_number_in_a_chain_of_random_disguises_is_nowhere_readable_Z_35(self):
        with concurrent.futures.ProcessPoolExecutor() as pool:
            outcomes = list(hunt(Postern(BINARY), "e2e", 0, HUNTED, pool))
        self.assertEqual([f"case {at}: {wrong}: {recipe}" for at, recipe, wrong, _, _ in outcomes if wrong not in ("", "unreadable")], [])
        self.assertLess(sum(wrong == "unreadable" for _, _, wrong, _, _ in outcomes), HUNTED * 0.3, "the readers read too little before")

    def test_numbers_that_are_no_cards_stay(self):
        lines, changed = made_up(Postern(BINARY), LOOKALIKES)
        self.assertEqual(lines, LOOKALIKES)
        self.assertEqual(dict(changed), {})


if __name__ == "__main__":
    unittest.main(verbosity=0)
