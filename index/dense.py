"""The dense signal: cosine similarity of sentence vectors, kept in FAISS, searched exactly."""

from pathlib import Path

import faiss
import numpy as np

from .arrays import RowWriter
from .records import Positions

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Cosines = np.ndarray[tuple[int], np.dtype[np.float32]]

_FILE = "vectors.faiss"
_COUNT = 8  # where the number of vectors stands in the file's head; its last eight bytes are the number of values


class DenseWriter(RowWriter):
    """Writes the index, unit vector by unit vector: what FAISS serialises is a head, and the vectors as they are."""

    def __init__(self, folder: Path, dimension: int) -> None:
        super().__init__(folder / _FILE, np.float32, (dimension,))

    def _head(self) -> bytes:
        (dimension,) = self._row
        head = bytearray(faiss.serialize_index(faiss.IndexFlatIP(dimension)).tobytes())
        head[_COUNT : _COUNT + 8] = self._rows.to_bytes(8, "little")
        head[-8:] = (self._rows * dimension).to_bytes(8, "little")
        return bytes(head)


class Dense:
    """The vectors of one generation, mapped into memory and not copied."""

    def __init__(self, folder: Path) -> None:
        # FAISS's reader trusts its input: the generation's manifest has been checked before.
        self._index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP_IFC)
        # On one query two threads wait for each other longer than they work.
        faiss.omp_set_num_threads(1)

    @property
    def count(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def neighbours(self, queries: Matrix, depth: int) -> np.ndarray:
        """Return the `depth` nearest positions of each of these vectors, shape (queries, depth)."""
        found: np.ndarray = self._index.search(queries, depth)[1]
        return found

    def search(self, query: Cosines, depth: int, allowed: Positions | None = None) -> tuple[Positions, Cosines]:
        """Return the `depth` nearest positions and their cosines, best first.

        Args:
            query: a unit vector, shape (dimension,).
            allowed: the positions that may be returned; None allows all.
        """
        parameters = None
        available = self.count
        if allowed is not None:
            available = len(allowed)
            parameters = faiss.SearchParameters()
            parameters.sel = faiss.IDSelectorBatch(allowed)
        depth = min(depth, available)
        if depth == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        cosines, positions = self._index.search(query[None, :], depth, params=parameters)
        return positions[0], cosines[0]

    def cosines(self, query: Cosines, positions: Positions) -> Cosines:
        """Return the cosine of the query with each of these positions."""
        found: Cosines = self.vectors(positions) @ query
        return found

    def vectors(self, positions: Positions) -> Matrix:
        """Return the vectors at these positions, shape (positions, dimension)."""
        found: Matrix = self._index.reconstruct_batch(positions)
        return found

    def all(self) -> Matrix:
        """Return every vector, shape (papers, dimension)."""
        found: Matrix = self._index.reconstruct_n(0, self.count)
        return found
