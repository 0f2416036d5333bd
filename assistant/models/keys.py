"""The key of a hosted model: from the environment, or from a file that nobody else can read."""

import os
import stat
from pathlib import Path

from index.home import home
from ingest.errors import InputError

_LONGEST = 4096  # bytes


def variable(role: str) -> str:
    """Return the environment variable that holds a role's key."""
    return f"FOOTNOTE_{role.upper()}_KEY"


def key_file(role: str) -> Path:
    """Return the file that holds a role's key where the environment does not; it need not exist."""
    return home() / f"{role}.key"


def read_key(role: str) -> str | None:
    """Return the key of a role, or None.

    Raises:
        InputError: the file can be read by others, or what is there cannot be a key. The key is not shown.
    """
    return read_secret(variable(role), key_file(role))


def read_secret(name: str, path: Path) -> str | None:
    """Return what the environment variable `name` holds, or else the file `path`; None if there is neither.

    Raises:
        InputError: the file can be read by others, or what is there cannot be a key. It is not shown.
    """
    if os.environ.get(name):
        return _checked(os.environ[name], name)
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise InputError(f"{path} can be read by others (mode {mode:o}); expected mode 600: chmod 600 {path}")
            content = file.read(_LONGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); expected a file with one key") from error
    return _checked(content.decode("latin-1"), str(path))


def _checked(text: str, place: str) -> str:
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(f"{place} holds no key; expected one line of letters, digits and signs")
    return key
