"""`Reader`: reads the papers that a query brings up, token by token, for the sentence that answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.paper import Paper

from .encoder import Encoded, Encoder
from .generation import Generation, full_text, heading_text
from .late import similarities
from .passages import Passage, best_passage, sentences, token_weights


@dataclass(frozen=True, slots=True)
class Match:
    """How a paper meets a query: its weighted MaxSim, and its best sentence (None without a text)."""

    maxsim: float
    passage: Passage | None


class Reader:
    """Reads papers of one generation for one query."""

    def __init__(
        self, generation: Generation, encoder: Encoder, query: str, encoded: Encoded, weights: Mapping[str, float]
    ) -> None:
        """`encoded` is the query's encoding with its tokens, `weights` its terms with their IDF."""
        if encoded.tokens is None:
            raise ValueError("a reader needs the query's token vectors")
        self._generation = generation
        self._runtime = encoder.runtime
        self._query = encoded.tokens
        self._weights = token_weights(query, self._runtime.spans(query), weights)[: len(encoded.tokens)]

    def read(self, position: int, paper: Paper) -> Match:
        """Read the paper at `position`."""
        text, offset = full_text(paper), len(heading_text(paper))
        late = self._generation.late
        tokens = late.tokens(position) if late else self._runtime.encode([text])[0].tokens
        if tokens is None or not len(tokens) or not len(self._query):
            return Match(0.0, next(iter(sentences(paper.text)), None))
        similarity = similarities(self._query, tokens)
        maxsim = float(self._weights @ similarity.max(axis=1) / self._weights.sum())
        parts = sentences(paper.text)
        if len(parts) < 2:
            return Match(maxsim, parts[0] if parts else None)
        spans = [(start - offset, end - offset) for start, end in self._runtime.spans(text)]
        return Match(maxsim, best_passage(parts, self._weights, similarity, spans))
