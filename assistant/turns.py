"""`Turns`: tools run in threads, some at once and the others after them, in the order in which they were called."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from .tools import TOOLS

T = TypeVar("T")

_AT_ONCE = 8  # calls of one tool: threads that compete for a processor make each other late


class Turns:
    """Each tool has turns of its own: while a model writes slowly, nobody waits to search."""

    def __init__(self) -> None:
        self._limits = {name: CapacityLimiter(_AT_ONCE) for name in TOOLS}

    async def run(self, tool: str, work: Callable[[], T]) -> T:
        """Do the work of a tool when its turn comes, and return what comes of it."""
        return await to_thread.run_sync(work, limiter=self._limits[tool])
