"""Anything in -> `Paper` records. This room knows nothing of the other two."""

from .errors import DamageError, FootnoteError, InputError, NotAPaper
from .paper import Correction, Paper, Source
from .reading import Reading, Remark, Section

__all__ = [
    "Correction",
    "DamageError",
    "FootnoteError",
    "InputError",
    "NotAPaper",
    "Paper",
    "Reading",
    "Remark",
    "Section",
    "Source",
]
