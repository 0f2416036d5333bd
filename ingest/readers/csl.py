"""CSL-JSON, as Zotero, Better BibTeX, Mendeley, pandoc and Crossref write it."""

from typing import Any

from ..fields import names, scalar
from ..fields import row as make_row
from ..reading import Event, Refusal

_MARKS = frozenset({"issued", "container-title", "DOI", "container-title-short", "citation-key", "citation-label"})
_JOURNALS = frozenset({"article-journal", "article-magazine", "article-newspaper", "journal-article"})
_NO_PAPERS = frozenset(
    """bill broadcast dataset entry-dictionary entry-encyclopedia figure graphic hearing interview legal_case
    legislation map motion_picture musical_score periodical proceedings component journal journal-issue
    journal-volume peer-review grant song software treaty""".split()
)


def recognises(record: dict[str, Any]) -> bool:
    return not _MARKS.isdisjoint(record) or _has_csl_names(record.get("author"))


def _has_csl_names(author: Any) -> bool:
    return isinstance(author, list) and bool(author) and isinstance(author[0], dict) and "family" in author[0]


def row(line: int, record: dict[str, Any]) -> Event:
    """Return the paper of one item."""
    kind = scalar(record.get("type"))
    if kind in _NO_PAPERS:
        return Refusal(line, f"an item of type {kind}; expected a paper")
    note = scalar(record.get("note")) + " " + scalar(record.get("number"))
    link = scalar(record.get("URL"))
    arxiv = next((text for text in (note, link, scalar(record.get("DOI"))) if "arxiv" in text.casefold()), None)
    where = record.get("container-title") or record.get("event-title") or record.get("event")
    event = record.get("event")
    return make_row(
        line,
        title=_title(record),
        authors=names(record.get("author")),
        year=_year(record),
        venue=event.get("name")
        if not where and isinstance(event, dict)
        else scalar(where) or record.get("archive") or record.get("publisher"),
        venue_type="journal" if kind in _JOURNALS and where else None,
        abstract=record.get("abstract"),
        url=link,
        doi=record.get("DOI"),
        arxiv_id=arxiv,
    )


def _title(record: dict[str, Any]) -> str:
    title, subtitle = scalar(record.get("title")), scalar(record.get("subtitle"))
    return f"{title}: {subtitle}" if title and subtitle else title


def _year(record: dict[str, Any]) -> str | None:
    for key in ("issued", "published", "published-print", "published-online", "created"):
        date = record.get(key)
        if not isinstance(date, dict):
            if said := scalar(date):
                return said
            continue
        parts = date.get("date-parts")
        while isinstance(parts, list) and parts:
            parts = parts[0]
        said = scalar(parts if not isinstance(parts, list) else None)
        if said := said or scalar(date.get("raw")) or scalar(date.get("literal")):
            return said
    return None
