"""Crossref: works by lists of DOIs, or by a title (crossref.org/documentation/retrieve-metadata/rest-api)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..fields import scalar
from ..links import clean_doi
from ..paper import Paper
from ..readers import csl
from .provider import TITLE, Finding, Record, Refused, Request, Unreadable, dicts, finding, parse_json, split, title_key

_BATCH = 20  # DOIs in a request: a work with its references takes up to 100 KB
_CANDIDATES = "5"  # works that a title may bring
_KEPT = (
    *("DOI", "type", "title", "subtitle", "container-title", "event", "issued", "author", "abstract"),
    *("is-referenced-by-count", "updated-by"),
)
_WITHDRAWALS = frozenset({"retraction", "withdrawal", "removal"})
_FORMULA_SOURCE = re.compile(r"<(jats:)?tex-math\b[^>]*>.*?</(?:jats:)?tex-math>", re.DOTALL)  # beside its MathML


@dataclass(frozen=True, slots=True)
class Crossref:
    """Abstracts where publishers give them, authors, year, DOI, venue, citations, retractions. One request a second."""

    base: str = "https://api.crossref.org"
    pause: float = 1.0
    headers: Mapping[str, str] = field(default_factory=dict)
    name: str = "crossref"
    label: str = "Crossref"

    def key(self, paper: Paper) -> str | None:
        if paper.doi:
            known_here = paper.doi.startswith("10.") and not paper.doi.startswith("10.48550/") and "," not in paper.doi
            return paper.doi if known_here else None
        return None if paper.arxiv_id else title_key(paper)

    def batches(self, keys: Sequence[str]) -> Iterator[Sequence[str]]:
        return split(keys, _BATCH)

    def request(self, keys: Sequence[str]) -> Request:
        if keys[0].startswith(TITLE):
            return Request("/works", {"query.bibliographic": keys[0].removeprefix(TITLE), "rows": _CANDIDATES})
        return Request("/works", {"filter": ",".join(f"doi:{key}" for key in keys), "rows": str(len(keys))})

    def read(self, status: int, body: bytes, keys: Sequence[str]) -> Mapping[str, Sequence[Record]]:
        if status != 200:
            raise Refused
        value = parse_json(body)
        message = value.get("message") if isinstance(value, dict) else None
        if not isinstance(message, dict) or not isinstance(message.get("items"), list):
            raise Unreadable("what came is no list of works")
        works = [{name: work[name] for name in _KEPT if name in work} for work in dicts(message["items"])]
        if keys[0].startswith(TITLE):
            return {keys[0]: works}
        found: defaultdict[str, list[Record]] = defaultdict(list)
        for work in works:
            doi = clean_doi(scalar(work.get("DOI")))
            found[doi if doi in keys else ""].append(work)
        return found

    def finding(self, record: Record) -> Finding | None:
        work = dict(record)
        work["abstract"] = _FORMULA_SOURCE.sub("", scalar(work.get("abstract")))
        updates: list[dict[str, Any]] = dicts(record.get("updated-by"))
        withdrawn = any(scalar(one.get("type")).casefold() in _WITHDRAWALS for one in updates)
        return finding(self.name, csl.row(0, work), record.get("is-referenced-by-count"), withdrawn)
