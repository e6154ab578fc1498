"""Numbers of mail to a support desk that are no cards: rows of (kind, sentence), made at random from the formats' own rules.
None is left out because its digits happen to satisfy a card's check digit: that is the point."""
import random
import string
import uuid


def check_digit(digits, weights):
    return str(-sum(int(c) * weights[i % len(weights)] for i, c in enumerate(reversed(digits))) % 10)


def luhn(prefix):
    total = 0
    for i, c in enumerate(reversed(prefix)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return prefix + str(-total % 10)


def iban(chance, country, length):
    account = "".join(chance.choice(string.digits) for _ in range(length - 4))
    rest = int(account + "".join(str(ord(c) - 55) for c in country) + "00")
    return f"{country}{98 - rest % 97:02d}{account}"


def sentences(count, seed=4111):
    chance = random.Random(seed)

    def digits(n, first=string.digits):
        return chance.choice(first) + "".join(chance.choice(string.digits) for _ in range(n - 1))

    def article():
        twelve = digits(12)
        return twelve + check_digit(twelve, (3, 1))

    def date():
        return f"{chance.randrange(2015, 2027)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"

    def clock():
        return f"{chance.randrange(24):02d}:{chance.randrange(60):02d}:{chance.randrange(60):02d}"

    def phone():
        return chance.choice([f"+49 {digits(3, '1')} {digits(8)}", f"+1 ({digits(3, '2345')}) {digits(3)}-{digits(4)}", f"+33 {chance.randrange(1, 8)} " + " ".join(digits(2) for _ in range(4)),
                              f"0049{digits(11, '1')}", f"+44 20 {digits(4)} {digits(4)}", f"+86 1{digits(2, '3578')} {digits(4)} {digits(4)}"])
    def rows(make, separator="\n", least=4, most=9):
        return separator.join(make() for _ in range(chance.randrange(least, most)))

    def hexes(bits):
        return f"{chance.getrandbits(bits):0{bits // 4}x}"

    def dump(line, step=16):
        start = chance.randrange(0, 0x40000) * step
        return "\n".join(line(start + i * step) for i in range(chance.randrange(3, 7)))

    def four_digit_rows():
        columns, between = chance.choice([4, 4, 5, 8]), chance.choice(["\t", "  ", " ", ", ", ";", "; ", " | ", ","])
        return rows(lambda: between.join(digits(4, "12345678") for _ in range(columns)))

    def snowflake():
        return str(chance.randrange(10 ** 16, chance.choice([10 ** 17, 10 ** 18, 2 * 10 ** 18])))
    kinds = {
        "IMEI": lambda: f"The IMEI of my phone is {luhn(chance.choice(['35', '01', '86', '99']) + digits(12))}.",
        "ICCID": lambda: f"SIM card ICCID {luhn('89' + digits(16))}{digits(1)}",
        "parcel, UPS": lambda: f"UPS tracking 1Z{digits(3)}{chance.choice(string.ascii_uppercase)}{digits(2)}{digits(10)} says delivered.",
        "parcel, FedEx": lambda: f"FedEx tracking number {digits(chance.choice([12, 15]))}",
        "parcel, USPS": lambda: f"USPS tracking: 9{chance.choice('234')}{' '.join([digits(2)] + [digits(4) for _ in range(4)] + [digits(2)])}",
        "parcel, DHL": lambda: f"DHL shipment {digits(chance.choice([10, 12, 14, 20]))}, where is it?",
        "parcel, DPD": lambda: f"Parcel no. {digits(14, '0')} (DPD)",
        "parcel, S10": lambda: f"Tracking R{chance.choice('ABR')}{digits(9)}DE",
        "order number": lambda: f"Order {chance.choice(['no. ', '#', 'number ', ''])}{digits(chance.choice([6, 8, 9, 10, 11]), '123456789')} from last week",
        "order number with groups": lambda: f"Order {digits(3)}-{digits(7)}-{digits(7)} (marketplace)",
        "invoice": lambda: f"Invoice {chance.randrange(2015, 2027)}-{digits(6)}, customer {digits(8)}, amount {digits(3)}.{digits(2)} EUR",
        "article number": lambda: f"EAN {article()}",
        "ISBN": lambda: "ISBN " + (lambda t: t + check_digit(t, (3, 1)))("978" + digits(9)),
        "telephone": lambda: f"Call me at {phone()} please.",
        "two telephones": lambda: f"Tel. {phone()} Fax {phone()}",
        "IBAN": lambda: f"Please refund to {iban(chance, 'DE', 22)}.",
        "IBAN in groups": lambda: "IBAN " + (lambda i: " ".join(i[k:k + 4] for k in range(0, len(i), 4)))(iban(chance, chance.choice(['DE', 'AT', 'NL'][:1]), 22)),
        "time in milliseconds": lambda: f"at {chance.randrange(1_400_000_000_000, 1_790_000_000_000)} ms",
        "time in microseconds": lambda: f"ts={chance.randrange(1_400_000_000_000_000, 1_790_000_000_000_000)} level=info",
        "date and time": lambda: f"{date()} {clock()}.{digits(6)} {digits(4)} request finished in {digits(3)} ms",
        "compact time": lambda: f"backup-{date().replace('-', '')}{clock().replace(':', '')}.tar",
        "UUID": lambda: f"request id {uuid.UUID(int=chance.getrandbits(128))}",
        "hash": lambda: f"commit {chance.getrandbits(160):040x}",
        "long id in a link": lambda: f"https://social.example/a/status/{digits(chance.choice([17, 18, 19]), '12')}",
        "id in a link": lambda: f"https://shop.example/item/{digits(chance.choice([9, 12]))}?ref={digits(8)}&s={digits(10)}",
        "Message-ID": lambda: f"<{date().replace('-', '')}{digits(6)}.{digits(5)}.{digits(4)}@mail.example>",
        "IP addresses": lambda: " ".join(".".join(str(chance.randrange(256)) for _ in range(4)) for _ in range(4)),
        "version": lambda: f"version {digits(2)}.{digits(1)}.{digits(4)}.{digits(3)} build {digits(8)}",
        "coordinates": lambda: f"{chance.randrange(90)}.{digits(14)}, {chance.randrange(180)}.{digits(14)}",
        "amounts": lambda: " ".join(f"{digits(chance.choice([1, 2, 3]), '123456789')},{digits(2)}" for _ in range(8)),
        "table of numbers": lambda: "\t".join(digits(chance.choice([3, 4, 5])) for _ in range(8)),
        "VAT number": lambda: f"VAT ID DE{digits(9)}, ATU{digits(8)}, FR{digits(2)}{digits(9)}",
        "serial number": lambda: f"S/N {''.join(chance.choice(string.ascii_uppercase + string.digits) for _ in range(16))}",
        "float": lambda: f"score {chance.random():.17f} of {chance.random() * 1e16:.0f}.5",
        "hex dump": lambda: f"{chance.getrandbits(32):08x}  " + " ".join(f"{chance.getrandbits(8):02x}" for _ in range(16)),
        "UUIDs, one a line": lambda: rows(lambda: str(uuid.UUID(int=chance.getrandbits(128)))),
        "UUIDs in JSON": lambda: rows(lambda: f'{{"id": "{uuid.UUID(int=chance.getrandbits(128))}", "n": {digits(4)}}}', ",\n"),
        "SHA-256 lines": lambda: rows(lambda: f"{hexes(256)}  file{digits(3)}.bin"),
        "digests, one a line": lambda: rows(lambda: hexes(chance.choice([128, 160, 256, 512]))),
        "object ids": lambda: rows(lambda: hexes(96), chance.choice([", ", " ", "\n"])),
        "hex dump, words": lambda: dump(lambda at: f"{at:08x}: " + " ".join(hexes(16) for _ in range(8)) + "  ................"),
        "hex dump, bytes": lambda: dump(lambda at: f"{at:08x}  " + " ".join(hexes(8) for _ in range(8)) + "  " + " ".join(hexes(8) for _ in range(8)) + "  |................|"),
        "hex dump of decimals": lambda: dump(lambda at: f"{at:08x}: " + " ".join(digits(4) for _ in range(8)) + "  ................"),
        "octal dump": lambda: dump(lambda at: f"{at:07o} " + " ".join(f"{chance.getrandbits(16):06o}" for _ in range(8))),
        "snowflake ids": lambda: f"message {snowflake()} of user {snowflake()} in channel {snowflake()}",
        "snowflake ids, one a line": lambda: rows(snowflake),
        "snowflake ids in JSON": lambda: f'{{"id": {snowflake()}, "author": "{snowflake()}", "reply_to": null}}',
        "64-bit literal": lambda: f"constexpr std::int64_t kSeed = {chance.getrandbits(63)}{chance.choice(['', 'LL', 'L', 'n'])};",
        "64-bit numbers of a log": lambda: f"id={chance.getrandbits(63)} parent={chance.getrandbits(62)} span={chance.getrandbits(64)}",
        "table of four-digit numbers": four_digit_rows,
        "table of years and amounts": lambda: rows(lambda: f"{chance.randrange(1990, 2030)}\t{digits(4, '12345678')}\t{digits(4, '12345678')}\t{digits(4, '12345678')}\t{digits(3)}.{digits(2)}"),
        "ports": lambda: f"open ports: {', '.join(digits(4, '12345678') for _ in range(chance.randrange(3, 8)))} on {digits(3)}",
        "amounts between currencies": lambda: " and ".join(f"${digits(4, '12345678')}" for _ in range(4)),
        "array of numbers": lambda: f"xs = [{', '.join(digits(chance.choice([4, 4, 4, 5]), '12345678') for _ in range(chance.randrange(3, 7)))}];",
        "answers": lambda: "\n".join(f"{i}. {digits(1, '12345')}" for i in range(1, chance.randrange(14, 18))),
        "numbers in E-notation": lambda: rows(lambda: f"{chance.random() * 10 ** chance.randrange(10, 20):.{chance.choice([6, 12, 15, 16])}e}", " "),
        "ticket and case": lambda: f"[Ticket#{date().replace('-', '')}{digits(8)}] case {digits(8)}",
    }
    names = list(kinds)
    for i in range(count):
        kind = names[i % len(names)]
        yield kind, kinds[kind]()
