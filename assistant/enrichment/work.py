"""Ask the services about a collection's papers, choose of what they say, and bring the collection up to date."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from filelock import FileLock, Timeout

from index.collection import Collection
from index.encoder import Progress
from index.home import home, make_folder
from ingest.errors import InputError, NotAPaper
from ingest.instructions import suspicion
from ingest.providers import TITLE, Connection, Finding, Patience

from ..library import open_collection
from .asking import Asking, Bars
from .choice import enriched, gains
from .report import Plan, Report
from .services import Services


def plan(collection: Collection, services: Services) -> dict[str, Plan]:
    """Return what `enrich` would ask of each service, by name; nothing is sent."""
    asking = Asking(services, Report(len(collection)))
    asking.about({paper.id: paper for paper in collection.papers()}, _no_bars)
    plans = {}
    for lookup in asking.lookups:
        titles = sum(batch[0].startswith(TITLE) for batch in lookup.due)
        ids = sum(map(len, lookup.due)) - titles
        seconds = len(lookup.due) * lookup.provider.pause
        plans[lookup.provider.name] = Plan(
            lookup.provider.label, ids, titles, lookup.remembered, len(lookup.due), seconds
        )
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
        with ExitStack() as stack:
            connections = [
                stack.enter_context(Connection(p.label, p.base, p.pause, p.headers, patience))
                for p in services.providers
            ]
            found = Asking(services, report, connections).about(papers, bars)
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
            report.encoded = collection.revise(changed, progress).encoded


@contextmanager
def _no_bars(_: str) -> Iterator[Progress]:
    yield lambda done, total: None


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
