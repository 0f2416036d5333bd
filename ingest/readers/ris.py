"""RIS, as publishers, EndNote, Zotero and Mendeley write it; rispy takes each record apart."""

import re
from collections.abc import Iterator
from typing import Any

from ..document import LONGEST, Document
from ..errors import InputError
from ..fields import in_order, scalar
from ..fields import row as make_row
from ..reading import Event, Reading, Refusal
from .formats import Format

_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: |$)(.*)", re.DOTALL)
_START = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*TY {1,2}- *[A-Z]", re.MULTILINE)
_JOURNALS = frozenset({"JOUR", "JFULL", "EJOUR", "MGZN", "INPR"})
_NO_PAPERS = frozenset(
    """ADVS AGGR ART BILL CASE CTLG COMP DATA DICT ENCYC EQUA FIGURE HEAR LEGAL MAP MPCT MULTI MUSIC NEWS PAMP
    PAT PCOMM SLIDE SOUND STAT STAND VIDEO""".split()
)


def recognises(head: bytes) -> bool:
    found = _START.search(head)
    return found is not None and not head[: found.start()].lstrip().startswith((b"{", b"[", b"<", b"@"))


def read(document: Document) -> Reading:
    return Reading(document.name, _events(document))


FORMAT = Format("RIS", (".ris",), recognises, read)


def _events(document: Document) -> Iterator[Event]:
    import rispy

    for line, record in _records(document):
        if not record[0].startswith("TY"):
            yield Refusal(line, f"{record[0][:40].strip()!r} outside of any record; expected TY first", damaged=True)
            continue
        found = rispy.loads("\n".join([*record, "ER  - "]))
        yield _event(line, found[0]) if found else Refusal(line, "not a RIS record", damaged=True)


def _records(document: Document) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of each record, from its TY to before its ER or the next TY."""
    record: list[str] = []
    started = size = 0
    for number, text in document.text_lines():
        line = text.strip("\r\n\ufeff")
        tag = _TAG.match(line)
        name = tag.group(1) if tag else ""
        if record and name in ("TY", "ER"):
            yield started, record
            record = []
        if tag and name != "ER":
            line = f"{name}  - {tag.group(2)}"
        elif name == "ER" or not line.strip() or not (record or _LOOKS_TAGGED.match(line)):
            continue
        if not record:
            started, size = number, 0
        record.append(line)
        size += len(line)
        if size > LONGEST:
            raise InputError(f"{document.name} line {started:,}: a record of more than 16 MiB; expected RIS")
    if record:
        yield started, record


_LOOKS_TAGGED = re.compile(r"[A-Z][A-Z0-9]\s*-")


def _event(line: int, record: dict[str, Any]) -> Event:
    kind = scalar(record.get("type_of_reference")).upper()
    if kind in _NO_PAPERS:
        return Refusal(line, f"a record of type {kind}; expected a paper")
    journal = _first(
        record, "journal_name", "secondary_title", "alternate_title1", "alternate_title3", "alternate_title2"
    )
    unknown = record.get("unknown_tag")
    links = [scalar(url) for url in record.get("urls", [])]
    return make_row(
        line,
        title=_first(record, "title", "primary_title", "short_title", "translated_title"),
        authors=[in_order(scalar(name)) for name in record.get("authors", record.get("first_authors", []))],
        year=_first(record, "year", "publication_year", "date"),
        venue=journal or _first(record, "publisher"),
        venue_type="journal" if kind in _JOURNALS and journal else None,
        abstract=_first(record, "abstract", "notes_abstract") or (scalar(unknown.get("N2")) if unknown else None),
        url=next((url for url in links if url), None) or _first(record, "url", "link1", "file_attachments1"),
        doi=_first(record, "doi"),
        arxiv_id=next((url for url in links if "arxiv.org/" in url), None),
    )


def _first(record: dict[str, Any], *names: str) -> str | None:
    return next((text for name in names if (text := scalar(record.get(name)))), None)
