"""Word by word: where in a source each word of a claim stands, and how much of its company stands there too."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.cache import Tokens, Vector

from .words import Word

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Row = np.ndarray[tuple[int], np.dtype[np.float32]]

_NEIGHBOURS = 3  # content words on either side in the claim that make a word's company
_REACH = 6  # words on either side in the source among which the company is looked for
_APART, _ALIKE = 0.30, 0.75  # cosines of token vectors: unrelated words, and words as good as the same
_SIMILAR = 0.9  # what the most similar words count that have not the same stem


@dataclass(frozen=True)
class Text:
    """A claim or a source as words and vectors.

    Attributes:
        words: in order; of a source, those of all its sentences, one sentence after the other.
        vectors: a unit vector for each word, the mean of its tokens', or zeros; shape (words, dimension).
        sentences: which sentence each word stands in, shape (words,).
        whole: a unit vector for each sentence, or zeros, shape (sentences, dimension).
    """

    words: tuple[Word, ...]
    vectors: Matrix
    sentences: np.ndarray
    whole: Matrix

    @cached_property
    def stems(self) -> np.ndarray:
        """The words' stems as hashes, which compare ten times faster, shape (words,)."""
        return np.array([hash(word.stem) for word in self.words], np.int64)

    @cached_property
    def content(self) -> np.ndarray:
        """Which words tell what it is about, shape (words,)."""
        return np.array([word.content for word in self.words], bool)

    @cached_property
    def signs(self) -> Row:
        """Each word's polarity, -1 to 1, shape (words,)."""
        return np.array([word.sign for word in self.words], np.float32)

    def among(self, start: int, end: int) -> "Text":
        """Return the part whose words stand at positions [start, end) of `words`."""
        return Text(self.words[start:end], self.vectors[start:end], self.sentences[start:end], self.whole)


def word_vectors(words: Sequence[Word], spans: Sequence[tuple[int, int]], tokens: Tokens) -> Matrix:
    """Return a unit vector for each word, shape (words, dimension); zeros for one beyond the encoder's window.

    Args:
        spans: where each token stands in the text.
        tokens: the tokens' vectors, shape (tokens within the window, dimension).
    """
    starts = np.array([start for start, _ in spans][: len(tokens)], np.int64)
    sums = np.vstack([np.zeros((1, tokens.shape[1]), np.float32), np.cumsum(tokens, axis=0, dtype=np.float32)])
    first = np.searchsorted(starts, [word.start for word in words])
    last = np.searchsorted(starts, [word.end for word in words])
    vectors = sums[last] - sums[first]
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: Matrix = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return units


Part = tuple[Sequence[Word], Matrix, Vector]
"""A sentence as its words, their vectors and its own vector."""


def joined(parts: Sequence[Part]) -> Text:
    """Return one text of several sentences."""
    counts = [len(words) for words, _, _ in parts]
    return Text(
        tuple(word for words, _, _ in parts for word in words),
        np.concatenate([vectors for _, vectors, _ in parts]),
        np.repeat(np.arange(len(parts)), counts),
        np.array([whole for _, _, whole in parts], np.float32),
    )


@dataclass(frozen=True, slots=True)
class Alignment:
    """A claim's content words against all words of a source; both matrices have shape (claim, source).

    Attributes:
        claim: the claim's content words, in order.
        alike: how far two words are the same, 0 to 1; 1 for words of one stem.
        company: the share of the claim word's neighbours that stand near the source word, 0 to 1.
        best: for each claim word, the greatest `alike`.
    """

    claim: tuple[Word, ...]
    alike: Matrix
    company: Matrix
    best: Row


def align(claim: Text, source: Text) -> Alignment:
    """Compare each content word of the claim with each word of the source."""
    rows = np.flatnonzero(claim.content)
    own = tuple(claim.words[i] for i in rows)
    # On matrices this small, BLAS spends more on its threads than on the sums.
    cosines = np.einsum("id,jd->ij", claim.vectors[rows], source.vectors)
    similar = np.clip((cosines - _APART) / (_ALIKE - _APART), 0, 1) * _SIMILAR
    same = claim.stems[rows][:, None] == source.stems[None, :]
    alike = np.where(same, 1, similar).astype(np.float32) * source.content
    return Alignment(own, alike, _company(own, alike, source.sentences), alike.max(axis=1, initial=0))


def _company(claim: Sequence[Word], alike: Matrix, sentences: np.ndarray) -> Matrix:
    """Return, for each pair, the share of the claim word's neighbours that stand near the source word."""
    near = np.zeros_like(alike)
    for ahead in (step for step in range(-_REACH, _REACH + 1) if step):
        moved = np.roll(alike, -ahead, axis=1)
        together = np.roll(sentences, -ahead) == sentences
        together[slice(None, -ahead) if ahead < 0 else slice(-ahead, None)] = False
        near = np.maximum(near, moved * together)
    company = np.full_like(alike, 0.5)  # of a word without neighbours nothing is known
    for i, word in enumerate(claim):
        others = [
            k
            for k in range(max(0, i - _NEIGHBOURS), min(len(claim), i + _NEIGHBOURS + 1))
            if k != i and abs(claim[k].clause - word.clause) <= 1
        ]
        if others:
            company[i] = near[others].mean(axis=0)
    return company
