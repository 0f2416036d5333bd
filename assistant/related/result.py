"""`Related`: what was found for a draft, as every shell shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.passages import Passage
from ingest.paper import Paper

from ..checking.check import Check
from ..drafts import Draft, DraftSentence, Paragraph, Remark


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sentence of the draft that wants a paper, and the calibrated probability that it does."""

    sentence: DraftSentence
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        return {**_told(self.sentence), "confidence": round(self.confidence, 4)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A paper that a paragraph, or the draft as a whole, wants.

    Attributes:
        score: 0 to 1, by which the papers of one paragraph are in order.
        confidence: the calibrated probability that the paragraph which wants it most is right to; by it the
            papers of the draft as a whole are in order, for scores fall with a paragraph's length.
        wanted_by: the sentences that want it, in order of the draft.
        passage: the sentence of its text that answers the sentence which wants it most.
        cited_as: the draft's key of it; None where the draft's bibliography does not have it.
    """

    paper: Paper
    score: float
    confidence: float
    wanted_by: tuple[Wanted, ...]
    passage: Passage | None
    cited_as: str | None

    @property
    def weight(self) -> float:
        """How much of the draft wants it: the expected number of sentences."""
        return sum(wanted.confidence for wanted in self.wanted_by)

    def to_dict(self) -> dict[str, Any]:
        return {
            "paper": self.paper.to_dict(),
            "score": round(self.score, 4),
            "confidence": round(self.confidence, 4),
            "wanted_by": [wanted.to_dict() for wanted in self.wanted_by],
            "passage": self.passage.to_dict() if self.passage else None,
            "already_cited": self.cited_as is not None,
            "cited_as": self.cited_as,
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A paragraph of the draft with the papers that it wants, best first."""

    paragraph: Paragraph
    suggestions: tuple[Suggestion, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "section": list(self.paragraph.section),
            "place": str(self.paragraph.place),
            "text": self.paragraph.text,
            "sentences": [_told(sentence) for sentence in self.paragraph.sentences],
            "papers": [suggestion.to_dict() for suggestion in self.suggestions],
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that cites nothing, with the papers whose text supports it, best first."""

    sentence: DraftSentence
    checks: tuple[Check, ...]

    def to_dict(self) -> dict[str, Any]:
        return {**_told(self.sentence), "papers": [_supported(check) for check in self.checks]}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A citation that looks wrong: the cited paper is here, and its text does not support the sentence.

    Attributes:
        better: the check of a paper here that supports the sentence; None where there is none.
    """

    sentence: DraftSentence
    key: str
    check: Check
    better: Check | None

    def to_dict(self) -> dict[str, Any]:
        return {
            **_told(self.sentence),
            "key": self.key,
            **_supported(self.check),
            "reason": self.check.reason,
            "better": _supported(self.better) if self.better else None,
        }


@dataclass(frozen=True, slots=True)
class Related:
    """What a collection has for a draft.

    Attributes:
        papers: those that the draft as a whole wants, best first.
        paragraphs: each with the papers that it wants.
        missing: high-confidence papers that the draft does not cite, those that most of it wants first.
        claims: sentences without a citation that have a good one here.
        doubtful: citations that look wrong, the most doubtful first.
        cited: the papers here that the draft's bibliography names, by its keys.
    """

    draft: Draft
    collection: str
    papers: tuple[Suggestion, ...]
    paragraphs: tuple[Found, ...]
    missing: tuple[Suggestion, ...]
    claims: tuple[Claim, ...]
    doubtful: tuple[Doubt, ...]
    cited: dict[str, Paper]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON shows it."""
        return {
            "draft": {
                "name": self.draft.name,
                "title": self.draft.title,
                "files": list(self.draft.files),
                "sentences": len(list(self.draft.sentences)),
                "citations": sum(len(sentence.citations) for sentence in self.draft.sentences),
                "references": len(self.draft.bibliography),
                "references_here": {key: paper.id for key, paper in self.cited.items()},
            },
            "collection": self.collection,
            "papers": [suggestion.to_dict() for suggestion in self.papers],
            "paragraphs": [found.to_dict() for found in self.paragraphs],
            "missing": [suggestion.to_dict() for suggestion in self.missing],
            "claims": [claim.to_dict() for claim in self.claims],
            "doubtful": [doubt.to_dict() for doubt in self.doubtful],
            "warnings": _remarks(self.draft.warnings),
        }


def _told(sentence: DraftSentence) -> dict[str, Any]:
    return {
        "sentence": sentence.text,
        "file": sentence.place.file,
        "line": sentence.place.line,
        "citations": list(sentence.citations),
    }


def _supported(check: Check) -> dict[str, Any]:
    return {
        "paper": check.paper.to_dict(),
        "verdict": check.verdict,
        "support": round(check.support, 4),
        "evidence": check.evidence.to_dict() if check.evidence else None,
    }


def _remarks(warnings: Sequence[Remark]) -> list[dict[str, Any]]:
    return [{"file": w.place.file, "line": w.place.line, "reason": w.reason} for w in warnings]
