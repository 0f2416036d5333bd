"""Late interaction: the encoder's own token vectors, compared one by one (ColBERT, arXiv 2004.12832).

MaxSim of a query and a text: for each of the query's tokens, its best cosine with any of the
text's tokens, averaged. It finds the sentence that answers, where the text's one vector says
only that the text is near. Token vectors take some 70 KB a paper: they are stored while a
collection's stay under the budget, and computed for the papers that are shown beyond it.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from .arrays import ArrayWriter, load
from .cache import Tokens

BUDGET = 512 * 2**20  # bytes of token vectors in one generation
_TYPICAL = 180  # tokens of a paper's title and abstract

Similarities = np.ndarray[tuple[int, int], np.dtype[np.float32]]

_TOKENS, _STARTS = "tokens.npy", "tokens-starts.npy"


def fits(papers: int, dimension: int) -> bool:
    """Whether the token vectors of so many papers keep to the budget."""
    return papers * _TYPICAL * dimension <= BUDGET


class LateWriter:
    """Writes the token vectors of one paper after another."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._tokens = ArrayWriter(folder / _TOKENS, np.int8, (dimension,))
        self._starts = [0]

    def append(self, tokens: Tokens) -> None:
        """Store one paper's token vectors, shape (tokens, dimension)."""
        self._tokens.append(tokens)
        self._starts.append(self._starts[-1] + len(tokens))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._tokens.__exit__(kind, error, at)
        if kind is None:
            np.save(self._folder / _STARTS, np.array(self._starts, np.int64), allow_pickle=False)


class Late:
    """The token vectors of one generation, mapped into memory."""

    def __init__(self, folder: Path) -> None:
        self._tokens = load(folder / _TOKENS, mapped=True)
        self._starts = load(folder / _STARTS)

    @property
    def size(self) -> int:
        """Bytes that the token vectors take, of at most `BUDGET`."""
        return int(self._tokens.nbytes)

    @classmethod
    def stored_in(cls, folder: Path) -> bool:
        """Whether the generation in `folder` keeps its token vectors."""
        return (folder / _TOKENS).is_file()

    def tokens(self, position: int) -> Tokens:
        """Return one paper's token vectors, shape (tokens, dimension)."""
        found: Tokens = self._tokens[self._starts[position] : self._starts[position + 1]]
        return found


def similarities(query: Tokens, document: Tokens) -> Similarities:
    """Return the cosine of each query token with each document token, shape (query, document)."""
    found: Similarities = query.astype(np.float32) @ document.astype(np.float32).T / np.float32(127**2)
    return found
