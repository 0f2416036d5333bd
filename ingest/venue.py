"""A venue label taken apart: "Findings of ACL 2024" -> ACL, 2024, findings."""

import re
from dataclasses import dataclass
from typing import Literal

VenueType = Literal["findings", "workshop", "preprint", "journal"]

_YEAR = re.compile(r"\b(19|20)\d\d\b")
_FINDINGS = re.compile(r"\bfindings(?: of)?(?: the)?\b:?", re.IGNORECASE)
_PREPRINT_SERVERS = frozenset({"arxiv", "biorxiv", "medrxiv", "corr", "preprint"})


@dataclass(frozen=True, slots=True)
class Venue:
    """Where and when a paper appeared, as far as its label says."""

    name: str | None
    year: int | None
    type: VenueType | None


def parse_venue(label: str) -> Venue:
    """Split a label such as "NeurIPS 2023", "arXiv 2024" or "Findings of ACL 2024"."""
    found = _YEAR.search(label)
    year = int(found.group()) if found else None
    name = label[: found.start()] + label[found.end() :] if found else label
    kind: VenueType | None = None
    if _FINDINGS.search(name):
        name, kind = _FINDINGS.sub("", name), "findings"
    elif "workshop" in name.casefold():
        kind = "workshop"
    name = " ".join(name.split()).strip(" ,;:()[]")
    if name.casefold() in _PREPRINT_SERVERS:
        kind = "preprint"
    return Venue(name or None, year, kind)
