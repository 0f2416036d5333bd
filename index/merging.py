"""Several records of one paper -> the paper: which record each field is taken from.

What is published holds over its preprint, a record with a text over one without, and the later
over the earlier; what a record leaves out is taken from the next. A published abstract holds
over a summary. No link is lost: those that the paper is not known by are its `other_urls`.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.paper import Paper

_TOGETHER = (("text", "text_kind", "text_basis"), ("venue", "venue_type"))  # what is taken from one record
_OF_ITS_OWN = ("id", "other_urls", "provenance")
_ALONE = [
    (field.name,)
    for field in dataclasses.fields(Paper)
    if field.name not in (*_OF_ITS_OWN, *(name for names in _TOGETHER for name in names))
]
_PREPRINT_SERVERS = frozenset(("arxiv", "corr", "biorxiv", "medrxiv", "ssrn", "openreview", "preprint"))
_NOTHING = (None, "", ())


def is_published(record: Paper) -> bool:
    """Whether a record is of what a journal or a conference published; a preprint or an unknown place is not."""
    if record.venue_type == "preprint":
        return False
    if record.venue:
        return record.venue.casefold().split()[0].strip(":.,") not in _PREPRINT_SERVERS
    return bool(record.doi) or record.id.startswith("acl:")


def chosen(records: Sequence[Paper]) -> dict[str, int]:
    """Return which of the records, given in the order of their arrival, each field that they have is taken from."""
    standing = sorted(
        range(len(records)), key=lambda i: (is_published(records[i]), bool(records[i].text), i), reverse=True
    )
    texts = sorted(range(len(records)), key=lambda i: (records[i].text_kind == "abstract", i), reverse=True)
    found = {}
    for names in (*_TOGETHER, *_ALONE):
        order = texts if names[0] == "text" else standing
        best = next((i for i in order if getattr(records[i], names[0]) not in _NOTHING), None)
        if best is not None:
            found.update(dict.fromkeys(names, best))
    return found


def merged(records: Sequence[Paper], id: str) -> Paper:
    """Return the paper that these records are of, under this id."""
    if len(records) == 1:
        return dataclasses.replace(records[0], id=id)
    taken = chosen(records)
    values = {name: getattr(records[i], name) for name, i in taken.items()}
    provenance = {name: records[i].provenance[name] for name, i in taken.items() if name in records[i].provenance}
    paper = dataclasses.replace(records[-1], **values, id=id, other_urls=(), provenance=provenance)
    links: dict[str, str] = {}
    for record in records:
        for link in filter(None, (record.url, *record.other_urls)):
            links[_place(link)] = min(link, links.get(_place(link), link))
    links.pop(_place(paper.url or ""), None)
    return dataclasses.replace(paper, other_urls=tuple(sorted(links.values())))


def revised(paper: Paper, found_out: Mapping[str, Any]) -> Paper:
    """Return a paper with what was found out about it; what a source states by now itself stands.

    Args:
        found_out: fields as in JSON, with the provenance of those that a metadata service gave.
    """
    stated = {
        name
        for name in found_out.get("provenance", {})
        if getattr(paper, name) not in _NOTHING and (name != "text" or paper.text_kind == "abstract")
    }
    stated |= {name for names in _TOGETHER for name in names if names[0] in stated}
    fields = {name: value for name, value in found_out.items() if name not in stated}
    if "provenance" in fields:
        fields["provenance"] = {n: service for n, service in fields["provenance"].items() if n not in stated}
    return Paper.from_dict({**paper.to_dict(), **fields})


def _place(link: str) -> str:
    """Return what links to one page have in common: arXiv's abstract and its PDF in any version are one."""
    bare = re.sub(r"^https?://(?:www\.|dx\.)?", "", link).rstrip("/").removesuffix(".pdf")
    if bare.casefold().startswith("arxiv.org/"):
        return re.sub(r"v\d+$", "", bare.casefold().replace("/pdf/", "/abs/"))
    return bare
