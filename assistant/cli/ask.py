"""`footnote ask`, and `footnote "question"`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

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
    parser.add_argument(
        "--export", type=Path, metavar="FILE", help="write the papers that the answer cites, or any of a batch"
    )
    format_argument(parser)
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there")
    filter_arguments(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    chosen = filters(options)
    one_of(options.question, options.batch)
    if options.export:
        check_free(options.export, options.force)
    assistant = open_assistant(options, terminal)
    answers: list[Answer] = []

    def ask(question: str) -> Answer:
        sourceless = options.without_sources
        answers.append(assistant.ask(question, chosen, options.route, options.strict, sourceless=sourceless))
        return answers[-1]

    if options.batch:
        print_batch(terminal, options.batch, ask)
        _export(options, answers)
        return 0
    answer = ask(" ".join(options.question))
    if options.json:
        print_json(terminal, answer.to_dict())
    else:
        terminal.answer(answer)
        if options.explain:
            terminal.steps(answer)
    written = _export(options, answers)
    if written and not options.json:
        terminal.line(f"\nWrote {written} papers to {options.export}.")
    return _NOT_HERE if answer.refused else 0


def _export(options: argparse.Namespace, answers: Sequence[Answer]) -> int:
    """Write the papers that the answers cite, those of one question with its ranks, if asked to; return how many."""
    one = answers[0] if options.batch is None else None
    cited = [citation for answer in answers for citation in answer.references]
    items = [citation.paper if one is None else Ranked(citation.paper, citation.n) for citation in cited]
    if options.export is None:
        return 0
    if not items:
        print(f"{options.export} was not written: no paper is cited.", file=sys.stderr)
        return 0
    format = export_format(options.format, options.export)
    write_file(export(items, format, one.question if one else None), options.export, options.force)
    return len(items)
