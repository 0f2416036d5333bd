"""`footnote enrich`."""

import argparse
import sys

from ingest.errors import InputError

from ..enrichment.report import Plan, Report
from ..enrichment.services import NAMES, Services, agree, chosen, is_agreed, question
from ..enrichment.work import enrich, plan
from ..library import open_collection
from ..terminal import Terminal
from .common import json_argument, print_json

_MOST_REMARKS = 50  # of a kind that are shown
_GAINED = {"text": "abstracts", "year": "years", "venue": "venues", "doi": "DOIs", "citations": "citation counts"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="NAMES", help=f"some of {','.join(NAMES)}; default: all")
    parser.add_argument("--dry-run", action="store_true", help="say what would be asked, and ask nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask before titles and ids are sent")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    services = chosen(options.only)
    with terminal.progress("Indexing the survey") as progress:
        collection = open_collection(options.collection, progress)
    if options.dry_run:
        plans = plan(collection, services)
        if options.json:
            print_json(terminal, {"papers": len(collection), "services": {n: p.to_dict() for n, p in plans.items()}})
        else:
            _show_plan(plans, services, terminal)
        return 0
    if not _may_ask(len(collection), services, options.yes):
        terminal.line("Nothing was sent.")
        return 0
    try:
        report = enrich(options.collection, services, terminal.progress)
    except KeyboardInterrupt:
        print("footnote: stopped; what was fetched is kept, and the same command goes on from there", file=sys.stderr)
        return 130
    if options.json:
        print_json(terminal, report.to_dict())
    else:
        _show(report, terminal)
    return 0 if report.is_whole else 1


def _may_ask(papers: int, services: Services, yes: bool) -> bool:
    """Tell whether titles and ids may be sent; a person at a terminal is asked the first time.

    Raises:
        InputError: nobody is there to ask, or `local_only` is on.
    """
    if is_agreed() or yes:
        return True
    asked = question(papers, services)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InputError(f"{asked.partition(' Go on')[0]} Nobody is here to agree; run it in a terminal, or with --yes")
    print(asked, end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        return False
    agree()
    return True


def _show_plan(plans: dict[str, Plan], services: Services, terminal: Terminal) -> None:
    for one in plans.values():
        asked = f"{one.ids:,} ids and {one.titles:,} titles in {one.requests:,} requests, {one.seconds:.0f} s or more"
        terminal.line(f"{one.label:17} {asked if one.requests else 'nothing'}; {one.remembered:,} answered before")
    for line in services.skipped:
        terminal.wrapped(line)
    terminal.wrapped("Nothing was sent. Ids that one service gives may bring further questions to the others.")


def _show(report: Report, terminal: Terminal) -> None:
    for account in report.services.values():
        terminal.line(
            f"{account.label:17} {account.papers:,} papers known · {account.requested:,} asked, "
            f"{account.remembered:,} answered before"
            + (f" · {account.strays:,} others dropped" if account.strays else "")
        )
    for line in (*report.skipped, *(one.failed for one in report.services.values() if one.failed)):
        terminal.wrapped(line)
    for title, service, reason in report.mismatches[:_MOST_REMARKS]:
        terminal.wrapped(f"not taken: {title!r} at {service}: {reason}", "  ", "    ")
    for warning in report.warnings[:_MOST_REMARKS]:
        terminal.wrapped(f"warning: {warning}", "  ", "    ")
    hidden = sum(max(len(kind) - _MOST_REMARKS, 0) for kind in (report.mismatches, report.warnings))
    if hidden:
        terminal.line(f"  and {hidden:,} more; --json lists them")
    gained = ", ".join(f"{n:,} {_GAINED.get(name, name)}" for name, n in report.gained.items())
    terminal.wrapped(
        f"Updated {report.updated:,} of {report.papers:,} papers{f': {gained}' if gained else ''}. "
        f"Encoded {report.encoded:,}."
    )
    if not report.is_whole:
        terminal.line("What was answered is kept; run this again for the rest.")
