"""The collections a person has: open one (the bundled survey is made at need), add a file to one."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.collection import Collection
from index.encoder import Progress
from index.hits import Change
from index.home import collection_folder, collection_names
from index.statements import Origin
from ingest import catalogue
from ingest.errors import InputError
from ingest.paper import Paper
from ingest.readers import read
from ingest.reading import Reading
from ingest.text import normalised_title

from .settings import Settings

SURVEY = "survey"


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


def _index_survey(collection: Collection, progress: Progress | None) -> Collection:
    survey, about = catalogue.load(), catalogue.about()
    facts = {
        "title": about.title,
        "by": f"{' and '.join(about.authors)}, {about.url}",
        "catalogue": catalogue.digest(),
        "sections": [section.to_dict() for section in survey.sections],
    }
    collection.add(survey.papers, facts, progress)
    return collection


def add_file(
    path: Path,
    name: str,
    progress: Progress | None = None,
    read_progress: Progress | None = None,
    *,
    sync: bool = False,
) -> tuple[Reading, Change]:
    """Read a file, or every file in a folder, and add its papers to the collection called `name`.

    The collection is made if need be.

    Args:
        progress: of the embedding, in papers.
        read_progress: of the reading, in bytes.
        sync: remove papers that came from the file, stand in it no more, and come from nowhere else.

    Raises:
        InputError: the file cannot be read; the collection is as before.
    """
    reading = read(path, read_progress)
    origin = Origin(reading.file, str(path.resolve()))
    exists = name == SURVEY or collection_folder(name).joinpath("CURRENT").is_file()
    if exists:
        collection = open_collection(name)
        facts: dict[str, Any] = {}
    else:
        collection = Collection.create(name, Settings.load().model)
        facts = {"title": reading.title, "sections": [section.to_dict() for section in reading.sections]}
    try:
        return reading, collection.add(reading.papers, facts, progress, origin=origin, sync=sync)
    except InputError:  # the file turned out to be damaged while its papers were drawn
        if not exists:
            shutil.rmtree(collection_folder(name))
        raise


def remove_papers(names: Sequence[str], collection: Collection) -> list[Paper]:
    """Remove papers, each named by its id or its exact title, and return them.

    Raises:
        InputError: a name is none of a paper here, or of several; nothing is removed.
    """
    by_title: dict[str, list[Paper]] = {normalised_title(name): [] for name in names if collection.get(name) is None}
    for paper in collection.papers() if by_title else ():
        if paper.normalised_title in by_title:
            by_title[paper.normalised_title].append(paper)
    found = []
    for name in names:
        by_id = collection.get(name)
        papers = [by_id] if by_id else by_title[normalised_title(name)]
        if len(papers) != 1:
            ids = f"{len(papers)} papers, {', '.join(paper.id for paper in papers)}" if papers else "no paper"
            raise InputError(f"{name!r} is {ids} in {collection.name}; expected an id or a title, see: footnote search")
        found += papers
    collection.remove(paper.id for paper in found)
    return found
