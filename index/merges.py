"""Merges: records that were found to be of one paper, with why, and how to make them two papers again.

Every link that holds a paper together is kept with a number, as are pairs that look alike. A
person's word on one of them, `accept` or `undo`, is kept for good and stands above all rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ingest.errors import InputError
from ingest.paper import Paper

from .grouping import Grouped, Key, Link, Word, group, pair_key
from .identity import judge
from .ledger import Ledger
from .merging import chosen
from .statements import Statement, Statements

State = Literal["merged", "suggested", "undone"]
PAIR_STATES = ("merged", "accepted", "suggested", "undone")
"""What a pair may be kept as."""
_SIDES = """FROM pairs p
    JOIN statements a ON a.origin = p.origin AND a.own = p.own JOIN origins o ON o.number = a.origin
    JOIN statements b ON b.origin = p.other_origin AND b.own = p.other_own JOIN origins q ON q.number = b.origin"""
_PAIR = f"SELECT p.number, p.state, p.reason, a.number, a.paper, o.name, b.number, b.paper, q.name {_SIDES}"
_LABELS = "origin, own, other_origin, other_own"
_SHOWN_FIELDS = ("title", "authors", "year", "venue", "topic", "section", "text", "url", "code_url", "arxiv_id", "doi")


@dataclass(frozen=True, slots=True)
class Side:
    """One record of a pair: its source, what it says, and the fields that its paper has from it."""

    source: str
    record: Paper
    gives: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"source": self.source, "gives": list(self.gives), "record": self.record.to_dict()}


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records that are, may be, or by a person's word are not of one paper.

    Attributes:
        number: by which it is accepted or undone.
        paper: the id of the paper that they make, None if they make two.
    """

    number: int
    state: State
    reason: str
    paper: str | None
    one: Side
    other: Side

    @property
    def is_plain(self) -> bool:
        """Whether both records give the paper one identifier and one title, so that nobody need look at it."""
        one, other = self.one.record, self.other.record
        same_title = one.normalised_title == other.normalised_title
        return self.state == "merged" and same_title and judge(one, other).kind == "identifier"

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "state": self.state,
            "reason": self.reason,
            "paper": self.paper,
            "records": [self.one.to_dict(), self.other.to_dict()],
        }


def listed(ledger: Statements) -> list[Merge]:
    """Return all merges, suggestions, and pairs that were undone, by number."""
    found: dict[int, Merge] = {}
    for number, state, reason, *sides in list(ledger.rows(f"{_PAIR} ORDER BY p.number, a.number, b.number")):
        one, paper, source, other, other_paper, other_source = sides
        together = paper == other_paper
        shown: State = "merged" if together else "suggested" if state == "suggested" else "undone"
        # A merge that another record holds together, a suggestion that has come true: nothing to say of them.
        if number in found or (one == other) or together != (state in ("merged", "accepted")):
            continue
        statements = ledger.statements([paper, other_paper])
        by_number = {statement.number: statement for statement in statements}
        gives = _gives(statements) if together else {}
        found[number] = Merge(
            number,
            shown,
            reason,
            paper if together else None,
            Side(source, by_number[one].record, gives.get(one, ())),
            Side(other_source, by_number[other].record, gives.get(other, ())),
        )
    return list(found.values())


def suggestions(ledger: Statements) -> int:
    """Return how many pairs of papers are suggested to be one."""
    query = f"SELECT count(DISTINCT p.number) {_SIDES} WHERE p.state = 'suggested' AND a.paper != b.paper"
    return int(ledger.value(query))


def _gives(statements: list[Statement]) -> dict[int, tuple[str, ...]]:
    """Return which fields of their paper come from which statement, by number."""
    given: dict[int, list[str]] = {}
    for name, i in chosen([statement.record for statement in statements]).items():
        if name in _SHOWN_FIELDS:
            given.setdefault(statements[i].number, []).append(name)
    return {number: tuple(sorted(names, key=_SHOWN_FIELDS.index)) for number, names in given.items()}


def say(ledger: Ledger, number: int, word: Word) -> None:
    """Keep a person's word on a pair, "accepted" or "undone", and make one paper or two of it.

    Raises:
        InputError: there is no such pair, or it is so already.
    """
    pair = next((pair for pair in listed(ledger) if pair.number == number), None)
    if pair is None:
        raise InputError(f"no merge or suggestion has the number {number}; see: footnote merges")
    if pair.state == ("merged" if word == "accepted" else "undone"):
        raise InputError(f"number {number} is {pair.state} already; see: footnote merges")
    (labels,) = ledger.rows(f"SELECT {_LABELS} FROM pairs WHERE number = ?", [number])
    ledger.change("UPDATE pairs SET state = ? WHERE number = ?", [word, number])
    papers = [said[1] for said in (*ledger.said(*labels[:2]), *ledger.said(*labels[2:]))]
    regroup(ledger, papers)


def regroup(ledger: Ledger, papers: Iterable[str]) -> tuple[Grouped, int]:
    """Make papers anew of all statements of these; return how they were grouped, and how many links are new."""
    statements = ledger.statements(papers)
    grouped = group(statements, _words(ledger))
    ids: list[str | None] = []
    for together in grouped.groups:  # a paper keeps its id with the first of its statements
        ids.append(together[0].paper if together[0].paper not in ids else None)
    for id in {statement.paper for statement in statements} - set(ids):
        ledger.drop(id)
    for i, together in enumerate(grouped.groups):
        id = ids[i] or ledger.free_id(together[0].record)
        ledger.settle(id, together)
    home = {statement.number: i for i, together in enumerate(grouped.groups) for statement in together}
    new = _keep_links(ledger, statements, grouped.links)
    grouped.doubts = [link for link in grouped.doubts if home[link.one.number] != home[link.other.number]]
    for link in grouped.doubts:
        suggest(ledger, link.one.label, link.other.label, link.verdict.reason)
    return grouped, new


def suggest(ledger: Ledger, one: tuple[int, str], other: tuple[int, str], reason: str) -> None:
    """Keep a pair that a person may know to be one paper, unless something is said of it already."""
    _insert(ledger, "suggested", reason, one, other)


def _insert(ledger: Ledger, state: str, reason: str, one: tuple[int, str], other: tuple[int, str]) -> bool:
    """Keep a pair that is not kept yet; return whether that was so."""
    first, second = sorted((one, other))
    pair = [*first, *second]
    before = ledger.value(f"SELECT state FROM pairs WHERE ({_LABELS}) = (?,?,?,?)", pair)
    if before is None:
        ledger.change(f"INSERT INTO pairs (state, reason, {_LABELS}) VALUES (?,?,?,?,?,?)", [state, reason, *pair])
        return True
    if before == "suggested" != state:
        ledger.change(f"UPDATE pairs SET state = ?, reason = ? WHERE ({_LABELS}) = (?,?,?,?)", [state, reason, *pair])
        return True
    return False


def _keep_links(ledger: Ledger, statements: Iterable[Statement], links: Iterable[Link]) -> int:
    """Keep the links between these statements in the place of those kept before; return how many are new."""
    kept = {tuple(sorted((link.one.label, link.other.label))) for link in links}
    for label in {statement.label for statement in statements}:
        query = "SELECT number, other_origin, other_own FROM pairs WHERE origin = ? AND own = ? AND state = 'merged'"
        for number, *other in list(ledger.rows(query, label)):
            if (label, tuple(other)) not in kept:
                ledger.change("DELETE FROM pairs WHERE number = ?", [number])
    return sum(
        _insert(ledger, "merged", link.verdict.reason, link.one.label, link.other.label)
        for link in links
        if link.verdict.kind != "accepted"
    )


def _words(ledger: Ledger) -> Mapping[Key, Word]:
    """Return what a person said, by pair."""
    query = f"SELECT state, {_LABELS} FROM pairs WHERE state IN ('accepted', 'undone')"
    return {pair_key((a, one), (b, other)): state for state, a, one, b, other in ledger.rows(query)}
