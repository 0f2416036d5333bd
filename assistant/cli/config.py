"""`footnote config`."""

import argparse

from .. import settings
from ..configuring import ROLES, configure
from ..models import Address
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", choices=settings.NAMES)
    parser.add_argument("value", nargs="?", help="leave it out to remove the setting")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.name:
        configure(options.name, options.value)
    current = settings.Settings.load()
    values = {name: getattr(current, name) for name in settings.NAMES}
    where = {name: _where(name, value) for name, value in values.items()}  # checks what the environment holds, too
    if options.json:
        print_json(terminal, values)
        return 0
    for name, value in values.items():
        shown = ("on" if value else "off") if name in settings.SWITCHES else value
        terminal.line(f"{name:11} {shown or ('default' if name == 'model' else 'none')}{where[name]}")
    return 0


def _where(name: str, value: str | None) -> str:
    if name not in ROLES or value is None:
        return ""
    local = Address.parse(value).is_local
    return "   (on this machine)" if local else "   (questions and sources leave this machine)"
