"""What a search returns and what a change did, as every shell shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.paper import Paper

from .confidence import Evidence, Grounds
from .filters import Filters
from .passages import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """One paper that a search returns.

    Attributes:
        rank: from 1.
        score: the mixture, 0 to 1, comparable within one search only.
        relevance: the calibrated probability that this paper meets the need.
        signals: each signal's part in the score; the parts add up to it.
        grounds: what the relevance is judged by.
        terms: the query's terms that the paper has, as stems.
        passage: the sentence of its text that covers the query best; None without a text.
    """

    rank: int
    paper: Paper
    score: float
    relevance: float
    signals: Mapping[str, float]
    grounds: Grounds
    terms: tuple[str, ...]
    passage: Passage | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            "relevance": round(self.relevance, 4),
            "signals": {name: round(part, 4) for name, part in self.signals.items()},
            "grounds": self.grounds.to_dict(),
            "terms": list(self.terms),
            "passage": self.passage.to_dict() if self.passage else None,
            "paper": self.paper.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found.

    Attributes:
        confidence: the calibrated probability that the collection answers the query.
        evidence: what the confidence is judged by.
        unknown_words: the query's words that no paper of the collection has.
    """

    query: str
    collection: str
    filters: Filters
    confidence: float
    evidence: Evidence
    unknown_words: tuple[str, ...]
    hits: tuple[Hit, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "collection": self.collection,
            "filters": self.filters.to_dict(),
            "confidence": round(self.confidence, 4),
            "unknown_words": list(self.unknown_words),
            "hits": [hit.to_dict() for hit in self.hits],
        }


@dataclass(frozen=True, slots=True)
class Change:
    """What an `add` or `remove` did; `encoded` counts the texts that had to be embedded."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    encoded: int = 0
