"""`footnote merges`."""

import argparse

from .. import accounts
from ..library import open_collection
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    word = parser.add_mutually_exclusive_group()
    word.add_argument("--undo", type=int, metavar="N", help="make number N two papers, for good")
    word.add_argument("--accept", type=int, metavar="N", help="make number N one paper")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    collection = open_collection(options.collection)
    if options.undo is not None:
        collection.undo_merge(options.undo)
    elif options.accept is not None:
        collection.accept_merge(options.accept)
    found = collection.merges()
    changed = options.accept if options.undo is None else options.undo
    shown = found if changed is None else [merge for merge in found if merge.number == changed]
    if options.json:
        print_json(terminal, {"merges": [merge.to_dict() for merge in shown]})
    else:
        accounts.merges(terminal, shown)
    return 0
