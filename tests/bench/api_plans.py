"""What api_bench.py asks for: for each operation a list of requests, (verb, target[, body]), that follows from a source of chance and
from the size of the store alone. Words are those that the tickets are made of."""
import pathlib
import re
import urllib.parse

STEPS = 600
# The commonest words of English, as they are in letters; the others stand behind them in an order of chance.
COMMON = """the to and a i of you is it for in my that we on this have not with be your are me was as can if but do at so will from or an please has would our when
they what no there get order been all just more had any out by up time new how one which about he could some only now after them then did us use need help her she
want know see who here work other their like send also back make sent order day other still account way problem next first does well last than error try should
thank good again because before through change into over called money check same never since these where nothing take him those two much using every week phone
days too off month why very support give tell pay card find working set today date without end once right call cannot customer number name address post service
item items paid price site page link mail message reply refund delivery invoice""".split()
_words = []


def write_words(path):
    """The list for api_fill: the commonest first. Debian's wamerican has the words."""
    import random
    known = [word for word in pathlib.Path("/usr/share/dict/words").read_text().split("\n") if re.fullmatch("[a-z]{2,}", word)]
    rest = sorted(set(known) - set(COMMON))
    random.Random(11).shuffle(rest)
    path.write_text("\n".join([*dict.fromkeys(COMMON), *rest]) + "\n")
    return path


def use_words(path):
    _words[:] = path.read_text().split()


def order_of(number):
    """As api_texts.cc has it."""
    return f"ORD-{2020 + number % 7}-{number * 7919 % 9999991}"


def any_ticket(store, chance):
    return chance.randint(1, store.count)


def unsolved(store, chance, count):
    """Numbers of tickets that may still be changed."""
    if not hasattr(store, "open"):
        store.open, path = [], f"/api/v2/views/{store.views['All unsolved tickets']}/tickets?page[size]=100"
        while path and len(store.open) < 2000:
            page = store.api.get(path)
            store.open += [each["id"] for each in page["tickets"]]
            path = f"/api/v2/views/{store.views['All unsolved tickets']}/tickets?page[size]=100&page[after]={page['meta']['after_cursor']}" if page["meta"]["has_more"] else None
    return chance.sample(store.open, count)


def searched(text, more=""):
    return ("GET", "/api/v2/search?per_page=25&query=" + urllib.parse.quote(text) + more)


def word(chance, first, last):
    return _words[chance.randrange(first, last)]


def reply(is_public):
    body = '{"ticket":{"comment":{"body":"We have looked at it and will write again tomorrow, %s.","public":%s}}}'
    return lambda store, chance: ("PUT", f"/api/v2/tickets/{unsolved(store, chance, 1)[0]}", body % (word(chance, 100, 900), "true" if is_public else "false"))


def view(title, more=""):
    return lambda store, chance: ("GET", f"/api/v2/views/{store.views[title]}/tickets?page[size]=25" + more)


# Name: (kind, what makes one request). Kinds: "read" and "search" have a target, "write" has none.
OPERATIONS = {
    "open a ticket": ("read", lambda s, c: ("GET", f"/api/v2/tickets/{any_ticket(s, c)}")),
    "its conversation": ("read", lambda s, c: ("GET", f"/api/v2/tickets/{any_ticket(s, c)}/comments")),
    "newest tickets, page of 25": ("read", lambda s, c: ("GET", "/api/v2/tickets?page[size]=25")),
    "view, page of 25": ("read", view("All unsolved tickets")),
    "view, page of 25 with people": ("read", view("All unsolved tickets", "&include=users")),
    "view, closed ones left out, by time": ("read", view("Pending tickets")),
    "count of a view": ("read", lambda s, c: ("GET", f"/api/v2/views/{s.views['All unsolved tickets']}/count")),
    "counts of all views": ("read", lambda s, c: ("GET", "/api/v2/views/count_many?ids=" + ",".join(str(each) for each in s.views.values()))),
    "counts by status": ("read", lambda s, c: ("GET", "/api/v2/tickets/count")),
    "tickets of a customer": ("read", lambda s, c: ("GET", f"/api/v2/tickets?requester_id={s.people[c.randrange(len(s.people))]}")),
    "change feed, 100 entries": ("read", lambda s, c: ("GET", f"/api/v2/changes?limit=100&after={c.randrange(s.count - 100)}")),
    "incremental export, 100 tickets": ("read", lambda s, c: ("GET", f"/api/v2/incremental/tickets/cursor?per_page=100&cursor={c.randrange(s.count - 100)}")),
    "search: rare (an order number)": ("search", lambda s, c: searched(order_of(any_ticket(s, c)))),
    "search: a word": ("search", lambda s, c: searched(word(c, 2000, 30000))),
    "search: a frequent word": ("search", lambda s, c: searched(word(c, 200, 1000))),
    "search: a word that is everywhere": ("search", lambda s, c: searched(word(c, 0, 20))),
    "search: three words": ("search", lambda s, c: searched(f"{word(c, 100, 1000)} {word(c, 100, 1000)} {word(c, 20, 400)}")),
    "search: a phrase": ("search", lambda s, c: searched(f'"{word(c, 10, 120)} {word(c, 10, 120)}"')),
    "search: a beginning": ("search", lambda s, c: searched(word(c, 2000, 30000)[:5].ljust(5, "e") + "*")),
    "search: operators and a word": ("search", lambda s, c: searched(f"status:open priority:high {word(c, 20, 200)}")),
    "search: operators alone": ("search", lambda s, c: searched(f"status<solved priority:urgent tags:topic{c.randrange(40)}")),
    "search: frequent word, by update": ("search", lambda s, c: searched(word(c, 200, 1000), "&sort_by=updated_at")),
    "internal note": ("write", reply(False)),
    "reply by mail": ("write", reply(True)),
}


def plan(name, store, chance):
    if not hasattr(store, "people"):
        store.people = [each["requester_id"] for each in store.api.get("/api/v2/tickets?page[size]=100")["tickets"]]
    make = OPERATIONS[name][1]
    return [make(store, chance) for _ in range(STEPS)]
