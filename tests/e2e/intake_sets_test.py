"""The helpdesk mail sets and the bounce sets give what tests/conformance/INTAKE.md says (issue 7, what proves it)."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import BINARY  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


class IntakeSets(unittest.TestCase):
    def test_every_message_gives_what_the_table_says(self):
        if not os.environ.get("POSTERN_SHARED"):
            self.skipTest("POSTERN_SHARED is not set")
        done = subprocess.run([sys.executable, str(ROOT / "tests/conformance/intake_tables.py"), str(BINARY)], capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=0)
