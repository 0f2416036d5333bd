"""`footnote config`."""

import argparse
from pathlib import Path

from .. import settings
from ..models import ModelAddress
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", choices=settings.NAMES)
    parser.add_argument("value", nargs="?", help="leave it out to remove the setting")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.name:
        value = options.value
        if options.name == "llm" and value:
            ModelAddress.parse(value)
        if options.name == "model" and value and Path(value).expanduser().is_dir():
            value = str(Path(value).expanduser().resolve())
        settings.store(options.name, value)
    current = settings.Settings.load()
    values = {name: getattr(current, name) for name in settings.NAMES}
    if options.json:
        print_json(terminal, values)
        return 0
    for name, value in values.items():
        where = ""
        if name == "llm" and value:
            local = ModelAddress.parse(value).is_local
            where = "   (on this machine)" if local else "   (questions and sources leave this machine)"
        terminal.line(f"{name:6} {value or 'default' if name == 'model' else value or 'none'}{where}")
    return 0
