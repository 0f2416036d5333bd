"""`Readings`: the drafts that browsers have handed over, each known by its token alone, and forgotten in time."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import BoundedSemaphore, Lock

from index.corpus import Corpus
from ingest.errors import InputError

from ..drafts import Draft
from ..related import Related, related
from .jobs import Job

_AT_ONCE = 2  # drafts that are read at the same time; others wait
_MOST_WAITING = 8
_KEPT = 12  # drafts; a 30-page one holds some 10 MB
_PATIENCE = 0.2  # seconds between two looks at whether a waiting draft was stopped


class Reading:
    """One draft that is read, and searched for.

    Attributes:
        is_pasted: it came without a name.
    """

    def __init__(self, collection: Corpus, draft: Callable[[], Draft], is_pasted: bool, room: BoundedSemaphore) -> None:
        """Begin."""
        self.collection, self.is_pasted = collection, is_pasted
        self._draft: Callable[[], Draft] | None = draft
        self._room = room
        self.job: Job[Related] = Job(self._work)

    def _work(self, job: Job[Related]) -> Related:
        job.stage = "Waiting for another draft"
        while not self._room.acquire(timeout=_PATIENCE):
            job.look()
        try:
            job.look()
            job.stage = "Reading it"
            assert self._draft is not None
            draft, self._draft = self._draft(), None  # the bytes that came are let go
            job.stage = "Looking for papers"

            def note(done: int, total: int) -> None:
                job.note(done, total)
                if done == total:
                    job.stage = "Checking citations and claims"
                    job.note(0, 0)

            return related(self.collection, draft, progress=note)
        finally:
            self._room.release()


class Readings:
    """The drafts of every browser."""

    def __init__(self) -> None:
        self._readings: OrderedDict[str, Reading] = OrderedDict()
        self._room = BoundedSemaphore(_AT_ONCE)
        self._lock = Lock()

    def begin(self, collection: Corpus, draft: Callable[[], Draft], is_pasted: bool) -> str:
        """Begin to read a draft, and return its token.

        Raises:
            InputError: too many are being read.
        """
        with self._lock:
            going = sum(not reading.job.is_over() for reading in self._readings.values())
            if going >= _AT_ONCE + _MOST_WAITING:
                raise InputError(f"{going} drafts are being read already; try again in a minute")
            token = secrets.token_urlsafe(16)
            self._readings[token] = Reading(collection, draft, is_pasted, self._room)
            over = [token for token, reading in self._readings.items() if reading.job.is_over()]
            for oldest in over[: max(len(over) - _KEPT, 0)]:
                del self._readings[oldest]
        return token

    def of(self, token: str) -> Reading:
        """Return a draft's reading.

        Raises:
            InputError: it is not kept any more.
        """
        with self._lock:
            reading = self._readings.get(token)
            if reading is None:
                raise InputError("this draft is not kept by the server any more; hand it over again")
            self._readings.move_to_end(token)
        return reading

    def stop(self, token: str) -> None:
        """Stop a draft at its next paragraph, and forget it."""
        with self._lock:
            reading = self._readings.pop(token, None)
        if reading:
            reading.job.stop()
