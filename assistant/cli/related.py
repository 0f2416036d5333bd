"""`footnote related`."""

import argparse
import sys
from pathlib import Path

from ..drafts import Draft, read
from ..related import related
from ..related.find import BREADTH
from ..terminal import Terminal
from .common import filter_arguments, filters, json_argument, open_assistant, print_json
from .drafting import check_drafting, drafting_arguments, is_drafting, run_drafting


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("draft", help=".tex, .md, .txt, .docx or .pdf; - for text on standard input")
    parser.add_argument(
        "--breadth", type=int, default=BREADTH, metavar="N", help="how many papers; default: %(default)s"
    )
    parser.add_argument(
        "--diversity", type=float, default=0.0, metavar="0..1", help="keep papers that are alike apart; default: 0"
    )
    json_argument(parser)
    drafting_arguments(parser)
    filter_arguments(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    chosen = filters(options)
    draft = _draft(options.draft)
    check_drafting(options, draft)
    assistant = open_assistant(options, terminal)
    with terminal.progress(f"Reading {draft.name}", " paragraphs", 1) as progress:
        found = related(assistant.collection, draft, options.breadth, options.diversity, chosen, progress)
    if is_drafting(options):
        run_drafting(options, terminal, found, assistant.collection)
    if options.json:
        print_json(terminal, found.to_dict())
    elif not is_drafting(options):
        terminal.line(str(len(found.papers)))
    return 0


def _draft(name: str) -> Draft:
    return read(sys.stdin.buffer.read()) if name == "-" else read(Path(name))
