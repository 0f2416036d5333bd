"""BibTeX and BibLaTeX: the file is cut into entries as it streams, and bibtexparser takes each apart.

One bad entry costs only itself. Entries that others refer to (crossref, xdata) are collected by a
pass of their own, which is made only where a file has such references.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..document import LONGEST, Document
from ..errors import InputError, NotAPaper
from ..fields import row as make_row
from ..fields import without_others
from ..latex import decode
from ..reading import Event, Reading, Refusal, Row, Warning
from .bibtex_values import Fields, parts, value
from .formats import Format

_MARK = re.compile(rb"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_LONGEST_MARK = 200  # bytes
_REFERENCE = re.compile(rb"\b(?:crossref|xdata)\s*=", re.IGNORECASE)
_LOST = re.compile(r"^[ \t]*(?:title|author)[ \t]*=[ \t]*[{\"]", re.MULTILINE | re.IGNORECASE)
_ARXIV = re.compile(r"\s*(?:arxiv|corr)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s{}\"<>,]+")
_DEEPEST_REFERENCE = 10
_VOLUMES = frozenset(
    "collection mvbook mvcollection mvproceedings mvreference periodical proceedings reference".split()
)
_NO_PAPERS = frozenset("artwork audio bibnote control dataset image legislation movie music set software video".split())
_MONTHS = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), map(str, range(1, 13)), strict=True))
# What an entry takes over from the one its crossref names, and under which names that may stand there.
_INHERITED: dict[str, tuple[str, ...]] = {"booktitle": ("booktitle", "title"), "journal": ("journal", "journaltitle")}
_INHERITED.update((name, (name,)) for name in ("year", "date", "publisher", "abstract"))
_VENUES = ("journal", "journaltitle", "booktitle", "eventtitle", "school", "institution", "publisher")


def recognises(head: bytes) -> bool:
    found = _MARK.search(head)
    return found is not None and not head[: found.start()].lstrip().startswith((b"{", b"[", b"<", b"#"))


def read(document: Document) -> Reading:
    """Read every entry that is a paper; a volume of proceedings is none, but what refers to it takes over its year."""
    return Reading(document.name, _events(document))


FORMAT = Format("BibTeX", (".bib", ".bibtex", ".biblatex"), recognises, read)


def _events(document: Document) -> Iterator[Event]:
    parents = _parents(document)
    for event in _entries(document):
        if not isinstance(event, _Entry):
            yield event
        elif event.kind in _VOLUMES or event.kind in _NO_PAPERS:
            yield Refusal(event.line, f"@{event.kind} {event.key!r}; expected an entry for one paper")
        elif event.kind != "xdata":
            yield _row(event, parents)


class _Entry:
    """One entry: its kind, its key, and its fields as they stand between their braces."""

    __slots__ = ("fields", "key", "kind", "line")

    def __init__(self, line: int, kind: str, key: str, fields: Fields) -> None:
        self.line, self.kind, self.key, self.fields = line, kind, key, fields


def _entries(document: Document, told: bool = True) -> Iterator[_Entry | Refusal | Warning]:
    """Yield the entries, refusals of what should be one, and warnings."""
    from bibtexparser import model
    from bibtexparser.splitter import Splitter

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it says comes back as a refusal
    strings = dict(_MONTHS)
    latin = False
    for line, segment in _segments(document, told):
        try:
            text = segment.decode("utf-8")
        except UnicodeDecodeError:
            text = segment.decode("cp1252", "replace")
            if not latin:
                latin = True
                yield Warning(line, "not UTF-8, and read as Latin-1; save the file as UTF-8 if names look wrong")
        for found in Splitter(text).split().blocks:
            at = line + max(found.start_line or 0, 0)
            block: Any = found
            if isinstance(found, model.DuplicateFieldKeyBlock | model.DuplicateBlockKeyBlock):
                block = found.ignore_error_block
            try:
                if isinstance(block, model.Entry):
                    fields: Fields = {}
                    for field in block.fields:
                        name = field.key.split()[-1].lower() if field.key.strip() else ""
                        fields.setdefault(name, value(field.value, strings, name))
                    yield _Entry(at, block.entry_type.lower(), block.key, fields)
                elif isinstance(block, model.String):
                    strings[block.key.lower()] = value(block.value, strings, block.key)
                elif isinstance(block, model.ParsingFailedBlock):
                    said = " ".join(str(block.error).split()) or "an entry that never closes"
                    yield Refusal(at, f"not BibTeX ({said})"[:300], damaged=True)
                elif isinstance(block, model.ImplicitComment) and _LOST.search(block.comment):
                    yield Refusal(at, "fields outside of any entry; expected @type{key, before them", damaged=True)
            except NotAPaper as error:
                yield Refusal(at, str(error), damaged=True)


def _segments(document: Document, told: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the file in parts of about one entry each, cut where a line begins an entry."""
    rest, line = b"", 1
    for piece in document.pieces(told):
        seen = max(len(rest) - _LONGEST_MARK, 1)
        rest += piece
        begin = 0
        for found in _MARK.finditer(rest, seen):
            yield line, rest[begin : found.start()]
            line += rest.count(b"\n", begin, found.start())
            begin = found.start()
        rest = rest[begin:]
        if len(rest) > LONGEST:
            raise InputError(
                f"{document.name} line {line:,}: {LONGEST // 2**20} MiB without an entry at the beginning of a line; "
                "expected BibTeX"
            )
    yield line, rest


def _parents(document: Document) -> dict[str, Fields]:
    """Return the fields of the entries that others refer to, by key; nothing is parsed where none is."""
    tail = b""
    for piece in document.pieces(told=False):
        if _REFERENCE.search(tail + piece):
            break
        tail = piece[-50:]
    else:
        return {}
    wanted = {key for entry in _entries(document, told=False) for key in _references(entry)}
    found: dict[str, Fields] = {}
    for entry in _entries(document, told=False):
        if isinstance(entry, _Entry) and entry.key.lower() in wanted:
            found.setdefault(entry.key.lower(), entry.fields)
    return found


def _references(entry: "_Entry | Refusal | Warning") -> list[str]:
    if not isinstance(entry, _Entry):
        return []
    named = [entry.fields.get("crossref", ""), *entry.fields.get("xdata", "").split(",")]
    return [name.strip().lower() for name in named if name.strip()]


def _inherited(fields: Fields, parents: Mapping[str, Fields], depth: int = 0) -> Fields:
    """Return an entry's fields with those that its xdata and crossref give it."""
    whole = dict(fields)
    if not parents or depth > _DEEPEST_REFERENCE:
        return whole
    for key in fields.get("xdata", "").split(","):
        if parent := parents.get(key.strip().lower()):
            whole = {**_inherited(parent, parents, depth + 1), **whole}
    if parent := parents.get(fields.get("crossref", "").strip().lower()):
        from_parent = _inherited(parent, parents, depth + 1)
        dated = {"year", "date"} & set(whole)
        for name, sources in _INHERITED.items():
            if (
                name not in whole
                and not (dated and name in ("year", "date"))
                and (found := next((from_parent[s] for s in sources if s in from_parent), ""))
            ):
                whole[name] = found
    return whole


def _row(entry: _Entry, parents: Mapping[str, Fields]) -> Row:
    fields = _inherited(entry.fields, parents)
    missing = [key for key in _references(entry) if key not in parents]
    title, subtitle = (decode(fields.get(name, "")) for name in ("title", "subtitle"))
    year = decode(fields.get("year", "")) or decode(fields.get("date", "")) or None
    venue = next((text for name in _VENUES if (text := decode(fields.get(name, "")))), None)
    preprint = " ".join(fields.get(name, "") for name in ("archiveprefix", "eprinttype", "eprintclass", "primaryclass"))
    arxiv = fields.get("eprint", "") if not preprint.strip() or "arxiv" in preprint.lower() else ""
    if venue and _ARXIV.match(venue):
        arxiv, venue = arxiv or f"{venue} {fields.get('volume', '')}", "arXiv"
    elif arxiv and not venue:
        venue = "arXiv"
    row = make_row(
        entry.line,
        title=f"{title}: {subtitle}" if title and subtitle else title,
        authors=[name for part in parts(fields.get("author", "")) if (name := _name(part))],
        year=year,
        venue=venue,
        venue_type="journal" if entry.kind == "article" and venue and venue != "arXiv" else None,
        topic=None,
        abstract=decode(fields.get("abstract", "")),
        url=_link(fields),
        doi=decode(fields.get("doi", "")),
        arxiv_id=arxiv,
    )
    if missing:
        told = (f"it refers to {missing[0]!r}, which is not in the file",)
        return Row(row.line, row.fields, row.warnings + told)
    return row


def _name(author: str) -> str:
    """Return one name, given name first: "van Rossum, Guido", "{\\'E}mile Borel", "{The Project}"."""
    pieces = [piece for part in parts(author, ",") if (piece := without_others(decode(part)))]
    ordered = {2: (1, 0), 3: (2, 0, 1)}.get(len(pieces), range(len(pieces)))
    return " ".join(pieces[at] for at in ordered)


def _link(fields: Fields) -> str | None:
    """Return the first link of an entry; its signs may be escaped for TeX."""
    for name in ("url", "ee", "link", "bdsk-url-1", "howpublished", "note"):
        text = fields.get(name, "").replace("{\\_}", "_").replace("\\", "")
        if found := _ADDRESS.search(text):
            return found.group()
        if name == "url" and text.strip("{} "):
            return text.strip("{} ")
    return None
