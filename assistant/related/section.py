"""`Section`: a related-work section, first an annotated outline, which a model may turn into prose."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.encoder import Encoder
from index.passages import sentences
from ingest.errors import InputError
from ingest.paper import Paper

from ..answer import Sentence
from .keys import all_keys, own_keys
from .result import Related, Suggestion, Wanted
from .themes import Theme, themes

_SURE = 0.5  # confidence with which a paper is wanted
_AT_LEAST = 10  # papers, the nearest ones where few are surely wanted
_NOWHERE_NEAR = 0.1  # confidence of the best paper, below which the collection has nothing for a draft


@dataclass(frozen=True, slots=True)
class Source:
    """A paper of the section.

    Attributes:
        words: a sentence byte-identical to one of its text; empty where it has no text.
        confidence: that the draft wants it; None where it cites it already.
        wanted_by: the sentences of the draft that want it.
    """

    paper: Paper
    words: str
    confidence: float | None
    wanted_by: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One theme of the section.

    Attributes:
        prose: a model's sentences, checked; none where the theme is an outline.
        model: what wrote them.
        by_words: the name is made of words that its papers share.
    """

    name: str
    sources: tuple[Source, ...]
    by_words: bool = False
    prose: tuple[Sentence, ...] = ()
    model: str = ""

    @property
    def papers(self) -> tuple[Paper, ...]:
        return tuple(source.paper for source in self.sources)


@dataclass(frozen=True, slots=True)
class Section:
    """A related-work section.

    Attributes:
        draft: the name of the draft that it is for.
        keys: each paper's key, by its id.
        own: the ids of the papers that the draft's own bibliography has.
    """

    draft: str
    collection: str
    parts: tuple[Part, ...]
    keys: Mapping[str, str]
    own: frozenset[str]

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(source for part in self.parts for source in part.sources)

    @property
    def new(self) -> tuple[Paper, ...]:
        """The papers that the draft's bibliography lacks."""
        return tuple(source.paper for source in self.sources if source.paper.id not in self.own)


def outline(related: Related, encoder: Encoder) -> Section:
    """Return the annotated outline of the section: themes, and a sentence of each paper's text.

    In it are the papers that the draft cites and that are here, those that it surely wants and does not cite,
    and the nearest others where these are few.

    Raises:
        InputError: the collection has nothing for this draft.
    """
    chosen = {source.paper.id: source for source in [*_wanted(related), *_cited(related)]}
    if not chosen:
        raise InputError(
            f"{related.collection} has nothing that {related.draft.name} clearly wants, and nothing that it cites; "
            "no section was written. footnote related without --write shows the nearest papers"
        )
    found = themes([source.paper for source in chosen.values()], encoder)
    return Section(
        draft=related.draft.name,
        collection=related.collection,
        parts=tuple(part_of(theme, chosen) for theme in found),
        keys=all_keys(related),
        own=frozenset(own_keys(related)),
    )


def part_of(theme: Theme, sources: Mapping[str, Source]) -> Part:
    """Return a theme as a part of the section, given the sources by their papers' ids."""
    return Part(theme.name, tuple(sources[paper.id] for paper in theme.papers), theme.by_words)


def _wanted(related: Related) -> list[Source]:
    """Return the papers that the draft does not cite, best first."""
    most = len(related.papers)
    by_id = {suggestion.paper.id: suggestion for suggestion in (*related.missing[:most], *related.papers)}
    others = [suggestion for suggestion in by_id.values() if suggestion.cited_as is None][:most]
    if max((suggestion.confidence for suggestion in others), default=0.0) < _NOWHERE_NEAR:
        return []
    surest = sorted(others, key=lambda suggestion: suggestion.confidence < _SURE)
    chosen = surest[: max(_AT_LEAST, sum(suggestion.confidence >= _SURE for suggestion in others))]
    return [_source(suggestion) for suggestion in others if suggestion in chosen]


def _cited(related: Related) -> list[Source]:
    """Return the papers that the draft cites and that are here, in the order of its bibliography."""
    passages = {suggestion.paper.id: suggestion for suggestion in related.papers if suggestion.cited_as}
    return [
        _source(passages[paper.id]) if paper.id in passages else Source(paper, _first(paper), None)
        for paper in related.cited.values()
    ]


def _source(suggestion: Suggestion) -> Source:
    words = suggestion.passage.text if suggestion.passage else _first(suggestion.paper)
    confidence = suggestion.confidence if suggestion.cited_as is None else None
    return Source(suggestion.paper, words, confidence, suggestion.wanted_by)


def _first(paper: Paper) -> str:
    return sentences(paper.text)[0].text if paper.text else ""
