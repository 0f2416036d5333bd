"""Sentences of a paper's text, and the one that answers a query best."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .late import Similarities
from .lexical import Scores
from .words import terms

# A sentence ends at . ! or ? before white space and something that can begin the next one,
_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
# but not after these, nor after a single capital letter ("J. Smith").
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|etc|cf|vs|w\.r\.t|a\.k\.a|viz|ca|pp|[Ff]igs?|[Ee]qs?|Secs?|Tab|Refs?|Ch|App|Alg|Thm"
    r"|No|Dr|Prof|Jr|St|approx|resp|incl)|\b[A-Z])\.$"
)
_LONGEST_ABBREVIATION = 8  # characters, with its stop

_OPENING = 0.82  # of its score counts for an opening sentence


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a paper's text: `text == paper.text[start:end]`, byte for byte."""

    text: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "start": self.start, "end": self.end}


def sentences(text: str) -> list[Passage]:
    """Cut a text into its sentences, in order; blanks between them belong to none."""
    found: list[Passage] = []
    start = 0
    for match in _END.finditer(text):
        end = match.start() + len(match.group().rstrip())
        if not _ABBREVIATION.search(text, max(start, end - _LONGEST_ABBREVIATION), end):
            found.append(Passage(text[start:end], start, end))
            start = match.end()
    rest = text[start:].rstrip()
    if rest:
        found.append(Passage(rest, start, start + len(rest)))
    return found


def token_weights(query: str, spans: Sequence[tuple[int, int]], weights: Mapping[str, float]) -> Scores:
    """Return the weight of each of the query's tokens, shape (tokens,): that of the word it is part of.

    Args:
        spans: where each token stands in the query.
        weights: the query's terms with their weights (IDF); function words have none. Where no
            term has any, all tokens count the same.
    """
    found = np.zeros(len(spans), np.float32)
    for match in re.finditer(r"\w+", query):
        weight = sum(weights.get(term, 0.0) for term in terms(match.group()))
        for i, (start, end) in enumerate(spans):
            if match.start() <= start and end <= match.end():
                found[i] = weight
    return found if found.any() else np.ones(len(spans), np.float32)


def best_passage(
    parts: Sequence[Passage],
    weights: Scores,
    similarity: Similarities,
    spans: Sequence[tuple[int, int]],
) -> Passage:
    """Return the sentence with the greatest weighted MaxSim; of equals the first.

    An opening sentence tells the background of a work rather than the work, so it must win clearly.

    Args:
        parts: the text's sentences, at least one.
        weights: each query token's weight, shape (query tokens,).
        similarity: of query tokens and text tokens, shape (query tokens, text tokens).
        spans: where each text token stands in the text. Sentences beyond the encoder's window
            have no tokens, and are not chosen.
    """
    starts = np.array([start for start, _ in spans][: similarity.shape[1]])
    scores = []
    for i, part in enumerate(parts):
        inside = (starts >= part.start) & (starts < part.end)
        score = float(weights @ similarity[:, inside].max(axis=1)) if inside.any() else -1.0
        scores.append(score * _OPENING if i == 0 else score)
    return parts[int(np.argmax(scores))]
