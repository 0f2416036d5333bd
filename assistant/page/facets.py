"""Facets: what the papers can be narrowed down to, each with the number of papers that would be left."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from index.corpus import Corpus
from index.filters import Filters

from .calls import Asked, words

_FIELDS = ("section", "topic", "year", "venue", "code")
_SHOWN = 8  # values of a facet; the rest are folded
_MOST = 200  # values of a facet that are shown at all
_TREE = 14  # sections that are shown before any is chosen, as far as whole levels go


@dataclass(frozen=True, slots=True)
class Row:
    """What is looked at of a paper, in small letters as the filters compare it."""

    id: str
    title: str
    section: str
    topic: str
    venue: str
    year: int | None
    code: bool
    names: tuple[tuple[str, ...], str, str]
    """Section, topic and venue as they are written."""


class Rows:
    """The rows of each collection, read once a generation."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[str, list[Row]]] = {}

    def of(self, collection: Corpus) -> list[Row]:
        """Return a row for each paper, in the order they were added."""
        generation, rows = self._read.get(collection.name, ("", []))
        if generation != collection.generation:
            generation = collection.generation
            rows = [
                Row(
                    paper.id,
                    paper.title.casefold(),
                    " > ".join(paper.section).casefold(),
                    (paper.topic or "").casefold(),
                    (paper.venue or "").casefold(),
                    paper.year,
                    paper.has_code,
                    (paper.section, paper.topic or "", paper.venue or ""),
                )
                for paper in collection.papers()
            ]
            self._read[collection.name] = generation, rows
        return rows


def chosen(asked: Asked) -> Filters:
    """Return the filters that a call asks for: any of section, topic, year, venue and code.

    Raises:
        InputError: a value is not what it must be.
    """
    values = {name: words(asked, name) for name in _FIELDS}
    return Filters.create(
        section=values["section"] or None,
        topic=values["topic"] or None,
        venue=values["venue"] or None,
        year=values["year"] or None,
        has_code={"with": True, "without": False}.get(values["code"]),
    )


def html(rows: Sequence[Row], filters: Filters, among: Collection[str] | None = None) -> str:
    """Return all facets. Each counts the papers that the other facets' filters leave.

    Args:
        among: the ids of the papers that are counted at all, where a query has found some; None counts all.
    """
    if among is not None:
        rows = [row for row in rows if row.id in among]
    years = Counter(str(row.year) for row in left(rows, filters, "year") if row.year)
    code = Counter("with" if row.code else "without" for row in left(rows, filters, "code"))
    year = str(filters.year_from) if filters.year_from else ""
    has_code = {True: "with", False: "without", None: ""}[filters.has_code]
    facets = [
        _facet("Section", _tree(left(rows, filters, "section"), filters.section or "")),
        _facet("Topic", _values("topic", _named(left(rows, filters, "topic"), 1), filters.topic or "")),
        _facet("Year", _values("year", sorted(years.items(), reverse=True), year)),
        _facet("Venue", _values("venue", _named(left(rows, filters, "venue"), 2), filters.venue or "")),
        _facet("Code", _values("code", [(v, code[v]) for v in ("with", "without") if code[v]], has_code)),
    ]
    clear = '<button type="button" class="link" data-clear>Clear all filters</button>' if filters else ""
    return "".join(facets) + clear


def left(rows: Iterable[Row], filters: Filters, but: str = "") -> list[Row]:
    """Return the rows that pass all filters but one field's, as `Filters` has it."""
    tests: dict[str, Callable[[Row], bool]] = {}
    if filters.section:
        section = filters.section.casefold()
        tests["section"] = lambda row: section in row.section
    if filters.topic:
        topic = filters.topic.casefold()
        tests["topic"] = lambda row: topic in row.topic
    if filters.venue:
        venue = filters.venue.casefold()
        tests["venue"] = lambda row: venue == row.venue
    if filters.year_from is not None:
        first, last = filters.year_from, filters.year_to or 9999
        tests["year"] = lambda row: row.year is not None and first <= row.year <= last
    if filters.has_code is not None:
        tests["code"] = lambda row: row.code is filters.has_code
    tests.pop(but, None)
    kept = list(tests.values())
    return [row for row in rows if all(test(row) for test in kept)]


def _named(rows: Sequence[Row], which: int) -> list[tuple[str, int]]:
    """Return the topics (1) or venues (2) with their counts, the most frequent first."""
    written: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for row in rows:
        name = str(row.names[which])
        if name:
            counts[written.setdefault(name.casefold(), name)] += 1
    if which == 1:  # the filter takes a topic wherever its name stands in another's
        counts = Counter(
            {
                name: sum(n for other, n in counts.items() if name.casefold() in other.casefold())
                for name, _ in counts.most_common(_MOST)
            }
        )
    return counts.most_common(_MOST)


def _tree(rows: Sequence[Row], wanted: str) -> list[str]:
    """Return the items of the section tree: its upper levels, and what lies under the one that is chosen."""
    paths = Counter(row.names[0] for row in rows)
    nodes = list(dict.fromkeys(path[:depth] for path in paths for depth in range(1, len(path) + 1)))
    order = {node: i for i, node in enumerate(nodes)}
    nodes.sort(key=lambda node: [order[node[:depth]] for depth in range(1, len(node) + 1)])
    levels = 1
    while levels < 6 and sum(len(node) <= levels + 1 for node in nodes) <= _TREE:
        levels += 1
    folded = Counter({" > ".join(path).casefold(): 0 for path in paths})
    for path, n in paths.items():
        folded[" > ".join(path).casefold()] += n
    items = []
    for node in nodes[:2_000]:
        name = " > ".join(node)
        over = " > ".join(node[:-1]).casefold()
        if len(node) <= levels or (wanted and (wanted.casefold() + " > ").startswith(over + " > ")):
            count = sum(n for path, n in folded.items() if name.casefold() in path)
            items.append(_item("section", name, node[-1], count, wanted, len(node) - 1))
    return items[:_MOST]


def _values(field: str, counts: Sequence[tuple[str, int]], wanted: str) -> list[str]:
    label = {"with": "With code", "without": "Without code"} if field == "code" else {}
    return [_item(field, value, label.get(value, value), n, wanted) for value, n in counts]


def _item(field: str, value: str, label: str, count: int, wanted: str, depth: int = 0) -> str:
    pressed = "true" if value.casefold() == wanted.casefold() else "false"
    return (
        f'<li style="--depth:{depth}"><button type="button" data-field="{field}" data-value="{escape(value)}" '
        f'aria-pressed="{pressed}"><span class="name" dir="auto">{escape(label)}</span> '
        f'<span class="n">{count:,}</span></button></li>'
    )


def _facet(name: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    shown = len(items) if name == "Section" or len(items) <= _SHOWN + 2 else _SHOWN
    rest = ""
    if folded := items[shown:]:
        is_open = " open" if any('aria-pressed="true"' in item for item in folded) else ""
        rest = (
            f'<details class="rest"{is_open}><summary>{len(folded)} more</summary><ul>{"".join(folded)}</ul></details>'
        )
    return f'<section class="facet"><h3>{name}</h3><ul>{"".join(items[:shown])}</ul>{rest}</section>'
