"""The conversation: questions with their answers, as the chat's messages and as the sources beside it."""

from dataclasses import dataclass
from html import escape

import gradio as gr

from ingest.text import fold

from ..answer import Answer, Sentence
from ..conversation import Conversation as Spoken
from ..reference import venue
from .cards import card

_LARGE_HEADING = 140  # characters; a longer question is set smaller
_LONGEST_HEADING = 600  # characters; of a longer question the beginning is shown
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer, or with what went wrong. Neither: the answer is awaited."""

    question: str
    answer: Answer | None = None
    error: str | None = None


Conversation = tuple[Turn, ...]


def spoken(turns: Conversation) -> Spoken:
    """Return what was asked and shown so far, to which a question may refer."""
    said = Spoken()
    for turn in turns:
        if turn.answer:
            papers = [hit.paper for hit in turn.answer.nearest] or [c.paper for c in turn.answer.references]
            said = said.with_turn(turn.question, papers)
    return said


def messages(turns: Conversation) -> list[gr.MessageDict]:
    """Return the chat's messages. Each is one HTML block without line breaks: nothing in it is read as Markdown."""
    shown: list[gr.MessageDict] = []
    for i, turn in enumerate(turns, 1):
        size = ' class="long"' if len(turn.question) > _LARGE_HEADING else ""
        heading = f'<div class="ask" id="a{i}"><h2{size}>{escape(_short(turn.question, _LONGEST_HEADING))}</h2></div>'
        shown += [{"role": "user", "content": heading}, {"role": "assistant", "content": _reply(turn, i)}]
    return shown


def sources(turns: Conversation) -> str:
    """Return the cards of every answer, the latest first and open, older ones folded."""
    html = ""
    for i, turn in reversed(list(enumerate(turns, 1))):
        cards = _cards(turn.answer, i) if turn.answer else []
        if not cards or not turn.answer:
            continue
        name, of = ("Nearest papers", "to") if turn.answer.refused else ("Sources", "of")
        if i == len(turns):
            html += f'<section><h2>{name} <span class="count">{len(cards)}</span></h2>{"".join(cards)}</section>'
        else:
            label = f"{name} {of} “{escape(_short(turn.question, _LONGEST_LABEL))}”"
            html += f"<details><summary>{label}</summary>{''.join(cards)}</details>"
    return html


def _cards(answer: Answer, i: int) -> list[str]:
    if answer.refused:
        return [
            card(hit.paper, f"a{i}-n{hit.rank}", quoted=[hit.passage.text] if hit.passage else [])
            for hit in answer.nearest
        ]
    quoted: dict[int, list[str]] = {}
    for sentence in answer.sentences:
        for citation in sentence.citations:
            quoted.setdefault(citation.n, []).append(sentence.text)
    return [card(c.paper, f"a{i}-n{c.n}", c.n, quoted[c.n]) for c in answer.references]


def _reply(turn: Turn, i: int) -> str:
    if turn.error is not None:
        return f'<div class="reply"><p class="failed">{escape(turn.error)}</p></div>'
    if turn.answer is None:
        return '<div class="reply waiting"><p class="spoken">Reading …</p><p></p><p></p><p></p></div>'
    parts = _refusal(turn.answer, i) if turn.answer.refused else _answer(turn.answer, i)
    note = _note(turn.answer)
    return f'<div class="reply">{"".join(parts)}{note}{_steps(turn.answer)}</div>'


def _steps(answer: Answer) -> str:
    """Return the quiet line under an answer, which opens to how it was made."""
    steps = "".join(f"<li>{escape(step.name)}: {escape(step.said)}</li>" for step in answer.steps)
    if not steps:
        return f'<p class="quiet">{answer.status}</p>'
    return f'<details class="made"><summary class="quiet">{answer.status}</summary><ul>{steps}</ul></details>'


def _note(answer: Answer) -> str:
    """Return what was read into the question's words, with a link that takes it off (page.js)."""
    if answer.because:
        return f'<p class="quiet">{escape(answer.because)}</p>'
    if not answer.asked or not answer.asked.note:
        return ""
    plain = f'<a class="literal" href="#box" data-question="{escape(answer.question)}">Take it word for word</a>'
    return f'<p class="quiet">{escape(answer.asked.note)} {plain}</p>'


def _refusal(answer: Answer, i: int) -> list[str]:
    lead = f'<p class="lead"><strong>{escape(answer.lead.rstrip("."))}</strong></p>'
    parts = [lead, f"<p>{escape(answer.reason or '')}</p>"]
    if answer.nearest:
        links = (
            f'<li><a class="note" href="#a{i}-n{hit.rank}">{escape(hit.paper.title)}</a></li>' for hit in answer.nearest
        )
        parts.append(f"<h3>Nearest</h3><ul>{''.join(links)}</ul>")
    return parts


def _answer(answer: Answer, i: int) -> list[str]:
    parts = [f'<p class="lead">{escape(answer.lead)}</p>'] if answer.lead else []
    if answer.reason:
        parts.append(f'<p class="quiet">Note: {escape(answer.reason)}</p>')
    parts += _table(answer)
    seen: set[int] = set()
    for group, sentences in answer.groups:
        parts += [f"<h3>{escape(group)}</h3>"] if group else []
        parts += [_sentence(sentence, i, seen) for sentence in sentences]
    return parts


def _table(answer: Answer) -> list[str]:
    """Return the papers of a comparison or an overview as a table; what each does follows as sentences."""
    if answer.table is None:
        return []
    numbers = {citation.paper.id: citation.n for citation in answer.references}
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
        for p in answer.table.papers_shown
        for cells in [(numbers.get(p.id, ""), p.title, p.topic or "", venue(p), "code" if p.has_code else "–")]
    )
    head = "".join(f"<th>{name}</th>" for name in ("", "Paper", "Topic", "Where", "Code"))
    return [f'<table class="papers"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>']


def _sentence(sentence: Sentence, i: int, seen: set[int]) -> str:
    """Return a sentence with its footnotes; the first footnote of each number is where its card leads back to."""
    notes = ""
    for n in (citation.n for citation in sentence.citations):
        id = "" if n in seen else f' id="a{i}-r{n}"'
        seen.add(n)
        notes += f'<a class="note" href="#a{i}-n{n}"{id}><span class="spoken">Footnote </span>{n}</a>'
    if sentence.verdict in ("uncited", "partly", "not supported"):
        why = f'<span class="why">{escape(sentence.verdict)}: {escape(sentence.reason or "")}</span>'
        return f'<p class="doubtful">{escape(sentence.text)}<span class="notes">{notes}</span> {why}</p>'
    # The last word and the footnotes stay on one line.
    head, space, last = sentence.text.rpartition(" ")
    return f'<p>{escape(head)}{space}<span class="last">{escape(last)}<span class="notes">{notes}</span></span></p>'


def _short(text: str, longest: int) -> str:
    text = fold(text)
    return text if len(text) <= longest else text[:longest].rstrip() + " …"
