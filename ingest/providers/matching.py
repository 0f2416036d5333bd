"""Is what a service found the paper that was asked for?"""

import re
from functools import lru_cache

from ..fields import in_order
from ..paper import Paper
from ..text import normalised_title
from .provider import Finding

SAME_TITLE = 92.0
"""Least similarity of normalised titles (0 to 100: 100 times 1 - insertions and deletions / letters of both) of a
paper found by its title; the year, give or take one, and the first author's family name must agree too."""

SAME_WORK = 60.0
"""Least similarity of the titles of a paper found by its id, which tells a new title from a wrong link."""

_LEAST_WORDS = 5  # of a title that may stand for an author or year that the list does not state
_ET_AL = re.compile(r"[,\s]+(?:et\.?\s*al\.?|and others)$", re.IGNORECASE)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def objection(paper: Paper, found: Finding, by_title: bool) -> str:
    """Return why a finding is not about this paper, "" where it is.

    Args:
        by_title: whether it was found by its title, and not by an identifier.
    """
    from rapidfuzz import fuzz

    ours, theirs = paper.normalised_title, normalised_title(found.title)
    likeness = fuzz.ratio(ours, theirs)
    author = _agree(paper, found)
    if not by_title:
        contained = min(ours, theirs, key=len) in max(ours, theirs, key=len) and len(min(ours, theirs, key=len)) > 3
        return "" if likeness >= SAME_WORK or contained or author else f"the id is of {found.title!r}"
    if likeness < SAME_TITLE:
        return f"the nearest title is {found.title!r} ({likeness:.0f} of 100 alike; expected {SAME_TITLE:.0f})"
    if author is False:
        return f"{found.title!r} is by {found.authors[0]}, not by {paper.authors[0]}"
    year = None if paper.year is None or found.year is None else abs(paper.year - found.year) <= 1
    if year is False:
        return f"{found.title!r} is of {found.year}, not of {paper.year}"
    if author and year:
        return ""
    if not (author or year):
        return f"{found.title!r} cannot be told from others: the list states neither authors nor year"
    if ours != theirs or len(ours.split()) < _LEAST_WORDS:
        stated = "year" if year else "author"
        return f"{found.title!r} has the same {stated}, but not the very same title of {_LEAST_WORDS} words or more"
    return ""


def _agree(paper: Paper, found: Finding) -> bool | None:
    """Tell whether the first authors have the same family name; None where one is not known."""
    if not paper.authors or not found.authors:
        return None
    ours, theirs = _name(paper.authors[0]), _name(found.authors[0])
    if not ours or not theirs:
        return None
    # Some lists put the family name first, without a comma.
    return ours[-1] == theirs[-1] or (
        len(ours) > 1 and len(theirs) > 1 and {ours[0], ours[-1]} == {theirs[0], theirs[-1]}
    )


@lru_cache(maxsize=1_000)
def _name(name: str) -> tuple[str, ...]:
    """Return the parts of a name, the family name's last word last."""
    parts = normalised_title(in_order(_ET_AL.sub("", name))).split()
    return tuple(parts[:-1] if len(parts) > 1 and parts[-1] in _SUFFIXES else parts)
