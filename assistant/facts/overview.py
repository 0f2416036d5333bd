"""Overview questions: what a collection, or one section or topic of it, holds, as data."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.corpus import Corpus
from index.filters import Filters
from index.hits import Hit
from index.taxonomy import Tree, counted
from index.words import terms
from ingest.paper import Paper

from ..extract import relevant
from .comparison import Comparison, Row, comparison

LEADING = 6  # papers of which a sentence is quoted
_CANDIDATES = 30  # hits among which a topic's papers are looked for
_LIST = r"(?:this\s+|the\s+|your\s+|my\s+)(?:reading\s+list|collection|survey|list|library|corpus)"
_SAY = r"(?:say|tell\s+(?:us|me)|have|hold|contain|offer|report|cover|know)"
_OF_TOPIC = tuple(
    re.compile(form, re.I)
    for form in (
        rf"what\s+(?:does|do|is|can)\s+{_LIST}\s+{_SAY}\s+(?:about|on|regarding)\s+(?P<topic>.+)",
        rf"what\s+is\s+(?:there\s+)?in\s+{_LIST}\s+(?:about|on|regarding)\s+(?P<topic>.+)",
        rf"(?:please\s+)?(?:summari[sz]e|outline)\s+what\s+{_LIST}\s+\w+\s+(?:about|on)\s+(?P<topic>.+)",
        r"(?:please\s+)?(?:(?:give|show|write)\s+(?:me\s+|us\s+)?)?(?:(?:an?|the)\s+)?(?:(?:short|brief|quick|general)\s+)?"
        r"(?:overview|summary|outline|picture)\s+(?:of|on|about)\s+(?P<topic>.+)",
    )
)
_OF_ALL = tuple(
    re.compile(form, re.I)
    for form in (
        rf"(?:which|what)\s+(?:topics|sections|themes|subjects|areas|categories)\s+(?:does\s+{_LIST}\s+{_SAY}"
        rf"|are\s+(?:there|covered|here)(?:\s+in\s+{_LIST}|\s+by\s+{_LIST})?|are\s+in\s+{_LIST})",
        rf"what(?:['’]s|\s+is)\s+(?:{_LIST}\s+about|in\s+{_LIST})|what\s+does\s+{_LIST}\s+(?:cover|contain|hold|have)",
        rf"how\s+is\s+{_LIST}\s+(?:organi[sz]ed|structured|arranged|divided)",
    )
)
_IS_LIST = re.compile(rf"{_LIST}|(?:all\s+)?the\s+papers(?:\s+here)?", re.I)


@dataclass(frozen=True, slots=True)
class Overview:
    """What is here, of everything or about one topic.

    Attributes:
        topic: what the question names; None for the whole collection.
        section: the section of the list that goes by this name; where there is none, the papers are
            those that a search finds.
        papers: how many there are.
        sections: the tree of headings, with the number of these papers under each.
        years: the first and the last.
        venues: with their number of papers, the commonest first.
        with_code: how many papers have code.
        leading: the papers that meet the topic best, or one of each large section, each with a
            sentence byte-identical to one of its text.
    """

    topic: str | None
    section: str | None
    papers: int
    sections: Tree
    years: tuple[int, int] | None
    venues: tuple[tuple[str, int], ...]
    with_code: int
    leading: tuple[Row, ...]

    @property
    def papers_shown(self) -> list[Paper]:
        """The leading papers, one a row."""
        return [row.paper for row in self.leading]

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": "overview",
            "topic": self.topic,
            "section": self.section,
            "papers": self.papers,
            "sections": self.sections,
            "years": list(self.years) if self.years else None,
            "venues": [{"venue": venue, "papers": n} for venue, n in self.venues],
            "with_code": self.with_code,
            "leading": [row.to_dict() for row in self.leading],
        }


def asked(question: str, collection: Corpus) -> Comparison | Overview | None:
    """Return the comparison or the overview that the question asks for.

    None is for every other question, for a comparison of what are no papers of the collection, and
    for a topic that it does not cover.
    """
    plain = " ".join(question.split()).rstrip(" ?.!")
    for form in _OF_TOPIC:
        if found := form.fullmatch(plain):
            whole = _IS_LIST.fullmatch(found["topic"])
            return everything(collection) if whole else of_topic(found["topic"], collection)
    if any(form.fullmatch(plain) for form in _OF_ALL):
        return everything(collection)
    return comparison(plain, collection)


def of_topic(topic: str, collection: Corpus) -> Overview | None:
    """Return the overview of one topic; None where the collection does not cover it."""
    section = _section(topic, collection)
    if section:
        # Its name alone is looked for, so that nothing in it is read as a condition.
        hits: Sequence[Hit] = collection.search(f'"{topic}"', LEADING, Filters(section=section)).hits
        return _overview(topic, section, [paper for paper in collection.papers() if section in paper.section], hits)
    results = collection.search(topic, _CANDIDATES)
    calibration = collection.calibration
    if not results.hits or results.confidence < calibration.confidence_cut:
        return None
    hits = relevant(results.hits, calibration.relevance_cut)
    return _overview(topic, None, [hit.paper for hit in hits], hits)


def everything(collection: Corpus) -> Overview:
    """Return the overview of a whole collection, with one paper of each of its large sections."""
    papers = list(collection.papers())
    tree: Tree = collection.status()["sections"]
    while len(full := [section for section in tree if section["papers"]]) == 1 and full[0]["children"]:
        tree = full[0]["children"]
    large = [child for section in tree for child in (section["children"] or [section]) if child["papers"]]
    large.sort(key=lambda section: -int(section["papers"]))
    leading: list[Hit] = []
    for section in large[:LEADING]:
        leading += collection.search(f'"{section["name"]}"', 1, Filters(section=section["name"])).hits
    return _overview(None, None, papers, leading)


def _section(topic: str, collection: Corpus) -> str | None:
    """Return the section that goes by this name and has papers."""
    wanted = sorted(terms(topic))
    trees: list[Tree] = [collection.status()["sections"]]
    while trees:
        for section in trees.pop():
            if section["papers"] and sorted(terms(section["name"])) == wanted:
                return str(section["name"])
            trees.append(section["children"])
    return None


def _overview(topic: str | None, section: str | None, papers: Sequence[Paper], hits: Sequence[Hit]) -> Overview:
    years = [paper.year for paper in papers if paper.year]
    venues = Counter(paper.venue for paper in papers if paper.venue)
    return Overview(
        topic=topic,
        section=section,
        papers=len(papers),
        sections=counted((), [(paper.section, 1) for paper in papers]),
        years=(min(years), max(years)) if years else None,
        venues=tuple(venues.most_common()),
        with_code=sum(paper.has_code for paper in papers),
        leading=tuple(Row(hit.paper, hit.passage) for hit in hits[:LEADING]),
    )
