"""What a search returns and what a change did, as every shell shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.paper import Paper

from .cache import Vector
from .confidence import Evidence, Grounds, Need
from .filters import Filters
from .passages import Passage
from .query import Query


@dataclass(frozen=True, slots=True)
class Hit:
    """One paper that a search returns.

    Attributes:
        rank: from 1.
        score: 0 to 1, comparable within one search only.
        relevance: the calibrated probability that this paper meets the need.
        signals: each signal's part in the score; the parts add up to it.
        places: the place, from 1, that each signal alone would have given it among the candidates.
        grounds: what the relevance is judged by.
        terms: the query's terms that the paper has, as stems.
        passage: the sentence of its text that covers the query best; None without a text.
        collection: which of several collections it is from; None where one alone was searched.
    """

    rank: int
    paper: Paper
    score: float
    relevance: float
    signals: Mapping[str, float]
    places: Mapping[str, int]
    grounds: Grounds
    terms: tuple[str, ...]
    passage: Passage | None
    collection: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            "relevance": round(self.relevance, 4),
            "signals": {name: round(part, 4) for name, part in self.signals.items()},
            "places": dict(self.places),
            "grounds": self.grounds.to_dict(),
            "terms": list(self.terms),
            "passage": self.passage.to_dict() if self.passage else None,
            "paper": self.paper.to_dict(),
            **({"collection": self.collection} if self.collection else {}),
        }


@dataclass(frozen=True, slots=True)
class Want:
    """One sentence's want of a paper: its number in its passage, from 0, and the calibrated probability."""

    sentence: int
    relevance: float


@dataclass(frozen=True, slots=True)
class Related:
    """One paper that a passage of a draft wants.

    Attributes:
        score: 0 to 1, comparable between passages too.
        relevance: the calibrated probability that the passage wants it.
        need: what the relevance is judged by.
        wants: the sentences that want it with a probability worth telling; of a paper that is probably wanted
            the surest at least.
        passage: the sentence of its text that answers the sentence which wants it most; None far down the list.
        vector: the paper's unit vector, shape (dimension,).
    """

    paper: Paper
    score: float
    relevance: float
    need: Need
    wants: tuple[Want, ...]
    passage: Passage | None
    vector: Vector = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found.

    Attributes:
        asked: how the query was read.
        confidence: the calibrated probability that the collection answers the query.
        evidence: what the confidence is judged by.
        is_brief: no paper was read: the order and the terms hold, relevance, confidence and passages do not.
    """

    query: str
    collection: str
    asked: Query
    confidence: float
    evidence: Evidence
    hits: tuple[Hit, ...]
    is_brief: bool = False

    @property
    def filters(self) -> Filters:
        """The filters in force: those given, and those that the query's words state."""
        return self.asked.filters

    @property
    def unknown_words(self) -> tuple[str, ...]:
        """The query's words that no paper of the collection has."""
        return self.asked.unknown

    def to_dict(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "collection": self.collection,
            "filters": self.filters.to_dict(),
            "read_as": self.asked.to_dict(),
            "confidence": round(self.confidence, 4),
            "unknown_words": list(self.unknown_words),
            "hits": [hit.to_dict() for hit in self.hits],
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two records that share an identifier and have different titles: both are kept, one of them is wrong."""

    record: Paper
    other: Paper
    reason: str

    def __str__(self) -> str:
        where = f"{self.other.source.file}, row {self.other.source.row}"
        return f"{self.record.title!r} has {self.reason}, as {self.other.title!r} ({where}); both are kept"

    def to_dict(self) -> dict[str, Any]:
        return {"row": self.record.source.row, "reason": str(self)}


@dataclass(frozen=True, slots=True)
class Change:
    """What a change did: of records that came, how many were new papers, or made papers say something else.

    Attributes:
        removed: papers that are gone.
        encoded: texts that had to be embedded.
        merged: records that were found to be of a paper that another record is of.
        left_out: the first 1,000 papers of those that came again and that a person had removed.
        left_out_total: how many those are.
        conflicts: the first 1,000 pairs of records that share an identifier and have different titles.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    encoded: int = 0
    merged: int = 0
    left_out: tuple[Paper, ...] = ()
    left_out_total: int = 0
    conflicts: tuple[Conflict, ...] = ()
