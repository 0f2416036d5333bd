"""`Job`: long work in a thread of its own, whose progress can be asked for."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import Generic, TypeVar

from index.encoder import Progress

T = TypeVar("T")


class Job(Generic[T]):
    """One piece of work. It ends with the program: whatever it commits, it commits whole."""

    def __init__(self, work: Callable[[Progress], T]) -> None:
        """Begin; `work` is given what it reports its progress to."""
        self.done = self.total = 0
        self._future: Future[T] = Future()
        Thread(target=self._run, args=[work], name="footnote-page-job", daemon=True).start()

    def _run(self, work: Callable[[Progress], T]) -> None:
        try:
            self._future.set_result(work(self._note))
        except BaseException as error:  # noqa: BLE001 (handed to whoever asks for the result, where it is raised)
            self._future.set_exception(error)

    def _note(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    @property
    def is_over(self) -> bool:
        return self._future.done()

    def wait(self, seconds: float) -> None:
        """Wait until it is over, at most so long."""
        wait([self._future], seconds)

    def result(self) -> T:
        """Wait for the result, or raise what the work raised."""
        return self._future.result()
