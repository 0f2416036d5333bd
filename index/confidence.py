"""Scores -> probabilities: is this hit relevant, and does the collection answer the question at all?

Logistic models over signals that mean the same in every collection. Their weights are fitted
once, over all development collections, by `benchmarks/calibrate.py`, and lie in `calibration.json`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Self

import numpy as np


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a query's best hits say of it.

    Attributes:
        maxsim: each hit's MaxSim with the query, its tokens weighted by IDF.
        strength: each hit's mean of BM25's share, cosine and MaxSim.
    """

    maxsim: Sequence[float]
    strength: Sequence[float]

    def features(self) -> tuple[float, ...]:
        """Return the best of each: one good paper is enough for an answer."""
        return (max(self.maxsim, default=0.0), max(self.strength, default=0.0))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What one hit's relevance is judged by.

    Attributes:
        strength: the mean of BM25's share, cosine and MaxSim, 0 to 1.
        maxsim: its MaxSim with the query, tokens weighted by IDF.
        company: the best strength of another hit filed under the same headings; 0 where there is none.
    """

    strength: float
    maxsim: float
    company: float

    def features(self) -> tuple[float, ...]:
        """Return the three, in this order."""
        return (self.strength, self.maxsim, self.company)

    def to_dict(self) -> dict[str, float]:
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Need:
    """What a passage's need of a paper is judged by.

    Attributes:
        score: the paper's score for the passage, 0 to 1.
        surest: the probability of the sentence that wants it most.
        sentences: how many the passage has: the more, the lower the scores of all.
    """

    score: float
    surest: float
    sentences: int

    def features(self) -> tuple[float, ...]:
        """Return the score, the surest want, the logarithm of the length, and its product with the score."""
        length = float(np.log(self.sentences))
        return (self.score, self.surest, length, self.score * length)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: sigmoid(weights · features + bias)."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, features: Sequence[float]) -> float:
        return float(1 / (1 + np.exp(-(np.dot(self.weights, features) + self.bias))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The models and the cuts that go with them.

    Attributes:
        relevant: of `Grounds.features`.
        needed: of `Need.features`.
        answered: of `Evidence.features`.
        relevance_cut: a hit below it does not belong in an answer.
        confidence_cut: a question below it is not answered.
    """

    relevant: Logistic
    needed: Logistic
    answered: Logistic
    relevance_cut: float
    confidence_cut: float

    @classmethod
    def load(cls) -> Self:
        """Read the weights that come with this package."""
        stored = json.loads((files(__package__) / "calibration.json").read_text("utf-8"))
        models = {
            name: Logistic(tuple(stored[name]["weights"]), stored[name]["bias"])
            for name in ("relevant", "needed", "answered")
        }
        return cls(**models, relevance_cut=stored["relevance_cut"], confidence_cut=stored["confidence_cut"])
