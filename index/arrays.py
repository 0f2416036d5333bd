"""Arrays that are written row by row, so that none has to be held whole: numpy's own format, rows unknown at first."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np


class ArrayWriter:
    """Writes one `.npy` file, as `numpy.save` would have written it."""

    def __init__(self, path: Path, dtype: Any, row: tuple[int, ...] = ()) -> None:
        """Begin a file of rows of this type and shape."""
        self._file = path.open("wb")
        self._dtype, self._row = np.dtype(dtype), row
        self._rows = 0
        self._head()

    def append(self, rows: np.ndarray) -> None:
        """Write rows, shape (any number, *row)."""
        self._file.write(np.ascontiguousarray(rows, self._dtype).data)
        self._rows += len(rows)

    def _head(self) -> None:
        # numpy leaves blanks in it for the number of rows to grow into.
        said = {
            "descr": np.lib.format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self._rows, *self._row),
        }
        np.lib.format.write_array_header_1_0(self._file, said)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._file:
            if kind is None:
                self._file.seek(0)
                self._head()
