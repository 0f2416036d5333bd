"""`Check`: what was found of one sentence and one paper, as every shell shows it."""

from dataclasses import dataclass
from typing import Any, Literal

from index.passages import Passage
from ingest.paper import Paper

from .signals import Signals

Finding = Literal["supported", "partly", "not supported"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one sentence and one paper.

    Attributes:
        support: the probability that the paper's text supports the sentence, 0 to 1.
        evidence: the sentence of its text that comes nearest; None if it has no text.
        reason: why, in plain words.
        signals: what the judgement rests on; None for a word-for-word quotation.
    """

    sentence: str
    paper: Paper
    verdict: Finding
    support: float
    evidence: Passage | None
    reason: str
    signals: Signals | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "sentence": self.sentence,
            "paper": self.paper.to_dict(),
            "verdict": self.verdict,
            "support": round(self.support, 4),
            "evidence": self.evidence.to_dict() if self.evidence else None,
            "reason": self.reason,
        }
