#!/usr/bin/python3
"""The web app's types come from web/ui/api/openapi.json: it must be what the binary says of its API. With POSTERN_WRITE_DOCS=1
the file is written anew instead."""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Gateway  # noqa: E402

FILE = pathlib.Path(__file__).resolve().parents[2] / "web/ui/api/openapi.json"


def line(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def block(entries):
    return "{\n" + ",\n".join(f"{line(name)}:{line(entries[name])}" for name in sorted(entries)) + "}"


def written(document):
    """A line for each path and each schema, so that a change of the API is read as one."""
    parts = {name: line(value) for name, value in document.items()}
    parts["paths"] = block(document["paths"])
    parts["components"] = "{" + ",\n".join(f"{line(name)}:{block(each)}" for name, each in sorted(document["components"].items())) + "}"
    return "{" + ",\n".join(f"{line(name)}:{parts[name]}" for name in sorted(parts)) + "}\n"


class UiApi(unittest.TestCase):
    maxDiff = None

    def test_i8_the_types_of_the_app_are_those_of_the_binary(self):
        gateway = Gateway().start()
        document = gateway.owner().get("/api/v2/openapi")
        gateway.stop()
        text = written(document)
        self.assertEqual(json.loads(text), document)
        if os.environ.get("POSTERN_WRITE_DOCS"):
            FILE.write_text(text)
        own, theirs = FILE.read_text().splitlines(), text.splitlines()
        self.assertEqual([each[:200] for each in sorted(set(own) ^ set(theirs))], [], "write it anew: POSTERN_WRITE_DOCS=1 tests/e2e/ui_api_test.py")


if __name__ == "__main__":
    unittest.main(verbosity=0)
