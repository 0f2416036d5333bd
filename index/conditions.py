"""Questions about the list itself: venue, year, code, author and section, read off a query as filters.

A condition is read only where the words say that they speak of the list: a venue that the
collection has, beside a year or after "in"; a year after "since"; code that papers come with. Words
that only look like one ("code generation", "the 2024 election", "by proxy") are left alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from .filters import Filters

_YEAR = r"((?:19|20)\d\d)"
_YEARS = {
    "range": rf"\b(?:(?:between|from)\s+{_YEAR}\s+(?:and|to|until|through)\s+"
    rf"|(?:in|from|of|during)\s+{_YEAR}\s?[-–]\s?){_YEAR}\b",
    "from": rf"\b(?:since|starting\s+(?:in|from))\s+{_YEAR}\b"
    rf"|\b{_YEAR}\s+(?:or|and)\s+(?:later|newer|after|onwards?)\b",
    "to": rf"\b(?:until|up\s+to)\s+{_YEAR}\b|\b{_YEAR}\s+(?:or|and)\s+(?:earlier|older|before)\b",
    "after": rf"\b(?:after|(?:newer|later)\s+than)\s+{_YEAR}\b",
    "before": rf"\b(?:before|(?:older|earlier)\s+than)\s+{_YEAR}\b",
    "in": rf"\b(?:in|from|during|of|year|published)\s+{_YEAR}\b|\b{_YEAR}\s+(?=papers|articles|publications|works?\b)",
}
_PAPERS = r"(?:papers?|articles?|publications?|works?|ones|those|them|these|studies|methods?)"
_ITS = r"(?:an?\s+|the(?:ir)?\s+|public\s+|available\s+|open[- ]source\s+|released\s+)*"
_CODE = (
    r"\b(?:that|which|who)?\s*(?:have|has|provide|include|come\s+with|release|link(?:\s+to)?)s?\s+"
    rf"{_ITS}code(?:\s+(?:link|repository|online|available|released))?\s*(?=$|[?.,;:!)])",
    rf"\b(?:and\s+)?with\s+{_ITS}code(?:\s+(?:link|repository|available|released))?\s*(?=$|[?.,;:!)]|\s(?:about|on)\b)",
    r"\b(?:whose\s+)?code\s+(?:is\s+)?(?:available|released|public(?:ly\s+available)?|linked)\b",
)
_NO_LIST = re.compile(r"(?:ed|ing|help|helps|work|works|deal|deals)\s*$", re.I)  # "trained with code", "help with code"
_AUTHOR = re.compile(
    r"\b(?:written|published|authored|papers?|articles?|works?|anything|publications?|something)\s+(?:written\s+)?by\s+"
    r"(?P<a>[A-ZÀ-Ý][\w'’.-]*(?:\s+[A-ZÀ-Ý][\w'’.-]*){0,2})"
    rf"|\b(?P<b>[A-ZÀ-Ý][\w'’-]+)\s+et\s+al\b\.?(?:,?\s*\(?(?P<year>{_YEAR})\)?)?"
    r"|\b(?:by|from)\s+(?P<c>[A-ZÀ-Ý][\w'’.-]*(?:\s+[A-ZÀ-Ý][\w'’.-]*){0,2})\s*(?=$|[?.,;:!])"
)
_PLACE = r"(?:section|topic|category|heading|chapter)(?:\s+(?:on|of|about|called))?"
# What is left of a question that asks for nothing but the list's own fields.
_ASKING = frozenset(
    """publish published publication publications present presented appear appeared list listed collection show find
    give tell name year years venue venues conference written author authors authored here work works study studies
    research literature survey available link links code many much released come""".split()
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a query says of the list.

    Attributes:
        filters: as filters.
        phrases: the words they were read from.
        rest: the query without them.
    """

    filters: Filters
    phrases: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a collection can be asked for by name.

    Attributes:
        venues: as the list writes them.
        topics, sections: likewise.
        has_author: whether some paper has an author of this name.
    """

    venues: Sequence[str]
    topics: Sequence[str]
    sections: Sequence[str]
    has_author: Callable[[str], bool]


def read(query: str, names: Names) -> Conditions:
    """Read the conditions that a query states."""
    found: dict[str, Any] = {}
    spans: list[tuple[int, int]] = []

    lower = query.casefold()

    def take(start: int, end: int, **values: Any) -> None:
        wanted = {name: value for name, value in values.items() if value is not None}
        if not found.keys() & wanted.keys() and not any(start < b and a < end for a, b in spans):
            found.update(wanted)
            spans.append((start, end))

    for start, end, venue, year in _venues(query, [v for v in names.venues if v.casefold() in lower]):
        take(start, end, venue=venue, year_from=year, year_to=year)
    for kind, pattern in _YEARS.items():
        for match in re.finditer(pattern, query, re.I):
            first, last = _bounds(kind, [int(year) for year in match.groups() if year])
            take(*match.span(), year_from=first, year_to=last)
    for match in _AUTHOR.finditer(query):
        author = re.sub(r"['’]s$|[.,]$", "", match["a"] or match["b"] or match["c"])
        year = int(match["year"]) if match["year"] else None
        if names.has_author(author):
            take(*match.span(), author=author, year_from=year, year_to=year)
    for field, known in (("topic", names.topics), ("section", names.sections)):
        for name in sorted((n for n in known if n.casefold() in lower), key=len, reverse=True):
            quoted = rf"[\"“'‘]?{re.escape(name)}[\"”'’]?"
            pattern = rf"\b(?:in|under|from)\s+(?:the\s+)?(?:{_PLACE}\s+{quoted}|{quoted}\s+{_PLACE})"
            if found_place := re.search(pattern, query, re.I):
                values: dict[str, Any] = {field: name}
                take(*found_place.span(), **values)
    of_papers = bool(found) or bool(re.search(rf"\b{_PAPERS}\b", query, re.I))
    for pattern in _CODE:
        for match in re.finditer(pattern, query, re.I):
            if of_papers and not _NO_LIST.search(query[: match.start()].rstrip()):
                take(*match.span(), has_code=True)
    filters = Filters(**found)
    spans.sort()
    return Conditions(filters, tuple(query[a:b].strip(" ,;:") for a, b in spans), _without(query, spans))


def merged(asked: Filters, given: Filters) -> Filters:
    """Return both; where both speak of one field, what was given apart from the query holds."""
    values = {field.name: getattr(given, field.name) for field in fields(Filters)}
    if given.year_from is None and given.year_to is None:
        values |= {"year_from": asked.year_from, "year_to": asked.year_to}
    return Filters(**{name: getattr(asked, name) if value is None else value for name, value in values.items()})


def asks_more(words: Sequence[str]) -> bool:
    """Whether the words that are left ask for more than the list's own fields."""
    return any(word not in _ASKING for word in words)


def _venues(query: str, venues: Sequence[str]) -> Iterator[tuple[int, int, str, int | None]]:
    """Yield where a venue of the list is named, and the year beside it."""
    for venue in sorted(venues, key=len, reverse=True):
        acronym = sum(c.isupper() for c in venue) > 1 and " " not in venue
        name = re.escape(venue)
        # Beside a year it is a venue however it is written.
        for match in re.finditer(rf"\b(?:(?:in|at|from)\s+)?{name}(?:\s+|\s?['’])((?:19|20)?\d\d)\b", query, re.I):
            year = int(match.group(1))
            yield *match.span(), venue, year if year > 99 else 2000 + year
        before = (
            r"(?:in|at|from|published\s+(?:in|at)|presented\s+at)" if acronym else r"(?:published\s+in|presented\s+at)"
        )
        flags = 0 if acronym else re.I
        for match in re.finditer(rf"\b{before}\s+(?:the\s+)?{name}\b(?![-\w])", query, flags):
            yield *match.span(), venue, None
        if acronym:
            for match in re.finditer(rf"\b{name}(?=\s+{_PAPERS}\b|\s*[:,])", query):
                yield *match.span(), venue, None


def _bounds(kind: str, years: Sequence[int]) -> tuple[int | None, int | None]:
    """Return the first and the last year that a phrase of this kind allows."""
    year = years[0]
    match kind:
        case "from" | "after":
            return year + (kind == "after"), None
        case "to" | "before":
            return None, year - (kind == "before")
    return min(years), max(years)


def _without(query: str, spans: Sequence[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in spans:
        kept.append(query[at:start])
        at = end
    rest = " ".join(" ".join([*kept, query[at:]]).split())
    return re.sub(r"\s+([?.,;:!])", r"\1", rest).strip(" ,;:")
