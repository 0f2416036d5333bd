"""Papers -> a searchable `Collection`. Knows `ingest.paper` and `ingest.errors` only."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .collection import Collection
    from .corpus import Corpus
    from .filters import Filters
    from .hits import Change, Hit, Results
    from .shelf import Shelf

# onnxruntime reads this as it is loaded, here or in a program that uses this package. Without it, it
# sends events to its maker, and keeps an identifier of the machine (its own docs/Privacy.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__all__ = ["Change", "Collection", "Corpus", "Filters", "Hit", "Results", "Shelf"]
_MODULES = {
    **{name: name.lower() for name in ("Collection", "Corpus", "Filters", "Shelf")},
    **dict.fromkeys(("Change", "Hit", "Results"), "hits"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: whoever needs a folder's name only does not wait for FAISS."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
