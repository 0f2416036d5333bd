"""The Map tab: every paper a point, alike ones near each other."""

import base64
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from index.corpus import Corpus

from ..reference import short_authors, venue
from . import hits
from .calls import Asked, Reply, answer, words
from .desk import Desk
from .groups import grouped
from .jobs import Job, Once

_LIT = 30  # best papers of which those that fit are lit
_TITLES = 5_000  # points that are sent with their titles; of more, a title is asked for


def tab(desk: Desk) -> None:
    """Build the tab inside the gr.Tab that is open; map.js draws it."""
    gr.HTML(Path(__file__).with_name("map.html").read_text("utf-8"), apply_default_css=False)
    maps = Once(_draw)
    answer("map", lambda asked: drawn(maps, desk.current(words(asked, "collection")).collection))
    answer("lit", lambda asked: lit(desk, asked))
    answer("point", lambda asked: point(desk, asked))


def drawn(maps: Once[Reply], collection: Corpus) -> Reply:
    """Return a collection's map; or, while it is drawn, how far that is as {"done", "total"}."""
    job = maps.of(collection)
    # A map that is kept is there at once.
    return job.result() if job.is_over(0.3) else {"done": job.done, "total": job.total}


def _draw(collection: Corpus, job: Job[Reply]) -> Reply:
    """Return a map as the script draws it: places and groups as bytes, ids, names of groups."""
    papers, places = [], []
    for paper, x, y in collection.layout(job.note):
        papers.append(paper)
        places.append((x, y))
    names, group = grouped(papers)
    points = (np.array(places, np.float32).reshape(-1, 2) + 1) * 32767.5
    counts = np.bincount(np.array(group, np.int64), minlength=len(names)).tolist()
    return {
        "points": _base64(points.astype("<u2")),
        "groups": _base64(np.array(group, np.uint8)),
        "names": [{"name": name, "count": count} for name, count in zip(names, counts, strict=True)],
        "ids": [paper.id for paper in papers],
        "titles": [paper.title for paper in papers] if len(papers) <= _TITLES else None,
    }


def _base64(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(values.tobytes()).decode()


def lit(desk: Desk, asked: Asked) -> Reply:
    """Return the papers that fit a question: their ids, and as a list."""
    collection = desk.current(words(asked, "collection")).collection
    query = words(asked, "query").strip()
    if not query:
        return {"ids": [], "html": "", "status": ""}
    found = collection.search(query, _LIT).hits
    near = [hit for hit in found if hit.relevance >= collection.calibration.relevance_cut]
    return {
        "ids": [hit.paper.id for hit in near],
        "html": hits.short([hit.paper for hit in near]),
        "status": hits.fit(len(near), _LIT) if near else "Nothing here fits well.",
    }


def point(desk: Desk, asked: Asked) -> Reply:
    """Return what the paper at a point is called, and where it appeared."""
    paper = desk.current(words(asked, "collection")).collection.get(words(asked, "id"))
    if paper is None:
        return {"title": "", "where": ""}
    return {"title": paper.title, "where": " · ".join(filter(None, [short_authors(paper), venue(paper)]))}
