"""`footnote collections`."""

import argparse

from index.listing import listing

from .. import accounts
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    found = listing()
    if options.json:
        print_json(terminal, {"collections": [one.to_dict() for one in found]})
    else:
        accounts.collections(terminal, found)
    return 0
