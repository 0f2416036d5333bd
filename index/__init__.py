"""Papers -> a searchable `Collection`. Knows `ingest.paper` and `ingest.errors` only."""

from .collection import Collection
from .corpus import Corpus
from .filters import Filters
from .hits import Change, Hit, Results
from .shelf import Shelf

__all__ = ["Change", "Collection", "Corpus", "Filters", "Hit", "Results", "Shelf"]
