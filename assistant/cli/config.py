"""`footnote config`."""

import argparse
from pathlib import Path

from .. import settings
from ..models import Address, Price
from ..terminal import Terminal
from .common import json_argument, print_json

_ROLES = ("small", "large")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", choices=settings.NAMES)
    parser.add_argument("value", nargs="?", help="leave it out to remove the setting")
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.name:
        settings.store(options.name, _checked(options.name, options.value) if options.value else None)
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


def _checked(name: str, value: str) -> str:
    """Return a setting's value as it is kept."""
    if name in _ROLES:
        return str(Address.parse(value))
    if name in settings.SWITCHES:
        return "on" if settings.switch(value, name) else "off"
    if name in ("model", "judge"):
        folder = Path(value).expanduser()
        return str(folder.resolve()) if folder.is_dir() else value
    if name == "cap":
        return f"{settings.amount(value):g}"
    Price.parse(value)
    return value


def _where(name: str, value: str | None) -> str:
    if name not in _ROLES or value is None:
        return ""
    local = Address.parse(value).is_local
    return "   (on this machine)" if local else "   (questions and sources leave this machine)"
