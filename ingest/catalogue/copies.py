"""A copy of the survey's own list, of this day or a later one, with what this project knows of its papers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..paper import Paper, Source, title_id
from ..reading import Reading
from ..text import normalised_title
from . import FILE, about, load

_TOGETHER = (("venue", "venue_type", "year"), ("title",), ("url",), ("code_url",), ("topic",), ("section",))
_IDENTIFIERS = ("arxiv_id", "doi")
_ALIKE = 60  # of 100: a title at least so alike to a known one is a later one of the same paper
_QUOTED = re.compile(r'"([^"]+)"')


def is_copy(reading: Reading) -> bool:
    """Tell whether a reading is of the survey's own list: it has the list's title, and names all its authors."""
    known = about()
    return reading.title == known.list_title and all(name in reading.preface for name in known.authors)


def edited(reading: Reading) -> Iterator[Paper]:
    """Yield the papers of a copy, each known one with its summary, authors and corrections.

    A correction holds as long as the list says what was corrected; what it says by now is taken from it.
    A paper that has a known one's identifier, and no title by which it would be that one, is warned of.
    """
    papers, known = list(reading.papers), list(load().papers)
    by_title = {normalised_title(title): one for one in known for title in (as_listed(one)["title"], one.title)}
    titled = {same.id for paper in papers if (same := by_title.get(paper.normalised_title))}
    by_id = {one.id: one for one in known}
    for paper in papers:
        said, same = paper, by_title.get(paper.normalised_title)
        if same is None and (other := by_id.get(paper.id)):
            if other.id in titled:
                said = replace(paper, id=title_id(paper.title))
            elif _is_retitled(other, paper):
                same = other
            else:
                reading.warnings.add(
                    1,
                    f"row {paper.source.row}, {paper.title!r}, has the {paper.id} of {other.title!r} and no title "
                    "by which it would be that paper: it is without that one's summary and authors",
                )
        if same and by_id.pop(same.id, None):
            said = _edited(same, paper)
        yield replace(said, source=Source(FILE, paper.source.row))


def _is_retitled(known: Paper, paper: Paper) -> bool:
    """Tell whether a paper with a known one's identifier has a later title of it."""
    from rapidfuzz import fuzz  # a query has no use for it

    named = [title for one in known.corrections if one.field == "title" for title in _QUOTED.findall(one.reason)]
    leads = {_lead(title) for title in (as_listed(known)["title"], known.title, *named)} - {""}
    return _lead(paper.title) in leads or fuzz.ratio(known.normalised_title, paper.normalised_title) >= _ALIKE


def _lead(title: str) -> str:
    """Return what stands before a title's colon: the name of a system."""
    lead, colon, _ = title.partition(":")
    return normalised_title(lead) if colon else ""


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
