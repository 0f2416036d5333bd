"""A file that is there whole or not at all."""

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.errors import InputError


def write_file(chunks: Iterable[str | bytes], path: Path, replace: bool = False) -> None:
    """Write `chunks` to `path`, texts as UTF-8, in one step: until all is written, the file is as it was.

    Args:
        replace: whether a file that is there already may be replaced.

    Raises:
        InputError: the file is there already, or cannot be written.
    """
    check_free(path, replace)
    try:
        if path.exists() and not path.is_file():  # /dev/stdout and its like can only be written to
            with path.open("wb") as file:
                file.writelines(_bytes(chunks))
        else:
            _write_whole(chunks, path.resolve(), replace)  # a link stays a link, and what it leads to is written
    except FileExistsError as error:  # somebody made it meanwhile
        raise _taken(path) from error
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror or error}); check the folder") from error


def check_free(path: Path, replace: bool = False) -> None:
    """Raise InputError where `write_file` would find a folder, or a file that it must not replace."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected the name of a file")
    if path.is_file() and not replace:
        raise _taken(path)


def _taken(path: Path) -> InputError:
    return InputError(f"{path} exists already; name another file, or add --force to replace it")


def _bytes(chunks: Iterable[str | bytes]) -> Iterator[bytes]:
    return (chunk if isinstance(chunk, bytes) else chunk.encode("utf-8") for chunk in chunks)


def _write_whole(chunks: Iterable[str | bytes], path: Path, replace: bool) -> None:
    draft = path.with_name(f".footnote-{secrets.token_hex(8)}")
    with draft.open("xb") as file:
        try:
            file.writelines(_bytes(chunks))
            file.flush()
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
