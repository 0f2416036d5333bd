"""`footnote add`."""

import argparse
from pathlib import Path

from ..library import add_file
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a reading list or export, gzipped or not, or a folder of them")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    name = options.file.resolve().name
    with terminal.progress(f"Reading {name}", "B", 1) as reading_progress, terminal.progress(name) as progress:
        reading, change = add_file(options.file, options.collection, progress, reading_progress)
    if not options.json:
        terminal.report(reading, change, name)
        return 0
    report = {
        "papers_read": reading.papers_read,
        "added": change.added,
        "updated": change.updated,
        "unchanged": change.unchanged,
        "refused": [remark.to_dict() for remark in reading.refused],
        "warnings": [remark.to_dict() for remark in reading.warnings],
    }
    print_json(terminal, report)
    return 0
