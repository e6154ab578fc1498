"""Whether a message costs Postern the same however many connections there are and however much the store holds: `smtp_bench.py
--flat`. Two Posterns run at once, one before an empty store and one before a store that was filled; each round takes every number of
connections and both stores in turn, so that load of others meets all. What lasts is the ratio of two runs of one round."""
import datetime
import json
import os
import pathlib
import statistics

import harness
import smtp_peers

SIZE, MODE = "4k", "tls"
BASE = 16  # connections that others are a multiple of; the fewest there are where it is left out


class PosternOnStore(smtp_peers.Postern):
    """Postern before a store that stays: FOLDER/data, as `./dev bench api --keep` makes them. It has some thousand tickets more
    afterwards, of mail to support@desk.example, and the settings of this run."""

    key, title = "postern-store", "Postern before a filled store"

    def make_gateway(self, settings):
        return harness.Gateway(settings, data=self.store)

    def __init__(self, world, connections, store):
        self.store = pathlib.Path(store)
        if not (self.store / "data/postern.toml").exists():
            raise SystemExit(f"{store}: no store: FOLDER/data/postern.toml is not there")
        super().__init__(world, connections)

    def tickets(self):
        return self.api.get("/api/v2/tickets/count")["count"]["value"]


def measure_flatness(peers, counts, rounds, measure, run_length):
    """{key: {connections: [CPU ms a message of each round]}}; measure(peer, connections, messages) -> facts, run_length(rate,
    connections) -> messages. A run that is void ends its peer's row there."""
    found, lengths, voids = {key: {count: [] for count in counts} for key in peers}, {}, {}
    for round_number in range(rounds + 1):  # the first warms up and is not counted
        order = counts if round_number % 2 else counts[::-1]
        for count in order:
            for key in list(peers)[:: -1 if round_number % 2 else 1]:
                if (key, count) in voids:
                    continue
                try:
                    facts = measure(peers[key], count, lengths.get((key, count), max(40, count * 4)))
                except RuntimeError as error:
                    voids[key, count] = str(error)[:200]
                    continue
                lengths[key, count] = run_length(facts["rate"], count)
                if round_number:
                    found[key][count].append(facts["cpu_ms"])
    return found, {f"{key} {count}": why for (key, count), why in voids.items()}


def run(peers, counts, rounds, measure, run_length, tickets):
    before = os.getloadavg()[0]
    found, voids = measure_flatness(peers, counts, rounds, measure, run_length)
    return {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "rounds": rounds, "tickets": tickets, "void": voids,
            "load": [round(before, 1), round(os.getloadavg()[0], 1)],
            "cpu_ms": {key: {str(count): values for count, values in row.items()} for key, row in found.items()}}


def spread(above, below):
    """The median of ratios made round by round, with the least and the most."""
    pairs = [a / b for a, b in zip(above, below)]
    if not pairs:
        return "void"
    return f"{statistics.median(pairs):.2f} ({min(pairs):.2f} to {max(pairs):.2f})"


def table(flat):
    rows, counts = flat["cpu_ms"], [int(count) for count in next(iter(flat["cpu_ms"].values()))]
    base = str(BASE if BASE in counts else min(counts))
    empty, full = rows["postern"], rows.get("postern-store")
    head = ["connections", "empty store: CPU ms", f"times that at {base}"]
    if full:
        head += [f"store of {flat['tickets']:,} tickets: CPU ms", f"times that at {base}", "times that before the empty one"]
    lines = ["## Flatness: CPU a message of Postern by connections and by what the store holds", "",
             f"{flat['date']}, 4 KB, STARTTLS, 10 a connection; {flat['rounds']} round{'s' if flat['rounds'] > 1 else ''} after one to warm up, load average "
             f"{flat['load'][0]} before, {flat['load'][1]} after. Ratios are made round by round; medians, with the least and the most. 1 is flat.", "",
             "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    middle = lambda values: f"{statistics.median(values):.2f}" if values else "void"  # noqa: E731
    for count in map(str, counts):
        cells = [count, middle(empty[count]), spread(empty[count], empty[base])]
        if full:
            cells += [middle(full[count]), spread(full[count], full[base]), spread(full[count], empty[count])]
        lines.append("| " + " | ".join(cells) + " |")
    return lines + [""] + [f"**Void: {what}**: {why}\n" for what, why in flat["void"].items()]


def read_results(folder):
    """What smtp_bench.py wrote there before, or None."""
    path = pathlib.Path(folder) / "smtp_results.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
