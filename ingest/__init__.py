"""Anything in -> `Paper` records. This room knows nothing of the other two."""

from .errors import DamageError, FootnoteError, InputError, NotAPaper
from .paper import Correction, Paper, Source
from .reading import Reading, Refusal, Remark, Row, Section, Warning

__all__ = [
    "Correction",
    "DamageError",
    "FootnoteError",
    "InputError",
    "NotAPaper",
    "Paper",
    "Reading",
    "Refusal",
    "Remark",
    "Row",
    "Section",
    "Source",
    "Warning",
]
