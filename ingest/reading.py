"""`Reading`, what a reader makes of one file: papers, refusals, warnings and the tree of sections."""

from dataclasses import dataclass, field
from typing import Any, Self

from .paper import Paper


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know about one line of a file (lines count from 1)."""

    line: int
    reason: str

    def to_dict(self) -> dict[str, Any]:
        return {"line": self.line, "reason": self.reason}


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


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one source: `rows_read == len(papers) + len(refused)`, always."""

    title: str
    preface: str  # what the list says of itself before its first table; at most 2,000 characters
    rows_read: int
    papers: tuple[Paper, ...]
    refused: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    sections: tuple[Section, ...] = ()
