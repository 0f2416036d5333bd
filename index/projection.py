"""Sentence vectors -> a map: a place in the plane for each paper, near where papers are alike.

t-SNE (van der Maaten and Hinton 2008), by openTSNE: repulsion exactly for few papers, interpolated for many
(Linderman et al. 2019). It begins at the two first principal components, so that the whole keeps its shape and
the same vectors always give the same map (Kobak and Berens 2019).
"""

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ingest.paper import Paper

from .arrays import load
from .dense import Matrix
from .encoder import Progress
from .home import home, make_folder

Points = np.ndarray[tuple[int, int], np.dtype[np.float32]]

_log = logging.getLogger(__name__)
_VERSION = 1  # of the method; another method's maps are drawn anew
_COMPONENTS = 50  # of the vectors that are kept: the rest is noise to nearness, and costs time
_PERPLEXITY = 30.0  # neighbours that count as near
_SMALLEST = 8  # papers; of fewer the principal components are the map
_MANY = 5_000  # papers, from which repulsion is interpolated
_GATHERING, _SETTLING = 150, 500  # steps: clusters are formed, then spread
_EVERY = 25  # steps between two reports
_BATCH = 2_000  # papers whose neighbours are looked for at once
_SEARCH = 10  # steps that take as long as that
_KEPT = 20  # maps in the cache


def layout(vectors: Matrix, progress: Progress | None = None) -> Points:
    """Return each paper's place, shape (papers, 2), within -1 to 1; kept in the cache by the vectors' hash.

    Args:
        vectors: unit vectors, shape (papers, dimension).
        progress: of the drawing, in steps.
    """
    key = hashlib.sha256(f"{_VERSION} {vectors.shape}".encode() + np.ascontiguousarray(vectors).tobytes()).hexdigest()
    file = home() / "cache" / "maps" / f"{key[:32]}.npy"
    try:
        points: Points = load(file)
        if points.shape == (len(vectors), 2):
            return points
        _log.warning("%s holds %s, not a map of %d papers; it is drawn anew", file, points.shape, len(vectors))
    except FileNotFoundError:
        pass
    except (OSError, ValueError, EOFError) as error:
        _log.warning("%s cannot be read (%s); it is drawn anew", file, error)
    points = _drawn(vectors, progress or (lambda done, total: None))
    _keep(file, points)
    return points


def placed(
    papers: Iterable[Paper], vectors: Matrix, progress: Progress | None = None
) -> Iterator[tuple[Paper, float, float]]:
    """Return papers, whose vectors these are, each with its place."""
    points = layout(vectors, progress).tolist()
    return ((paper, x, y) for paper, (x, y) in zip(papers, points, strict=True))


def _keep(file: Path, points: Points) -> None:
    """Keep a map, and no more than the newest."""
    folder = make_folder(file.parent)
    draft = folder / f"{file.name}.{os.getpid()}"
    try:
        with draft.open("wb") as opened:
            np.save(opened, points, allow_pickle=False)
        draft.replace(file)
        kept = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in kept[_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:  # a full or read-only disk: it is drawn at each start
        _log.warning("the map is not kept in %s (%s)", file, error)


def _drawn(vectors: Matrix, progress: Progress) -> Points:
    components = _principal(vectors)
    start = components[:, :2]
    if len(vectors) < _SMALLEST or not start.any():
        return _framed(start)
    return _framed(_spread(components, start, progress))


def _principal(vectors: Matrix) -> Matrix:
    """Return the first principal components, shape (papers, at least 2); their signs are settled."""
    centred = vectors - vectors.mean(axis=0, keepdims=True) if len(vectors) else vectors
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, ::-1][:, :_COMPONENTS]
    largest = np.abs(axes).argmax(axis=0)
    axes *= np.where(axes[largest, np.arange(axes.shape[1])] < 0, -1, 1)
    found: Matrix = np.ascontiguousarray(centred @ axes.astype(np.float32), np.float32)
    return found


def _spread(components: Matrix, start: Matrix, progress: Progress) -> Matrix:
    """Return the map that t-SNE makes of the components, beginning at `start`."""
    # Half a second to import, and no search needs them.
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    count = len(components)
    perplexity = min(_PERPLEXITY, (count - 1) / 6)
    done = _SEARCH * -(-count // _BATCH)
    steps = done + _GATHERING + _SETTLING
    neighbours, distances = _neighbours(
        components, int(3 * perplexity), lambda batches: progress(_SEARCH * batches, steps)
    )
    affinities = PerplexityBasedNN(knn_index=PrecomputedNeighbors(neighbours, distances), perplexity=perplexity)

    def report(step: int, _error: float, _points: Any) -> bool:
        progress(min(done + step, steps), steps)
        return False

    embedding = TSNEEmbedding(
        start / max(float(start[:, 0].std()), 1e-9) * 1e-4,
        affinities,
        negative_gradient_method="fft" if count >= _MANY else "bh",
        n_jobs=min(4, os.cpu_count() or 1) if count >= _MANY else 1,  # threads cost few papers more than they save
        callbacks=report,
        callbacks_every_iters=_EVERY,
    )
    embedding = embedding.optimize(n_iter=_GATHERING, exaggeration=12, momentum=0.5)
    done += _GATHERING
    embedding = embedding.optimize(n_iter=_SETTLING, momentum=0.8)
    progress(steps, steps)
    return np.asarray(embedding, np.float32)


def _neighbours(components: Matrix, k: int, progress: Any) -> tuple[np.ndarray, Matrix]:
    """Return the `k` nearest of each paper and their distances, both of shape (papers, k)."""
    import faiss

    index = faiss.IndexFlatL2(components.shape[1])
    index.add(components)
    found, distances = [], []
    for number, start in enumerate(range(0, len(components), _BATCH), 1):
        squared, nearest = index.search(components[start : start + _BATCH], k + 1)
        # A paper is its own neighbour, but not always the first: others may have the same text.
        own = nearest == np.arange(start, start + len(nearest))[:, None]
        own[~own.any(axis=1), -1] = True
        found.append(nearest[~own].reshape(-1, k))
        distances.append(np.sqrt(np.maximum(squared[~own], 0)).reshape(-1, k))
        progress(number)
    return np.concatenate(found), np.concatenate(distances)


def _framed(points: Matrix) -> Points:
    """Return the points turned to lie broad, centred, within -1 to 1."""
    if not len(points):
        return np.zeros((0, 2), np.float32)
    low, high = points.min(axis=0), points.max(axis=0)
    framed = points - (low + high) / 2
    if high[1] - low[1] > high[0] - low[0]:
        framed = framed[:, ::-1]
    return np.ascontiguousarray(framed / max(float(np.abs(framed).max()), 1e-9), np.float32)
