"""Where things lie: one folder for collections, models, the vector cache and the settings."""

import os
import re
from pathlib import Path

import platformdirs

from ingest.errors import InputError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def home() -> Path:
    """Return FOOTNOTE_HOME, or the platform's folder for a program's data."""
    chosen = os.environ.get("FOOTNOTE_HOME")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("footnote")


def collection_folder(name: str) -> Path:
    """Return the folder of the collection called `name`; it need not exist.

    Raises:
        InputError: the name cannot be a folder's name everywhere.
    """
    if "," in name:
        first = name.partition(",")[0].strip() or "NAME"
        raise InputError(f"{name!r} names several collections; expected one here, such as --collection {first}")
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot name a collection; expected up to 64 lower-case letters, digits, '.', '_' or '-'"
        )
    return home() / "collections" / name


def collection_names() -> list[str]:
    """Return the names of all collections, sorted."""
    folder = home() / "collections"
    return sorted(p.parent.name for p in folder.glob("*/CURRENT")) if folder.is_dir() else []


def make_folder(folder: Path) -> Path:
    """Make a folder and those above it.

    Raises:
        InputError: this place cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made ({error.strerror}); set FOOTNOTE_HOME to a folder you can write to"
        ) from error
    return folder
