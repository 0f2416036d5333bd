"""`footnote check`."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.errors import InputError

from ..checking.check import Check
from ..checking.desk import Desk
from ..terminal import Terminal
from .common import json_argument, one_of, open_assistant, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sentence", nargs="*", help="the sentence, in quotes")
    parser.add_argument("--paper", metavar="ID", help="the paper's id or title; else the one that supports it best")
    parser.add_argument(
        "--batch", type=Path, metavar="FILE", help='JSON lines: {"sentence": ..., "paper": id or title}'
    )
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    one_of(options.sentence, options.batch)
    desk = Desk.beside(open_assistant(options, terminal).collection)
    if options.batch:
        for id, sentence, paper in _claims(options.batch):
            print_json(terminal, {**id, **_shown(*desk.check(sentence, paper or options.paper))}, indent=None)
        return 0
    check, another = desk.check(" ".join(options.sentence), options.paper)
    if options.json:
        print_json(terminal, _shown(check, another))
    else:
        terminal.check(check, another)
    return 0


def _shown(check: Check, another: Check | None) -> dict[str, Any]:
    return {**check.to_dict(), "another": another.paper.to_dict() if another else None}


def _claims(file: Path) -> Iterator[tuple[dict[str, str], str, str | None]]:
    """Yield each line's id, if it has one, its sentence, and its paper's id or title, if it names one."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read ({error}); expected JSON lines with sentence and paper") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            sentence, paper = record["sentence"], record.get("paper")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{file} line {number} is no claim ({error}); expected an object with sentence") from error
        if not isinstance(sentence, str) or not isinstance(paper, str | None):
            raise InputError(f"{file} line {number}: sentence {sentence!r}, paper {paper!r}; expected texts")
        yield {"_id": str(record["_id"])} if "_id" in record else {}, sentence, paper
