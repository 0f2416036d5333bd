"""`configure`: keep a setting, checked; `key_state`: whether a role has a key. The terminal and the page share both."""

from pathlib import Path

from ingest.errors import InputError

from . import settings
from .models import Address, Price
from .models.keys import key_file, read_key, variable

ROLES = ("small", "large")


def configure(name: str, value: str | None) -> None:
    """Keep one setting, in the form in which it is kept; None or an empty text removes it.

    Raises:
        InputError: there is no such setting, the value cannot be read, or the file cannot be written.
    """
    settings.store(name, checked(name, value) if value else None)


def checked(name: str, value: str) -> str:
    """Return a setting's value as it is kept.

    Raises:
        InputError: it cannot be read.
    """
    if name in ROLES:
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


def key_state(role: str) -> str:
    """Say whether a role has a key, and where one is looked for; never the key."""
    try:
        if read_key(role):
            return "set"
    except InputError as error:
        return f"not set: {error}"
    return f"not set (looked for in {variable(role)} and {key_file(role).name})"
