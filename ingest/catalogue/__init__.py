"""The bundled survey as data: 84 papers, summaries in this project's words, and the section tree.

`papers.jsonl` has one `Paper.to_dict()` a line, in the order of the list; `survey.json` has the
survey's title, authors and address, and its sections with the empty "Competition" branch.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files

from ..paper import Paper
from ..reading import Reading, Section

_PAPERS = files(__package__) / "papers.jsonl"
_SURVEY = files(__package__) / "survey.json"
FILE = "role_of_small_models/README.md"
"""The list, as its papers name their source."""


@dataclass(frozen=True, slots=True)
class About:
    """What the bundled survey is and where it stands; its list has a title of its own."""

    title: str
    authors: tuple[str, ...]
    year: int
    url: str
    list_url: str
    list_title: str


def about() -> About:
    """Return the survey's own title, authors, year, and its addresses."""
    record = json.loads(_SURVEY.read_text("utf-8"))
    return About(**{**record["about"], "authors": tuple(record["about"]["authors"])})


def load() -> Reading:
    """Return the bundled survey as any reader would return it."""
    record = json.loads(_SURVEY.read_text("utf-8"))
    lines = _PAPERS.read_text("utf-8").splitlines()
    return Reading(
        FILE,
        (Paper.from_dict(json.loads(line)) for line in lines),
        title=record["about"]["title"],
        preface=record["about"]["url"],
        sections=[Section.from_dict(section) for section in record["sections"]],
    )


def digest() -> str:
    """Return a hash of the catalogue, by which a collection knows whether it holds this edition."""
    return hashlib.sha256(_PAPERS.read_bytes() + _SURVEY.read_bytes()).hexdigest()
