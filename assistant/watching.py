"""`Watch`: files, folders and web addresses, added to a collection again whenever they have changed.

Files are looked at by their size and time, which costs nothing; a change is taken once it has stood still for a
look, so that a file that is being written is not read in halves. What cannot be read is said once, and
tried again, later and later.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.hits import Change
from ingest.errors import FootnoteError, InputError
from ingest.links import is_web_link
from ingest.readers import sources
from ingest.reading import Reading, Remark

Add = Callable[[Path | str], tuple[Reading, Change]]
Stamp = tuple[tuple[str, int, int], ...]

LOOK = 2.0  # seconds between two looks at files
_FIRST_WAIT = 10.0  # seconds until what could not be read is tried again; twice as long each time
_LONGEST_WAIT = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class News:
    """What happened to one source: a change with the reading that it came of, or what went wrong."""

    source: str
    reading: Reading | None = None
    change: Change | None = None
    trouble: str = ""


@dataclass(slots=True)
class _Watched:
    source: Path | str
    taken: Stamp | None = None  # as it was when it was last added
    seen: Stamp | None = None  # as it was at the last look
    due: float = 0.0  # when it is tried next, if nothing changes
    wait: float = _FIRST_WAIT
    trouble: str = ""  # that was said last
    failed: bool = False
    remarks: tuple[Remark | str, ...] = ()  # of the last reading, and the ids of papers that it left out


class Watch:
    """Watches some sources. Nothing happens but in `look`, which is called again and again."""

    def __init__(
        self, sources: Sequence[str], add: Add, every: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Watch `sources`, and call `add` with those that have changed.

        Args:
            every: seconds between two questions to a web address.
            clock: seconds, from any beginning.

        Raises:
            InputError: a file is not there at the beginning.
        """
        self._add = add
        self._every = every
        self._clock = clock
        self._watched = [_Watched(source if is_web_link(source) else Path(source)) for source in sources]
        for one in self._watched:
            if isinstance(one.source, Path) and not one.source.exists():
                raise InputError(f"no file or folder {one.source} here; expected what is to be watched")

    def look(self) -> Iterator[News]:
        """Look at every source, add those that have changed, and yield what came of it.

        Of no change in the papers, and nothing else remarked on or left out than the last time, nothing.
        """
        for one in self._watched:
            news = self._file(one, one.source) if isinstance(one.source, Path) else self._address(one)
            if news is not None:
                yield news

    def _address(self, one: _Watched) -> News | None:
        return self._try(one, self._every) if self._clock() >= one.due else None

    def _file(self, one: _Watched, path: Path) -> News | None:
        before, one.seen = one.seen, _stamp(path)
        first = before is None
        if not one.seen:  # editors remove a file before they put the new one in its place
            return None
        if one.failed and one.seen == one.taken:
            return self._try(one, 0.0) if self._clock() >= one.due else None
        if one.seen == one.taken or (one.seen != before and not first):
            return None
        one.taken = one.seen
        one.wait = _FIRST_WAIT
        return self._try(one, 0.0)

    def _try(self, one: _Watched, every: float) -> News | None:
        """Add a source now, and set when it is tried next."""
        try:
            reading, change = self._add(one.source)
        except (FootnoteError, OSError) as error:
            one.due = self._clock() + max(one.wait, every)
            one.wait = min(one.wait * 2, _LONGEST_WAIT)
            one.failed = True
            said, one.trouble = one.trouble, str(error)
            return News(str(one.source), trouble=one.trouble) if one.trouble != said else None
        one.due = self._clock() + every
        one.wait, one.failed, one.trouble = _FIRST_WAIT, False, ""
        left_out = (paper.id for paper in change.left_out)
        before, one.remarks = one.remarks, (*reading.refused, *reading.repeated, *reading.warnings, *left_out)
        news = one.remarks and one.remarks != before
        if not (news or change.added or change.updated or change.removed):
            return None
        return News(str(one.source), reading, change)


def _stamp(path: Path) -> Stamp:
    """Return what tells whether a source has changed: each file's name, size and time; nothing if it is away."""
    stamps = []
    for file in sources(path):
        try:
            status = file.stat()
        except OSError:
            continue
        stamps.append((str(file), status.st_size, status.st_mtime_ns))
    return tuple(stamps)
