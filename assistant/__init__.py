"""Questions -> cited answers. Knows `index` and `ingest`."""

from .answer import Answer, Citation, Sentence
from .pipeline import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Sentence"]
