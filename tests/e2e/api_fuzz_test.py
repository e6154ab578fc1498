#!/usr/bin/python3
"""Every route of the API's own description gets valid, boundary and invalid values, as the owner and as a light agent: no
answer is a failure of ours, errors have our one shape, good answers are what the description says (issue 7, part 4; T-02).

The seed is fixed and printed; POSTERN_FUZZ_SEED and POSTERN_FUZZ_SECONDS look further.
"""
import json
import os
import pathlib
import random
import sys
import time
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from harness import OWNER, PASSWORD, Api, Dns, Gateway, wait_until  # noqa: E402
from smtp_client import Session  # noqa: E402

SEED = int(os.environ.get("POSTERN_FUZZ_SEED", "20261123"))
SECONDS = float(os.environ.get("POSTERN_FUZZ_SECONDS", "45"))
# They would end the run itself: one's own session, password or way in, the account or the workspace; or they make a key pair each time.
LEFT_OUT = {("delete", "/api/v2/session"), ("delete", "/api/v2/sessions"), ("delete", "/api/v2/sessions/{id}"), ("delete", "/api/v2/workspace/sessions"),
            ("post", "/api/v2/workspace/wipe"), ("put", "/api/v2/users/me/password"), ("put", "/api/v2/network_rules"), ("post", "/api/v2/network_blocks"),
            ("put", "/api/v2/security_policy"), ("put", "/api/v2/password_policies"), ("post", "/api/v2/session"), ("post", "/api/v2/session/proof"),
            ("get", "/api/v2/changes/stream"), ("post", "/api/v2/two_factor/totp/confirm"), ("post", "/api/v2/password_resets"),
            ("post", "/api/v2/mail_domains/{domain}/dkim_keys"), ("delete", "/api/v2/users/{id}"), ("delete", "/api/v2/users/destroy_many"),
            ("put", "/api/v2/users/{id}/role"), ("delete", "/api/v2/users/{id}/sessions"), ("delete", "/api/v2/users/{id}/two_factor")}
NUMBERS = [0, 1, 2, -1, 7, 100, 101, 65536, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 0.5, -0.0, 1e308]
TEXTS = ["", " ", "a", "x" * 300, "y" * 20000, "é\u0301\u202e\u200b", "\u0000", "\ud83d\ude00", "<script>alert(1)</script>", "'; --", "../../etc/passwd", "%00", "null",
         "2026-11-23T00:00:00Z", "2026-02-30", "9999999999999999999999", "4111 1111 1111 1111", "{{ticket.id}}", "open", "is", "*", "ann@customer.example"]
WORDS_OF_QUERY = ["", "0", "1", "-1", "101", "18446744073709551616", "abc", "true", "desc", "2026-11-23", "status:open", "\"a b", "(((", "a" * 3000, "1,2,3", "users", "\u202e", "%"]


def wrong_with(value, schema, schemas, where="body"):
    """What is wrong with a value under what the description declares; empty: nothing."""
    if "$ref" in schema:
        return wrong_with(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, where)
    if "anyOf" in schema:
        found = [wrong_with(value, each, schemas, where) for each in schema["anyOf"]]
        return "" if "" in found else found[0]
    kinds = schema.get("type")
    if kinds is None:
        return ""
    kinds = [kinds] if isinstance(kinds, str) else kinds
    kind = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}[type(value)]
    if kind not in kinds and not (kind == "integer" and "number" in kinds):
        return f"{where}: {kind} instead of {kinds}"
    if kind == "string" and "enum" in schema and value not in schema["enum"]:
        return f"{where}: {value!r} is none of {schema['enum']}"
    if kind == "array" and "items" in schema:
        return next(filter(None, (wrong_with(each, schema["items"], schemas, f"{where}[{i}]") for i, each in enumerate(value))), "")
    if kind == "object" and "properties" in schema:
        for name in schema.get("required", []):
            if name not in value:
                return f"{where}.{name}: is missing"
        return next(filter(None, (wrong_with(value[name], each, schemas, f"{where}.{name}") for name, each in schema["properties"].items() if name in value)), "")
    return ""


class Maker:
    """Values for a schema: mostly what it asks for, at its borders, or something else."""

    def __init__(self, rng, schemas, ids):
        self.rng, self.schemas, self.ids = rng, schemas, ids

    def any(self, depth=0):
        kinds = [None, True, False, self.rng.choice(NUMBERS), self.rng.choice(TEXTS), [], {}]
        if depth < 3:
            kinds += [[self.any(depth + 1) for _ in range(self.rng.randint(0, 3))], {self.rng.choice(["id", "name", "a"]): self.any(depth + 1)}]
        return self.rng.choice(kinds)

    def of(self, schema, wildness, name="", depth=0):
        if self.rng.random() < wildness:
            return self.any()
        if "$ref" in schema:
            return self.of(self.schemas[schema["$ref"].rsplit("/", 1)[1]], wildness, name, depth)
        if "anyOf" in schema:
            return self.of(self.rng.choice(schema["anyOf"]), wildness, name, depth)
        kind = schema.get("type", "any")
        kind = self.rng.choice(kind) if isinstance(kind, list) else kind
        if kind == "object":
            properties = {} if depth > 6 else schema.get("properties", {})
            needed = set(schema.get("required", []))
            share = self.rng.choice([0.2, 0.6, 1.0])
            return {key: self.of(each, wildness, key, depth + 1) for key, each in properties.items()
                    if not each.get("readOnly") and (key in needed or self.rng.random() < share)}
        if kind == "array":
            return [self.of(schema.get("items", {}), wildness, name, depth + 1) for _ in range(self.rng.choice([0, 1, 1, 2, 5]))]
        if kind == "integer":
            return self.rng.choice(self.ids) if self.ids and self.rng.random() < 0.6 else self.rng.choice([0, 1, 2, 3, 10, 60, 3600])
        if kind == "number":
            return self.rng.choice([0, 1, 0.5, 100])
        if kind == "boolean":
            return self.rng.random() < 0.5
        if kind == "null":
            return None
        if "enum" in schema:
            return self.rng.choice(schema["enum"])
        if schema.get("format") == "date-time":
            return "2026-11-23T10:00:00Z"
        if schema.get("format") == "date":
            return "2026-11-23"
        if kind == "string":
            return {"email": "zoe@customer.example", "endpoint": "https://hooks.shop.example/in", "document": "", "timezone": "Europe/Paris"}.get(
                name, self.rng.choice(["status", "open", "Colour", "text", "Hello.", "one two"] + TEXTS[:3]))
        return self.any()


class EveryRoute(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dns = Dns({("desk.example", "TXT"): ["v=spf1 -all"], ("customer.example", "TXT"): ["v=spf1 ip4:127.0.0.1 -all"]})
        cls.gateway = Gateway({"pipeline.defer_unknown_dmarc": "false", "dns.servers": f'["{cls.dns.address}"]', "web.sign_ins_per_minute_per_address": "600000.0"}).start()
        session = Session(cls.gateway.smtp)
        for number in range(1, 4):
            session.mail("ann@customer.example", ["support@desk.example"])
            session.command("DATA")
            session.send(b"From: Ann <ann@customer.example>\r\nTo: support@desk.example\r\nSubject: Order\r\nMessage-ID: <%d@customer.example>\r\n"
                         b"Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n\r\nWhere is it?\r\n.\r\n" % number)
            session.reply()
        cls.owner = cls.gateway.owner()
        invited = cls.owner.call("POST", "/api/v2/users", {"user": {"email": "light@desk.example", "name": "Light", "role": "light-agent"}})
        cls.light = Api(cls.gateway)
        cls.light.call("POST", "/api/v2/enrolment", {"token": invited["enrolment"]["token"], "password": PASSWORD})
        cls.light.sign_in("light@desk.example", PASSWORD)
        cls.document = cls.owner.get("/api/v2/openapi")
        cls.schemas = cls.document["components"]["schemas"]
        cls.operations = [(verb, path, operation) for path, verbs in cls.document["paths"].items() for verb, operation in verbs.items()]

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.dns.stop()

    def setUp(self):
        self.rng = random.Random(SEED)
        self.ids = {}     # of a collection's path: what its list showed
        self.wrong = {}   # by operation and finding, so that one defect is one line
        self.calls = 0

    def ids_under(self, path):
        collection = path.split("/{")[0]
        if collection not in self.ids:
            status, body, _ = self.owner.raw("GET", collection)
            found = []
            if status == 200 and body.startswith(b"{"):
                for value in json.loads(body).values():
                    if isinstance(value, list):
                        found += [each["id"] for each in value if isinstance(each, dict) and "id" in each]
            self.ids[collection] = found[:5]
        return self.ids[collection]

    def address(self, path, operation, wild):
        out, known = path, self.ids_under(path) if "{" in path else []
        for each in operation["parameters"]:
            if each["in"] != "path":
                continue
            if each["schema"]["type"] == "integer":
                value = self.rng.choice([0, 1, 2**53, 2**63 - 1, 2**63, 2**64]) if wild or not known else self.rng.choice(known)
            else:
                value = self.rng.choice(["desk.example", "x", "card", "..", "a" * 300] if wild else ["desk.example", "card"])
            out = out.replace("{" + each["name"] + "}", urllib.parse.quote(str(value), safe=""), 1)
        query = [(each["name"], self.rng.choice(WORDS_OF_QUERY)) for each in operation["parameters"] if each["in"] == "query" and self.rng.random() < (0.5 if wild else 0.1)]
        return out + ("?" + urllib.parse.urlencode(query) if query else "")

    def body(self, operation, wild):
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return None, "application/json"
        if "application/json" not in content:
            return os.urandom(0) + b"a file", "application/octet-stream"
        if wild and self.rng.random() < 0.2:
            return self.rng.choice([b"", b"{", b"[]", b"null", b'"x"', b"{\"a\":" * 100, b"\xff\xfe", b'{"a":1,"a":2}', b"{}" + b" " * 5000, b'{"ticket":{"subject":"\\ud800"}}']), "application/json"
        every = [each for list_ in self.ids.values() for each in list_ if isinstance(each, int)]
        value = Maker(self.rng, self.schemas, every).of(content["application/json"]["schema"], self.rng.choice([0.05, 0.3]) if wild else 0.0)
        return json.dumps(value), self.rng.choice(["application/json"] * 9 + ["text/plain"]) if wild else "application/json"

    def note(self, verb, path, finding, detail):
        self.wrong.setdefault((verb, path, finding), detail)

    def check(self, verb, path, operation, status, body, headers, sent):
        if status >= 500 and status != 503:
            return self.note(verb, path, f"answers {status}", f"{sent} -> {body[:300]!r}")
        if status >= 400:
            if headers.get("Content-Type", "") != "application/problem+json":
                return self.note(verb, path, f"{status} is no problem document", f"{sent} -> {headers.get('Content-Type')} {body[:200]!r}")
            problem = json.loads(body)
            bad = wrong_with(problem, {"$ref": "#/components/schemas/Problem"}, self.schemas)
            if bad or problem["status"] != status or not problem.get("error") or "instance" not in problem or "description" not in problem:
                self.note(verb, path, "a problem of another shape", f"{sent} -> {body[:300]!r}")
            if status == 422 and not problem.get("details"):
                self.note(verb, path, "422 without details", f"{sent} -> {body[:300]!r}")
            return None
        if not 200 <= status < 300:
            return self.note(verb, path, f"undeclared status {status}", sent)
        schema = operation["responses"]["2XX"].get("content", {}).get("application/json", {}).get("schema")
        if schema and body and headers.get("Content-Type", "").startswith("application/json"):
            bad = wrong_with(json.loads(body), schema, self.schemas)
            if bad and status != 202:  # a second step of signing in is another object
                self.note(verb, path, "not as described: " + bad.split(":")[0], f"{bad}; {sent}")
        return None

    def sign_in_again(self, client, sent):
        """Something ended the session, as suspending the light agent does: the owner lets him in again."""
        if client is self.light:
            found = [each for each in self.owner.get("/api/v2/users?role=agent")["users"] if each["email"] == "light@desk.example"]
            self.owner.raw("PUT", f"/api/v2/users/{found[0]['id']}", json.dumps({"user": {"suspended": False}}))
        try:
            client.cookie = None
            client.sign_in(OWNER if client is self.owner else "light@desk.example", PASSWORD)
        except AssertionError as refused:
            raise AssertionError(f"signed out for good by {sent}") from refused

    def call(self, client, verb, path, operation, wild):
        address, (body, media) = self.address(path, operation, wild), self.body(operation, wild)
        sent = f"{verb.upper()} {address[:200]} {body[:400] if body else ''}"
        status, answer, headers = client.raw(verb.upper(), address, body, media)
        self.calls += 1
        if status == 401 and operation.get("security") != []:
            self.sign_in_again(client, sent)
        self.check(verb, path, operation, status, answer, headers, sent)
        return status

    def test_T_02_no_input_makes_a_route_fail_or_answer_otherwise_than_described(self):
        print(f"seed {SEED}, {len(self.operations)} operations", flush=True)
        end = time.monotonic() + SECONDS
        order = [each for each in self.operations if each[:2] not in LEFT_OUT]
        # What removes comes last in a round, so that there is something to look at before.
        order.sort(key=lambda each: (each[0] == "delete", each[1]))
        good = set()
        for turn in range(1000):
            for verb, path, operation in order:
                if turn > 0 and time.monotonic() > end:
                    break
                client = self.light if turn % 3 == 2 else self.owner
                wild = turn > 0 and self.rng.random() < 0.7
                if 200 <= self.call(client, verb, path, operation, wild) < 300:
                    good.add((verb, path))
            self.ids.clear()
            if time.monotonic() > end:
                break
        wait_until(self.gateway.is_ready, "the server still answers")
        self.assertEqual(self.owner.get("/api/v2/users/me")["user"]["email"], OWNER)
        print(f"{self.calls} calls, {len(good)} of {len(order)} operations did well at least once", flush=True)
        self.assertEqual("\n".join(f"{verb.upper()} {path}: {finding}\n    {detail}" for (verb, path, finding), detail in sorted(self.wrong.items())), "")
        self.assertGreater(len(good), len(order) * 2 // 5, "the generator finds its way in")


if __name__ == "__main__":
    unittest.main()
