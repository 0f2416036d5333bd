"""JSON: papers as CSL-JSON, the citation data of Zotero, Pandoc and citeproc, or as they are."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from . import names
from .entry import Entry

_TYPES = {"journal": "article-journal", "conference": "paper-conference", "preprint": "article", "other": "document"}


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a JSON array, an item at a time."""
    return _array(map(_item, entries))


def write_papers(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a JSON array of the papers as `Paper.to_dict` has them."""
    return _array(entry.paper.to_dict() for entry in entries)


def _array(values: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the JSON array of these objects, one object at a time, each on a line of its own."""
    opening = "[\n"
    for value in values:
        yield opening + json.dumps(value, ensure_ascii=False)
        opening = ",\n"
    yield "[]\n" if opening == "[\n" else "\n]\n"


def _item(entry: Entry) -> dict[str, Any]:
    paper = entry.paper
    preprint = entry.kind == "preprint"
    item = {
        "id": entry.key,
        "type": _TYPES[entry.kind],
        "title": paper.title,
        "author": [_author(author) for author in paper.authors],
        "issued": {"date-parts": [[paper.year]]} if paper.year else None,
        "container-title": entry.container,
        "publisher": ("arXiv" if paper.arxiv_id else paper.venue) if preprint else None,
        "number": f"arXiv:{paper.arxiv_id}" if preprint and paper.arxiv_id else None,
        "DOI": paper.doi,
        "URL": paper.url,
        "abstract": entry.abstract,
        "note": entry.note,
    }
    return {field: value for field, value in item.items() if value}


def _author(author: str) -> dict[str, str]:
    name = names.split(author)
    if name.whole:
        return {"literal": name.family}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: value for part, value in parts.items() if value}
