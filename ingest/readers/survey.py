"""Survey READMEs: papers in tables (Title, Topic, Venue, Code) under nested headings."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from ..errors import NotAPaper
from ..instructions import suspicion
from ..links import is_paper_host, is_web_link
from ..markup import Cell, Heading, Prose, Row, blocks
from ..paper import Paper, Source, title_id
from ..reading import Reading, Remark, Section
from ..text import normalised_title, repair
from ..venue import parse_venue

_LONGEST_PREFACE = 2_000  # characters
_COLUMNS = {
    "title": ("title", "paper", "name"),
    "topic": ("topic", "category", "keywords"),
    "venue": ("venue", "publication", "conference", "where"),
    "code": ("code", "github", "repo", "repository"),
}


def read(page: str, file: str) -> Reading:
    """Read a page whose tables have a Title column; `file` is the name to cite it by."""
    reader = _SurveyReader(file)
    for block in blocks(repair(page)):
        match block:
            case Heading():
                reader.heading(block)
            case Row():
                reader.row(block)
            case Prose():
                reader.prose(block)
    return reader.reading()


@dataclass(slots=True)
class _Branch:
    """A heading under construction: `prose` tells that it has text of its own, so is not empty."""

    section: Section
    level: int
    line: int
    prose: bool = False
    children: list["_Branch"] = field(default_factory=list)


class _SurveyReader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.root = _Branch(Section(""), 0, 0, prose=True)
        self.open_branches = [self.root]
        self.columns: dict[str, int] | None = None
        self.unread = False  # whether an unreadable table under this heading was pointed out
        self.rows_read = 0
        self.preface: list[str] = []
        self.papers: dict[str, Paper] = {}
        self.lines: dict[str, int] = {}  # paper id -> the line it was first read on
        self.refused: list[Remark] = []
        self.warnings: list[Remark] = []

    def heading(self, heading: Heading) -> None:
        self.columns = None
        if not heading.text.rstrip(": "):
            return
        while self.open_branches[-1].level >= heading.level:
            self.open_branches.pop()
        branch = _Branch(Section(heading.text.rstrip(": ")), heading.level, heading.line)
        self.open_branches[-1].children.append(branch)
        self.open_branches.append(branch)
        self.unread = False

    def prose(self, prose: Prose) -> None:
        self.open_branches[-1].prose = True
        if not self.rows_read:
            self.preface.append(prose.text)

    def row(self, row: Row) -> None:
        names = [cell.text.casefold() for cell in row.cells]
        columns = {
            column: names.index(name)
            for column, aliases in _COLUMNS.items()
            for name in reversed(aliases)
            if name in names
        }
        if row.header and len(row.cells) == 1 and self.columns is not None and not columns:
            return  # a heading within the table
        if row.header or (self.columns is None and "title" in columns):
            self.columns = columns if "title" in columns else None
        elif self.columns is not None:
            self.rows_read += 1
            try:
                self._paper(row, self.columns)
            except NotAPaper as error:
                self.refused.append(Remark(row.line, str(error)))
        elif len(row.cells) > 1 and not self.unread:
            self.unread = True
            self.warnings.append(Remark(row.line, "this table is not read: it has no column named Title"))

    def _paper(self, row: Row, columns: dict[str, int]) -> None:
        cells = {name: row.cells[at] for name, at in columns.items() if at < len(row.cells)}
        empty = Cell("", (), ())
        title, venue = cells.get("title", empty), cells.get("venue", empty)
        where = parse_venue(venue.text or _badge(venue.images))
        path = [branch.section for branch in self.open_branches[1:]]
        url = next(iter(venue.links or title.links), None)
        paper = Paper.create(
            title=title.text,
            source=Source(self.file, self.rows_read),
            topic=cells.get("topic", empty).text or None,
            venue=where.name,
            venue_type=where.type,
            year=where.year,
            section=[section.name for section in path],
            url=url,
            code_url=next(iter(cells.get("code", empty).links), None),
        )
        paper = self._settle_id(paper, row.line)
        if url is not None and not is_paper_host(url):
            host = urlsplit(url).hostname
            self.warnings.append(
                Remark(row.line, f"the link's host {host} is not a known publisher or archive; please check it")
            )
        if found := suspicion(paper):
            self.warnings.append(Remark(row.line, found))
        self.papers[paper.id] = paper
        self.lines[paper.id] = row.line
        for section in path:
            section.papers += 1

    def _settle_id(self, paper: Paper, line: int) -> Paper:
        """Keep ids apart: the same paper again is refused, another title under one id is a slip."""
        first = self.papers.get(paper.id)
        if first is None:
            return paper
        seen = f"line {self.lines[first.id]}"
        if normalised_title(first.title) == normalised_title(paper.title):
            raise NotAPaper(f"the same paper as {seen}: {paper.title!r}")
        apart = title_id(paper.title)
        if apart in self.papers:
            raise NotAPaper(f"the same paper as line {self.lines[apart]}: {paper.title!r}")
        self.warnings.append(
            Remark(
                line,
                f"{paper.title!r} has the same {paper.id} as {seen} ({first.title!r}); "
                "both are kept, one of the two links is wrong",
            )
        )
        return replace(paper, id=apart)

    def reading(self) -> Reading:
        sections = self._taxonomy(self.root)
        title = next((b.section.name for b in self.root.children if b.section.name), self.file)
        return Reading(
            title=title,
            preface=" ".join(self.preface)[:_LONGEST_PREFACE],
            rows_read=self.rows_read,
            papers=tuple(self.papers.values()),
            refused=tuple(self.refused),
            warnings=tuple(sorted(self.warnings, key=lambda remark: remark.line)),
            sections=tuple(sections),
        )

    def _taxonomy(self, branch: _Branch) -> Sequence[Section]:
        """Return the branches that hold papers or stand empty; headings of mere text are left out."""
        kept: list[Section] = []
        for child in branch.children:
            child.section.children = list(self._taxonomy(child))
            if child.section.papers == 0:
                if child.prose:
                    continue
                if not child.section.children:
                    self.warnings.append(Remark(child.line, f"the section {child.section.name!r} is empty"))
            kept.append(child.section)
        return kept


def _badge(images: Sequence[str]) -> str:
    """Return the label a shields.io badge carries in its address: .../badge/PDF-ICML 2024-10868."""
    for image in images:
        if not is_web_link(image):
            continue
        parts = urlsplit(image)
        if parts.hostname == "img.shields.io" and parts.path.startswith("/badge/"):
            # shields.io writes a dash as --, an underscore as __ and a blank as _.
            fields = unquote(parts.path.removeprefix("/badge/")).replace("--", "\0").split("-")
            label = fields[1] if len(fields) == 3 else fields[0]
            return label.replace("\0", "-").replace("__", "\1").replace("_", " ").replace("\1", "_")
    return ""
