"""`footnote serve`."""

import argparse

from ..terminal import Terminal
from .common import open_assistant


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=7860, help="default: %(default)s")


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    from app import check_port, serve

    check_port(options.port)
    open_assistant(options, terminal, lenient=True)
    serve(options.collection, options.port)
    return 0
