"""The headings of a list: the tree of sections, the path where a row stands, and what a section is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..fields import year_in
from ..markup import Heading
from ..reading import Section
from ..venue import label_in

# Under these headings nothing is an entry, whatever it looks like.
_CLOSED = re.compile(
    r"""\b(?:what'?s\s+new|news|changelog|change\s+log
    |updates?(?:\s+logs?)?|citations?|cite|citing|bibtex|acknowledge?ments?|licen[cs]e|star\s+history|stargazers|to-?\s?do
    |contribut\w*|contacts?|disclaimer|maintainers?|sponsors?|faq|installation|quick\s*start|usage|how\s+to\s+\w+
    |support\s+us|convention)\b|更新|引用|贡献""",
    re.IGNORECASE | re.VERBOSE,
)
# Under these too, but not under the headings within them: some lists put everything below their contents.
_CONTENTS = re.compile(r"^\W*(?:table\s+of\s+)?(?:contents?(?:\s+list)?|toc|index|outline)\W*$|目录", re.IGNORECASE)
# Under these, most entries are something else, and only what links to a paper's own page is one.
_ELSE = re.compile(
    r"""\b(?:blogs?|posts?|tutorials?|talks?|videos?|courses?|lectures?|tools?|toolkits?|toolbox(?:es)?|software
    |librar(?:y|ies)|packages?|implementations?|repositor(?:y|ies)|repos|websites?|webpages?|books?|slides|podcasts?
    |newsletters?|competitions?|challenges?|awesome|related\s+(?:lists?|resources?|repos\w*|projects?)|other\s+lists?|people
    |researchers|labs?|jobs?|leaderboards?|demos?|media|communit(?:y|ies)|resources?|projects?|products?|apps?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PAPERS = re.compile(r"\b(?:papers?|publications?|articles?|literature|surveys?|works|studies)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Branch:
    """A heading under construction: `prose` tells that it has text of its own, so is not empty."""

    section: Section
    level: int
    line: int
    prose: bool = False
    children: list["_Branch"] = field(default_factory=list)


class Outline:
    """The tree of headings, as it is met."""

    def __init__(self) -> None:
        self._root = _Branch(Section(""), 0, 0, prose=True)
        self._open = [self._root]
        self.empty: list[tuple[int, str]] = []  # line and name of sections without papers or text

    def open(self, heading: Heading) -> None:
        """Begin a section, and end those that it is not within."""
        while self._open[-1].level >= heading.level:
            self._open.pop()
        branch = _Branch(Section(heading.text.rstrip(": ")), heading.level, heading.line)
        self._open[-1].children.append(branch)
        self._open.append(branch)

    def close(self, heading: Heading) -> None:
        """Take back a heading that was no section but a paper's title."""
        if len(self._open) > 1 and self._open[-1].line == heading.line:
            branch = self._open.pop()
            self._open[-1].children.remove(branch)

    def has_prose(self) -> None:
        self._open[-1].prose = True

    def count(self) -> None:
        """Count a paper in every section that it stands in."""
        for branch in self._open[1:]:
            branch.section.papers += 1

    def path(self) -> list[str]:
        return [branch.section.name for branch in self._open[1:]]

    @property
    def title(self) -> str:
        return next((branch.section.name for branch in self._root.children if branch.section.name), "")

    @property
    def is_closed(self) -> bool:
        """Whether nothing here is an entry: contents, news, contributing, and the like."""
        about = self._about()
        if about and _CONTENTS.search(about[-1]):
            return True
        return any(_CLOSED.search(name) and not _PAPERS.search(name) for name in about)

    @property
    def is_of_something_else(self) -> bool:
        """Whether this section is of tools, blogs, courses, and the like."""
        return any(_ELSE.search(name) and not _PAPERS.search(name) for name in self._about())

    @property
    def venue(self) -> str:
        """The venue with its year that a heading here is, such as "ICML 2024"; "" where none is."""
        names = (branch.section.name for branch in reversed(self._open[1:]))
        return next((label for name in names if year_in(name) and (label := label_in(name))), "")

    def _about(self) -> list[str]:
        """Return the headings here but the page's own title."""
        first = self._root.children[0] if self._root.children else None
        return [branch.section.name for branch in self._open[1:] if branch is not first or branch.level > 1]

    def sections(self) -> tuple[Section, ...]:
        """Return the finished tree; the sections that hold nothing are noted in `empty`."""
        return tuple(self._kept(self._root))

    def _kept(self, branch: _Branch) -> Sequence[Section]:
        """Return the branches that hold papers or stand empty; headings of mere text are left out."""
        kept: list[Section] = []
        for child in branch.children:
            child.section.children = list(self._kept(child))
            if child.section.papers == 0:
                if child.prose:
                    continue
                if not child.section.children:
                    self.empty.append((child.line, child.section.name))
            kept.append(child.section)
        return kept
