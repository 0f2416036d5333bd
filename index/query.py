"""A query as it is searched: conditions on the list taken out, slips mended, acronyms spelt out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.errors import InputError

from . import acronyms, conditions, spelling
from .encoder import Runtime
from .filters import Filters
from .generation import Generation
from .words import joined, stems, terms, words

_QUOTED = re.compile(r"\s*[\"“„«]([^\"“”„«»]*\w[^\"“”„«»]*)[\"”“»]\s*")
_LONGEST = 20_000  # characters, some ten pages
_VARIANT = 0.25  # weight of a term that stands for one of the query's own: an acronym's words, a compound as one word


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for, and how it was read.

    Attributes:
        text: what the encoder reads.
        terms: its stems, in order.
        weights: every term that BM25 looks for, with its weight.
        filters: those that were given, and those that the words state.
        conditions: the words that were read as filters.
        corrections: misspelt words, and the papers' words they were taken for.
        acronyms: the query's acronyms, and what the papers mean by them.
        unknown: words that no paper has.
        asks_for_all: nothing is asked but the conditions: every paper that meets them is an answer.
    """

    text: str
    terms: tuple[str, ...]
    weights: Mapping[str, float]
    filters: Filters
    conditions: tuple[str, ...] = ()
    corrections: Mapping[str, str] | None = None
    acronyms: Mapping[str, str] | None = None
    unknown: tuple[str, ...] = ()
    asks_for_all: bool = False

    @property
    def note(self) -> str:
        """What was read into the words, in a sentence; empty where they were taken as they stand."""
        said = [f"Only {self.filters}, read from “{'” and “'.join(self.conditions)}”."] if self.conditions else []
        said += [f"Searched for “{meant}”, not “{word}”." for word, meant in (self.corrections or {}).items()]
        said += [f"{short} read as “{long}”." for short, long in (self.acronyms or {}).items()]
        return " ".join(said)

    def to_dict(self) -> dict[str, Any]:
        """Return what was read into the words, as JSON shows it."""
        return {
            "searched_for": self.text,
            "conditions": list(self.conditions),
            "corrections": dict(self.corrections or {}),
            "acronyms": dict(self.acronyms or {}),
        }


def check(query: str, k: int) -> None:
    """Raise InputError for a query that cannot be searched for, or a number of hits that there cannot be."""
    if not query.strip():
        raise InputError("the query is empty; expected a question, key words or a passage")
    if len(query) > _LONGEST:
        raise InputError(f"the query has {len(query):,} characters; expected at most {_LONGEST:,}")
    if k < 1:
        raise InputError(f"{k} results asked for; expected at least 1")
    try:
        query.encode()
    except UnicodeEncodeError as error:
        raise InputError("the query is not Unicode text; expected UTF-8") from error


def read(text: str, generation: Generation, runtime: Runtime, given: Filters) -> Query:
    """Read a query; one that stands in quotation marks is taken word for word.

    Args:
        given: filters that were set apart from the words.
    """
    if literal := _QUOTED.fullmatch(text):
        return literal_query(literal[1], generation, given)
    stated = conditions.read(text, generation.names)
    filters = conditions.merged(stated.filters, given)
    if stated.phrases and not conditions.asks_more(words(stated.rest)):
        return Query(text, (), {}, filters, stated.phrases, asks_for_all=True)
    rest = stated.rest or text
    corrections = spelling.corrected(_unknown(rest, generation), lambda: generation.vocabulary, runtime.pieces)
    rest = spelling.replaced(rest, corrections)
    here = set(terms(rest))
    meant = acronyms.found(rest, generation.acronyms)
    meant = {short: long for short, long in meant.items() if not set(terms(long)) <= here}
    spelt_out = rest
    for short, long in meant.items():
        spelt_out = re.sub(rf"\b{short}s?\b", _followed_by(long), spelt_out, count=1)
    query = _query(rest, meant, generation, filters)
    return Query(spelt_out, query.terms, query.weights, filters, stated.phrases, corrections, meant, query.unknown)


def literal_query(text: str, generation: Generation, given: Filters) -> Query:
    """Return a text as a query that is taken word for word."""
    return _query(text, {}, generation, given)


def _followed_by(long: str) -> Callable[[re.Match[str]], str]:
    return lambda match: f"{match.group()} ({long})"


def _query(text: str, meant: Mapping[str, str], generation: Generation, filters: Filters) -> Query:
    own = terms(text)
    weights: dict[str, float] = {}
    for term in own:
        weights[term] = weights.get(term, 0.0) + 1.0
    for term in [*joined(text), *(term for long in meant.values() for term in terms(long))]:
        weights.setdefault(term, _VARIANT)
    return Query(text, tuple(own), weights, filters, unknown=tuple(_unknown(text, generation)))


def _unknown(text: str, generation: Generation) -> list[str]:
    """Return the text's words, each once, whose stem no paper has."""
    return [w for w in dict.fromkeys(words(text)) if not generation.lexical.knows(stems([w])[0])]
