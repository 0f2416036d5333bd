"""Is what a service found the paper that was asked for?"""

import re
from functools import lru_cache

from ..fields import in_order
from ..paper import Paper
from ..text import normalised_title
from .provider import Finding

SAME_TITLE = 92.0
"""Least similarity of normalised titles (0 to 100: 100 times 1 - insertions and deletions / letters of both) of a
paper found by its title. The numbers in both must be the same, as must the first author's family name, and the
year, give or take one."""

SAME_WORK = 60.0
"""Least similarity of the titles of a paper found by its id, which tells a new title from a wrong link."""

_LEAST_WORDS = 5  # of a title that may stand for an author or year that the list does not state
_SHORTEST = 4  # letters of a title that may stand for one with a subtitle
_NUMBER = re.compile(r"\d+")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def objection(paper: Paper, found: Finding, by_title: bool) -> str:
    """Return why a finding is not about this paper, "" where it is.

    Args:
        by_title: whether it was found by its title, and not by an identifier.
    """
    from rapidfuzz import fuzz

    ours, theirs = paper.normalised_title, normalised_title(found.title)
    likeness = fuzz.ratio(ours, theirs)
    author, year = _first_author(paper, found), _year(paper, found)
    if not by_title:
        same = likeness >= SAME_WORK or _is_shortened(ours, theirs) or (author and (year or _shared(paper, found) > 1))
        return "" if same else f"the id is of {found.title!r}"
    if likeness < SAME_TITLE:
        return f"the nearest title is {found.title!r} ({likeness:.0f} of 100 alike; expected {SAME_TITLE:.0f})"
    if sorted(_NUMBER.findall(ours)) != sorted(_NUMBER.findall(theirs)):  # "WMT20" is followed by "WMT21"
        return f"{found.title!r} has other numbers in its title"
    if author is False:
        return f"{found.title!r} is by {found.authors[0]}, not by {paper.authors[0]}"
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


def _is_shortened(ours: str, theirs: str) -> bool:
    """Tell whether one title is the beginning of the other, its subtitle left out."""
    shorter, longer = sorted((ours, theirs), key=len)
    return len(shorter) >= _SHORTEST and f"{longer} ".startswith(f"{shorter} ")


def _year(paper: Paper, found: Finding) -> bool | None:
    """Tell whether the years agree, give or take one; None where one is not known."""
    return None if paper.year is None or found.year is None else abs(paper.year - found.year) <= 1


def _shared(paper: Paper, found: Finding) -> int:
    """Return how many family names both have."""
    ours, theirs = ({_name(name)[-1:] for name in authors} for authors in (paper.authors, found.authors))
    return len(ours & theirs)


def _first_author(paper: Paper, found: Finding) -> bool | None:
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
    parts = normalised_title(in_order(name)).split()
    return tuple(parts[:-1] if len(parts) > 1 and parts[-1] in _SUFFIXES else parts)
