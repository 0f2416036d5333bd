"""The keeper of a collection's generations: opens the current one, mends it, and writes the next."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import DamageError

from . import manifest, records
from .encoder import Encoder, Progress
from .filling import upgraded
from .generation import Generation, Outdated, write
from .hits import Change
from .ledger import Ledger, create
from .store import Store

_log = logging.getLogger(__name__)
_TRIES = 5  # times that writers may overtake an opening reader
_COUNTED = ("added", "updated", "unchanged", "removed", "merged")


class Keeper:
    """Keeps one collection; `generation` is the one that is open, after `open`."""

    generation: Generation

    def __init__(self, folder: Path, read_only: bool = False) -> None:
        """Keep the collection in `folder`; `read_only` is for a folder that is not ours to write to."""
        self.store = Store(folder, read_only)
        self.mended: str | None = None  # what was found damaged, and rebuilt, while it was open
        self._encoder: Encoder | None = None

    def create(self, encoder: Encoder) -> None:
        """Write the first generation, of no papers, where there is none."""
        with self.store.writing():
            if self.store.exists:
                return
            with self.store.draft() as draft:
                create(draft, {})
                with Ledger(draft, draft) as ledger:
                    write(ledger, encoder)
                self.store.publish(draft)

    def open(self) -> Generation:
        """Open the current generation; if it is damaged or of an earlier format, make it anew first.

        Raises:
            DamageError: nothing whole is left of it.
        """
        for _ in range(_TRIES):
            folder = None
            try:
                folder = self.store.current()
                self.generation = Generation(folder, self.store.read_only)
                return self.generation
            except (DamageError, Outdated, FileNotFoundError) as error:
                # A writer may remove a generation between our reading its name and opening it.
                if folder is None or self._is_current(folder):
                    self._mend(error)
        self.generation = Generation(self.store.current(), self.store.read_only)
        return self.generation

    def refresh(self) -> None:
        """Open the newest generation, if a writer has committed another."""
        if not self._is_current(self.generation.folder):
            self.open()

    def encoder(self, generation: Generation) -> Encoder:
        """Return the encoder that stands where that of a generation stood; its id tells whether it is the same."""
        built_with = generation.records.fact("model_id")
        if self._encoder is None or self._encoder.id != built_with:
            # What another machine says of its model is not followed: one of that name must be here.
            own = not self.store.read_only
            self._encoder = Encoder.open(generation.records.fact("model")) if own else Encoder.exported(built_with)
        return self._encoder

    @contextmanager
    def changing(self) -> Iterator[Ledger]:
        """Give the current ledger, with a draft for its changes, to the one writer."""
        with self.store.writing():
            generation = self.open()
            with self.store.draft() as draft, Ledger(generation.folder, draft) as ledger:
                yield ledger

    def commit(
        self, ledger: Ledger, change: Change, source: str | None = None, progress: Progress | None = None
    ) -> Change:
        """Note what a change did, with the source that it came from, and publish it."""
        when = datetime.now(UTC).isoformat(timespec="seconds")
        counts = {name: getattr(change, name) for name in _COUNTED}
        ledger.note({"last_change": {"when": when, "source": source, **counts}})
        return replace(change, encoded=self.publish(ledger, self.encoder(self.generation), progress))

    def publish(self, ledger: Ledger, encoder: Encoder, progress: Progress | None) -> int:
        """Write the generation of a ledger's draft and open it; return how many texts were embedded."""
        encoded = write(ledger, encoder, progress)
        self.store.publish(ledger.draft)
        self.open()
        return encoded

    def _is_current(self, folder: Path) -> bool:
        try:
            return self.store.current() == folder
        except DamageError:
            return True

    def _mend(self, found: Exception) -> None:
        """Commit a new generation made from the newest records that are whole."""
        if self.store.read_only:
            raise DamageError(f"{found}; read-only, it is not mended: footnote import {self.store.folder} copies it")
        with self.store.writing():
            try:  # another process may have mended it while this one waited
                Generation(self.store.current())
                return
            except (DamageError, Outdated, FileNotFoundError):
                pass
            for folder in self.store.generations():
                if not manifest.is_whole(folder, records.FILE):
                    continue
                rebuilt = f"rebuilt from the records of {folder.name}"
                _log.warning("%s; %s", found, "brought up to date" if isinstance(found, Outdated) else rebuilt)
                self.mended = None if isinstance(found, Outdated) else str(found)
                with self.store.draft() as draft, upgraded(folder, draft) as ledger:
                    write(ledger, Encoder.open(ledger.fact("model")))
                    self.store.publish(draft)
                return
        raise DamageError(
            f"{found}, and no older records are whole; remove {self.store.folder} and add the papers again"
        )
