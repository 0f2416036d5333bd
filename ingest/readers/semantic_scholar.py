"""Semantic Scholar: papers as its API and its data sets have them."""

from typing import Any

from ..fields import names, scalar
from ..fields import row as make_row
from ..reading import Event


def recognises(record: dict[str, Any]) -> bool:
    return any(key in record for key in ("paperId", "corpusid", "corpusId", "externalIds", "externalids"))


def row(line: int, record: dict[str, Any]) -> Event:
    """Return the paper of one record; of the recommendations' and citations' wrappers, the paper in it."""
    for wrapper in ("paper", "citedPaper", "citingPaper"):
        if isinstance(record.get(wrapper), dict):
            record = record[wrapper]
    outside = record.get("externalIds") or record.get("externalids")
    known = {str(key).casefold(): value for key, value in outside.items()} if isinstance(outside, dict) else {}
    journal = record.get("journal")
    acl = scalar(known.get("acl"))
    return make_row(
        line,
        title=record.get("title"),
        authors=names(record.get("authors")),
        year=record.get("year") or record.get("publicationDate") or record.get("publicationdate"),
        venue=record.get("venue") or (journal.get("name") if isinstance(journal, dict) else None),
        abstract=record.get("abstract"),
        url=f"https://aclanthology.org/{acl}" if acl else _link(known) or record.get("url"),
        doi=known.get("doi"),
        arxiv_id=known.get("arxiv"),
    )


def _link(known: dict[str, Any]) -> str | None:
    """Prefer the paper's own page to Semantic Scholar's."""
    arxiv, doi = scalar(known.get("arxiv")), scalar(known.get("doi"))
    return f"https://arxiv.org/abs/{arxiv}" if arxiv else f"https://doi.org/{doi}" if doi else None
