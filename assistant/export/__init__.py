"""Papers -> the formats that reference managers, TeX, spreadsheets and programs read.

Everything is streamed: the memory that an export takes is that of its keys, whatever the papers hold.
"""

from collections.abc import Iterable, Iterator, Mapping

from index.hits import Hit
from ingest.errors import InputError
from ingest.paper import Paper

from . import bibtex, json_lists, markdown, ris, table
from .entry import Ranked, entries
from .keys import citation_keys

__all__ = ["FORMATS", "SUFFIXES", "Ranked", "citation_keys", "export"]

_WRITERS = {
    "bibtex": bibtex.write,
    "ris": ris.write,
    "csl": json_lists.write,
    "markdown": markdown.write,
    "csv": table.write,
    "json": json_lists.write_papers,
}
FORMATS = tuple(_WRITERS)
SUFFIXES = {"bibtex": "bib", "ris": "ris", "csl": "json", "markdown": "md", "csv": "csv", "json": "json"}
"""What the names of their files end in."""
_WITHOUT_KEYS = ("markdown", "json")


def export(
    items: Iterable[Paper | Hit | Ranked],
    format: str,
    query: str | None = None,
    keys: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Yield the text of an export, piece by piece, in the order of the items.

    Args:
        items: papers, hits, or papers ranked otherwise. They are walked through twice, so an iterator will not
            do. A paper that comes twice is exported once.
        format: one of `FORMATS`.
        query: what they were found for. Their ranks are kept in the notes of RIS, CSL-JSON and CSV.
        keys: each paper's key by its id, where they have been given out already.

    Raises:
        InputError: there is no such format.
    """
    if format not in FORMATS:
        raise InputError(f"no format {format!r}; expected one of {', '.join(FORMATS)}")
    if iter(items) is items:
        raise TypeError("an iterator can be walked through once; expected a list, or what can be iterated again")
    return _WRITERS[format](entries(items, query, format not in _WITHOUT_KEYS, keys))
