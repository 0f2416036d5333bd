"""What was found for a draft, as HTML: the papers of a paragraph, and what the draft as a whole lacks."""

from collections.abc import Iterable, Sequence
from html import escape

from ingest.paper import Paper

from ..checking.check import Check
from ..drafts import DraftSentence, Remark
from ..reference import short_authors, venue
from ..related import Claim, Doubt, Found, Related, Suggestion
from .manuscript import SURE, Spots, where

_LONGEST_PASSAGE = 300  # characters; a longer sentence is cut short
_LONGEST_SENTENCE = 180
_FIRST = 5  # papers of a paragraph that are seen before "more"
_FIRST_MISSING = 5
_FIRST_REMARKS = 3
_FIRST_NEAREST = 3
_MOST_MISSING = 100
_MOST_WARNINGS = 30


def beside(one: Found, at: Spots) -> str:
    """Return the papers of a paragraph, best first: those that it surely wants, and others near it."""
    sure = [suggestion for suggestion in one.suggestions if suggestion.confidence >= SURE]
    others = [suggestion for suggestion in one.suggestions if suggestion.confidence < SURE]
    rows = [_suggestion(s, at, one) for s in others]
    if not one.suggestions:
        return '<p class="quiet">Nothing here for this paragraph.</p>'
    if not sure:
        return f'<p class="quiet">Nothing here surely fits. The nearest:</p>{_folded(rows, _FIRST_NEAREST, "hits far")}'
    html = _folded([_suggestion(s, at, one) for s in sure], _FIRST, "hits")
    if others:
        html += f'<details class="rest"><summary>{len(others)} further away</summary>'
        html += f'<ol class="hits far">{"".join(rows)}</ol></details>'
    return html


def head(found: Related, pasted: bool) -> str:
    """Return the draft's name, what was read, and what is to be said of it."""
    draft = found.draft
    name = draft.title or draft.name
    sentences = list(draft.sentences)
    citations = sum(len(sentence.citations) for sentence in sentences)
    counts = [_counted(len(draft.paragraphs), "paragraph"), _counted(len(sentences), "sentence")]
    if citations:
        counts.append(_counted(citations, "citation"))
    if draft.bibliography:
        counts.append(f"{_counted(len(draft.bibliography), 'reference')}, {len(found.cited):,} of them here")
    files = f" and {_counted(len(draft.files) - 1, 'more file')}" if len(draft.files) > 1 else ""
    read = "" if pasted else f"<bdi>{escape(draft.name)}</bdi>{files} · "
    return (
        f'<h2 dir="auto">{escape(name)}</h2><p class="quiet">{read}{", ".join(counts)}</p>{_warnings(draft.warnings)}'
    )


def summary(found: Related, at: Spots) -> str:
    """Return what the draft as a whole lacks, what to look at in it, and which claims could be borne out."""
    # Of one paragraph all papers stand beside it, and its claims are marked.
    is_one = len(found.paragraphs) == 1
    missing = "" if is_one else _missing(found, at)
    look = _section("Citations to look at", [_doubt(doubt, at) for doubt in found.doubtful])
    look += "" if is_one else _section("Claims with no citation", [_claim(claim, at) for claim in found.claims])
    parts = (("missing", missing), ("look", look))
    return "".join(f'<div class="{name}">{html}</div>' for name, html in parts if html)


def _missing(found: Related, at: Spots) -> str:
    title = "Missing from your references" if found.draft.bibliography else "Papers to cite"
    shown = found.missing[:_MOST_MISSING]
    if not shown:
        nearest = [s for s in found.papers if s.cited_as is None][:_FIRST_NEAREST]
        rows = "".join(_suggestion(s, at) for s in nearest)
        lead = "No paper here is surely missing. The nearest:" if nearest else "No paper here is missing."
        return f'<h3>{title}</h3><p class="quiet">{lead}</p><ol class="hits far">{rows}</ol>'
    more = len(found.missing) - len(shown)
    note = f'<p class="quiet">And {more:,} more that less of the draft wants.</p>' if more else ""
    rows = _folded([_suggestion(s, at) for s in shown], _FIRST_MISSING, "hits")
    take = '<button type="button" class="link" data-all>Tick all</button>' if len(shown) > 1 else ""
    return f'<div class="over"><h3>{title} <span class="n">{len(found.missing):,}</span></h3>{take}</div>{rows}{note}'


def _suggestion(suggestion: Suggestion, at: Spots, of: Found | None = None) -> str:
    """Return one paper as a line to open; `of` is the paragraph that it is shown beside, with what answers it."""
    passage = suggestion.passage.text if suggestion.passage else ""
    wanting = [wanted.sentence for wanted in suggestion.wanted_by]
    wanted = _sure(suggestion) + _wanted(wanting, at, of)
    if suggestion.cited_as is not None:
        wanted += f'<span class="cited">cited as <bdi>{escape(suggestion.cited_as)}</bdi></span>'
    return _line(suggestion.paper, passage, where(wanting, at), wanted, is_quoted=of is not None)


def _line(paper: Paper, passage: str, wants: str, wanted: str = "", is_quoted: bool = False) -> str:
    """Return a paper: tick, title, place, who wants it; the passage that answers is at least kept for its card."""
    place = escape(" · ".join(filter(None, [short_authors(paper), venue(paper)])))
    quoted = f'<p class="passage" dir="auto">{escape(_short(passage, _LONGEST_PASSAGE))}</p>' if passage else ""
    who = f'<p class="wanted">{wanted}</p>' if wanted else ""
    title = escape(paper.title)
    return (
        f'<li class="hit" data-id="{escape(paper.id)}" data-quoted="{escape(passage)}" data-wants="{wants}">'
        f'<label class="pick"><input type="checkbox"><span class="spoken">Select {title}</span></label>'
        '<div class="what"><h4><button type="button" class="title" aria-expanded="false" dir="auto">'
        f'{title}</button></h4><div class="about"><p class="where" dir="auto">{place}</p>'
        f"{who}</div>{quoted if is_quoted else ''}"
        '<div class="opened" hidden></div></div></li>'
    )


def _sure(suggestion: Suggestion) -> str:
    return f'<span class="sure"><span class="spoken">confidence </span>{suggestion.confidence:.2f}</span>'


def _wanted(wanting: Sequence[DraftSentence], at: Spots, of: Found | None) -> str:
    """Say which sentences want a paper; pressed, it shows them."""
    if not wanting:
        return ""
    if of is None:
        said = f"wanted by {_counted(len(wanting), 'sentence')}"
    elif len(of.paragraph.sentences) == 1:
        return ""
    else:
        numbers = sorted({int(at[id(sentence)].partition("-")[2]) + 1 for sentence in wanting})
        said = f"for {'sentence' if len(numbers) == 1 else 'sentences'} {_listed(numbers)}"
    return f'<button type="button" class="light" aria-pressed="false">{said}</button>'


def _doubt(doubt: Doubt, at: Spots) -> str:
    check = doubt.check
    better = ""
    if doubt.better:
        rows = _checked(doubt.better, doubt.sentence, at)
        better = f'<p class="quiet">This does say so:</p><ol class="hits">{rows}</ol>'
    return (
        f"<li>{_quotation(doubt.sentence, at)}"
        f'<p class="quiet" dir="auto"><span class="key doubtful">[<bdi>{escape(doubt.key)}</bdi>]</span> '
        f"<cite>{escape(check.paper.title)}</cite>: {escape(check.reason or check.verdict)}</p>{better}</li>"
    )


def _claim(claim: Claim, at: Spots) -> str:
    rows = "".join(_checked(check, claim.sentence, at) for check in claim.checks)
    return f'<li>{_quotation(claim.sentence, at)}<ol class="hits">{rows}</ol></li>'


def _checked(check: Check, sentence: DraftSentence, at: Spots) -> str:
    """Return a paper whose text bears a sentence out."""
    return _line(check.paper, check.evidence.text if check.evidence else "", where([sentence], at))


def _quotation(sentence: DraftSentence, at: Spots) -> str:
    """Return a sentence of the draft; pressed, it is shown where it stands."""
    return (
        f'<button type="button" class="goto" data-s="{where([sentence], at)}" dir="auto">'
        f"{escape(_short(sentence.text, _LONGEST_SENTENCE))}</button>"
    )


def _section(title: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    rows = _folded(items, _FIRST_REMARKS, "remarks")
    return f'<section><h3>{title} <span class="n">{len(items):,}</span></h3>{rows}</section>'


def _folded(items: Sequence[str], first: int, kind: str) -> str:
    """Return a list, its end folded where it is long."""
    if not items:
        return ""
    shown = first if len(items) > first + 1 else len(items)
    html = f'<ol class="{kind}">{"".join(items[:shown])}</ol>'
    if items[shown:]:
        rest = f'<ol class="{kind}">{"".join(items[shown:])}</ol>'
        html += f'<details class="rest"><summary>{len(items) - shown:,} more</summary>{rest}</details>'
    return html


def _warnings(warnings: Sequence[Remark]) -> str:
    if not warnings:
        return ""
    items = "".join(
        f'<li dir="auto"><span class="quiet">{escape(str(remark.place))}</span> {escape(remark.reason)}</li>'
        for remark in warnings[:_MOST_WARNINGS]
    )
    more = f'<li class="quiet">and {len(warnings) - _MOST_WARNINGS:,} more</li>' if warnings[_MOST_WARNINGS:] else ""
    return (
        f'<details class="warnings"><summary>{_counted(len(warnings), "remark")} on reading it</summary>'
        f"<ul>{items}{more}</ul></details>"
    )


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} …"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _listed(numbers: Iterable[int]) -> str:
    words = [str(number) for number in numbers]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
