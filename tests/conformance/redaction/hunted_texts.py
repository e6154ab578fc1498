"""What the hunted numbers look like: numbers, values, and bodies of every kind that hold one. The same chance gives the same."""
import re

from card_disguises import DIGITS, INVISIBLE, SEPARATORS, grouped, wide

BRANDS = (("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("34", 15), ("6011", 16), ("3528", 16), ("36", 14), ("65", 16))
WORDS = ("hello", "thanks", "my order", "please refund", "the shop", "yesterday", "caf\u00e9", "stra\u00dfe", "price 12", "see below")
# Between groups as printed, and where nobody sees them.
NAMED_BETWEEN_GROUPS = ("nbsp", "ensp", "emsp", "thinsp", "hairsp", "numsp", "puncsp", "emsp13", "MediumSpace", "NonBreakingSpace", "ndash", "hyphen", "dash", "minus", "Tab",
                        "NewLine", "period", "lowbar", "sol")
NAMED_UNSEEN = ("shy", "zwj", "zwnj", "ZeroWidthSpace", "NoBreak", "lrm", "rlm", "ic", "it", "af", "tdot", "DotDot", "InvisibleTimes")
TAGS = ("<b>", "</b>", "<span style='color:red'>", "</span>", "<!-- 7 -->", "<wbr>", "<i title='a>b'>", "<font\nsize=2>", "<o:p></o:p>", "<!---->", "<a name=x></a>", "<U>",
        "<img src=cid:x width=1>", "<?x?>", "<!x>", "</q >", "<!--[if mso]>7<![endif]-->", "<b/>", "<span title=\"7\">", "</i >", "<script>7</script>", "<style>b{}</style>")
HIDING = ("style='display:none'", "style=\"display : NONE !important\"", "style='visibility:hidden'", "style=font-size:0", "style='font-size:0px;line-height:0'", "hidden",
          "style='max-height:0;overflow:hidden'", "style='position:absolute;left:-9999px'", "style='mso-hide:all;display:none'", "style='opacity:0'",
          "style='width:0;overflow:hidden;display:inline-block'", "style='dis\\70lay:none'")
SPACES = ("space", "no-break space", "narrow no-break space", "thin space", "hyphen", "non-breaking hyphen", "dot", "ideographic space", "en dash")


def luhn(prefix):
    total = 0
    for at, c in enumerate(reversed(prefix)):
        digit = int(c) * (2 if at % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return prefix + str(-total % 10)


def number_of(chance):
    prefix, length = chance.choice(BRANDS)
    return luhn(prefix + "".join(str(chance.randrange(10)) for _ in range(length - len(prefix) - 1)))


def sprinkled(chance, text, marks, share=0.3):
    """The text with a mark behind some of its digits, never behind the last one."""
    last = max((at for at, c in enumerate(text) if c.isdigit()), default=0)
    return "".join(c + (chance.choice(marks) if c.isdigit() and at < last and chance.random() < share else "") for at, c in enumerate(text))


def value_text(chance, number, recipe):
    """The number as plain characters."""
    text = number
    if chance.random() < 0.6:
        name = chance.choice(SPACES)
        text = grouped(number, SEPARATORS[name])
        recipe.append(f"groups with {name}")
    kind = chance.random()
    if kind < 0.15:
        name = chance.choice(list(DIGITS))
        text = "".join(wide(c, DIGITS[name]) if "0" <= c <= "9" else c for c in text)
        recipe.append(f"{name} digits")
    elif kind < 0.25:
        zeros = list(DIGITS.values())
        text = "".join(wide(c, chance.choice(zeros)) if "0" <= c <= "9" and chance.random() < 0.5 else c for c in text)
        recipe.append("digits of several scripts")
    if chance.random() < 0.25:
        name = chance.choice([each for each in INVISIBLE if each != "keycap"])
        text = sprinkled(chance, text, [INVISIBLE[name]])
        recipe.append(f"{name} inside")
    return text


def sentence(chance, value):
    front = " ".join(chance.choice(WORDS) for _ in range(chance.randrange(3)))
    back = " ".join(chance.choice(WORDS) for _ in range(chance.randrange(3)))
    return f"{front} {chance.choice(('card', 'My card is', 'Visa:', 'card number', 'Karte'))} {value} {back}".strip()


def plain_body(chance, number, recipe):
    value = value_text(chance, number, recipe)
    text = sentence(chance, value)
    prefix = ""
    if chance.random() < 0.25:
        recipe.append("quoted")
        prefix = chance.choice(("> ", ">", ">> ", "> > ", "| "))
    if "groups with space" in recipe and chance.random() < 0.5:
        recipe.append("wrapped")
        at = chance.choice([m.start() for m in re.finditer(r"(?<=\d) (?=\d)", text)] or [None])
        text = text if at is None else text[:at] + chance.choice(("\n", " \n")) + text[at + 1:]
    text = "\n".join(prefix + line for line in text.split("\n"))
    return "plain", "\n".join([chance.choice(WORDS)] * chance.randrange(4) + [text] + [chance.choice(WORDS)] * chance.randrange(4)) + "\n"


def reference(chance, c):
    return chance.choice((f"&#{ord(c)};", f"&#x{ord(c):x};", f"&#X{ord(c):04X};", f"&#{ord(c):06};"))


def tagged(chance, value):
    """The value with tags, comments and hidden digits in it."""
    out = []
    for at, piece in enumerate(re.split(r"(&[^;]*;|\d)", value)):
        out.append(piece)
        if at % 2 and chance.random() < 0.3:
            out.append(chance.choice(TAGS))
    return "".join(out)


def html_value(chance, number, recipe):
    kind = chance.random()
    if kind < 0.25:
        name = chance.choice(NAMED_BETWEEN_GROUPS)
        recipe.append(f"groups with &{name};")
        return grouped(number, f"&{name};")
    if kind < 0.35:
        name = chance.choice(NAMED_UNSEEN)
        recipe.append(f"&{name}; inside")
        return sprinkled(chance, number, [f"&{name};"])
    value = value_text(chance, number, recipe)
    if chance.random() < 0.4:
        recipe.append("references")
        value = "".join(reference(chance, c) if chance.random() < 0.5 else c for c in value)
    return value


def html_body(chance, number, recipe):
    value, place = html_value(chance, number, recipe), chance.random()
    if place < 0.15:
        recipe.append("decoys")
        hidden = f"<i class=h {chance.choice(HIDING)}>{chance.randrange(10, 1000)}</i>"
        value = sprinkled(chance, grouped(number, chance.choice((" ", "", "-"))), [hidden])
        return "html", f"<html><body><p>{sentence(chance, value)}</p></body></html>\n"
    if place < 0.7:
        if chance.random() < 0.6:
            recipe.append("tags inside")
            value = tagged(chance, value)
        frame = chance.choice(("<html><body><p>{}</p></body></html>", "<div>{}</div>", "<title>x</title><p>{}", "<!DOCTYPE html><body\nbgcolor=white>{}", "<pre>{}</pre>",
                               "<textarea>{}</textarea>" if "<" not in value else "<b>{}</b>", "<svg><text>{}</text></svg>", "<noscript>{}</noscript>"))
        return "html", frame.format(sentence(chance, value)) + "\n"
    if place < 0.8:
        recipe.append("cells")
        parts = grouped(number).split()
        return "html", "<table><tr><th>card</th>" + "".join(f"<td>{part}</td>" for part in parts) + "</tr></table>\n"
    if place < 0.9:
        recipe.append("attribute")
        return "html", f"<p><img alt=\"card {value}\" src=cid:x></p>\n"
    recipe.append("parameter of a link")
    coded = "".join(f"%{ord(c):02x}" if chance.random() < 0.4 else c for c in number)
    return "html", f"<a href=\"https://shop.example/pay?card={coded}&amp;x=1\">pay</a>\n"


def folded(chance, line):
    out, at = [], 0
    while at < len(line):
        size = chance.randrange(5, 40)
        out.append(line[at:at + size])
        at += size
    return chance.choice(("\n ", "\n\t")).join(out)


def calendar_body(chance, number, recipe):
    recipe.append("folded calendar line")
    return "calendar", "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n" + folded(chance, f"DESCRIPTION:card {number} thanks") + "\nEND:VEVENT\nEND:VCALENDAR\n"


def json_body(chance, number, recipe):
    recipe.append("JSON")
    coded = "".join(f"\\u{ord(c):04x}" if chance.random() < 0.4 else c for c in grouped(number, chance.choice(("", " ", "-"))))
    return chance.choice(("plain", "json")), '{"a": 1, "note": "card ' + coded + '", "b": [2]}\n'


def xml_body(chance, number, recipe):
    recipe.append("XML")
    coded = "".join(reference(chance, c) if chance.random() < 0.4 else c for c in grouped(number, chance.choice(("", " ", "-"))))
    return "xml", f"<?xml version='1.0'?><order><card>{coded}</card></order>\n"


def rtf_body(chance, number, recipe):
    recipe.append("RTF")
    coded = "".join(chance.choice((c, c, f"\\'{ord(c):02x}", f"{{\\b {c}}}", f"\\u{ord(c)}?")) for c in number)
    return "rtf", "{\\rtf1\\ansi card " + coded + " thanks\\par}\n"


def body_of(chance, number, recipe):
    """(subtype of text, body)."""
    kind = chance.choice((plain_body,) * 4 + (html_body,) * 5 + (calendar_body, json_body, xml_body, rtf_body))
    return kind(chance, number, recipe)
