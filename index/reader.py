"""`Reader`: reads the papers that a query brings up, token by token, for the sentence that answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ingest.paper import Paper

from .cache import Tokens
from .encoder import Encoded, Encoder
from .generation import Generation, full_text, heading_text
from .late import Similarities, similarities
from .passages import Passage, best_passage, sentences, token_weights


@dataclass(frozen=True, slots=True)
class Match:
    """How a paper's tokens meet the query's.

    Attributes:
        similarity: of query tokens and paper tokens, shape (query tokens, paper tokens).
        maxsim: the mean over the query's tokens of their best similarity.
        weighted: the same with each token weighted by its word's IDF.
        weakest: the least best similarity of a token that has any weight.
    """

    similarity: Similarities
    maxsim: float
    weighted: float
    weakest: float


class Reader:
    """Reads papers of one generation for one query."""

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        query: str,
        encoded: Encoded,
        weights: Mapping[str, float],
        brief: bool = False,
    ) -> None:
        """`encoded` is the query's encoding with its tokens, `weights` its terms with their IDF.

        A `brief` one embeds no paper: where no token vectors are stored, nothing matches.
        """
        if encoded.tokens is None:
            raise ValueError("a reader needs the query's token vectors")
        self._late = generation.late
        self._reads = not brief or self._late is not None
        self._runtime = encoder.runtime
        self._query = encoded.tokens
        self._weights = token_weights(query, self._runtime.spans(query), weights)[: len(encoded.tokens)]

    def match(self, position: int, paper: Paper) -> Match:
        """Compare the tokens of the paper at `position` with the query's."""
        tokens = self._tokens(position, paper) if self._reads else None
        if tokens is None or not len(tokens) or not len(self._query):
            return Match(np.zeros((len(self._query), 0), np.float32), 0.0, 0.0, 0.0)
        similarity = similarities(self._query, tokens)
        best = similarity.max(axis=1)
        weighted = float(self._weights @ best / self._weights.sum())
        return Match(similarity, float(best.mean()), weighted, float(best[self._weights > 0].min()))

    def _tokens(self, position: int, paper: Paper) -> Tokens | None:
        return self._late.tokens(position) if self._late else self._runtime.tokens(full_text(paper))

    def passage(self, match: Match, paper: Paper) -> Passage | None:
        """Return the sentence of a matched paper's text that answers best; None if it has no text."""
        parts = sentences(paper.text)
        if len(parts) < 2 or not match.similarity.size:
            return next(iter(parts), None)
        offset = len(heading_text(paper))
        spans = [(start - offset, end - offset) for start, end in self._runtime.spans(full_text(paper))]
        return best_passage(parts, self._weights, match.similarity, spans)
