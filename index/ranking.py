"""Many signals -> one order: the mixture of BM25 and the sentence vector, and what it is worth.

Each signal's candidates are its 200 best. BM25 is divided by its maximum; the cosine is scaled
between its 200th and its best value; the two are added half and half (a convex combination, which
Bruch et al. 2023, arXiv 2210.11934, found better than rank fusion).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.paper import Paper

from .dense import Cosines
from .lexical import Scores
from .records import Positions

DEPTH = 200  # candidates from each signal
DENSE_WEIGHT = 0.5
_LEAST_SPAN = 0.1  # of cosines: in a collection of a few papers a smaller one says nothing
LATE_WEIGHT = 1.5  # of late interaction, where the mixture has 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates, best first: positions, their scores 0 to 1, and each signal's part in the score."""

    positions: Positions
    scores: Scores
    lexical: Scores
    dense: Cosines

    def __len__(self) -> int:
        return len(self.positions)


def candidates(lexical: Scores, nearest: Positions) -> Positions:
    """Return the union of both signals' candidates, ascending.

    Args:
        lexical: every document's BM25 score; documents that may not be returned have none.
        nearest: the positions of the vector's candidates.
    """
    matching = np.flatnonzero(lexical)
    if len(matching) > DEPTH:
        matching = matching[np.argpartition(-lexical[matching], DEPTH - 1)[:DEPTH]]
    return np.union1d(matching, nearest)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a query's signals are measured by: their values over the whole collection.

    Attributes:
        lexical: the best BM25 score.
        nearest: the best cosine.
        farthest: the cosine of the vector's last candidate, which counts as nothing.
    """

    lexical: float
    nearest: float
    farthest: float


def mixture(positions: Positions, lexical: Scores, cosines: Cosines, scale: Scale) -> tuple[Ranked, Positions]:
    """Rank candidates by both signals; return them and the order they were taken in.

    Args:
        positions: the candidates.
        lexical: their BM25 scores.
        cosines: their cosines with the query.
    """
    lexical_part = (1 - DENSE_WEIGHT) * lexical / max(scale.lexical, 1e-9)
    span = max(scale.nearest - scale.farthest, _LEAST_SPAN)
    dense_part = (DENSE_WEIGHT * np.clip((cosines - scale.farthest) / span, 0, 1)).astype(np.float32)
    scores = lexical_part + dense_part
    # Behind a filter many papers may be below the scale: these the cosine orders. Equals are
    # ordered by position, so that a search gives the same list every time.
    order = np.lexsort((positions, -cosines, -scores))
    ranked = Ranked(positions[order], scores[order], lexical_part[order], dense_part[order])
    return ranked, order


def rank_late(ranked: Ranked, late: Sequence[float] | None, count: int) -> tuple[list[int], list[dict[str, float]]]:
    """Put the `count` best candidates in their final order, by the mixture and late interaction.

    Args:
        late: what late interaction makes of each of them, 0 to 1.5; None leaves the mixture's order.

    Returns:
        The candidates' numbers, best first, and for each number its signals' parts in a score of 0 to 1.
    """
    parts = [
        {"lexical": float(lexical), "dense": float(dense)}
        for lexical, dense in zip(ranked.lexical[:count], ranked.dense[:count], strict=True)
    ]
    if late is None:
        return list(range(count)), parts
    whole = 1 + LATE_WEIGHT
    for own, value in zip(parts, late, strict=True):
        own.update(lexical=own["lexical"] / whole, dense=own["dense"] / whole, late=value / whole)
    return sorted(range(count), key=lambda i: (-sum(parts[i].values()), i)), parts


def best_in_company(papers: Sequence[Paper], scores: Scores) -> list[float]:
    """Return for each ranked paper the best score of another one filed under the same headings, else 0.

    Papers that a list puts together often meet the same need (the cluster hypothesis: van
    Rijsbergen, Information Retrieval, 1979, chapter 3).
    """
    best: dict[tuple[str, ...], list[float]] = {}  # the two best scores of each section
    for paper, score in zip(papers, scores, strict=False):
        best.setdefault(paper.section, []).append(float(score))
    found = []
    for paper, score in zip(papers, scores, strict=False):
        two = best[paper.section][:2] if paper.section else []
        others = two[1:] if two and two[0] == float(score) else two[:1]
        found.append(others[0] if others else 0.0)
    return found
