"""A draft in, the papers it should cite out: where, why, and what it cites already."""

from .find import related
from .result import Claim, Doubt, Found, Related, Suggestion, Wanted

__all__ = ["Claim", "Doubt", "Found", "Related", "Suggestion", "Wanted", "related"]
