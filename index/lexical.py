"""The lexical signals: BM25 (Robertson and Zaragoza 2009) over terms, and over pairs of neighbours.

A document's part of a query's score is computed when the index is written, one column a term, so
that a search only adds columns up (as bm25s does: Lu 2024, arXiv 2407.03618). A score is given as
the share of the query's own weight that a document earns, 0 to 1: a query few words of which are
here scores low everywhere, and then other signals decide (the theoretical maximum as the scale is
Bruch et al. 2023, arXiv 2210.11934).
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np

Scores = np.ndarray[tuple[int], np.dtype[np.float32]]
Codes = np.ndarray[tuple[int], np.dtype[np.uint64]]

K1, B = 1.2, 0.75  # the customary values for short documents, as in Lucene
_FIELDS = ("words", "pairs")
_PAIRING = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit of the first word is lost


def write(folder: Path, documents: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
    """Index documents into `folder`.

    Args:
        documents: of each, the terms of its running text, whose neighbours make pairs, and terms
            that stand alone.
    """
    known: dict[str, int] = {}
    words, pairs = [], []
    for running, alone in documents:
        codes = _codes([*running, *alone], known)
        words.append(codes)
        pairs.append(_pairs(codes[: len(running)]))
    _Columns.write(folder, "words", words)
    _Columns.write(folder, "pairs", pairs)


class Lexical:
    """The lexical index of one generation."""

    def __init__(self, folder: Path, count: int) -> None:
        """Open the index of `count` documents in `folder`."""
        self.count = count
        self._words, self._pairs = (_Columns(folder, field, count) for field in _FIELDS)

    def words(self, weights: Mapping[str, float]) -> Scores:
        """Return every document's share of a query, shape (count,), given as its terms with their weights."""
        return self._words.share(_codes(list(weights)), list(weights.values()))

    def pairs(self, terms: Sequence[str]) -> Scores:
        """Return every document's share of the pairs of neighbours in a query, given as its terms in order."""
        pairs = _pairs(_codes(terms))
        return self._pairs.share(pairs, [1.0] * len(pairs))

    def idf(self, term: str) -> float:
        """Return the term's inverse document frequency, log(1 + (N - n + 0.5) / (n + 0.5))."""
        return self._words.idf(self._code(term))

    def has(self, document: int, term: str) -> bool:
        """Whether a document has the term."""
        return bool((self._words.column(self._code(term))[0] == document).any())

    def knows(self, term: str) -> bool:
        """Whether any document has the term."""
        return len(self._words.column(self._code(term))[0]) > 0

    def _code(self, term: str) -> np.uint64:
        code: np.uint64 = _codes([term])[0]
        return code


class _Columns:
    """Each term's documents and its part of their scores; terms are known by 64 bits of their hash."""

    def __init__(self, folder: Path, field: str, count: int) -> None:
        self._count = count
        self._terms, self._starts, self._documents, self._parts = (
            np.load(folder / f"{field}-{part}.npy", mmap_mode="r", allow_pickle=False)
            for part in ("terms", "starts", "documents", "parts")
        )

    @staticmethod
    def write(folder: Path, field: str, documents: Sequence[Codes]) -> None:
        lengths = np.array([len(d) for d in documents], np.float32)
        codes = np.concatenate([*documents, np.empty(0, np.uint64)])
        owners = np.repeat(np.arange(len(documents), dtype=np.int32), lengths.astype(np.int64))
        order = np.lexsort((owners, codes))
        codes, owners = codes[order], owners[order]
        fresh = np.ones(len(codes), bool)  # where another term or another document begins
        fresh[1:] = (codes[1:] != codes[:-1]) | (owners[1:] != owners[:-1])
        first = np.flatnonzero(fresh)
        frequency = np.diff(np.append(first, len(codes))).astype(np.float32)
        owners = owners[first]
        terms, starts, found = np.unique(codes[first], return_index=True, return_counts=True)
        norm = K1 * (1 - B + B * lengths[owners] / max(float(lengths.mean()) if len(lengths) else 0.0, 1e-9))
        parts = np.repeat(_idf(len(documents), found), found) * frequency / (frequency + norm)
        for part, values in (
            ("terms", terms),
            ("starts", np.append(starts, len(owners)).astype(np.int64)),
            ("documents", owners),
            ("parts", parts.astype(np.float32)),
        ):
            np.save(folder / f"{field}-{part}.npy", values, allow_pickle=False)

    def column(self, code: np.uint64) -> tuple[np.ndarray, np.ndarray]:
        """Return the documents that have a term, ascending, and its part of their scores."""
        at = int(np.searchsorted(self._terms, code))
        if at == len(self._terms) or self._terms[at] != code:
            return self._documents[:0], self._parts[:0]
        start, end = self._starts[at], self._starts[at + 1]
        return self._documents[start:end], self._parts[start:end]

    def idf(self, code: np.uint64) -> float:
        return float(_idf(self._count, len(self.column(code)[0])))

    def share(self, codes: Codes, weights: Sequence[float]) -> Scores:
        """Return every document's score over what a document with all terms in abundance would have."""
        scores = np.zeros(self._count, np.float32)
        whole = 0.0
        for code, weight in zip(codes, weights, strict=True):
            documents, parts = self.column(code)
            scores[documents] += np.float32(weight) * parts
            whole += weight * float(_idf(self._count, len(documents)))
        return scores / np.float32(max(whole, 1e-9))


def _idf(count: int, found: int | np.ndarray) -> np.ndarray:
    return np.log1p((count - found + 0.5) / (found + np.float64(0.5)))


def _codes(terms: Sequence[str], known: dict[str, int] | None = None) -> Codes:
    """Return each term's code; `known` keeps those that were hashed before."""
    known = {} if known is None else known
    for term in terms:
        if term not in known:
            known[term] = int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")
    return np.array([known[term] for term in terms], np.uint64)


def _pairs(codes: Codes) -> Codes:
    """Return the codes of neighbours; the order of the two words matters."""
    return codes[:-1] * _PAIRING + codes[1:]
