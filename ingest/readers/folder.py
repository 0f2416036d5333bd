"""A folder of lists and exports as one source: every file of a known kind in it, however deep."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..document import Document
from ..errors import InputError
from ..reading import Event, Progress, Reading, Refusal, Repeat, Warning
from ..text import fold
from . import zotero
from .formats import Format, choose, suffixes


def read_folder(folder: Path, known: Sequence[Format], progress: Progress | None = None) -> Reading:
    """Read the files in order of their names; hidden ones and links are passed over.

    Remarks begin with the name of their file. A file that cannot be read is a remark too.

    Raises:
        InputError: no file here is of a known kind.
    """
    wanted, others = files(folder, known)
    name = fold(folder.resolve().name) or "folder"
    if not wanted:
        raise InputError(f"the folder {name} has no file that can be read; expected {suffixes(list(known))}")
    unread: set[str] = set()
    return Reading(name, _events(folder, wanted, others, list(known), progress, unread), unread=unread)


def files(folder: Path, known: Sequence[Format]) -> tuple[list[Path], int]:
    """Return the files of a folder that are read, in order of their names, and how many others it has.

    Of Zotero's data folder the library alone is read; what is stored there are attachments and copies.
    """
    names = {suffix for one in known for suffix in one.suffixes}
    found = sorted(path for path in folder.rglob("*") if _is_read(path, folder))
    libraries = {path.parent for path in found if path.name == zotero.FILE}
    found = [path for path in found if path.name == zotero.FILE or libraries.isdisjoint(path.parents)]
    wanted = [path for path in found if _suffix(path) in names]
    return wanted, len(found) - len(wanted)


def _events(
    folder: Path,
    files: Sequence[Path],
    others: int,
    known: list[Format],
    progress: Progress | None,
    unread: set[str],
) -> Iterator[Event]:
    sizes = [path.stat().st_size for path in files]
    done = 0
    if others:
        yield Warning(1, f"{others} files of other kinds are not read")
    for path, size in zip(files, sizes, strict=True):
        name = fold(path.relative_to(folder).as_posix())

        def told(read: int, of: int, before: int = done, share: int = size) -> None:
            if progress:
                progress(before + read * share // max(of, 1), sum(sizes))

        try:
            document = Document(path, name, told)
            reading = choose(document, known).read(document)
            for event in reading.events:
                if isinstance(event, Refusal | Repeat | Warning):
                    yield type(event)(event.line, f"{name}: {event.reason}")
                else:
                    yield event
            unread |= reading.unread
        except InputError as error:
            unread.add(name)
            message = str(error)
            yield Warning(1, message if message.startswith(name) else f"{name}: {message}")
        done += size


def _is_read(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.is_file() and not path.is_symlink()


def _suffix(path: Path) -> str:
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()
