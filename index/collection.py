"""`Collection`, the face of this room: papers on disk that can be added, removed and searched."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from ingest.errors import InputError
from ingest.paper import Paper

from . import projection, status
from .conditions import Names
from .confidence import Calibration
from .dense import Matrix
from .encoder import Encoder, Progress
from .filters import Filters
from .generation import Generation
from .grouping import Word
from .hits import Change, Related, Results
from .home import collection_folder, collection_names
from .intake import Intake, remove, revise, taken_out
from .keeper import Keeper
from .merges import Merge, listed, say
from .query import check as check_query
from .query import read as read_query
from .ranking import Ladder
from .related import related
from .search import search
from .statements import Origin, Statements


class Collection:
    """A collection, opened for reading at one generation."""

    def __init__(self, folder: Path, read_only: bool = False) -> None:
        """Open the collection in `folder`.

        Damaged index files are rebuilt from the records, and damaged records give way to those of
        the generation before; either is logged as a warning.

        Args:
            read_only: nothing is written there, so nothing is mended; of models, those exported here are used.

        Raises:
            InputError: there is no collection here.
            DamageError: nothing whole is left of it.
        """
        self.name = folder.name
        self._keeper = Keeper(folder, read_only)
        self.calibration = Calibration.load()
        if not self._keeper.store.exists:
            names = ", ".join(collection_names()) or "none yet"
            raise InputError(
                f"no collection {self.name!r} in {folder.parent}; those there: {names} "
                f"(to make it: footnote add FILE --collection {self.name})"
            )
        self._keeper.open()

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
        Keeper(folder).create(Encoder.open(model))
        return cls(folder)

    @property
    def _generation(self) -> Generation:
        return self._keeper.generation

    def __len__(self) -> int:
        return self._generation.records.count

    @property
    def generation(self) -> str:
        """The name of the generation that is open."""
        return self._generation.name

    def refresh(self) -> None:
        """Open the newest generation, if a writer has committed another."""
        self._keeper.refresh()

    @property
    def mended(self) -> str | None:
        """What was found damaged, and rebuilt, since it was opened."""
        return self._keeper.mended

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
        return status.of(self._generation, self.name, self._keeper.store.folder)

    def papers(self, filters: Filters = Filters()) -> Iterable[Paper]:
        """Yield the papers that pass the filters, in the order they were added."""
        return self._generation.records.all(filters)

    def ids(self, filters: Filters = Filters()) -> list[str]:
        """Return the ids of the papers that pass the filters, in the order they were added."""
        return self._generation.records.ids(filters)

    def layout(self, progress: Progress | None = None) -> Iterator[tuple[Paper, float, float]]:
        """Return every paper with its place on the map (see `projection.layout`), which is drawn once."""
        return projection.placed(*self.vectors(), progress)

    def vectors(self) -> tuple[Iterable[Paper], Matrix]:
        """Return every paper, and their unit vectors, shape (papers, dimension)."""
        generation = self._generation
        return generation.records.all(), generation.dense.all()

    def count(self, filters: Filters) -> int:
        """Return how many papers pass the filters."""
        passing = self._generation.records.matching(filters)
        return len(self) if passing is None else len(passing)

    def get(self, id: str) -> Paper | None:
        """Return the paper with this id, None if it is not here."""
        return self._generation.records.get(id)

    def add(
        self,
        papers: Iterable[Paper],
        facts: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
        *,
        origin: Origin | None = None,
        sync: bool = False,
        unread: Container[str] = (),
    ) -> Change:
        """Add records of papers, each with those here that are of the same paper, and commit; embed only what is new.

        Args:
            facts: what to note of the collection as a whole, beside what is noted already.
            origin: where they come from; None goes by the file that each names.
            sync: take back what the origin said before and does not say now.
            unread: files whose papers are kept all the same, asked when `papers` has been drawn.
        """
        with self._keeper.changing() as ledger:
            intake = Intake(ledger, origin)
            for paper in papers:
                intake.take(paper)
            if sync:
                intake.sync(unread)
            if not ledger.changed and not facts:
                return intake.change
            ledger.note(facts or {})
            return self._keeper.commit(ledger, intake.change, origin.name if origin else None, progress)

    def remove(self, ids: Iterable[str]) -> Change:
        """Remove the papers with these ids and commit; their sources do not bring them back (see `bring_back`).

        Raises:
            InputError: an id is not here; nothing is removed.
        """
        with self._keeper.changing() as ledger:
            change = Change(removed=remove(ledger, ids))
            return self._keeper.commit(ledger, change) if ledger.changed else change

    def removed(self) -> list[Paper]:
        """Return the papers that were removed and not brought back, each as one of its sources has it."""
        return taken_out(Statements(self._generation.records.connection))

    def bring_back(self, ids: Iterable[str]) -> Change:
        """Put papers that were removed in again, as their sources last had them, and commit.

        Raises:
            InputError: an id is of none that was removed; nothing is brought back.
        """
        with self._keeper.changing() as ledger:
            intake = Intake(ledger, None)
            intake.bring_back(ids)
            return self._keeper.commit(ledger, intake.change) if ledger.changed else intake.change

    def revise(self, papers: Iterable[Paper], progress: Progress | None = None) -> Change:
        """Keep what was found out about papers here, over all that their sources say, and commit.

        Args:
            papers: papers of this collection with other fields; those that are as before are not kept.
        """
        with self._keeper.changing() as ledger:
            changed = [revise(ledger, paper) for paper in papers]
            change = Change(updated=sum(changed), unchanged=len(changed) - sum(changed))
            return self._keeper.commit(ledger, change, None, progress) if change.updated else change

    def merges(self) -> list[Merge]:
        """Return which records were found to be of one paper, which may be, and which by a person's word are not."""
        return listed(Statements(self._generation.records.connection))

    def accept_merge(self, number: int) -> Change:
        """Make one paper of a pair, by its number in `merges`, and commit.

        Raises:
            InputError: there is no such pair, or it is one paper already.
        """
        return self._say(number, "accepted")

    def undo_merge(self, number: int) -> Change:
        """Make two papers of a pair, by its number in `merges`, and commit; they are not merged again.

        Raises:
            InputError: there is no such pair, or it is two papers already.
        """
        return self._say(number, "undone")

    def _say(self, number: int, word: Word) -> Change:
        with self._keeper.changing() as ledger:
            before = int(ledger.value("SELECT count(*) FROM papers"))
            say(ledger, number, word)
            more = int(ledger.value("SELECT count(*) FROM papers")) - before
            return self._keeper.commit(ledger, Change(added=max(more, 0), updated=1, merged=max(-more, 0)))

    def search(
        self, query: str, k: int = 10, filters: Filters = Filters(), ladder: Ladder = Ladder(), brief: bool = False
    ) -> Results:
        """Return the `k` papers that meet the query best, of those that pass the filters.

        Filters are read off the query's words too, and slips are mended (`Results.asked` says what
        was done); a query in quotation marks is taken word for word.

        Args:
            ladder: the signals' weights, which only a measurement has reason to change.
            brief: read no paper that would have to be embedded for it (see `Results.is_brief`).

        Raises:
            InputError: the query is empty or longer than any need; `k` is below 1; or the model
                that this collection was built with is not to be had.
        """
        check_query(query, k)
        generation = self._generation  # `add` in another thread may put a newer one there meanwhile
        encoder = self._query_encoder(generation)
        asked = read_query(query, generation, encoder.runtime, filters)
        is_brief = brief and generation.late is None
        hits, evidence = search(generation, encoder, self.calibration, asked, k, ladder, is_brief)
        answered = self.calibration.answered(evidence.features())
        confidence = 0.0 if not hits or is_brief else 1.0 if asked.asks_for_all else answered
        return Results(query, self.name, asked, confidence, evidence, tuple(hits), is_brief)

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
        encoder = self._keeper.encoder(generation)
        if encoder.id != built_with:
            raise InputError(
                f"the collection {self.name} was built with the model {built_with}, and {encoder.id} stands "
                f"there now; put the old one back, or run: footnote rebuild --collection {self.name}"
            )
        return encoder

    def rebuild(self, model: str | None = None, progress: Progress | None = None) -> Change:
        """Write a new generation from the records, with the vectors of `model`."""
        with self._keeper.changing() as ledger:
            return Change(encoded=self._keeper.publish(ledger, Encoder.open(model), progress), unchanged=len(self))
