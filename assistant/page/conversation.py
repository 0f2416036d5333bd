"""The conversation: questions with their answers, as the chat's messages and as the sources beside it."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

import gradio as gr

from ingest.paper import Paper
from ingest.text import fold

from ..answer import Answer, Sentence
from ..export import FORMATS
from ..reference import venue
from .cards import card
from .made import made, verdict, why
from .talk import Turn

_LARGE_HEADING = 140  # characters; a longer question is set smaller
_LONGEST_HEADING = 600  # characters; of a longer question the beginning is shown
_LONGEST_LABEL = 60
_CALLED = {"bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON", "markdown": "Markdown", "csv": "CSV", "json": "JSON"}


def messages(turns: Sequence[Turn], first: int = 1) -> list[gr.MessageDict]:
    """Return the chat's messages. Each is one HTML block without line breaks: nothing in it is read as Markdown.

    Args:
        first: the number of the first of these turns.
    """
    shown: list[gr.MessageDict] = []
    last = first + len(turns) - 1
    for i, turn in enumerate(turns, first):
        size = ' class="long"' if len(turn.question) > _LARGE_HEADING else ""
        question = escape(_short(turn.question, _LONGEST_HEADING))
        heading = f'<div class="ask" id="a{i}"><h2{size} dir="auto">{question}</h2></div>'
        shown += [
            {"role": "user", "content": heading},
            {"role": "assistant", "content": _reply(turn, i, turns if i == last else ())},
        ]
    return shown


def sources(turns: Sequence[Turn], first: int = 1) -> str:
    """Return the cards of every answer, the latest first and open, older ones folded."""
    numbered = [(i, turn, _cards(turn.answer, i)) for i, turn in enumerate(turns, first) if turn.answer]
    html = ""
    for i, turn, cards in reversed([one for one in numbered if one[2]]):
        name, of = ("Nearest papers", "to") if turn.answer and turn.answer.refused else ("Sources", "of")
        if not html and i == first + len(turns) - 1:
            html += f'<section><h2>{name} <span class="count">{len(cards)}</span></h2>{"".join(cards)}</section>'
        else:
            label = f"{name} {of} “{escape(_short(turn.question, _LONGEST_LABEL))}”"
            html += f'<details><summary dir="auto">{label}</summary>{"".join(cards)}</details>'
    return html


def _cards(answer: Answer, i: int) -> list[str]:
    if answer.refused:
        return [
            card(hit.paper, f"a{i}-n{hit.rank}", quoted=[hit.passage.text] if hit.passage else [], why=why(hit))
            for hit in answer.nearest
        ]
    quoted: dict[int, list[str]] = {}
    verdicts: dict[int, list[tuple[str, bool]]] = {}  # with whether the words are the paper's or the list's own
    for sentence in answer.sentences:
        evidence = sentence.evidence or (sentence.text,) * len(sentence.citations)
        for citation, words in zip(sentence.citations, evidence, strict=True):
            quoted.setdefault(citation.n, []).append("" if sentence.verdict == "not supported" else words)
            verdicts.setdefault(citation.n, []).append((verdict(sentence), sentence.verdict in ("quoted", "listed")))
    hits = {hit.paper.id: hit for hit in answer.hits}
    cards = []
    for n, paper in ((citation.n, citation.paper) for citation in answer.references):
        checked = [said for said, is_own in verdicts[n] if not is_own and said != "unchecked"]
        own = " ".join(dict.fromkeys(f"{said.capitalize()}." for said, is_own in verdicts[n] if is_own))
        reasons = why(hits[paper.id], own) if paper.id in hits else f"<p>{escape(own)}</p>" if own else ""
        cards.append(card(paper, f"a{i}-n{n}", n, quoted[n], checked, reasons))
    return cards


def cited(turns: Sequence[Turn]) -> list[Paper]:
    """Return the papers that the answers of a conversation cite, each once, in the order of their numbers."""
    known = {citation.n: citation.paper for turn in turns if turn.answer for citation in turn.answer.references}
    return [known[n] for n in sorted(known)]


def _reply(turn: Turn, i: int, every: Sequence[Turn]) -> str:
    """Return an answer; below the latest, `every` turn's papers can be taken as well."""
    if turn.answer is None and turn.error is None:
        return '<div class="reply waiting"><p class="spoken">Reading …</p><p></p><p></p><p></p></div>'
    parts: list[str] = []
    if turn.answer is not None:
        parts += _refusal(turn.answer, i) if turn.answer.refused else _answer(turn.answer, i)
    if turn.error is not None:
        parts.append(f'<p class="failed">{escape(turn.error)}</p>')
    elif turn.is_written:
        parts.append('<p class="quiet">Writing. Every sentence is checked at the end.</p>')
        return f'<div class="reply writing">{"".join(parts)}</div>'
    elif turn.answer is not None:
        parts += [
            _note(turn.answer),
            f'<div class="foot">{made(turn.answer)}{_take(turn.answer, i)}{_all(turn.answer, every)}</div>',
        ]
    return f'<div class="reply">{"".join(parts)}</div>'


def _take(answer: Answer, i: int) -> str:
    """Return what takes an answer elsewhere (ask.js reads the ids): its text, and its papers."""
    copy = f'<button type="button" class="take" id="a{i}-as-text">Copy</button>'
    count = len(answer.references) or len(answer.nearest)
    if not count:
        return copy
    return copy + _formats(f"Export {'1 paper' if count == 1 else f'{count} papers'}", i)


def _all(answer: Answer, turns: Sequence[Turn]) -> str:
    """Return what takes the papers of the whole conversation, answer 0, where these are more than the latest's."""
    count = len(cited(turns))
    return _formats(f"All {count} so far", 0) if count > len(answer.references) else ""


def _formats(label: str, i: int) -> str:
    formats = "".join(
        f'<button type="button" class="take" id="a{i}-as-{format}">{_CALLED[format]}</button>' for format in FORMATS
    )
    return f'<details class="export"><summary>{label}</summary><div>{formats}</div></details>'


def _note(answer: Answer) -> str:
    """Return what was read into the question's words, with a link that takes it off (page.js)."""
    if answer.because:
        return f'<p class="quiet">{escape(answer.because)}</p>'
    if not answer.asked or not answer.asked.note:
        return ""
    plain = f'<a class="literal" href="#q={quote(answer.question, safe="")}">Take it word for word</a>'
    return f'<p class="quiet">{escape(answer.asked.note)} {plain}</p>'


def _refusal(answer: Answer, i: int) -> list[str]:
    lead = f'<p class="lead"><strong>{escape(answer.lead.rstrip("."))}</strong></p>'
    parts = [lead, f"<p>{escape(answer.reason or '')}</p>"]
    if answer.nearest:
        links = (
            f'<li dir="auto"><a class="note" href="#a{i}-n{hit.rank}">{escape(hit.paper.title)}</a></li>'
            for hit in answer.nearest
        )
        parts.append(f"<h3>Nearest</h3><ul>{''.join(links)}</ul>")
    return parts


def _answer(answer: Answer, i: int) -> list[str]:
    parts = [f'<p class="lead" dir="auto">{escape(answer.lead)}</p>'] if answer.lead else []
    if answer.reason:
        parts.append(f'<p class="quiet" dir="auto">Note: {escape(answer.reason)}</p>')
    parts += _table(answer)
    seen: set[int] = set()
    for group, sentences in answer.groups:
        parts += [f'<h3 dir="auto">{escape(group)}</h3>'] if group else []
        parts += [_sentence(sentence, i, seen) for sentence in sentences]
    return parts


def _table(answer: Answer) -> list[str]:
    """Return the papers of a comparison or an overview as a table; what each does follows as sentences."""
    if answer.table is None:
        return []
    numbers = {citation.paper.id: citation.n for citation in answer.references}
    rows = "".join(
        "<tr>" + "".join(f'<td dir="auto">{escape(str(cell))}</td>' for cell in cells) + "</tr>"
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
    if sentence.is_doubtful:
        why = f'<span class="why">{escape(sentence.verdict)}: {escape(sentence.reason or "")}</span>'
        return f'<p class="doubtful" dir="auto">{escape(sentence.text)}<span class="notes">{notes}</span> {why}</p>'
    # The last word and the footnotes stay on one line.
    head, space, last = sentence.text.rpartition(" ")
    end = f'<span class="last">{escape(last)}<span class="notes">{notes}</span></span>'
    return f'<p dir="auto">{escape(head)}{space}{end}</p>'


def _short(text: str, longest: int) -> str:
    text = fold(text)
    return text if len(text) <= longest else text[:longest].rstrip() + " …"
