"""What the canary tests share: a gateway whose files hide nothing, numbers that are remembered with the place they were put in, and the
search for them in every file under its folder and in every answer that was kept."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from canary_test import needles  # noqa: E402
from harness import OWNER, PASSWORD, Api, Dns, Gateway, run_cli  # noqa: E402


class Canaries:
    """Beside unittest.TestCase. `numbers` gives numbers, `sent` has (place, number) of those used, `shown` (question, answer), `client` asks."""

    def plain_gateway(self, settings, dns=None, more=""):
        """Files in plain, logs at their most talkative; `settings` more of the kind, `more` TOML behind it all."""
        names = Dns(dns or {("sender.example", "TXT"): ["v=spf1 ip4:127.0.0.0/8 -all"]})
        self.addCleanup(names.stop)
        gateway = Gateway({"dns.servers": f'["{names.address}"]', "server.log_level": '"debug"', "pipeline.spam_suspend_score": "900.0",
                           "pipeline.spam_reject_score": "1000.0", **settings})
        for path in sorted((gateway.data / "store").rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        gateway.set({"server.encrypt_files": "false"})
        gateway.config.write_text(gateway.config.read_text() + more)
        self.addCleanup(gateway.stop)
        return gateway.start()

    def signed_in(self, gateway):
        """Somebody at the web page: what a token may not do is done too."""
        made = json.loads(run_cli("user", "invite", OWNER, "--role", "owner", "--config", gateway.config, "--json").stdout)
        client = Api(gateway)
        client.call("POST", "/api/v2/enrolment", {"token": made["enrolment_token"], "password": PASSWORD})
        client.sign_in(OWNER, PASSWORD)
        return client

    def filled(self, template, name, form=str):
        """The template with a number for each §, in a form; they are remembered."""
        if isinstance(template, dict):
            return {key: self.filled(value, f"{name}.{key}", form) for key, value in template.items()}
        if isinstance(template, list):
            return [self.filled(each, name, form) for each in template]
        while isinstance(template, str) and "§" in template:
            number = next(self.numbers)
            self.sent.append((name, number))
            template = template.replace("§", form(number), 1)
        return template

    def ask(self, method, path, body=None, extra=None):
        status, data, headers = self.client.raw(method, "/api/v2/" + path, None if body is None else json.dumps(body), extra=extra)
        if status not in (400, 401, 403, 404, 413, 422):  # those quote what was typed to whoever typed it, and are asked for again
            self.shown.append((f"{method} {path}", data + str(headers).encode()))
        self.assertNotEqual(status // 100, 5, f"{method} {path}: {data}")
        return status, data

    def in_files(self, gateway, witness=b"Canary of a line."):
        files = {str(p.relative_to(gateway.folder)): p.read_bytes() for p in gateway.folder.rglob("*") if p.is_file()}
        self.assertTrue(any(witness in data for data in files.values()), "the search finds nothing at all")
        return [(name, number, where) for name, number in self.sent for needle in needles(number) for where, data in files.items() if needle in data]

    def in_answers(self):
        return sorted({(name, where) for name, number in self.sent for where, data in self.shown for needle in needles(number)
                       if needle in data and number not in where})
