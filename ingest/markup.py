"""A Markdown or HTML page -> a flat run of headings, table rows, list items and prose, each with its line.

Markdown is rendered by markdown-it and the result, with whatever HTML the page holds itself, is
parsed by lxml. The rendered page keeps every block on the line it has in the source, so that a
remark about a row can name the line a person has to look at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import lxml.html
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .errors import InputError
from .text import fold

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LINE = "data-line"
_DEEPEST = 40  # levels of Markdown blocks; a list in a list takes two
_LONGEST_TAG = 100_000  # characters; libxml2's time is quadratic in a tag's attributes
_TAG = re.compile(rf"<[A-Za-z][^<>]{{{_LONGEST_TAG}}}")
_APART = frozenset(["dl", "ol", "pre", "script", "style", "table", "ul", *_HEADINGS])
_BREAKS = frozenset(
    ["br", "wbr", "details", "div", "hr", "li", "ol", "p", "summary", "td", "th", "tr", "ul", *_HEADINGS]
)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of one look; a line break is one whose text is a line feed.

    Attributes:
        link: where it links to.
        image: the address of the image that stands here; the text is what is said in its stead.
    """

    text: str
    link: str = ""
    strong: bool = False
    slanted: bool = False
    image: str = ""


Spans = tuple[Span, ...]
BREAK = Span("\n")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its level, 1 to 6."""

    level: int
    text: str
    line: int
    spans: Spans = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its folded text, its links, and the addresses of its images."""

    text: str
    links: tuple[str, ...]
    images: tuple[str, ...]
    spans: Spans = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `header` when all its cells are header cells."""

    cells: tuple[Cell, ...]
    header: bool
    line: int


@dataclass(frozen=True, slots=True)
class Item:
    """A list item without the lists in it, or a paragraph; its words come again as `Prose`.

    Attributes:
        depth: how many list items it stands in, itself counted; 0 for a paragraph outside lists.
    """

    spans: Spans
    depth: int
    line: int


@dataclass(frozen=True, slots=True)
class Prose:
    """Text outside headings and tables."""

    text: str
    line: int


Block = Heading | Row | Item | Prose


def blocks(page: str) -> Iterator[Block]:
    """Yield the page's blocks in document order."""
    rendered = _render(page)
    if not rendered.strip():
        return
    if _TAG.search(rendered):
        raise InputError(f"the page has a tag of more than {_LONGEST_TAG:,} characters; expected a reading list")
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(rendered.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # nothing that HTML could be made of
        return
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise InputError("the page's tags are nested more than 256 deep; expected a reading list: close its tags")
    if root is not None:
        yield from _walk(root)


def _render(page: str) -> str:
    """Render Markdown to HTML in which line n holds what stands on line n of the source."""
    # Indented code is off: in lists of papers an indented line is the inside of an HTML table.
    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST}).enable("table").disable("code")
    markdown.add_render_rule("softbreak", lambda *_: "<wbr>\n")  # line ends tell the parts of an item
    env: dict[str, object] = {}
    rendered: list[str] = []
    at_line = 0

    def emit(tokens: list[Token], keep_lines: bool) -> None:
        nonlocal at_line
        first = next((token.map[0] for token in tokens if token.map), at_line)
        if first > at_line:
            rendered.append("\n" * (first - at_line))
            at_line = first
        html = markdown.renderer.render(tokens, markdown.options, env)
        html = html if keep_lines else html.replace("\n", " ")
        rendered.append(html)
        at_line += html.count("\n")

    run: list[Token] = []
    for token in markdown.parse(page, env):
        if token.level >= _DEEPEST - 1:
            raise InputError(f"the page's lists or quotes are nested {_DEEPEST} deep; expected a reading list")
        if token.type == "html_block":
            if run:
                emit(run, keep_lines=False)
                run = []
            emit([token], keep_lines=True)
            continue
        if token.map and token.nesting == 1:
            token.attrSet(_LINE, str(token.map[0] + 1))
        run.append(token)
        if token.level == 0 and token.nesting <= 0:
            emit(run, keep_lines=False)
            run = []
    if run:
        emit(run, keep_lines=False)
    return "".join(rendered)


def _walk(root: etree._Element) -> Iterator[Block]:
    """Walk the tree without recursion: pages can be nested deeper than Python's stack."""
    told: etree._Element | None = None  # the element whose text a block has told already
    depth = 0  # list items that are open
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if told is not None:
            if event == "start" or element is not told:
                continue
            told = None
            if element.tag in ("td", "th"):
                continue
        words = element.text
        if element.tag == "li":
            depth += 1 if event == "start" else -1
        is_item = element.tag in ("li", "dd") or (element.tag == "p" and not depth)
        if event == "start" and is_item and (spans := _spans(element)):
            yield Item(spans, depth, _line(element))
        if event == "end":
            parent = element.getparent()
            words = element.tail if parent is not None and parent.tag != "tr" else None
        elif element.tag in _HEADINGS:
            told = element
            yield Heading(_HEADINGS[element.tag], _text(element), _line(element), _spans(element))
            continue
        elif element.tag in ("style", "script", "title", "td", "th"):
            told = element
            continue
        elif element.tag == "tr":
            cells = [cell for cell in element if cell.tag in ("td", "th")]
            if cells:
                header = all(cell.tag == "th" for cell in cells)
                yield Row(tuple(map(_cell, cells)), header, _line(element))
            continue
        if own := fold(words or ""):
            yield Prose(own, _line(element))


def _cell(cell: etree._Element) -> Cell:
    links = tuple(fold(href) for a in cell.iter("a") if (href := a.get("href")))
    images = tuple(fold(src) for image in cell.iter("img") if (src := image.get("src")))
    return Cell(_text(cell), links, images, _spans(cell))


def _spans(element: etree._Element) -> Spans:
    """Return the runs of text in an element, without the lists, tables and headings in it."""
    spans: list[Span] = []
    looks = [Span("")]  # of the elements that are open
    skipped: etree._Element | None = None
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        if skipped is not None and not (event == "end" and inner is skipped):
            continue
        if event == "start":
            if inner is not element and inner.tag in _APART:
                skipped = inner
                walk.skip_subtree()
                continue
            if inner.tag in _BREAKS:
                spans.append(BREAK)
            looks.append(_look(inner, looks[-1]))
            if inner.tag == "img":
                spans.append(replace(looks[-1], text=fold(inner.get("alt") or ""), image=fold(inner.get("src") or "")))
            words = inner.text
        else:
            if skipped is None:
                looks.pop()
            skipped = None
            if inner is element:
                break
            if inner.tag in _BREAKS and inner.tag not in ("br", "wbr"):
                spans.append(BREAK)
            words = inner.tail
        if words:
            spans.append(replace(looks[-1], text=words))
    return _joined(spans)


def _look(element: etree._Element, around: Span) -> Span:
    """Return how text in this element looks, given how it looks around it."""
    if element.tag in ("b", "strong"):
        return replace(around, strong=True)
    if element.tag in ("i", "em"):
        return replace(around, slanted=True)
    return replace(around, link=fold(element.get("href") or "")) if element.tag == "a" else around


def _joined(spans: list[Span]) -> Spans:
    """Join runs of one look, fold their white space, and drop empty ones and outer line breaks."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else BREAK
        if span is BREAK:
            if last is not BREAK:
                joined.append(BREAK)
        elif last is not BREAK and not last.image and not span.image and replace(last, text=span.text) == span:
            joined[-1] = replace(span, text=last.text + span.text)
        elif span.image or span.text:
            joined.append(span)
    kept = [span if span is BREAK else replace(span, text=_blanks(span.text)) for span in joined]
    kept = [span for span in kept if span.image or span.text.strip(" ") or (span.text and not span.link)]
    while kept and (kept[-1] is BREAK or not (kept[-1].image or kept[-1].text.strip(" "))):
        kept.pop()
    return tuple(kept)


def _blanks(text: str) -> str:
    """Fold white space, but keep a blank at either end: words of two runs may touch."""
    folded = fold(text)
    return f"{' ' * text[:1].isspace()}{folded}{' ' * text[-1:].isspace()}" if folded else " " * bool(text)


def _text(element: etree._Element) -> str:
    if not len(element):
        return fold(element.text or "")
    parts: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if inner.tag in _BREAKS:
            parts.append(" ")
        parts.append((inner.text if event == "start" else inner.tail if inner is not element else "") or "")
    return fold("".join(parts))


def _line(element: etree._Element) -> int:
    """Return the source line: as Markdown's parser marked it, else as the HTML parser counted."""
    return int(element.get(_LINE) or element.sourceline or 1)
