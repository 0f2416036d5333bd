"""`footnote rebuild`."""

import argparse

from ..library import open_collection
from ..settings import Settings
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    collection = open_collection(options.collection)
    with terminal.progress("Rebuilding") as progress:
        change = collection.rebuild(Settings.load().model, progress)
    report = {"papers": len(collection), "encoded": change.encoded, "model_id": collection.fact("model_id")}
    if options.json:
        print_json(terminal, report)
    else:
        terminal.line("{papers} papers stand under {model_id}. Encoded {encoded}.".format(**report))
    return 0
