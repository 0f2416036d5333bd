"""`footnote remove`."""

import argparse
from collections.abc import Sequence

from ingest.errors import InputError
from ingest.paper import Paper

from ..library import bring_back_papers, open_collection, remove_papers
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paper", nargs="*", help="a paper's id, or its exact title")
    parser.add_argument(
        "--undo", action="store_true", help="bring back papers that were removed; without a paper, list them"
    )
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    if not options.paper and not options.undo:
        raise InputError("no paper to remove; expected an id or a title, see: footnote search")
    collection = open_collection(options.collection)
    if not options.paper:
        return _list(collection.removed(), options.json, terminal)
    change = bring_back_papers if options.undo else remove_papers
    done, papers = "brought_back" if options.undo else "removed", change(options.paper, collection)
    if options.json:
        print_json(terminal, {done: [paper.to_dict() for paper in papers]})
        return 0
    for paper in papers:
        terminal.wrapped(f"{done.replace('_', ' ').capitalize()} {paper.title} ({paper.id}).", "", "  ")
    return 0


def _list(removed: Sequence[Paper], as_json: bool, terminal: Terminal) -> int:
    """Show what was removed and can be brought back."""
    if as_json:
        print_json(terminal, {"removed": [paper.to_dict() for paper in removed]})
        return 0
    for paper in removed:
        terminal.wrapped(f"{paper.title} ({paper.id})", "", "  ")
    if not removed:
        terminal.line("Nothing was removed here.")
    return 0
