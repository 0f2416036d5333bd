"""What the list itself says, papers side by side, and the facts that a paper's text lacks. No model is asked."""

from .listed import pictured, told
from .missing import Fact, fact_sought

__all__ = ["Fact", "fact_sought", "pictured", "told"]
