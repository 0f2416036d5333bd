"""What was asked and answered before, and what a follow-up question means by it, told by rule."""

from .followups import resolve
from .memory import LONGEST, Conversation, Known, Resolved

__all__ = ["LONGEST", "Conversation", "Known", "Resolved", "resolve"]
