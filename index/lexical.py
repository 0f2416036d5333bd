"""The lexical signal: BM25 (Robertson and Zaragoza 2009) over Snowball stems.

bm25s (Lu 2024, arXiv 2407.03618) computes every term's contribution to every document when the
index is built; a query's scores are then sums of stored columns. Only the columns are kept and
read here, so that a query need not import bm25s, which costs more than the search.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import Stemmer

from .records import Positions

Scores = np.ndarray[tuple[int], np.dtype[np.float32]]

K1, B = 1.2, 0.75  # the customary values for short documents, as in Lucene
_WORD = re.compile(r"\w+")
# Function words, and words of asking: they say nothing about what a paper is about.
_STOPWORDS = frozenset(
    """a about after all also an and any anyone anything are as at be because been before being between
    both but by can could did do does doing done else either for from get gets had has have how i if in
    into is it its itself let like make makes me more most my no nor not of on one ones only or other our
    out over own people per same she should so some such than that the their them then there these they
    thing things this those through to too under up upon us use used uses using very via was we well were
    what when where whether which while who whom whose why will with within without would you your
    article articles paper papers""".split()
)


def words(text: str) -> list[str]:
    """Return the text's words in order: lower case, two letters or more, no function words."""
    return [w for w in _WORD.findall(text.lower()) if len(w) > 1 and w not in _STOPWORDS]


def terms(text: str) -> list[str]:
    """Return the stems of the text's words, in order."""
    return _stem()(words(text))


@cache
def _stem() -> Callable[[Sequence[str]], list[str]]:
    stem: Callable[[Sequence[str]], list[str]] = Stemmer.Stemmer("english").stemWords
    return stem


def write(folder: Path, documents: Sequence[Sequence[str]]) -> None:
    """Index documents, given as their terms, into `folder`."""
    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    index = bm25s.BM25(k1=K1, b=B)
    # A corpus without a single term has no vocabulary; one unused term keeps the arrays shaped.
    index.index([list(d) for d in documents] if any(documents) else [[""]], show_progress=False)
    for name in ("data", "indices", "indptr"):
        np.save(folder / f"lexical-{name}.npy", index.scores[name], allow_pickle=False)
    vocabulary = json.dumps(index.vocab_dict, ensure_ascii=False)
    (folder / "lexical-vocabulary.json").write_text(vocabulary, "utf-8")


class Lexical:
    """The lexical index of one generation."""

    def __init__(self, folder: Path, count: int) -> None:
        """Open the index of `count` documents in `folder`."""
        self.count = count
        self._data, self._indices, self._indptr = (
            np.load(folder / f"lexical-{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ("data", "indices", "indptr")
        )
        self._vocabulary: dict[str, int] = json.loads((folder / "lexical-vocabulary.json").read_text("utf-8"))

    def scores(self, query: Sequence[str]) -> Scores:
        """Return every document's BM25 score, shape (count,), for a query given as its terms."""
        scores = np.zeros(self.count, np.float32)
        for term in query:
            documents, parts = self._column(term)
            scores[documents] += parts
        return scores

    def idf(self, term: str) -> float:
        """Return the term's inverse document frequency, log(1 + (N - n + 0.5) / (n + 0.5))."""
        n = len(self._column(term)[0])
        return float(np.log1p((self.count - n + 0.5) / (n + 0.5)))

    def has(self, document: int, term: str) -> bool:
        """Whether a document has the term."""
        return bool((self._column(term)[0] == document).any())

    def unknown(self, text: str) -> list[str]:
        """Return the text's words, each once, whose stem no document has."""
        return [word for word in dict.fromkeys(words(text)) if not len(self._column(terms(word)[0])[0])]

    def coverage(self, weights: Mapping[str, float], documents: Positions) -> Scores:
        """Return the share of the terms' weight that each of these documents covers, 0 to 1."""
        covered = np.zeros(self.count, np.float32)
        for term, weight in weights.items():
            covered[self._column(term)[0]] += weight
        return covered[documents] / max(sum(weights.values()), 1e-9)

    def _column(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        at = self._vocabulary.get(term)
        if at is None or not term:
            return self._indices[:0], self._data[:0]
        start, end = self._indptr[at], self._indptr[at + 1]
        return self._indices[start:end], self._data[start:end]
