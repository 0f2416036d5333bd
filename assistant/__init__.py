"""Questions -> cited answers. Knows `index` and `ingest`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answer import Answer, Citation, Sentence
    from .pipeline import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Sentence"]
_MODULES = {"Answer": "answer", "Assistant": "pipeline", "Citation": "answer", "Sentence": "answer"}


def __getattr__(name: str) -> Any:
    """Import what is asked for: a shell that has to be up at once loads the rest when it is needed."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
