"""Collections copied and moved: one becomes a file, and a file or folder becomes one."""

from pathlib import Path

from index import archive
from index.adoption import Taken, take_in
from index.encoder import Progress
from index.generation import Generation
from index.home import collection_folder
from index.store import Store
from ingest.errors import InputError

from .export.file import whole
from .library import open_corpus
from .settings import SURVEY, Settings


def export_archive(name: str, file: Path, replace: bool = False) -> int:
    """Write a collection into one file, whole or not at all; return how many papers it holds.

    Raises:
        InputError: the file is there already or cannot be written, or there is no such collection.
    """
    if "," in name:
        raise InputError(f"an archive holds one collection; expected one name, found {name!r}")
    status = open_corpus(name).status()  # opening mends what is damaged
    generation = Generation(Store(Path(status["folder"]), read_only=True).current(), read_only=True)
    if file.exists() and (not replace or not file.is_file()):
        raise InputError(f"{file} exists already; name another file, or add --force to replace it")
    try:
        with whole(file.resolve(), replace) as draft:
            archive.write(generation, status["collection"], draft)
    except FileExistsError as error:
        raise InputError(f"{file} exists already; name another file, or add --force to replace it") from error
    except OSError as error:
        raise InputError(f"{file} cannot be written ({error.strerror or error}); check the folder") from error
    return generation.records.count


def import_collection(
    source: Path, name: str | None = None, replace: bool = False, progress: Progress | None = None
) -> Taken:
    """Make a collection of an archive or of another collection's folder (see `index.adoption.take_in`).

    Raises:
        InputError: it cannot be taken in, or the name is taken.
    """
    if name is not None:
        collection_folder(name)  # says what is wrong with the name before anything is read
    return take_in(source, name, Settings.load().model, replace, (SURVEY,), progress)
