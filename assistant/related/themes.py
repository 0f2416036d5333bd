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
_TELLING = 3  # words in a name
_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """Papers that belong together; `by_words` where no heading names them, but the words that they share."""

    name: str
    papers: tuple[Paper, ...]
    by_words: bool = False


def themes(papers: Sequence[Paper], encoder: Encoder) -> list[Theme]:
    """Group papers, given best first: themes in the order of their best paper, and so the papers in each.

    Every paper stands in one theme. A heading that is alone with its paper gives way to the one above it.
    """
    headed = [paper for paper in papers if _path(paper)]
    found = _by_heading(headed)
    if len(found) == 1 and len(headed) >= _FEW:
        headed, found = [], []
    rest = [paper for paper in papers if paper not in headed]
    found += [Theme(telling(group, papers), tuple(group), True) for group in _alike(rest, encoder)]
    place = {paper.id: i for i, paper in enumerate(papers)}
    return sorted(found, key=lambda theme: place[theme.papers[0].id])


def telling(group: Sequence[Paper], every: Sequence[Paper]) -> str:
    """Return the words that most of a group have and few others do, such as "Routing, queries, cost"."""
    inside = {paper.id for paper in group}
    own = Counter(term for paper in group for term in _terms(paper))
    others = Counter(term for paper in every if paper.id not in inside for term in _terms(paper))
    outside = max(len(every) - len(group), 1)
    in_titles = {term for paper in group for term in stems(words(paper.title))}
    ranked = sorted(
        own, key=lambda term: (-(own[term] / len(group) - others[term] / outside + (term in in_titles) / 2), term)
    )
    spelt: dict[str, Counter[str]] = {}
    for paper in group:
        for word in words(full_text(paper)):
            spelt.setdefault(stems([word])[0], Counter())[word] += 1
    chosen = [min(spelt[term], key=lambda word: (-spelt[term][word], word)) for term in ranked[:_TELLING]]
    name = ", ".join(chosen) or group[0].title
    return name[:1].upper() + name[1:]


def is_honest(name: str, papers: Iterable[Paper]) -> bool:
    """Tell whether a name that a model gave says what papers are about: half of its words are words of theirs."""
    own = set(stems(words(name)))
    known = {term for paper in papers for term in [*_terms(paper), *stems(words(" ".join(_path(paper))))]}
    return bool(own) and len(own & known) >= len(own) / 2


def _path(paper: Paper) -> _Path:
    """Return the headings above a paper, the last being its topic."""
    topic = (paper.topic,) if paper.topic and paper.topic not in paper.section[-1:] else ()
    return (*paper.section, *topic)


def _by_heading(papers: Sequence[Paper]) -> list[Theme]:
    groups: dict[_Path, list[Paper]] = {}
    for paper in papers:
        groups.setdefault(_path(paper), []).append(paper)
    for depth in range(max(map(len, groups), default=0), 1, -1):
        for path in [path for path, group in groups.items() if len(path) == depth and len(group) == 1]:
            groups.setdefault(path[:-1], []).extend(groups.pop(path))
    place = {paper.id: i for i, paper in enumerate(papers)}
    found = []
    for path, group in groups.items():
        ordered = sorted(group, key=lambda paper: place[paper.id])
        # A paper that no heading has brought to others stands under its own.
        name = path[-1] if len(ordered) > 1 else _path(ordered[0])[-1]
        found.append(Theme(name, tuple(ordered)))
    return _merged(found)


def _merged(found: Sequence[Theme]) -> list[Theme]:
    """Put themes of one name together: two parts of a list may use the same heading."""
    named: dict[str, list[Paper]] = {}
    for theme in found:
        named.setdefault(theme.name, []).extend(theme.papers)
    return [Theme(name, tuple(papers)) for name, papers in named.items()]


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
