"""`footnote add`."""

import argparse
from pathlib import Path

from ingest.links import is_web_link

from .. import accounts
from ..library import add_file
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a reading list or export, gzipped or not, a folder of them, or its web address")
    parser.add_argument("--sync", action="store_true", help="remove papers that came from it and are no longer in it")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    name = options.file if is_web_link(options.file) else Path(options.file).resolve().name
    with terminal.progress(f"Reading {name}", "B", 1) as reading_progress, terminal.progress(name) as progress:
        reading, change = add_file(options.file, options.collection, progress, reading_progress, sync=options.sync)
    if not options.json:
        accounts.report(terminal, reading, change, name)
        return 0
    report = {
        "papers_read": reading.papers_read,
        "added": change.added,
        "updated": change.updated,
        "unchanged": change.unchanged,
        "removed": change.removed,
        "merged": change.merged,
        "encoded": change.encoded,
        "left_out": [{"id": paper.id, "title": paper.title} for paper in change.left_out],
        "repeated": [remark.to_dict() for remark in reading.repeated],
        "refused": [remark.to_dict() for remark in reading.refused],
        "warnings": [remark.to_dict() for remark in reading.warnings],
        "conflicts": [conflict.to_dict() for conflict in change.conflicts],
    }
    print_json(terminal, report)
    return 0
