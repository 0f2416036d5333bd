"""What a search found, as HTML: a list in which each paper is a line to open."""

from collections.abc import Iterable, Sequence
from html import escape

from index.hits import Hit
from ingest.links import is_web_link
from ingest.paper import Paper

from ..reference import short_authors, venue
from .marks import marked

_LONGEST_PASSAGE = 420  # characters; a longer sentence is cut short


def listed(papers: Iterable[Paper]) -> str:
    """Return papers that nobody searched for."""
    return "".join(_line(paper) for paper in papers)


def found(near: Sequence[Hit], far: Sequence[Hit] = ()) -> str:
    """Return hits: those that fit, and below a rule those that are only the nearest."""
    html = "".join(_hit(hit) for hit in near)
    if near and far:
        html += '<li class="rule"><span>Further away</span></li>'
    return html + "".join(_hit(hit) for hit in far)


def short(papers: Iterable[Paper]) -> str:
    """Return papers by title and place alone."""
    html = ""
    for paper in papers:
        where = " · ".join(filter(None, [short_authors(paper), venue(paper)]))
        html += (
            f'<li data-id="{escape(paper.id)}"><button type="button" class="title" dir="auto">{escape(paper.title)}'
            f'</button><p class="where" dir="auto">{escape(where)}</p></li>'
        )
    return html


def fit(count: int, looked_at: int) -> str:
    """Say how many of the papers that were looked at fit; where all of them do, there may be more."""
    if count == 1:
        return "1 paper fits"
    return f"{count}{' or more' if count == looked_at else ''} papers fit"


def _hit(hit: Hit) -> str:
    passage = hit.passage.text if hit.passage else ""
    return _line(hit.paper, hit.terms, passage)


def _line(paper: Paper, terms: Sequence[str] = (), passage: str = "") -> str:
    wanted = set(terms)
    short = passage if len(passage) <= _LONGEST_PASSAGE else f"{passage[:_LONGEST_PASSAGE].rsplit(' ', 1)[0]} …"
    quoted = f'<p class="passage" dir="auto">{marked(short, wanted)}</p>' if passage else ""
    where = " · ".join(filter(None, [short_authors(paper), venue(paper), paper.topic]))
    link = (
        f'<a href="{escape(paper.url)}" target="_blank" rel="noopener noreferrer">Paper</a>'
        if paper.url and is_web_link(paper.url)
        else ""
    )
    title = escape(paper.title)
    return (
        f'<li class="hit" data-id="{escape(paper.id)}" data-quoted="{escape(passage)}">'
        f'<label class="pick"><input type="checkbox"><span class="spoken">Select {title}</span></label>'
        f'<div class="what"><h3><button type="button" class="title" aria-expanded="false" dir="auto">'
        f'{marked(paper.title, wanted)}</button></h3><div class="about"><p class="where" dir="auto">{escape(where)}</p>'
        f'<p class="acts"><button type="button" class="link" data-like>More like this</button>{link}</p></div>{quoted}'
        '<div class="opened" hidden></div></div></li>'
    )
