"""Papers that a question calls by name: by title, by the short name before its colon, by distinctive words."""

import re
from collections.abc import Iterable, Sequence

from index.corpus import Corpus
from index.words import terms
from ingest.paper import Paper

_LOOKED_AT = 10  # hits among which a named paper is looked for
_LONGEST_SHORT_NAME = 4  # words
_DISTINCTIVE = 3  # words of a title that, together, may be taken for its name
# A coined name has a capital within the word: "RouteLLM", "DSIR".
_COINED = re.compile(r"\b(?=[\w-]*[A-Z])(?=[\w-]*(?:[a-z0-9][A-Z]|[A-Z]{2}))[A-Za-z][\w-]{2,}\b")
_LEAST_FREE = 6  # letters of a plain name that may be written small: "Lion" and "LESS" are words of the language


def short_name(paper: Paper) -> str | None:
    """Return the name that stands before the colon of a title ("RouteLLM: Learning to ..."), if one does.

    A question or exclamation mark does as well, and a coined word that the title begins with.
    """
    found = re.match(r"(.+?)\s*(?:\([^)]*\))?\s*[:!?]\s+\S", paper.title) or _COINED.match(paper.title)
    head = found[found.re.groups].strip("\"'“” ") if found else ""
    return head if head and len(head.split()) <= _LONGEST_SHORT_NAME else None


def named_in(question: str, papers: Sequence[Paper]) -> list[Paper]:
    """Return those of the papers that the question calls by name, in the order in which it does.

    Args:
        papers: what a search for the question found; a name that two of them bear names neither.
    """
    found = [(place, paper) for paper in papers if (place := _place(question, paper, papers)) is not None]
    return [paper for _, paper in sorted(found, key=lambda one: one[0])]


def called(name: str, collection: Corpus) -> Paper | None:
    """Return the paper that goes by this name, None where there is none, or there are several."""
    said = " ".join(re.sub(r"^(?:the\s+)?(.*?)(?:\s+(?:paper|article|method|approach|work))?$", r"\1", name).split())
    if not re.search(r"\w", said):
        return None
    papers = [hit.paper for hit in collection.search(f'"{said}"', _LOOKED_AT).hits]
    exact = [paper for paper in papers if _folded(said) in map(_folded, _exact_names(paper))]
    if exact:
        return exact[0] if len(exact) == 1 else None
    named = named_in(said, papers)
    return named[0] if len(named) == 1 else None


def _exact_names(paper: Paper) -> Iterable[str]:
    yield paper.title
    if short := short_name(paper):
        yield short
    yield from re.findall(r"\(([\w-]+)\)", paper.title)


def _place(question: str, paper: Paper, papers: Sequence[Paper]) -> int | None:
    """Return where in the question the paper is named."""
    lower = question.casefold()
    for title in (paper.title, paper.title.partition(": ")[2]):
        if len(title.split()) > 2 and (at := lower.find(title.casefold())) >= 0:
            return at
    others = [other for other in papers if other.id != paper.id]
    for name in (short_name(paper), *re.findall(r"\(([\w-]+)\)", paper.title)):
        if name and (match := _word(name, _free(name)).search(question)) and not _taken(name, others):
            return match.start()
    for match in _COINED.finditer(question):
        own = _word(match[0].removesuffix("s") if match[0][-2:-1].isupper() else match[0], False)
        if len(own.findall(f"{paper.title} {paper.text}")) > 1 and not any(
            own.search(f"{o.title} {o.text}") for o in others
        ):
            return match.start()
    return _by_distinctive_words(question, paper, others)


def _by_distinctive_words(question: str, paper: Paper, others: Sequence[Paper]) -> int | None:
    """Return where the question has all words of the title's beginning, where no other title has them."""
    head = re.split(r"[:?!.]", paper.title)[0]
    own = terms(head)
    if len(own) < _DISTINCTIVE or not set(own) <= set(terms(question)):
        return None
    if any(set(own) <= set(terms(other.title)) for other in others):
        return None
    at = re.search(rf"\b{re.escape(head.split()[0])}", question, re.I)
    return at.start() if at else 0


def _word(name: str, free: bool) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?:['’]s?|s)?(?![\w-])", re.I if free else 0)


def _free(name: str) -> bool:
    """Whether the name is nothing else however it is written: "routellm", but not "less"."""
    coined = bool(re.search(r"[a-z][A-Z]|\d", name))
    return coined or (len(name) >= _LEAST_FREE and " " not in name and not name.isupper())


def _taken(name: str, others: Sequence[Paper]) -> bool:
    return any(_folded(name) in map(_folded, _exact_names(other)) for other in others)


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()
