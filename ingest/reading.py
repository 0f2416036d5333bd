"""`Reading`, what a reader makes of one source: papers as a stream, and an account of every row."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, overload

from .errors import InputError, NotAPaper
from .instructions import suspicion
from .paper import Paper, Source

Progress = Callable[[int, int], None]
"""Called with the bytes of the file that are read, and its bytes in all."""

_KEPT = 1_000  # remarks of a kind that are kept; all are counted


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know about one line of a file (lines count from 1)."""

    line: int
    reason: str

    def to_dict(self) -> dict[str, Any]:
        return {"line": self.line, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Refusal(Remark):
    """A row that is no paper, and why; `damaged` where it could not be read, and may have been one."""

    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Repeat(Remark):
    """A row that is a paper which the source has in an earlier one, and where."""


@dataclass(frozen=True, slots=True)
class Warning(Remark):
    """Something that was read, and should be looked at."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that should be a paper: what `Paper.create` takes of it, and what to warn of."""

    line: int
    fields: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


Event = Row | Paper | Refusal | Repeat | Warning
"""What a reader yields. A `Paper` is a row whose place in the file the reader knows itself."""


class Remarks(Sequence[Remark]):
    """The first remarks of a kind, in the order they were made; `total` is the number of all."""

    def __init__(self) -> None:
        self.total = 0
        self._kept: list[Remark] = []

    def add(self, line: int, reason: str) -> None:
        self.total += 1
        if self.total <= _KEPT:
            self._kept.append(Remark(line, reason))

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, at: int) -> Remark: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Remark]: ...
    def __getitem__(self, at: int | slice) -> Remark | Sequence[Remark]:
        return self._kept[at]


@dataclass(slots=True)
class Section:
    """One heading of a reading list, with the headings below it; `papers` counts the whole branch."""

    name: str
    papers: int = 0
    children: list["Section"] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "papers": self.papers, "children": [c.to_dict() for c in self.children]}

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Self:
        return cls(record["name"], record["papers"], [cls.from_dict(c) for c in record["children"]])


class Reading:
    """One source, being read.

    Title, preface and sections are known at once. `papers` is drawn once; meanwhile the rows are
    counted, and when it has ended `rows_read == papers_read + repeated.total + refused.total`,
    always. Drawing it raises InputError where the source turns out to be damaged, or to hold no paper.
    Who does the counting draws `events` instead: the papers among the remarks.
    """

    def __init__(
        self,
        file: str,
        events: Iterable[Event],
        *,
        title: str = "",
        preface: str = "",
        sections: Sequence[Section] = (),
        expected: str = "records with a title",
        unread: set[str] | None = None,
    ) -> None:
        """Read `events` as `papers` is drawn.

        Args:
            file: the name to cite the papers' rows by.
            title: what the source calls itself; the file's name if it does not say.
            preface: what the list says of itself before its first paper; at most 2,000 characters.
            expected: what should have been there, for the message that no paper is.
            unread: to which `events` adds the names of files that it cannot read whole, beside those that
                a damaged row tells of.
        """
        self.file = file
        self.title = title or file
        self.preface = preface
        self.sections = tuple(sections)
        self.rows_read = 0
        self.papers_read = 0
        self.repeated = Remarks()
        self.refused = Remarks()
        self.warnings = Remarks()
        self.unread = set() if unread is None else unread
        """Files that could not be read whole, by name; known when the papers have been drawn."""
        self.events = self._settled(events, expected)
        self.papers = self._papers()

    def _settled(self, events: Iterable[Event], expected: str) -> Iterator[Paper | Refusal | Repeat | Warning]:
        row = papers = 0
        for event in events:
            row += not isinstance(event, Warning)
            if isinstance(event, Row):
                try:
                    paper = Paper.create(source=Source(self.file, row), **event.fields)
                except NotAPaper as error:
                    yield Refusal(event.line, str(error))
                    continue
                papers += 1
                yield paper
                for reason in (*event.warnings, suspicion(paper)):
                    if reason:
                        yield Warning(event.line, reason)
            else:
                papers += isinstance(event, Paper)
                if isinstance(event, Refusal) and event.damaged:
                    self.unread.add(self.file)
                yield event
        if not papers:
            raise InputError(f"{self.file} has no paper in it ({row:,} rows read); expected {expected}")

    def _papers(self) -> Iterator[Paper]:
        for event in self.events:
            if isinstance(event, Warning):
                self.warnings.add(event.line, event.reason)
                continue
            self.rows_read += 1
            if isinstance(event, Refusal):
                self.refused.add(event.line, event.reason)
            elif isinstance(event, Repeat):
                self.repeated.add(event.line, event.reason)
            else:
                self.papers_read += 1
                yield event
