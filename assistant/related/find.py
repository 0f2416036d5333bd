"""A draft -> the papers that it wants, those it cites already, and those it lacks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index import hits
from index.cache import Vector
from index.corpus import Corpus
from index.encoder import Progress
from index.filters import Filters
from index.ranking import diverse
from ingest.errors import InputError
from ingest.paper import Paper
from ingest.text import normalised_title

from ..checking.desk import Desk
from ..drafts import Draft, Matcher, Paragraph
from .citations import claims, doubts
from .result import Found, Related, Suggestion, Wanted

BREADTH = 20  # papers for the draft as a whole
_OF_A_PARAGRAPH = 10
_MOST_SENTENCES = 5_000  # a book; a paper of 30 pages has about 700
_TOLD = 0.2  # confidence from which more papers of a paragraph are kept
_SURE = 0.5  # confidence from which a paper that is not cited is missed
_MOST_DIVERSE = 200  # best papers among which variety is looked for, and missing papers that are told


def related(
    collection: Corpus,
    draft: Draft,
    breadth: int = BREADTH,
    diversity: float = 0.0,
    filters: Filters = Filters(),
    progress: Progress | None = None,
) -> Related:
    """Find the papers that a draft should cite.

    Args:
        breadth: how many papers for the draft as a whole.
        diversity: 0 to 1, how much papers like one another are kept apart.
        progress: called as paragraphs are done.

    Raises:
        InputError: breadth or diversity is out of range, the draft has no sentence or more than a book, or no
            paper passes the filters.
    """
    if breadth < 1:
        raise InputError(f"breadth {breadth}; expected how many papers, at least 1")
    if not 0 <= diversity <= 1:
        raise InputError(f"diversity {diversity:g}; expected 0 (the best papers) to 1 (the most different ones)")
    if not draft.paragraphs:
        raise InputError(f"{draft.name} has no sentence; expected a paragraph of prose")
    count = sum(1 for _ in draft.sentences)
    if count > _MOST_SENTENCES:
        raise InputError(
            f"{draft.name} has {count:,} sentences; expected at most {_MOST_SENTENCES:,}: give its chapters one by one"
        )
    if filters and not collection.count(filters):
        raise InputError(f"no paper here passes the filters ({filters}); `footnote status` lists sections and venues")
    # To match references every paper is read: seconds, in a large collection.
    matched = Matcher(collection.papers()).matches(draft.bibliography.values()) if draft.bibliography else {}
    cited = {key: match.paper for key, match in matched.items()}
    keys = {paper.id: key for key, paper in reversed(cited.items())}
    own_title = normalised_title(draft.title)
    passages = [[sentence.text for sentence in paragraph.sentences] for paragraph in draft.paragraphs]
    paragraphs: list[Found] = []
    vectors: dict[str, Vector] = {}
    known: dict[str, Paper] = {}  # a long draft wants one paper many times
    for paragraph, papers in zip(draft.paragraphs, collection.related(passages, filters, progress), strict=True):
        others = [one for one in papers if not own_title or one.paper.normalised_title != own_title]
        kept = [one for i, one in enumerate(others) if i < _OF_A_PARAGRAPH or one.relevance >= _TOLD]
        vectors.update({one.paper.id: one.vector for one in kept})
        told = (_suggestion(one, known.setdefault(one.paper.id, one.paper), paragraph, keys) for one in kept)
        paragraphs.append(Found(paragraph, tuple(told)))
    every = _fused(paragraphs)
    desk = Desk.beside(collection)
    return Related(
        draft=draft,
        collection=collection.name,
        papers=tuple(_chosen(every, vectors, breadth, diversity)),
        paragraphs=tuple(replace(one, suggestions=one.suggestions[:_OF_A_PARAGRAPH]) for one in paragraphs),
        missing=tuple(_missing(every, vectors, diversity)),
        claims=tuple(claims(paragraphs, desk.checker)),
        doubtful=tuple(doubts(paragraphs, cited, desk.checker)),
        cited=cited,
    )


def _suggestion(one: hits.Related, paper: Paper, paragraph: Paragraph, keys: dict[str, str]) -> Suggestion:
    wanted = tuple(Wanted(paragraph.sentences[want.sentence], want.relevance) for want in one.wants)
    return Suggestion(paper, one.score, one.relevance, wanted, one.passage, keys.get(one.paper.id))


def _fused(paragraphs: Sequence[Found]) -> list[Suggestion]:
    """Return each paper once, surest first; it is worth to a draft what it is worth to one of its paragraphs."""
    fused: dict[str, Suggestion] = {}
    for one in (suggestion for found in paragraphs for suggestion in found.suggestions):
        before = fused.get(one.paper.id)
        if before is None:
            fused[one.paper.id] = one
            continue
        surer = max(before, one, key=lambda s: s.confidence)
        fused[one.paper.id] = replace(
            surer, score=max(before.score, one.score), wanted_by=before.wanted_by + one.wanted_by
        )
    return sorted(fused.values(), key=lambda suggestion: -suggestion.confidence)


def _chosen(
    every: Sequence[Suggestion], vectors: dict[str, Vector], breadth: int, diversity: float
) -> list[Suggestion]:
    best = every[: max(breadth, _MOST_DIVERSE)]
    if not diversity or not best:
        return list(best[:breadth])
    among = np.array([vectors[one.paper.id] for one in best])
    return [best[i] for i in diverse(among, [one.confidence for one in best], breadth, diversity)]


def _missing(every: Sequence[Suggestion], vectors: dict[str, Vector], diversity: float) -> list[Suggestion]:
    """Return the surely wanted papers that are not cited, those that most of the draft wants first."""
    found = sorted(filter(_missed, every), key=lambda suggestion: -suggestion.weight)[:_MOST_DIVERSE]
    if not diversity or not found:
        return found
    among = np.array([vectors[one.paper.id] for one in found])
    weights = [one.weight / found[0].weight for one in found]
    return [found[i] for i in diverse(among, weights, len(found), diversity)]


def _missed(suggestion: Suggestion) -> bool:
    return suggestion.cited_as is None and suggestion.confidence >= _SURE
