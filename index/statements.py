"""What every source says of which paper, as a generation's records have it.

A paper is made of the records of it, one from each place where it is found, so that what a source
no longer says can be taken back, and two papers that were made one can be two again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.paper import Paper

from . import records
from .identity import keys

SCHEMA = """
CREATE TABLE origins (number INTEGER PRIMARY KEY, name TEXT NOT NULL, place TEXT);
CREATE TABLE statements (           -- one source's record of one paper
    number INTEGER PRIMARY KEY,     -- in the order of arrival
    paper TEXT NOT NULL,            -- papers.id
    origin INTEGER NOT NULL,
    own TEXT NOT NULL,              -- the id that the record itself gives the paper; of its title, if that one is taken
    record TEXT                     -- Paper.to_dict() as JSON; NULL where papers.record is the same
);
CREATE INDEX statements_of_origin ON statements (origin, own);
CREATE INDEX statements_of_paper ON statements (paper);
CREATE TABLE keys (key INTEGER, statement INTEGER, PRIMARY KEY (key, statement)) WITHOUT ROWID;
CREATE TABLE revisions (paper TEXT PRIMARY KEY, fields TEXT NOT NULL);  -- JSON: what holds over all statements
CREATE TABLE pairs (                -- of records that are, may be, or may not be of one paper
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL,            -- merged, accepted, suggested, undone
    reason TEXT NOT NULL,
    origin INTEGER NOT NULL, own TEXT NOT NULL,
    other_origin INTEGER NOT NULL, other_own TEXT NOT NULL,
    UNIQUE (origin, own, other_origin, other_own)
);
CREATE INDEX pairs_by_state ON pairs (state);
CREATE TABLE unseen (paper TEXT PRIMARY KEY);  -- whose vectors are not compared with the others' yet
"""
REMOVED = """CREATE TABLE IF NOT EXISTS removed (  -- statements of papers that a person took out
    number INTEGER PRIMARY KEY,
    paper TEXT NOT NULL,            -- its id, as it was
    origin INTEGER NOT NULL,
    own TEXT NOT NULL,
    record TEXT NOT NULL,
    fields TEXT                     -- the paper's revision, with the first of its statements
)"""
_RECORD = "coalesce(s.record, p.record) FROM statements s JOIN papers p ON p.id = s.paper"
_CANDIDATES = 24  # papers that a record is compared with, of those that share a key


@dataclass(frozen=True, slots=True)
class Origin:
    """Where records come from: a file's name, and its place, by which two files of one name are told apart."""

    name: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One source's record of one paper."""

    number: int
    paper: str
    origin: int
    own: str
    record: Paper

    @property
    def label(self) -> tuple[int, str]:
        """What tells it from all others, whenever it is read again: its source, and the id it has there."""
        return self.origin, self.own


class Statements:
    """The statements in a generation's records, to be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def has(self, table: str) -> bool:
        """Whether the records have a table, as those of earlier formats may not."""
        return bool(self.value("SELECT count(*) FROM sqlite_master WHERE name = ?", [table]))

    def fact(self, name: str) -> Any:
        """Return one of the collection's facts, None if it is not noted."""
        found = self.value("SELECT value FROM facts WHERE name = ?", [name])
        return None if found is None else json.loads(found)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield what a query finds."""
        return self._connection.execute(statement, values)

    def value(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Return the first value that a query finds, None if it finds nothing."""
        found = self._connection.execute(statement, values).fetchone()
        return found[0] if found else None

    def said(self, origin: int, own: str) -> list[tuple[int, str, str]]:
        """Return what a source says under one id: the statements' numbers, papers and records as JSON, in order."""
        statement = f"SELECT s.number, s.paper, {_RECORD} WHERE s.origin = ? AND s.own = ? ORDER BY s.number"
        return list(self.rows(statement, [origin, own]))

    def statements(self, papers: Iterable[str]) -> list[Statement]:
        """Return all statements of these papers, in the order of their arrival."""
        statement = f"SELECT s.number, s.paper, s.origin, s.own, {_RECORD} WHERE s.paper = ?"
        found = [row for paper in dict.fromkeys(papers) for row in self.rows(statement, [paper])]
        return [Statement(n, id, origin, own, records.from_json(said)) for n, id, origin, own, said in sorted(found)]

    def sharing(self, record: Paper) -> list[str]:
        """Return the papers with a record that shares a key with this one; of very many the first."""
        statement = """SELECT DISTINCT s.paper FROM keys k JOIN statements s ON s.number = k.statement
            WHERE k.key = ? ORDER BY k.statement LIMIT ?"""
        found = (row[0] for key in keys(record) for row in self.rows(statement, [key, _CANDIDATES]))
        return list(dict.fromkeys(found))

    def removed(self) -> list[Statement]:
        """Return what was said of papers that a person took out; these statements have numbers of their own."""
        rows = self.rows("SELECT number, paper, origin, own, record FROM removed ORDER BY number")
        return [Statement(n, id, origin, own, records.from_json(said)) for n, id, origin, own, said in rows]

    def revision(self, paper: str) -> dict[str, Any]:
        """Return the fields of a paper that hold over all statements."""
        known = self.value("SELECT fields FROM revisions WHERE paper = ?", [paper])
        return json.loads(known) if known else {}

    def paper(self, id: str) -> str | None:
        """Return a paper as JSON, None if it is not here."""
        found: str | None = self.value("SELECT record FROM papers WHERE id = ?", [id])
        return found
