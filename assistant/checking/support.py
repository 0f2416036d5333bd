"""Signals -> the probability that a source supports a claim.

Two logistic models: does the source speak of this at all, and if so, does it say the same? The log-odds of their
product, scaled, are those of the support. The weights are fitted by `benchmarks/citations.py --fit`, each with the sign
that its signal means: no likeness speaks against a claim, and no contradiction for it.
"""

import json
import math
from dataclasses import dataclass
from importlib.resources import files
from typing import Self

from index.confidence import Logistic

from .signals import Signals


@dataclass(frozen=True, slots=True)
class Support:
    """The fitted models.

    Attributes:
        there: of `Signals.there`.
        agrees: of `Signals.agrees`.
        scale: of the log-odds of their product.
        cut: a claim with less support is not supported.
    """

    there: Logistic
    agrees: Logistic
    scale: Logistic
    cut: float

    @classmethod
    def load(cls) -> Self:
        """Read the weights that come with this package."""
        stored = json.loads((files(__package__) / "weights.json").read_text("utf-8"))
        models = {
            name: Logistic(tuple(stored[name]["weights"]), stored[name]["bias"])
            for name in ("there", "agrees", "scale")
        }
        return cls(**models, cut=stored["cut"])

    def __call__(self, signals: Signals) -> float:
        """Return the probability that the source supports the claim, 0 to 1."""
        return self.scale((log_odds(self.there(signals.there()) * self.agrees(signals.agrees())),))


def log_odds(probability: float) -> float:
    """Return log(p / (1 - p)), p kept off 0 and 1."""
    kept = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))
