"""Every text that some reader could show of a message, by other means than the product's: Python's mail parser read in
each of the ways in which clients differ, its codecs, zip and friends, pdftotext. `survives()` is the question of the
table: can the whole number still be read anywhere, with anything but digits between its digits?"""
import base64
import binascii
import bz2
import email
import email.header
import email.policy
import gzip
import html
import io
import lzma
import quopri
import re
import subprocess
import tarfile
import unicodedata
import urllib.parse
import zipfile
import zlib

DEPTH_MAX = 6
CODECS = {"ibm037": "cp037", "x-nonsense": "latin-1"}
NOTICE = b"replaced by this notice"
MASK = "\u2587"
_digit_of = {MASK: "x"}


def digits_of(text):
    """The digits alone, of whatever script or shape. What was hidden stays a gap: nobody reads over it, and the ends that two
    copies of a number keep are no number."""
    out = []
    for c in re.sub(r"(?<=\d)\*{2,}|\*{2,}(?=\d)", MASK, text) if "**" in text else text:
        if "0" <= c <= "9":
            out.append(c)
        elif c > "\x7f":
            if c not in _digit_of:
                value = unicodedata.digit(c, None)
                _digit_of[c] = "" if value is None else str(value)
            out.append(_digit_of[c])
    return "".join(out)


def latin(data):
    """As a reader sees it who takes no other charset; what stands for one character in UTF-8 is no superscript digit there."""
    return re.sub("[\xc2-\xf4][\x80-\xbf]{1,3}", lambda m: MASK if m[0] == "\xe2\x96\x87" else " ", data.decode("latin-1"))


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except (ValueError, LookupError, OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError,
            AssertionError, TypeError, IndexError, zlib.error):
        return None


def unrtf(data):
    text = data.decode("latin-1")
    text = re.sub(r"\\'([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), text)
    text = re.sub(r"\\u(-?\d+) ?\??", lambda m: chr(int(m[1]) % 65536), text)
    return re.sub(r"\\[a-zA-Z]+-?\d* ?|[{}]", "", text)


def unyenc(data):
    out = bytearray()
    escaped = False
    for byte in data:
        if byte in b"\r\n":
            continue
        if byte == 61 and not escaped:
            escaped = True
            continue
        out.append((byte - 42 - (64 if escaped else 0)) % 256)
        escaped = False
    return bytes(out)


def unuu(data):
    return b"".join(attempt(binascii.a2b_uu, line) or b"" for line in data.splitlines()[1:])


def of_pdf(data):
    done = subprocess.run(["pdftotext", "-q", "-", "-"], input=data, capture_output=True, timeout=20, check=False)
    return done.stdout


def inside_archive(data):
    """(bytes of names and comments, contents) of what is packed."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        archive = attempt(zipfile.ZipFile, io.BytesIO(data))
        if archive:
            yield " ".join(archive.namelist()).encode() + b" " + archive.comment
            for name in archive.namelist():
                yield attempt(archive.read, name)
    for open_, mark in ((gzip.decompress, b"\x1f\x8b"), (bz2.decompress, b"BZh"), (lzma.decompress, b"\xfd7zXZ")):
        if data.startswith(mark):
            yield attempt(open_, data)
    if data[257:262] == b"ustar":
        archive = attempt(lambda: tarfile.open(fileobj=io.BytesIO(data)))
        for entry in (archive.getmembers() if archive else []):
            yield entry.name.encode()
            if entry.isfile():
                yield archive.extractfile(entry).read()
    if b"%PDF-" in data[:1024]:
        yield of_pdf(data)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"\x09\x08\x10\x00")):  # old sheets: records of short labels and whole numbers
        cells = re.findall(rb"(?s)\x7e\x02\x0a\x00.{6}(.{4})|\x04\x02.\x00.{8}\x00([ -~]{4})", data)
        yield b"".join(label or str(int.from_bytes(number, "little") >> 2).encode() for number, label in cells)
    yield attempt(zlib.decompress, data)
    yield attempt(zlib.decompress, data, -15)
    if data[:1] == b"\x5d":
        yield attempt(lzma.decompress, data, lzma.FORMAT_ALONE)
    if data.startswith(b"\x89PNG"):
        for chunk in re.finditer(rb"zTXt|iTXt", data):
            for start in re.finditer(b"x", data[chunk.end():chunk.end() + 80]):
                yield attempt(lambda at=chunk.end() + start.start(): zlib.decompressobj().decompress(data[at:]))


def texts_of(text):
    """What the text may stand for: markup, escapes and foldings undone."""
    yield text
    if "<" in text or "&" in text:
        bare = html.unescape(re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", text))
        yield bare
        yield html.unescape(text)
        # Shown: elements of class "h" are hidden, class "r" and a reversed row turn their text round, sheets add text.
        shown = re.sub(r"(?s)<i class=h.*?</i>", "", text)
        if shown != text:
            yield html.unescape(re.sub(r"<[^>]*>", "", shown))
        if "class=r" in text or "row-reverse" in text:
            yield bare[::-1]
        added = "".join(a or b for a, b in re.findall(r"content:'([^']*)'|alt='([^']*)'", text))
        if added:
            yield added + html.unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]*>", "", text))
        for page in re.findall(r'(?i)srcdoc="([^"]*)"', text):
            yield re.sub(r"<[^>]*>", "", html.unescape(page))
        for page in re.findall(r'(?i)"data:text/html,([^"]*)"', text):
            yield re.sub(r"<[^>]*>", "", urllib.parse.unquote(page))
    if "<w:" in text:  # what Word shows: no hidden runs, nothing from where text was moved away
        shown = re.sub(r"(?s)<w:moveFrom.*?</w:moveFrom>|<w:r><w:rPr><w:vanish/></w:rPr>.*?</w:r>", "", text)
        yield html.unescape(re.sub(r"<[^>]*>", "", shown))
    if "%" in text:
        yield urllib.parse.unquote(html.unescape(text))
    if "card1=" in text:  # the fields of a form without their names
        yield re.sub(r"card\d=", "", text)
    if "\\" in text:
        yield re.sub(r"\\[ux]\{?([0-9a-fA-F]{2,4})\}?", lambda m: chr(int(m[1], 16)), text)
    if "=" in text:
        yield latin(quopri.decodestring(text.encode("utf-8", "replace")))
    if "+" in text:
        yield attempt(lambda: text.encode("ascii", "ignore").decode("utf-7")) or ""


def views_of_bytes(data, charsets=(), depth=0):
    if data is None or depth > DEPTH_MAX:
        return
    for inner in inside_archive(data):
        yield from views_of_bytes(inner, (), depth + 1)
    if data.lstrip().startswith(b"{\\rtf"):
        yield unrtf(data)
    for codec in {"utf-8", "latin-1", *charsets, *(["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else [])}:
        text = latin(data) if codec == "latin-1" else attempt(lambda c=codec: data.decode(CODECS.get(c.lower(), c), "replace"))
        if text:
            yield from texts_of(text)
    begin = re.search(rb"(?m)^begin [0-7]{3,4} .*$", data)
    if begin:
        yield from views_of_bytes(unuu(data[begin.start():]), (), depth + 1)
    part = re.search(rb"(?ms)^=ybegin [^\n]*\n(.*?)^=yend", data)
    if part:
        yield from views_of_bytes(unyenc(part[1]), (), depth + 1)
    for run in re.findall(rb"(?:[A-Za-z0-9+/]{20,}\s*)+[A-Za-z0-9+/]*={0,2}", data):
        yield from views_of_bytes(attempt(base64.b64decode, re.sub(rb"\s", b"", run) + b"==="), (), depth + 1)
    if depth < DEPTH_MAX and re.match(rb"(?i)(from|return-path|subject|received|date|mime-version|message-id):", data):
        yield from views_of_message(data, depth + 1)


def header_texts(value):
    yield value
    joined = re.sub(r"\?=\s+=\?", "?==?", value)
    out = []
    for charset, kind, word in re.findall(r"=\?([^?]*)\?([bBqQ])\?([^?]*)\?=", joined):
        data = attempt(base64.b64decode, word + "===") if kind in "bB" else quopri.decodestring(word.replace("_", " ").encode())
        out.append(attempt(lambda d=data, c=charset: d.decode(c.split("*")[0], "replace")) or "")
    yield "".join(out)
    yield urllib.parse.unquote(value)
    pieces = re.findall(r"(\w+)\*(\d+)\*?=(?:\"([^\"]*)\"|([^;\s]*))", value)
    yield urllib.parse.unquote("".join(a or b for _, _, a, b in sorted(pieces, key=lambda p: int(p[1]))))


def decoded(payload, encoding):
    if encoding == "base64":
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", payload)
        yield attempt(base64.b64decode, kept + b"===") or attempt(base64.b64decode, kept[:len(kept) // 4 * 4])
        cut = re.match(rb"[A-Za-z0-9+/\s]*={0,2}", payload)[0]
        yield attempt(base64.b64decode, re.sub(rb"\s", b"", cut) + b"===")
    elif encoding == "quoted-printable":
        yield quopri.decodestring(payload)
    elif encoding in ("x-uuencode", "uuencode", "x-uue"):
        yield unuu(payload[payload.find(b"begin "):])


def views_of_message(data, depth=0):
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        for name, value in part.raw_items():
            yield from header_texts(str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        charsets = [c for value in part.get_all("Content-Type", []) for c in re.findall(r"charset=\"?([\w.:-]+)", str(value))]
        payload = part.get_payload() if part.is_multipart() else part._payload or ""  # get_payload() fails at charset*=us-ascii''utf-8
        if isinstance(payload, list):
            yield from views_of_bytes(((part.preamble or "") + "\n" + (part.epilogue or "")).encode("utf-8", "surrogateescape"), (), depth + 1)
            continue
        raw = payload.encode("utf-8", "surrogateescape")
        for encoding in {str(e).strip().lower() for e in part.get_all("Content-Transfer-Encoding", [])}:
            for content in decoded(raw, encoding):
                yield from views_of_bytes(content, charsets, depth + 1)
        yield from views_of_bytes(raw, charsets, depth + 1)


def readings(message):
    """The digits of every view, one string a view."""
    yield digits_of(latin(message))
    yield digits_of(message.decode("utf-8", "replace"))
    # A boundary that two readers disagree about: what lies between the lines is looked at as well.
    for piece in (message, *re.split(rb"\r\n--[^\r\n]*\r\n", message)[1:]):
        yield from map(digits_of, views_of_message(piece))


def survives(message, number):
    """The digits of the number, in this order and with nothing but other characters between them, in any view."""
    return any(number in digits for digits in readings(message))


def is_notice(message):
    if NOTICE in message.replace(b"\r\n", b" ").replace(b"=20", b" "):
        return True
    return any("replaced by this notice" in " ".join(view.split()) for view in views_of_message(message))
