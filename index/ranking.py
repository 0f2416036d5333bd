"""Signals -> one order. Every signal is on a scale of its own meaning, 0 to 1, the same for every query.

BM25 is the share that a paper earns of what the query could give; cosines and MaxSim are what they
are. So a signal that finds nothing good weighs little by itself, without labels and without
looking at the other results, and a filter changes no question's scores. The weights were chosen over all
development collections together (benchmarks/RESULTS.md) and lie on a broad plateau.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ingest.paper import Paper

from .dense import Matrix
from .lexical import Scores


@dataclass(frozen=True, slots=True)
class Ladder:
    """The weight of each signal; those it does not name are left out.

    Attributes:
        question: for a question, key words or a claim.
        passage: for a passage: many needs at once, and no paper has all of its words.
    """

    question: Mapping[str, float] = field(
        default_factory=lambda: {"lexical": 1.0, "dense": 1.0, "pairs": 0.5, "late": 1.0}
    )
    passage: Mapping[str, float] = field(
        default_factory=lambda: {"lexical": 2.0, "dense": 1.0, "sentences": 2.0, "neighbours": 1.25, "feedback": 0.25}
    )


_NEIGHBOURS = 5
_FEEDBACK = 3  # best candidates whose mean vector is the feedback
_SHARPNESS = 4  # of the mean over sentences: what meets one need well beats what meets all a little


def parts(signals: Mapping[str, Scores], weights: Mapping[str, float]) -> dict[str, Scores]:
    """Return each signal's part in a score of 0 to 1; the parts add up to it."""
    used = [name for name in signals if name in weights]
    whole = sum(weights[name] for name in used)
    return {name: np.clip(signals[name], 0, 1) * np.float32(weights[name] / whole) for name in used}


def total(signals: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """Return the score, the sum of the signals' parts, shape (candidates,)."""
    length = len(next(iter(signals.values())))
    return sum(parts(signals, weights).values(), np.zeros(length, np.float32))


def order(total: Scores) -> list[int]:
    """Return the candidates' numbers, best first; equals stay in their order, so that a list never changes."""
    return [int(i) for i in np.argsort(-total, kind="stable")]


def sharp_mean(values: Matrix) -> Scores:
    """Return the power mean over sentences of values of shape (sentences, candidates), shape (candidates,)."""
    found: Scores = (np.clip(values, 0, None) ** _SHARPNESS).mean(axis=0) ** (1 / _SHARPNESS)
    return found


def neighbours(vectors: Matrix, scores: Scores) -> Scores:
    """Return for each candidate the mean score of those nearest to it.

    Papers that lie together tend to meet the same need (the cluster hypothesis: van Rijsbergen,
    Information Retrieval, 1979, chapter 3).

    Args:
        vectors: unit vectors, shape (candidates, dimension).
        scores: 0 to 1, shape (candidates,).
    """
    if len(scores) < 2:
        return np.zeros_like(scores)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -1)
    nearest = np.argsort(-alike, axis=1, kind="stable")[:, : min(_NEIGHBOURS, len(scores) - 1)]
    found: Scores = scores[nearest].mean(axis=1)
    return found


def diverse(vectors: Matrix, scores: Sequence[float], k: int, diversity: float) -> list[int]:
    """Return `k` numbers, best first, each weighed against its likeness to those before it.

    Maximal marginal relevance (Carbonell and Goldstein 1998, doi 10.1145/290941.291025).

    Args:
        vectors: unit vectors, shape (papers, dimension).
        diversity: 0 keeps the order of the scores, 1 looks at likeness alone.
    """
    left = order(np.array(scores, np.float32))
    chosen: list[int] = []
    likeness = np.zeros(len(scores), np.float32)
    while left and len(chosen) < k:
        best = max(left, key=lambda i: (1 - diversity) * scores[i] - diversity * float(likeness[i]))
        left.remove(best)
        chosen.append(best)
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return chosen


def feedback(vectors: Matrix, scores: Scores) -> Scores:
    """Return each candidate's cosine with the best ones' mean (Rocchio's pseudo relevance feedback)."""
    centre = vectors[order(scores)[:_FEEDBACK]].sum(axis=0)
    found: Scores = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    return found


def places(signals: Mapping[str, Scores], i: int) -> dict[str, int]:
    """Return the place, from 1, that each signal alone would give candidate `i`; none where it says nothing."""
    return {name: 1 + int((values > values[i]).sum()) for name, values in signals.items() if values[i] > 0}


def best_in_company(papers: Sequence[Paper], scores: Sequence[float]) -> list[float]:
    """Return for each paper the best score of another one filed under the same headings, else 0."""
    best: dict[tuple[str, ...], list[float]] = {}
    for paper, score in zip(papers, scores, strict=True):
        best.setdefault(paper.section, []).append(score)
    two_best = {section: sorted(own, reverse=True)[:2] for section, own in best.items() if section}
    found = []
    for paper, score in zip(papers, scores, strict=True):
        others = list(two_best.get(paper.section, []))
        if score in others:
            others.remove(score)
        found.append(others[0] if others else 0.0)
    return found
