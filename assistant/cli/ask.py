"""`footnote ask`, and `footnote "question"`."""

import argparse
from pathlib import Path

from ingest.errors import InputError

from ..answer import Answer
from ..export import Ranked, export
from ..export.file import check_free, write_file
from ..route import WISHES
from ..terminal import Terminal
from .common import (
    batch_argument,
    export_format,
    filter_arguments,
    filters,
    format_argument,
    json_argument,
    one_of,
    open_assistant,
    print_batch,
    print_json,
)

_NOT_HERE = 3  # exit code where the collection does not hold the answer


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="*", help="the question")
    parser.add_argument("--route", choices=WISHES, default="auto", help="quote, or ask a model there; default: auto")
    parser.add_argument("--strict", action="store_true", help="leave out sentences that no source bears out")
    parser.add_argument("--without-sources", action="store_true", help="where nothing here answers, ask the LLM alone")
    parser.add_argument("--explain", action="store_true", help="say how the answer came about")
    json_argument(parser)
    batch_argument(parser)
    parser.add_argument("--export", type=Path, metavar="FILE", help="write the papers that the answer cites")
    format_argument(parser)
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there")
    filter_arguments(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    chosen = filters(options)
    one_of(options.question, options.batch)
    if options.export:
        if options.batch:
            raise InputError("--export with --batch; expected one question, whose papers are exported")
        check_free(options.export, options.force)
    assistant = open_assistant(options, terminal)

    def ask(question: str) -> Answer:
        sourceless = options.without_sources
        return assistant.ask(question, chosen, options.route, options.strict, sourceless=sourceless)

    if options.batch:
        print_batch(terminal, options.batch, ask)
        return 0
    answer = ask(" ".join(options.question))
    if options.json:
        print_json(terminal, answer.to_dict())
    else:
        terminal.answer(answer)
        if options.explain:
            terminal.steps(answer)
    if options.export and not answer.refused:
        items = [Ranked(citation.paper, citation.n) for citation in answer.references]
        format = export_format(options.format, options.export)
        write_file(export(items, format, answer.question), options.export, options.force)
        if not options.json:
            terminal.line(f"\nWrote {len(items)} papers to {options.export}.")
    return _NOT_HERE if answer.refused else 0
