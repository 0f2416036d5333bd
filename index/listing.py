"""What collections there are, without opening them: names, sizes, and when each last changed."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.errors import DamageError

from . import records
from .home import collection_folder, collection_names
from .store import Store


@dataclass(frozen=True, slots=True)
class Listed:
    """One collection.

    Attributes:
        papers, model_id: None where its records cannot be read.
        bytes: of all its files; the generation before the current one is among them.
        changed: when its current generation was committed.
    """

    name: str
    title: str | None
    papers: int | None
    model_id: str | None
    bytes: int
    changed: datetime
    folder: Path

    def to_dict(self) -> dict[str, Any]:
        return {
            "collection": self.name,
            "title": self.title,
            "papers": self.papers,
            "model_id": self.model_id,
            "bytes": self.bytes,
            "changed": self.changed.isoformat(timespec="seconds"),
            "folder": str(self.folder),
        }


def listing() -> list[Listed]:
    """Return every collection of this home, by name. Their files are not checked: that is for their opening."""
    return [_listed(name, collection_folder(name)) for name in collection_names()]


def _listed(name: str, folder: Path) -> Listed:
    title, papers, model = None, None, None
    try:
        found = records.Records(Store(folder, read_only=True).current())
        title, papers, model = found.fact("title"), found.count, found.fact("model_id")
        found.connection.close()
    except (DamageError, sqlite3.DatabaseError):
        pass  # it is told by what is missing
    files = [path.stat() for path in folder.rglob("*") if path.is_file()]
    changed = datetime.fromtimestamp((folder / "CURRENT").stat().st_mtime, UTC)
    return Listed(name, title, papers, model, sum(file.st_size for file in files), changed, folder)
