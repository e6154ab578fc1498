#!/usr/bin/python3
"""Programs that follow what happens: a receiver of webhooks with HTTPS of its own checks signatures with its own code, across a kill
of the gateway; the feed by long poll; a request that is repeated after a restart."""
import base64
import hashlib
import hmac
import json
import pathlib
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from harness import Api, Gateway, first_owner_token, wait_until  # noqa: E402
from receiver import Handler, HttpsServer  # noqa: E402
from smtp_client import Session  # noqa: E402

MAIL = (b"From: Ann <ann@customer.example>\r\nTo: support@desk.example\r\nSubject: Order %d\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
        b"Message-ID: <%d@customer.example>\r\n\r\nWhere is it?\r\n")


class Receiver(HttpsServer):
    """An HTTPS server that remembers what it gets and answers `status`."""

    def __init__(self, certificate, key):
        self.requests, self.status = [], 200
        receiver = self

        class Answering(Handler):
            def do_POST(self):
                body = self.body()
                receiver.requests.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        super().__init__(Answering, certificate, key)


def is_signed(headers, body, secret):
    """As a receiver would check it, by the text of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, each) for each in headers["webhook-signature"].split(" "))


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.gateway = Gateway({"pipeline.defer_unknown_dmarc": "false", "dns.servers": '["127.0.0.1:1"]',
                                "webhooks.networks": '["127.0.0.0/8"]', "webhooks.ca_file": '"tls/cert.pem"'}).start()
        self.receiver = Receiver(self.gateway.data / "tls/cert.pem", self.gateway.data / "tls/key.pem")
        self.api = Api(self.gateway, first_owner_token(self.gateway))

    def tearDown(self):
        self.gateway.stop()
        self.receiver.stop()

    def mail(self, number):
        session = Session(self.gateway.smtp)
        session.mail("ann@customer.example", ["support@desk.example"])
        session.command("DATA")
        session.send(MAIL % (number, number) + b".\r\n")
        code, text = session.reply()
        session.socket.close()
        self.assertEqual(code, 250, text)

    def test_signed_requests_arrive_and_survive_a_kill(self):
        made = self.api.call("POST", "/api/v2/webhooks", {"webhook": {
            "name": "Shop", "endpoint": self.receiver.url, "subscriptions": ["ticket.created"],
            "authentication": {"type": "bearer_token", "add_position": "header", "data": {"token": "let me in"}}}})["webhook"]
        secret = made["signing_secret"]["secret"]
        self.mail(1)
        wait_until(lambda: len(self.receiver.requests) == 1, "the request arrives")
        headers, body = self.receiver.requests[0]
        self.assertTrue(is_signed(headers, body, secret))
        self.assertFalse(is_signed(headers, body + b" ", secret))
        self.assertEqual(headers["Authorization"], "Bearer let me in")
        self.assertEqual(json.loads(body)["detail"]["subject"], "Order 1")

        self.receiver.status = 503
        self.mail(2)
        wait_until(lambda: len(self.receiver.requests) == 2, "the failing request arrives")
        self.gateway.kill()
        self.receiver.status = 200
        self.gateway.start()
        wait_until(lambda: len(self.receiver.requests) == 3, "it comes again", 40)
        self.assertEqual(self.receiver.requests[1][0]["webhook-id"], self.receiver.requests[2][0]["webhook-id"])
        self.assertTrue(is_signed(*self.receiver.requests[2], secret))
        self.api.connection = None
        path = f"/api/v2/webhooks/{made['id']}/invocations"
        wait_until(lambda: all(each["status"] == "success" for each in self.api.get(path)["invocations"]), "the log says so")

    def test_inner_addresses_are_refused(self):
        for url in ("https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "http://localhost/", "https://[::1]/", "https://2130706433/"):
            status, _, _ = self.api.raw("POST", "/api/v2/webhooks", json.dumps({"webhook": {"name": "x", "endpoint": url}}))
            self.assertEqual(status, 422, url)

    def test_a_repeated_request_is_answered_after_a_kill(self):
        body = json.dumps({"webhook": {"name": "Once", "endpoint": self.receiver.url}})
        first = self.api.raw("POST", "/api/v2/webhooks", body, extra={"Idempotency-Key": "k1"})
        self.assertEqual((first[0], first[2]["X-Idempotency-Lookup"]), (201, "miss"), first[1])
        self.gateway.kill()
        self.gateway.start()
        self.api.connection = None
        second = self.api.raw("POST", "/api/v2/webhooks", body, extra={"Idempotency-Key": "k1"})
        self.assertEqual((second[0], second[2]["X-Idempotency-Lookup"]), (201, "hit"), second[1])
        self.assertEqual(json.loads(first[1])["webhook"]["id"], json.loads(second[1])["webhook"]["id"])
        self.assertEqual(len(self.api.get("/api/v2/webhooks")["webhooks"]), 1)

    def test_the_feed_answers_when_something_happens(self):
        after = self.api.get("/api/v2/changes?limit=500")["after"]
        answers = []
        waiter = threading.Thread(target=lambda: answers.append(Api(self.gateway, self.api.token).get(f"/api/v2/changes?after={after}&wait=20")))
        waiter.start()
        self.mail(3)
        waiter.join(25)
        kinds = [change["kind"] for entry in answers[0]["changes"] for change in entry["changes"]]
        self.assertIn("ticket.created", kinds)
        exported = self.api.get("/api/v2/incremental/tickets/cursor?start_time=0")
        self.assertEqual([ticket["subject"] for ticket in exported["tickets"]], ["Order 3"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
