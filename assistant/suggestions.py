"""Questions that a collection answers well, made of what it holds: its topics, names and years."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise

from ingest.paper import Paper

from .pipeline import Assistant
from .settings import SURVEY

MOST = 3
# Written by hand, for the list that comes with Footnote.
_OF_SURVEY = (
    "Which papers route queries between models?",
    "How can a small model speed up decoding of a large one?",
    "How do I detect hallucinations without access to logits?",
)
_LOOKED_AT = 1_000  # papers; of a longer list the beginning says what it is about
_TRIED = 12  # questions
_LONGEST = 48  # characters of a topic in a question
# "LESS" of "LESS: Selecting Influential Data": a name, not the first half of a sentence.
_NAME = re.compile(r"[^\W_]*[A-Z][\w-]*(?: [A-Z0-9][\w-]*)?")
_FUNCTION = frozenset(
    "a an and are as at by can do does for from how in is it of on or the their to via what with".split()
)


def suggestions(assistant: Assistant, most: int = MOST) -> tuple[str, ...]:
    """Return questions, each answered by the collection when it was tried; fewer, or none, where it holds little."""
    if assistant.collection.name == SURVEY:
        return _OF_SURVEY[:most]
    papers = list(islice(assistant.collection.papers(), _LOOKED_AT))
    found: list[str] = []
    kinds = [_about(papers), _named(papers), _alike(papers[::-1])]
    for _ in range(_TRIED):
        if not kinds or len(found) == most:
            break
        kind = kinds.pop(0)
        question = next(kind, None)
        if question is None:
            continue
        answer = assistant.ask(question, route="extract")
        if not answer.refused and answer.sentences:
            found.append(question)
            kinds.append(kind)  # another kind comes next
        else:
            kinds.insert(0, kind)
    return tuple(found)


def _about(papers: list[Paper]) -> Iterator[str]:
    """Yield questions about the topics that most papers have; where there are none, about words of titles."""
    topics = Counter(topic for p in papers for topic in [p.topic or next(iter(p.section[-1:]), None)] if topic)
    subjects = topics or Counter(pair for p in papers for pair in set(_pairs(p.title)))
    for subject, count in subjects.most_common():
        if count > 1 and len(subject) <= _LONGEST:
            yield f"Which papers are about {_lowered(subject)}?"


def _named(papers: list[Paper]) -> Iterator[str]:
    """Yield questions about papers that have a name and a text."""
    for paper in papers:
        if paper.text and (name := _name(paper)):
            yield f"How does {name} work?"


def _alike(papers: list[Paper]) -> Iterator[str]:
    """Yield comparisons of two named papers under one topic."""
    first: dict[str, str] = {}
    for paper in papers:
        name = _name(paper) if paper.text else None
        if not name or not paper.topic:
            continue
        other = first.pop(paper.topic, None)
        if other:
            yield f"Compare {other} and {name}"
        else:
            first[paper.topic] = name


def _name(paper: Paper) -> str | None:
    head, colon, _ = paper.title.partition(":")
    return head if colon and len(head) <= 24 and _NAME.fullmatch(head) else None


def _pairs(title: str) -> list[str]:
    """Return the pairs of neighbouring content words; one of two letters seldom is one, in any language."""
    words = re.findall(r"[^\W\d_][\w-]+", title.lower())
    return [f"{a} {b}" for a, b in pairwise(words) if not {a, b} & _FUNCTION and min(len(a), len(b)) > 2]


def _lowered(topic: str) -> str:
    """Return a topic as it stands in a sentence: "Model Routing" becomes "model routing", "LLM Safety" stays."""
    return " ".join(word.lower() if word[1:].islower() else word for word in topic.split(" "))
