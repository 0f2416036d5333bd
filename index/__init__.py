"""Papers -> a searchable `Collection`. Knows `ingest.paper` and `ingest.errors` only."""

import os

# onnxruntime reads this as it is loaded, here or in a program that uses this package. Without it, it
# sends events to its maker, and keeps an identifier of the machine (its own docs/Privacy.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

from .collection import Collection
from .filters import Filters
from .hits import Change, Hit, Results

__all__ = ["Change", "Collection", "Filters", "Hit", "Results"]
