"""Files that a browser uploads, before a reader sees them: where they lie, how large they are, their names."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradio.utils import get_upload_folder

from ingest.errors import InputError
from ingest.invisible import visible
from ingest.readers.formats import formats
from ingest.text import fold

LARGEST = 64 * 2**20  # bytes, as many as the server lets in
_LONGEST_NAME = 150  # bytes, so that every file system takes it


def accepted() -> list[str]:
    """Return the suffixes that a file may have, as a browser's file dialogue takes them."""
    found = dict.fromkeys(suffix for one in formats() for suffix in one.suffixes)
    return [*found, ".gz"]


@contextmanager
def named(path: str, name: str) -> Iterator[Path]:
    """Give an uploaded file under the name it had on its owner's machine; afterwards it is gone.

    Raises:
        InputError: it is no upload, too large, or its name's end is of no kind that is read.
    """
    folder = Path(get_upload_folder()).resolve()
    file = Path(path).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        raise InputError("the file is not among the uploads any more; choose it again")
    own = tempfile.mkdtemp(prefix="reading-", dir=folder)
    try:
        size = file.stat().st_size
        moved = Path(own) / _safe(name or file.name)
        file.replace(moved)
        if size > LARGEST:
            raise InputError(
                f"{moved.name} has {size:,} bytes; expected at most {LARGEST:,}: footnote add reads any size"
            )
        if moved.suffix.lower() not in accepted():
            raise InputError(
                f"{moved.name} ends in {moved.suffix or 'no suffix'!r}; expected one of {', '.join(accepted())}"
            )
        yield moved
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _safe(name: str) -> str:
    """Return a name of one folder's file: what cannot be seen is gone, slashes are lines, long names are cut."""
    name = fold(visible(name)).replace("/", "_").replace("\\", "_").lstrip(".") or "upload"
    suffixes = "".join(Path(name).suffixes[-2:])[-20:]
    stem = name[: len(name) - len(suffixes)] if suffixes else name
    room = _LONGEST_NAME - len(suffixes.encode())
    return stem.encode()[:room].decode(errors="ignore") + suffixes
