"""Papers whose vectors are nearly the same: perhaps one paper under two titles. A suggestion, never a merge."""

import faiss
import numpy as np

from . import records
from .dense import Dense
from .identity import judge, share_an_author
from .ledger import Ledger
from .merges import suggest

NEAR, NEAR_WITHOUT_TEXT = 0.95, 0.98  # cosines from which two papers, or two titles, are suggested to be one
_NEIGHBOURS = 4  # of each paper that are looked at, itself among them
_AT_ONCE = 256  # papers that are compared with all others at a time
_EXACTLY = 5 * 10**7  # comparisons, a second; beyond them neighbours are sought in cells
_CELLS, _TRAINED, _PROBED = 256, 10_000, 2


def seek(ledger: Ledger, vectors: Dense) -> None:
    """Compare the papers that were not compared yet with all others, and keep those pairs that are near."""
    query = "SELECT p.position FROM unseen u JOIN papers p ON p.id = u.paper ORDER BY p.position"
    positions = np.fromiter((row[0] for row in ledger.rows(query)), np.int64)
    if len(positions) and vectors.count > 1:
        cells = _cells(vectors) if len(positions) * vectors.count > _EXACTLY else None
        fresh = set(positions.tolist())
        for start in range(0, len(positions), _AT_ONCE):
            some = positions[start : start + _AT_ONCE]
            _suggest(ledger, vectors, cells, some, fresh)
    if len(positions):
        ledger.change("DELETE FROM unseen")


def _suggest(ledger: Ledger, vectors: Dense, cells: faiss.Index | None, positions: np.ndarray, fresh: set[int]) -> None:
    sought = vectors.vectors(positions)
    neighbours = cells.search(sought, _NEIGHBOURS)[1] if cells else vectors.neighbours(sought, _NEIGHBOURS)
    for position, vector, near in zip(positions.tolist(), sought, neighbours, strict=True):
        others = [int(i) for i in near if i >= 0 and i != position and (i not in fresh or i > position)]
        for other in others:
            (cosine,) = vectors.cosines(vector, np.array([other]))
            if cosine >= NEAR:
                _suggest_pair(ledger, position, other, float(cosine))


def _suggest_pair(ledger: Ledger, position: int, other: int, cosine: float) -> None:
    query = """SELECT p.record, s.origin, s.own FROM papers p JOIN statements s ON s.paper = p.id
        WHERE p.position = ? ORDER BY s.number LIMIT 1"""
    (one, origin, own), (two, other_origin, other_own) = (
        next(iter(ledger.rows(query, [at]))) for at in (position, other)
    )
    first, second = records.from_json(one), records.from_json(two)
    near = NEAR if first.text and second.text else NEAR_WITHOUT_TEXT
    if cosine >= near and share_an_author(first, second) and judge(first, second).kind == "unlike":
        suggest(ledger, (origin, own), (other_origin, other_own), f"texts nearly the same ({cosine:.2f})")


def _cells(vectors: Dense) -> faiss.Index:
    """Return an index of cells: near-identical vectors nearly always lie in one, or in neighbours."""
    count, dimension = vectors.count, vectors.dimension
    coarse = faiss.IndexFlatIP(dimension)
    cells = faiss.IndexIVFScalarQuantizer(
        coarse, dimension, _CELLS, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    )
    cells.cp.niter = 6
    cells.nprobe = _PROBED
    sample = np.unique(np.linspace(0, count - 1, min(count, _TRAINED)).astype(np.int64))
    cells.train(vectors.vectors(sample))
    for start in range(0, count, _TRAINED):
        cells.add(vectors.vectors(np.arange(start, min(start + _TRAINED, count))))
    return cells
