"""Cards: a paper as HTML. Everything a paper says is data; it is escaped, and only web links are links."""

from collections.abc import Sequence
from html import escape

from ingest.links import is_web_link
from ingest.paper import Paper

from ..reference import venue, whose_words

_NAMES_SHOWN = 3  # authors of a longer list


def card(
    paper: Paper,
    anchor: str,
    number: int | None = None,
    quoted: Sequence[str] = (),
    verdicts: Sequence[str] = (),
    why: str = "",
) -> str:
    """Return the card of a paper.

    Args:
        anchor: the card's id, a footnote's target; "a2-n3" is footnote 3 of answer 2.
        number: the footnote's number; None for a paper that is shown but not cited.
        quoted: the sentences quoted from the paper, or that bear an answer out, which are marked in its text.
        verdicts: what the check said of the sentences that cite the paper.
        why: why the paper was found, as HTML.
    """
    back = anchor.replace("-n", "-r")
    title = _marked(paper.title, quoted) if not paper.text else escape(paper.title)
    mark = f'<a class="back" href="#{back}"><span class="spoken">Back to sentence </span>{number}</a>' if number else ""
    leave = f'<a class="return" href="#{back}">Back to the answer</a>' if number else ""
    parts = [
        f'<h3 class="title" id="{anchor}-title" dir="auto">{title}</h3>',
        _line("by", escape(_authors(paper.authors))),
        _line("where", escape(" · ".join(filter(None, [venue(paper), paper.topic])))),
        *(_line("verdict", escape(f"{said[:1].upper()}{said[1:]}.")) for said in dict.fromkeys(verdicts)),
        _line("links", _links(paper) + leave),
        _details(paper, quoted, is_open=number is None),
        f'<details class="why"><summary>Why this paper</summary>{why}</details>' if why else "",
    ]
    return (
        f'<article class="card" id="{anchor}" tabindex="-1" aria-labelledby="{anchor}-title">'
        f'{mark}<div class="body">{"".join(parts)}</div></article>'
    )


def _line(name: str, html: str) -> str:
    return f'<p class="{name}" dir="auto">{html}</p>' if html else ""


def _authors(names: Sequence[str]) -> str:
    """Return the authors, a long list cut short: "A, B, C and 9 more"."""
    if len(names) > _NAMES_SHOWN + 1:
        more = f"and {len(names) - _NAMES_SHOWN} more".replace(" ", "\N{NO-BREAK SPACE}")
        return f"{', '.join(names[:_NAMES_SHOWN])} {more}"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _links(paper: Paper) -> str:
    """Return the links to the paper and to code, with what the list's corrections say of the code."""
    found = [
        f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{name}</a>'
        for name, url in (("Paper", paper.url), ("Code", paper.code_url))
        if url and is_web_link(url)
    ]
    found += [
        f'<span class="remark">{escape(c.reason[:1].upper() + c.reason[1:])}</span>'
        for c in paper.corrections
        if c.field == "code_url"
    ]
    return " ".join(found)


def _details(paper: Paper, quoted: Sequence[str], is_open: bool) -> str:
    """Return the text, folded until its footnote is pressed, and the headings that the paper stands under."""
    path = _line("path", ' <span aria-hidden="true">›</span> '.join(map(escape, paper.section)))
    if not paper.text:
        return path
    text = f"<summary>{whose_words(paper)}</summary>{_line('text', _marked(paper.text, quoted))}"
    return f'<details class="words"{" open" if is_open else ""}>{text}{path}</details>'


def _marked(text: str, quoted: Sequence[str]) -> str:
    """Return a text, escaped, with each quoted sentence inside <mark>."""
    found = {text.find(words): len(words) for words in quoted if words}
    html, end = "", 0
    for start, length in sorted(found.items()):
        if start < end:  # not in this text, or inside the one before
            continue
        html += f"{escape(text[end:start])}<mark>{escape(text[start : start + length])}</mark>"
        end = start + length
    return html + escape(text[end:])
