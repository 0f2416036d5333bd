"""The records of one generation, in SQLite: papers by position and id, their list fields, facts."""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from ingest.paper import Paper

from .filters import Filters

Positions = np.ndarray[tuple[int], np.dtype[np.int64]]

FILE = "records.sqlite"
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
    """The records of one generation, read-only. Safe to use from many threads, one at a time."""

    def __init__(self, folder: Path) -> None:
        address = f"file:{quote(str(folder / FILE))}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self.count: int = self._connection.execute("SELECT count(*) FROM papers").fetchone()[0]

    @property
    def connection(self) -> sqlite3.Connection:
        """The open file, for those who read what else is in it."""
        return self._connection

    def fact(self, name: str) -> Any:
        """Return one of the collection's facts, None if it is not there."""
        found = self._connection.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return json.loads(found[0]) if found else None

    def facts(self) -> dict[str, Any]:
        return {name: json.loads(v) for name, v in self._connection.execute("SELECT * FROM facts")}

    def at(self, positions: Sequence[int]) -> list[Paper]:
        """Return the papers at these positions, in this order."""
        marks = ",".join("?" * len(positions))
        statement = f"SELECT position, record FROM papers WHERE position IN ({marks})"
        found = dict(self._connection.execute(statement, list(map(int, positions))).fetchall())
        return [from_json(found[int(i)]) for i in positions]

    def get(self, id: str) -> Paper | None:
        found = self._connection.execute("SELECT record FROM papers WHERE id = ?", [id]).fetchone()
        return from_json(found[0]) if found else None

    def has_author(self, name: str) -> bool:
        """Whether some paper has an author of this name, or of names that hold it as whole words."""
        statement = "SELECT EXISTS (SELECT 1 FROM papers WHERE instr(authors, ?) > 0)"
        return bool(self._connection.execute(statement, [f" {_name(name)} "]).fetchone()[0])

    def all(self, filters: Filters = Filters()) -> Iterable[Paper]:
        """Yield the papers that pass, in order of position."""
        where, values = _where(filters)
        for (record,) in self._connection.execute(f"SELECT record FROM papers{where} ORDER BY position", values):
            yield from_json(record)

    def matching(self, filters: Filters) -> Positions | None:
        """Return the positions that pass, ascending; None where the filters ask nothing."""
        where, values = _where(filters)
        if not where:
            return None
        statement = f"SELECT position FROM papers{where} ORDER BY position"
        return np.fromiter((row[0] for row in self._connection.execute(statement, values)), np.int64)

    def counts(self, field: str) -> list[tuple[str, int]]:
        """Return the values of `topic`, `venue` or `year` with their number of papers; years are in order."""
        order = "value" if field == "year" else "min(position)"
        statement = f"SELECT json_extract(record, ?) AS value, count(*) FROM papers GROUP BY value ORDER BY {order}"
        rows = self._connection.execute(statement, [f"$.{field}"])
        return [(str(value), n) for value, n in rows if value is not None]

    def sections(self) -> list[tuple[list[str], int]]:
        """Return the section paths, in the order of the list, with the number of papers right under each."""
        statement = """SELECT json_extract(record, '$.section') AS path, count(*) FROM papers
                       GROUP BY path ORDER BY min(position)"""
        return [(json.loads(path), n) for path, n in self._connection.execute(statement)]


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
