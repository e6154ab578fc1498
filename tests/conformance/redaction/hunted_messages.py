"""Messages for disguise_hunt.py: a card number in a chain of disguises that mail readers undo, at any place of any tree of parts.
hunted(chance) gives (number, recipe, message bytes); the same chance gives the same message."""
import base64
import re
import urllib.parse

from hunted_files import packed_file
from hunted_texts import body_of, number_of, value_text

BYTE_CHARSETS = ("utf-8", "us-ascii", "iso-8859-1", "windows-1252", "koi8-r", "iso-8859-15", "utf-16le", "utf-16be", "utf-16", "utf-32", "utf-7")
WIDE_CHARSETS = {"iso-2022-jp": "iso2022_jp", "shift_jis": "shift_jis", "euc-jp": "euc_jp", "gb18030": "gb18030", "big5": "big5", "euc-kr": "euc_kr",
                 "gb2312": "gb2312", "gbk": "gbk"}


def transfer(chance, data, recipe, is_wide):
    """(Content-Transfer-Encoding, bytes) of a part's content; of wide charsets line ends are no bytes to leave as they are."""
    kind = chance.choice(("base64", "base64", "quoted-printable", "quoted-printable", "8bit"))
    recipe.append(kind)
    if kind == "base64":
        size = chance.choice((4, 19, 57, 60, 76, 76, 76, 500))
        coded = base64.b64encode(data)
        oddity = chance.random()
        if oddity < 0.1:
            recipe.append("without padding")
            coded = coded.rstrip(b"=")
        elif oddity < 0.2:
            recipe.append("text behind the base64")
            coded += b"=\nhello there, -- nothing\n" if not coded.endswith(b"=") else b"\nhello there, -- nothing\n"
        return kind, b"\n".join(coded[at:at + size] for at in range(0, len(coded), size)) + b"\n"
    if kind == "8bit":
        return kind, data
    return kind, transfer_quoted(chance, data, is_wide)


def transfer_quoted(chance, data, is_wide):
    share, out, column = chance.choice((0.0, 0.2, 1.0)), [], 0
    for byte in data:
        is_plain = (33 <= byte <= 126 and byte != 61) or byte == 32
        piece = bytes([byte]) if is_plain and chance.random() >= share else (f"={byte:02x}" if share == 0.2 else f"={byte:02X}").encode()
        if byte == 10 and not is_wide and chance.random() < 0.9:
            piece, column = b"\n", -1
        if column > 70 or (column > 2 and piece != b"\n" and chance.random() < 0.08):
            out.append(b"=" + chance.choice((b"", b"", b" ", b"\t")) + b"\n")
            column = 0
        out.append(piece)
        column += len(piece)
    return b"".join(out)


def field(chance, name, value):
    """A header field in odd case, blanks and folds."""
    name = chance.choice((name, name, name, name.lower(), name.upper()))
    return f"{name}:{chance.choice((' ', ' ', '', chr(9), chr(10) + ' '))}{value}"


def charset_of(chance, text):
    """(label, bytes)."""
    order = list(BYTE_CHARSETS) + list(WIDE_CHARSETS)
    chance.shuffle(order)
    for label in order[:6]:
        try:
            return label, text.encode(WIDE_CHARSETS.get(label, label))
        except UnicodeEncodeError:
            continue
    return "utf-8", text.encode()


def parameter(chance, name, value):
    return chance.choice((f"{name}={value}", f"{name}=\"{value}\"", f"{name.upper()}={value.upper()}", f"{name} = \"{value}\"", f"{name}*=us-ascii''{value}"))


def file_leaf(chance, number, recipe):
    name, content = packed_file(chance, number, recipe)
    media = chance.choice(("application/octet-stream", "application/zip", "application/x-own", "text/plain", "image/png"))
    recipe.append(media)
    return [field(chance, "Content-Type", media), "Content-Transfer-Encoding: base64", field(chance, "Content-Disposition", f"attachment; filename=\"{name}\"")], base64.encodebytes(content)


def leaf(chance, number, recipe):
    """(header lines, body bytes) of the part with the number."""
    if chance.random() < 0.15:
        return file_leaf(chance, number, recipe)
    kind, text = body_of(chance, number, recipe)
    label, data = charset_of(chance, text)
    recipe.append(label)
    encoding, body = transfer(chance, data, recipe, label.startswith(("utf-16", "utf-32")))
    if encoding == "8bit" and label.startswith(("utf-16", "utf-32")):
        encoding, body = "base64", base64.encodebytes(data)
    media = chance.choice((f"text/{kind}", f"text/{kind}", f"TEXT/{kind.capitalize()}"))
    head = [field(chance, "Content-Type", f"{media}{chance.choice(('; ', ';', ';' + chr(10) + chr(9), ' ; '))}{parameter(chance, 'charset', label)}"),
            field(chance, "Content-Transfer-Encoding", chance.choice((encoding, encoding, encoding.upper(), f"{encoding} (comment)", f" {encoding} ")))]
    if chance.random() < 0.15:
        recipe.append("attachment")
        head.append(field(chance, "Content-Disposition", "attachment; filename=note.txt"))
    return head, body


def word(chance, piece):
    """An encoded word of a piece of text."""
    label, data = charset_of(chance, piece) if chance.random() < 0.4 else ("utf-8", piece.encode())
    if chance.random() < 0.5:
        return f"=?{label}?{chance.choice('bB')}?{base64.b64encode(data).decode()}?="
    share = chance.choice((0.0, 0.3, 1.0))
    coded = "".join(chr(b) if chr(b).isalnum() and b < 128 and chance.random() >= share else "_" if b == 32 else f"={b:02X}" for b in data)
    return f"=?{label}{chance.choice(('', '', '*en'))}?{chance.choice('qQ')}?{coded}?="


def pieces(chance, text, most=12):
    out, at = [], 0
    while at < len(text):
        size = chance.randrange(1, most)
        out.append(text[at:at + size])
        at += size
    return out


def byte_words(chance, text, recipe):
    """Encoded words that are cut in the middle of characters."""
    recipe.append("encoded words cut in characters")
    data, out, at = text.encode(), [], 0
    while at < len(data):
        size = chance.randrange(1, 14)
        out.append(f"=?utf-8?b?{base64.b64encode(data[at:at + size]).decode()}?=")
        at += size
    return chance.choice((" ", "\n ")).join(out)


def encoded_words(chance, text, recipe):
    if chance.random() < 0.2:
        return byte_words(chance, text, recipe)
    recipe.append("encoded words")
    return "".join(word(chance, piece) + chance.choice((" ", "\n ", " \n\t", "  ")) for piece in pieces(chance, text)).rstrip()


def file_name(chance, number, recipe):
    text = f"card {value_text(chance, number, recipe)} x.txt"
    kind = chance.random()
    if kind < 0.2:
        recipe.append("encoded words in a name")
        return "filename=\"" + encoded_words(chance, text, recipe).replace("\n", "") + "\""
    if kind < 0.4:
        recipe.append("RFC 2231")
        return f"filename*={chance.choice(('utf-8', 'UTF-8'))}'{chance.choice(('', 'en'))}'{urllib.parse.quote(text, safe='')}"
    if kind < 0.8:
        recipe.append("RFC 2231 continuations")
        rows = []
        for at, piece in enumerate(pieces(chance, text)):
            is_coded = not piece.isascii() or chance.random() < 0.5
            coded = urllib.parse.quote(piece, safe="")
            if at == 0:
                rows.append(f"filename*0*=utf-8''{coded}")
            else:
                rows.append(f"filename*{at}*={coded}" if is_coded else f"filename*{at}=\"{piece}\"")
        if chance.random() < 0.4:
            recipe.append("out of order")
            chance.shuffle(rows)
        return chance.choice(("; ", ";\n ", ";\n\t")).join(rows)
    recipe.append("quoted name")
    return "filename=\"" + "".join("\\" + c if c.isdigit() and chance.random() < 0.3 else c for c in text) + "\""


def in_header(chance, number, recipe):
    """(header lines of the message, header lines of a part)."""
    place = chance.choice(("Subject", "Subject", "From", "To", "Cc", "Reply-To", "X-Note", "Comments", "Content-Description", "file name", "file name", "name"))
    recipe.append(place)
    if place == "file name":
        return [], [field(chance, "Content-Disposition", "attachment; " + file_name(chance, number, recipe))]
    if place == "name":
        return [], [field(chance, "Content-Type", "application/octet-stream; " + file_name(chance, number, recipe).replace("filename", "name"))]
    text = f"card {value_text(chance, number, recipe)}"
    if chance.random() < 0.6 or not text.isascii():
        text = encoded_words(chance, text, recipe)
    if place in ("From", "To", "Cc", "Reply-To"):
        text = f"\"{text}\" <a@customer.example>" if "=?" not in text and chance.random() < 0.5 else f"{text} <a@customer.example>"
        if "." in text.split("<")[0] and not text.startswith("\"") and "=?" not in text:
            text = f"a@customer.example ({text.split('<')[0].strip()})"
    return [field(chance, place, text)], []


def boundary(chance):
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=?"
    return "b" + "".join(chance.choice(letters) for _ in range(chance.randrange(1, 40))) + "z"


def edge_parameter(chance, edge, recipe):
    kind = chance.random()
    if kind < 0.1:
        recipe.append("boundary by RFC 2231")
        half = len(edge) // 2
        return f"boundary*0=\"{edge[:half]}\"; boundary*1=\"{edge[half:]}\""
    if kind < 0.2:
        recipe.append("percent-encoded boundary")
        return "boundary*=us-ascii''" + "".join(f"%{ord(c):02X}" for c in edge)
    if kind < 0.3:
        recipe.append("quoted-pairs in the boundary")
        return "boundary=\"" + "".join(f"\\{c}" if chance.random() < 0.3 else c for c in edge) + "\""
    if kind < 0.35:
        recipe.append("another boundary first")
        return f"x=\"; boundary=no\"; boundary=\"{edge}\""
    return f"boundary=\"{edge}\""


def wrapped(chance, head, body, recipe, depth):
    """The part in a tree of others."""
    if depth == 0:
        return head, body
    if chance.random() < 0.3:
        recipe.append("in a message")
        inner = "\n".join(["From: b@customer.example", "Subject: inner", "MIME-Version: 1.0", *head]).encode() + b"\n\n" + body
        head = [field(chance, "Content-Type", "message/rfc822")]
        coded = chance.random()
        if coded < 0.3:
            recipe.append("base64 message")
            head.append("Content-Transfer-Encoding: base64")
            inner = base64.encodebytes(inner)
        elif coded < 0.5:
            recipe.append("quoted-printable message")
            head.append("Content-Transfer-Encoding: quoted-printable")
            inner = transfer_quoted(chance, inner, False)
        body = inner
        return wrapped(chance, head, body, recipe, depth - 1)
    kind = chance.choice(("mixed", "alternative", "related", "report", "signed", "digest", "x-own", "form-data", "parallel"))
    recipe.append(f"multipart/{kind}")
    edge = boundary(chance)
    other = b"Content-Type: text/plain\n\nhello\n"
    part = "\n".join(head).encode() + b"\n\n" + body
    rows = [other] * chance.randrange(2) + [part] + [other] * chance.randrange(2)
    pad = chance.choice((b"", b"", b" ", b"\t"))
    out = chance.choice((b"", b"preamble\n"))
    for row in rows:
        out += b"--" + edge.encode() + pad + b"\n" + row + (b"" if row.endswith(b"\n") else b"\n")
    if chance.random() < 0.9:
        out += b"--" + edge.encode() + b"--\n"
    else:
        recipe.append("no last boundary")
    return wrapped(chance, [field(chance, "Content-Type", f"multipart/{kind};{chance.choice((' ', chr(10) + ' '))}{edge_parameter(chance, edge, recipe)}")], out, recipe, depth - 1)


def hunted(chance):
    number, recipe = number_of(chance), []
    outer = []
    if chance.random() < 0.35:
        outer, of_part = in_header(chance, number, recipe)
        head, body = of_part or ["Content-Type: text/plain"], b"hello\n"
        if outer and chance.random() < 0.3:
            recipe.append("of an inner message")
            body = ("\n".join([*outer, "MIME-Version: 1.0", *head]) + "\n\nhello\n").encode()
            head, outer = ["Content-Type: message/rfc822"], []
    else:
        head, body = leaf(chance, number, recipe)
    head, body = wrapped(chance, head, body, recipe, chance.choice((0, 0, 1, 1, 2, 3)))
    names = {line.split(":")[0].lower() for line in outer}
    fields = [line for line in ("From: a@customer.example", "To: support@desk.example", "Subject: refund", "Date: Mon, 16 Nov 2026 09:00:00 +0000",
                                f"Message-ID: <{chance.getrandbits(40):x}@customer.example>", "MIME-Version: 1.0") if line.split(":")[0].lower() not in names]
    message = "\n".join([*fields, *outer, *head]).encode("utf-8", "surrogateescape") + b"\n\n" + body
    if chance.random() < 0.85:
        message = re.sub(rb"\r?\n", b"\r\n", message)
    else:
        recipe.append("LF alone")
    return number, ", ".join(recipe), message
