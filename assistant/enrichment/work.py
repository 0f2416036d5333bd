"""Ask the services about a collection's papers, choose of what they say, and bring the collection up to date."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from filelock import FileLock, Timeout

from index.collection import Collection
from index.encoder import Progress
from index.home import home, make_folder
from ingest.errors import InputError, NotAPaper
from ingest.instructions import suspicion
from ingest.paper import Paper
from ingest.providers import (
    TITLE,
    Answers,
    Connection,
    Finding,
    Lookup,
    Mismatch,
    Patience,
    Provider,
    ProviderFailed,
)

from ..library import open_collection
from .choice import FIELDS, enriched, gains
from .services import Services

Bars = Callable[[str], AbstractContextManager[Progress]]
"""Shows a bar under a name while the work under it goes on."""

_ROUNDS = 2  # an id that one service gives opens the others, which then give all they have


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
    """What one service would be asked first; ids that it and the others give may bring more."""

    label: str
    ids: int
    titles: int
    remembered: int
    requests: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        names = ("ids", "titles", "remembered", "requests", "seconds")
        return {name: getattr(self, name) for name in names}


def plan(collection: Collection, services: Services) -> dict[str, Plan]:
    """Return what `enrich` would ask of each service, by name; nothing is sent."""
    papers, answers, plans = list(collection.papers()), _answers(), {}
    for provider in services.providers:
        keys = list(dict.fromkeys(key for paper in papers if (key := provider.key(paper))))
        known = answers.get(provider.name, keys)
        batches = list(provider.batches([key for key in keys if key not in known]))
        titles = sum(batch[0].startswith(TITLE) for batch in batches)
        ids = sum(map(len, batches)) - titles
        seconds = len(batches) * provider.pause
        plans[provider.name] = Plan(provider.label, ids, titles, len(known), len(batches), seconds)
    return plans


def enrich(name: str, services: Services, bars: Bars, patience: Patience = Patience()) -> Report:
    """Ask the services about every paper of the collection called `name`, and add what they know.

    Every answer is kept on disk as it comes: who is interrupted goes on where it was stopped. A service that fails
    is left, with a line in the report, and the others are asked.

    Raises:
        InputError: there is no such collection, or another process is asking.
    """
    with _alone():
        papers = {paper.id: paper for paper in open_collection(name).papers()}
        report = Report(len(papers), skipped=services.skipped)
        found = _Asking(services, patience, report).about(papers, bars)
        _settle(name, found, services, report, bars)
    return report


def _settle(
    name: str, found: Mapping[str, Mapping[str, Finding]], services: Services, report: Report, bars: Bars
) -> None:
    """Add what was found to the collection as it is by now."""
    collection = open_collection(name)
    changed = []
    for id, by_service in found.items():
        before = collection.get(id)
        if before is None:  # removed in the meantime
            continue
        try:
            after = enriched(before, [by_service[p.name] for p in services.providers if p.name in by_service])
        except NotAPaper as error:
            report.warnings.append(f"{before.title!r} is left as it is: {error}")
            continue
        if after == before:
            continue
        changed.append(after)
        report.gained.update(gains(before, after))
        if (warning := suspicion(after)) and not suspicion(before):
            report.warnings.append(warning)
    report.updated = len(changed)
    if changed:
        with bars("Embedding") as progress:
            report.encoded = collection.add(changed, progress=progress).encoded


class _Asking:
    """Asks each service in turn, and again where the others gave ids."""

    def __init__(self, services: Services, patience: Patience, report: Report) -> None:
        self._services, self._patience, self._report = services, patience, report
        self._found: defaultdict[str, dict[str, Finding]] = defaultdict(dict)
        self._asked: set[tuple[str, str, str]] = set()  # service, paper, key

    def about(self, papers: Mapping[str, Paper], bars: Bars) -> Mapping[str, Mapping[str, Finding]]:
        """Return what the services say, by paper and service."""
        answers = _answers()
        with ExitStack() as stack:
            lookups = [
                Lookup(p, stack.enter_context(Connection(p.label, p.base, p.pause, p.headers, self._patience)), answers)
                for p in self._services.providers
            ]
            self._report.services = {one.provider.name: Account(one.provider.label) for one in lookups}
            for _ in range(_ROUNDS):
                for lookup in lookups:
                    self._ask(lookup, papers, bars)
        return self._found

    def _ask(self, lookup: Lookup, papers: Mapping[str, Paper], bars: Bars) -> None:
        provider = lookup.provider
        account = self._report.services[provider.name]
        wanted = list(self._open(provider, papers.values()))
        if account.failed or not wanted:
            return
        try:
            with bars(provider.label) as progress:
                for id, found in lookup.fetch(wanted, progress):
                    if isinstance(found, Mismatch):
                        self._report.mismatches.append((papers[id].title, provider.label, found.reason))
                    else:
                        self._found[id][provider.name] = found
                        account.papers += 1
        except ProviderFailed as error:
            account.failed = str(error)
        account.requested, account.remembered, account.strays = lookup.requested, lookup.remembered, lookup.strays

    def _open(self, provider: Provider, papers: Iterable[Paper]) -> Iterator[Paper]:
        """Yield the papers to ask this service about, with the ids that are known by now."""
        for paper in papers:
            if provider.name in self._found[paper.id]:
                continue
            known = self._found[paper.id].values()
            doi = paper.doi or next((one.doi for one in known if one.doi), None)
            arxiv_id = paper.arxiv_id or next((one.arxiv_id for one in known if one.arxiv_id), None)
            complete = replace(paper, doi=doi, arxiv_id=arxiv_id)
            key = provider.key(complete)
            if key and (mark := (provider.name, paper.id, key)) not in self._asked:
                self._asked.add(mark)
                yield complete


def _answers() -> Answers:
    return Answers(home() / "cache" / "metadata.sqlite")


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time ask: the services' limits are for all of them together.

    Raises:
        InputError: another one is asking.
    """
    path = make_folder(home() / "cache") / "enrich.lock"
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout as error:
        raise InputError("another footnote is asking the services; expected one at a time: wait for it") from error
