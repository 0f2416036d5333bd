"""One generation: the records and both signals over the same papers, written once, then only read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.errors import DamageError
from ingest.paper import Paper

from . import dense, late, lexical, manifest, records
from .dense import Cosines
from .encoder import Encoder, Progress
from .filters import Filters
from .lexical import Scores
from .ranking import DEPTH, Ranked, Scale, candidates, mixture

_FORMAT = 1  # of the files; a generation of another format is rebuilt from its records


def heading_text(paper: Paper) -> str:
    """Return what both signals read before a paper's text: title, topic, headings.

    The outermost heading is left out: it is the same for nearly every paper of a list.
    """
    parts = [paper.title, paper.topic or "", *paper.section[1:]]
    return "".join(part.rstrip(". ") + ". " for part in parts if part)


def full_text(paper: Paper) -> str:
    """Return the text that both signals read: the heading text, then the abstract or summary."""
    return heading_text(paper) + paper.text


def _listed(paper: Paper) -> str:
    """Return what only BM25 reads: names and figures, which mean little to a sentence encoder."""
    return " ".join([*paper.authors, paper.venue or "", str(paper.year or "")])


def write(
    folder: Path,
    papers: Sequence[Paper],
    encoder: Encoder,
    facts: Mapping[str, Any],
    progress: Progress | None = None,
) -> int:
    """Write a generation of these papers into `folder`; return how many texts were embedded."""
    texts = [full_text(paper) for paper in papers]
    keep_tokens = late.fits(len(texts), encoder.dimension)
    encoded, computed = encoder.encode(texts, keep_tokens, progress)
    vectors = np.array([one.sentence for one in encoded], np.float32).reshape(-1, encoder.dimension)
    dense.write(folder, vectors)
    if tokens := [one.tokens for one in encoded if one.tokens is not None]:
        late.write(folder, tokens)
    lexical.write(
        folder, [lexical.terms(f"{text} {_listed(paper)}") for text, paper in zip(texts, papers, strict=True)]
    )
    records.write(folder, papers, {**facts, "model": encoder.spec, "model_id": encoder.id})
    manifest.write(folder, {"format": _FORMAT, "papers": len(papers)})
    return computed


@dataclass(frozen=True, slots=True)
class Found:
    """What one query finds: the ranked candidates, and what confidence is judged by.

    Attributes:
        weights: the query's terms with their inverse document frequency.
        coverage: for each ranked candidate, the share of that weight which its text covers.
        cosines: for each ranked candidate, its cosine with the query.
        unknown: the query's words that no paper has.
    """

    ranked: Ranked
    weights: Mapping[str, float]
    coverage: Scores
    cosines: Cosines
    unknown: tuple[str, ...]


class Generation:
    """A generation, opened."""

    def __init__(self, folder: Path) -> None:
        """Open the generation in `folder`.

        Raises:
            DamageError: a file is missing or not as it was written, or of another format.
        """
        found = manifest.read(folder).get("format")
        if found != _FORMAT:
            raise DamageError(f"{folder} has format {found}, this program reads {_FORMAT}")
        self.name = folder.name
        self.records = records.Records(folder)
        self._lexical = lexical.Lexical(folder, self.records.count)
        self._dense = dense.Dense(folder)
        self.late = late.Late(folder) if late.Late.stored_in(folder) else None

    def has_term(self, position: int, term: str) -> bool:
        """Whether the paper at `position` has a term."""
        return self._lexical.has(position, term)

    def search(self, query: str, vector: Cosines, filters: Filters) -> Found:
        """Rank the papers that pass the filters.

        Args:
            query: the words.
            vector: their unit vector, shape (dimension,).
        """
        query_terms = lexical.terms(query)
        weights = {term: self._lexical.idf(term) for term in query_terms}
        scores = self._lexical.scores(query_terms)
        nearest, near = self._dense.search(vector, DEPTH)
        # A filter takes papers away; it does not change what the others score.
        scale = Scale(float(scores.max(initial=0)), *near[[0, -1]].tolist()) if len(near) else Scale(0, 0, 0)
        allowed = self.records.matching(filters)
        if allowed is not None:
            outside = np.ones(self.records.count, bool)
            outside[allowed] = False
            scores[outside] = 0
            nearest, near = self._dense.search(vector, DEPTH, allowed)
        positions = candidates(scores, nearest)
        cosines = self._dense.cosines(vector, positions)
        ranked, order = mixture(positions, scores[positions], cosines, scale)
        return Found(
            ranked,
            weights,
            self._lexical.coverage(weights, ranked.positions),
            cosines[order],
            tuple(self._lexical.unknown(query)),
        )
