"""Tables as text: values separated by commas, semicolons, tabs or bars, under a header."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..document import Document
from ..errors import InputError
from ..reading import Event, Reading, Refusal
from ..text import fold
from . import plain
from .formats import Format

_SEPARATORS = ",\t;|"
_HEADER_WITHIN = 20  # rows; what stands above the header is a title or a remark


def recognises(head: bytes) -> bool:
    lines = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines()[:_HEADER_WITHIN]
    return any(is_header(cells, sure=True) for line in lines for cells in [_cells(line, _separator(line))])


def read(document: Document) -> Reading:
    """Read the rows below the first that has a column for titles."""
    return Reading(document.name, _events(document))


FORMAT = Format("CSV or TSV", (".csv", ".tsv", ".tab"), recognises, read)


def is_header(cells: Sequence[Any], sure: bool = False) -> bool:
    """Tell whether these are names of columns, one of them for titles.

    Args:
        sure: ask for a name that only tables of papers have, and for another known column.
    """
    names = [plain.heading(cell) for cell in cells if isinstance(cell, str) and len(cell) < 100]
    titled = any(name in plain.TITLES or (not sure and name in plain.WEAK_TITLES) for name in names)
    return titled and (not sure or sum(name in plain.KNOWN for name in names) > 1)


class NoHeader(InputError):
    """A table has no row that names a column for titles."""


def events(name: str, rows: Iterable[tuple[int, Sequence[Any] | str]]) -> Iterator[Event]:
    """Read rows of cells with their lines; a string in a row's stead says why there is none.

    Raises:
        NoHeader: no row among the first 20 is a header.
    """
    header: list[str] | None = None
    above: list[str] = []
    for line, cells in rows:
        if isinstance(cells, str):
            yield Refusal(line, cells, damaged=True)
        elif not any(cell not in (None, "") for cell in cells):
            continue
        elif header is None:
            if is_header(cells):
                header = [cell if isinstance(cell, str) else "" for cell in cells]
            elif len(above) == _HEADER_WITHIN:
                break
            else:
                above.append(fold(", ".join(str(cell) for cell in cells if cell not in (None, "")))[:200])
        elif any(cell not in (None, "") for cell in cells[len(header) :]):
            said = f"{len(cells)} values under {len(header)} columns; is a value not in quotes?"
            yield Refusal(line, said, damaged=True)
        else:
            yield plain.row(
                line, {column: cell for column, cell in zip(header, cells, strict=False) if cell is not None}
            )
    if header is None:
        found = f"found {above[0]!r}" if above else "found nothing"
        raise NoHeader(f"{name} has no column for titles ({found}); expected a header with a column named Title")


def _events(document: Document) -> Iterator[Event]:
    if not document.head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise InputError(f"{document.name} is empty; expected a header with a column named Title")
    yield from events(document.name, _rows(document))


def _rows(document: Document) -> Iterator[tuple[int, Sequence[str] | str]]:
    lines = document.head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines()[:_HEADER_WITHIN]
    header = next((line for line in lines if is_header(_cells(line, _separator(line)))), lines[0] if lines else "")
    reader = csv.reader(
        (text for _, text in document.text_lines()), delimiter=_separator(header), skipinitialspace=True
    )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"no row up to line {reader.line_num} ({error}); does a quote not close?"
            continue
        yield line, cells


def _separator(line: str) -> str:
    """Return the separator under which most columns of this line have a known name."""

    def known(separator: str) -> tuple[int, int]:
        names = [plain.heading(cell) for cell in _cells(line, separator)]
        return sum(name in plain.KNOWN for name in names), len(names)

    return max(_SEPARATORS, key=known)


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []
