"""A copy of the survey's own list, of this day or a later one, with what this project knows of its papers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..paper import Paper, Source
from ..reading import Reading
from ..text import normalised_title
from . import FILE, about, load

_TOGETHER = (("venue", "venue_type", "year"), ("title",), ("url",), ("code_url",), ("topic",), ("section",))
_IDENTIFIERS = ("arxiv_id", "doi")
_ALIKE = 60  # of 100: a title at least so alike to a known one is a later one of the same paper


def is_copy(reading: Reading) -> bool:
    """Tell whether a reading is of the survey's own list: it has the list's title, and names all its authors."""
    known = about()
    return reading.title == known.list_title and all(name in reading.preface for name in known.authors)


def edited(papers: Iterable[Paper]) -> Iterator[Paper]:
    """Yield the papers of a copy, each known one with its summary, authors and corrections.

    A correction holds as long as the list says what was corrected; what it says by now is taken from it.
    """
    from rapidfuzz import fuzz  # a query has no use for it

    known = list(load().papers)
    by_title = {normalised_title(title): one for one in known for title in (as_listed(one)["title"], one.title)}
    left = {one.id: one for one in known}
    for paper in papers:
        said, same = paper, by_title.get(paper.normalised_title) or left.get(paper.id)
        if same and same.id in left and fuzz.ratio(same.normalised_title, paper.normalised_title) >= _ALIKE:
            said = _edited(left.pop(same.id), paper)
        yield replace(said, source=Source(FILE, paper.source.row))


def as_listed(paper: Paper) -> dict[str, Any]:
    """Return a paper of the catalogue as JSON shows it, with its corrections undone."""
    return paper.to_dict() | {correction.field: correction.listed for correction in paper.corrections}


def _edited(known: Paper, paper: Paper) -> Paper:
    """Return a known paper with what the list says of it by now."""
    before, now = as_listed(known), paper.to_dict()
    names = [name for group in _TOGETHER if any(now[name] != before[name] for name in group) for name in group]
    names += [name for name in _IDENTIFIERS if now[name] not in (None, before[name])]
    corrections = tuple(one for one in known.corrections if one.field not in names)
    return replace(known, **{name: getattr(paper, name) for name in names}, corrections=corrections)
