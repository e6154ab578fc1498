#!/usr/bin/env python3
"""Turns a suite of the OpenSPF project (YAML) into lines that a C++ test reads without a YAML library.

usage: spf_yaml_to_tsv.py SUITE.yml > SUITE.tsv
  S <tab> name                                       a scenario; what follows belongs to it
  Z <tab> owner <tab> type <tab> value               a record; type TIMEOUT: what the owner lacks is not answered,
                                                     value TIMEOUT: the type is not answered
  T <tab> id <tab> host <tab> helo <tab> mailfrom <tab> results <tab> explanation
Free text is hexadecimal, "-" when empty; results are comma-separated alternatives.
"""
import sys

import yaml


def encoded(value):
    data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
    return data.hex() or "-"


def record_rows(records):
    """(type, value) pairs; records of the withdrawn type SPF stand for TXT unless TXT is given."""
    rows, spf_values, has_txt = [], [], False
    for record in records:
        if isinstance(record, str):
            rows.append((record, None))
            continue
        for kind, value in record.items():
            if kind in ("TXT", "SPF") and isinstance(value, str):
                value = [value]
            if kind == "TXT":
                has_txt = True
            elif kind == "SPF":
                spf_values.append(value)
                continue
            if value != ["NONE"]:
                rows.append((kind, value))
    if not has_txt:
        rows += [("TXT", value) for value in spf_values if value != ["NONE"]]
    return rows


def zone_line(owner, kind, value):
    if kind == "TIMEOUT":
        return f"Z\t{encoded(owner)}\tTIMEOUT\t-"
    if value in ("TIMEOUT", ["TIMEOUT"]):
        return f"Z\t{encoded(owner)}\t{kind}\tTIMEOUT"
    if kind == "TXT":
        joined = b"".join(v if isinstance(v, bytes) else v.encode("utf-8", "surrogateescape") for v in value)
        return f"Z\t{encoded(owner)}\tTXT\t{encoded(joined)}"
    if kind == "MX":
        return f"Z\t{encoded(owner)}\tMX\t{encoded(value[1])}"
    return f"Z\t{encoded(owner)}\t{kind}\t{encoded(value)}"


def main():
    with open(sys.argv[1], "rb") as source:
        documents = list(yaml.safe_load_all(source))
    for document in filter(None, documents):
        print("S\t" + encoded(document.get("description", "")))
        for owner, records in document["zonedata"].items():
            for kind, value in record_rows(records):
                print(zone_line(owner, kind, value))
        for name, test in document["tests"].items():
            results = test["result"] if isinstance(test["result"], list) else [test["result"]]
            fields = [encoded(test["host"]), encoded(test.get("helo") or ""), encoded(test.get("mailfrom") or "")]
            print("\t".join(["T", name, *fields, ",".join(results), encoded(test.get("explanation") or "")]))


main()
