"""Files that the tests of drafts make: PDFs by hand, Word documents."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

_ESCAPED = {ord(sign): f"\\{sign}" for sign in "()\\"}


def pdf(*pages: Sequence[tuple[int, int, str]], compress: bytes | None = None) -> bytes:
    """Return a PDF whose pages show these texts, each with the place (x, y) where it begins."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = "".join(f"BT /F1 10 Tf {x} {y} Td ({text.translate(_ESCAPED)}) Tj ET\n" for x, y, text in lines)
        stream = shown.encode("latin-1")
        number = len(objects) + 1
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (number + 1)
        )
        extra = b" /Filter /FlateDecode" if compress is not None else b""
        content = compress if compress is not None else stream
        objects.append(b"<< /Length %d%s >>\nstream\n" % (len(content), extra) + content + b"\nendstream")
        kids.append(b"%d 0 R" % number)
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def column(text: str, x: int = 72, top: int = 720) -> list[tuple[int, int, str]]:
    """Return the lines of a text below one another."""
    return [(x, top - 14 * i, line) for i, line in enumerate(text.strip("\n").split("\n"))]


def encrypted(content: bytes, password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(*paragraphs: str | tuple[str, str], xml: str | None = None, **parts: str) -> bytes:
    """Return a Word document of paragraphs, or (style, text); `xml` is put in at the end of its body.

    Args:
        parts: the XML of its `footnotes` and `endnotes`.
    """
    import docx as word
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    document: Any = word.Document()
    for paragraph in paragraphs:
        style, text = paragraph if isinstance(paragraph, tuple) else (None, paragraph)
        document.add_paragraph(text, style)
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    for kind, text in parts.items():
        root = f"<w:{kind} {namespace}>{text}</w:{kind}>".encode()
        part = Part(PackURI(f"/word/{kind}.xml"), "application/xml", root, document.part.package)
        document.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}")
    if xml is not None:
        document.element.body.insert(len(paragraphs), parse_xml(f"<w:p {namespace}>{xml}</w:p>"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_member(archive: bytes, name: str, content: bytes) -> bytes:
    """Return a zip archive with one member replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return out.getvalue()
