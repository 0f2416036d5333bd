"""Papers -> a searchable `Collection`. Knows `ingest.paper` and `ingest.errors` only."""

from .collection import Collection
from .filters import Filters
from .hits import Change, Hit, Results

__all__ = ["Change", "Collection", "Filters", "Hit", "Results"]
