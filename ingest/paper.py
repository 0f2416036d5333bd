"""`Paper`, the one record that everything else in the house is about."""

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_args

from .errors import NotAPaper
from .links import Identifiers, clean_arxiv_id, identify, identify_doi, is_web_link
from .text import fold, normalised_title
from .venue import VenueType

TextKind = Literal["abstract", "summary"]
"""`abstract`: the authors' published words. `summary`: written by this project about the paper."""

TextBasis = Literal["abstract", "part of the abstract", "title"]
"""What a summary was written from."""

_LONGEST_TITLE = 1_000  # characters; the longest real titles have about 400
_YEARS = range(1500, 2101)
_JSON_TYPES = frozenset((str, int, float, bool, type(None)))
_WORDS = {"text_kind": get_args(TextKind), "text_basis": get_args(TextBasis), "venue_type": get_args(VenueType)}
_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("title", "id", "text", "venue", "topic", "arxiv_id", "doi"), (str,)),
    **dict.fromkeys(("authors", "section", "other_urls"), (list, tuple)),
    "provenance": (dict,),
    "retracted": (bool,),
}
_FETCHED = ("provenance", "citations", "retracted")  # in JSON only where a metadata service was asked


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record was read: the file's name and the record's position in it, from 1."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Correction:
    """One field that was put right: what the list says, what stands now, and why.

    Where `now` equals `listed` the value stands and `reason` is a remark about it.
    """

    field: str
    listed: str | int | None
    now: str | int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as a reading list knows it. Make one with `Paper.create`, which checks and folds.

    Attributes:
        citations: how often it is cited, as a metadata service counts.
        retracted: whether it was withdrawn; None where no service has said.
        provenance: the service that a field's value comes from, by the field's name; the list states the others.
    """

    id: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    venue_type: VenueType | None = None
    topic: str | None = None
    section: tuple[str, ...] = ()
    text: str = ""
    text_kind: TextKind | None = None
    text_basis: TextBasis | None = None
    url: str | None = None
    other_urls: tuple[str, ...] = ()  # where else it stands: the preprint of what was published at `url`
    code_url: str | None = None
    arxiv_id: str | None = None
    doi: str | None = None
    source: Source
    corrections: tuple[Correction, ...] = ()
    citations: int | None = None
    retracted: bool | None = None
    provenance: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def create(cls, *, title: str, source: Source, id: str | None = None, **fields: Any) -> Self:
        """Make a paper from raw values: fold white space, read identifiers off the link, set the id.

        Raises:
            NotAPaper: the title is missing or has no letters, or a field is not what it must be.
        """
        given = {"title": title, "id": id, "source": source, **fields}
        for name, kinds in _KINDS.items():
            value = given.get(name)
            if value is not None and not isinstance(value, kinds):
                raise NotAPaper(f"{name} {value!r}; expected {' or '.join(kind.__name__ for kind in kinds)}")
        if not isinstance(source.row, int):
            raise NotAPaper(f"source row {source.row!r}; expected a whole number")
        title = fold(title)
        if not any(c.isalpha() for c in title):
            raise NotAPaper(f"no title (found {title!r}; expected words)")
        if len(title) > _LONGEST_TITLE:
            raise NotAPaper(f"a title of {len(title)} characters; at most {_LONGEST_TITLE} is one")
        year = fields.get("year")
        if year is not None and (isinstance(year, bool) or not isinstance(year, int) or year not in _YEARS):
            raise NotAPaper(f"year {year!r}; expected a whole number from {_YEARS[0]} to {_YEARS[-1]}")
        count = fields.get("citations")
        if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
            raise NotAPaper(f"citations {count!r}; expected a whole number from 0")
        for name in ("url", "code_url"):
            if isinstance(fields.get(name), str):
                fields[name] = fold(fields[name])
            if fields.get(name) is not None and not is_web_link(fields[name]):
                raise NotAPaper(f"{name} {fields[name]!r}; expected an http or https link")
        fields["other_urls"] = tuple(fields.get("other_urls") or ())
        if not all(isinstance(link, str) and is_web_link(link) for link in fields["other_urls"]):
            raise NotAPaper(f"other_urls {fields['other_urls']!r}; expected http or https links")
        for name, known in _WORDS.items():
            if fields.get(name) is not None and fields[name] not in known:
                raise NotAPaper(f"{name} {fields[name]!r}; expected one of {', '.join(known)}")
        told = fields.get("provenance") or {}
        if not told.keys() <= {f.name for f in dataclasses.fields(cls)} or {*map(type, told.values())} - {str}:
            raise NotAPaper(f"provenance {told!r}; expected the names of fields, each with a service's name")
        fields["provenance"] = {name: fold(service) for name, service in told.items()}
        kind = fields.get("text_kind")
        fields["text"] = fold(fields.get("text") or "")
        if bool(fields.get("text")) != bool(kind):
            raise NotAPaper("text and text_kind go together: both or neither")

        for name in ("text", "venue", "topic"):
            if fields.get(name):
                fields[name] = fold(fields[name])
        fields["authors"] = tuple(name for name in map(fold, fields.get("authors", ())) if name)
        fields["section"] = tuple(part for part in map(fold, fields.get("section", ())) if part)
        found = identify(fields.get("url") or "")
        by_doi = identify_doi(fields["doi"]) if fields.get("doi") else Identifiers()
        fields["arxiv_id"] = clean_arxiv_id(fields.get("arxiv_id") or "") or found.arxiv_id or by_doi.arxiv_id
        fields["doi"] = by_doi.doi or found.doi
        return cls(id=fold(id or _derive_id(title, fields)), title=title, source=source, **fields)

    @property
    def has_code(self) -> bool:
        """Whether the list links code for this paper."""
        return self.code_url is not None

    @property
    def normalised_title(self) -> str:
        """The title's letters and digits alone, by which two records of one paper are told."""
        return normalised_title(self.title)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON shows it; `from_dict` reads it back."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: value if type(value) in _JSON_TYPES else _plain(value)
            for name, value in values.items()
            if name not in _FETCHED or value not in (None, {})
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises:
            NotAPaper: a field is missing, unknown or of the wrong kind.
        """
        try:
            values = dict(record)
            source = Source(**values["source"])
            values["source"] = Source(fold(source.file), source.row)
            values["corrections"] = tuple(
                Correction(**{name: fold(said) if isinstance(said, str) else said for name, said in c.items()})
                for c in values.get("corrections", ())
            )
            return cls.create(**values)
        except (KeyError, TypeError, AttributeError) as error:
            raise NotAPaper(f"not a paper record ({error}); expected the fields of Paper.to_dict") from error


def _plain(value: Any) -> Any:
    """Return a field's value as JSON has it."""
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    is_record = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return dataclasses.asdict(value) if is_record else value


def title_id(title: str) -> str:
    """Return the id of a paper known by its title alone: a hash of the normalised title."""
    return "title:" + hashlib.sha256(normalised_title(title).encode()).hexdigest()[:16]


def _derive_id(title: str, fields: dict[str, Any]) -> str:
    """Choose the most durable name: arXiv id, else DOI, else ACL or OpenReview id, else the title."""
    link = identify(fields.get("url") or "")
    for scheme, value in (
        ("arxiv", fields["arxiv_id"]),
        ("doi", fields["doi"]),
        ("acl", link.acl_id),
        ("openreview", link.openreview_id),
    ):
        if value:
            return f"{scheme}:{value}"
    return title_id(title)
