#!/usr/bin/python3
"""Invariant 2 in every place that takes words which are no message: commands of SMTP, names and notes of whatever the API can make,
addresses of requests, keys, imports, what receivers of webhooks answer. Each gets a card number of its own; none of them may stand
in a file, a log, a metric or an answer afterwards."""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from canaries import Canaries  # noqa: E402
from canary_test import RCPT, SENDER, cards  # noqa: E402
from harness import run_cli, wait_until  # noqa: E402
from receiver import Handler, HttpsServer  # noqa: E402
from smtp_client import Session  # noqa: E402

# § is a number, another one each time. What is made: bodies as complete as the server takes them.
MADE = {
    "groups": {"group": {"name": "card §", "description": "card §"}},
    "organizations": {"organization": {"name": "card §", "details": "card §", "notes": "card §", "external_id": "id-§", "tags": ["card_§"]}},
    "users": {"user": {"name": "card §", "email": "ben@customer.example", "phone": "§", "details": "card §", "notes": "card §", "alias": "card §", "external_id": "§",
                       "tags": ["card_§"]}},
    "user_fields": {"user_field": {"type": "dropdown", "key": "colour", "title": "card §", "description": "card §",
                                   "custom_field_options": [{"name": "card §", "value": "v_§"}]}},
    "organization_fields": {"organization_field": {"type": "text", "key": "shade", "title": "card §", "description": "card §"}},
    "ticket_fields": {"ticket_field": {"type": "tagger", "title": "card §", "description": "card §", "agent_description": "card §", "title_in_portal": "card §",
                                       "custom_field_options": [{"name": "card §", "value": "v_§"}]}},
    "ticket_forms": {"ticket_form": {"name": "card §", "display_name": "card §"}},
    "custom_statuses": {"custom_status": {"status_category": "open", "agent_label": "card §", "end_user_label": "card §", "description": "card §",
                                          "end_user_description": "card §"}},
    "macros": {"macro": {"title": "card §", "description": "card §", "actions": [{"field": "comment_value", "value": "card §"}, {"field": "current_tags", "value": "card_§"}]}},
    "triggers": {"trigger": {"title": "card §", "description": "card §", "conditions": {"all": [{"field": "subject_includes_word", "operator": "includes", "value": "§"}]},
                             "actions": [{"field": "current_tags", "value": "card_§"}]}},
    "automations": {"automation": {"title": "card §", "description": "card §", "actions": [{"field": "current_tags", "value": "card_§"}],
                                   "conditions": {"all": [{"field": "status", "operator": "is", "value": "open"}, {"field": "NEW", "operator": "is", "value": "24"},
                                                          {"field": "current_tags", "operator": "includes", "value": "card_§"}]}}},
    "views": {"view": {"title": "card §", "description": "card §", "all": [{"field": "status", "operator": "is", "value": "open"},
                                                                          {"field": "current_tags", "operator": "includes", "value": "card_§"}]}},
    "webhooks": {"webhook": {"name": "card §", "description": "card §", "endpoint": "https://hooks.customer.example/in", "http_method": "POST",
                             "request_format": "json", "status": "active", "subscriptions": ["zen:event-type:ticket.created"], "custom_headers": {"X-Card": "§"}}},
    "webhooks?refused=by": {"webhook": {"name": "hook", "endpoint": "https://hooks.customer.example/?card=§", "http_method": "POST", "request_format": "json",
                                        "status": "active", "subscriptions": ["zen:event-type:ticket.created §"]}},
    "business_hours/schedules": {"schedule": {"name": "card §", "time_zone": "Europe/Berlin", "intervals": [{"start_time": 1980, "end_time": 2460}]}},
    "slas/policies": {"sla_policy": {"title": "card §", "description": "card §", "filter": {"all": [], "any": []},
                                     "policy_metrics": [{"priority": "normal", "metric": "first_reply_time", "target": 60, "business_hours": False}]}},
    "sender_lists": {"sender_list": {"list": "allow", "pattern": "good@customer.example", "note": "card §"}},
    "custom_roles": {"custom_role": {"name": "card §", "description": "card §", "permissions": ["tickets:read"]}},
    "api_tokens": {"api_token": {"description": "card §", "scopes": ["tickets:read"]}},
    "support_access": {"support_access": {"email": "helper@postern.example", "name": "card §", "hours": 1, "reason": "card §"}},
    "network_blocks": {"network_block": {"network": "192.0.2.0/24", "reason": "card §"}},
    "redaction_rules": {"redaction_rule": {"id": "own", "description": "card §", "patterns": ["ZZ-[0-9]{4}"], "context": ["card §"], "unless": ["card §"],
                                           "matches": ["ZZ-1234 §"], "ignores": ["card §"], "note": "card §"}},
    "redaction_rules/test": {"text": "card §", "document": "# §"},
    "redaction_replays": {"redaction_replay": {"document": "# §", "against_document": "# §"}},
    "redaction_rule_sets": {"redaction_rule_set": {"document": "# §", "note": "card §"}},
    "tickets": {"ticket": {"subject": "card §", "external_id": "§", "tags": ["card_§"], "recipient": "§@desk.example", "requester": {"name": "card §", "email": "§@customer.example"},
                           "comment": {"body": "card §", "html_body": "<p title='card §'>card <b>§</b></p>"}}},
    "imports/tickets": {"ticket": {"subject": "card §", "external_id": "§", "tags": ["card_§"], "requester": {"name": "card §", "email": "§@customer.example"},
                                   "comments": [{"value": "card §", "author_id": 0}, {"body": "card §"}]}},
    "requests": {"request": {"subject": "card §", "requester": {"name": "card §", "email": "cid@customer.example"}, "comment": {"body": "card §"}}},
    "session": {"email": "§@desk.example", "password": "card §"},
    "password_resets": {"email": "§@desk.example"},
    "tags/rename": {"tag": {"name": "card_§", "new_name": "card_§"}},
    "signatures/preview": {"signature": {"ticket_id": 1, "body": "card §", "html_body": "<b>card §</b>"}},
    "webhooks/test": {"request": {"endpoint": "https://hooks.customer.example/§", "http_method": "POST", "request_format": "json", "payload": "{\"card\": \"§\"}"}},
    "views/preview": {"view": {"title": "card §", "all": [{"field": "status", "operator": "is", "value": "open"}, {"field": "current_tags", "operator": "includes", "value": "card_§"}]}},
    "organizations/create_or_update": {"organization": {"name": "card §", "external_id": "other-§"}},
}
# Addresses that are asked for. What no route has is an answer too.
ASKED = ["search?query=§", "search?query=card+tags:card_§+order_by:§", "search/count?query=%22card+§%22", "tickets/§", "tickets?external_id=§", "views/§/tickets", "§",
         "traces?sender=§@customer.example", "traces?message_id=<§@customer.example>", "users/search?query=§", "organizations/autocomplete?name=card+§",
         "organizations/search?external_id=§", "users/search?external_id=§", "audit_logs?filter[source_type]=§", "tags?name=§", "autocomplete/tags?name=card_§",
         "redaction_rules/§", "changes?after=§", "attachments/§/content", "redaction_stats?rule=§", "suspended_tickets?query=§"]
# Lines of SMTP, one a session behind the greeting; a sender's mail follows where the server goes on.
LINES = ["EHLO §", "HELO §.customer.example", "EHLO [§]", "MAIL FROM:<§@sender.example>", "MAIL FROM:<\"card §\"@sender.example>", "MAIL FROM:<bounce+§=x@sender.example>",
         "MAIL FROM:<a@sender.example> ENVID=card§", "MAIL FROM:<a@§.example>", "RCPT TO:<§@desk.example>", "RCPT TO:<support+§@desk.example>", "RCPT TO:<a@§.example>",
         "RCPT TO:<support@desk.example> ORCPT=rfc822;§@desk.example", "§", "VRFY §", "AUTH PLAIN §", "STARTTLS §", "NOOP §", "MAIL §", "XCLIENT NAME=§"]


class Answerer(HttpsServer):
    """An HTTPS server whose answers hold a card number in each place that a delivery log may keep."""

    def __init__(self, certificate, key, numbers):
        self.sent, answerer = [], self

        class Answering(Handler):
            def do_POST(self):
                self.body()
                reason, field, body = (next(numbers) for _ in range(3))
                answerer.sent += [("webhook's reason", reason), ("webhook's field", field), ("webhook's body", body)]
                self.send_response(500, f"card {reason}")
                text = json.dumps({"error": f"card {body}"}).encode()
                for name, value in (("Content-Type", "application/json"), ("X-Error", f"card {field}"), ("Content-Length", str(len(text)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

        super().__init__(Answering, certificate, key)


class Places(Canaries, unittest.TestCase):
    def make_things(self):
        made, keys = {}, 0
        for path, template in MADE.items():
            keys += 1
            key = {"Idempotency-Key": self.filled("card §", f"{path}: Idempotency-Key") + f"-{keys}", "User-Agent": self.filled("shop/§", f"{path}: User-Agent"),
                   "X-Request-Id": self.filled("§", f"{path}: X-Request-Id")}
            body = self.filled(template, path)
            status, data = self.ask("POST", path, body, key)
            if path not in ("session", "requests", "password_resets"):
                again, kept, headers = self.client.raw("POST", "/api/v2/" + path, json.dumps(body), extra=key)
                self.assertEqual((again, headers["X-Idempotency-Lookup"]), (status, "hit"), f"{path}: {kept}")
                self.shown.append((f"POST {path} again", kept))
            made[path] = status
            if os.environ.get("POSTERN_CANARY_TELLS") and status >= 300:
                print(path, status, data.decode(errors="replace"))
            if status >= 300:  # the error may be kept for whoever repeats the request; each field alone may be taken
                (name, fields), = [(k, v) for k, v in template.items() if isinstance(v, dict)] or [("", {})]
                for field in fields:
                    self.ask("POST", path, self.filled({name: {field: fields[field]}}, path))
        # Most of them must have been taken, or this tests refusals alone.
        taken = {path for path, status in made.items() if status < 300}
        self.assertGreaterEqual(len(taken), 16, made)
        return made

    def ask_for_things(self):
        for path in ASKED:
            self.ask("GET", self.filled(path, path), extra={"Referer": self.filled("https://desk.example/?card=§", "Referer"), "If-None-Match": self.filled('"§"', "If-None-Match")})

    def change_a_ticket(self):
        ticket = self.client.tickets()[-1]["id"]
        for method, path, body in (("PUT", f"tickets/{ticket}/draft", {"draft": {"body": "card §", "html_body": "<p>card <b>§</b></p>", "public": True}}),
                                   ("PUT", f"tickets/{ticket}", {"ticket": {"comment": {"body": "card §", "html_body": "<p>§</p>", "public": False},
                                                                            "custom_fields": [{"id": 1, "value": "§"}], "additional_tags": ["t_§"]}}),
                                   ("POST", f"tickets/{ticket}/satisfaction_rating", {"satisfaction_rating": {"score": "bad", "comment": "card §"}}),
                                   ("PUT", f"tickets/{ticket}/tags", {"tags": ["card_§"]}),
                                   ("PUT", "tickets/update_many?ids=" + str(ticket), {"ticket": {"subject": "card §", "comment": {"body": "card §"}}}),
                                   ("PUT", f"tickets/{ticket}/comments/1/redact", {"text": "§"}),
                                   ("PUT", "users/me", {"user": {"name": "card §", "signature": "card §", "signature_html": "<p>card §</p>"}})):
            self.ask(method, path, self.filled(body, path))

    def speak_smtp(self, port):
        for line in LINES:
            session = Session(port)
            try:
                if line.startswith("RCPT"):
                    session.command(f"MAIL FROM:<{SENDER}>")
                code, text = session.command(self.filled(line, f"SMTP {line}"))
                if line.startswith(("MAIL FROM", "RCPT", "EHLO", "HELO")) and code == 250:
                    if not line.startswith(("MAIL", "RCPT")):
                        session.command(f"MAIL FROM:<{SENDER}>")
                    session.command(f"RCPT TO:<{RCPT}>")
                    session.command("DATA")
                    session.send(f"From: <{SENDER}>\r\nTo: {RCPT}\r\nSubject: after a line\r\n\r\nCanary of a line.\r\n.\r\n".encode())
                    session.reply()
            except ConnectionError:
                pass
            session.socket.close()

    def call_webhooks(self, answerer):
        status, data = self.ask("POST", "webhooks", {"webhook": {"name": "in", "endpoint": answerer.url, "http_method": "POST", "request_format": "json",
                                                                 "status": "active", "subscriptions": ["zen:event-type:ticket.created"]}})
        self.assertEqual(status, 201, data)
        hook = json.loads(data)["webhook"]["id"]
        for at in ("told", "told-again"):
            self.ask("POST", "webhooks/test", {"request": {"endpoint": answerer.url, "http_method": "POST", "request_format": "json", "payload": "{}"}}, {"Idempotency-Key": at})
        self.ask("POST", "tickets", {"ticket": {"subject": "told to a webhook", "comment": {"body": "hello"}}})
        wait_until(lambda: answerer.sent, "the webhook is called")
        listed = wait_until(lambda: json.loads(self.client.raw("GET", f"/api/v2/webhooks/{hook}/invocations")[1])["invocations"], "its delivery is logged")
        self.ask("GET", f"webhooks/{hook}/invocations")
        self.ask("GET", f"webhooks/{hook}/invocations/{listed[0]['id']}/attempts")

    def look_around(self, gateway):
        for path in ("audit_logs", "outbox", "changes", "traces", "groups", "organizations", "users", "macros", "triggers", "automations", "views", "webhooks",
                     "ticket_fields", "user_fields", "organization_fields", "ticket_forms", "custom_statuses", "sender_lists", "custom_roles", "api_tokens", "tags",
                     "support_access", "network_blocks", "suspended_tickets", "redaction_rules", "redaction_rule_sets", "deleted_tickets", "satisfaction_ratings",
                     "drafts", "sessions", "system/metrics", "incremental/tickets/cursor?start_time=1", "incremental/ticket_events?start_time=1"):
            self.ask("GET", path)
        self.shown.append(("/metrics", gateway.operator_get("/metrics")[1].encode()))
        for words in (["audit", "list"], ["suspended", "list"], ["queue", "list"], ["user", "list"], ["token", "list"], ["block", "list"], ["rules", "history"]):
            self.shown.append((" ".join(words), run_cli(*words, "--config", gateway.config, "--json", check=False).stdout))

    def test_no_number_in_any_other_place_reaches_a_file_Z_35_invariant_2(self):
        gateway = self.plain_gateway({"webhooks.networks": '["127.0.0.0/8"]', "webhooks.ca_file": '"tls/cert.pem"', "inbox.web_form": "true"})
        self.client = self.signed_in(gateway)
        self.numbers, self.sent, self.shown = cards(), [], []
        answerer = Answerer(gateway.data / "tls/cert.pem", gateway.data / "tls/key.pem", self.numbers)
        self.addCleanup(answerer.stop)
        made = self.make_things()
        self.ask_for_things()
        self.change_a_ticket()
        self.speak_smtp(gateway.smtp)
        self.call_webhooks(answerer)
        self.look_around(gateway)
        self.sent += answerer.sent
        if os.environ.get("POSTERN_CANARY_TELLS"):
            print(json.dumps(made, indent=1))
        gateway.kill()
        self.assertEqual(self.in_files(gateway), [])
        self.assertEqual(self.in_answers(), [])
        gateway.start()
        gateway.stop()
        self.assertEqual(self.in_files(gateway), [])


if __name__ == "__main__":
    unittest.main(verbosity=0)
