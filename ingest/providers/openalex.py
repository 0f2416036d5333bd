"""OpenAlex: works by lists of DOIs (developers.openalex.org). A key is needed since February 2026."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..fields import scalar
from ..links import clean_doi, identify, is_web_link
from ..paper import Paper
from ..readers import openalex
from .provider import Finding, Record, Refused, Request, Unreadable, dicts, finding, parse_json, split

_BATCH = 50  # DOIs in a request; OpenAlex takes 100
_FIELDS = (
    "id,doi,title,type,publication_year,authorships,primary_location,best_oa_location,locations,"
    "abstract_inverted_index,cited_by_count,is_retracted"
)
_PLACES = ("primary_location", "best_oa_location")


@dataclass(frozen=True, slots=True)
class OpenAlex:
    """Abstracts, authors, year, DOI, venue, citations, retractions; arXiv's papers by arXiv's DOIs."""

    api_key: str = field(repr=False)
    base: str = "https://api.openalex.org"
    pause: float = 0.2
    headers: Mapping[str, str] = field(default_factory=dict)
    name: str = "openalex"
    label: str = "OpenAlex"

    def key(self, paper: Paper) -> str | None:
        doi = paper.doi or (f"10.48550/arxiv.{paper.arxiv_id}" if paper.arxiv_id else "")
        return doi if doi.startswith("10.") and not set(doi) & set(",|&") else None

    def batches(self, keys: Sequence[str]) -> Iterator[Sequence[str]]:
        return split(keys, _BATCH)

    def request(self, keys: Sequence[str]) -> Request:
        wanted = {"filter": f"doi:{'|'.join(keys)}", "per_page": "100", "select": _FIELDS}
        return Request("/works", {**wanted, "api_key": self.api_key})

    def read(self, status: int, body: bytes, keys: Sequence[str]) -> Mapping[str, Sequence[Record]]:
        if status != 200:
            raise Refused
        value = parse_json(body)
        if not isinstance(value, dict) or not isinstance(value.get("results"), list):
            raise Unreadable("what came is no list of works")
        found: defaultdict[str, list[Record]] = defaultdict(list)
        for work in dicts(value["results"]):
            names = _identifiers(work) & set(keys)
            for key in names or {""}:
                found[key].append(_record(work))
        return found

    def finding(self, record: Record) -> Finding | None:
        return finding(
            self.name, openalex.row(0, dict(record)), record.get("cited_by_count"), record.get("is_retracted")
        )


def _identifiers(work: Mapping[str, Any]) -> set[str]:
    """Return the DOIs that a work is known by, arXiv's among them."""
    links = [scalar(work.get("doi"))]
    places = [work.get(name) for name in _PLACES] + dicts(work.get("locations"))
    links += [scalar(place.get("landing_page_url")) for place in places if isinstance(place, dict)]
    found = [identify(link) for link in links if is_web_link(link)]
    dois = {clean_doi(one.doi) for one in found if one.doi}
    return dois | {f"10.48550/arxiv.{one.arxiv_id}" for one in found if one.arxiv_id}


def _record(work: Mapping[str, Any]) -> Record:
    """Return a work without its affiliations, which are most of it."""
    kept = {name: work.get(name) for name in _FIELDS.split(",") if name != "authorships"}
    names = ({"display_name": (one.get("author") or {}).get("display_name")} for one in dicts(work.get("authorships")))
    return {**kept, "authorships": [{"author": name} for name in names]}
