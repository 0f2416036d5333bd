"""The Ask tab: a question in, the conversation and its sources out."""

import logging
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, islice, repeat
from typing import Any, get_args

import gradio as gr

from index.filters import Filters
from ingest.errors import FootnoteError, InputError

from ..export import SUFFIXES, export
from ..pipeline import Assistant
from ..route import Wish
from ..suggestions import MOST, suggestions
from .calls import Asked, Reply, answer, number, words
from .conversation import cited, messages, sources
from .desk import Desk
from .jobs import Once
from .notices import html, notices, refused
from .talk import Talk, Talks

_MOST_ANSWERS = 10**9  # of one talk
_MOST_AT_ONCE = 8  # questions, of all people; a model's answer mostly waits
# What the browser tab looks at stands in its address.
_PLACE = 'new URLSearchParams(location.search).get("collection") ?? ""'
_KEY = f'"footnote:" + ({_PLACE})'
# Keeps nothing but a random name in the browser tab for each collection, by which it finds its talk again.
_REOPEN = """() => {
  const before = sessionStorage.getItem(KEY);
  const numbers = [...crypto.getRandomValues(new Uint32Array(4))];
  const now = numbers.map((n) => n.toString(36).padStart(7, "0")).join("");
  sessionStorage.setItem(KEY, now);
  return [before, now, PLACE];
}""".replace("KEY", _KEY).replace("PLACE", _PLACE)
_WITH_TOKEN = f"(first, _, __, ...others) => [first, sessionStorage.getItem({_KEY}), {_PLACE}, ...others]"
_ROUTES = {
    "auto": "Automatic",
    "extract": "Quotation only",
    "local": "A model on this machine",
    "hosted": "A model elsewhere",
}


def tab(desk: Desk) -> None:
    """Build the tab inside the gr.Tab that is open. Each browser tab talks with each collection apart."""
    rooms: dict[str, Talks] = {}

    def talks(collection: str) -> Talks:
        return rooms.setdefault(desk.current(collection).collection.name, Talks())

    def taken(asked: Asked) -> Reply:
        """Return an answer's text, or its papers in a format, for the browser to keep; no file is written.

        Answer 0 stands for all that are kept.
        """
        talk = talks(words(asked, "collection")).of(words(asked, "token"))
        return _taken(talk, number(asked, "answer", 0, _MOST_ANSWERS), words(asked, "format"))

    fitting = Once(lambda collection, _: suggestions(desk.current(collection.name)))

    with gr.Row(elem_id="room"):
        with gr.Column(elem_id="talk"):
            chat = gr.Chatbot(
                elem_id="chat",
                label="Conversation",
                layout="panel",
                height=None,
                container=False,
                show_label=False,
                buttons=[],
                latex_delimiters=[],
                autoscroll=False,
                feedback_options=None,
                group_consecutive_messages=False,
            )
            with gr.Column(elem_id="foot"):
                notice = gr.HTML(html(notices(desk.current())), elem_id="notice", apply_default_css=False)
                box = gr.Textbox(
                    elem_id="box",
                    label="Your question",
                    placeholder="Ask this reading list",
                    show_label=False,
                    container=False,
                    max_lines=6,
                    submit_btn="Ask",
                )
                stop = gr.Button("Stop", elem_id="stop")
                with gr.Accordion("Options", open=False, elem_id="options"):
                    route = gr.Radio(
                        [(label, wish) for wish, label in _ROUTES.items()], value="auto", label="Who writes the answer"
                    )
                    strict = gr.Checkbox(label="Leave out sentences of a model that no source bears out")
            with gr.Column(elem_id="examples"):
                examples = [gr.Button(visible=False) for _ in range(MOST)]
        cards = gr.HTML("", elem_id="sources", apply_default_css=False)
    answer("taken", taken)
    before, token, place = (gr.Textbox(visible=False) for _ in range(3))

    def shown(talk: Talk, assistant: Assistant, route: Wish = "auto") -> tuple[Any, ...]:
        turns, first = talk.turns, talk.first
        return messages(turns, first), sources(turns, first), html(notices(assistant, turns, route))

    def ask(question: str, token: str | None, place: str, route: Wish, strict: bool) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer."""
        if not question.strip():
            yield (gr.skip(),) * 4
            return
        try:
            assistant, talk = desk.current(place), talks(place).of(token)
        except InputError as error:
            yield *(gr.skip(),) * 3, refused(error)
            return
        n = talk.begin(question)
        try:
            yield "", *shown(talk, assistant, route)
            said, stopping = talk.await_turn(n)
            with closing(assistant.stream(question, Filters(), _wish(route), strict, said, stop=stopping)) as answers:
                for answer in answers:
                    talk.put(n, answer.numbered(said))
                    yield gr.skip(), *shown(talk, assistant, route)
            return
        except FootnoteError as error:
            talk.put(n, error=str(error))
        except Exception as error:  # our fault: the page lives on, and the log has the rest
            logging.exception("the page has no answer to %r", question)
            talk.put(n, error=f"This failed, by our fault ({type(error).__name__}). The terminal says more.")
        finally:
            talk.leave(n)
        yield gr.skip(), *shown(talk, assistant, route)

    def reopen(before: str | None, token: str | None, place: str) -> tuple[Any, ...]:
        """Show again what a reloaded browser tab showed, or else questions that fit the collection it looks at."""
        try:
            assistant, talk = desk.current(place), talks(place).reopened(before, token)
        except InputError as error:
            return gr.skip(), gr.skip(), refused(error), *(gr.Button(visible=False) for _ in examples)
        if talk.turns:
            return *shown(talk, assistant), *(gr.skip() for _ in examples)
        buttons = (gr.Button(text, visible=True) for text in fitting.of(assistant.collection).result())
        return (
            gr.skip(),
            gr.skip(),
            html(notices(assistant)),
            *islice(chain(buttons, repeat(gr.Button(visible=False))), MOST),
        )

    def stopped(_: str, token: str | None, place: str) -> Any:
        try:
            talks(place).of(token).stop()
        except InputError as error:
            return refused(error)
        return gr.skip()

    def chosen(route: str, place: str) -> str:
        try:
            return html(notices(desk.current(place), route=_wish(route)))
        except InputError as error:
            return refused(error)

    for listen, source in [(box.submit, box), *((button.click, button) for button in examples)]:
        listen(
            ask,
            [source, token, place, route, strict],
            [box, chat, cards, notice],
            js=_WITH_TOKEN,
            api_visibility="private",
            concurrency_id="ask",
            concurrency_limit=_MOST_AT_ONCE,
            trigger_mode="multiple",  # a question asked meanwhile is answered next
            show_progress="hidden",
        )
    stop.click(
        stopped,
        [box, token, place],
        notice,
        js=_WITH_TOKEN,
        api_visibility="private",
        queue=False,
    )
    route.change(
        chosen,
        [route, place],
        notice,
        js=f"(route, _) => [route, {_PLACE}]",
        api_visibility="private",
        queue=False,
    )
    page = gr.context.Context.root_block
    if page is not None:
        page.load(
            reopen,
            [before, token, place],
            [chat, cards, notice, *examples],
            js=_REOPEN,
            api_visibility="private",
            show_progress="hidden",
        )


def _taken(talk: Talk, n: int, format: str) -> Reply:
    if n == 0 and (papers := cited(talk.turns)):
        return {"text": "".join(export(papers, format)), "name": f"conversation.{SUFFIXES[format]}"}
    answer = talk.answer(n)
    if answer is None:
        raise InputError("This answer is no longer kept by the server; ask again.")
    if format == "text":
        return {"text": answer.to_markdown()}
    papers = [citation.paper for citation in answer.references] or [hit.paper for hit in answer.nearest]
    return {"text": "".join(export(papers, format)), "name": f"footnote.{SUFFIXES[format]}"}


def _wish(route: str) -> Wish:
    """Return what was wished for, from the browser.

    Raises:
        InputError: it is no route.
    """
    if route not in get_args(Wish):
        raise InputError(f"no route {route!r}; expected one of {', '.join(get_args(Wish))}")
    return route  # type: ignore[return-value]
