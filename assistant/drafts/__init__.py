"""A draft in, read: sentences with their places and citations, and the bibliography."""

from .draft import Draft, DraftSentence, Paragraph, Place, Reference, Remark
from .matching import Match, Matcher
from .reading import read

__all__ = ["Draft", "DraftSentence", "Match", "Matcher", "Paragraph", "Place", "Reference", "Remark", "read"]
