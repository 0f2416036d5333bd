"""A draft as HTML, to be read: headings, sentences that can be pointed at, the citations that stand in them."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from ingest.paper import Paper

from ..drafts import Draft, DraftSentence, Reference
from ..related import Found, Related, Suggestion

SURE = 0.5  # confidence from which a sentence is said to want a paper
_LONGEST_TITLE = 90  # characters of the best paper below a paragraph
_FEW = 3  # paragraphs, each of which has its nearest papers below it

Spots = Mapping[int, str]
"""Where each sentence stands, by its identity: "3-1" is the second sentence of the fourth paragraph."""


def spots(found: Related) -> Spots:
    """Return the place of every sentence on the page."""
    return {
        id(sentence): f"{p}-{s}"
        for p, one in enumerate(found.paragraphs)
        for s, sentence in enumerate(one.paragraph.sentences)
    }


def where(sentences: Sequence[DraftSentence], at: Spots) -> str:
    """Return the sentences' places as an attribute's value."""
    return " ".join(dict.fromkeys(at[id(sentence)] for sentence in sentences))


def manuscript(found: Related, at: Spots) -> str:
    """Return the draft."""
    doubted = {(id(doubt.sentence), doubt.key) for doubt in found.doubtful}
    marks = _Marks(found.draft.bibliography, found.cited, doubted)
    html = ""
    section: tuple[str, ...] = ()
    for p, one in enumerate(found.paragraphs):
        html += "".join(_headings(section, one.paragraph.section))
        section = one.paragraph.section
        place = _place(found.draft, one) if len(found.paragraphs) > 1 else ""
        html += f'<div class="para" data-p="{p}" data-place="{escape(place)}">{_paragraph(one, at, marks)}'
        html += f"{_below(one.suggestions, len(found.paragraphs) <= _FEW)}</div>"
    return html


def _headings(before: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    """Yield the headings that a paragraph is the first below."""
    same = 0
    while same < min(len(before), len(now)) and before[same] == now[same]:
        same += 1
    for depth, name in enumerate(now[same:], same):
        yield f'<h3 class="heading" data-depth="{min(depth, 2)}" dir="auto">{escape(name)}</h3>'


class _Marks:
    """The citations of a sentence, as marks behind it."""

    def __init__(
        self, bibliography: Mapping[str, Reference], cited: Mapping[str, Paper], doubted: set[tuple[int, str]]
    ) -> None:
        self._bibliography, self._cited, self._doubted = bibliography, cited, doubted

    def of(self, sentence: DraftSentence) -> str:
        return "".join(f" {self._mark(sentence, key)}" for key in sentence.citations)

    def _mark(self, sentence: DraftSentence, key: str) -> str:
        here = self._cited.get(key)
        reference = self._bibliography.get(key)
        title = here.title if here else reference.title if reference else ""
        tip = f' title="{escape(title)}"' if title else ""
        doubtful = (id(sentence), key) in self._doubted
        kind = "key doubtful" if doubtful else "key here" if here else "key"
        said = '<span class="spoken"> (look at this citation)</span>' if doubtful else ""
        return f'<span class="{kind}"{tip}>[<bdi>{escape(key)}</bdi>]{said}</span>'


def _place(draft: Draft, one: Found) -> str:
    """Return where a paragraph begins: "line 12", and the file if there are several."""
    place = one.paragraph.place
    return (
        f"{place.file}, {draft.counted} {place.line:,}" if len(draft.files) > 1 else f"{draft.counted} {place.line:,}"
    )


def _paragraph(one: Found, at: Spots, marks: _Marks) -> str:
    wanting = {id(sentence) for suggestion in one.suggestions for sentence in _wanting_most(suggestion)}
    text = " ".join(
        _sentence(sentence, at[id(sentence)], id(sentence) in wanting) + marks.of(sentence)
        for sentence in one.paragraph.sentences
    )
    return f'<p dir="auto">{text}</p>'


def _wanting_most(suggestion: Suggestion) -> list[DraftSentence]:
    """Return the sentences that surely want a paper which the draft does not cite."""
    if suggestion.cited_as is not None:
        return []
    return [wanted.sentence for wanted in suggestion.wanted_by if wanted.confidence >= SURE]


def _sentence(sentence: DraftSentence, spot: str, wants: bool) -> str:
    text = escape(sentence.text)
    if not wants:
        return f'<span class="s" data-s="{spot}">{text}</span>'
    return f'<span class="s wants" data-s="{spot}" role="button" tabindex="-1" aria-pressed="false">{text}</span>'


def _below(suggestions: Sequence[Suggestion], always: bool) -> str:
    """Return what opens a paragraph's papers below it, where there is no room beside it; as a rule only sure ones."""
    sure = [suggestion for suggestion in suggestions if suggestion.confidence >= SURE]
    if not sure and not (always and suggestions):
        return ""
    label = "Nothing here surely fits; the nearest"
    if sure:
        title = sure[0].paper.title
        short = title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE].rsplit(' ', 1)[0]} …"
        label = f"<bdi>{escape(short)}</bdi>{f' and {len(sure) - 1} more' if sure[1:] else ''}"
    return f'<button type="button" class="below" aria-expanded="false">{label}</button><div class="near" hidden></div>'
