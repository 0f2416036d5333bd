"""Arrays on the disk: read one at a time; written row by row, so that none has to be held whole."""

import io
from abc import ABC, abstractmethod
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import numpy as np

_reading = Lock()


def load(path: Path, mapped: bool = False) -> np.ndarray:
    """Read a `.npy` file, or map it into memory.

    One thread at a time: its head is Python's own notation, and of two that parse such a text one may fail
    (python/cpython#106905).

    Raises:
        OSError, ValueError, EOFError: it cannot be read.
    """
    with _reading:
        found: np.ndarray = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    return found


class RowWriter(ABC):
    """Writes one file: a head that tells how many rows there are, always of one length, and the rows."""

    def __init__(self, path: Path, dtype: Any, row: tuple[int, ...] = ()) -> None:
        """Begin a file of rows of this type and shape."""
        self._file = path.open("wb")
        self._dtype, self._row = np.dtype(dtype), row
        self._rows = 0
        self._file.write(self._head())

    def append(self, rows: np.ndarray) -> None:
        """Write rows, shape (any number, *row)."""
        self._file.write(np.ascontiguousarray(rows, self._dtype).data)
        self._rows += len(rows)

    @abstractmethod
    def _head(self) -> bytes:
        """Return the head of a file of `_rows` rows."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._file:
            if kind is None:
                self._file.seek(0)
                self._file.write(self._head())


class ArrayWriter(RowWriter):
    """Writes one `.npy` file, as `numpy.save` would have written it."""

    def _head(self) -> bytes:
        # numpy leaves blanks in it for the number of rows to grow into.
        said = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self._rows, *self._row),
        }
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, said)
        return head.getvalue()
