"""`Provider`, one metadata service, and `Finding`, what it says of a paper."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..links import clean_doi
from ..paper import Paper
from ..reading import Event, Row
from ..venue import VenueType

Record = Mapping[str, Any]
"""What a service says of one paper, in the service's own names, cut down to what is used."""

TITLE = "title:"
"""What the key of a paper begins with that has no identifier, and is asked for by its title."""

_SHORTEST, _LONGEST = 40, 10_000  # characters of an abstract
_MOST_AUTHORS = 5_000
_HEADING = re.compile(r"(?:abstract|summary)\s*(?:[.:—–-]\s*|(?=[A-Z]))", re.IGNORECASE)
_NO_ABSTRACT = re.compile(r"(?:no abstract|(?:an )?abstract (?:is )?not available)", re.IGNORECASE)
_WITHDRAWN = re.compile(
    r"this (?:paper|article|submission|manuscript|work|preprint) (?:has been|was|is) (?:withdrawn|retracted)",
    re.IGNORECASE,
)
_RETRACTED_TITLE = re.compile(r"\[?(?:retracted|withdrawn)(?: article| paper| chapter)?\]?\s*[:.–—-]\s*", re.IGNORECASE)
_ARXIV_DOI = "10.48550/arxiv."


class Unreadable(Exception):
    """What a service sent is not what it sends; asked again, it may be."""


class Refused(Exception):
    """A service does not answer for these ids; for fewer of them it may."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        path: below the service's base address.
        json: what is posted; None where nothing is.
        may_miss: whether "not found" (404) is an answer, rather than the sign of a service that has moved.
    """

    path: str
    params: Mapping[str, str]
    json: Any = None
    may_miss: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one service says of one paper, cleaned; empty or None where it says nothing.

    Attributes:
        service: its name, "openalex" for one.
        retracted: None where the service does not tell.
    """

    service: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    venue_type: VenueType | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    citations: int | None = None
    retracted: bool | None = None

    @property
    def richness(self) -> int:
        """How many things it says."""
        return sum(map(bool, (self.abstract, self.authors, self.year, self.venue, self.doi)))


class Provider(Protocol):
    """A metadata service. It touches no network: it says what to ask, and reads what comes."""

    @property
    def name(self) -> str:
        """The name in settings, the cache and `Paper.provenance`."""

    @property
    def label(self) -> str:
        """The name that people know."""

    @property
    def base(self) -> str:
        """The address that paths are under: https, or http on loopback."""

    @property
    def pause(self) -> float:
        """Seconds between two requests."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What goes with every request to this host, a key among it."""

    def key(self, paper: Paper) -> str | None:
        """Return what the service is asked by: an identifier, or `TITLE` and a title; None where it cannot be."""

    def batches(self, keys: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield the keys of each request."""

    def request(self, keys: Sequence[str]) -> Request:
        """Return the request for one batch."""

    def read(self, status: int, body: bytes, keys: Sequence[str]) -> Mapping[str, Sequence[Record]]:
        """Return the records by key, of those keys that have any; a record of another paper is under "".

        Args:
            status: 200, 404 where the request may miss, or 400, 414 or 422: the service rejects what was asked.

        Raises:
            Unreadable: it is no answer of this service.
            Refused: the service rejects the batch as a whole.
        """

    def finding(self, record: Record) -> Finding | None:
        """Return what a record says; None where it is of no paper."""


def split(keys: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """Yield identifiers in batches, and titles one by one."""
    ids = [key for key in keys if not key.startswith(TITLE)]
    yield from (ids[start : start + most] for start in range(0, len(ids), most))
    yield from ((key,) for key in keys if key.startswith(TITLE))


def title_key(paper: Paper) -> str:
    return TITLE + paper.title[:300]


def parse_json(body: bytes) -> Any:
    """Read a JSON answer.

    Raises:
        Unreadable: it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("what came is not JSON") from error


def dicts(value: Any) -> list[dict[str, Any]]:
    """Return the objects in what should be a list of them."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def finding(service: str, event: Event, citations: Any = None, retracted: Any = None) -> Finding | None:
    """Return a reader's row as a finding: one service's words in the fields that papers have."""
    if not isinstance(event, Row) or not event.fields.get("title"):
        return None
    fields = event.fields
    abstract = str(fields.get("text", ""))
    withdrawn = bool(_WITHDRAWN.match(abstract) or _RETRACTED_TITLE.match(fields["title"]))
    doi, arxiv_id = clean_doi(fields.get("doi") or ""), fields.get("arxiv_id")
    if doi.startswith(_ARXIV_DOI):  # arXiv's own: the id says the same
        doi, arxiv_id = "", arxiv_id or doi.removeprefix(_ARXIV_DOI)
    venue, kind = _venue(fields.get("venue"), fields.get("venue_type"))
    count = citations if isinstance(citations, int) and not isinstance(citations, bool) and citations >= 0 else None
    return Finding(
        service=service,
        title=_RETRACTED_TITLE.sub("", fields["title"], count=1),
        abstract="" if _WITHDRAWN.match(abstract) else _abstract(abstract),
        authors=tuple(fields.get("authors", ()))[:_MOST_AUTHORS],
        year=fields.get("year"),
        venue=venue,
        venue_type=kind,
        doi=doi or None,
        arxiv_id=arxiv_id,
        citations=count,
        retracted=True if withdrawn else retracted if isinstance(retracted, bool) else None,
    )


def _abstract(text: str) -> str:
    """Return an abstract without its heading; "" for what is none."""
    text = _HEADING.sub("", text, count=1) if _HEADING.match(text) else text
    return "" if _NO_ABSTRACT.match(text) or not _SHORTEST <= len(text) <= _LONGEST else text


def _venue(name: str | None, kind: VenueType | None) -> tuple[str | None, VenueType | None]:
    """Return a venue under the name that lists have for it: "arXiv (Cornell University)" is arXiv."""
    if name and name.casefold().startswith(("arxiv", "corr")) and len(name) < 40:
        return "arXiv", "preprint"
    return name, kind
