"""Comparisons: papers side by side as data, and for two what they share and what differs."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from index.corpus import Corpus
from index.filters import Filters
from index.generation import heading_text
from index.passages import Passage
from index.words import stems, words
from ingest.paper import Paper

from .naming import called

_ROLE = "What the small model does"
_MOST = 10  # papers in one table
_COMMON = 8  # terms shown
_SAMPLE = 500  # papers by which a term's weight is judged
_AND = re.compile(r"\s*(?:,\s*(?:and\s+)?|\s+(?:and|with|to|vs\.?|versus|against|&)\s+)", re.I)
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        r"(?:please\s+)?(?:compare|contrast)\s+(?:between\s+)?(?P<names>.+)",
        r"how\s+(?:do|does|are|is)\s+(?P<names>.+?)\s+(?:differ|different|compare|related?)"
        r"(?:\s+(?:from|to|with)\s+(?P<more>.+))?",
        r"(?:what(?:['’]s|\s+is|\s+are)\s+)?(?:the\s+)?(?:main\s+|key\s+)?(?:differences?|similarities|comparison)\s+"
        r"(?:between|of)\s+(?P<names>.+)",
        r"what\s+do\s+(?P<names>.+?)\s+(?:have\s+in\s+common|share)",
        r"(?P<names>[^,]+?\s+(?:vs\.?|versus)\s+[^,]+)",
    )
)


@dataclass(frozen=True, slots=True)
class Row:
    """One paper of a table, which is a citation of it, and the sentence quoted for it; None without a text."""

    paper: Paper
    sentence: Passage | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "paper": self.paper.id,
            "title": self.paper.title,
            "topic": self.paper.topic,
            "year": self.paper.year,
            "venue": self.paper.venue,
            "code": self.paper.code_url,
            "sentence": self.sentence.to_dict() if self.sentence else None,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which papers differ, with the value of each, in the order of the table."""

    field: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Papers side by side.

    Attributes:
        rows: one a paper, in the order asked. Each one's sentence says what the small model does.
        shared: the fields that all have in common, and their values.
        differs: the other fields.
        terms: words of all their texts, the rarest in the collection first.
    """

    rows: tuple[Row, ...]
    shared: tuple[tuple[str, str], ...]
    differs: tuple[Difference, ...]
    terms: tuple[str, ...]

    @property
    def papers_shown(self) -> list[Paper]:
        """The papers, one a row."""
        return [row.paper for row in self.rows]

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": "comparison",
            "rows": [row.to_dict() for row in self.rows],
            "shared": dict(self.shared),
            "differs": {difference.field: list(difference.values) for difference in self.differs},
            "terms": list(self.terms),
        }


def comparison(question: str, collection: Corpus) -> Comparison | None:
    """Return the comparison that a question asks for by the papers' names, None where it asks for none."""
    plain = " ".join(question.split()).rstrip(" ?.!")
    for form in _FORMS:
        if not (found := form.fullmatch(plain)):
            continue
        groups = found.groupdict()
        for names in [[groups["names"], groups["more"]]] if groups.get("more") else _operands(groups["names"]):
            if papers := _papers(names, collection):
                return compared(papers, collection)
    return None


def _operands(text: str) -> Iterator[list[str]]:
    """Yield the ways to read a row of names; a title may hold an "and" of its own."""
    yield _AND.split(text)
    for match in _AND.finditer(text):
        yield [text[: match.start()], text[match.end() :]]


def _papers(names: Sequence[str], collection: Corpus) -> list[Paper]:
    """Return the papers that go by these names; none where one of them is no paper's, or two are one's."""
    papers: dict[str, Paper] = {}
    if not 1 < len(names) <= _MOST:
        return []
    for name in names:
        paper = called(name, collection)
        if paper is None or paper.id in papers:
            return []
        papers[paper.id] = paper
    return list(papers.values())


def compared(papers: Sequence[Paper], collection: Corpus) -> Comparison:
    """Return these papers side by side."""
    rows = tuple(Row(paper, _role(paper, collection)) for paper in papers)
    shared: list[tuple[str, str]] = []
    differs: list[Difference] = []
    for field in ("topic", "section", "year", "venue", "code"):
        values = tuple(_value(paper, field) for paper in papers)
        if len(set(values)) > 1:
            differs.append(Difference(field, values))
        elif values[0] is not None:
            shared.append((field, values[0]))
    return Comparison(rows, tuple(shared), tuple(differs), _common_terms(papers, collection))


def _role(paper: Paper, collection: Corpus) -> Passage | None:
    """Return the sentence that says best what the small model does in a paper; None if it has no text."""
    # Its title in the query keeps sentences on the background of the work away.
    hits = collection.search(f'"{_ROLE}: {paper.title}"', 1, Filters(among=(paper.id,))).hits
    return hits[0].passage if hits else None


def _value(paper: Paper, field: str) -> str | None:
    if field == "code":
        return "yes" if paper.has_code else "no"
    if field == "section":
        return " > ".join(paper.section) or None
    value = getattr(paper, field)
    return None if value is None else str(value)


def _common_terms(papers: Sequence[Paper], collection: Corpus) -> tuple[str, ...]:
    """Return the words that all papers have, by their inverse document frequency, the rarest first."""
    said = [words(_text(paper)) for paper in papers]
    own = [Counter(stems(each)) for each in said]
    common = set(own[0]).intersection(*own[1:])
    seen: Counter[str] = Counter()
    sampled = 0
    for paper in islice(collection.papers(), _SAMPLE):
        seen.update(common & set(stems(words(_text(paper)))))
        sampled += 1
    # Terms that all of them repeat weigh more; numbers and letters say nothing by themselves.
    weight = {t: min(c[t] for c in own) ** 0.5 * math.log(1 + sampled / (1 + seen[t])) for t in common if t.isalpha()}
    best = sorted(weight, key=lambda term: (-weight[term], term))[:_COMMON]
    written = {stem: word for word, stem in reversed(list(zip(said[0], stems(said[0]), strict=True)))}
    return tuple(written[term] for term in best)


def _text(paper: Paper) -> str:
    return heading_text(paper) + paper.text
