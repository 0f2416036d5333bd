"""RIS, as reference managers import it."""

from collections.abc import Iterable, Iterator

from ingest.text import fold

from . import names
from .entry import Entry

_TYPES = {"journal": "JOUR", "conference": "CPAPER", "preprint": "UNPB", "other": "GEN"}


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a record at a time. Lines end in CR LF, as the format's specification has it."""
    for entry in entries:
        yield "".join(f"{tag}  - {fold(value)}\r\n" for tag, value in _lines(entry)) + "ER  - \r\n\r\n"


def _lines(entry: Entry) -> Iterator[tuple[str, str]]:
    paper = entry.paper
    yield "TY", _TYPES[entry.kind]
    yield "ID", entry.key
    yield "TI", paper.title
    yield from (("AU", _author(author)) for author in paper.authors)
    for tag, value in (
        ("PY", str(paper.year or "")),
        ("T2", entry.container),
        ("PB", ("arXiv" if paper.arxiv_id else paper.venue) if entry.kind == "preprint" else ""),
        ("DO", paper.doi),
        ("AN", f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else ""),
        ("UR", paper.url),
        ("AB", entry.abstract),
        ("N1", entry.note),
    ):
        if value:
            yield tag, value


def _author(author: str) -> str:
    name = names.split(author)
    return ", ".join(filter(None, [f"{name.particle} {name.family}".strip(), name.given, name.suffix]))
