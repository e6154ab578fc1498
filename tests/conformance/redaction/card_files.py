"""Files that hold one text, as customers attach them: rows of (name, file name, media type, bytes). Built from the formats'
own definitions with the standard library, so that what reads them in the product has no part in it."""
import binascii
import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import urllib.parse
import zipfile
import zlib
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def zip_of(files, method=zipfile.ZIP_DEFLATED, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2026, 11, 22, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else method
            archive.writestr(entry, content)
        archive.comment = comment
    return out.getvalue()


def office(main, main_type, parts):
    """An Open Packaging container whose main part is `main`."""
    kind = f"application/vnd.openxmlformats-officedocument.{main_type}.main+xml"
    types = (f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
             f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" ContentType="{kind}"/></Types>')
    links = (f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{main}"/></Relationships>')
    return zip_of({"[Content_Types].xml": DECLARATION + types, "_rels/.rels": DECLARATION + links,
                   **{name: DECLARATION + body for name, body in parts.items()}})


def word(body, extra=None):
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return office("word/document.xml", "wordprocessingml.document", {"word/document.xml": document, **(extra or {})})


def run(text, look=""):
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def workbook(cell, strings=""):
    sheet = f'<worksheet xmlns="{SHEET}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    book = (f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="Cards" sheetId="1" r:id="rId1"/></sheets></workbook>')
    links = (f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
             f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
    shared = f'<sst xmlns="{SHEET}" count="1" uniqueCount="1">{strings}</sst>'
    return office("xl/workbook.xml", "spreadsheetml.sheet", {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": links,
                                                            "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared})


def slides(text):
    slide = (f'<p:sld xmlns:p="{SLIDES}" xmlns:a="{DRAWING}"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>{escape(text[:9])}</a:t></a:r>'
             f'<a:r><a:t>{escape(text[9:])}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>')
    return office("ppt/presentation.xml", "presentationml.presentation",
                  {"ppt/presentation.xml": f'<p:presentation xmlns:p="{SLIDES}"/>', "ppt/slides/slide1.xml": slide})


def open_document(kind, body):
    content = (f'<office:document-content xmlns:office="{OASIS}:office:1.0" xmlns:text="{OASIS}:text:1.0" xmlns:table="{OASIS}:table:1.0" '
               f'office:version="1.2"><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>')
    media = f"application/vnd.oasis.opendocument.{kind}"
    manifest = (f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
                f'manifest:media-type="{media}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>')
    return zip_of({"mimetype": media, "content.xml": DECLARATION + content, "META-INF/manifest.xml": DECLARATION + manifest})


def pdf(operators, compressed=False):
    stream = f"BT /F1 12 Tf 72 700 Td {operators} ET".encode("latin-1")
    extra = b""
    if compressed:
        stream, extra = zlib.compress(stream), b" /Filter /FlateDecode"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
               b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(stream), extra, stream),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at)
    return bytes(out)


def png(kind, text):
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + binascii.crc32(kind + data).to_bytes(4, "big")
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", (1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])) + chunk(kind, b"Comment\0" + text)
            + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b""))


def jpeg(comment):
    return b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + b"\xff\xd9"


def groups(number):
    """As it is printed: 4-6-5 on the cards that have fifteen digits."""
    sizes = {14: (4, 6, 4), 15: (4, 6, 5)}.get(len(number), (4,) * ((len(number) + 3) // 4))
    out, at = [], 0
    for size in sizes:
        out.append(number[at:at + size])
        at += size
    return out


def word_table(cells):
    return "<w:tbl><w:tr>" + "".join(f"<w:tc><w:p>{run(cell)}</w:p></w:tc>" for cell in cells) + "</w:tr></w:tbl>"


def open_table(cells):
    row = "".join(f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>' for cell in cells)
    return f'<table:table table:name="c"><table:table-row><table:table-cell><text:p>card</text:p></table:table-cell>{row}</table:table-row></table:table>'


def old_sheet(records):
    """A sheet of BIFF8 (MS-XLS) as a file of its own: rows of (type, data)."""
    first = struct.pack("<HHII", 0x0600, 0x0010, 0, 0)
    rows = [(0x0809, first + bytes(4)), *records, (0x000A, b"")]
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in rows)


def tar_of(name, content, mode):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def text_files(number, spaced):
    text = f"My card number is {spaced}, valid until 12/29.\n"
    plain = f"card number {number}\n"
    yield "text, UTF-8", "note.txt", "text/plain", text.encode()
    yield "text, UTF-16 with a mark", "note.txt", "text/plain", text.encode("utf-16")
    yield "text without a media type", "note", "application/octet-stream", text.encode()
    yield "CSV", "cards.csv", "text/csv", f'name,card,valid\r\n"A. Holder","{number}",12/29\r\n'.encode()
    yield "CSV with semicolons", "cards.csv", "text/csv", f"name;card;valid\r\nA. Holder;{spaced};12/29\r\n".encode()
    cut = groups(number)
    yield "CSV, a group a column", "cards.csv", "text/csv", f"name,card{',' * len(cut)}valid\r\nA. Holder,{','.join(cut)},12/29\r\n".encode()
    quoted = '";"'.join(cut)
    yield "CSV, a group a quoted column", "cards.csv", "text/csv", f'"name";"card";;;;\r\n"A. Holder";"{quoted}"\r\n'.encode()
    if len(cut) in (3, 4, 5):
        fields = "&".join(f"card{i}={group}" for i, group in enumerate(cut, 1))
        yield "form, a group a field", "form.txt", "application/x-www-form-urlencoded", f"name=Ann&{fields}&valid=1229".encode()
    yield "TSV", "cards.tsv", "text/tab-separated-values", f"name\tcard\nA. Holder\t{number}\n".encode()
    yield "JSON string", "data.json", "application/json", json.dumps({"card": spaced}).encode()
    yield "JSON number", "data.json", "application/json", f'{{"card":{number},"year":2029}}'.encode()
    escaped = "".join(f"\\u{ord(c):04x}" for c in number)
    yield "JSON escapes", "data.json", "application/json", f'{{"card":"{escaped}"}}'.encode()
    yield "JSON escapes, some", "data.json", "application/json", f'{{"card":"{number[:5]}\\u{ord(number[5]):04x}{number[6:]}"}}'.encode()
    yield "XML", "data.xml", "application/xml", f"<order><card>{number}</card></order>".encode()
    entities = "".join(f"&#x{ord(c):x};" for c in number)
    yield "XML entities", "data.xml", "application/xml", f"<order><card>{entities}</card></order>".encode()
    yield "XML CDATA", "data.xml", "text/xml", f"<order><card><![CDATA[{spaced}]]></card></order>".encode()
    yield "XML attribute", "data.xml", "text/xml", f'<order card="{number}"/>'.encode()
    yield "YAML", "data.yaml", "application/x-yaml", f"card: {number}\nyear: 2029\n".encode()
    yield "HTML file", "page.html", "text/html", f"<html><body><p>card <b>{number[:4]}</b>{number[4:]}</p></body></html>".encode()
    yield "SVG", "picture.svg", "image/svg+xml", f'<svg xmlns="http://www.w3.org/2000/svg"><text>card {spaced}</text></svg>'.encode()
    yield "percent-encoding", "form.txt", "application/x-www-form-urlencoded", f"card={urllib.parse.quote(spaced)}&year=2029".encode()
    hexes = "".join(f"%{ord(c):02X}" for c in number)
    yield "percent-encoded digits", "form.txt", "application/x-www-form-urlencoded", f"card={hexes}&year=2029".encode()
    yield "calendar", "meeting.ics", "text/calendar", ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART:20261122T090000Z\r\n"
                                                       f"SUMMARY:card {spaced}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").encode()
    yield "calendar, folded line", "meeting.ics", "text/calendar", ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDESCRIPTION:card "
                                                                    f"{number[:7]}\r\n {number[7:]}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").encode()
    yield "vCard", "me.vcf", "text/vcard", f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A. Holder\r\nNOTE:card {number}\r\nEND:VCARD\r\n".encode()
    yield "vCard, quoted-printable", "me.vcf", "text/x-vcard", ("BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;ENCODING=QUOTED-PRINTABLE:card "
                                                                f"{number[:6]}=\r\n{number[6:]}\r\nEND:VCARD\r\n").encode()
    yield "RTF", "note.rtf", "application/rtf", f"{{\\rtf1\\ansi\\deff0 {{\\fonttbl{{\\f0 Arial;}}}}\\f0 card {spaced}\\par}}".encode()
    yield "RTF, bold inside", "note.rtf", "application/rtf", f"{{\\rtf1\\ansi card {number[:4]}{{\\b {number[4:8]}}}\\i0 {number[8:]}\\par}}".encode()
    rtf_hex = "".join(f"\\'{ord(c):02x}" for c in number)
    yield "RTF, hex escapes", "note.rtf", "text/rtf", f"{{\\rtf1\\ansi card {rtf_hex}\\par}}".encode()
    rtf_unicode = "".join(f"\\u{ord(c)}?" for c in number)
    yield "RTF, Unicode escapes", "note.rtf", "text/rtf", f"{{\\rtf1\\ansi\\uc1 card {rtf_unicode}\\par}}".encode()
    yield "message file", "mail.eml", "application/octet-stream", f"From: a@b.example\r\nSubject: card {number}\r\n\r\nhi\r\n".encode()
    yield "text that says PNG", "picture.png", "image/png", plain.encode()
    yield "PNG comment", "picture.png", "image/png", png(b"tEXt", plain.encode())
    yield "PNG comment, packed", "picture.png", "image/png", png(b"zTXt", b"\0" + zlib.compress(plain.encode()))
    yield "PNG comment, international", "picture.png", "image/png", png(b"iTXt", b"\1\0en\0\0" + zlib.compress(plain.encode()))
    yield "JPEG comment", "photo.jpg", "image/jpeg", jpeg(plain.encode())


def documents(number, spaced):
    text = f"My card number is {spaced} until 12/29."
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    yield "docx", "note.docx", docx, word(f"<w:p>{run(text)}</w:p>")
    yield "docx, split runs", "note.docx", docx, word(
        f'<w:p>{run("card " + number[:4])}<w:proofErr w:type="spellStart"/>{run(number[4:9], "<w:rPr><w:b/></w:rPr>")}{run(number[9:])}</w:p>')
    yield "docx, page header", "note.docx", docx, word("<w:p/>", {"word/header1.xml": f'<w:hdr xmlns:w="{WORD}"><w:p>{run(text)}</w:p></w:hdr>'})
    yield "docx, comment", "note.docx", docx, word("<w:p/>", {"word/comments.xml": f'<w:comments xmlns:w="{WORD}"><w:comment w:id="0"><w:p>{run(text)}</w:p></w:comment></w:comments>'})
    cut = groups(number)
    yield "docx, a group a cell", "note.docx", docx, word(f"<w:p>{run('card')}</w:p>" + word_table(cut))
    yield "docx, a digit a cell", "note.docx", docx, word(f"<w:p>{run('card')}</w:p>" + word_table(number))
    yield "docx, a group a paragraph", "note.docx", docx, word("".join(f"<w:p>{run(group)}</w:p>" for group in ["card", *cut]))
    yield "docx, hidden text inside", "note.docx", docx, word(
        f'<w:p>{run("card " + number[:6])}{run("99", "<w:rPr><w:vanish/></w:rPr>")}{run(number[6:])}</w:p>')
    yield "docx, moved text inside", "note.docx", docx, word(
        f'<w:p>{run("card " + number[:6])}<w:moveFrom w:id="1">{run("99")}</w:moveFrom>{run(number[6:])}</w:p>')
    either = f'<mc:AlternateContent><mc:Choice Requires="wps">{run(number[4:8])}</mc:Choice><mc:Fallback>{run("x")}</mc:Fallback></mc:AlternateContent>'
    yield "docx, alternative inside", "note.docx", docx, word(
        f'<w:p xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">{run("card " + number[:4])}{either}{run(number[8:])}</w:p>')
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    yield "xlsx, shared string", "cards.xlsx", xlsx, workbook('<c r="A1" t="s"><v>0</v></c>', f"<si><t>card {spaced}</t></si>")
    yield "xlsx, number", "cards.xlsx", xlsx, workbook(f'<c r="A1"><v>{number}</v></c>')
    label = '<c t="inlineStr"><is><t>card</t></is></c>'
    yield "xlsx, a group a cell", "cards.xlsx", xlsx, workbook(label + "".join(f"<c><v>{group}</v></c>" for group in cut))
    yield "xlsx, a digit a cell", "cards.xlsx", xlsx, workbook(label + "".join(f"<c><v>{digit}</v></c>" for digit in number))
    yield "xlsx, shared groups", "cards.xlsx", xlsx, workbook(
        '<c t="s"><v>0</v></c>' + "".join(f'<c t="s"><v>{i}</v></c>' for i in range(1, len(cut) + 1)),
        "<si><t>card</t></si>" + "".join(f"<si><t>{group}</t></si>" for group in cut))
    yield "xlsx, exponent", "cards.xlsx", xlsx, workbook(f'<c r="A1"><v>{number[0]}.{number[1:]}E{len(number) - 1}</v></c>')
    joined = "&amp;".join(f'"{group}"' for group in cut)
    yield "xlsx, joined by a formula", "cards.xlsx", xlsx, workbook(f'<c r="A1"><f>{joined}</f></c>')
    yield "xlsx, rich text", "cards.xlsx", xlsx, workbook('<c r="A1" t="s"><v>0</v></c>', f"<si><r><t>card {number[:6]}</t></r><r><t>{number[6:]}</t></r></si>")
    if all(group[0] != "0" for group in cut):  # a number has no zeros before it
        label = 0x0204, struct.pack("<HHHHB", 0, 0, 0, 4, 0) + b"card"
        cells = [(0x027E, struct.pack("<HHHI", 0, i, 0, int(group) << 2 | 2)) for i, group in enumerate(cut, 1)]
        yield "xls, a group a packed cell", "cards.xls", "application/vnd.ms-excel", old_sheet([label, *cells])
    yield "pptx, split runs", "show.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", slides(f"card {number}")
    yield "odt", "note.odt", "application/vnd.oasis.opendocument.text", open_document("text", f"<text:p>{escape(text)}</text:p>")
    yield "odt, spans", "note.odt", "application/vnd.oasis.opendocument.text", open_document(
        "text", f"<text:p>card {number[:4]}<text:span>{number[4:8]}</text:span>{number[8:]}</text:p>")
    yield "ods", "cards.ods", "application/vnd.oasis.opendocument.spreadsheet", open_document(
        "spreadsheet", f'<table:table table:name="c"><table:table-row><table:table-cell><text:p>{number}</text:p></table:table-cell></table:table-row></table:table>')
    yield "ods, a group a cell", "cards.ods", "application/vnd.oasis.opendocument.spreadsheet", open_document("spreadsheet", open_table(cut))
    yield "PDF", "note.pdf", "application/pdf", pdf(f"({text}) Tj")
    yield "PDF, compressed", "note.pdf", "application/pdf", pdf(f"({text}) Tj", compressed=True)
    kerned = " ".join(f"({c}) {-20 * (i % 3)}" for i, c in enumerate(number))
    yield "PDF, kerned", "note.pdf", "application/pdf", pdf(f"(card ) Tj [{kerned}] TJ", compressed=True)
    yield "PDF, hex string", "note.pdf", "application/pdf", pdf(f"<{text.encode().hex()}> Tj")


def archives(number, spaced):
    text = f"My card number is {spaced}, valid until 12/29.\n".encode()
    inner = zip_of({"deep/note.txt": text})
    yield "zip, stored", "files.zip", "application/zip", zip_of({"note.txt": text}, zipfile.ZIP_STORED)
    yield "zip, deflated", "files.zip", "application/zip", zip_of({"readme.txt": b"hello\n", "note.txt": text})
    yield "zip in zip", "files.zip", "application/zip", zip_of({"inner.zip": inner})
    yield "zip without a media type", "files.bin", "application/octet-stream", zip_of({"note.txt": text})
    yield "zip entry's name", "files.zip", "application/zip", zip_of({f"card {number}.txt": b"hello\n"})
    yield "zip comment", "files.zip", "application/zip", zip_of({"readme.txt": b"hello\n"}, comment=f"card {number}".encode())
    yield "zip with bytes before it", "files.zip", "application/zip", b"hello " * 9 + zip_of({"note.txt": text})
    yield "docx in zip", "files.zip", "application/zip", zip_of({"note.docx": word(f"<w:p>{run(text.decode())}</w:p>")})
    yield "PDF in zip", "files.zip", "application/zip", zip_of({"note.pdf": pdf(f"(card {number}) Tj", compressed=True)})
    yield "gzip", "note.txt.gz", "application/gzip", gzip.compress(text, mtime=0)
    yield "two gzip members", "note.txt.gz", "application/gzip", gzip.compress(text[:24], mtime=0) + gzip.compress(text[24:], mtime=0)
    yield "bzip2", "note.txt.bz2", "application/x-bzip2", bz2.compress(text)
    yield "xz", "note.txt.xz", "application/x-xz", lzma.compress(text)
    yield "lzma", "note.txt.lzma", "application/x-lzma", lzma.compress(text, lzma.FORMAT_ALONE)
    yield "zlib", "note.z", "application/zlib", zlib.compress(text)
    yield "deflate without a frame", "note.bin", "application/octet-stream", zlib.compress(text)[2:-4]
    yield "zip under another name", "photo.jpg", "image/jpeg", gzip.compress(inner, mtime=0)
    yield "tar", "files.tar", "application/x-tar", tar_of("note.txt", text, "w")
    yield "tar.gz", "files.tar.gz", "application/gzip", tar_of("note.txt", text, "w:gz")


def card_files(number, spaced):
    yield from text_files(number, spaced)
    yield from documents(number, spaced)
    yield from archives(number, spaced)
