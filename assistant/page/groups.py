"""Groups of papers, few enough for a colour each: by section, else by topic."""

from collections import Counter
from collections.abc import Sequence

from ingest.paper import Paper

MOST = 10
_OTHER = "Other"


def grouped(papers: Sequence[Paper]) -> tuple[list[str], list[int]]:
    """Return the groups' names, the largest first and "Other" last, and the group of each paper.

    Sections are taken as deep as ten colours reach.
    """
    keys = _keys(papers)
    counts = Counter(keys)
    named = [key for key, _ in counts.most_common() if key]
    fits = len(named) <= MOST and counts[()] == 0
    kept = named if fits else named[: MOST - 1]
    place = {key: i for i, key in enumerate(kept)}
    names = [key[-1] for key in kept]
    if not fits:
        names.append(_OTHER if kept else "Papers")
    return names, [place.get(key, len(kept)) for key in keys]


def _keys(papers: Sequence[Paper]) -> list[tuple[str, ...]]:
    deepest = max((len(paper.section) for paper in papers), default=0)
    if not deepest:
        return [(paper.topic,) if paper.topic else () for paper in papers]
    depth = 1
    while depth < deepest and len({paper.section[: depth + 1] for paper in papers if paper.section}) <= MOST:
        depth += 1
    return [paper.section[:depth] for paper in papers]
