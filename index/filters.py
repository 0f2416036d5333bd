"""`Filters`: which papers a search may return."""

import re
from dataclasses import dataclass
from typing import Any, Self

from ingest.errors import InputError

_YEARS = re.compile(r"(\d{4})?(?:(-)(\d{4})?)?")


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on a paper's list fields; None asks nothing. All that are set must hold.

    `section` and `topic` match any part of the section path or topic; `venue` matches a whole
    venue name, or its type ("findings", "workshop"); `author` any whole words of an author's name. Case
    never matters. Years are inclusive. `among` holds the ids of the only papers that may pass.
    """

    section: str | None = None
    topic: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    venue: str | None = None
    author: str | None = None
    has_code: bool | None = None
    among: tuple[str, ...] | None = None

    @classmethod
    def create(cls, *, year: str | None = None, **fields: Any) -> Self:
        """Make filters from what a person typed; `year` is 2024, 2021-2023, 2023- or -2020.

        Raises:
            InputError: the year is none of these.
        """
        if year is None:
            return cls(**fields)
        found = _YEARS.fullmatch(year.strip())
        if not found or not year.strip("- "):
            raise InputError(f"year {year!r}; expected 2024, 2021-2023, 2023- or -2020")
        first, dash, last = found.groups()
        start = int(first) if first else None
        if start and last and int(last) < start:
            raise InputError(f"year {year!r} ends before it begins; expected {last}-{first}")
        end = int(last) if last else start if not dash else None
        return cls(year_from=start, year_to=end, **fields)

    def __bool__(self) -> bool:
        return self != Filters()

    def to_dict(self) -> dict[str, Any]:
        """Return the conditions that are set."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in values.items() if value is not None}

    def __str__(self) -> str:
        said = [] if self.among is None else [f"of {len(self.among)} paper{'' if len(self.among) == 1 else 's'}"]
        said += [f"{name} {getattr(self, name)}" for name in ("section", "topic") if getattr(self, name)]
        said += [self.venue] if self.venue else []
        said += [f"by {self.author}"] if self.author else []
        first, last = self.year_from, self.year_to
        if first is not None and last is not None:
            said.append(str(first) if first == last else f"{first}-{last}")
        elif first is not None or last is not None:
            said.append(f"{last} or earlier" if first is None else f"{first} or later")
        if self.has_code is not None:
            said.append("with code" if self.has_code else "without code")
        return ", ".join(said)
