"""Records drawn from a source, one by one, each put where it belongs; what the source says no more, taken back."""

import json
from collections.abc import Container, Iterable
from dataclasses import replace

from ingest.errors import InputError
from ingest.paper import Paper, title_id

from . import records
from .hits import Change, Conflict
from .identity import judge, keys, share_an_author
from .ledger import Ledger, stands
from .merges import regroup
from .statements import Origin, Statement, Statements

_MOST_TOLD = 1_000  # of conflicts, and of papers left out, that are told one by one
_COPY = 0.8  # of a source's papers; who has so many of them under the same name is a later copy of it


class Intake:
    """One source's records on their way into the ledger.

    `take` and `sync` count what they did; `change` returns it.
    """

    def __init__(self, ledger: Ledger, origin: Origin | None) -> None:
        """Take records from this source; None goes by the file that each record names."""
        self._ledger = ledger
        self._origin = origin
        self._numbers: dict[str, int] = {}  # of the sources, by name
        self._seen: set[int] = set()  # statements that were read now
        self._added = self._updated = self._unchanged = self._removed = self._merged = 0
        self._conflicts: list[Conflict] = []
        self._left_out: list[Paper] = []
        self._removals: dict[int, list[Statement]] = {}  # what a person took out, by key
        self._left: set[int] = set()  # of these, what was read again now
        for statement in ledger.removed():
            self._remember(statement)

    @property
    def change(self) -> Change:
        return Change(
            self._added,
            self._updated,
            self._unchanged,
            self._removed,
            merged=self._merged,
            left_out=tuple(self._left_out[:_MOST_TOLD]),
            left_out_total=len(self._left_out),
            conflicts=tuple(self._conflicts),
        )

    def take(self, record: Paper) -> None:
        """Put one record in: as a new paper, with the paper that it is of, or in the place of what was said before.

        What would be taken for a paper that a person removed is left out; a record put in by itself is asked for.
        """
        self._put(self._number(record), record)

    def bring_back(self, ids: Iterable[str]) -> None:
        """Put in again what was said of papers that a person removed.

        Raises:
            InputError: no such paper was removed.
        """
        wanted, found = set(ids), set()
        for gone in self._ledger.removed():
            if gone.paper in wanted:
                found.add(gone.paper)
                known = self._ledger.value("SELECT fields FROM removed WHERE number = ?", [gone.number])
                self._ledger.forget(gone.number)
                paper = self._state(gone.origin, gone.record, records.to_json(gone.record))
                if known:
                    self._ledger.revise(paper, {**json.loads(known), **self._ledger.revision(paper)})
        if missing := sorted(wanted - found):
            raise InputError(f"no paper {', '.join(missing)} was removed here; expected ids of some that were")

    def _remember(self, gone: Statement) -> None:
        for key in keys(gone.record):
            self._removals.setdefault(key, []).append(gone)

    def _taken_out(self, origin: int, record: Paper) -> list[Statement]:
        """Return what was said of the record's paper and a person removed, first what this source said just so."""
        if not self._removals:
            return []
        every = {gone.number: gone for key in keys(record) for gone in self._removals.get(key, ())}
        found = [gone for gone in every.values() if self._is_said(gone, origin, record) or _is_one(gone.record, record)]
        found = [gone for gone in found if gone.number not in self._left]
        return sorted(found, key=lambda gone: (not self._is_said(gone, origin, record), gone.origin != origin))

    def _is_said(self, gone: Statement, origin: int, record: Paper) -> bool:
        return gone.origin == origin and _is_moved(gone.record, record)

    def _leave_out(self, gone: Statement, origin: int, record: Paper, said: str) -> None:
        """Keep a record with what was removed of its paper, so that it is up to date when the paper comes back."""
        self._left_out.append(replace(record, id=gone.paper))
        self._left.add(gone.number)
        if gone.origin != origin:
            number = self._ledger.remember(gone.paper, (origin, record.id), said)
            self._left.add(number)
            self._remember(Statement(number, gone.paper, origin, record.id, record))
        elif gone.record != record:
            self._ledger.renew(gone.number, said)

    def _put(self, origin: int, record: Paper) -> None:
        said = records.to_json(record)
        gone = self._taken_out(origin, record)
        was_removed = bool(gone) and self._is_said(gone[0], origin, record)
        if known := self._known(origin, record, said, loosely=not was_removed):
            number, paper, before = known
            self._seen.add(number)
            if before == record:
                self._unchanged += 1
            elif _is_moved(before, record):  # only the rows above it are others
                self._ledger.restate(number, before, record, said)
                self._ledger.settle(paper, self._ledger.statements([paper]))
                self._unchanged += 1
            else:
                self._ledger.restate(number, before, record, said)
                self._settle(number, [paper, *self._ledger.sharing(record)], {paper})
            return
        if gone and self._origin is not None and (was_removed or not self._is_here(record)):
            self._leave_out(gone[0], origin, record, said)
            return
        for one in gone:
            self._ledger.forget(one.number)
        self._state(origin, record, said)

    def _is_here(self, record: Paper) -> bool:
        near = self._ledger.statements(self._ledger.sharing(record))
        return any(_is_one(statement.record, record) for statement in near)

    def _state(self, origin: int, record: Paper, said: str) -> str:
        """Put in a record that its source did not say before; return its paper's id."""
        near = self._ledger.sharing(record)
        number = self._ledger.state(origin, record, said)
        self._seen.add(number)
        if near:
            self._settle(number, [*near, self._paper_of(number)], set(near))
        else:
            self._added += 1
        return self._paper_of(number)

    def _known(self, origin: int, record: Paper, said: str, loosely: bool) -> tuple[int, str, Paper] | None:
        """Return what this source said before in the record's stead: a statement's number, paper and record.

        It is the same but for its row; or, `loosely`, has the same id, and the same title or one that was corrected.
        In what order they come does not matter.
        """
        found = []
        for own in dict.fromkeys((record.id, title_id(record.title))):
            for number, paper, known in self._ledger.said(origin, own):
                if number in self._seen:
                    continue
                before = record if known == said else records.from_json(known)
                if _is_moved(before, record):
                    return number, paper, before
                if before.id == record.id:
                    found.append((number, paper, before))
        if not loosely:
            return None
        titled = [one for one in found if one[2].normalised_title == record.normalised_title]
        corrected = (one for one in found if judge(one[2], record).kind == "identifier")
        for one in titled:
            # A year may be corrected by more than two, where there is no other paper of this title to be meant.
            if judge(one[2], record).kind != "apart" or (len(titled) == 1 and share_an_author(one[2], record)):
                return one
        return next(corrected, None)

    def _settle(self, number: int, papers: Iterable[str], here: set[str]) -> None:
        """Group the records of these papers, some of which were here before, anew; count what became of one record."""
        before = {paper: self._ledger.paper(paper) for paper in here}
        grouped, merged = regroup(self._ledger, papers)
        self._merged += merged
        for link in grouped.doubts:
            told = link.verdict.kind == "conflict" and number in (link.one.number, link.other.number)
            # A reader that gave a record an id by its title has told of the conflict itself.
            if told and not link.one.record.id.startswith("title:") and len(self._conflicts) < _MOST_TOLD:
                self._conflicts.append(Conflict(link.one.record, link.other.record, link.verdict.reason))
        paper = self._paper_of(number)
        if paper not in before:
            self._added += 1
        elif _says(before[paper]) != _says(self._ledger.paper(paper)):
            self._updated += 1
        else:
            self._unchanged += 1

    def sync(self, unread: Container[str] = ()) -> None:
        """Take back what the source said before and says no more.

        A source of the same name that lies in its place no more, nearly all of whose papers were read now,
        is an earlier copy of it, and is taken back whole.

        Args:
            unread: files that could not be read whole; what came from them is kept.
        """
        if self._origin is None:
            raise ValueError("only a source as a whole can be kept in step")
        origin = self._ledger.origin(self._origin)
        query = "SELECT number, place FROM origins WHERE name = ? AND number != ?"
        for other, place in list(self._ledger.rows(query, [self._origin.name, origin])):
            if stands(place):
                continue
            query = """SELECT count(*), count(*) FILTER (WHERE paper IN
                (SELECT paper FROM statements WHERE origin = ?)) FROM statements WHERE origin = ?"""
            had, kept = next(iter(self._ledger.rows(query, [origin, other])))
            if had and kept >= _COPY * had:
                self._withdraw(other, unread)
        self._withdraw(origin, unread)

    def _withdraw(self, origin: int, unread: Container[str]) -> None:
        """Take back what a source said and was not read now."""
        query = "SELECT number, paper FROM statements WHERE origin = ?"
        gone = [(number, paper) for number, paper in self._ledger.rows(query, [origin]) if number not in self._seen]
        for number, paper in gone:
            statements = {statement.number: statement for statement in self._ledger.statements([paper])}
            if statements[number].record.source.file in unread:
                continue
            before = self._ledger.paper(paper)
            self._ledger.withdraw(statements.pop(number))
            left = list(statements.values())
            if not left:
                self._ledger.drop(paper)
                self._removed += 1
                continue
            self._ledger.settle(paper, left)
            regroup(self._ledger, [paper])
            self._updated += _says(before) != _says(self._ledger.paper(paper))

    def _number(self, record: Paper) -> int:
        origin = self._origin or Origin(record.source.file)
        if origin.name not in self._numbers:
            self._numbers[origin.name] = self._ledger.origin(origin)
        return self._numbers[origin.name]

    def _paper_of(self, number: int) -> str:
        found: str = self._ledger.value("SELECT paper FROM statements WHERE number = ?", [number])
        return found


def remove(ledger: Ledger, ids: Iterable[str]) -> int:
    """Take papers out, with all that is said of them, which is remembered; return how many there were.

    Raises:
        InputError: an id is not here.
    """
    gone = sorted(set(ids))
    if missing := [id for id in gone if ledger.paper(id) is None]:
        raise InputError(f"no paper {', '.join(missing)} here; footnote search --json shows ids")
    for id in gone:
        revision = ledger.revision(id)
        for statement in ledger.statements([id]):
            ledger.remember(id, statement.label, records.to_json(statement.record), revision)
            ledger.withdraw(statement)
            revision = {}
        ledger.drop(id)
    return len(gone)


def taken_out(ledger: Statements) -> list[Paper]:
    """Return the papers that a person took out, each as the last of its sources has it."""
    found = {gone.paper: gone.record for gone in ledger.removed()}
    return [replace(record, id=id) for id, record in found.items()]


def revise(ledger: Ledger, paper: Paper) -> bool:
    """Keep those fields of a paper in which it differs from the one here; return whether there are any.

    Raises:
        InputError: no paper with its id is here.
    """
    said = ledger.paper(paper.id)
    if said is None:
        raise InputError(f"no paper {paper.id} to revise; expected one of this collection")
    before, now = json.loads(said), paper.to_dict()
    fields = {name: value for name, value in now.items() if value != before.get(name) and name != "source"}
    if not fields:
        return False
    ledger.revise(paper.id, {**ledger.revision(paper.id), **fields})
    return True


def _is_one(a: Paper, b: Paper) -> bool:
    return judge(a, b).kind in ("identifier", "title")


def _is_moved(before: Paper, record: Paper) -> bool:
    """Whether two records of one source are the same but for the rows that they stand in."""
    return replace(before, source=record.source) == record


def _says(paper: str | None) -> Paper | None:
    """Return a paper without the row that it stands in, which changes with every row above it."""
    if paper is None:
        return None
    read = records.from_json(paper)
    return replace(read, source=replace(read.source, file="", row=0))
