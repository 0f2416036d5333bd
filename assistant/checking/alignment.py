"""Word by word: where in a source each word of a claim stands, in what company, and with what polarity."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.cache import Tokens

from .words import Word

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Row = np.ndarray[tuple[int], np.dtype[np.float32]]

_NEIGHBOURS = 3  # content words on either side in the claim that make a word's company
_REACH = 6  # words on either side in the source among which the company is looked for
_SAME = 0.55  # of which two words count as one
_APART, _ALIKE = 0.30, 0.75  # cosines of token vectors: unrelated words, and words as good as the same


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its words and their vectors.

    Attributes:
        vectors: a unit vector for each word, the mean of its tokens', shape (words, dimension).
        sentences: which sentence each word stands in, shape (words,).
        whole: a unit vector for each sentence, the mean of its tokens', shape (sentences, dimension).
    """

    words: tuple[Word, ...]
    vectors: Matrix
    sentences: np.ndarray
    whole: Matrix


def word_vectors(words: Sequence[Word], spans: Sequence[tuple[int, int]], tokens: Tokens) -> Matrix:
    """Return a unit vector for each word; a word beyond the encoder's window has none, that is zeros."""
    starts = np.array([start for start, _ in spans][: len(tokens)], np.int64)
    totals = np.vstack([np.zeros((1, tokens.shape[1]), np.float32), np.cumsum(tokens.astype(np.float32), axis=0)])
    first = np.searchsorted(starts, [word.start for word in words])
    last = np.searchsorted(starts, [word.end for word in words])
    return units(totals[last] - totals[first])


def units(vectors: Matrix) -> Matrix:
    """Scale each row to length 1; rows of zeros stay."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Matrix = vectors / np.where(norms > 0, norms, 1)
    return scaled


@dataclass(frozen=True, slots=True)
class Alignment:
    """A claim's content words against a source's words.

    Attributes:
        claim: the claim's content words, in order.
        alike: how far each is the same as each of the source's words, 0 to 1, shape (claim words, source words).
        placed: the same, weighed by how much of the word's company stands near that place.
        negated: for each claim word, how far the source's best place for it is negated where the claim is not, or not where it is.
        opposed: for each, how far the source has its opposite in that place instead.
    """

    claim: tuple[Word, ...]
    alike: Matrix
    placed: Matrix
    exact: Row
    negated: Row
    opposed: Row
    denied: float
    exchanged: float


def align(claim: Text, source: Text, iso=None) -> Alignment:
    """Compare each content word of the claim with each word of the source."""
    at = [i for i, word in enumerate(claim.words) if word.content]
    own = tuple(claim.words[i] for i in at)
    other = source.words
    stems = np.array([[a.stem == b.stem for b in other] for a in own], bool).reshape(len(own), len(other))
    cosines = claim.vectors[at] @ source.vectors.T
    soft = np.clip((cosines - _APART) / (_ALIKE - _APART), 0, 1) * 0.9
    if iso is not None:
        soft = iso(soft, cosines, own, other)
    content = np.array([b.content for b in other], bool)
    alike = np.where(stems, 1.0, soft).astype(np.float32) * content
    company = _company(own, alike, source.sentences)
    placed = alike * (0.3 + 0.7 * company)
    p, q = np.array([a.sign for a in own]), np.array([b.sign for b in other])
    agreed = np.outer(p, q)
    facing = _facing(own, other)  # 1 where two words have the same direction, -1 opposite ones
    match = np.where(stems | (facing != 0), 1.0, np.where(alike >= _SAME, alike, 0))
    from .sides import exchanged
    swap = exchanged(claim.words, other, source.sentences, np.where(stems, 1.0, np.where(alike>=.9,alike,alike*.5)).astype(np.float32)*content, facing)
    facing = np.where(facing == 0, 1, facing)
    truth = agreed * facing
    likely = match * (0.1 + company)
    negated = _dominance(likely * (1 + truth) / 2, np.where(agreed < 0, likely, 0) * (1 - truth) / 2)
    opposed = _opposed(claim.words, other, own)
    cued = np.array([a.negation >= 0.7 for a in own])
    borne = np.where((truth > 0) & ((q < 0)[None, :] | (facing < 0)), placed, 0).max(axis=1, initial=0)
    denied = 1 - float(borne[cued].max()) if cued.any() else 0.0
    return Alignment(own, alike, placed, stems.any(axis=1).astype(np.float32), negated, opposed, denied, swap)


_DETERMINERS = frozenset("a an the its their of more most much only".split())


def _heads(words: Sequence[Word]) -> list[tuple[Word, list[str]]]:
    """Return each word that has an opposite with the content words that directly follow it, up to three."""
    found = []
    for at, word in enumerate(words):
        if not word.places:
            continue
        heads: list[str] = []
        for later in words[at + 1 : at + 8]:
            if later.start == word.start:
                continue
            if later.text.lower() in _DETERMINERS:
                continue
            if not later.content or later.clause != word.clause or len(heads) == 3:
                break
            heads.append(later.stem)
        found.append((word, heads))
    return found


def _opposed(claim: Sequence[Word], source: Sequence[Word], own: Sequence[Word]) -> Row:
    """Return, for each content word of the claim, 1 where the source says the opposite of the same thing."""
    same: dict[tuple[int, int], set[str]] = {}
    for word, heads in _heads(source):
        for axis, direction in word.places:
            same.setdefault((axis, direction * (1 if word.sign > 0 else -1)), set()).update(heads)
    wrong = set()
    for word, heads in _heads(claim):
        for axis, direction in word.places:
            way = direction * (1 if word.sign > 0 else -1)
            agree, against = same.get((axis, way), set()), same.get((axis, -way), set())
            if set(heads) & (against - agree) and not set(heads) & (agree - against):
                wrong.add((word.start, word.stem))
    return np.array([float((word.start, word.stem) in wrong) for word in own], np.float32)


def _facing(own: Sequence[Word], other: Sequence[Word]) -> Matrix:
    facing = np.zeros((len(own), len(other)), np.float32)
    for i, a in enumerate(own):
        for j, b in enumerate(other):
            if a.places and b.places:
                for x, d in a.places:
                    for y, e in b.places:
                        if x == y and (facing[i, j] == 0 or a.stem == b.stem):
                            facing[i, j] = d * e
            if a.stem == b.stem and facing[i, j] < 0:
                facing[i, j] = 1
    return facing


def _dominance(mine: Matrix, theirs: Matrix) -> Row:
    """Return, for each row, how clearly its best place of `theirs` beats that of `mine`, 0 to 1."""
    a, b = mine.max(axis=1, initial=0), theirs.max(axis=1, initial=0)
    found: Row = np.maximum(b - a, 0) / np.maximum(a + b, 1e-6) * np.minimum(1, b / 0.5)
    return found


def _company(
    claim: Sequence[Word], alike: Matrix, sentences: np.ndarray, sides=(-3, 3), reach=(-6, 6)
) -> Matrix:
    """Return, for each pair, the share of the claim word's neighbours that stand near the source word."""
    near = np.zeros_like(alike)
    for ahead in range(reach[0], reach[1] + 1):
        if ahead == 0:
            continue
        moved = np.roll(alike, -ahead, axis=1)
        together = np.roll(sentences, -ahead) == sentences
        if ahead < 0:
            together[:-ahead] = False
        else:
            together[-ahead:] = False
        near = np.maximum(near, np.where(together[None, :], moved, 0))
    company = np.zeros_like(alike)
    for i in range(len(claim)):
        others = [
            k
            for k in range(max(0, i + sides[0]), min(len(claim), i + sides[1] + 1))
            if k != i and abs(claim[k].clause - claim[i].clause) <= 1
        ]
        company[i] = near[others].mean(axis=0) if others else 0.5
    return company
