"""What a person has configured: the embedding model and the LLMs. An environment variable wins.

Keys are no settings: they live in the environment or in files of their own (`models/keys.py`).
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from index.home import home, make_folder
from ingest.errors import InputError

SURVEY = "survey"
"""The collection that is meant where none is named: the bundled one."""

NAMES = {
    "model": "FOOTNOTE_MODEL",  # of new collections: a sentence-transformers folder or name
    "judge": "FOOTNOTE_JUDGE",  # of whether a source supports a sentence: an NLI cross-encoder's folder or name
    "small": "FOOTNOTE_SMALL",  # the small LLM, asked first: an address that models.Address reads
    "large": "FOOTNOTE_LARGE",  # the large LLM, asked where the small one does not do
    "small_price": "FOOTNOTE_SMALL_PRICE",  # of a million tokens: what models.Price reads
    "large_price": "FOOTNOTE_LARGE_PRICE",
    "cap": "FOOTNOTE_CAP",  # what models may cost in one session, in the currency of their prices
    "local_only": "FOOTNOTE_LOCAL_ONLY",  # on: no LLM is asked that is not on this machine
    "enrich": "FOOTNOTE_ENRICH",  # on: titles and ids may go to metadata services, as a person once agreed
}
SWITCHES = ("local_only", "enrich")
_SWITCH = {"on": True, "1": True, "true": True, "off": False, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; None where nothing is configured."""

    model: str | None = None
    judge: str | None = None
    small: str | None = None
    large: str | None = None
    small_price: str | None = None
    large_price: str | None = None
    cap: float | None = None
    local_only: bool = False
    enrich: bool = False

    @classmethod
    def load(cls) -> "Settings":
        """Read the settings file and the environment. With `local_only`, no hub is asked from here on either.

        Raises:
            InputError: the file is not a JSON object of known settings, or a switch is neither on nor off.
        """
        stored = _read()
        values = {name: os.environ.get(variable) or stored.get(name) for name, variable in NAMES.items()}
        local_only, enrich = (switch(values.pop(name) or "off", name) for name in SWITCHES)
        if local_only:
            os.environ["HF_HUB_OFFLINE"] = "1"  # read by the hub's library as it is imported
        cap = values.pop("cap")
        return cls(**values, cap=amount(cap) if cap else None, local_only=local_only, enrich=enrich)


def amount(text: str) -> float:
    """Read an amount of money.

    Raises:
        InputError: it is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise InputError(f"cap {text!r}; expected an amount such as 0.50: footnote config cap 0.50")
    return value


def switch(text: str, name: str = "local_only") -> bool:
    """Read on or off, the value of the setting called `name`.

    Raises:
        InputError: it is neither.
    """
    if text.strip().lower() not in _SWITCH:
        raise InputError(f"{name} {text!r}; expected on or off: footnote config {name} on")
    return _SWITCH[text.strip().lower()]


def store(name: str, value: str | None) -> None:
    """Keep one setting in the settings file; None removes it.

    Raises:
        InputError: there is no such setting, or the file cannot be written.
    """
    if name not in NAMES:
        raise InputError(f"no setting {name!r}; expected one of {', '.join(NAMES)}")
    stored = _read()
    stored.pop(name, None)
    if value is not None:
        stored[name] = value
    path = _file()
    make_folder(path.parent)
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        draft.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
        draft.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); check its permissions") from error


def _file() -> Path:
    return home() / "settings.json"


def _read() -> dict[str, str]:
    path = _file()
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except NotADirectoryError as error:
        raise InputError(f"{path.parent} is a file; expected a folder: set FOOTNOTE_HOME to one") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}); mend or remove it") from error
    if not isinstance(stored, dict) or not stored.keys() <= NAMES.keys() or {*map(type, stored.values())} - {str}:
        raise InputError(f"{path} holds something else than texts for {', '.join(NAMES)}; mend or remove it")
    return stored
