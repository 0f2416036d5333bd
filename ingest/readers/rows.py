"""Tables of papers in a page: which column holds what, and a row's paper."""

import re
from typing import Self

from ..fields import names, year_in
from ..labels import badge, is_paper_link, label, leads_to, words
from ..links import is_web_link
from ..markup import BREAK, Cell, Row
from ..text import fold
from ..venue import label_in
from .content import Content
from .entries import Entry, authors_of, judge, where_of

_BESIDE = re.compile(r"\s*([-–—:.,|(])\s+\S")  # how what is no part of a bold title goes on after it
_SHORT_YEAR = re.compile(r"['’‘`](\d\d)")
_EMPTY = Cell("", (), ())
# What a column may be called; of two that fit, the one whose name stands first here is taken.
_TITLES: tuple[str, ...] = (
    *("title", "paper title", "title authors", "title & authors", "article title", "paper", "papers", "paper name"),
    *("papers & title", "paper/title", "title/paper", "article", "publication title", "题目", "标题", "论文", "文章"),
    *("work", "study", "reference", "references", "ref", "survey", "surveys", "publication", "publications", "name"),
    *("method", "methods", "model", "models", "approach", "dataset", "benchmark", "system"),
)
_SURE = frozenset(_TITLES[: _TITLES.index("work")])  # names that only tables of papers have
_COLUMNS: dict[str, tuple[str, ...]] = {
    "topic": ("topic", "category", "keywords", "keyword", "task", "tasks", "tag", "tags", "area", "type"),
    "venue": ("venue", "publication", "conference", "where", "journal", "venue/year", "pub", "pub.", "published in")
    + ("venue & year", "conference/journal", "publish", "source", "published", "会议", "期刊"),
    "year": ("year", "date", "time", "month", "release", "release date", "publication date", "published", "年份"),
    "authors": ("authors", "author", "author(s)", "作者"),
    "code": ("code", "github", "repo", "repository", "code link", "implementation", "codes", "code/project", "代码")
    + ("official code", "project/code", "code & project", "source code", "code url", "project"),
    "link": (
        "link",
        "links",
        "paper link",
        "url",
        "pdf",
        "arxiv",
        "paper url",
        "链接",
        "download",
        "paper/code",
        "paper",
    ),
}


class Table:
    """A table whose header names a column for titles."""

    def __init__(self, titles: list[int], columns: dict[str, int], sure: bool) -> None:
        self._titles = titles
        self._columns = columns
        self._sure = sure

    @classmethod
    def headed_by(cls, row: Row, before: "Table | None") -> "Self | None":
        """Return the table that begins with this row, None if the row is no header with a column for titles."""
        if before is not None and not row.header:
            return None
        names = [fold(re.sub(r"[^\w\s/&,.()-]", " ", cell.text)).strip(" .:").casefold() for cell in row.cells]
        titles = [names.index(name) for name in _TITLES if name in names]
        if not row.header:
            # A header without a look of its own has nothing but such names, and no links.
            known = {name for group in _COLUMNS.values() for name in group}.union(_TITLES)
            if any(cell.links for cell in row.cells) or sum(name in known for name in names) * 2 < len(names):
                return None
        if not titles:
            return None
        columns = {
            column: names.index(name)
            for column, aliases in _COLUMNS.items()
            for name in reversed(aliases)
            if name in names
        }
        sure = any(names[at] in _SURE for at in titles) or ("name" in names and len(columns) > 1)
        return cls(titles, columns, sure)

    def is_heading_within(self, row: Row) -> bool:
        """Tell whether a row is a heading between the rows of this table."""
        return row.header and len(row.cells) == 1 and Table.headed_by(row, None) is None

    def entry(self, row: Row, strict: bool) -> Entry | str | None:
        """Return the paper of a row as the columns have it, or why it is none; None if the table may not be of papers.

        Args:
            strict: take only what links to a publisher or archive, as in a section of tools or blogs.
        """
        at, title, link = self._title(row)
        cells = {name: row.cells[i] for name, i in self._columns.items() if i < len(row.cells) and i != at}
        titled = row.cells[at] if at < len(row.cells) else _EMPTY
        venue, code = cells.get("venue", _EMPTY), cells.get("code", _EMPTY)
        listed = [*([link] if link else titled.links), *venue.links, *cells.get("link", _EMPTY).links]
        others = [
            one for cell in row.cells for one in Content.of(cell.spans).links if cell not in (venue, titled, code)
        ]
        papers = [url for url in listed if leads_to(url) == "paper"] + [
            one.url for one in others if one.kind == "paper"
        ]
        url = papers[0] if papers else next(iter(listed), None)
        said = venue.text or next((text for image in venue.images if (text := badge(image))), "")
        beside = where_of(Content.of(titled.spans), title) if "venue" not in cells else ("", None)
        if not year_in(said):
            said = label_in(said) or said
        years = (year_of(cells[name].text) for name in ("year", "venue") if name in cells)
        entry = Entry(
            title=title,
            url=url,
            code_url=next(iter(code.links), None) or next((one.url for one in others if one.kind == "code"), None),
            authors=names(cells["authors"].text) if "authors" in cells else authors_of(Content.of(titled.spans), title),
            venue=said if any(map(str.isalnum, said)) else beside[0],
            year=next(filter(None, years), None) or beside[1],
            topic=cells.get("topic", _EMPTY).text or None,
        )
        known = url is not None and is_paper_link(url)
        if not known and strict:
            return "it links to no publisher or archive, in a section of something else"
        if not known and not self._sure and not (papers or label_in(entry.venue)):
            return None
        return entry

    def titled(self, row: Row) -> Cell:
        """Return the cell in which a row's title stands."""
        at = self._title(row)[0]
        return row.cells[at] if at < len(row.cells) else _EMPTY

    def year(self, row: Row) -> int | None:
        """Return what a row's column of years says."""
        at = self._columns.get("year", len(row.cells))
        return year_of(row.cells[at].text) if at < len(row.cells) else None

    def _title(self, row: Row) -> tuple[int, str, str | None]:
        """Return the column, text and link of a row's title: of the columns for it, the first that has words."""
        for at in self._titles:
            cell = row.cells[at] if at < len(row.cells) else _EMPTY
            text, link = _title_of(cell)
            if text and label(text) is None:
                return at, text, link
        at = self._titles[0]
        cell = row.cells[at] if at < len(row.cells) else _EMPTY
        return at, cell.text, None


def year_of(text: str) -> int | None:
    """Return the year in a cell, which may stand there as '22."""
    short = _SHORT_YEAR.fullmatch(text.strip())
    return year_in(text) or (2000 + int(short[1]) if short else None)


def _title_of(cell: Cell) -> tuple[str, str | None]:
    """Return the title in a cell that may hold authors, badges and links beside it, and the link that it is."""
    content = Content.of(cell.spans)
    titled = [link for link in content.links if link.titled and len(words(link.text)) >= 2]
    if len(titled) == 1 and len(words(titled[0].text)) * 2 >= min(len(words(content.text())), 6):
        return titled[0].text, titled[0].url
    strong = [span for span in cell.spans if span.strong and len(words(span.text)) >= 3]
    if strong and BREAK in cell.spans:
        return fold(strong[0].text), next((span.link for span in strong if is_web_link(span.link)), None)
    if bold := next((span for span in cell.spans if span.strong), None):
        after = _BESIDE.match(cell.text.partition(fold(bold.text))[2])
        if after and (bold in strong or after.group(1) in "-–—"):
            return fold(bold.text).rstrip(" .,:;"), bold.link if is_web_link(bold.link) else None
    if content.links and not titled:
        entry = judge(content)
        return (entry.title, entry.url) if isinstance(entry, Entry) else (content.text() or cell.text, None)
    return cell.text, None
