"""Papers -> themes: the headings of their list where it has them, else groups of like vectors, named by their words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.encoder import Encoder
from index.generation import full_text
from index.words import stems, words
from ingest.paper import Paper

_FEW = 4  # papers; where they all stand under one heading, it tells nothing
_MOST_GROUPS = 6
_MOST_COVERED = 0.75  # of the papers stand under a heading that still tells something
_TELLING = 3  # words in a name
_APART = 0.5  # by which the share of a group that has a word must lie above that of the others
_FURTHER = "Further work"  # what belongs to no theme
_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """Papers that belong together; `by_words` where no heading names them, but the words that they share."""

    name: str
    papers: tuple[Paper, ...]
    by_words: bool = False


def themes(papers: Sequence[Paper], encoder: Encoder) -> list[Theme]:
    """Group papers, given best first: themes in the order of their best paper, and so the papers in each.

    Every paper stands in one theme. A heading that is alone with its paper gives way to the one above it, unless
    that says the same of nearly all; such papers, and those without a heading, are grouped by likeness.
    """
    found, loose = _by_heading(papers)
    if len(found) == 1 and not loose and len(papers) >= _FEW:
        found, loose = [], list(papers)
    place = {paper.id: i for i, paper in enumerate(papers)}
    found += _merged([named(group, papers) for group in _alike(loose, encoder)])
    return sorted(found, key=lambda theme: place[theme.papers[0].id])


def named(group: Sequence[Paper], every: Sequence[Paper]) -> Theme:
    """Make a theme of a group that no heading names."""
    if len(group) == 1 and _path(group[0]):
        return Theme(_path(group[0])[-1], tuple(group))
    words = telling(group, every)
    return Theme(words or _FURTHER, tuple(group), bool(words))


def telling(group: Sequence[Paper], every: Sequence[Paper]) -> str:
    """Return words that most of a group have and few others do, such as "Routing, queries, cost"; "" if none are."""
    inside = {paper.id for paper in group}
    own = Counter(term for paper in group for term in _terms(paper))
    others = Counter(term for paper in every if paper.id not in inside for term in _terms(paper))
    outside = max(len(every) - len(group), 1)
    in_titles = {term for paper in group for term in stems(words(paper.title))}
    worth = {
        term: count / len(group) - others[term] / outside + (term in in_titles) / 2
        for term, count in own.items()
        if count >= max(min(len(group), 2), len(group) / 2) and count / len(group) - others[term] / outside >= _APART
    }
    best = sorted(worth, key=lambda term: (-worth[term], term))[:_TELLING]
    if len(best) < 2 or not in_titles & set(best):
        return ""
    name = ", ".join(_spelt(term, group) for term in best)
    return name[:1].upper() + name[1:]


def _spelt(term: str, papers: Sequence[Paper]) -> str:
    """Return the spelling that papers use most for a stem."""
    text = " ".join(map(full_text, papers))
    seen = Counter(word for word in re.findall(r"\w+", text) if stems(words(word)) == [term])
    return min(seen, key=lambda word: (-seen[word], not word.islower(), word), default=term)


def is_honest(name: str, papers: Iterable[Paper]) -> bool:
    """Tell whether a name that a model gave says what papers are about: half of its words are words of theirs."""
    own = set(stems(words(name)))
    known = {term for paper in papers for term in [*_terms(paper), *stems(words(" ".join(_path(paper))))]}
    return bool(own) and len(own & known) >= len(own) / 2


def _path(paper: Paper) -> _Path:
    """Return the headings above a paper, the last being its topic."""
    topic = (paper.topic,) if paper.topic and paper.topic not in paper.section[-1:] else ()
    return (*paper.section, *topic)


def _by_heading(papers: Sequence[Paper]) -> tuple[list[Theme], list[Paper]]:
    """Return the themes that headings make, and the papers that none brings to others, all in the order given."""
    groups: dict[_Path, list[Paper]] = {}
    for paper in papers:
        groups.setdefault(_path(paper), []).append(paper)
    below = Counter(path[:depth] for path in map(_path, papers) for depth in range(1, len(path) + 1))
    for depth in range(max(map(len, groups), default=0), 1, -1):
        for path in [path for path, group in groups.items() if len(path) == depth and len(group) == 1]:
            if below[path[:-1]] <= max(len(papers) * _MOST_COVERED, _FEW - 1):
                groups.setdefault(path[:-1], []).extend(groups.pop(path))
    loose = [paper for path, group in groups.items() for paper in group if not path or len(group) == 1]
    place = {paper.id: i for i, paper in enumerate(papers)}
    named = {path: sorted(group, key=lambda one: place[one.id]) for path, group in groups.items()}
    found = [Theme(path[-1], tuple(group)) for path, group in named.items() if path and len(group) > 1]
    return _merged(found), sorted(loose, key=lambda one: place[one.id])


def _merged(found: Sequence[Theme]) -> list[Theme]:
    """Put themes of one name together: two parts of a list may use the same heading."""
    groups: dict[tuple[str, bool], list[Paper]] = {}
    for theme in found:
        groups.setdefault((theme.name, theme.by_words), []).extend(theme.papers)
    return [Theme(name, tuple(papers), by_words) for (name, by_words), papers in groups.items()]


def _alike(papers: Sequence[Paper], encoder: Encoder) -> list[list[Paper]]:
    """Return groups of papers whose vectors are near one another (Ward's method), about the square root of them."""
    if len(papers) < _FEW:
        return [list(papers)] if papers else []
    from scipy.cluster.hierarchy import fcluster, linkage

    encoded, _ = encoder.encode([full_text(paper) for paper in papers])
    tree = linkage(np.array([one.sentence for one in encoded], np.float64), method="ward")
    wanted = min(round(len(papers) ** 0.5), _MOST_GROUPS)
    groups: dict[int, list[Paper]] = {}
    for paper, group in zip(papers, fcluster(tree, wanted, "maxclust"), strict=True):
        groups.setdefault(int(group), []).append(paper)
    return list(groups.values())


def _terms(paper: Paper) -> set[str]:
    return {term for term in stems(words(full_text(paper))) if re.search(r"[^\W\d]{3}", term)}
