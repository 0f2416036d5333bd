"""The disk: immutable generations of one collection, one of them current, committed by one rename.

    collections/survey/
      CURRENT            the current generation's name; replacing this file is the commit
      lock               held by the one process that writes
      generation-000007/ records.sqlite, vectors.faiss, the lexical index, manifest.json

A writer fills a new folder beside the others and syncs it before the rename, so that a process
killed at any instant leaves the old generation or the new one, whole. A reader opens every file
of its generation at once and keeps them open; on POSIX systems they stay readable after the
folder is gone. The generation before the current one is kept, to fall back on if records are
damaged.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import DamageError, InputError

from .home import make_folder
from .manifest import sync

_PREFIX = "generation-"
_NAME = re.compile(rf"{_PREFIX}\d{{6,}}")
_LOCK_PATIENCE = 600  # seconds; the longest that another writer is waited for


class Store:
    """One collection's folder on disk."""

    def __init__(self, folder: Path, read_only: bool = False) -> None:
        """Look at the collection in `folder`; `read_only` is for a folder that is not ours to write to."""
        self.folder = folder
        self.read_only = read_only
        self._lock = FileLock(folder / "lock", timeout=_LOCK_PATIENCE)

    @property
    def exists(self) -> bool:
        """Whether a generation has ever been committed here."""
        return (self.folder / "CURRENT").is_file() or bool(self.generations())

    def current(self) -> Path:
        """Return the current generation's folder.

        Raises:
            DamageError: CURRENT names no generation.
        """
        pointer = self.folder / "CURRENT"
        line = None
        while True:
            before, line = line, pointer.read_text("ascii", "replace") if pointer.is_file() else ""
            name = line.partition(" ")[0]
            if line == _pointer(name) and (self.folder / name).is_dir():
                return self.folder / name
            if line == before:  # and no writer has been at work since the name was read
                raise DamageError(f"{pointer} names {name!r}, which is no generation here")

    def generations(self) -> list[Path]:
        """Return the folders of all complete generations, newest first."""
        found = [path for path in self.folder.glob(f"{_PREFIX}*") if _NAME.fullmatch(path.name)]
        return sorted(found, key=_number, reverse=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock of the one writer.

        Raises:
            InputError: the folder cannot or may not be written, or another process holds the lock too long.
        """
        if self.read_only:
            raise InputError(
                f"{self.folder} is opened read-only; footnote import {self.folder} makes a copy of your own"
            )
        make_folder(self.folder)
        try:
            with self._lock:  # may be taken again by the thread that holds it
                yield
        except Timeout as error:
            raise InputError(
                f"another process has been writing to {self.folder} for {_LOCK_PATIENCE} s; wait for it or stop it"
            ) from error
        except PermissionError as error:
            raise InputError(
                f"{self.folder} is read-only here; set FOOTNOTE_HOME to a folder you can write to"
            ) from error

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Give a folder to write a generation into; what is not published at the end is thrown away.

        Call this inside `writing()`.
        """
        draft = self.folder / f"draft-{os.getpid()}"
        self._sweep()
        draft.mkdir()
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def publish(self, draft: Path) -> None:
        """Make the generation in a draft, written whole with its manifest, the current one."""
        number = max(map(_number, self.generations()), default=0) + 1
        target = self.folder / f"{_PREFIX}{number:06d}"
        try:
            previous = self.current().name if self.exists else None
        except DamageError:
            previous = self.generations()[0].name if self.generations() else None
        draft.rename(target)
        pointer = self.folder / "CURRENT.new"
        with pointer.open("w", encoding="ascii") as file:
            file.write(_pointer(target.name))
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.folder / "CURRENT")
        sync(self.folder)
        for generation in self.generations():
            if generation.name not in (target.name, previous):
                shutil.rmtree(generation, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what a killed writer left; the lock says that no other writer is at work."""
        for draft in self.folder.glob("draft-*"):
            shutil.rmtree(draft, ignore_errors=True)


def _number(generation: Path) -> int:
    return int(generation.name.removeprefix(_PREFIX))


def _pointer(name: str) -> str:
    """Return the content of CURRENT: a name, and a digest by which a flipped bit is found out."""
    return f"{name} {hashlib.sha256(name.encode('ascii', 'replace')).hexdigest()[:16]}\n"
