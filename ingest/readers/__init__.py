"""A file or folder -> a `Reading`. One module a format; `read` finds the one that fits."""

from pathlib import Path

from ..document import Document
from ..errors import InputError
from ..reading import Progress, Reading
from ..text import fold
from . import folder, zotero
from .formats import choose, formats, suffixes


def read(path: Path, progress: Progress | None = None, name: str = "") -> Reading:
    """Begin to read a file, by the reader that its suffix and content name, or every file in a folder.

    What is wrong further on is raised while the papers are drawn.

    Args:
        name: what to call a file in messages and records, such as the address that it is from.

    Raises:
        InputError: the path is missing, of a kind no reader knows, or cannot be read at all; or,
            while the papers are drawn, the file is damaged, not UTF-8, or holds no paper at all.
    """
    known = formats()
    try:
        if path.is_dir():
            return folder.read_folder(path, known, progress)
        found = "" if path.is_file() else "is no file" if path.exists() else "does not exist" + _near(path)
    except (OSError, ValueError) as error:
        found = f"cannot be looked up ({getattr(error, 'strerror', None) or error})"
    if found:
        raise InputError(f"{fold(str(path))[-300:]} {found}; expected a reading list ({suffixes(known)})")
    document = Document(path, name, progress)
    return choose(document, known).read(document)


def sources(path: Path) -> list[Path]:
    """Return the files that `read` would look at, for telling whether any has changed; none if nothing is there.

    Beside a database lies what was written and is not yet in it.
    """
    read = folder.files(path, formats())[0] if path.is_dir() else [path]
    found = [file for one in read for file in (one, *(one.with_name(one.name + end) for end in zotero.BESIDE))]
    return [file for file in found if file.is_file()]


def _near(path: Path) -> str:
    """Suggest a file whose name is close, if the folder has one."""
    import difflib

    if not path.parent.is_dir():
        return ""
    names = [p.name for p in path.parent.iterdir() if p.is_file()]
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f" (did you mean {close[0]}?)" if close else ""
