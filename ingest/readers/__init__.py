"""A file -> a `Reading`. One module a format; `read` finds the one that fits."""

from pathlib import Path

from ..errors import InputError
from ..reading import Reading
from ..text import fold
from . import survey

_LARGEST = 4 * 2**20  # bytes; the longest reading lists on the web have under 2 MiB
_MOST_LINES = 65_000  # beyond 65,535 the HTML parser no longer counts lines
_LONGEST_LINE = 2**20  # characters
_READERS = {".md": survey.read, ".markdown": survey.read, ".html": survey.read, ".htm": survey.read}


def read(path: Path) -> Reading:
    """Read a reading list from a file, by the reader that its suffix names.

    Raises:
        InputError: the file is missing, of a kind no reader knows, too large, not UTF-8, or holds
            no paper at all.
    """
    name = fold(path.name)
    try:
        found = "" if path.is_file() else "is a folder, not a file" if path.is_dir() else "does not exist" + _near(path)
    except OSError as error:
        found = f"cannot be looked up ({error.strerror})"
    if found:
        raise InputError(f"{fold(str(path))[-300:]} {found}; expected a reading list ({_suffixes()})")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{name} ends in {path.suffix or 'no suffix'!r}; expected one of {_suffixes()}")
    size = path.stat().st_size
    if size > _LARGEST:
        raise InputError(
            f"{name} has {size / 2**20:.1f} MiB; a reading list has at most {_LARGEST / 2**20:.0f} MiB: split it"
        )
    try:
        page = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8 (byte {error.object[error.start]:#04x} at offset {error.start}); "
            f"save it as UTF-8, for example: iconv -f latin1 -t utf-8 {name}"
        ) from error
    except OSError as error:
        raise InputError(f"{name} cannot be read ({error.strerror}); check its permissions") from error
    if not page.strip():
        raise InputError(f"{name} is empty; expected a reading list with a table of papers")
    lines = page.count("\n") + 1
    if lines > _MOST_LINES:
        raise InputError(f"{name} has {lines:,} lines; a reading list has at most {_MOST_LINES:,}: split it")
    longest = max(map(len, page.splitlines()))
    if longest > _LONGEST_LINE:
        raise InputError(
            f"{name} has a line of {longest:,} characters; a reading list's lines have at most "
            f"{_LONGEST_LINE:,}: is it the right file?"
        )
    try:
        reading = reader(page, name)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    if not reading.papers:
        raise InputError(
            f"{name} has no paper in it ({reading.rows_read} rows read); expected a table with a "
            "'Title' column, in Markdown or HTML"
        )
    return reading


def _suffixes() -> str:
    return ", ".join(_READERS)


def _near(path: Path) -> str:
    """Suggest a file whose name is close, if the folder has one."""
    import difflib

    if not path.parent.is_dir():
        return ""
    names = [p.name for p in path.parent.iterdir() if p.is_file()]
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f" (did you mean {close[0]}?)" if close else ""
