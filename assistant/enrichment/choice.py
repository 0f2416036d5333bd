"""Of what the services say of a paper, what is taken."""

from collections.abc import Sequence
from typing import Any

from ingest.paper import Paper
from ingest.providers import Finding

from .services import NAMES

FIELDS = ("text", "authors", "year", "venue", "doi", "citations", "retracted")
"""What a paper can gain, by the name of the field."""


def enriched(paper: Paper, findings: Sequence[Finding]) -> Paper:
    """Return a paper with what the services know of it.

    What the list states stands, as does an abstract that it gives; a summary gives way to the published abstract.
    Of several services the first that says something is believed, for each field by itself: but a paper that any of
    them calls retracted is, and a venue is believed before the archive of a preprint.

    Args:
        findings: in order of preference.

    Raises:
        NotAPaper: what a service says cannot be in a paper.
    """
    values: dict[str, Any] = {}
    services: dict[str, str] = {}
    for name in FIELDS:
        said = [(finding, value) for finding in findings if (value := _said(finding, name)) not in (None, "", ())]
        if name == "venue":
            said.sort(key=lambda one: one[0].venue_type == "preprint")
        if name == "retracted":
            said.sort(key=lambda one: not one[1])
        if said and (_is_open(paper, name, said[0][0].service) or (name == "retracted" and said[0][1])):
            finding, values[name] = said[0]
            services[name] = finding.service
            if name == "venue":
                values["venue_type"] = finding.venue_type
            if name == "text":
                values |= {"text_kind": "abstract", "text_basis": None}
    if not values:
        return paper
    record = paper.to_dict()
    return Paper.from_dict({**record, **values, "provenance": {**record.get("provenance", {}), **services}})


def gains(before: Paper, after: Paper) -> list[str]:
    """Return the names of the fields that have another value; a retraction is one, that there is none is not."""
    changed = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
    return [name for name in changed if name != "retracted" or after.retracted]


def _said(finding: Finding, name: str) -> Any:
    return finding.abstract if name == "text" else getattr(finding, name)


def _is_open(paper: Paper, name: str, service: str) -> bool:
    """Tell whether a field may be given a service's value: no list and no better service has given it one."""
    if before := paper.provenance.get(name):
        return before not in NAMES or NAMES.index(service) <= NAMES.index(before)
    if name == "text":
        return paper.text_kind != "abstract"
    return getattr(paper, name) in (None, "", ())
