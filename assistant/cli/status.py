"""`footnote status`."""

import argparse

from .. import accounts
from ..settings import Settings
from ..terminal import Terminal
from .common import json_argument, open_assistant, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    assistant = open_assistant(options, terminal)
    settings = Settings.load()
    status = {**assistant.collection.status(), "small": settings.small, "large": settings.large}
    if options.json:
        print_json(terminal, status)
    else:
        accounts.status(terminal, status)
    return 0
