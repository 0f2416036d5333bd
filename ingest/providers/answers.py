"""`Answers`: what services have answered, on disk for ever, so that none is asked twice for the same."""

import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from .provider import Record

_log = logging.getLogger(__name__)
_DAMAGED = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}  # SQLITE_ERROR: another table
_BATCH = 500  # SQLite takes at most 999 parameters in a statement


class Answers:
    """Records by service and key in one SQLite file; no record at all is an answer too.

    A damaged file is set aside and begun anew.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, service: str, keys: Iterable[str]) -> dict[str, list[Record]]:
        """Return the answers that are here, by key."""
        found: dict[str, list[Record]] = {}
        if not self._file.is_file():
            return found
        try:
            with closing(self._open()) as connection:
                wanted = list(keys)
                for some in (wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH)):
                    marks = ",".join("?" * len(some))
                    statement = f"SELECT key, records FROM answers WHERE service = ? AND key IN ({marks})"
                    for key, text in connection.execute(statement, [service, *some]):
                        if (records := _records(text)) is not None:
                            found[key] = records
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _DAMAGED:
                raise OSError(error.sqlite_errorcode, str(error), str(self._file)) from error
            self._set_aside(error)
            return {}
        return found

    def put(self, service: str, answers: Mapping[str, Sequence[Record]]) -> None:
        """Keep these answers; they are on disk when this returns.

        Raises:
            OSError: they cannot be kept, so that asking on would be in vain.
        """
        rows = [(service, key, json.dumps(records, ensure_ascii=False)) for key, records in answers.items()]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", rows)
        except sqlite3.DatabaseError as error:
            raise OSError(error.sqlite_errorcode, str(error), str(self._file)) from error

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=30)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS answers "
            "(service TEXT, key TEXT, records TEXT, PRIMARY KEY (service, key)) WITHOUT ROWID"
        )
        return connection

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        aside = self._file.with_suffix(".damaged")
        _log.warning("%s is damaged (%s); set aside as %s and begun anew", self._file, error, aside.name)
        self._file.replace(aside)


def _records(text: str) -> list[Record] | None:
    """Return the records in a row of the file; None where it is damaged, and the service is asked again."""
    try:
        records = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return records if isinstance(records, list) and all(isinstance(one, dict) for one in records) else None
