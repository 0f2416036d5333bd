"""The page: a header that stays, and a tab for each verb. Each tab lies in a module of its own."""

from collections.abc import Callable
from html import escape

import gradio as gr

from ..pipeline import Assistant
from . import ask, collection, map, related, search, settings, theme
from .desk import Desk

TABS: tuple[tuple[str, str, Callable[[Desk], None]], ...] = (
    ("ask", "Ask", ask.tab),
    ("search", "Search", search.tab),
    ("related", "Related work", related.tab),
    ("map", "Map", map.tab),
    ("collection", "Collection", collection.tab),
    ("settings", "Settings", settings.tab),
)
"""Each tab: its place in the address (#ask), its name, and what builds it."""


def page(assistant: Assistant) -> gr.Blocks:
    """Return the page, ready to launch. What a tab holds is put on the page when the tab is first opened."""
    title = assistant.collection.fact("title") or assistant.collection.name
    desk = Desk(assistant)
    blocks: gr.Blocks
    with gr.Blocks(title=f"{title} · Footnote", analytics_enabled=False, fill_width=True) as blocks:
        header = _header(title, len(assistant.collection))
        gr.HTML(header, elem_id="header", apply_default_css=False, js_on_load=theme.first())
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            for place, name, build in TABS:
                with gr.Tab(name, id=place, elem_id=place):
                    build(desk)
        gr.HTML(_LOST, elem_id="lost", apply_default_css=False)
    return blocks


_LOST = (
    '<p role="alert" hidden data-back="The server is back. It was started anew, so that it does not remember this '
    'conversation; what stands here can still be read.">'
    "The server does not answer. Start it again, and this page goes on by itself.</p>"
)


def _header(title: str, papers: int) -> str:
    count = "1 paper" if papers == 1 else f"{papers:,} papers"
    return (
        '<header><div class="bar"><p class="mark">Footnote<sup aria-hidden="true">1</sup></p>'
        '<button type="button" class="theme"><svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">'
        '<circle cx="10" cy="10" r="7.25" fill="none" stroke="currentColor" stroke-width="1.5"></circle>'
        '<path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" fill="currentColor"></path></svg>'
        '<span class="spoken">Theme</span></button></div>'
        f'<div class="of"><h1 dir="auto">{escape(title)}</h1><p class="count">{count}<span class="promise">. '
        "Every sentence of an answer has a footnote.</span></p></div></header>"
    )
