"""`footnote remove`."""

import argparse

from ..library import bring_back_papers, open_collection, remove_papers
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paper", nargs="+", help="a paper's id, or its exact title")
    parser.add_argument("--undo", action="store_true", help="bring back papers that were removed")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    collection, change = open_collection(options.collection), bring_back_papers if options.undo else remove_papers
    done, papers = "brought_back" if options.undo else "removed", change(options.paper, collection)
    if options.json:
        print_json(terminal, {done: [paper.to_dict() for paper in papers]})
        return 0
    for paper in papers:
        terminal.wrapped(f"{done.replace('_', ' ').capitalize()} {paper.title} ({paper.id}).", "", "  ")
    return 0
