"""The Ask tab: a question in, the conversation and its sources out."""

import logging
from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from ingest.errors import FootnoteError

from ..pipeline import Assistant
from .conversation import Conversation, Turn, messages, sources, spoken

EXAMPLES = {
    "survey": (
        "Which papers route queries between models?",
        "How can a small model speed up decoding of a large one?",
        "Who distils chain-of-thought reasoning into small models?",
        "How do I detect hallucinations without access to logits?",
    )
}
"""Questions that a collection answers well, by its name."""


def page(assistant: Assistant) -> gr.Blocks:
    """Return the page, ready to launch."""
    title = assistant.collection.fact("title") or assistant.collection.name
    blocks: gr.Blocks
    with gr.Blocks(title=f"{title} · Footnote", analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(_header(title, len(assistant.collection)), elem_id="header", apply_default_css=False)
        ask_tab(assistant)
    return blocks


def ask_tab(assistant: Assistant) -> None:
    """Build the tab inside the Blocks that are open. Each browser tab has a conversation of its own."""
    conversation = gr.State(())
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
            box = gr.Textbox(
                elem_id="box",
                label="Your question",
                placeholder="Ask this reading list",
                show_label=False,
                container=False,
                max_lines=6,
                submit_btn="Ask",
            )
            with gr.Column(elem_id="examples"):
                examples = [gr.Button(text) for text in EXAMPLES.get(assistant.collection.name, ())]
        cards = gr.HTML("", elem_id="sources", apply_default_css=False)

    def ask(question: str, turns: Conversation) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer."""
        if not question.strip():
            yield (gr.skip(),) * 4
            return
        awaited = (*turns, Turn(question))
        yield "", gr.skip(), messages(awaited), sources(awaited)
        try:
            for answer in assistant.stream(question, conversation=spoken(turns)):
                turn = Turn(question, answer)
                yield gr.skip(), gr.skip(), messages((*turns, turn)), sources((*turns, turn))
        except FootnoteError as error:
            turn = Turn(question, error=str(error))
        except Exception as error:  # our fault: the page lives on, and the log has the rest
            logging.exception("the page has no answer to %r", question)
            turn = Turn(question, error=f"This failed, by our fault ({type(error).__name__}). The terminal says more.")
        turns = (*turns, turn)
        yield gr.skip(), turns, messages(turns), sources(turns)

    for listen, source in [(box.submit, box), *((button.click, button) for button in examples)]:
        listen(
            ask,
            [source, conversation],
            [box, conversation, chat, cards],
            api_visibility="private",
            concurrency_id="assistant",
            concurrency_limit=1,  # a collection's records can be read from any thread, by one at a time
            show_progress="hidden",
        )


def _header(title: str, papers: int) -> str:
    count = "1 paper" if papers == 1 else f"{papers:,} papers"
    return (
        '<header><p class="mark">Footnote<sup aria-hidden="true">1</sup></p>'
        f'<h1>{escape(title)}</h1><p class="count">{count}<span class="promise">. '
        "Every sentence of an answer has a footnote.</span></p></header>"
    )
