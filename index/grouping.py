"""Records -> papers: which of some records are of one paper, in the order of their arrival."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .identity import Verdict, judge
from .statements import Statement

Key = frozenset[object]
Word = str
"""What a person said of a pair: "accepted" or "undone"."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two statements, and what they are to each other."""

    one: Statement
    other: Statement
    verdict: Verdict


@dataclass(slots=True)
class Grouped:
    """What grouping came to: groups in the order of their first statements, links by which they hold, doubts."""

    groups: list[list[Statement]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    doubts: list[Link] = field(default_factory=list)


def pair_key(one: tuple[int, str], other: tuple[int, str]) -> Key:
    """Return what a person's word on two records is kept by: their ids, or where these are one, their sources."""
    return frozenset((one, other) if one[1] == other[1] else (one[1], other[1]))


def group(statements: Sequence[Statement], said: Mapping[Key, Word]) -> Grouped:
    """Put statements that are of one paper together.

    A statement joins the first group that has one like it, and brings other such groups along.
    A title is not enough where some statement of the group speaks against it; a conflict, or a
    person's word, is always heeded.
    """
    found = Grouped()
    for statement in statements:
        home: list[Statement] | None = None
        for candidate in list(found.groups):
            link = _fits(statement, candidate, said, found.doubts)
            if link is None:
                continue
            if home is None:
                home = candidate
                home.append(statement)
                found.links.append(link)
            elif all(_may_join(one, other, said) for one in home for other in candidate if one is not statement):
                found.groups.remove(candidate)
                home.extend(candidate)
                home.sort(key=lambda one: one.number)
                found.links.append(link)
        if home is None:
            found.groups.append([statement])
    return found


def _fits(one: Statement, group: Sequence[Statement], said: Mapping[Key, Word], doubts: list[Link]) -> Link | None:
    """Return the surest link of a statement to a group, None if it does not belong there; note what is doubtful."""
    links = [Link(one, other, _verdict(one, other, said)) for other in group]
    kinds = {link.verdict.kind for link in links}
    for kind in ("accepted", "identifier", "title"):
        barred = kinds & ({"undone", "conflict", "apart", "alike"} if kind == "title" else {"undone", "conflict"})
        if kind in kinds and (not barred or kind == "accepted"):
            return next(link for link in links if link.verdict.kind == kind)
    doubts += [link for link in links if link.verdict.kind in ("conflict", "alike")][:1]
    return None


def _may_join(one: Statement, other: Statement, said: Mapping[Key, Word]) -> bool:
    return _verdict(one, other, said).kind not in ("undone", "conflict", "apart", "alike")


def _verdict(one: Statement, other: Statement, said: Mapping[Key, Word]) -> Verdict:
    word = said.get(pair_key(one.label, other.label))
    if word == "undone":
        return Verdict("undone", "you said that they are two papers")
    if word == "accepted":
        return Verdict("accepted", "you said that they are one paper")
    return judge(one.record, other.record)
