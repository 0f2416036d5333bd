"""What a person has configured: the embedding model and the LLM. An environment variable wins."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from index.home import home, make_folder
from ingest.errors import InputError

NAMES = {
    "model": "FOOTNOTE_MODEL",  # of new collections: a sentence-transformers folder or name
    "llm": "FOOTNOTE_LLM",  # MODEL@URL of a server that speaks the OpenAI protocol
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; None where nothing is configured."""

    model: str | None = None
    llm: str | None = None

    @classmethod
    def load(cls) -> "Settings":
        """Read the settings file and the environment.

        Raises:
            InputError: the file is not a JSON object of known settings.
        """
        stored = _read()
        return cls(**{name: os.environ.get(variable) or stored.get(name) for name, variable in NAMES.items()})


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
