"""Semantic Scholar: papers by lists of ids, or the one with a title (api.semanticscholar.org/api-docs/graph)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..fields import scalar
from ..links import clean_doi, identify
from ..paper import Paper
from ..readers import semantic_scholar
from .provider import TITLE, Finding, Record, Refused, Request, Unreadable, dicts, finding, parse_json, split, title_key

_BATCH = 200  # ids in a request; the service takes 500, and sends at most 10 MB
_FIELDS = "title,abstract,authors,year,venue,publicationDate,externalIds,citationCount"


@dataclass(frozen=True, slots=True)
class SemanticScholar:
    """Abstracts, authors, year, DOI, venue, citations.

    It allows one request a second with a key; all who have none share one limit.
    """

    api_key: str | None = field(default=None, repr=False)
    base: str = "https://api.semanticscholar.org"
    pause: float = 1.0
    name: str = "semantic_scholar"
    label: str = "Semantic Scholar"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"x-api-key": self.api_key} if self.api_key else {}

    def key(self, paper: Paper) -> str | None:
        if paper.arxiv_id:
            return f"ARXIV:{paper.arxiv_id.lower()}"
        if paper.doi:
            return f"DOI:{paper.doi}"
        acl = identify(paper.url or "").acl_id
        return f"ACL:{acl}" if acl else title_key(paper)

    def batches(self, keys: Sequence[str]) -> Iterator[Sequence[str]]:
        return split(keys, _BATCH)

    def request(self, keys: Sequence[str]) -> Request:
        if keys[0].startswith(TITLE):
            query = {"query": keys[0].removeprefix(TITLE), "fields": _FIELDS}
            return Request("/graph/v1/paper/search/match", query, may_miss=True)
        return Request("/graph/v1/paper/batch", {"fields": _FIELDS}, {"ids": list(keys)})

    def read(self, status: int, body: bytes, keys: Sequence[str]) -> Mapping[str, Sequence[Record]]:
        by_title = keys[0].startswith(TITLE)
        if status != 200:
            if by_title or b"No valid paper ids" in body:
                return {}
            raise Refused
        value = parse_json(body)
        if by_title:
            value = value.get("data") if isinstance(value, dict) else None
        if not isinstance(value, list):
            raise Unreadable("what came is no list of papers")
        if by_title:
            return {keys[0]: [_record(one) for one in dicts(value)]}
        found: defaultdict[str, list[Record]] = defaultdict(list)
        asked = {key.casefold(): key for key in keys}
        for one in dicts(value):
            names = [asked[name] for name in _identifiers(one) if name in asked]
            for key in names or [""]:
                found[key].append(_record(one))
        return found

    def finding(self, record: Record) -> Finding | None:
        return finding(self.name, semantic_scholar.row(0, dict(record)), record.get("citationCount"))


def _identifiers(record: Mapping[str, Any]) -> list[str]:
    """Return what a paper is asked for by, without case: the order of a batch's answers is not to be relied on."""
    outside = record.get("externalIds")
    known = {str(k).casefold(): scalar(v) for k, v in outside.items()} if isinstance(outside, dict) else {}
    names = {"arxiv": known.get("arxiv"), "doi": clean_doi(known.get("doi") or ""), "acl": known.get("acl")}
    return [f"{scheme}:{value}".casefold() for scheme, value in names.items() if value]


def _record(paper: Mapping[str, Any]) -> Record:
    kept = {name: paper.get(name) for name in _FIELDS.split(",") if name != "authors"}
    return {**kept, "authors": [{"name": one.get("name")} for one in dicts(paper.get("authors"))]}
