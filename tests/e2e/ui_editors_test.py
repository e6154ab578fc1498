#!/usr/bin/python3
"""Editors of what an admin defines, in a real browser: views, macros, triggers, automations, fields, forms, statuses, webhooks."""
import http.server
import os
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from pages import Pages  # noqa: E402


class Receiver:
    """A program beside Postern: takes what comes, and refuses at /bad."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(500 if self.path == "/bad" else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Editors(Pages):
    def test_everything_is_defined_tried_and_explained(self):
        receiver = Receiver()
        os.environ["RECEIVER"] = receiver.url
        try:
            self.run_pages("editors.js", steps=21, settings={"webhooks.http_to_loopback": "true"})
        finally:
            receiver.stop()


if __name__ == "__main__":
    unittest.main(verbosity=0)
