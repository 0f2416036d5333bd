"""`Lookup`: asks one provider for many papers, in batches, at its pace, and for no id twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..paper import Paper
from .answers import Answers
from .connection import Connection, ProviderFailed
from .matching import objection
from .provider import TITLE, Finding, Provider, Record, Refused

_MOST_REFUSED = 5  # ids that a service rejects one after the other before it has answered anything

Progress = Callable[[int, int], None]
"""Called with the papers that are done, and all of them."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something was found under a paper's id or title that is another paper."""

    reason: str


class Lookup:
    """One provider's answers about papers.

    Attributes:
        requested: keys that were sent, so far.
        remembered: keys whose answers were here already.
        strays: records of papers that were not asked for, which were dropped.
        due: batches of keys that would have been sent, were there a connection.
    """

    def __init__(self, provider: Provider, connection: Connection | None, answers: Answers) -> None:
        """Prepare to ask; without a connection only what was answered before is known."""
        self.provider = provider
        self._connection = connection
        self._answers = answers
        self._answered = False
        self._refused: list[str] = []
        self.requested = self.remembered = self.strays = 0
        self.due: list[Sequence[str]] = []

    def fetch(
        self, papers: Iterable[Paper], progress: Progress | None = None
    ) -> Iterator[tuple[str, Finding | Mismatch]]:
        """Yield the id of each paper that the service knows, and what it says.

        Each batch is on disk before any of it is yielded: whoever stops here goes on where it was stopped.

        Raises:
            ProviderFailed: the service gave no answer; what was yielded before holds.
        """
        wanted: defaultdict[str, list[Paper]] = defaultdict(list)
        for paper in papers:
            if key := self.provider.key(paper):
                wanted[key].append(paper)
        known = self._answers.get(self.provider.name, wanted)
        self.remembered += len(known)
        done = 0
        for key, records in known.items():
            yield from self._findings(key, records, wanted[key])
        done += len(known)
        if progress and known:
            progress(done, len(wanted))
        batches = self.provider.batches([key for key in wanted if key not in known])
        if self._connection is None:
            self.due += batches
            return
        for batch in batches:
            for keys, found in self._asked(self._connection, batch):
                for key in keys:
                    yield from self._findings(key, found.get(key, ()), wanted[key])
                done += len(keys)
                if progress:
                    progress(done, len(wanted))

    def _asked(
        self, connection: Connection, keys: Sequence[str]
    ) -> Iterator[tuple[Sequence[str], dict[str, Sequence[Record]]]]:
        """Ask for a batch, and for its halves where the service refuses it; a key refused alone has no paper."""
        try:
            found = dict(
                connection.ask(self.provider.request(keys), lambda status, body: self.provider.read(status, body, keys))
            )
        except Refused:
            if len(keys) > 1:
                middle = len(keys) // 2
                yield from self._asked(connection, keys[:middle])
                yield from self._asked(connection, keys[middle:])
                return
            self.requested += 1
            self._refuse(keys[0])
            yield keys, {}
            return
        self.requested += len(keys)
        self._answered = True
        self._keep_refused()
        strays = len(found.pop("", ()))
        self.strays += strays
        # A service that sent others' papers may have these all the same: that they are missing is not kept.
        self._answers.put(self.provider.name, {key: found.get(key, ()) for key in keys if key in found or not strays})
        yield keys, found

    def _refuse(self, key: str) -> None:
        """Note a key that the service rejects.

        Raises:
            ProviderFailed: it has rejected all; that is no word on these papers, and is not kept.
        """
        self._refused.append(key)
        if self._answered:
            self._keep_refused()
        elif len(self._refused) == _MOST_REFUSED:
            raise ProviderFailed(f"{self.provider.label} gave no answer: it refuses whatever it is asked")

    def _keep_refused(self) -> None:
        if self._refused:
            self._answers.put(self.provider.name, dict.fromkeys(self._refused, ()))
            self._refused.clear()

    def _findings(
        self, key: str, records: Sequence[Record], papers: Iterable[Paper]
    ) -> Iterator[tuple[str, Finding | Mismatch]]:
        found = [one for one in map(self.provider.finding, records) if one is not None]
        found.sort(key=lambda one: -one.richness if not key.startswith(TITLE) else 0)  # titles come best first
        for paper in papers:
            objections = [objection(paper, one, key.startswith(TITLE)) for one in found]
            if "" in objections:
                yield paper.id, found[objections.index("")]
            elif objections:
                yield paper.id, Mismatch(objections[0])
