#!/usr/bin/python3
"""With web.content_origin, a browser gets what customers sent from there: Chromium, real mail, one server under two names
(ASVS 5.0 V3.5.4; ui/content.js)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class Content(Pages):
    def test_v3_5_4_customer_content_has_an_origin_of_its_own(self):
        self.run_pages("content.js", 3, settings={"web.public_origin": '"https://localhost:{web}"', "web.content_origin": '"https://127.0.0.1:{web}"'})


if __name__ == "__main__":
    unittest.main(verbosity=0)
