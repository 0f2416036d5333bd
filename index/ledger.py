"""The ledger, in which statements are put, changed and taken back, and papers made of them.

It opens the records of a generation and copies them into a draft with the first change; as long
as nothing changes nothing is written.
"""

import errno
import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest.paper import Paper, title_id

from . import records
from .identity import keys
from .merging import merged, revised
from .statements import REMOVED, SCHEMA, Origin, Statement, Statements

_INSERT = f"INSERT INTO papers (position, {records.COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)"
_UPDATE = f"UPDATE papers SET ({records.COLUMNS}) = (?,?,?,?,?,?,?,?,?) WHERE id = ?"
# The draft folder is thrown away whole if anything fails, and synced whole if nothing does.
_UNSYNCED = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;"


def create(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the records of a collection without papers into `folder`."""
    connection = sqlite3.connect(folder / records.FILE)
    try:
        connection.executescript(_UNSYNCED + records.SCHEMA + SCHEMA + REMOVED)
        _note(connection, facts)
        connection.commit()
    except sqlite3.OperationalError as error:
        raise _disk_error(folder, error) from error
    finally:
        connection.close()


def stands(place: str | None) -> bool:
    """Whether a source is still where it was read: an address always is, as far as is known here."""
    return place is not None and ("://" in place or Path(place).exists())


def _note(connection: sqlite3.Connection, facts: Mapping[str, Any]) -> None:
    values = [(name, json.dumps(value)) for name, value in facts.items()]
    connection.executemany("INSERT OR REPLACE INTO facts VALUES (?,?)", values)


def _disk_error(folder: Path, error: sqlite3.OperationalError) -> OSError:
    return OSError(errno.EIO, str(error), str(folder / records.FILE))


class Ledger(Statements):
    """The statements of one generation, and those in the draft of the next."""

    def __init__(self, folder: Path, draft: Path) -> None:
        """Read the ledger in `folder`; what is changed goes to `draft`, which may be the same."""
        self.draft = draft
        self.changed = False
        self._folder = folder
        address = f"{(folder / records.FILE).absolute().as_uri()}?mode=ro"
        super().__init__(sqlite3.connect(address, uri=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
        if isinstance(error, sqlite3.OperationalError):
            raise _disk_error(self.draft, error) from error

    def close(self) -> None:
        self._connection.close()

    def begin(self) -> None:
        """Copy the records into the draft, to be changed there."""
        if self.changed:
            return
        self._connection.close()
        if self._folder != self.draft:
            shutil.copyfile(self._folder / records.FILE, self.draft / records.FILE)
        self._connection = sqlite3.connect(self.draft / records.FILE)
        self._connection.executescript(_UNSYNCED)
        self.changed = True

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run one statement that changes something; return the number of the row that it put in."""
        self.begin()
        return self._connection.execute(statement, values).lastrowid or 0

    def note(self, facts: Mapping[str, Any]) -> None:
        """Note facts of the collection as a whole."""
        self.begin()
        _note(self._connection, facts)

    def finish(self) -> None:
        """Write what was changed to the draft."""
        self._connection.commit()
        self.close()

    def origin(self, origin: Origin) -> int:
        """Return the number of a source: that with its place, else the one of its name that lies there no more."""
        known = list(self.rows("SELECT number, place FROM origins WHERE name = ? ORDER BY number", [origin.name]))
        for number, place in known:
            if place == origin.place:
                return int(number)
        gone = [number for number, place in known if not stands(place)]
        if origin.place and len(gone) == 1:  # of several it may be any
            self.change("UPDATE origins SET place = ? WHERE number = ?", [origin.place, *gone])
            return int(gone[0])
        return self.change("INSERT INTO origins (name, place) VALUES (?, ?)", [origin.name, origin.place])

    def state(self, origin: int, record: Paper, said: str) -> int:
        """Put in a record as a paper of its own; return the statement's number.

        Of several titles that a source has under one id, the first keeps it as its own there, and every other
        goes by its title.

        Args:
            said: the record as JSON.
        """
        titles = {records.from_json(known).normalised_title for _, _, known in self.said(origin, record.id)}
        own = record.id if titles <= {record.normalised_title} else title_id(record.title)
        paper = self.free_id(record)
        same = paper == record.id
        self.put(record if same else replace(record, id=paper), said if same else None)
        return self.enter(paper, (origin, own), record, None if same else said)

    def enter(self, paper: str, label: tuple[int, str], record: Paper, said: str | None) -> int:
        """Put in what a source says of a paper that is here; return the statement's number.

        Args:
            label: the source, and the id that the record has there.
            said: the record as JSON, None where the paper is the same.
        """
        statement = "INSERT INTO statements (paper, origin, own, record) VALUES (?,?,?,?)"
        number = self.change(statement, [paper, *label, said])
        self._put_keys(number, record)
        return number

    def restate(self, number: int, before: Paper, record: Paper, said: str) -> None:
        """Put another record in a statement's place."""
        self._drop_keys(number, before)
        self.change("UPDATE statements SET record = ? WHERE number = ?", [said, number])
        self._put_keys(number, record)

    def withdraw(self, statement: Statement) -> None:
        """Take a statement back; its paper is left as it was."""
        self._drop_keys(statement.number, statement.record)
        self.change("DELETE FROM statements WHERE number = ?", [statement.number])

    def remember(self, paper: str, label: tuple[int, str], said: str, revision: Mapping[str, Any] | None = None) -> int:
        """Remember what a source says of a paper that a person takes out, given as JSON; return its number."""
        fields = json.dumps(revision, ensure_ascii=False) if revision else None
        statement = "INSERT INTO removed (paper, origin, own, record, fields) VALUES (?,?,?,?,?)"
        return self.change(statement, [paper, *label, said, fields])

    def renew(self, number: int, said: str) -> None:
        """Remember what a source says by now, as JSON, of a paper that a person took out."""
        self.change("UPDATE removed SET record = ? WHERE number = ?", [said, number])

    def forget(self, number: int) -> None:
        """Forget that a person took out what one statement was of."""
        self.change("DELETE FROM removed WHERE number = ?", [number])

    def _put_keys(self, number: int, record: Paper) -> None:
        for key in keys(record):
            self.change("INSERT OR IGNORE INTO keys VALUES (?, ?)", [key, number])

    def _drop_keys(self, number: int, record: Paper) -> None:
        for key in keys(record):
            self.change("DELETE FROM keys WHERE key = ? AND statement = ?", [key, number])

    # Papers

    def free_id(self, record: Paper) -> str:
        """Return an id for a paper that is made of this record: its own, if no other paper has it."""
        first = " ".join([record.title, *record.authors[:1], str(record.year or "")])
        wanted = chain([record.id, title_id(record.title)], (title_id(f"{first} {n}") for n in count()))
        return next(id for id in wanted if self.paper(id) is None)

    def put(self, paper: Paper, said: str | None = None) -> None:
        """Put a paper in the place of the one with its id, or at the end; `said` is the paper as JSON."""
        values = records.row(paper, said or records.to_json(paper))
        before = self.paper(paper.id)
        if before is None:
            last = self.value("SELECT max(position) FROM papers")
            self.change(_INSERT, [0 if last is None else last + 1, *values])
        else:
            self.change(_UPDATE, [*values, paper.id])
        self.change("INSERT OR IGNORE INTO unseen VALUES (?)", [paper.id])

    def drop(self, id: str) -> None:
        """Take a paper out, of which no statement is left."""
        for table in ("revisions", "unseen"):
            self.change(f"DELETE FROM {table} WHERE paper = ?", [id])
        self.change("DELETE FROM papers WHERE id = ?", [id])

    def revise(self, id: str, fields: Mapping[str, Any]) -> None:
        """Put fields, as JSON has them, over all statements of a paper, in the place of what was there."""
        said = json.dumps(fields, ensure_ascii=False)
        self.change("INSERT OR REPLACE INTO revisions VALUES (?, ?)", [id, said])
        self.settle(id, self.statements([id]))

    def settle(self, id: str, statements: Sequence[Statement]) -> None:
        """Make a paper of these statements, and of what was found out about it beside them."""
        paper = merged([statement.record for statement in statements], id)
        if known := self.revision(id):
            paper = revised(paper, known)
        said = [records.to_json(statement.record) for statement in statements]
        now = records.to_json(paper)
        if now != self.paper(id):
            self.put(paper, now)
        for statement, record in zip(statements, said, strict=True):
            own = None if record == now else record
            self.change("UPDATE statements SET paper = ?, record = ? WHERE number = ?", [id, own, statement.number])

    def order(self) -> None:
        """Number the papers from 0, in the order in which their first records came."""
        self.change("DROP TABLE IF EXISTS temp.places")
        self.change(
            """CREATE TEMP TABLE places AS SELECT paper AS id, row_number() OVER (ORDER BY min(number)) - 1 AS place
               FROM statements GROUP BY paper"""
        )
        self.change("CREATE UNIQUE INDEX temp.place_of ON places (id, place)")
        place = "(SELECT place FROM temp.places t WHERE t.id = papers.id)"
        # Through negative numbers, so that no two papers ever have one position.
        self.change(f"UPDATE papers SET position = -1 - {place} WHERE position != {place}")
        self.change("UPDATE papers SET position = -1 - position WHERE position < 0")
