"""Excel workbooks: every sheet that has a column for titles, row by row."""

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from ..document import Document
from ..errors import InputError
from ..reading import Event, Reading, Warning
from ..text import fold
from .delimited import NoHeader, events
from .formats import Format

_LARGEST = 4 * 2**30  # bytes of all parts together, unpacked; a full sheet has about 1 GiB
_MOST_STRINGS = 512 * 2**20  # bytes, unpacked, of the part that has to be in memory
# What openpyxl raises for a file that is no workbook, or a damaged one.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, ParseError, KeyError, ValueError, TypeError, AttributeError),
    *(IndexError, EOFError, NotImplementedError, OverflowError, RuntimeError, AssertionError, OSError),
)


def recognises(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head)


def read(document: Document) -> Reading:
    """Read the rows of each sheet below the first that has a column for titles."""
    return Reading(document.name, _events(document))


FORMAT = Format("Excel", (".xlsx", ".xlsm"), recognises, read)


def _events(document: Document) -> Iterator[Event]:
    from openpyxl import load_workbook

    with document.file() as file:
        try:
            _check(document.name, file)
            with warnings.catch_warnings(action="ignore"):  # of styles and validations, which are not looked at
                book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets = book.worksheets
        except _BROKEN as error:
            raise _damaged(document.name, error) from error
        found = False
        for sheet in sheets:
            try:
                yield from events(document.name, _rows(document, sheet))
                found = True
            except NoHeader:
                yield Warning(1, f"the sheet {fold(sheet.title)[:80]!r} is not read: it has no column for titles")
        if not found:
            raise InputError(f"{document.name} has no sheet with a column for titles; expected a column named Title")


def _rows(document: Document, sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    while True:
        try:
            line, cells = next(rows)
        except StopIteration:
            return
        except _BROKEN as error:
            raise _damaged(document.name, error) from error
        document.tell(line, sheet.max_row or line)
        yield line, [cell.isoformat() if hasattr(cell, "isoformat") else cell for cell in cells]


def _check(name: str, file: IO[bytes]) -> None:
    """Raise InputError where the workbook unpacks to more than any has."""
    with zipfile.ZipFile(file) as parts:
        sizes = {part.filename: part.file_size for part in parts.infolist()}
    strings = sum(size for part, size in sizes.items() if "sharedstrings" in part.casefold())
    if sum(sizes.values()) > _LARGEST or strings > _MOST_STRINGS:
        raise InputError(
            f"{name} unpacks to {sum(sizes.values()) / 2**20:,.0f} MiB, more than Footnote reads; save it as CSV"
        )


def _damaged(name: str, error: BaseException) -> InputError:
    return InputError(f"{name} is no Excel workbook, or a damaged one ({fold(str(error))[:200]}); save it again")
