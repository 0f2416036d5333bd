"""The answer with no LLM: the papers that meet the need, each with its own words for it."""

import re
from collections.abc import Sequence

from index.hits import Hit

from .answer import Citation, Sentence

MOST_PAPERS = 15

# "the paper in which ...", "the Chinchilla 70B one: ...", "which paper ...": one paper is meant.
_ONE_PAPER = re.compile(r"^\W*the (?:\S+ ){0,4}?(?:paper|article|one)\b|\b(?:which|what) (?:paper|article)\b", re.I)


def relevant(hits: Sequence[Hit], cut: float) -> list[Hit]:
    """Return the hits whose relevance reaches the cut, best first; the best hit alone where none does."""
    return [hit for hit in hits if hit.relevance >= cut][:MOST_PAPERS] or list(hits[:1])


def asks_for_one(question: str) -> bool:
    """Tell whether the question's words ask for one paper."""
    return bool(_ONE_PAPER.search(question))


def extract(question: str, hits: Sequence[Hit]) -> tuple[str, tuple[Sentence, ...]]:
    """Return the lead and the sentences of the extractive answer to `question` from its relevant hits.

    Each sentence is byte-identical to one of its paper's text, or to its title where it has no
    text. Papers are grouped by topic, topics in the order of their best paper, and numbered so.
    """
    if asks_for_one(question):
        return "The paper that fits best:", (_sentence(max(hits, key=lambda hit: hit.relevance), 1, None),)
    if len(hits) == 1:
        return "One paper here answers this:", (_sentence(hits[0], 1, None),)
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(_group(hit), []).append(hit)
    ordered = [(group, hit) for group, members in groups.items() for hit in members]
    topics = "one topic" if len(groups) == 1 else f"{len(groups)} topics"
    sentences = tuple(_sentence(hit, n, group or None) for n, (group, hit) in enumerate(ordered, 1))
    lead = f"{len(hits)} papers here answer this" + (f", under {topics}." if any(groups) else ".")
    return lead, sentences


def _group(hit: Hit) -> str:
    return hit.paper.topic or (hit.paper.section[-1] if hit.paper.section else "")


def _sentence(hit: Hit, n: int, group: str | None) -> Sentence:
    words = hit.passage.text if hit.passage else hit.paper.title
    return Sentence(words, (Citation(n, hit.paper),), "quoted", group)
