"""Answers that the list itself gives: a paper's fields, papers side by side, the picture of a section."""

import re
from collections.abc import Iterable

from index.corpus import Corpus
from ingest.paper import Paper

from ..answer import Answer, Citation, Sentence
from ..conversation import Resolved
from ..reference import venue
from .comparison import Comparison, Row, compared
from .naming import called
from .overview import Overview, asked

_FIELDS = {
    "authors": re.compile(r"who\s+(?:wrote|published|authored|(?:is|are)\s+the\s+authors?\s+of)\s+(?P<paper>.+)", re.I),
    "published": re.compile(r"(?:when|where)\s+was\s+(?P<paper>.+?)\s+(?:published|presented)", re.I),
    "code": re.compile(r"(?:does|has)\s+(?P<paper>.+?)\s+(?:have\s+)?(?:any\s+)?code(?:\s+(?:link|available))?", re.I),
}


def told(resolved: Resolved, collection: Corpus) -> Answer | None:
    """Return the answer to a question for a list field ("who wrote RouteLLM?", "who wrote it?"); None for others."""
    if resolved.asks_for is None:
        plain = " ".join(resolved.query.split()).rstrip(" ?.!")
        for name, form in _FIELDS.items():
            if (found := form.fullmatch(plain)) and (paper := called(found["paper"], collection)):
                return _answer(resolved.query, "The list says:", (_said(paper, name, 1),))
        return None
    ids = (resolved.about,) if resolved.about else resolved.among or ()
    papers = [paper for id in ids if (paper := collection.get(id))]
    sentences = tuple(_said(paper, resolved.asks_for, n) for n, paper in enumerate(papers, 1))
    return _answer(resolved.query, "The list says:", sentences) if sentences else None


def pictured(resolved: Resolved, collection: Corpus) -> Answer | None:
    """Return the answer to a question that asks for a comparison or an overview; None for other questions."""
    if resolved.compare:
        papers = [paper for id in resolved.compare if (paper := collection.get(id))]
        picture: Comparison | Overview | None = compared(papers, collection) if len(papers) > 1 else None
    else:
        picture = asked(resolved.query, collection)
    if picture is None:
        return None
    if isinstance(picture, Comparison):
        shared = ", ".join(f"{field} {value}" for field, value in picture.shared)
        lead = f"{len(picture.rows)} papers side by side" + (f"; they share {shared}." if shared else ".")
        return _answer(resolved.query, lead, _quoted(picture.rows), picture)
    what = picture.section or picture.topic
    span = f", from {picture.years[0]} to {picture.years[1]}" if picture.years else ""
    lead = f"{picture.papers} papers here{f' on {what}' if what else ''}{span}; {picture.with_code} with code."
    return _answer(resolved.query, lead, _quoted(picture.leading), picture)


def _quoted(rows: Iterable[Row]) -> tuple[Sentence, ...]:
    """Return the quoted sentence of each row, or its title where it has none, under the paper's topic."""
    groups: dict[str | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.paper.topic, []).append(row)
    rows = [row for group in groups.values() for row in group]
    return tuple(
        Sentence(
            row.sentence.text if row.sentence else row.paper.title, (Citation(n, row.paper),), "quoted", row.paper.topic
        )
        for n, row in enumerate(rows, 1)
    )


def _said(paper: Paper, field: str, n: int) -> Sentence:
    return Sentence(f"{paper.title}: {_field(paper, field)}.", (Citation(n, paper),), "listed")


def _answer(
    question: str, lead: str, sentences: tuple[Sentence, ...], table: Comparison | Overview | None = None
) -> Answer:
    return Answer(
        question=question,
        route="list",
        refused=False,
        confidence=1.0,
        lead=lead,
        sentences=sentences,
        table=table,
    )


def _field(paper: Paper, name: str) -> str:
    none = "the list does not say"
    match name:
        case "authors":
            return ", ".join(paper.authors) or none
        case "published":
            return venue(paper) or none
        case "code":
            return paper.code_url or "no code is linked"
    return paper.url or none
