"""OpenAlex works: abstracts as inverted indexes, authorships, locations."""

from typing import Any

from ..fields import row as make_row
from ..fields import scalar
from ..reading import Event, Refusal

_LONGEST = 20_000  # words of an abstract


def recognises(record: dict[str, Any]) -> bool:
    return "abstract_inverted_index" in record or "authorships" in record


def row(line: int, record: dict[str, Any]) -> Event:
    """Return the paper of one work."""
    if scalar(record.get("type")) in ("paratext", "grant", "peer-review", "erratum"):
        return Refusal(line, f"a work of type {record['type']}; expected a paper")
    authorships = record.get("authorships")
    places = [record.get("primary_location"), record.get("best_oa_location"), *_dicts(record.get("locations"))]
    locations = [place for place in places if isinstance(place, dict)]
    sources = [place["source"] for place in locations if isinstance(place.get("source"), dict)]
    pages = [url for place in locations if (url := scalar(place.get("landing_page_url")))]
    topic = record.get("primary_topic")
    return make_row(
        line,
        title=record.get("title") or record.get("display_name"),
        authors=[name for one in _dicts(authorships) if (name := _author(one))],
        year=record.get("publication_year"),
        venue=sources[0].get("display_name") if sources else None,
        topic=topic.get("display_name") if isinstance(topic, dict) else None,
        abstract=abstract(record.get("abstract_inverted_index")),
        url=pages[0] if pages else record.get("doi"),
        doi=record.get("doi"),
        arxiv_id=next((page for page in pages if "arxiv.org/" in page), None),
    )


def abstract(inverted: Any) -> str:
    """Put the words of an inverted index in order.

    >>> abstract({"models": [1], "Small": [0]})
    'Small models'
    """
    if not isinstance(inverted, dict):
        return ""
    places = [
        (at, word)
        for word, found in inverted.items()
        if isinstance(found, list)
        for at in found[:_LONGEST]
        if isinstance(at, int)
    ]
    return " ".join(word for _, word in sorted(places)[:_LONGEST])


def _author(authorship: dict[str, Any]) -> str:
    author = authorship.get("author")
    name = author.get("display_name") if isinstance(author, dict) else None
    return scalar(name) or scalar(authorship.get("raw_author_name"))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
