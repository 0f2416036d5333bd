"""CSV, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator

from ingest.text import fold

from .entry import Entry

COLUMNS = (
    "rank", "score", "key", "title", "authors", "year", "venue", "venue_type", "topic", "section", "doi", "arxiv_id",
    "url", "code_url", "text_kind", "text", "id", "note",
)  # fmt: skip
# A cell that begins so is a formula to a spreadsheet, the full-width signs included; an apostrophe makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the line of column names, then a line for each paper (RFC 4180)."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for entry in entries:
        paper = entry.paper
        values = {
            **{name: getattr(paper, name, None) for name in COLUMNS},
            "rank": entry.rank,
            "score": None if entry.score is None else f"{entry.score:.4f}",
            "key": entry.key,
            "authors": "; ".join(paper.authors),
            "section": " > ".join(paper.section),
            "note": entry.note,
        }
        yield writer.writerow([_safe(fold(str(values[name] or ""))) for name in COLUMNS])


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


class _Line:
    """Hands each line back to the caller of `writerow`."""

    def write(self, line: str) -> str:
        return line
