"""`footnote remove`."""

import argparse

from ..library import open_collection, remove_papers
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paper", nargs="+", help="a paper's id, or its exact title")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    removed = remove_papers(options.paper, open_collection(options.collection))
    if options.json:
        print_json(terminal, {"removed": [paper.to_dict() for paper in removed]})
        return 0
    for paper in removed:
        terminal.wrapped(f"Removed {paper.title} ({paper.id}).", "", "  ")
    return 0
