"""The vector cache: nothing is embedded twice. The key is the hash of (model id, text)."""

import hashlib
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float32]]
Tokens = np.ndarray[tuple[int, int], np.dtype[np.int8]]

_log = logging.getLogger(__name__)
_DAMAGED = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}  # SQLITE_ERROR: another table
_BATCH = 500  # SQLite takes at most 999 parameters in a statement


def key(model_id: str, text: str) -> bytes:
    """Return the key of one text under one model."""
    return hashlib.sha256(f"{model_id}\0{text}".encode()).digest()


def _check(key: bytes, vector: bytes, tokens: bytes | None) -> bytes:
    return hashlib.blake2b(b"".join((key, vector, tokens or b"")), digest_size=8).digest()


class VectorCache:
    """Vectors by key in one SQLite file. A cache: a damaged file is set aside and begun anew."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, keys: Sequence[bytes], dimension: int, tokens: bool) -> dict[bytes, tuple[Vector, Tokens | None]]:
        """Return the texts' vectors that are here, by key; with their tokens', where those are wanted."""
        condition = "AND tokens IS NOT NULL" if tokens else ""
        if not self._file.is_file():
            return {}
        found: dict[bytes, tuple[Vector, Tokens | None]] = {}
        try:
            with closing(self._open()) as connection:
                for start in range(0, len(keys), _BATCH):
                    some = keys[start : start + _BATCH]
                    marks = ",".join("?" * len(some))
                    statement = f"SELECT key, vector, tokens, digest FROM vectors WHERE key IN ({marks}) {condition}"
                    for key, vector, rows, check in connection.execute(statement, some):
                        if check != _check(key, vector, rows):
                            _log.warning("a vector in %s is damaged; it is computed again", self._file)
                            continue
                        own = np.frombuffer(rows, np.int8).reshape(-1, dimension) if tokens else None
                        found[key] = np.frombuffer(vector, np.float32), own
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _DAMAGED:  # locked or read-only: slower, never wrong
                _log.warning("vectors in %s cannot be read (%s); they are computed again", self._file, error)
            else:
                self._set_aside(error)
            return {}
        return found

    def put(self, vectors: Mapping[bytes, tuple[Vector, Tokens | None]]) -> None:
        """Keep these vectors."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        rows = []
        for key, (vector, tokens) in vectors.items():
            own = None if tokens is None else tokens.tobytes()
            rows.append((key, vector.tobytes(), own, _check(key, vector.tobytes(), own)))
        try:
            with closing(self._open()) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)
        except sqlite3.OperationalError as error:  # read-only or locked for long: slower, never wrong
            _log.warning("vectors are not kept in %s (%s); they will be computed again", self._file, error)
        except sqlite3.DatabaseError as error:
            self._set_aside(error)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=30)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB, tokens BLOB, digest BLOB)"
        )
        return connection

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        aside = self._file.with_suffix(".damaged")
        _log.warning("%s is damaged (%s); set aside as %s and begun anew", self._file, error, aside.name)
        self._file.replace(aside)
