"""`Job`: long work in a thread of its own, whose progress can be asked for."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Lock, Thread
from typing import Generic, TypeVar

from index.corpus import Corpus
from ingest.errors import FootnoteError

T = TypeVar("T")


class Stopped(FootnoteError):
    """A person wants no more of this."""


class Job(Generic[T]):
    """One piece of work. It ends with the program, or where it looks and was stopped; what it commits is whole.

    Attributes:
        stage: what is being done, in a word or two.
        done, total: how far that is; 0 of 0 where it is not known.
    """

    def __init__(self, work: Callable[["Job[T]"], T]) -> None:
        """Begin."""
        self.stage = ""
        self.done = self.total = 0
        self._stopped = False
        self._future: Future[T] = Future()
        Thread(target=self._run, args=[work], name="footnote-page-job", daemon=True).start()

    def _run(self, work: Callable[["Job[T]"], T]) -> None:
        try:
            self._future.set_result(work(self))
        except BaseException as error:  # noqa: BLE001 (handed to whoever asks for the result, where it is raised)
            self._future.set_exception(error)

    def stop(self) -> None:
        """End it at its next look."""
        self._stopped = True

    def look(self) -> None:
        """Raise Stopped if it was stopped."""
        if self._stopped:
            raise Stopped("Stopped. Everything is as it was before.")

    def note(self, done: int, total: int) -> None:
        """Note how far the stage is, and look."""
        self.look()
        self.done, self.total = done, total

    def is_over(self, patience: float = 0.0) -> bool:
        """Tell whether it is over, having waited for that as many seconds at most."""
        if patience and not self._future.done():
            wait([self._future], patience)
        return self._future.done()

    def result(self) -> T:
        """Wait for the result, or raise what the work raised."""
        return self._future.result()


class Once(Generic[T]):
    """Work that is done once for each generation of a collection, by whoever asks first."""

    def __init__(self, work: Callable[[Corpus, Job[T]], T]) -> None:
        self._work = work
        self._jobs: dict[str, tuple[str, Job[T]]] = {}
        self._lock = Lock()

    def of(self, collection: Corpus) -> Job[T]:
        """Return the work on a collection as it is now."""
        with self._lock:
            generation, job = self._jobs.get(collection.name, ("", None))
            if job is None or generation != collection.generation:
                job = Job(lambda begun: self._work(collection, begun))
                self._jobs[collection.name] = collection.generation, job
            return job
