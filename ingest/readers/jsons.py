"""JSON: one record a line, an array of records, or an object that has one; records of any known kind.

The file is cut into records without being parsed, so that one bad record costs only itself.
"""

import json
import re
from collections.abc import Iterator

from ..document import LONGEST, Document
from ..errors import InputError
from ..reading import Event, Reading, Refusal
from . import arxiv, csl, openalex, plain, semantic_scholar
from .formats import Format

_KINDS = (openalex, semantic_scholar, arxiv, csl, plain)
_WRAPPERS = frozenset(
    "articles data documents docs entries items library papers publications records results works".split()
)
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*("?)|[\[\]{}\n]', re.DOTALL)
_SOMETHING = re.compile(r"\S")
_OBJECT = re.compile(r"\[\s*\{")
_DEEPEST = 100  # levels; Python's own parser stops at about 1,000


def recognises(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bool(re.match(rb'\{\s*"|\[\s*\{', start))


def read(document: Document) -> Reading:
    """Read records; each may be of another kind."""
    return Reading(document.name, _events(document))


FORMAT = Format("JSON", (".json", ".jsonl", ".ndjson", ".jsonlines", ".csljson"), recognises, read)


def _events(document: Document) -> Iterator[Event]:
    start = document.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise InputError(f"{document.name} is empty; expected JSON records, one a line or in an array")
    first = start.split(b"\n", 1)[0].strip()
    records = _by_line(document) if _is_object(first) else _by_nesting(document)
    for line, text in records:
        yield _event(line, text)


def _is_object(line: bytes) -> bool:
    """Tell whether a line is a whole record, which makes its file one record a line."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and not any(isinstance(found.get(name), list) for name in _WRAPPERS)


def _by_line(document: Document) -> Iterator[tuple[int, str | bytes]]:
    for line, text in document.lines():
        if not text.isspace() and text:
            yield line, text


def _event(line: int, text: str | bytes) -> Event:
    try:
        record = json.loads(text)
    except UnicodeDecodeError as error:
        return Refusal(line, f"not UTF-8 (byte {error.object[error.start]:#04x})", damaged=True)
    except RecursionError:
        return Refusal(line, "nested too deep for a record", damaged=True)
    except ValueError as error:
        return Refusal(line, f"not JSON ({error})"[:300], damaged=True)
    if not isinstance(record, dict):
        return Refusal(line, f"a {type(record).__name__}; expected an object with a title")
    event: Event = next(kind for kind in _KINDS if kind.recognises(record)).row(line, record)
    return event


def _by_nesting(document: Document) -> Iterator[tuple[int, str]]:
    """Yield each record with the line on which it begins: elements of an array, or objects in a row.

    Raises:
        InputError: brackets or quotes do not close.
    """
    cutter = _Cutter(document.name)
    for text in document.texts():
        yield from cutter.cut(text)
    cutter.end()


class _Cutter:
    """Finds where records begin and end, by brackets and quotes alone."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.rest = ""  # text from the beginning of the open record, or what is not looked at yet
        self.scanned = 0  # how much of it has been looked at
        self.line = self.started = 1
        self.opened: list[str] = []  # the brackets that are open
        self.level = 0  # how many of them are open around a record
        self.begin = -1  # where in `rest` the open record begins; -1 if none is open
        self.name = ""  # the last string, which is the key of what comes next

    def cut(self, text: str) -> Iterator[tuple[int, str]]:
        self.rest += text
        while found := _TOKEN.search(self.rest, self.scanned):
            token = found.group()
            if token[0] == '"' and not found.group(1):
                break  # the string goes on in the next piece
            if token == "[" and not _SOMETHING.search(self.rest, found.end()):
                break  # what the array holds comes with the next piece
            self.scanned = found.end()
            if token == "\n":
                self.line += 1
            elif token[0] == '"':
                self.line += token.count("\n")
                self.name = token[1:-1]
            elif token in "[{":
                self._open(token, found.start())
            elif not self.opened or self.opened.pop() + token not in ("[]", "{}"):
                raise InputError(f"{self.file} line {self.line:,}: {token!r} closes nothing; expected JSON records")
            elif len(self.opened) == self.level and self.begin >= 0:
                yield self.started, self.rest[self.begin : self.scanned]
                self.begin = -1
            else:
                self.level = min(self.level, len(self.opened))
        self._forget()

    def _open(self, token: str, at: int) -> None:
        if len(self.opened) >= _DEEPEST:
            raise InputError(f"{self.file} line {self.line:,}: brackets nested {_DEEPEST} deep; expected JSON records")
        outermost = not self.opened
        wrapped = self.level == 0 and len(self.opened) <= 2 and self.name in _WRAPPERS
        self.opened.append(token)
        if token == "[" and (outermost or (wrapped and _OBJECT.match(self.rest, at))):
            self.level, self.begin = len(self.opened), -1
        elif token == "{" and len(self.opened) == self.level + 1:
            self.begin, self.started = at, self.line

    def _forget(self) -> None:
        """Drop the text that no open record needs."""
        at = self.begin if self.begin >= 0 else self.scanned
        self.rest, self.scanned = self.rest[at:], self.scanned - at
        self.begin = min(self.begin, 0)
        if len(self.rest) > LONGEST:
            raise InputError(
                f"{self.file} line {self.started:,}: a record of more than {LONGEST // 2**20} MiB; "
                "expected JSON records: does a quote or bracket not close?"
            )

    def end(self) -> None:
        """Raise InputError where the file ends within a record."""
        if self.opened or '"' in self.rest:
            raise InputError(
                f"{self.file} breaks off at line {self.line:,}, in what begins at line {self.started:,}; "
                "expected its end: is the file whole?"
            )
