"""The records of one generation, in SQLite: papers by position and id, their list fields, facts."""

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from ingest.paper import Paper

from .filters import Filters

Positions = np.ndarray[tuple[int], np.dtype[np.int64]]

FILE = "records.sqlite"
_AT_ONCE = 500  # rows that one thread reads before another may
SCHEMA = """
CREATE TABLE papers (
    position INTEGER PRIMARY KEY,  -- the row of this paper in every index, from 0
    id TEXT NOT NULL UNIQUE,
    section TEXT NOT NULL, topic TEXT NOT NULL, venue TEXT NOT NULL, venue_type TEXT NOT NULL,
    authors TEXT NOT NULL,         -- one a line, as _name has them, between blanks
    year INTEGER, has_code INTEGER NOT NULL,
    record TEXT NOT NULL           -- Paper.to_dict() as JSON
);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);  -- JSON
"""
_encode = json.JSONEncoder(ensure_ascii=False).encode
COLUMNS = "id, section, topic, venue, venue_type, authors, year, has_code, record"


def row(paper: Paper, record: str) -> tuple[Any, ...]:
    """Return what the table has of a paper, in the order of `COLUMNS`."""
    section = " > ".join(paper.section).casefold()
    fields = [(paper.topic or "").casefold(), (paper.venue or "").casefold(), paper.venue_type or ""]
    authors = "\n".join(f" {_name(author)} " for author in paper.authors)
    return (paper.id, section, *fields, authors, paper.year, int(paper.has_code), record)


def to_json(paper: Paper) -> str:
    return _encode(paper.to_dict())


def from_json(record: str) -> Paper:
    return Paper.from_dict(json.loads(record))


def _name(author: str) -> str:
    """Return a name as it is compared: without case and punctuation."""
    return " ".join(re.findall(r"[^\W_]+", author.casefold()))


class Records:
    """The records of one generation, read-only. Safe to use from many threads.

    They share one connection, taking turns: its file may be gone from the disk, so that none could open another.
    """

    def __init__(self, folder: Path) -> None:
        address = f"file:{quote(str(folder / FILE))}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._turn = threading.Lock()
        self.count: int = self._rows("SELECT count(*) FROM papers")[0][0]

    @property
    def connection(self) -> sqlite3.Connection:
        """The open file, for those who read what else is in it."""
        return self._connection

    def fact(self, name: str) -> Any:
        """Return one of the collection's facts, None if it is not there."""
        found = self._rows("SELECT value FROM facts WHERE name = ?", [name])
        return json.loads(found[0][0]) if found else None

    def facts(self) -> dict[str, Any]:
        return {name: json.loads(v) for name, v in self._rows("SELECT * FROM facts")}

    def at(self, positions: Sequence[int]) -> list[Paper]:
        """Return the papers at these positions, in this order."""
        marks = ",".join("?" * len(positions))
        statement = f"SELECT position, record FROM papers WHERE position IN ({marks})"
        found = dict(self._rows(statement, list(map(int, positions))))
        return [from_json(found[int(i)]) for i in positions]

    def get(self, id: str) -> Paper | None:
        found = self._rows("SELECT record FROM papers WHERE id = ?", [id])
        return from_json(found[0][0]) if found else None

    def has_author(self, name: str) -> bool:
        """Whether some paper has an author of this name, or of names that hold it as whole words."""
        statement = "SELECT EXISTS (SELECT 1 FROM papers WHERE instr(authors, ?) > 0)"
        return bool(self._rows(statement, [f" {_name(name)} "])[0][0])

    def all(self, filters: Filters = Filters()) -> Iterable[Paper]:
        """Yield the papers that pass, in order of position."""
        where, values = _where(filters)
        for (record,) in self._each(f"SELECT record FROM papers{where} ORDER BY position", values):
            yield from_json(record)

    def matching(self, filters: Filters) -> Positions | None:
        """Return the positions that pass, ascending; None where the filters ask nothing."""
        where, values = _where(filters)
        if not where:
            return None
        rows = self._rows(f"SELECT position FROM papers{where} ORDER BY position", values)
        return np.fromiter((row[0] for row in rows), np.int64)

    def ids(self, filters: Filters = Filters()) -> list[str]:
        """Return the ids of the papers that pass, in order of position."""
        where, values = _where(filters)
        return [id for (id,) in self._rows(f"SELECT id FROM papers{where} ORDER BY position", values)]

    def counts(self, field: str) -> list[tuple[str, int]]:
        """Return the values of `topic`, `venue` or `year` with their number of papers; years are in order."""
        order = "value" if field == "year" else "min(position)"
        statement = f"SELECT json_extract(record, ?) AS value, count(*) FROM papers GROUP BY value ORDER BY {order}"
        return [(str(value), n) for value, n in self._rows(statement, [f"$.{field}"]) if value is not None]

    def sections(self) -> list[tuple[list[str], int]]:
        """Return the section paths, in the order of the list, with the number of papers right under each."""
        statement = """SELECT json_extract(record, '$.section') AS path, count(*) FROM papers
                       GROUP BY path ORDER BY min(position)"""
        return [(json.loads(path), n) for path, n in self._rows(statement)]

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return every row that a statement gives."""
        with self._turn:
            return self._connection.execute(statement, values).fetchall()

    def _each(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Yield the rows of a statement that gives many, some at a time."""
        with self._turn:
            cursor = self._connection.execute(statement, values)
            rows = cursor.fetchmany(_AT_ONCE)
        while rows:
            yield from rows
            with self._turn:
                rows = cursor.fetchmany(_AT_ONCE)


def _where(filters: Filters) -> tuple[str, list[Any]]:
    """Return the WHERE clause of these filters, empty where they ask nothing, and its values."""
    conditions: list[str] = []
    values: list[Any] = []
    for column in ("section", "topic"):
        if wanted := getattr(filters, column):
            conditions.append(f"instr({column}, ?) > 0")
            values.append(wanted.casefold())
    if filters.venue:
        conditions.append("(venue = ? OR venue_type = ?)")
        values += [filters.venue.casefold()] * 2
    if filters.author:
        conditions.append("instr(authors, ?) > 0")
        values.append(f" {_name(filters.author)} ")
    for operator, year in ((">=", filters.year_from), ("<=", filters.year_to)):
        if year is not None:
            conditions.append(f"year {operator} ?")
            values.append(year)
    if filters.has_code is not None:
        conditions.append("has_code = ?")
        values.append(int(filters.has_code))
    if filters.among is not None:
        # One variable however many ids there are: SQLite limits the number of variables.
        conditions.append("id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(filters.among))
    return f" WHERE {' AND '.join(conditions)}" if conditions else "", values
