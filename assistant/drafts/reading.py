"""A file or bytes -> a `Draft`: finds the format, and puts together what its reader finds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.errors import InputError
from ingest.text import fold

from . import bib, pdf, plain, references
from .cutting import Block, cited_keys, paragraphs
from .cutting import plain as plain_text
from .draft import Counted, Draft, Paragraph, Place, Reference, Remark
from .folder import LARGEST_FILE, LARGEST_TEXT, Folder, NotRead, decode, read_bytes
from .in_prose import Part, assemble
from .markdown import Markdown
from .tex import Tex

_TEXTS = {".tex": "tex", ".ltx": "tex", ".latex": "tex", ".md": "md", ".markdown": "md", ".txt": "txt", ".text": "txt"}
_BINARY = {".pdf": "pdf", ".docx": "docx"}
_FORMATS = ".tex, .md, .txt, .docx or .pdf"
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "an old Word file; save it as .docx",
    b"{\\rtf": "rich text; save it as .docx or .txt",
    b"\x1f\x8b": "a gzip archive; unpack it, and name the main file",
    b"BZh": "a bzip2 archive; unpack it, and name the main file",
    b"7z\xbc\xaf": "an archive; unpack it, and name the main file",
}
_TEX_LIKE = re.compile(r"\\(?:documentclass|begin\{|section|cite|input\{|chapter|usepackage|textbf|emph)")
_MARKDOWN_LIKE = re.compile(r"(?m)^#{1,6} \S|\[-?@[\w{]|^---$|\]\(https?://|^```")


def read(draft: Path | bytes, name: str | None = None) -> Draft:
    """Read a draft from a file, or from bytes such as standard input gives.

    Nothing outside the draft's folder is read, and nothing at all beside the draft where it comes as bytes.

    Args:
        name: what to call bytes in places and messages, by default "standard input"; its suffix may tell the format.

    Raises:
        InputError: it cannot be read, is of no format known here, is damaged, holds no text, or is larger than
            a book.
    """
    if isinstance(draft, bytes):
        name, folder, path = name or "standard input", Folder(None), None
        if len(draft) > LARGEST_FILE:
            raise InputError(f"{name} has more than {LARGEST_FILE // 2**20} MiB; expected a draft")
        content = draft
        suffix = Path(name).suffix.lower()
        suffix = suffix if suffix in _TEXTS or suffix in _BINARY else ""
    else:
        name, path = fold(draft.name) or fold(str(draft)), draft
        content = read_bytes(draft, fold(str(draft))[-300:], LARGEST_FILE)
        folder = Folder(draft.absolute().parent)
        suffix = draft.suffix.lower()
    format, remark = _format(content, name, suffix)
    if format == "pdf":
        parts, warning = pdf.read(content, name)
        found = _of_parts(name, parts, "page", [warning])
    elif format == "docx":
        found = _of_word(content, name)
    else:
        if len(content) > LARGEST_TEXT:
            raise InputError(
                f"{name} has {len(content) / 2**20:.1f} MiB; a draft in text has at most {LARGEST_TEXT // 2**20}: "
                "is it the right file?"
            )
        text, warning = decode(content, name)
        if not text.strip():
            raise InputError(f"{name} is empty; expected a draft")
        format = format or _guess(text)
        if format == "tex":
            found = _of_tex(text, name, path, folder, warning)
        elif format == "md":
            found = _of_markdown(text, name, folder, warning)
        else:
            lines = ((line, Place(name, i)) for i, line in enumerate(text.split("\n"), 1))
            found = _of_parts(name, plain.parts(lines), "line", [warning])
    return _finished(found, remark)


def _format(content: bytes, name: str, suffix: str) -> tuple[str, str]:
    """Return the format and a remark where the suffix says another; "" for a text whose format is not known yet."""
    actual = "pdf" if content[:1024].lstrip().startswith(b"%PDF-") else "docx" if content.startswith(b"PK") else ""
    for start, what in _OTHERS.items():
        if content.startswith(start):
            raise InputError(f"{name} is {what}")
    named = _TEXTS.get(suffix) or _BINARY.get(suffix, "")
    if suffix and not named and not actual:
        raise InputError(f"{name} ends in {suffix!r}; expected {_FORMATS}")
    if not content.strip():
        raise InputError(f"{name} is empty; expected a draft")
    if named in ("pdf", "docx") and not actual:
        raise InputError(f"{name} is no {suffix} file, whatever its name; expected {_FORMATS}")
    if actual and named != actual and suffix:
        return actual, f"the file is a .{actual}, whatever its name, and was read as one"
    return actual or named, ""


def _guess(text: str) -> str:
    return "tex" if _TEX_LIKE.search(text) else "md" if _MARKDOWN_LIKE.search(text) else "txt"


def _of_tex(text: str, name: str, path: Path | None, folder: Folder, warning: str) -> Draft:
    folder.files.append(name)
    tex = Tex(folder)
    tex.read(text, name, path.resolve() if path else None)
    warnings = [Remark(Place(name, 1), warning)] if warning else []
    bibliography = {
        key: references.guess(key, place, " ".join(texts), texts)
        for key, (place, blocks) in tex.items.items()
        if (texts := [plain_text(block) for block in blocks])
    }
    bibliography |= _bib_files(folder, tex.sources, warnings)
    if not bibliography and tex.sources and path:
        bibliography = _bbl(folder, path)
    cut = tuple(paragraphs(tex.blocks, bibliography))
    return Draft(
        name=name,
        paragraphs=cut,
        bibliography=bibliography,
        title=plain_text(tex.title),
        uncited=_uncited(tex.uncited, tex.blocks, cut, bibliography),
        files=tuple(folder.files),
        named=tuple(folder.named),
        warnings=(*warnings, *tex.warnings),
    )


def _bib_files(folder: Folder, sources: list[tuple[str, Place]], warnings: list[Remark]) -> dict[str, Reference]:
    found: dict[str, Reference] = {}
    for source, place in sources:
        try:
            path = folder.find(source, (".bib", "") if not source.endswith(".bib") else ("",))
            text, warning = folder.text(path)
        except NotRead as error:
            warnings.append(Remark(place, str(error)))
            continue
        if warning:
            warnings.append(Remark(Place(folder.name(path), 1), warning))
        for reference in bib.bibliography(text, folder.name(path)):
            found.setdefault(reference.key, reference)
    return found


def _bbl(folder: Folder, main: Path) -> dict[str, Reference]:
    """Return the references of the .bbl that BibTeX made of .bib files which are not here."""
    try:
        path = folder.find(main.stem, (".bbl",))
        text, _ = folder.text(path)
    except NotRead:
        return {}
    tex = Tex(Folder(None))
    tex.read(text, folder.name(path), path)
    return {
        key: references.guess(key, place, " ".join(map(plain_text, blocks)), [plain_text(block) for block in blocks])
        for key, (place, blocks) in tex.items.items()
    }


def _of_markdown(text: str, name: str, folder: Folder, warning: str) -> Draft:
    folder.files.append(name)
    page = Markdown()
    page.read(text, name)
    warnings = [Remark(Place(name, 1), warning)] if warning else []
    known = {**_bib_files(folder, page.sources, warnings), **page.linked}
    page.drop_cross_references(known)
    blocks, bibliography = assemble(page.parts, list(known.values()))
    cut = tuple(paragraphs(blocks, bibliography))
    return Draft(
        name=name,
        paragraphs=cut,
        bibliography=bibliography,
        title=page.title,
        uncited=_uncited(page.uncited, blocks, cut, bibliography),
        files=tuple(folder.files),
        named=tuple(folder.named),
        warnings=tuple(warnings),
    )


def _of_word(content: bytes, name: str) -> Draft:
    from .word import Word

    document = Word(content, name)
    parts = list(document.parts())
    known = list(document.bibliography.values())
    return _of_parts(name, parts, "paragraph", document.warnings, known, document.title, document.uncited)


def _of_parts(
    name: str,
    parts: list[Part],
    counted: Counted,
    warnings: list[str],
    known: list[Reference] | None = None,
    title: str = "",
    uncited: Sequence[str] = (),
) -> Draft:
    blocks, bibliography = assemble(parts, known or [])
    cut = tuple(paragraphs(blocks, bibliography))
    if not title and parts and parts[0].level:
        title = fold(parts[0].text)
    return Draft(
        name=name,
        paragraphs=cut,
        bibliography=bibliography,
        title=title,
        uncited=_uncited(uncited, blocks, cut, bibliography),
        files=(name,),
        warnings=tuple(Remark(Place(name, 1), warning) for warning in warnings if warning),
        counted=counted,
    )


def _uncited(
    listed: Sequence[str], blocks: Sequence[Block], cut: Sequence[Paragraph], bibliography: Mapping[str, Reference]
) -> tuple[str, ...]:
    """Return the keys listed, of which * is all there are, and those that stand in a paragraph without a sentence."""
    cited = {key for paragraph in cut for sentence in paragraph.sentences for key in sentence.citations}
    silent = [key for block in blocks for key in cited_keys(block.pieces) if key not in cited]
    every = dict.fromkeys([*listed, *silent, *(bibliography if "*" in listed else ())])
    return tuple(key for key in every if key != "*")


def _finished(draft: Draft, remark: str) -> Draft:
    """Return the draft with what is still to be said of it.

    Raises:
        InputError: it has no sentence.
    """
    if not any(any(c.isalpha() for c in sentence.text) for sentence in draft.sentences):
        raise InputError(f"{draft.name} has no text that could be searched for; expected sentences")
    first = [Remark(Place(draft.name, 1), remark)] if remark else []
    return replace(draft, warnings=(*first, *draft.warnings, *_unlisted(draft)))


def _unlisted(draft: Draft) -> list[Remark]:
    """Return a warning for each key that is cited and not in the bibliography, where there is one."""
    if not draft.bibliography:
        return []
    first: dict[str, Place] = {}
    for sentence in draft.sentences:
        for key in sentence.citations:
            if key not in draft.bibliography:
                first.setdefault(key, sentence.place)
    return [Remark(place, f"{fold(key)[:80]!r} is cited and not in the bibliography") for key, place in first.items()]
