"""The lexical signals: BM25 (Robertson and Zaragoza 2009) over terms, and over pairs of neighbours.

A document's part of a query's score is computed when the index is written, one column a term, so
that a search only adds columns up (as bm25s does: Lu 2024, arXiv 2407.03618). A score is given as
the share of the query's own weight that a document earns, 0 to 1: a query few words of which are
here scores low everywhere, and then other signals decide (the theoretical maximum as the scale is
Bruch et al. 2023, arXiv 2210.11934).
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import IO

import numpy as np

from .arrays import ArrayWriter, load

Scores = np.ndarray[tuple[int], np.dtype[np.float32]]
Codes = np.ndarray[tuple[int], np.dtype[np.uint64]]

K1, B = 1.2, 0.75  # the customary values for short documents, as in Lucene
_FIELDS = ("words", "pairs")
_MOST_WAITING = 500_000  # terms of documents in memory before they are written to files
_MOST_KNOWN = 200_000  # terms whose codes are kept
_BUCKETS = 16  # a power of two
_ENTRY = np.dtype([("code", np.uint64), ("document", np.int32)])
_PAIRING = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bit of the first word is lost


class LexicalWriter:
    """Indexes one document after another."""

    def __init__(self, folder: Path) -> None:
        self._fields = [_ColumnWriter(folder, field) for field in _FIELDS]
        self._known: dict[str, int] = {}

    def append(self, running: Sequence[str], alone: Sequence[str]) -> None:
        """Index a document.

        Args:
            running: the terms of its running text, whose neighbours make pairs.
            alone: terms that stand alone.
        """
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        codes = _codes([*running, *alone], self._known)
        words, pairs = self._fields
        words.append(codes)
        pairs.append(_pairs(codes[: len(running)]))

    def write(self) -> None:
        """Write the index of the documents that were appended."""
        for field in self._fields:
            field.write()


class _ColumnWriter:
    """Gathers (term, document), and writes each term's documents with their scores.

    What is more than memory should hold lies in files, each with the terms of one range of codes,
    which are sorted one by one (external bucket sort).
    """

    def __init__(self, folder: Path, field: str) -> None:
        self._folder, self._field = folder, field
        self._lengths: list[int] = []
        self._pending: list[Codes] = []
        self._first = self._waiting = 0  # the first document that waits in `_pending`, and the terms that wait there
        self._buckets: list[IO[bytes]] = []

    def append(self, codes: Codes) -> None:
        self._pending.append(codes)
        self._lengths.append(len(codes))
        self._waiting += len(codes)
        if self._waiting >= _MOST_WAITING:
            self._spill()

    def _entries(self) -> np.ndarray:
        """Return what waits, by document."""
        entries = np.empty(self._waiting, _ENTRY)
        entries["code"] = np.concatenate([*self._pending, np.empty(0, np.uint64)])
        documents = np.arange(self._first, len(self._lengths), dtype=np.int32)
        entries["document"] = np.repeat(documents, self._lengths[self._first :])
        self._first, self._waiting, self._pending = len(self._lengths), 0, []
        return entries

    def _spill(self) -> None:
        if not self._buckets:
            self._buckets = [tempfile.TemporaryFile(dir=self._folder) for _ in range(_BUCKETS)]  # noqa: SIM115
        entries = self._entries()
        bucket = (entries["code"] >> np.uint64(64 - _BUCKETS.bit_length() + 1)).astype(np.int64)
        entries = entries[np.argsort(bucket, kind="stable")]
        ends = np.cumsum(np.bincount(bucket, minlength=_BUCKETS))
        for file, start, end in zip(self._buckets, [0, *ends], ends, strict=False):
            file.write(entries[start:end].tobytes())

    def _by_range(self) -> Iterator[np.ndarray]:
        """Yield the entries, range after range of codes."""
        if not self._buckets:
            yield self._entries()
            return
        self._spill()
        for file in self._buckets:
            with file:
                file.seek(0)
                yield np.frombuffer(file.read(), _ENTRY)

    def write(self) -> None:
        lengths = np.array(self._lengths, np.float32)
        mean = max(float(lengths.mean()) if len(lengths) else 0.0, 1e-9)
        with ExitStack() as files:
            terms, starts, documents, parts = (
                files.enter_context(ArrayWriter(self._folder / f"{self._field}-{part}.npy", kind))
                for part, kind in (("terms", "u8"), ("starts", "i8"), ("documents", "i4"), ("parts", "f4"))
            )
            before = 0
            for unsorted in self._by_range():
                entries = unsorted[np.argsort(unsorted["code"], kind="stable")]
                codes, owners = entries["code"], entries["document"]
                fresh = np.ones(len(codes), bool)  # where another term or another document begins
                fresh[1:] = (codes[1:] != codes[:-1]) | (owners[1:] != owners[:-1])
                first = np.flatnonzero(fresh)
                frequency = np.diff(np.append(first, len(codes))).astype(np.float32)
                owners = owners[first]
                found, begins, counts = np.unique(codes[first], return_index=True, return_counts=True)
                norm = K1 * (1 - B + B * lengths[owners] / mean)
                terms.append(found)
                starts.append(begins + before)
                documents.append(owners)
                parts.append(np.repeat(_idf(len(lengths), counts), counts) * frequency / (frequency + norm))
                before += len(owners)
            starts.append(np.array([before]))


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
            load(folder / f"{field}-{part}.npy", mapped=True) for part in ("terms", "starts", "documents", "parts")
        )

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
