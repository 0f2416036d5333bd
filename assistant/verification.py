"""Written sentences -> sentences with verdicts: each citation checked, mended where another source fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingest.paper import Paper

from .answer import Citation, Sentence, Verdict
from .checking.checker import Checker
from .writing import Written

GOOD: tuple[Verdict, ...] = ("quoted", "supported", "supported by another")


@dataclass(frozen=True, slots=True)
class Verification:
    """What the check made of an LLM's sentences.

    Attributes:
        sentences: in order, with their verdicts; citations are numbered in order of their first appearance.
        invented: citations of no source, which were taken off.
        dropped: citations taken off beside one that holds.
        moved: sentences whose citation was moved to another source.
        removed: sentences taken out, where only good ones may stay.
    """

    sentences: tuple[Sentence, ...]
    invented: int
    dropped: int
    moved: int
    removed: int

    @property
    def good(self) -> float:
        """The share of the written sentences that some source bears out, 0 to 1."""
        good = sum(sentence.verdict in GOOD for sentence in self.sentences)
        return good / max(len(self.sentences) + self.removed, 1)

    def to_dict(self) -> dict[str, Any]:
        counts = {verdict: sum(s.verdict == verdict for s in self.sentences) for verdict in dict.fromkeys(
            sentence.verdict for sentence in self.sentences
        )}  # fmt: skip
        return {
            "sentences": counts,
            "citations_invented": self.invented,
            "citations_dropped": self.dropped,
            "citations_moved": self.moved,
            "sentences_removed": self.removed,
        }


def verify(
    written: Sequence[Written], sources: Sequence[Paper], checker: Checker, strict: bool = False
) -> Verification:
    """Check every citation against its source.

    Of a sentence's citations those that hold stay. Where none does, the source that clearly bears the
    sentence out takes their place; else the sentence says what is wrong with it.

    Args:
        sources: the papers that were given to the LLM.
        strict: leave out sentences that no source bears out.
    """
    claims = [(one.text, paper) for one in written for paper in one.cited]
    checks = iter(checker.check_all(claims, sources) if claims else [])
    numbers: dict[str, int] = {}
    found: list[Sentence] = []
    dropped = moved = removed = 0
    for one in written:
        own = [next(checks) for _ in one.cited]
        holding = [check for check in own if check.verdict == "supported"]
        verdict: Verdict
        if holding:
            verdict, bearing, reason = "supported", holding, None
            dropped += len(own) - len(holding)
        elif not own:
            verdict, bearing, reason = "uncited", [], "it cites no source"
        else:
            nearest = max(own, key=lambda check: check.support)
            better = checker.repoint(one.text, nearest.paper, sources)
            verdict = "supported by another" if better else "partly" if nearest.verdict == "partly" else "not supported"
            bearing = [checker.check(one.text, better, sources)] if better else own
            reason = f"not by “{nearest.paper.title}”: {nearest.reason}" if better else nearest.reason
            moved += bool(better)
        if strict and verdict not in GOOD:
            removed += 1
            continue
        cited = tuple(Citation(numbers.setdefault(check.paper.id, len(numbers) + 1), check.paper) for check in bearing)
        evidence = tuple(check.evidence.text if check.evidence else "" for check in bearing)
        found.append(Sentence(one.text, cited, verdict, reason=reason, evidence=evidence))
    return Verification(tuple(found), sum(one.invented for one in written), dropped, moved, removed)
