"""`footnote search`."""

import argparse

from index.hits import Results

from ..terminal import Terminal
from .common import (
    batch_argument,
    filter_arguments,
    filters,
    json_argument,
    one_of,
    open_assistant,
    print_batch,
    print_json,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", nargs="*", help="key words, a question or a passage")
    parser.add_argument("-k", type=int, default=10, metavar="N", help="how many papers; default: %(default)s")
    json_argument(parser)
    batch_argument(parser)
    filter_arguments(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    chosen = filters(options)
    one_of(options.query, options.batch)
    assistant = open_assistant(options, terminal)

    def search(query: str) -> Results:
        return assistant.search(query, options.k, chosen)

    if options.batch:
        print_batch(terminal, options.batch, search)
        return 0
    results = search(" ".join(options.query))
    if options.json:
        print_json(terminal, results.to_dict())
    else:
        terminal.results(results)
    return 0
