"""`Report`, what was asked and what came of it; `Plan`, what would be asked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .choice import FIELDS


@dataclass(slots=True)
class Account:
    """What became of one service.

    Attributes:
        requested: ids and titles that were sent to it.
        remembered: ids and titles that it had answered before.
        papers: of the collection that it knows.
        strays: papers it sent that were not asked for; they were dropped.
        failed: why it was given up; "" where it was not.
    """

    label: str
    requested: int = 0
    remembered: int = 0
    papers: int = 0
    strays: int = 0
    failed: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("requested", "remembered", "papers", "strays", "failed")}


@dataclass(slots=True)
class Report:
    """What was asked and what came of it.

    Attributes:
        papers: in the collection.
        updated: papers that gained something.
        gained: papers that gained a value, by the field's name.
        services: by name.
        mismatches: (title, service, reason) where what was found is another paper.
        warnings: of texts that talk to a model, and of values that no paper can have.
        encoded: texts that were embedded.
    """

    papers: int
    updated: int = 0
    gained: Counter[str] = field(default_factory=Counter)
    services: dict[str, Account] = field(default_factory=dict)
    skipped: Sequence[str] = ()
    mismatches: list[tuple[str, str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    encoded: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every service that was asked has answered."""
        return not any(account.failed for account in self.services.values())

    def to_dict(self) -> dict[str, Any]:
        return {
            "papers": self.papers,
            "updated": self.updated,
            "gained": {name: self.gained[name] for name in FIELDS},
            "services": {name: account.to_dict() for name, account in self.services.items()},
            "skipped": list(self.skipped),
            "mismatches": [dict(zip(("title", "service", "reason"), one, strict=True)) for one in self.mismatches],
            "warnings": self.warnings,
            "encoded": self.encoded,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What one service would be asked; ids that it and the others give may bring more."""

    label: str
    ids: int
    titles: int
    remembered: int
    requests: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        names = ("ids", "titles", "remembered", "requests", "seconds")
        return {name: getattr(self, name) for name in names}
