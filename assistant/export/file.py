"""A text written to a file that is there whole or not at all."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import InputError


def write_file(chunks: Iterable[str], path: Path, replace: bool = False) -> None:
    """Write `chunks` to `path` as UTF-8, in one step: until all is written, the file is as it was.

    Args:
        replace: whether a file that is there already may be replaced.

    Raises:
        InputError: the file is there already, or cannot be written.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected the name of a file")
    try:
        if path.exists() and not path.is_file():  # /dev/stdout and its like can only be written to
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(chunks)
        elif path.exists() and not replace:
            raise FileExistsError
        else:
            _write_whole(chunks, path.resolve(), replace)  # a link stays a link, and what it leads to is written
    except FileExistsError as error:
        raise InputError(f"{path} exists already; name another file, or add --force to replace it") from error
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror or error}); check the folder") from error


def _write_whole(chunks: Iterable[str], path: Path, replace: bool) -> None:
    with whole(path, replace) as draft, draft.open("x", encoding="utf-8", newline="") as file:
        file.writelines(chunks)


@contextmanager
def whole(path: Path, replace: bool) -> Iterator[Path]:
    """Give the name of a draft to write, which becomes the file at `path` when it is finished.

    Raises:
        FileExistsError: there is a file at `path`, and it is not to be replaced.
    """
    draft = path.with_name(f".footnote-{secrets.token_hex(8)}")
    try:
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        if not replace and _linked(draft, path):
            draft.unlink()
        else:
            draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _linked(draft: Path, path: Path) -> bool:
    """Give the draft its name by a link, which fails where somebody made the file meanwhile."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        return False
    return True
