"""One card number in every form in which a customer may send it: rows of (class, disguise, message bytes)."""
import base64
import binascii
import quopri
import re
import urllib.parse
import zlib

from card_files import card_files

SEPARATORS = {"space": " ", "hyphen": "-", "dot": ".", "no-break space": "\u00a0", "narrow no-break space": "\u202f", "thin space": "\u2009",
              "figure dash": "\u2012", "en dash": "\u2013", "non-breaking hyphen": "\u2011", "minus sign": "\u2212", "two spaces": "  ", "tab": "\t", "spaced hyphen": " - ",
              "underscore": "_", "slash": "/", "ideographic space": "\u3000"}
INVISIBLE = {"zero-width space": "\u200b", "zero-width non-joiner": "\u200c", "zero-width joiner": "\u200d", "word joiner": "\u2060",
             "byte order mark": "\ufeff", "soft hyphen": "\u00ad", "combining mark": "\u0332", "variation selector": "\ufe0f",
             "left-to-right mark": "\u200e", "keycap": "\ufe0f\u20e3"}
# Between groups as printed, or between digits: what stands between the members of a list, quotes, arrows, words.
MARKS = {"semicolon": ";", "semicolon and space": "; ", "comma and space": ", ", "spaced slash": " / ", "spaced bar": " | ", "two hyphens": "--",
         "two bars": "||", "quotes": '" "', "quotes and comma": '","', "backslash": "\\", "equals sign": "=", "hash": "#", "ellipsis": "\u2026",
         "arrow": " -> ", "ampersand": " & ", "tilde": "~", "heart": " \u2665 ", "full-width semicolon": "\uff1b", "then": " then ", "and": " and "}
# Control characters, private use and noncharacters: no reader shows them.
UNSEEN = {"backspace": "\b", "delete": "\x7f", "unit separator": "\x1f", "terminal escapes": "\x1b[m", "C1 control": "\u0091",
          "private use": "\ue000", "noncharacter": "\ufdd0"}
DIGITS = {"full-width": 0xFF10, "Arabic-Indic": 0x0660, "extended Arabic-Indic": 0x06F0, "Devanagari": 0x0966, "Bengali": 0x09E6,
          "Thai": 0x0E50, "mathematical bold": 0x1D7CE, "mathematical monospace": 0x1D7F6}
CHARSETS = {"UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be", "UTF-16": "utf-16", "UTF-32": "utf-32", "UTF-7": "utf-7", "windows-1252": "cp1252",
            "KOI8-R": "koi8-r", "ISO-8859-15": "iso8859-15", "IBM037": "cp037"}
WIDE_CHARSETS = {"ISO-2022-JP": "iso2022_jp", "Shift_JIS": "shift_jis", "EUC-JP": "euc_jp", "GB18030": "gb18030", "Big5": "big5", "EUC-KR": "euc_kr"}


GROUPS = {13: (4, 3, 3, 3), 14: (4, 6, 4), 15: (4, 6, 5)}


def grouped(number, separator=" "):
    """As printed on cards: of old Visa cards, Diners, American Express, else in fours."""
    if len(number) not in GROUPS:
        return separator.join(re.findall(".{1,4}", number))
    out, at = [], 0
    for size in GROUPS[len(number)]:
        out.append(number[at:at + size])
        at += size
    return separator.join(out)


def wide(number, zero):
    return "".join(chr(zero + int(c)) for c in number)


def mail(subject, content_type, encoding, body, fields=(), sender="A. Holder <holder@customer.example>"):
    if isinstance(body, str):
        body = body.encode()
    head = [f"From: {sender}", "To: Support <support@desk.example>", f"Subject: {subject}", "Date: Mon, 16 Nov 2026 09:00:00 +0000",
            f"Message-ID: <{zlib.crc32(body + subject.encode())}.{len(body)}@customer.example>", "MIME-Version: 1.0", *fields]
    if content_type:
        head.append(f"Content-Type: {content_type}")
    if encoding:
        head.append(f"Content-Transfer-Encoding: {encoding}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + re.sub(rb"\r\n|\n", b"\r\n", body)


def text(body, charset="utf-8"):
    return mail("Refund", f"text/plain; charset={charset}", "8bit", body)


def base64_lines(data):
    return base64.encodebytes(data)


def attached(name, media_type, content, disposition="attachment"):
    body = (f"--part\r\nContent-Type: text/plain\r\n\r\nSee attachment.\r\n--part\r\nContent-Type: {media_type}\r\n"
            f"Content-Disposition: {disposition}; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n").encode()
    return mail("Refund", 'multipart/mixed; boundary="part"', "7bit", body + base64_lines(content) + b"--part--\r\n")


def two_parts(kind, first, second):
    return mail("Refund", f'multipart/{kind}; boundary="part"', "7bit", "--part\r\n" + first + "\r\n--part\r\n" + second + "\r\n--part--\r\n")


def yenc(name, data):
    body = bytearray()
    for byte in data:
        out = (byte + 42) % 256
        if out in (0, 9, 10, 13, 61) or (out == 46 and not body):
            body += bytes([61, (out + 64) % 256])
        else:
            body.append(out)
    return b"=ybegin line=128 size=%d name=%s\r\n%s\r\n=yend size=%d crc32=%08x\r\n" % (len(data), name, bytes(body), len(data), binascii.crc32(data))


def uuencode(name, data):
    lines = b"".join(binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45))
    return b"begin 644 %s\n" % name + lines + b"`\nend\n"


def texts(number):
    spaced = grouped(number)
    yield "plain", text(f"My card is {number}, thanks.\n")
    yield "at the end of the text", text(f"card {number}")
    yield "in brackets", text(f"card ({number})\n")
    yield "with the expiry date behind", text(f"card {spaced} 12/29 123\n")
    for name, separator in SEPARATORS.items():
        yield f"groups with {name}", text(f"My card is {grouped(number, separator)}, thanks.\n")
    yield "digit by digit with space", text(f"My card is {' '.join(number)}, thanks.\n")
    yield "digit by digit with hyphen", text(f"My card is {'-'.join(number)}, thanks.\n")
    for name, character in INVISIBLE.items():
        yield f"{name} between digits", text(f"My card is {character.join(number)}{character if name == 'keycap' else ''} thanks.\n")
    yield "zero-width space between groups", text(f"My card is {grouped(number, chr(0x200b))}, thanks.\n")
    for name, zero in DIGITS.items():
        yield f"{name} digits", text(f"My card is {wide(number, zero)}, thanks.\n")
    yield "superscript digits", text("card " + "".join("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[int(c)] for c in number) + "\n")
    yield "circled digits", text("card " + "".join("\u24ea\u2460\u2461\u2462\u2463\u2464\u2465\u2466\u2467\u2468"[int(c)] for c in number) + "\n")
    half = len(spaced) // 2
    half = spaced.rfind(" ", 0, half + 2)
    yield "line wrap between groups", text(f"My card is {spaced[:half]}\n{spaced[half + 1:]}, thanks.\n")
    yield "line wrap, indented", text(f"My card is {spaced[:half]}\n    {spaced[half + 1:]}, thanks.\n")
    yield "quoted history", text(f"> On Monday you wrote:\n>> my card is {spaced}\n> ok\n")
    yield "line wrap in quoted history", text(f"> my card is {spaced[:half]}\n> {spaced[half + 1:]}, thanks.\n")
    yield "flowed text", mail("Refund", "text/plain; charset=utf-8; format=flowed", "7bit", f"My card is {spaced[:half]} \n{spaced[half + 1:]}, thanks.\n")
    yield "percent-encoded in a link", text(f"see https://shop.example/pay?card={urllib.parse.quote(spaced)}&y=1\n")
    yield "uuencoded in text", text(b"See below.\n\n" + uuencode(b"note.txt", f"card {number} ok\n".encode()))
    yield "yEnc in text", mail("Refund", "text/plain; charset=iso-8859-1", "8bit", b"See below.\n\n" + yenc(b"note.txt", f"card {number} ok\n".encode()))
    yield "base64 without a label", text(b"See below.\n\n" + base64_lines(f"My card is {spaced}, valid until 12/29, thanks a lot for it.\n".encode()))


def spread_texts(number):
    """The digits further apart than one number's, or something glued to them."""
    for name, mark in MARKS.items():
        yield f"groups with {name}", text(f"My card is {grouped(number, mark)}, thanks.\n")
    for name in ("semicolon and space", "comma and space", "quotes and comma", "then", "arrow", "full-width semicolon"):
        yield f"digit by digit with {name}", text(f"My card is {MARKS[name].join(number)}, thanks.\n")
    for name, mark in UNSEEN.items():
        yield f"{name} between digits", text(f"My card is {mark.join(number)}, thanks.\n")
    yield "one digit a line", text("My card is\n" + "\n".join(number) + "\nthanks\n")
    yield "one digit a list item", text("My card is\n" + "\n".join(f"* {c}" for c in number) + "\nthanks\n")
    yield "one digit a cell", text("card;" + ";".join(number) + "\n")
    yield "E-notation", text(f"card,{number[0]}.{number[1:]}E+{len(number) - 1},12/29\n")
    yield "glued to words", text(f"my{number}card\n")
    if len(number) <= 16:
        yield "with zeros before it", text(f"My card is {number:0>19}, thanks.\n")
    if 14 <= len(number) <= 16:
        yield "with the expiry glued behind", text(f"My card is {number}1229, thanks.\n")
    if len(number) in (14, 15, 16):
        yield "groups with semicolon, alone on a line", text(f"hello\n{grouped(number, ';')}\nbye\n")
        yield "groups in quotes, alone on a line", text(f'hello\n"{grouped(number, chr(34) + "," + chr(34))}"\nbye\n')
    if len(number) == 16:
        parts = grouped(number).split()
        yield "each group by its name", text("".join(f"{name} four: {part}\n" for name, part in zip(("first", "second", "third", "last"), parts)))


def encodings(number):
    spaced = grouped(number)
    line = f"My card is {spaced}, thanks \u00e9.\n"
    yield "quoted-printable", mail("Refund", "text/plain; charset=utf-8", "quoted-printable", quopri.encodestring(line.encode()))
    yield "soft break inside", mail("Refund", "text/plain", "quoted-printable", f"card {number[:6]}=\n{number[6:]} ok\n")
    yield "soft break with trailing space", mail("Refund", "text/plain", "quoted-printable", f"card {number[:6]}= \t\n{number[6:]} ok\n")
    hexes = "".join(f"={ord(c):02X}" for c in number)
    yield "digits as =34", mail("Refund", "text/plain", "quoted-printable", f"card {hexes[:60]}=\n{hexes[60:]}\n")
    yield "base64", mail("Refund", "text/plain; charset=utf-8", "base64", base64_lines(line.encode()))
    yield "base64 in one line of 3", mail("Refund", "text/plain", "base64", b"\r\n".join(re.findall(b"..?.?", base64.b64encode(line.encode()))) + b"\r\n")
    yield "x-uuencode", mail("Refund", "text/plain", "x-uuencode", uuencode(b"a.txt", line.encode()))
    for name, codec in CHARSETS.items():
        yield f"{name}", mail("Refund", f"text/plain; charset={name}", "base64", base64_lines(f"My card is {spaced}, thanks.\n".encode(codec)))
    plus = "+" + base64.b64encode(number.encode("utf-16-be")).decode().rstrip("=") + "-"
    yield "UTF-7, digits shifted", mail("Refund", "text/plain; charset=UTF-7", "7bit", f"card {plus} ok\n")
    for name, codec in WIDE_CHARSETS.items():
        encoded = base64_lines(f"\u756a\u53f7 card {wide(number, 0xFF10)}\n".encode(codec, "replace"))
        yield f"{name}, full-width digits", mail("Refund", f"text/plain; charset={name}", "base64", encoded)
    yield "windows-1252, no-break spaces", mail("Refund", "text/plain; charset=windows-1252", "8bit", f"card {grouped(number, chr(0xa0))} ok\n".encode("cp1252"))
    yield "unknown charset", mail("Refund", "text/plain; charset=x-nonsense", "8bit", f"card {spaced} ok\n")
    yield "no content type", mail("Refund", "", "", f"card {spaced} ok\n")
    yield "two transfer encodings named", mail("Refund", "text/plain", "7bit", base64_lines(line.encode()), ["Content-Transfer-Encoding: base64"])
    yield "two content types", mail("Refund", "text/plain; charset=utf-8", "base64", base64_lines(f"card {number} ok\n".encode("utf-16")),
                                    ["Content-Type: text/plain; charset=utf-16"])
    yield "unknown transfer encoding", mail("Refund", "text/plain", "x-nonsense", f"card {spaced} ok\n")


def html_mail(body, encoding="8bit"):
    return mail("Refund", "text/html; charset=utf-8", encoding, f"<html><body>{body}</body></html>\n")


def html(number):
    decimal = "".join(f"&#{ord(c)};" for c in number)
    yield "plain", html_mail(f"<p>card {number}</p>")
    yield "tags inside", html_mail(f"<p>card <b>{number[:4]}</b><i>{number[4:8]}</i><span style='x'>{number[8:]}</span></p>")
    yield "decimal entities", html_mail(f"<p>card {decimal}</p>")
    yield "entities without semicolon", html_mail(f"<p>card {decimal.replace(';', '')} </p>")
    yield "hexadecimal entities", html_mail(f"<p>card {''.join(f'&#x{ord(c):x};' for c in number)}</p>")
    yield "&nbsp;", html_mail(f"<p>card {grouped(number, '&nbsp;')}</p>")
    yield "&shy;", html_mail(f"<p>card {'&shy;'.join(number)}</p>")
    yield "&zwnj;", html_mail(f"<p>card {'&zwnj;'.join(number)}</p>")
    yield "&#8203;", html_mail(f"<p>card {'&#8203;'.join(number)}</p>")
    yield "comments inside", html_mail(f"<p>card {number[:4]}<!-- x -->{number[4:]}</p>")
    yield "comment", html_mail(f"<!-- card {number} -->")
    yield "<wbr>", html_mail(f"<p>card {grouped(number, '<wbr>')}</p>")
    yield "<br>", html_mail(f"<p>card {grouped(number, '<br>')}</p>")
    yield "table cells", html_mail("<table><tr><td>card</td>" + "".join(f"<td>{g}</td>" for g in grouped(number).split()) + "</tr></table>")
    yield "blocks", html_mail("".join(f"<div>{g}</div>" for g in ["card"] + grouped(number).split()))
    yield "title attribute", html_mail(f"<p title='card {number}'>hello</p>")
    yield "attribute with entities", html_mail(f"<img alt='card {decimal}'>")
    yield "link", html_mail(f"<a href='https://shop.example/?card={number}'>pay</a>")
    yield "link, percent-encoded", html_mail("<a href='https://shop.example/?card=" + "".join(f"%{ord(c):02x}" for c in number) + "'>pay</a>")
    yield "input value", html_mail(f"<form><input name='card' value='{grouped(number)}'></form>")
    yield "style", html_mail(f"<style>p:after{{content:'card {number}'}}</style><p>x</p>")
    yield "script", html_mail(f"<script>var card='{number}'</script><p>x</p>")
    yield "title", mail("Refund", "text/html; charset=utf-8", "8bit", f"<html><head><title>card {number}</title></head><body>x</body></html>\n")
    yield "base64, UTF-16, tags", mail("Refund", "text/html; charset=utf-16", "base64", base64_lines(f"<p>card <b>{number[:5]}</b>{number[5:]}</p>".encode("utf-16")))
    def decoys(attributes, sheet=""):
        return html_mail(f"{sheet}<p>card {number[:4]}<i {attributes}>97</i>{number[4:8]}<i {attributes}>5</i>{number[8:]}</p>")
    yield "decoys hidden by own style", decoys("class=h style='display:none'")
    yield "decoys hidden by escapes in style", decoys("class=h style='d\\69splay:n&#111;ne'")
    yield "decoys hidden by a sheet", decoys("class=h", "<style>p .h{position:absolute;left:-9999px}</style>")
    yield "decoys hidden by an attribute's rule", decoys("class=h x", "<style>[x]{max-height:0;overflow:hidden}</style>")
    yield "turned round by a sheet", html_mail(f"<style>.r{{unicode-bidi:bidi-override;direction:rtl}}</style><p>card <span class=r>{number[::-1]}</span></p>")
    yield "turned round by a row", html_mail("<section style='display:flex;flex-direction:row-reverse'>" + "".join(f"<b>{c}</b>" for c in number[::-1]) + "</section>")
    yield "digits in inline blocks", html_mail("<p>card</p>" + "".join(f"<div style='display:inline-block'>{c}</div>" for c in number))
    yield "half in a style sheet", html_mail(f"<style>p:before{{content:'{number[:8]}'}}</style><p>{number[8:]}</p>")
    yield "texts of pictures", html_mail("card " + "".join(f"<img src='cid:x' alt='{c}'>" for c in number))
    framed = f"<p>card {number[:4]}<b>{number[4:8]}</b>{number[8:]}</p>"
    yield "frame with its page inside", html_mail('<iframe srcdoc="' + framed.replace("<", "&lt;") + '"></iframe>')
    yield "data: page, percent-encoded", html_mail(f'<iframe src="data:text/html,{urllib.parse.quote(framed)}"></iframe>')
    yield "data: page, base64", html_mail('<iframe src="data:text/html;base64,' + base64.b64encode(framed.encode()).decode() + '"></iframe>')
    yield "quoted-printable, tag cut", mail("Refund", "text/html; charset=utf-8", "quoted-printable", f"<p>card {number[:4]}<=\nb>{number[4:]}</b></p>\n")


def headers(number):
    spaced = grouped(number)
    word = base64.b64encode(f"card {spaced} \u00e9".encode()).decode()
    hello = "text/plain", "7bit", "hi\n"

    def field(line):
        return mail("Refund", *hello, [line])
    yield "subject", mail(f"card {number}", *hello)
    yield "subject, encoded B", mail(f"=?utf-8?b?{word}?=", *hello)
    yield "subject, encoded Q", mail("=?utf-8?q?card_" + "".join(f"={ord(c):02X}" for c in number) + "?=", *hello)
    yield "subject, two encoded words", mail(f"=?utf-8?q?card_{number[:7]}?= =?utf-8?q?{number[7:]}?=", *hello)
    yield "subject, folded encoded words", mail(f"=?utf-8?q?card_{number[:7]}?=\r\n =?iso-8859-1?q?{number[7:]}?=", *hello)
    yield "subject, UTF-16 word", mail(f"=?utf-16be?b?{base64.b64encode(f'card {number}'.encode('utf-16-be')).decode()}?=", *hello)
    yield "subject, folded", mail(f"card {spaced[:9]}\r\n {spaced[10:]}" if spaced[9:10] == " " else f"card\r\n {spaced}", *hello)
    yield "subject, raw UTF-8 full-width", mail(f"card {wide(number, 0xFF10)}", *hello)
    yield "sender's name", mail("Refund", *hello, sender=f'"card {spaced}" <holder@customer.example>')
    yield "sender's name, encoded", mail("Refund", *hello, sender=f"=?utf-8?b?{word}?= <holder@customer.example>")
    yield "sender's name in a comment", mail("Refund", *hello, sender=f"holder@customer.example (card {number})")
    pairs = "".join("\\" + c for c in number)
    yield "sender's name in quoted-pairs", mail("Refund", *hello, sender=f'"card {pairs}" <holder@customer.example>')
    yield "sender's address in quoted-pairs", mail("Refund", *hello, sender=f'"card{pairs}"@customer.example')
    yield "sender's name, some groups quoted", mail("Refund", *hello, sender="card " + " ".join(f'"{g}"' if i % 2 else g for i, g in enumerate(spaced.split())) + " <holder@customer.example>")
    yield "sender's name, comments between groups", mail("Refund", *hello, sender="card " + spaced.replace(" ", " (x) ") + " <holder@customer.example>")
    yield "sender's name in a comment with others in it", mail("Refund", *hello, sender="holder@customer.example (card " + spaced.replace(" ", " (x) ", 1) + ")")
    yield "Reply-To name", field(f'Reply-To: "card {number}" <holder@customer.example>')
    yield "Cc name", field(f'Cc: "card {number}" <other@customer.example>')
    yield "own field", field(f"X-Card: {spaced}")
    yield "own field, percent-encoded", field("X-Card: card%20" + spaced.replace(" ", "%20"))
    yield "own field, percent-encoded digits", field("X-Link: <https://shop.example/?card=" + "".join(f"%{ord(c):02X}" for c in number) + ">")
    yield "own field, encoded", field(f"X-Card: =?utf-8?b?{word}?=")
    yield "Comments and Keywords", field(f"Comments: card {number}\r\nKeywords: card {spaced}")
    yield "Content-Description", mail("Refund", "text/plain", "7bit", "hi\n", [f"Content-Description: card {number}"])
    name = "--part\r\nContent-Type: {}\r\nContent-Disposition: attachment; {}\r\n\r\nzz\r\n--part--\r\n"

    def named(disposition, kind="application/octet-stream"):
        return mail("Refund", 'multipart/mixed; boundary="part"', "7bit", name.format(kind, disposition))
    yield "file name", named(f'filename="card {number}.bin"')
    yield "file name in quoted-pairs", named(f'filename="card {pairs}.bin"')
    yield "file name, RFC 2047", named(f'filename="=?utf-8?b?{word}?="')
    yield "file name, RFC 2231", named("filename*=utf-8''card%20" + "".join(f"%{ord(c):02X}" for c in number))
    yield "file name, continuations", named(f'filename*0="card {number[:6]}";\r\n filename*1="{number[6:]}.bin"')
    yield "file name, encoded continuations", named(f"filename*0*=utf-8''card%20{number[:6]};\r\n filename*1*={number[6:]}.bin")
    yield "name parameter", named("filename=a.bin", f'application/octet-stream; name="card {spaced}"')


def structures(number):
    spaced = grouped(number)
    inner = mail("inner", "text/plain", "base64", base64_lines(f"card {number} ok\n".encode())).decode()
    plain = "Content-Type: text/plain\r\n\r\nhello\r\n"
    yield "nested message", two_parts("mixed", plain, "Content-Type: message/rfc822\r\n\r\n" + inner)
    yield "nested message, base64", two_parts("mixed", plain, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(inner.encode()).decode())
    twice = two_parts("mixed", plain, "Content-Type: message/rfc822\r\n\r\n" + inner).decode()
    yield "nested twice", two_parts("mixed", plain, "Content-Type: message/rfc822\r\n\r\n" + twice.replace("part", "trap"))
    yield "nested subject", two_parts("mixed", plain, "Content-Type: message/rfc822\r\n\r\n" + mail(f"card {number}", "text/plain", "7bit", "x\n").decode())
    yield "alternative twin, HTML", two_parts("alternative", plain, f"Content-Type: text/html\r\n\r\n<p>card {number[:4]}<b>{number[4:]}</b></p>\r\n")
    yield "alternative twin, text", two_parts("alternative", f"Content-Type: text/plain\r\n\r\ncard {spaced}\r\n", "Content-Type: text/html\r\n\r\n<p>hello</p>\r\n")
    half = len(spaced) // 2 if " " not in spaced else spaced.index(" ", 5)
    yield "over two parts", two_parts("mixed", f"Content-Type: text/plain\r\n\r\nmy card is {spaced[:half]}\r\n", f"Content-Type: text/plain\r\n\r\n{spaced[half + 1:]} thanks\r\n")
    yield "over two parts, HTML", two_parts("mixed", f"Content-Type: text/html\r\n\r\n<p>my card is {spaced[:half]}</p>\r\n", f"Content-Type: text/html\r\n\r\n<p>{spaced[half + 1:]} thanks</p>\r\n")
    yield "preamble", mail("Refund", 'multipart/mixed; boundary="part"', "7bit", f"card {number}\n--part\n\nhello\n--part--\n")
    yield "epilogue", mail("Refund", 'multipart/mixed; boundary="part"', "7bit", f"--part\n\nhello\n--part--\ncard {number}\n")
    yield "no closing boundary", mail("Refund", 'multipart/mixed; boundary="part"', "7bit", f"--part\n\nhello\n--part\n\ncard {number}\n")
    yield "boundary that is not there", mail("Refund", 'multipart/mixed; boundary="other"', "7bit", f"--part\n\ncard {number}\n--part--\n")
    yield "two boundaries named", mail("Refund", 'multipart/mixed; boundary="other"; boundary="part"', "7bit",
                                       "--part\nContent-Transfer-Encoding: base64\n\n" + base64_lines(f"card {spaced} thank you".encode()).decode() + "--part--\n")
    yield "text called a picture", two_parts("mixed", plain, f"Content-Type: image/png\r\n\r\ncard {spaced}\r\n")
    yield "part of headers", two_parts("report", plain, f"Content-Type: text/rfc822-headers\r\n\r\nSubject: card {number}\r\n")
    yield "delivery status", two_parts("report; report-type=delivery-status", plain, f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nDiagnostic-Code: smtp; card {number}\r\n")
    yield "base64 cut by a space", mail("Refund", "text/plain", "base64", b" ".join(re.findall(b".{1,5}", base64.b64encode(f"card {number} ok\n".encode()))) + b"\n")
    yield "base64 with a stray mark", mail("Refund", "text/plain", "base64", base64.b64encode(f"card {number} ok\n".encode()).replace(b"g", b"g!", 1) + b"\n")
    yield "text behind the base64", mail("Refund", "text/plain", "base64", base64.b64encode(b"hello there\n") + f"\n\ncard {number}\n".encode())


def disguises(number):
    for kind, rows in (("text", texts), ("text", spread_texts), ("encoding", encodings), ("HTML", html), ("header", headers), ("structure", structures)):
        for name, message in rows(number):
            yield kind, name, message
    for name, file_name, media_type, content in card_files(number, grouped(number)):
        yield "file", name, attached(file_name, media_type, content)
