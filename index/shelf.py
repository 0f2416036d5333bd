"""`Shelf`: several collections side by side, searched as one.

Every signal is on a scale of its own meaning (`ranking.py`), so the hits of several collections are put
in one order by their scores; no collection is looked at for the sake of another.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ingest.errors import InputError
from ingest.paper import Paper

from . import projection
from .cache import Vector
from .collection import Collection
from .conditions import Names, merged
from .confidence import Calibration, Evidence
from .encoder import Encoder, Progress
from .filters import Filters
from .hits import Hit, Related, Results
from .query import Query
from .ranking import Ladder

_QUOTES = re.compile(r"[\"“”„«»]")
_JUDGED = 10  # best papers by which confidence is judged, as in one collection


class Shelf:
    """Collections of one model, in the order they were named; of a paper that several have, the first's is shown."""

    def __init__(self, collections: Sequence[Collection]) -> None:
        """Put collections side by side.

        Raises:
            InputError: they are of several models, so that their scores mean different things.
        """
        models = {collection.fact("model_id"): collection for collection in collections}
        if len(models) > 1:
            said = ", ".join(f"{collection.name} of {model}" for model, collection in models.items())
            last = list(models.values())[-1].name
            raise InputError(
                f"these collections are of several models ({said}), whose scores cannot be compared; expected one "
                f"model: footnote rebuild --collection {last}"
            )
        twice = [name for name, n in Counter(collection.name for collection in collections).items() if n > 1]
        if twice:
            raise InputError(f"two collections here are called {twice[0]!r}; expected each once, under its own name")
        self._collections = tuple(collections)

    @property
    def name(self) -> str:
        return ",".join(collection.name for collection in self._collections)

    @property
    def calibration(self) -> Calibration:
        return self._collections[0].calibration

    @property
    def encoder(self) -> Encoder:
        return self._collections[0].encoder

    @property
    def generation(self) -> str:
        return ",".join(collection.generation for collection in self._collections)

    @property
    def mended(self) -> str | None:
        """What was found damaged, and rebuilt, in the first of them that was."""
        return next(filter(None, (collection.mended for collection in self._collections)), None)

    def refresh(self) -> None:
        """Open the newest generations."""
        for collection in self._collections:
            collection.refresh()

    def layout(self, progress: Progress | None = None) -> Iterator[tuple[Paper, float, float]]:
        """Return every paper with its place on one map (see `projection.layout`)."""
        found: dict[str, tuple[Paper, Vector]] = {}
        for papers, vectors in (collection.vectors() for collection in self._collections):
            for paper, vector in zip(papers, vectors, strict=True):
                found.setdefault(paper.id, (paper, vector))
        every = np.array([vector for _, vector in found.values()], np.float32).reshape(-1, self.encoder.dimension)
        return projection.placed((paper for paper, _ in found.values()), every, progress)

    @property
    def names(self) -> Names:
        """What the papers of any collection can be asked for by name."""
        every = [collection.names for collection in self._collections]

        def joined(field: str) -> list[str]:
            return list(dict.fromkeys(name for names in every for name in getattr(names, field)))

        return Names(
            venues=joined("venues"),
            topics=joined("topics"),
            has_years=any(names.has_years for names in every),
            sections=joined("sections"),
            has_author=lambda name: any(names.has_author(name) for names in every),
        )

    def __len__(self) -> int:
        return len(self.ids())

    def fact(self, name: str) -> Any:
        """Return what all collections note alike, else None."""
        said = [collection.fact(name) for collection in self._collections]
        return said[0] if all(value == said[0] for value in said) else None

    def counts(self, field: str) -> list[tuple[str, int]]:
        found = Counter(str(value) for paper in self.papers() if (value := getattr(paper, field)) is not None)
        return sorted(found.items()) if field == "year" else list(found.items())

    def status(self) -> dict[str, Any]:
        """Return what `Collection.status` does, of all; the sections of each follow one another."""
        each = [collection.status() for collection in self._collections]
        sizes = [status["token_vectors"]["bytes"] for status in each]
        return {
            "collection": self.name,
            "title": " and ".join(status["title"] or status["collection"] for status in each),
            "by": None,
            "papers": len(self),
            "model_id": each[0]["model_id"],
            "generation": ",".join(status["generation"] for status in each),
            "last_change": None,
            "suggestions": sum(status["suggestions"] for status in each),
            "folder": ", ".join(status["folder"] for status in each),
            "token_vectors": {
                "bytes": None if None in sizes else sum(sizes),
                "budget": each[0]["token_vectors"]["budget"],
            },
            "sections": [section for status in each for section in status["sections"]],
            **{field: self.counts(field) for field in ("topic", "venue", "year")},
        }

    def papers(self, filters: Filters = Filters()) -> Iterator[Paper]:
        """Yield the papers that pass the filters, collection by collection, each id once."""
        seen: set[str] = set()
        for collection in self._collections:
            for paper in collection.papers(filters):
                if paper.id not in seen:
                    seen.add(paper.id)
                    yield paper

    def ids(self, filters: Filters = Filters()) -> list[str]:
        return list(dict.fromkeys(id for collection in self._collections for id in collection.ids(filters)))

    def count(self, filters: Filters) -> int:
        return len(self.ids(filters))

    def get(self, id: str) -> Paper | None:
        return next(filter(None, (collection.get(id) for collection in self._collections)), None)

    def search(
        self, query: str, k: int = 10, filters: Filters = Filters(), ladder: Ladder = Ladder(), brief: bool = False
    ) -> Results:
        """Return the `k` best hits of all collections; each says which it is from (see `Collection.search`).

        A condition that the words state in one collection holds in all, also where no paper meets it; and a
        word that one collection has is mended in none.
        """
        depth = max(k, _JUDGED) if k > 0 else k
        found = [collection.search(query, depth, filters, ladder, brief) for collection in self._collections]
        everywhere = filters
        for results in found:
            everywhere = merged(results.filters, everywhere)
        lacked = set.intersection(*map(_lacked, found))
        for i, (collection, results) in enumerate(zip(self._collections, found, strict=True)):
            mended = set(results.asked.corrections or ()) - lacked
            if mended or results.filters != everywhere:
                text = f'"{_QUOTES.sub(" ", query)}"' if mended else query
                found[i] = collection.search(text, depth, everywhere, ladder, brief)
        hits = _merged(found)
        asked = _asked(found, everywhere)
        judged = [hit.grounds for hit in hits[:_JUDGED]]
        evidence = Evidence([grounds.maxsim for grounds in judged], [grounds.strength for grounds in judged])
        answered = self.calibration.answered(evidence.features())
        is_brief = any(results.is_brief for results in found)
        confidence = 0.0 if not hits or is_brief else 1.0 if asked.asks_for_all else answered
        return Results(query, self.name, asked, confidence, evidence, tuple(hits[:k]), is_brief)

    def related(
        self, passages: Sequence[Sequence[str]], filters: Filters = Filters(), progress: Progress | None = None
    ) -> Iterator[list[Related]]:
        """Yield for each passage of a draft the papers of all collections that it wants (see `Collection.related`)."""
        each = [collection.related(passages, filters) for collection in self._collections]
        for done, found in enumerate(zip(*each, strict=True), 1):
            best: dict[str, Related] = {}
            for one in sorted((one for papers in found for one in papers), key=lambda one: -one.score):
                best.setdefault(one.paper.id, one)
            yield list(best.values())
            if progress:
                progress(done, len(passages))


def _merged(found: Iterable[Results]) -> list[Hit]:
    """Return the hits of several collections in one order, each paper once, where it scores best."""
    every = [replace(hit, collection=results.collection) for results in found for hit in results.hits]
    best: dict[str, Hit] = {}
    for hit in sorted(every, key=lambda hit: -hit.score):
        best.setdefault(hit.paper.id, hit)
    return [replace(hit, rank=rank) for rank, hit in enumerate(best.values(), 1)]


def _lacked(results: Results) -> set[str]:
    """Return the query's words that a collection's papers do not have: those mended, and those unknown."""
    return {*(results.asked.corrections or ()), *results.unknown_words}


def _asked(found: Sequence[Results], filters: Filters) -> Query:
    """Return how the query was read, over all collections: as where most was read into it, the rest beside."""
    every = [results.asked for results in found]
    most = max(every, key=lambda asked: (bool(asked.conditions), bool(asked.corrections), bool(asked.acronyms)))
    unknown = set.intersection(*(set(asked.unknown) for asked in every))

    def joined(maps: Iterable[Mapping[str, str] | None]) -> dict[str, str]:
        return {word: meant for one in reversed(list(maps)) for word, meant in (one or {}).items()}

    return replace(
        most,
        filters=filters,
        corrections=joined(asked.corrections for asked in every),
        acronyms=joined(asked.acronyms for asked in every),
        unknown=tuple(word for word in most.unknown if word in unknown),
        asks_for_all=any(asked.asks_for_all for asked in every),
    )
