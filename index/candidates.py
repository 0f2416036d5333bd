"""Candidates: the papers that either signal brings up for a query, with what each signal says of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from . import ranking
from .dense import Cosines, Matrix
from .generation import Generation
from .lexical import Scores
from .query import Query
from .records import Positions
from .words import terms

_DEPTH = 200  # candidates from each signal
_DEPTH_OF_SENTENCE = 20


@dataclass(frozen=True, slots=True)
class Candidates:
    """The papers that a query brings up, in order of position, and their signals, each of shape (candidates,)."""

    positions: Positions
    signals: dict[str, Scores]

    def __len__(self) -> int:
        return len(self.positions)


def for_question(generation: Generation, query: Query, vector: Cosines) -> Candidates:
    """Return the candidates of a question; `vector` is its unit vector, shape (dimension,)."""
    allowed = generation.records.matching(query.filters)
    shares = _allow(generation.lexical.words(query.weights), allowed)
    positions = _union(shares, generation, vector, _DEPTH, allowed)
    signals = {
        "lexical": shares[positions],
        "dense": generation.dense.cosines(vector, positions),
        "pairs": generation.lexical.pairs(query.terms)[positions],
    }
    return Candidates(positions, signals)


def for_passage(
    generation: Generation,
    query: Query,
    vector: Cosines,
    sentences: Sequence[str],
    vectors: Matrix,
    scheme: Mapping[str, float],
) -> Candidates:
    """Return the candidates of a passage.

    Args:
        vector: its unit vector, shape (dimension,).
        sentences: its sentences.
        vectors: their unit vectors, shape (sentences, dimension).
        scheme: the signals' weights, by which a first order is made for the signals that need one.
    """
    allowed = generation.records.matching(query.filters)
    shares = _allow(generation.lexical.words(query.weights), allowed)
    positions = _union(shares, generation, vector, _DEPTH, allowed)
    own = []
    for sentence, one in zip(sentences, vectors, strict=True):
        own.append(_allow(generation.lexical.words(Counter(terms(sentence))), allowed))
        positions = np.union1d(positions, _union(own[-1], generation, one, _DEPTH_OF_SENTENCE, allowed))
    found = generation.dense.vectors(positions)
    signals = {
        "lexical": shares[positions],
        "dense": found @ vector,
        # Each sentence's score is the sum of two signals; half of it keeps to the scale of one.
        "sentences": ranking.sharp_mean((np.array([o[positions] for o in own]) + vectors @ found.T) / 2),
    }
    first = sum(ranking.parts(signals, scheme).values(), np.zeros(len(positions), np.float32))
    signals["neighbours"] = ranking.neighbours(found, first)
    signals["feedback"] = ranking.feedback(found, first)
    return Candidates(positions, signals)


def for_all(generation: Generation, query: Query) -> Candidates:
    """Return every paper that meets the query's conditions, where it asks nothing else."""
    allowed = generation.records.matching(query.filters)
    positions = np.arange(generation.records.count) if allowed is None else allowed
    return Candidates(positions, {"conditions": np.ones(len(positions), np.float32)})


def _allow(scores: Scores, allowed: Positions | None) -> Scores:
    """Return the scores with those of papers that are not allowed at 0."""
    if allowed is None:
        return scores
    kept = np.zeros_like(scores)
    kept[allowed] = scores[allowed]
    return kept


def _union(shares: Scores, generation: Generation, vector: Cosines, depth: int, allowed: Positions | None) -> Positions:
    """Return the union of both signals' best, ascending."""
    matching = np.flatnonzero(shares)
    if len(matching) > depth:
        matching = matching[np.argpartition(-shares[matching], depth - 1)[:depth]]
    return np.union1d(matching, generation.dense.search(vector, depth, allowed)[0])
