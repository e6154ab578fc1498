"""Files for disguise_hunt.py that hold a hunted number: documents whose runs are split anywhere, packed in one another."""
import gzip
import io
import tarfile
import zipfile

from card_disguises import grouped
from card_files import open_document, run, slides, word, zip_of
from hunted_texts import body_of

LOOKS = ("", "<w:rPr><w:b/></w:rPr>", "<w:rPr><w:i/></w:rPr>", "<w:rPr><w:lang w:val=\"en\"/></w:rPr>")
BETWEEN_RUNS = ("", "", "<w:proofErr w:type=\"spellStart\"/>", "<w:bookmarkStart w:id=\"7\" w:name=\"x\"/>", "<w:r><w:softHyphen/></w:r>", "<w:r><w:lastRenderedPageBreak/></w:r>")


def split(chance, text):
    out, at = [], 0
    while at < len(text):
        size = chance.randrange(1, 8)
        out.append(text[at:at + size])
        at += size
    return out


def document(chance, number):
    text = f"my card {grouped(number, chance.choice(('', ' ', '-', chr(0xa0))))} thanks"
    kind = chance.randrange(4)
    if kind == 0:
        return "order.docx", word("<w:p>" + "".join(run(piece, chance.choice(LOOKS)) + chance.choice(BETWEEN_RUNS) for piece in split(chance, text)) + "</w:p>")
    if kind == 1:
        spans = "".join(f"<text:span>{piece}</text:span>" if chance.random() < 0.6 else piece for piece in split(chance, text.replace(" ", "\u00a0")))
        return "order.odt", open_document("text", f"<text:p>{spans}</text:p>")
    if kind == 2:
        return "slides.pptx", slides(text)
    return "note.txt", text.encode(chance.choice(("utf-8", "utf-16", "utf-16-le", "utf-8-sig")))


def tar_of(name, content):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def packed_file(chance, number, recipe):
    """(file name, bytes)."""
    if chance.random() < 0.4:
        subtype, text = body_of(chance, number, recipe)
        name, content = f"a.{'txt' if subtype == 'plain' else subtype}", text.encode("utf-8", "surrogateescape")
    else:
        name, content = document(chance, number)
    recipe.append(name)
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        kind = chance.choice(("zip", "stored", "gz", "tar"))
        recipe.append(kind)
        if kind in ("zip", "stored"):
            content = zip_of({"readme.txt": b"hello", name: content}, zipfile.ZIP_DEFLATED if kind == "zip" else zipfile.ZIP_STORED)
            name = "a.zip"
        elif kind == "gz":
            name, content = name + ".gz", gzip.compress(content, mtime=0)
        else:
            name, content = "a.tar", tar_of(name, content)
    return name, content
