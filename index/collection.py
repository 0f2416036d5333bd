"""`Collection`, the face of this room: papers on disk that can be added, removed and searched."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from ingest.errors import DamageError, InputError
from ingest.paper import Paper

from . import manifest, projection, records, taxonomy
from .conditions import Names
from .confidence import Calibration
from .encoder import Encoder, Progress
from .filters import Filters
from .generation import Generation
from .generation import write as write_generation
from .hits import Change, Related, Results
from .home import collection_folder, collection_names
from .late import BUDGET
from .query import read as read_query
from .ranking import Ladder
from .related import related
from .search import search
from .store import Store

_log = logging.getLogger(__name__)
_TRIES = 5  # times that writers may overtake an opening reader
_LONGEST_QUERY = 20_000  # characters, some ten pages


class Collection:
    """A collection, opened for reading at one generation."""

    def __init__(self, folder: Path) -> None:
        """Open the collection in `folder`.

        Damaged index files are rebuilt from the records, and damaged records give way to those of
        the generation before; either is logged as a warning.

        Raises:
            InputError: there is no collection here.
            DamageError: nothing whole is left of it.
        """
        self.name = folder.name
        self.mended: str | None = None  # what was found damaged, and rebuilt, while it was open
        self._store = Store(folder)
        self._encoder: Encoder | None = None
        self.calibration = Calibration.load()
        if not self._store.exists:
            names = ", ".join(collection_names()) or "none yet"
            raise InputError(
                f"no collection {self.name!r} in {folder.parent}; those there: {names} "
                f"(to make it: footnote add FILE --collection {self.name})"
            )
        self._generation = self._open()

    @classmethod
    def open(cls, name: str) -> Self:
        """Open the collection called `name`, in the folder that `index.home` gives it."""
        return cls(collection_folder(name))

    @classmethod
    def create(cls, name: str, model: str | None = None) -> Self:
        """Make an empty collection, whose papers `model` will embed (see `Encoder.open`), and open it."""
        return cls.create_in(collection_folder(name), model)

    @classmethod
    def create_in(cls, folder: Path, model: str | None = None) -> Self:
        """Make an empty collection in a folder of its own, and open it."""
        store, encoder = Store(folder), Encoder.open(model)
        with store.writing():
            if not store.exists:
                store.commit(lambda draft: write_generation(draft, [], encoder, {}))
        return cls(folder)

    def __len__(self) -> int:
        return self._generation.records.count

    @property
    def generation(self) -> str:
        """The name of the generation that is open."""
        return self._generation.name

    def refresh(self) -> None:
        """Open the newest generation, if a writer has committed another."""
        if not self._is_current(self._generation.folder):
            self._generation = self._open()

    @property
    def names(self) -> Names:
        """What its papers can be asked for by name."""
        return self._generation.names

    def facts(self) -> dict[str, Any]:
        """Return what is known of the collection as a whole: title, sections, model and the like."""
        return self._generation.records.facts()

    def fact(self, name: str) -> Any:
        """Return one of these facts, None if it is not noted."""
        return self._generation.records.fact(name)

    def counts(self, field: str) -> list[tuple[str, int]]:
        """Return the values of `topic`, `venue` or `year` with their number of papers."""
        return self._generation.records.counts(field)

    def status(self) -> dict[str, Any]:
        """Return what the collection is, holds and lies in, as JSON shows it."""
        facts, late = self.facts(), self._generation.late
        return {
            "collection": self.name,
            "title": facts.get("title"),
            "by": facts.get("by"),
            "papers": len(self),
            "model_id": facts["model_id"],
            "generation": self._generation.name,
            "folder": str(self._store.folder),
            "token_vectors": {"bytes": late.size if late else None, "budget": BUDGET},
            "sections": taxonomy.counted(facts.get("sections", []), self._generation.records.sections()),
            **{field: self.counts(field) for field in ("topic", "venue", "year")},
        }

    def papers(self, filters: Filters = Filters()) -> Iterable[Paper]:
        """Yield the papers that pass the filters, in the order they were added."""
        return self._generation.records.all(filters)

    def layout(self, progress: Progress | None = None) -> Iterator[tuple[Paper, float, float]]:
        """Return every paper with its place on the map (see `projection.layout`), which is drawn once."""
        generation = self._generation
        points = projection.layout(generation.dense.all(), progress).tolist()
        return ((paper, x, y) for paper, (x, y) in zip(generation.records.all(), points, strict=True))

    def count(self, filters: Filters) -> int:
        """Return how many papers pass the filters."""
        passing = self._generation.records.matching(filters)
        return len(self) if passing is None else len(passing)

    def get(self, id: str) -> Paper | None:
        """Return the paper with this id, None if it is not here."""
        return self._generation.records.get(id)

    def add(
        self, papers: Iterable[Paper], facts: Mapping[str, Any] | None = None, progress: Progress | None = None
    ) -> Change:
        """Add papers, merging each into the one here with its id or title, and commit; embed only what is new.

        Args:
            facts: what to note of the collection as a whole, beside what is noted already.
        """
        with self._store.writing():
            self._generation = self._open()
            kept = {paper.id: paper for paper in self.papers()}
            by_title = {paper.normalised_title: id for id, paper in kept.items()}
            added = updated = unchanged = 0
            for paper in papers:
                id = paper.id
                if id not in kept and _scheme(twin := by_title.get(paper.normalised_title, id)) != _scheme(id):
                    id = twin  # one title under two kinds of id, such as arXiv's and a publisher's, is one paper
                before = kept.get(id)
                kept[id] = paper if before is None else before.merged_with(paper)
                by_title.setdefault(paper.normalised_title, id)
                if before is None:
                    added += 1
                elif before == kept[id]:
                    unchanged += 1
                else:
                    updated += 1
            encoded = 0
            if added or updated or facts:
                encoded = self._commit(list(kept.values()), facts or {}, progress)
        return Change(added, updated, unchanged, 0, encoded)

    def remove(self, ids: Iterable[str]) -> Change:
        """Remove the papers with these ids and commit.

        Raises:
            InputError: an id is not here; nothing is removed.
        """
        gone = set(ids)
        with self._store.writing():
            self._generation = self._open()
            kept = [paper for paper in self.papers() if paper.id not in gone]
            if len(kept) + len(gone) != len(self):
                missing = sorted(id for id in gone if self.get(id) is None)
                raise InputError(f"no paper {', '.join(missing)} in {self.name}; footnote search --json shows ids")
            encoded = self._commit(kept, {}, None) if gone else 0
        return Change(removed=len(gone), encoded=encoded)

    def search(self, query: str, k: int = 10, filters: Filters = Filters(), ladder: Ladder = Ladder()) -> Results:
        """Return the `k` papers that meet the query best, of those that pass the filters.

        Filters are read off the query's words too, and slips are mended (`Results.asked` says what
        was done); a query in quotation marks is taken word for word.

        Args:
            ladder: the signals' weights, which only a measurement has reason to change.

        Raises:
            InputError: the query is empty or longer than any need; `k` is below 1; or the model
                that this collection was built with is not to be had.
        """
        if not query.strip():
            raise InputError("the query is empty; expected a question, key words or a passage")
        if len(query) > _LONGEST_QUERY:
            raise InputError(f"the query has {len(query):,} characters; expected at most {_LONGEST_QUERY:,}")
        if k < 1:
            raise InputError(f"{k} results asked for; expected at least 1")
        try:
            query.encode()
        except UnicodeEncodeError as error:
            raise InputError("the query is not Unicode text; expected UTF-8") from error
        generation = self._generation  # `add` in another thread may put a newer one there meanwhile
        encoder = self._query_encoder(generation)
        asked = read_query(query, generation, encoder.runtime, filters)
        hits, evidence = search(generation, encoder, self.calibration, asked, k, ladder)
        confidence = 0.0 if not hits else 1.0 if asked.asks_for_all else self.calibration.answered(evidence.features())
        return Results(query, self.name, asked, confidence, evidence, tuple(hits))

    def related(
        self, passages: Sequence[Sequence[str]], filters: Filters = Filters(), progress: Progress | None = None
    ) -> Iterator[list[Related]]:
        """Yield for each passage of a draft, given as its sentences, the papers that it wants, best first.

        Args:
            progress: called as passages are done.

        Raises:
            InputError: the model that this collection was built with is not to be had.
        """
        generation = self._generation
        encoder = self._query_encoder(generation)
        return related(generation, encoder, self.calibration, passages, filters, progress)

    @property
    def encoder(self) -> Encoder:
        """The encoder of the generation that is open (see `search` for what it may raise)."""
        return self._query_encoder(self._generation)

    def _query_encoder(self, generation: Generation) -> Encoder:
        """Return the encoder that a generation was built with."""
        built_with = generation.records.fact("model_id")
        encoder = self._encoder
        if encoder is None or encoder.id != built_with:
            encoder = Encoder.open(generation.records.fact("model"))
            if encoder.id != built_with:
                raise InputError(
                    f"the collection {self.name} was built with the model {built_with}, and {encoder.id} stands "
                    f"there now; put the old one back, or run: footnote rebuild --collection {self.name}"
                )
            self._encoder = encoder
        return encoder

    def rebuild(self, model: str | None = None, progress: Progress | None = None) -> Change:
        """Write a new generation from the records, with the vectors of `model`."""
        with self._store.writing():
            self._generation = self._open()
            self._encoder = Encoder.open(model)
            chosen = {"model": self._encoder.spec, "model_id": self._encoder.id}
            encoded = self._commit(list(self.papers()), chosen, progress)
        return Change(unchanged=len(self), encoded=encoded)

    def _commit(self, papers: list[Paper], facts: Mapping[str, Any], progress: Progress | None) -> int:
        """Write and open a new generation; return how many texts were embedded."""
        encoded = self._write(papers, {**self.facts(), **facts}, progress)
        self._generation = self._open()
        return encoded

    def _write(self, papers: list[Paper], facts: Mapping[str, Any], progress: Progress | None = None) -> int:
        encoder = self._encoder
        if encoder is None or encoder.id != facts["model_id"]:
            encoder = Encoder.open(facts["model"])
        return self._store.commit(lambda draft: write_generation(draft, papers, encoder, facts, progress))

    def _open(self) -> Generation:
        """Open the current generation; if it is damaged, rebuild it first."""
        for _ in range(_TRIES):
            folder = None
            try:
                folder = self._store.current()
                return Generation(folder)
            except (DamageError, FileNotFoundError) as error:
                # A writer may remove a generation between our reading its name and opening it.
                if folder is None or self._is_current(folder):
                    self._mend(error)
        return Generation(self._store.current())

    def _is_current(self, folder: Path) -> bool:
        try:
            return self._store.current() == folder
        except DamageError:
            return True

    def _mend(self, damage: Exception) -> None:
        """Commit a new generation made from the newest records that are whole."""
        with self._store.writing():
            try:  # another process may have mended it while this one waited
                Generation(self._store.current())
                return
            except (DamageError, FileNotFoundError):
                pass
            for folder in self._store.generations():
                if not manifest.is_whole(folder, records.FILE):
                    continue
                _log.warning("%s; rebuilt from the records of %s", damage, folder.name)
                self.mended = str(damage)
                whole = records.Records(folder)
                self._write(list(whole.all()), whole.facts())
                return
        raise DamageError(
            f"{damage}, and no older records are whole; remove {self._store.folder} and add the papers again"
        )


def _scheme(id: str) -> str:
    """Return the kind of an id: "arxiv" of "arxiv:2302.03169"."""
    return id.partition(":")[0] if ":" in id else ""
