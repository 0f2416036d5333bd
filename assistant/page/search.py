"""The Search tab: results while one types, filters with counts, export."""

import re
import secrets
from collections.abc import Sequence
from html import escape
from itertools import islice
from pathlib import Path

import gradio as gr

from index.corpus import Corpus
from index.filters import Filters
from index.hits import Hit, Results
from ingest.errors import InputError
from ingest.paper import Paper

from ..export import SUFFIXES, export
from . import facets, hits
from .calls import Asked, Reply, answer, number, texts, words
from .cards import card
from .desk import Desk

_PAGE = 20  # papers shown at once
_MOST = 200
_SORTED = 50  # best papers that are put in another order
_COUNTED = 50  # best papers that the filters count
_LONGEST_LIKE = 2_000  # characters of a paper's text by which others like it are looked for
_READING = "Reading the nearest …"
_ORDERS = ("year", "title")  # other than by relevance
_QUOTES = re.compile('["“”„«»]')


def tab(desk: Desk) -> None:
    """Build the tab inside the gr.Tab that is open; search.js does the rest."""
    gr.HTML(Path(__file__).with_name("search.html").read_text("utf-8"), apply_default_css=False)
    rows = facets.Rows()
    answer("search", lambda asked: search(desk, rows, asked))
    answer("facets", lambda asked: counted(desk, rows, asked))
    answer("card", lambda asked: opened(desk, asked))
    answer("export", lambda asked: exported(desk, asked))


def search(desk: Desk, rows: facets.Rows, asked: Asked) -> Reply:
    """Return the papers that a query, or another paper, brings up; without either all that pass the filters.

    A query may be asked for in `brief`: of a large collection then only the titles come, at once, in their order.
    """
    collection = _collection(desk, asked)
    filters = facets.chosen(asked)
    count = number(asked, "count", _PAGE, _MOST)
    order = words(asked, "sort")
    query, like = words(asked, "query").strip(), words(asked, "like")
    if like:
        return _like(collection, _paper(collection, like), filters, count, order)
    if not query:
        return _all(collection, rows, filters, count, order)
    looked_at = max(count, _SORTED) if order in _ORDERS else count
    results = collection.search(query, looked_at, filters, brief=asked.get("brief") is True)
    if results.is_brief:
        return {
            "html": hits.found(results.hits),
            "status": _READING,
            "note": _note(results),
            "more": False,
            "brief": True,
        }
    near, far = _parted(collection, results)
    fitting = hits.fit(len(near), looked_at) if near else ""
    if order in _ORDERS:
        near, far = _sorted(near or far, order)[:count], []
    total = collection.count(results.filters) if results.asked.asks_for_all else 0
    return {
        "html": hits.found(near, far),
        "status": _status(results, fitting, total),
        "note": _note(results),
        "more": len(near) + len(far) == count < _MOST,
    }


def _like(collection: Corpus, paper: Paper, filters: Filters, count: int, order: str) -> Reply:
    """Return the papers that are like one, by its own words, taken as they stand."""
    text = _QUOTES.sub(" ", f"{paper.title}. {paper.text}")[:_LONGEST_LIKE]
    looked_at = max(count, _SORTED) if order in _ORDERS else count
    results = collection.search(f'"{text}"', looked_at + 1, filters)
    others = [hit for hit in results.hits if hit.paper.id != paper.id][:looked_at]
    status = "Nearest first"
    if order in _ORDERS:
        status = f"Of the {len(others)} nearest"
        others = _sorted(others, order)[:count]
    back = '<button type="button" class="link" data-back>Back to the search</button>'
    return {
        "html": hits.found(others),
        "status": status,
        "note": f'Papers like “<span dir="auto">{escape(paper.title)}</span>”. {back}',
        "more": len(others) == count < _MOST,
    }


def _all(collection: Corpus, rows: facets.Rows, filters: Filters, count: int, order: str) -> Reply:
    total = collection.count(filters)
    if order in _ORDERS:
        # Rows are in memory: sixty thousand records would be read for twenty.
        known = facets.left(rows.of(collection), filters)
        key = _by_year if order == "year" else _by_title
        papers = [p for row in sorted(known, key=key)[:count] if (p := collection.get(row.id))]
    else:
        papers = list(islice(collection.papers(filters), count))
    whole = len(collection)
    said = f"{total:,} of {whole:,} papers" if filters else f"{whole:,} papers" if whole != 1 else "1 paper"
    if not whole:
        said = "No papers yet. The Collection tab adds a file."
    return {"html": hits.listed(papers), "status": said, "note": "", "more": len(papers) < min(total, _MOST)}


def _by_year(row: facets.Row | Paper) -> tuple[int, str]:
    return -(row.year or 0), row.title.casefold()


def _by_title(row: facets.Row | Paper) -> str:
    return row.title.casefold()


def _sorted(found: Sequence[Hit], order: str) -> list[Hit]:
    key = _by_year if order == "year" else _by_title
    return sorted(found, key=lambda hit: key(hit.paper))


def _parted(collection: Corpus, results: Results) -> tuple[list[Hit], list[Hit]]:
    """Return the hits that probably meet the need, and the others; both keep their order."""
    cut = collection.calibration.relevance_cut
    last = max((i for i, hit in enumerate(results.hits) if hit.relevance >= cut), default=-1)
    return list(results.hits[: last + 1]), list(results.hits[last + 1 :])


def _status(results: Results, fitting: str, total: int) -> str:
    if not results.hits:
        return "No paper passes the filters."
    if total:
        return f"{total:,} paper{'s' if total != 1 else ''}"
    if fitting:
        return fitting
    if results.unknown_words:
        unknown = ", ".join(f"“{word}”" for word in results.unknown_words)
        return f"No paper here has {unknown}. The nearest:"
    return "Nothing here fits well. The nearest:"


def _note(results: Results) -> str:
    if not results.asked.note:
        return ""
    plain = '<button type="button" class="link" data-literal>Take it word for word</button>'
    return f"{escape(results.asked.note)} {plain}"


def counted(desk: Desk, rows: facets.Rows, asked: Asked) -> Reply:
    """Return the filters; beside a query each counts the papers that fit, else all that it would leave."""
    collection = _collection(desk, asked)
    filters = facets.chosen(asked)
    query, among = words(asked, "query").strip(), None
    if query and not words(asked, "like"):
        results = collection.search(query, _COUNTED)
        near, _ = _parted(collection, results)
        if not results.asked.asks_for_all and near:
            among = {hit.paper.id for hit in near}
    return {"html": facets.html(rows.of(collection), filters, among)}


def opened(desk: Desk, asked: Asked) -> Reply:
    """Return a paper's card, its quoted sentence marked."""
    paper = _paper(_collection(desk, asked), words(asked, "id"))
    quoted = words(asked, "quoted")
    anchor = f"opened-{secrets.token_hex(6)}"  # Search and Map may show the same paper
    return {"html": card(paper, anchor, quoted=[quoted] if quoted else [])}


def exported(desk: Desk, asked: Asked) -> Reply:
    """Return papers, in the order of their ids, in a format of `assistant.export`, and a name for the file."""
    collection = _collection(desk, asked)
    format = words(asked, "format")
    papers = [paper for id in texts(asked, "ids") if (paper := collection.get(id))]
    if not papers:
        raise InputError("no paper to export; tick some")
    return {"text": "".join(export(papers, format)), "name": f"{collection.name}.{SUFFIXES[format]}"}


def _collection(desk: Desk, asked: Asked) -> Corpus:
    return desk.current(words(asked, "collection")).collection


def _paper(collection: Corpus, id: str) -> Paper:
    paper = collection.get(id)
    if paper is None:
        raise InputError(f"no paper {id} in {collection.name} any more; search again")
    return paper
