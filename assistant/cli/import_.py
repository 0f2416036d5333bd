"""`footnote import`."""

import argparse
from pathlib import Path

from ..copies import import_collection
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, help="an archive (NAME.footnote), or a collection's folder")
    parser.add_argument("--as", dest="name", metavar="NAME", help="what to call it here; default: as it was called")
    parser.add_argument("--force", action="store_true", help="replace the collection of this name")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    with terminal.progress("Importing") as progress:
        taken = import_collection(options.source, options.name, options.force, progress)
    if options.json:
        print_json(terminal, {"collection": taken.name, "papers": taken.papers, "encoded": taken.encoded})
    else:
        terminal.line(f"{taken.papers} papers are now in the collection {taken.name}. Encoded {taken.encoded}.")
    return 0
