"""Reading lists in Markdown or HTML: survey READMEs, awesome lists, pages with tables or bullets of papers."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ..document import Document
from ..errors import InputError, NotAPaper
from ..instructions import suspicion
from ..labels import words
from ..links import is_paper_host, is_web_link
from ..markup import BREAK, Heading, Item, Prose, Row, Span, Spans, blocks
from ..paper import Paper, Source
from ..reading import Event, Reading, Refusal, Repeat, Warning
from ..text import repair
from .content import Content
from .entries import Entry, judge
from .formats import Format
from .outline import Outline
from .papers import Papers
from .rows import Table

_LARGEST = 4 * 2**20  # bytes; the longest reading lists on the web have under 2 MiB
_MOST_LINES = 65_000  # beyond 65,535 the HTML parser no longer counts lines
_LONGEST_LINE = 2**20  # characters
_LONGEST_ENTRY = 200  # spans, beyond which nothing is added to an entry
_LONGEST_PREFACE = 2_000  # characters
_MARKUP = re.compile(
    rb"\]\(https?://|<a\s[^<>]{0,200}href|<t(?:able|d|h)\b|<li\b|^[ \t]*\|.{0,2000}\|[ \t]*$|^#{1,6} ",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(  # of a paper whose title is a heading
    r"\W*(?:(?P<authors>authors?)|venue|published|conference|journal|year|date|institutions?|affiliations?|paper|links?|arxiv|url)\s*[:：]",
    re.IGNORECASE,
)
_EXPECTED = "a table with a 'Title' column, or a list of papers with links, in Markdown or HTML"


def recognises(head: bytes) -> bool:
    return (
        bool(_MARKUP.search(head)) and not head.lstrip().startswith((b"{", b"[{", b"%PDF", b"PK")) and b"\0" not in head
    )


def read(document: Document) -> Reading:
    """Read a page whole; it is known to be small.

    Raises:
        InputError: the page is too large, not UTF-8, or made to hurt a parser.
    """
    name = document.name
    page = document.text(_LARGEST)
    if not page.strip():
        raise InputError(f"{name} is empty; expected a reading list with a table or bullets of papers")
    lines = page.count("\n") + 1
    if lines > _MOST_LINES:
        raise InputError(f"{name} has {lines:,} lines; a reading list has at most {_MOST_LINES:,}: split it")
    longest = max(map(len, page.splitlines()))
    if longest > _LONGEST_LINE:
        raise InputError(
            f"{name} has a line of {longest:,} characters; a reading list's lines have at most "
            f"{_LONGEST_LINE:,}: is it the right file?"
        )
    try:
        return parse(page, name)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


FORMAT = Format("a reading list", (".md", ".markdown", ".html", ".htm"), recognises, read)


def parse(page: str, file: str) -> Reading:
    """Read a page; `file` is the name to cite it by."""
    reader = _ListReader(file)
    for block in blocks(repair(page)):
        match block:
            case Heading():
                reader.heading(block)
            case Row():
                reader.row(block)
            case Item():
                reader.item(block)
            case Prose():
                reader.prose(block)
    return reader.reading()


@dataclass(slots=True)
class _Pending:
    """An item, and the items after it that only add to it."""

    item: Item
    spans: Spans
    content: Content
    heading: Heading | None = None  # that it would be the paper of, and no section


class _ListReader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.outline = Outline()
        self.table: Table | None = None
        self.papers = Papers()
        self.pending: _Pending | None = None
        self.heading_alone: Heading | None = None  # a heading with nothing read below it yet
        self.unread = False  # whether an unreadable table under this heading was pointed out
        self.rows_read = 0
        self.preface: list[str] = []
        self.events: list[Event] = []

    def heading(self, heading: Heading) -> None:
        self._settle()
        self.table = None
        self.unread = False
        entry = judge(Content.of(heading.spans)) if self._is_linked_title(heading) else ""
        if isinstance(entry, Entry) and not self.outline.is_closed:
            self._paper(entry, heading.line)
        elif heading.text.rstrip(": "):
            self.outline.open(heading)
            self.heading_alone = heading

    def _is_linked_title(self, heading: Heading) -> bool:
        """Tell whether a heading is one link to a paper, and so an entry, not a section."""
        linked = "".join(span.text for span in heading.spans if is_web_link(span.link) and not span.image)
        return len(words(linked)) >= 3 and len(linked) > 0.8 * len(heading.text)

    def prose(self, prose: Prose) -> None:
        self.outline.has_prose()
        if not self.rows_read:
            self.preface.append(prose.text)

    def row(self, row: Row) -> None:
        self._settle()
        self.heading_alone = None
        if self.table is not None and self.table.is_heading_within(row):
            return
        if found := Table.headed_by(row, self.table):
            self.table = found
            return
        if row.header:
            self.table = None
        if self.table is not None:
            if several := self._several(self.table.titled(row).spans):
                for one in several:
                    self._paper(replace(one, year=one.year or self.table.year(row)), row.line)
                return
            entry = self.table.entry(row, self.outline.is_of_something_else)
            if isinstance(entry, Entry):
                self._paper(entry, row.line)
                return
            if entry is not None:
                self._refuse(row.line, entry)
                return
        elif len(row.cells) > 1 and not self.outline.is_closed:
            spans = tuple(span for cell in row.cells for span in (*cell.spans, BREAK))
            entry = judge(Content.of(spans), strict=self.outline.is_of_something_else)
            if isinstance(entry, Entry) and len(words(entry.title)) > 1:
                self._paper(entry, row.line)
                return
        if len(row.cells) > 1 and not self.unread and not row.header:
            self.unread = True
            self.events.append(Warning(row.line, "this table is not read: it has no column named Title"))

    def item(self, item: Item) -> None:
        self.table = None
        content = Content.of(item.spans)
        before = self.pending
        if before is not None and self._adds(before, item, content):
            before.spans = (*before.spans, BREAK, *item.spans)
            before.content = Content.of(before.spans)
            return
        self._settle()
        if self.heading_alone is not None and content.paper_links and content.is_detail() and not item.depth:
            heading = self.heading_alone
            if heading.level > 1 and len(words(heading.text)) >= 4:
                item = replace(item, spans=(*heading.spans, BREAK, *item.spans))
                content = Content.of(item.spans)
                self.outline.close(heading)
        above, self.heading_alone = self.heading_alone, None
        field = _FIELD.match("".join(span.text for span in item.spans))
        if above is not None and field and (field["authors"] or len(words(above.text)) >= 4):
            item = replace(item, spans=(*above.spans, BREAK, *item.spans), depth=0)
            self.pending = _Pending(item, item.spans, Content.of(item.spans), above)
            return
        self.pending = _Pending(item, item.spans, content)

    def _adds(self, before: _Pending, item: Item, content: Content) -> bool:
        """Tell whether an item is a part of the one before it: its links, authors or venue on lines of their own."""
        if before.heading is not None and _FIELD.match("".join(span.text for span in item.spans)):
            return len(before.spans) <= _LONGEST_ENTRY
        if (
            len(before.spans) > _LONGEST_ENTRY
            or not content.is_detail()
            or isinstance(judge(content, listed=bool(item.depth)), Entry)
        ):
            return False
        if item.depth > before.item.depth:
            return before.content.has_words()
        apart = item.depth == 0 and not before.content.paper_links and before.content.has_words()
        return apart and bool(content.links) and before.item.depth <= 1

    def _settle(self) -> None:
        """Take the pending item for what it is: a paper, several on lines of their own, or none."""
        pending, self.pending = self.pending, None
        if pending is None or self.outline.is_closed:
            return
        listed, strict = pending.item.depth > 0, self.outline.is_of_something_else
        if several := self._several(pending.spans, listed):
            for entry in several:
                self._paper(entry, pending.item.line)
            return
        judged = judge(pending.content, listed, strict, bool(self.outline.venue))
        if pending.heading is not None:
            if not isinstance(judged, Entry) or not (judged.authors or judged.venue):
                return
            self.outline.close(pending.heading)
        if isinstance(judged, Entry):
            self._paper(judged, pending.item.line)
        elif listed and pending.content.links:
            self._refuse(pending.item.line, judged)

    def _several(self, spans: Spans, listed: bool = True) -> list[Entry]:
        """Return the papers that stand on lines of their own, each beginning with its linked title."""
        lines = self._lines(spans)
        if not all(line.links and line.links[0].titled for line in lines):
            return []
        found = [judge(line, listed, self.outline.is_of_something_else) for line in lines]
        entries = [one for one in found if isinstance(one, Entry)]
        return entries if len(entries) > 1 else []

    def _refuse(self, line: int, reason: str) -> None:
        self.rows_read += 1
        self.events.append(Refusal(line, f"no paper: {reason}"))

    @staticmethod
    def _lines(spans: Spans) -> list[Content]:
        """Return the lines of an entry as entries of their own, if there is more than one."""
        lines: list[list[Span]] = [[]]
        for span in spans:
            if span is BREAK:
                lines.append([])
            else:
                lines[-1].append(span)
        return [Content.of(line) for line in lines if line] if len(lines) > 1 else []

    def _paper(self, entry: Entry, line: int) -> None:
        self.rows_read += 1
        section = self.outline.path()
        entry = entry if entry.venue else replace(entry, venue=self.outline.venue)
        try:
            paper = Paper.create(**entry.fields(), section=section, source=Source(self.file, self.rows_read))
        except NotAPaper as error:
            self.events.append(Refusal(line, str(error)))
            return
        settled, said = self.papers.settle(paper, line)
        if settled is None:
            self.outline.has_prose()
            self.events.append(Repeat(line, said))
            return
        paper = settled
        if said:
            self.events.append(Warning(line, said))
        if paper.url is not None and not is_paper_host(paper.url):
            host = urlsplit(paper.url).hostname
            self.events.append(
                Warning(line, f"the link's host {host} is not a known publisher or archive; please check it")
            )
        if found := suspicion(paper):
            self.events.append(Warning(line, found))
        self.outline.count()
        self.events.append(paper)

    def reading(self) -> Reading:
        self._settle()
        sections = self.outline.sections()
        empty = [Warning(line, f"the section {name!r} is empty") for line, name in self.outline.empty]
        warnings = [event for event in self.events if isinstance(event, Warning)] + empty
        rows = [event for event in self.events if not isinstance(event, Warning)]
        return Reading(
            self.file,
            [*rows, *sorted(warnings, key=lambda warning: warning.line)],
            title=self.outline.title,
            preface=" ".join(self.preface)[:_LONGEST_PREFACE],
            sections=sections,
            expected=_EXPECTED,
        )
