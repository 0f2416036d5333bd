"""What a claim and a source are compared by, each signal with a meaning of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from .alignment import Alignment, Matrix, Row, Text, align
from .lexicon import UNIVERSAL, axes
from .names import Known
from .numbers import Disagreement, Number, disagreements, numbers

_STRETCH = 3  # content words in a row, the least covered of which tells that a part of the claim is not there


@dataclass(frozen=True, slots=True)
class Signals:
    cosine: float
    maxsim: float
    covered: float
    placed: float
    stretch: float
    exact: float
    names: float
    figures: float
    counts: float
    negated: float
    opposed: float
    denied: float
    exchanged: float
    overclaim: float

    def features(self) -> tuple[float, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Source:
    text: Text
    known: Known
    numbers: tuple[Number, ...]


def compare(claim: str, words: Text, source: Source, iso=None) -> tuple[Signals, Alignment]:
    a = align(words, source.text, iso)
    cos = (words.whole @ source.text.whole.T).max() if source.text.whole.size else 0.0
    sims = np.zeros(len(source.text.whole))
    if len(a.claim):
        for s in range(len(sims)):
            inside = source.text.sentences == s
            sims[s] = a.alike[:, inside].max(axis=1).mean() if inside.any() else 0
    cov = a.alike.max(axis=1, initial=0)
    placed = a.placed.max(axis=1, initial=0)
    wrong = disagreements(numbers(claim), source.numbers)
    known = {w.stem for w in source.text.words} | {w.text.lower() for w in source.text.words}
    over = sum(w.text.lower() in UNIVERSAL and w.stem not in known for w in words.words)
    run = min((float(np.mean(cov[i : i + _STRETCH])) for i in range(max(1, len(cov) - _STRETCH + 1))), default=0.0) if len(cov) else 0.0
    return Signals(
        float(cos), float(sims.max(initial=0)), float(cov.mean()) if len(a.claim) else 0.0,
        float(placed.mean()) if len(a.claim) else 0.0, run, float(a.exact.mean()) if len(a.claim) else 0.0,
        min(2.0, len(source.known.missing(claim))), min(2.0, sum(not d.claimed.counted or d.instead is not None for d in wrong)),
        min(2.0, sum(d.claimed.counted and d.instead is None for d in wrong)), float(a.negated.max(initial=0)), float(a.opposed.max(initial=0)), a.denied, a.exchanged, min(2.0, over),
    ), a
