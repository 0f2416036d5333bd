"""What passages want: the papers that a passage of a draft should cite, and which of its sentences want them.

A paper's score is made of what it has in common with the passage as a whole and with its sentences
one by one, the best counting most; of how surely one sentence wants it; of the scores of the papers
nearest to it and of those filed under the same headings, which tend to be wanted together; and of
its likeness to the best three. The weights were chosen on eight paragraphs (benchmarks/RESULTS.md)
and lie on a plateau.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.paper import Paper

from . import candidates, ranking
from .candidates import Sentences
from .confidence import Calibration, Grounds, Need
from .dense import Matrix
from .encoder import Encoded, Encoder, Progress
from .filters import Filters
from .generation import Generation, full_text
from .hits import Related, Want
from .late import similarities
from .lexical import Scores
from .passages import Passage, token_weights
from .query import literal_query
from .reader import Reader
from .words import terms

_OWN = {"lexical": 2.0, "dense": 1.0, "sentences": 3.0}
_WANTED = {"own": 0.7, "want": 0.3}
_TOGETHER = {"wanted": 1.25, "neighbours": 1.0, "company": 0.5, "feedback": 0.2}
_READ = 60  # best papers of a passage that are compared token by token
_READ_AFRESH = 10  # the same where token vectors are not stored, and cost too much
_LEAST = 3  # terms of a sentence that wants anything: "Their cost is large." is true of any paper
_ENCODED_AT_ONCE = 16  # passages
_SHOWN = 10  # best papers of a passage for which the sentence that answers is looked up,
_SURE = 0.5  # and probability from which it is looked up for others too


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage, encoded.

    Attributes:
        idf: its terms with their weights.
        weights: each token's weight, shape (tokens,).
    """

    text: str
    encoded: Encoded
    idf: dict[str, float]
    weights: Scores


@dataclass(frozen=True, slots=True)
class _Late:
    """How sentences and papers meet token by token, each of shape (sentences, papers): MaxSim, and weighted by IDF."""

    maxsim: Matrix
    weighted: Matrix


def related(
    generation: Generation,
    encoder: Encoder,
    calibration: Calibration,
    passages: Sequence[Sequence[str]],
    filters: Filters,
    progress: Progress | None = None,
) -> Iterator[list[Related]]:
    """Yield for each passage, given as its sentences, the papers that it wants, best first.

    Args:
        progress: called as passages are done.
    """
    pages = _Pages(generation, encoder)
    encoded: Iterator[Encoded] = iter(())
    for done, sentences in enumerate(passages, 1):
        if done % _ENCODED_AT_ONCE == 1:
            some = passages[done - 1 : done - 1 + _ENCODED_AT_ONCE]
            encoded = iter(encoder.encode_queries([text for one in some for text in one]))
        own = [_sentence(sentence, next(encoded), generation, encoder) for sentence in sentences]
        query = literal_query(" ".join(sentences), generation, filters)
        vectors = np.array([one.encoded.sentence for one in own])
        # The mean of its sentences stands for a passage: it is as good as its own vector, and knows no longest text.
        found = candidates.for_sentences(generation, query, vectors.mean(axis=0), sentences, vectors)
        yield _Passage(pages, encoder, calibration, own, found).related() if len(found.candidates) else []
        if progress:
            progress(done, len(passages))


def _sentence(text: str, encoded: Encoded, generation: Generation, encoder: Encoder) -> _Sentence:
    assert encoded.tokens is not None
    idf = {term: generation.lexical.idf(term) for term in terms(text)}
    return _Sentence(text, encoded, idf, token_weights(text, encoder.runtime.spans(text), idf)[: len(encoded.tokens)])


class _Pages:
    """A generation's papers with their token vectors; those that are not stored are kept for the passages to come."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self.generation = generation
        self.most = _READ if generation.late else _READ_AFRESH
        self._encoder = encoder
        self._afresh: dict[int, np.ndarray] = {}

    def tokens(self, positions: Sequence[int], papers: Sequence[Paper]) -> list[np.ndarray]:
        """Return the papers' token vectors, each of shape (tokens, dimension)."""
        if self.generation.late:
            return [self.generation.late.tokens(position) for position in positions]
        new = {p: full_text(paper) for p, paper in zip(positions, papers, strict=True) if p not in self._afresh}
        for position, one in zip(new, self._encoder.runtime.encode(list(new.values())), strict=True):
            assert one.tokens is not None
            self._afresh[position] = one.tokens
        return [self._afresh[position] for position in positions]


class _Passage:
    """One passage with its candidates, which are scored, read and told."""

    def __init__(
        self,
        pages: _Pages,
        encoder: Encoder,
        calibration: Calibration,
        sentences: Sequence[_Sentence],
        found: Sentences,
    ) -> None:
        self._pages, self._encoder, self._calibration = pages, encoder, calibration
        self._sentences, self._found = sentences, found

    def related(self) -> list[Related]:
        """Return the papers that were read token by token, best first."""
        found = self._found
        near = ranking.order(self._scored((found.lexical + found.dense) * np.float32(1 / 2)))[: self._pages.most]
        positions = [int(found.candidates.positions[i]) for i in near]
        papers = self._pages.generation.records.at(positions)
        late = _compared(self._sentences, self._pages.tokens(positions, papers))
        every = np.zeros_like(found.lexical)
        every[:, near] = late.weighted
        wants = self._wants(near, papers, late)
        surest = [max(want.relevance for want in own) for own in wants]
        signals = {"own": self._scored((found.lexical + found.dense + every) * np.float32(1 / 3))}
        signals["want"] = np.zeros_like(signals["own"])
        signals["want"][near] = surest
        total = self._in_company(ranking.total(signals, _WANTED), near, papers)
        best_first = sorted(range(len(near)), key=lambda i: -total[near[i]])
        told = []
        for rank, i in enumerate(best_first):
            need = Need(float(total[near[i]]), surest[i], len(self._sentences))
            relevance = self._calibration.needed(need.features())
            shown = self._answer(positions[i], papers[i], wants[i]) if rank < _SHOWN or relevance >= _SURE else None
            worth = self._worth_telling(wants[i], relevance)
            told.append(Related(papers[i], need.score, relevance, need, worth, shown, found.vectors[near[i]]))
        return told

    def _worth_telling(self, wants: Sequence[Want], relevance: float) -> tuple[Want, ...]:
        cut = self._calibration.relevance_cut
        found = tuple(want for want in wants if want.relevance >= cut)
        return found or ((max(wants, key=lambda want: want.relevance),) if relevance >= cut else ())

    def _scored(self, sentences: Matrix) -> Scores:
        """Return the candidates' scores, shape (candidates,), given those for each sentence."""
        signals = {**self._found.candidates.signals, "sentences": ranking.sharp_mean(sentences)}
        return ranking.total(signals, _OWN)

    def _in_company(self, wanted: Scores, near: Sequence[int], papers: Sequence[Paper]) -> Scores:
        """Return the scores with those of the papers that each is like, and that its list files with it."""
        vectors = self._found.vectors
        company = np.zeros_like(wanted)
        company[near] = ranking.best_in_company(papers, [float(wanted[i]) for i in near])
        signals = {"wanted": wanted, "neighbours": ranking.neighbours(vectors, wanted), "company": company}
        signals["feedback"] = ranking.feedback(vectors, ranking.total(signals, _TOGETHER))
        return ranking.total(signals, _TOGETHER)

    def _wants(self, near: Sequence[int], papers: Sequence[Paper], late: _Late) -> list[list[Want]]:
        """Return for each paper how probably each sentence wants it, judged as a search for the sentence would."""
        found = self._found
        strength = (found.lexical[:, near] + found.dense[:, near] + (late.maxsim + late.weighted) / 2) / 3
        wants: list[list[Want]] = [[] for _ in papers]
        for number, row in enumerate(strength):
            company = ranking.best_in_company(papers, [float(value) for value in row])
            for i, own in enumerate(wants):
                grounds = Grounds(float(row[i]), float(late.weighted[number, i]), company[i])
                says = len(self._sentences[number].idf) >= _LEAST
                own.append(Want(number, self._calibration.relevant(grounds.features()) if says else 0.0))
        return wants

    def _answer(self, position: int, paper: Paper, wants: Sequence[Want]) -> Passage | None:
        """Return the sentence of a paper's text that answers the sentence which wants it most."""
        sentence = self._sentences[max(wants, key=lambda want: want.relevance).sentence]
        reader = Reader(self._pages.generation, self._encoder, sentence.text, sentence.encoded, sentence.idf)
        return reader.passage(reader.match(position, paper), paper)


def _compared(sentences: Sequence[_Sentence], documents: Sequence[np.ndarray]) -> _Late:
    """Compare every token of the sentences with every token of the documents, all at once."""
    maxsim, weighted = np.zeros((2, len(sentences), len(documents)), np.float32)
    full = [i for i, tokens in enumerate(documents) if len(tokens)]
    queries = [sentence.encoded.tokens for sentence in sentences if sentence.encoded.tokens is not None]
    if not full or not sum(map(len, queries)):
        return _Late(maxsim, weighted)
    similarity = similarities(np.concatenate(queries), np.concatenate([documents[i] for i in full]))
    starts = np.cumsum([0, *(len(documents[i]) for i in full[:-1])])
    best = np.maximum.reduceat(similarity, starts, axis=1)
    row = 0
    for number, sentence in enumerate(sentences):
        own = best[row : row + len(sentence.weights)]
        row += len(own)
        if len(own):
            maxsim[number, full] = own.mean(axis=0)
            weighted[number, full] = sentence.weights @ own / sentence.weights.sum()
    return _Late(maxsim, weighted)
