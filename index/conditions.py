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
    "range": rf"\b(?:between|from|in|of|during|years?)\s+{_YEAR}\s*(?:-|–|and|to|until|through)\s*{_YEAR}\b",
    "from": rf"\b(?:since|starting\s+(?:in|from)|(?:no|not)\s+(?:earlier\s+than|before))\s+{_YEAR}\b"
    rf"|\b(?:from\s+)?{_YEAR}\s+(?:(?:or|and)\s+(?:later|newer|after)|onwards?|on\b(?=\s*[?.,;:!]|\s*$))",
    "to": rf"\b(?:until|up\s+to|(?:no|not)\s+(?:later\s+than|after))\s+{_YEAR}\b"
    rf"|\b{_YEAR}\s+(?:or|and)\s+(?:earlier|older|before)\b",
    "after": rf"\b(?:after|(?:newer|later)\s+than)\s+{_YEAR}\b",
    "before": rf"\b(?:before|(?:older|earlier)\s+than)\s+{_YEAR}\b",
    "in": rf"\b(?:in|from|during|of|year|published)\s+{_YEAR}\b|\b{_YEAR}\s+(?=papers|articles|publications|works?\b)",
}
_PAPERS = r"(?:papers?|articles?|publications?|works?|ones|those|them|these)"
_DATED = re.compile(r"\b(?:since|starting|newer|older|later|earlier|onwards?)\b", re.I)  # said of publications
_OF_PAPERS = re.compile(rf"\b(?:{_PAPERS}|published|appeared)\b", re.I)
_NEGATED = re.compile(
    r"(?:\b(?:not|except(?:\s+for)?|excluding|other\s+than|neither|never)|n['’]t)\s+(?:(?:published|presented)\s+)?"
    r"(?:(?:at|in|from|by|have)\s+)?$",
    re.I,
)
_ITS = r"(?:an?\s+|the(?:ir)?\s+|public\s+|available\s+|open[- ]source\s+|released\s+)*"
_HAVE = r"(?:have|has|having|provide|include|come\s+with|release|link(?:\s+to)?|with)"
_CODE_HERE = r"code(?:\s+(?:link|repository|online|available|released))?\s*(?=$|[?.,;:!)]|\s(?:about|on)\b)"
_WITH_CODE = re.compile(
    rf"(?:(?<=[,;(])|\b{_PAPERS}\s)\s*(?:and\s+|that\s+|which\s+)?{_HAVE}\s+{_ITS}{_CODE_HERE}", re.I
)
_WITHOUT_CODE = re.compile(rf"\b{_PAPERS}\s+(?:that\s+|which\s+)?(?:without|(?:have|with)\s+no)\s+{_CODE_HERE}", re.I)
# Where another condition shows that the list is meant, code may be named anywhere at a clause's end.
_CODE_BESIDE = re.compile(rf"\b(?:and\s+)?(?:with|have|has)\s+{_ITS}{_CODE_HERE}", re.I)
_PAPERS_HAVE = re.compile(rf"(?<=\s)(?:have|has)\s+{_ITS}{_CODE_HERE}", re.I)
_WHICH_PAPERS = re.compile(r"\s*(?:which|what)\s+(?:papers|articles|publications|works)\b", re.I)
_CODE_IS = re.compile(
    r"\b(?:whose\s+)?code\s+(?:is\s+)?(?:available|released|public(?:ly\s+available)?|linked)\b", re.I
)
_NAME = r"[A-Z\u00c0-\u00de\u0100-\u024f][\w'’.-]*(?:\s+[A-Z\u00c0-\u00de\u0100-\u024f][\w'’.-]*){0,2}"
_AUTHOR = re.compile(
    rf"\b(?:by\s+)?(?P<cited>[A-Z\u00c0-\u00de\u0100-\u024f][\w'’-]+)\s+et\s+al\b\.?(?:,?\s*\(?(?P<year>{_YEAR})\)?)?"
    rf"|\b(?:written|published|authored|{_PAPERS}|anything|something)\s+(?:written\s+)?by\s+(?P<wrote>{_NAME})"
    rf"|^\s*by\s+(?P<alone>{_NAME})\s*(?=$|[?.,;:!])"
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
        has_years: whether papers have years at all.
        has_author: whether some paper has an author of this name.
    """

    venues: Sequence[str]
    topics: Sequence[str]
    sections: Sequence[str]
    has_years: bool
    has_author: Callable[[str], bool]


def read(query: str, names: Names) -> Conditions:
    """Read the conditions that a query states."""
    found: dict[str, Any] = {}
    spans: list[tuple[int, int]] = []

    lower = query.casefold()

    def take(start: int, end: int, **values: Any) -> None:
        wanted = {name: value for name, value in values.items() if value is not None}
        if _NEGATED.search(query[:start]):  # filters only hold: what must not be is left to the words
            return
        if not found.keys() & wanted.keys() and not any(start < b and a < end for a, b in spans):
            found.update(wanted)
            spans.append((start, end))

    venues = list(_venues(query, [venue for venue in names.venues if venue.casefold() in lower]))
    if len({venue for _, _, venue, _ in venues}) == 1:  # of two, a filter can hold but one
        for start, end, venue, years in venues:
            take(start, end, venue=venue, year_from=min(years, default=None), year_to=max(years, default=None))
    for kind, pattern in _YEARS.items():
        for match in re.finditer(pattern, query, re.I):
            first, last = _bounds(kind, [int(year) for year in match.groups() if year])
            if names.has_years and (found or _DATED.search(match.group()) or _OF_PAPERS.search(query)):
                take(*match.span(), year_from=first, year_to=last)
    for match in _AUTHOR.finditer(query):
        author = re.sub(r"['’]s$|[.,]$", "", match["cited"] or match["wrote"] or match["alone"])
        year = int(match["year"]) if match["year"] and names.has_years else None
        if names.has_author(author):
            take(*match.span(), author=author, year_from=year, year_to=year)
    for field, known in (("topic", names.topics), ("section", names.sections)):
        for name in sorted((n for n in known if n.casefold() in lower), key=len, reverse=True):
            quoted = rf"[\"“'‘]?{re.escape(name)}[\"”'’]?"
            pattern = rf"\b(?:in|under|from)\s+(?:the\s+)?(?:{_PLACE}\s+{quoted}|{quoted}\s+{_PLACE})"
            if found_place := re.search(pattern, query, re.I):
                values: dict[str, Any] = {field: name}
                take(*found_place.span(), **values)
    beside = [_CODE_BESIDE] if found else [_PAPERS_HAVE] if _WHICH_PAPERS.match(query) else []
    named = [_CODE_IS] if found or _OF_PAPERS.search(query) else []
    for form in [_WITHOUT_CODE, _WITH_CODE, *beside, *named]:
        for match in form.finditer(query):
            noun = re.match(rf"{_PAPERS}\s+", match.group(), re.I)  # the papers themselves stay in the query
            take(match.start() + (noun.end() if noun else 0), match.end(), has_code=form is not _WITHOUT_CODE)
    filters = Filters(**found)
    spans.sort()
    return Conditions(filters, tuple(query[a:b].strip(" ,;:") for a, b in spans), _without(query, spans))


def merged(asked: Filters, given: Filters) -> Filters:
    """Return both; where both speak of one field, what was given apart from the query holds."""
    values = {field.name: getattr(given, field.name) for field in fields(Filters)}
    years = ("year_from", "year_to")  # one field: half of a span of its own would be another span
    taken = years if any(values[name] is not None for name in years) else ()
    for name, value in values.items():
        if value is None and name not in taken:
            values[name] = getattr(asked, name)
    return Filters(**values)


def asks_more(words: Sequence[str]) -> bool:
    """Whether the words that are left ask for more than the list's own fields."""
    return any(word not in _ASKING for word in words)


def _venues(query: str, venues: Sequence[str]) -> Iterator[tuple[int, int, str, list[int]]]:
    """Yield where a venue of the list is named, and the years beside it."""
    for venue in sorted(venues, key=len, reverse=True):
        acronym = sum(c.isupper() for c in venue) > 1 and " " not in venue
        name = re.escape(venue)
        # Beside a year it is a venue however it is written.
        year = r"((?:19|20)\d\d|['’]\d\d)"
        after = rf"\s*{year}(?:\s*(?:or|and|to|-|–|,)\s*((?:19|20)\d\d))?"
        for match in re.finditer(rf"\b(?:(?:in|at|from)\s+)?(?:{year}\s+{name}|{name}{after})\b", query, re.I):
            yield *match.span(), venue, [int("20" + y[1:] if len(y) == 3 else y) for y in match.groups() if y]
        before = r"(?:papers|articles|works?|published|presented|appeared)\s+(?:in|at|from)"
        flags = 0 if acronym else re.I
        for match in re.finditer(rf"\b{before}\s+(?:the\s+)?{name}\b(?![-\w])", query, flags):
            noun = re.match(_PAPERS, match.group(), re.I)  # the papers themselves stay in the query
            yield match.start() + (noun.end() if noun else 0), match.end(), venue, []
        if acronym:
            for match in re.finditer(
                rf"\b{name}(?=\s+{_PAPERS}\b|\s*[:,])|\b(?:in|at|from)\s+{name}\s*(?=$|[?.;])", query
            ):
                yield *match.span(), venue, []


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
