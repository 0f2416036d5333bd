"""`Asking`: each service in turn is asked about the papers, by the ids that are known by then."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import zip_longest

from index.encoder import Progress
from index.home import home
from ingest.paper import Paper
from ingest.providers import TITLE, Answers, Connection, Finding, Lookup, Mismatch, ProviderFailed

from .report import Account, Report
from .services import Services

Bars = Callable[[str], AbstractContextManager[Progress]]
"""Shows a bar under a name while the work under it goes on."""

_ROUNDS = 2  # an id that one service gives opens the others, which then give all they have


class Asking:
    """Asks each service in turn, and again where the others gave ids; without connections, only what is on disk."""

    def __init__(self, services: Services, report: Report, connections: Sequence[Connection] = ()) -> None:
        answers = Answers(home() / "cache" / "metadata.sqlite")
        self.lookups = [
            Lookup(provider, connection, answers)
            for provider, connection in zip_longest(services.providers, connections)
        ]
        self._report = report
        report.services = {one.provider.name: Account(one.provider.label) for one in self.lookups}
        self._found: defaultdict[str, dict[str, Finding]] = defaultdict(dict)
        self._asked: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # (service, paper) -> keys

    def about(self, papers: Mapping[str, Paper], bars: Bars) -> Mapping[str, Mapping[str, Finding]]:
        """Return what the services say, by paper and service."""
        for round in range(_ROUNDS):
            for lookup in self.lookups:
                self._ask(lookup, papers, bars, by_stated=round == 0)
        return self._found

    def _ask(self, lookup: Lookup, papers: Mapping[str, Paper], bars: Bars, by_stated: bool) -> None:
        provider = lookup.provider
        account = self._report.services[provider.name]
        wanted = list(self._open(lookup, papers.values(), by_stated))
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

    def _open(self, lookup: Lookup, papers: Iterable[Paper], by_stated: bool) -> Iterator[Paper]:
        """Yield the papers to ask this service about, with the ids to ask by.

        Args:
            by_stated: ask by the ids that the list states where there are any: they are the same in every run.
        """
        provider, due = lookup.provider, {key for batch in lookup.due for key in batch}
        for paper in papers:
            if provider.name in self._found[paper.id] or due & self._asked[provider.name, paper.id]:
                continue
            known = self._found[paper.id].values()
            own = _as_stated(paper)
            doi = own.doi or next((one.doi for one in known if one.doi), None)
            arxiv_id = own.arxiv_id or next((one.arxiv_id for one in known if one.arxiv_id), None)
            complete = replace(own, doi=doi, arxiv_id=arxiv_id)
            if by_stated and not (provider.key(own) or TITLE).startswith(TITLE):
                complete = own
            key = provider.key(complete)
            if key and key not in self._asked[provider.name, paper.id]:
                self._asked[provider.name, paper.id].add(key)
                yield complete


def _as_stated(paper: Paper) -> Paper:
    """Return a paper with the ids that its list states."""
    return replace(paper, doi=None) if "doi" in paper.provenance else paper
