"""arXiv's metadata snapshot: one record a line, as Kaggle and arXiv's own bulk data have it."""

import re
from typing import Any

from ..fields import names, scalar
from ..fields import row as make_row
from ..latex import decode
from ..reading import Event

_PARENTHESES = re.compile(r"\s*\((?:[^()]|\([^()]*\)){0,500}\)")  # affiliations and collaborations among authors
_NUMBER = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")


def recognises(record: dict[str, Any]) -> bool:
    return "authors_parsed" in record or ("categories" in record and bool(_NUMBER.match(scalar(record.get("id")))))


def row(line: int, record: dict[str, Any]) -> Event:
    """Return the paper of one record; its year is that of the first version."""
    versions = record.get("versions")
    first = versions[0].get("created") if isinstance(versions, list) and versions and _is_dict(versions[0]) else None
    number = scalar(record.get("id"))
    journal = decode(scalar(record.get("journal-ref")))
    categories = scalar(record.get("categories")).split()
    return make_row(
        line,
        title=decode(scalar(record.get("title"))),
        authors=_authors(record),
        year=first or _year(number) or record.get("update_date"),
        venue=journal or "arXiv",
        topic=categories[0] if categories else None,
        abstract=decode(scalar(record.get("abstract"))),
        doi=record.get("doi"),
        arxiv_id=number,
        url=f"https://arxiv.org/abs/{number}" if _NUMBER.match(number) else None,
    )


def _authors(record: dict[str, Any]) -> tuple[str, ...]:
    parsed = record.get("authors_parsed")
    if isinstance(parsed, list):
        triples = [[decode(scalar(part)) for part in one[:3]] for one in parsed if isinstance(one, list)]
        return tuple(" ".join(filter(None, [*one[1:2], *one[:1], *one[2:3]])) for one in triples if any(one))
    return names(_PARENTHESES.sub("", decode(scalar(record.get("authors")))))


def _year(number: str) -> str | None:
    """Return the year that an arXiv number begins with: 2302.03169 is of 2023, cs/9912001 of 1999."""
    digits = number.rpartition("/")[2][:2]
    if not digits.isdigit():
        return None
    return f"19{digits}" if int(digits) > 90 else f"20{digits}"


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)
