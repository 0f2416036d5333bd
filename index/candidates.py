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


@dataclass(frozen=True, slots=True)
class Sentences:
    """What the sentences of a passage bring up together, and what both signals say for each of them.

    Attributes:
        lexical: each sentence's own share, shape (sentences, candidates).
        dense: each sentence's own cosine, likewise.
        vectors: the candidates' unit vectors, shape (candidates, dimension).
    """

    candidates: Candidates
    lexical: Matrix
    dense: Matrix
    vectors: Matrix


def for_sentences(
    generation: Generation, query: Query, vector: Cosines, sentences: Sequence[str], vectors: Matrix
) -> Sentences:
    """Return the candidates of a passage as a whole, and of each of its sentences.

    Args:
        vector: the passage's unit vector, shape (dimension,).
        sentences: its sentences.
        vectors: their unit vectors, shape (sentences, dimension).
    """
    allowed = generation.records.matching(query.filters)
    shares = _allow(generation.lexical.words(query.weights), allowed)
    positions = _union(shares, generation, vector, _DEPTH, allowed)
    own = []
    for sentence, one in zip(sentences, vectors, strict=True):
        own.append(_allow(generation.lexical.words(Counter(terms(sentence))), allowed))
        positions = np.union1d(positions, _union(own[-1], generation, one, _DEPTH_OF_SENTENCE, allowed))
    found = generation.dense.vectors(positions)
    signals = {"lexical": shares[positions], "dense": found @ vector}
    lexical = np.array([scores[positions] for scores in own])
    return Sentences(Candidates(positions, signals), lexical, vectors @ found.T, found)


def for_passage(found: Sentences, scheme: Mapping[str, float]) -> Candidates:
    """Return a passage's candidates with the signals that rank them.

    Args:
        scheme: the signals' weights, by which a first order is made for the signals that need one.
    """
    # Each sentence's score is the sum of two signals; half of it keeps to the scale of one.
    sentences = ranking.sharp_mean((found.lexical + found.dense) * np.float32(1 / 2))
    signals = {**found.candidates.signals, "sentences": sentences}
    first = ranking.total(signals, scheme)
    signals["neighbours"] = ranking.neighbours(found.vectors, first)
    signals["feedback"] = ranking.feedback(found.vectors, first)
    return Candidates(found.candidates.positions, signals)


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
