"""A draft -> the papers that it wants, those it cites already, and those it lacks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index import hits
from index.collection import Collection
from index.encoder import Progress
from index.filters import Filters
from index.ranking import diverse
from ingest.errors import InputError
from ingest.text import normalised_title

from ..checking.desk import Desk
from ..drafts import Draft, Matcher, Paragraph
from .citations import claims, doubts
from .result import Found, Related, Suggestion, Wanted

BREADTH = 20  # papers for the draft as a whole
_OF_A_PARAGRAPH = 10
_SURE = 0.5  # confidence from which a paper that is not cited is missed
_MOST_DIVERSE = 200  # best papers among which variety is looked for


def related(
    collection: Collection,
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
        InputError: breadth or diversity is out of range, or the draft has no sentence.
    """
    if breadth < 1:
        raise InputError(f"breadth {breadth}; expected how many papers, at least 1")
    if not 0 <= diversity <= 1:
        raise InputError(f"diversity {diversity:g}; expected 0 (the best papers) to 1 (the most different ones)")
    if not draft.paragraphs:
        raise InputError(f"{draft.name} has no sentence; expected a paragraph of prose")
    matched = Matcher(collection.papers()).matches(draft.bibliography.values())
    cited = {key: match.paper for key, match in matched.items()}
    keys = {paper.id: key for key, paper in reversed(cited.items())}
    own_title = normalised_title(draft.title)
    passages = [[sentence.text for sentence in paragraph.sentences] for paragraph in draft.paragraphs]
    paragraphs, vectors = [], {}
    for paragraph, papers in zip(draft.paragraphs, collection.related(passages, filters, progress), strict=True):
        others = [one for one in papers if not own_title or one.paper.normalised_title != own_title]
        vectors.update({one.paper.id: one.vector for one in others})
        paragraphs.append(Found(paragraph, tuple(_suggestion(one, paragraph, keys) for one in others)))
    every = _fused(paragraphs)
    desk = Desk.beside(collection)
    return Related(
        draft=draft,
        collection=collection.name,
        papers=tuple(_chosen(every, vectors, breadth, diversity)),
        paragraphs=tuple(replace(one, suggestions=one.suggestions[:_OF_A_PARAGRAPH]) for one in paragraphs),
        missing=tuple(sorted((s for s in every if _missed(s)), key=lambda s: -s.weight)),
        claims=tuple(claims(paragraphs, desk.checker)),
        doubtful=tuple(doubts(paragraphs, cited, desk.checker)),
        cited=cited,
    )


def _suggestion(one: hits.Related, paragraph: Paragraph, keys: dict[str, str]) -> Suggestion:
    wanted = tuple(Wanted(paragraph.sentences[want.sentence], want.relevance) for want in one.wants)
    return Suggestion(one.paper, one.score, one.relevance, wanted, one.passage, keys.get(one.paper.id))


def _fused(paragraphs: Sequence[Found]) -> list[Suggestion]:
    """Return each paper once, best first; its score is that of the paragraph which wants it most."""
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
    return sorted(fused.values(), key=lambda suggestion: -suggestion.score)


def _chosen(
    every: Sequence[Suggestion], vectors: dict[str, np.ndarray], breadth: int, diversity: float
) -> list[Suggestion]:
    best = every[: max(breadth, _MOST_DIVERSE)]
    if not diversity or not best:
        return list(best[:breadth])
    among = np.array([vectors[one.paper.id] for one in best])
    return [best[i] for i in diverse(among, [one.score for one in best], breadth, diversity)]


def _missed(suggestion: Suggestion) -> bool:
    return suggestion.cited_as is None and suggestion.confidence >= _SURE
