#!/usr/bin/env python3
"""Turns a file of the ValiMail ARC suite (YAML) into lines that a C++ test reads without a YAML library.

usage: arc_yaml_to_tsv.py SUITE.yml > SUITE.tsv
  S <tab> name                                         a scenario; what follows belongs to it
  K <tab> owner <tab> text                             a TXT record
  P <tab> domain <tab> selector <tab> private key      of a signing scenario
  V <tab> id <tab> message <tab> status                a chain to validate; status "none", "pass", "fail" or empty
  G <tab> id <tab> message <tab> time <tab> names <tab> authserv-id <tab> ARC-Seal <tab> ARC-Message-Signature
    <tab> ARC-Authentication-Results                   a message to seal, and the values of the fields to add
Everything but ids is hexadecimal, "-" when empty.
"""
import sys

import yaml


def encoded(value):
    return str(value).encode("utf-8", "surrogateescape").hex() or "-"


def main():
    with open(sys.argv[1], "rb") as source:
        documents = list(yaml.safe_load_all(source))
    for document in filter(None, documents):
        print("S\t" + encoded(document.get("description", "")))
        for owner, text in (document.get("txt-records") or {}).items():
            print("K\t" + encoded(owner) + "\t" + encoded("".join(text.split("\n"))))
        if "privatekey" in document:
            print("P\t" + "\t".join(encoded(document[key]) for key in ("domain", "sel", "privatekey")))
        for name, test in document["tests"].items():
            if "cv" in test:
                print("\t".join(["V", name, encoded(test["message"]), encoded(str(test["cv"] or "").lower())]))
                continue
            keys = ("message", "t", "sig-headers", "srv-id", "AS", "AMS", "AAR")
            print("\t".join(["G", name, *(encoded(test[key]) for key in keys)]))


main()
