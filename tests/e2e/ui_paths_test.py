#!/usr/bin/python3
"""Every address of the API that the web app's source names is a route of the binary that carries it (OpenAPI document)."""
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Gateway  # noqa: E402

PAGE = pathlib.Path(__file__).resolve().parents[2] / "web/ui/src"


def template(path):
    """"`/tickets/${id}/x${query({…})}`" as "/tickets/{}/x": what is put in at a segment's place is one segment."""
    out, depth, at = "", 0, 0
    while at < len(path):
        if path.startswith("${", at):
            end, depth = at + 2, 1
            while end < len(path) and depth:
                depth += {"{": 1, "}": -1}.get(path[end], 0)
                end += 1
            out += "{}" if out.endswith(("/", "-")) else "?"
            at = end
        else:
            out += path[at]
            at += 1
    return out.split("?")[0].rstrip("/")


def named():
    found = {}
    for file in sorted(PAGE.rglob("*.ts*")):
        if ".test." in file.name:
            continue
        text = file.read_text()
        for match in re.finditer(r"[`'\"](/api/v2/[^`'\"\n]*)[`'\"]", text):
            found.setdefault(template(match.group(1)), f"{file.relative_to(PAGE)}: {match.group(1)}")
    return found


def is_route(path, routes):
    """Segment by segment; a part that the source puts in stands for any, and what it goes on to build may follow."""
    own = path.split("/")
    return any(len(route) >= len(own) and all(mine in (theirs, "{}") or "{" in theirs for mine, theirs in zip(own, route)) for route in routes)


class UiPaths(unittest.TestCase):
    def test_the_app_asks_for_routes_that_exist(self):
        gateway = Gateway().start()
        document = gateway.owner().get("/api/v2/openapi")
        gateway.stop()
        routes = [path.split("/") for path in document["paths"]]
        asked = named()
        self.assertGreater(len(asked), 50)
        self.assertFalse(is_route("/api/v2/tickets/{}/nonsense", routes))
        self.assertEqual(sorted(where for path, where in asked.items() if "…" not in path and not is_route(path, routes)), [])


if __name__ == "__main__":
    unittest.main(verbosity=0)
