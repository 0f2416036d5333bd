"""The collections a person has: open one (the bundled survey is made at need), add a file to one."""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.collection import Collection
from index.corpus import Corpus
from index.encoder import Progress
from index.hits import Change
from index.home import collection_folder, collection_names, home
from index.shelf import Shelf
from index.statements import Origin
from ingest import catalogue
from ingest.catalogue import copies
from ingest.errors import InputError
from ingest.links import is_web_link
from ingest.paper import Paper
from ingest.readers import read
from ingest.reading import Reading
from ingest.text import normalised_title

from .settings import SURVEY, Settings

if TYPE_CHECKING:
    from ingest.fetch import Fetcher


def open_collection(name: str = SURVEY, progress: Progress | None = None) -> Collection:
    """Open a collection; the bundled survey is indexed first if it is not there or is of an older edition.

    Raises:
        InputError: there is no such collection.
    """
    if name != SURVEY:
        return Collection.open(name)
    if name not in collection_names():
        return _index_survey(Collection.create(SURVEY, Settings.load().model), progress)
    collection = Collection.open(SURVEY)
    current = catalogue.digest()
    return collection if collection.fact("catalogue") == current else _index_survey(collection, progress)


def open_corpus(names: str = SURVEY, progress: Progress | None = None) -> Corpus:
    """Open what questions are asked of: a collection, or several, their names separated by commas.

    A name with a separator in it ("/media/usb/mine", "./mine") is the folder of a collection that is another
    machine's: it is searched, and nothing is written there.

    Raises:
        InputError: there is no such collection, or they cannot be searched together.
    """
    parts = [names] if _is_path(names) and Path(names).is_dir() else [part.strip() for part in names.split(",")]
    if not all(parts):
        raise InputError(f"--collection {names!r}; expected a name, or several with commas between: survey,mine")
    opened = [_open_any(part, progress) for part in dict.fromkeys(parts)]
    return opened[0] if len(opened) == 1 else Shelf(opened)


def _open_any(name: str, progress: Progress | None) -> Collection:
    if not _is_path(name):
        return open_collection(name, progress)
    folder = Path(name).expanduser().resolve()
    if not (folder / "CURRENT").is_file():
        raise InputError(
            f"{name} is no collection's folder; expected one that holds a file CURRENT: .../collections/mine"
        )
    return Collection(folder, read_only=True)


def _is_path(name: str) -> bool:
    return os.sep in name or "/" in name or name.startswith(("~", "."))


def _index_survey(collection: Collection, progress: Progress | None) -> Collection:
    survey, about = catalogue.load(), catalogue.about()
    facts = {
        "title": about.title,
        "by": f"{' and '.join(about.authors)}, {about.url}",
        "catalogue": catalogue.digest(),
        "sections": [section.to_dict() for section in survey.sections],
    }
    collection.add(survey.papers, facts, progress, origin=Origin(survey.file))
    return collection


def add_file(
    source: Path | str,
    name: str,
    progress: Progress | None = None,
    read_progress: Progress | None = None,
    fetcher: "Fetcher | None" = None,
    *,
    sync: bool = False,
) -> tuple[Reading, Change]:
    """Read a file, or every file in a folder, and add its papers to the collection called `name`.

    The collection is made if need be. A copy of the survey's own list, added to the bundled collection, is
    a later edition of what that was made of.

    Args:
        source: a path, or an http or https address, which is fetched if it has changed since the last time.
        progress: of the embedding, in papers.
        read_progress: of the reading, in bytes.
        fetcher: what fetches addresses.
        sync: remove papers that came from the file, stand in it no more, and come from nowhere else; of a file
            that could not be read whole none is removed, and a warning says so.

    Raises:
        InputError: the file cannot be read or fetched; the collection is as before.
    """
    reading = _reading(source, read_progress, fetcher)
    place = str(source) if is_web_link(str(source)) else str(Path(source).resolve())
    origin, papers = Origin(reading.file, place), reading.papers
    exists = name == SURVEY or collection_folder(name).joinpath("CURRENT").is_file()
    sections = [section.to_dict() for section in reading.sections]
    facts: dict[str, Any] = {}
    if exists:
        collection = open_collection(name)
        if name == SURVEY and copies.is_copy(reading):
            origin, papers = Origin(catalogue.FILE), copies.edited(reading)
            facts = {"sections": sections} if sections != collection.fact("sections") else {}
    else:
        collection = Collection.create(name, Settings.load().model)
        facts = {"title": reading.title, "sections": sections}
    try:
        change = collection.add(papers, facts, progress, origin=origin, sync=sync, unread=reading.unread)
    except InputError:  # the file turned out to be damaged while its papers were drawn
        if not exists:
            shutil.rmtree(collection_folder(name))
        raise
    if sync:
        for file in sorted(reading.unread):
            reading.warnings.add(1, f"nothing removed: {file} could not be read whole; mend it and add it again")
    return reading, change


def _reading(source: Path | str, progress: Progress | None, fetcher: "Fetcher | None") -> Reading:
    if not (isinstance(source, str) and is_web_link(source)):
        return read(Path(source), progress)
    if Settings.load().local_only:
        raise InputError(
            f"local_only is on, so {source} is not fetched; fetch it by hand, or: footnote config local_only off"
        )
    from ingest.fetch import Fetcher  # brings an HTTP client, which a query has no use for

    fetched = (fetcher or Fetcher(home() / "cache" / "fetched")).fetch(source)
    return read(fetched.path, progress, source)


def remove_papers(names: Sequence[str], collection: Collection) -> list[Paper]:
    """Remove papers, each named by its id or its exact title, and return them.

    Raises:
        InputError: a name is none of a paper here, or of several; nothing is removed.
    """
    found = _named(names, collection.get, collection.papers, f"in {collection.name}")
    collection.remove(paper.id for paper in found)
    return found


def bring_back_papers(names: Sequence[str], collection: Collection) -> list[Paper]:
    """Bring papers back that were removed, each named by its id or its exact title, and return them.

    Raises:
        InputError: a name is of none that was removed, or of several; nothing is brought back.
    """
    removed = {paper.id: paper for paper in collection.removed()}
    where = f"that was removed from {collection.name}"
    found = _named(names, removed.get, removed.values, where, "footnote remove --undo")
    collection.bring_back(paper.id for paper in found)
    return found


def _named(
    names: Sequence[str],
    get: Callable[[str], Paper | None],
    papers: Callable[[], Iterable[Paper]],
    where: str,
    verb: str = "footnote search",
) -> list[Paper]:
    """Return the papers that these ids and titles name; `get` finds one by id, `papers` gives all.

    Args:
        where: what is said of those that are not found.
        verb: the command that shows what there is.
    """
    by_title: dict[str, list[Paper]] = {normalised_title(name): [] for name in names if get(name) is None}
    for paper in papers() if by_title else ():
        if paper.normalised_title in by_title:
            by_title[paper.normalised_title].append(paper)
    found = []
    for name in names:
        by_id = get(name)
        named = [by_id] if by_id else by_title[normalised_title(name)]
        if len(named) != 1:
            ids = f"{len(named)} papers, {', '.join(paper.id for paper in named)}" if named else "no paper"
            raise InputError(f"{name!r} is {ids} {where}; expected an id or a title, see: {verb}")
        found += named
    return found
