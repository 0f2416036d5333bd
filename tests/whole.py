"""A reading drawn to its end, to be looked at from all sides and compared."""

from dataclasses import dataclass
from pathlib import Path

from ingest import Paper, Reading, Remark, Section, readers
from ingest.readers import lists


@dataclass(frozen=True)
class Whole:
    title: str
    preface: str
    rows_read: int
    papers: tuple[Paper, ...]
    repeated: tuple[Remark, ...]
    refused: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    sections: tuple[Section, ...]


def whole(reading: Reading) -> Whole:
    papers = tuple(reading.papers)
    assert reading.rows_read == reading.papers_read + reading.repeated.total + reading.refused.total
    assert reading.papers_read == len(papers)
    return Whole(
        reading.title,
        reading.preface,
        reading.rows_read,
        papers,
        tuple(reading.repeated),
        tuple(reading.refused),
        tuple(reading.warnings),
        reading.sections,
    )


def read(path: Path) -> Whole:
    """Read a file to its end."""
    return whole(readers.read(path))


def parse(page: str, file: str) -> Whole:
    """Read a page of Markdown or HTML to its end."""
    return whole(lists.parse(page, file))
