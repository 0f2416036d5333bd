"""Which paper of a collection a draft's reference is: by DOI, arXiv id or title, never by names alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from ingest.paper import Paper
from ingest.text import normalised_title

from .draft import Reference

_VERSION = re.compile(r"v\d+$")
_BREAK = re.compile(r"[.?!:]\s+|[“”\"]|\(?\b(?:19|20)\d\d[a-z]?\)?[.,:]?\s*|,\s+(?=in\b)|[()]", re.IGNORECASE)
_MOST_BREAKS = 40  # of a reference's text that are looked at
_TELLING = 3  # words; a shorter title, such as "Editorial" or "BERT", is not enough by itself


@dataclass(frozen=True, slots=True)
class Match:
    """A paper, and what told it."""

    paper: Paper
    by: Literal["doi", "arxiv", "title"]


class Matcher:
    """Looks references up among papers."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        """Index the papers; they are kept."""
        self._by_doi: dict[str, Paper] = {}
        self._by_arxiv: dict[str, Paper] = {}
        self._by_title: dict[str, list[Paper]] = {}
        for paper in papers:
            if paper.doi:
                self._by_doi.setdefault(paper.doi.lower(), paper)
            if paper.arxiv_id:
                self._by_arxiv.setdefault(_VERSION.sub("", paper.arxiv_id.lower()), paper)
            self._by_title.setdefault(_letters(paper.normalised_title), []).append(paper)

    def match(self, reference: Reference) -> Match | None:
        """Return the paper that a reference names, None where there is none or it could be one of several."""
        if reference.doi and (paper := self._by_doi.get(reference.doi.lower())):
            return Match(paper, "doi")
        if reference.arxiv_id and (paper := self._by_arxiv.get(_VERSION.sub("", reference.arxiv_id.lower()))):
            return Match(paper, "arxiv")
        for title in _titles(reference):
            if paper := self._titled(title, reference):
                return Match(paper, "title")
        return None

    def matches(self, references: Iterable[Reference]) -> dict[str, Match]:
        """Return the match of each reference that has one, by key."""
        found = ((reference.key, self.match(reference)) for reference in references)
        return {key: match for key, match in found if match is not None}

    def _titled(self, title: str, reference: Reference) -> Paper | None:
        papers = self._by_title.get(_letters(title), [])
        if len(papers) == 1 and len(title.split()) >= _TELLING:
            return papers[0]
        # Several works may bear one title, and short ones are common: then names and year must agree too.
        agreeing = [paper for paper in papers if _same_author(paper, reference) and _same_year(paper, reference)]
        return agreeing[0] if len(agreeing) == 1 else None


def _letters(title: str) -> str:
    """Return what is left of a normalised title where "pre-training" is "pretraining", and "&" is "and"."""
    return "".join(word for word in title.split() if word != "and")


def _titles(reference: Reference) -> Iterator[str]:
    """Yield what may be the reference's title, normalised; of free text, every run of words between two breaks."""
    if title := normalised_title(reference.title):
        yield title
    if not reference.text:
        return
    pieces = [words for piece in _BREAK.split(reference.text)[:_MOST_BREAKS] if (words := normalised_title(piece))]
    for start, end in combinations(range(len(pieces) + 1), 2):
        run = " ".join(pieces[start:end])
        if len(run.split()) >= _TELLING:
            yield run


def _same_author(paper: Paper, reference: Reference) -> bool:
    families = [normalised_title(name).split()[-1:] for name in reference.authors]
    return any(normalised_title(name).split()[-1:] in families for name in paper.authors)


def _same_year(paper: Paper, reference: Reference) -> bool:
    """A preprint and its publication are often a year or two apart."""
    return paper.year is None or reference.year is None or abs(paper.year - reference.year) <= 2
