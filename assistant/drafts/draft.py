"""`Draft`: what a person is writing, cut into sentences that know their place and their citations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Counted = Literal["line", "paragraph", "page"]
"""What places of a draft count, from 1: lines of text files, paragraphs of a .docx, pages of a PDF."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file, named from the draft's folder, and a line (or what `Draft.counted` says)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know of one place of a draft."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence, without its citation marks.

    Attributes:
        place: where it begins.
        end: where it ends.
        citations: the keys cited in it, each once, in order.
    """

    text: str
    place: Place
    end: Place
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that stand together; `section` is the path of headings above them."""

    section: tuple[str, ...]
    sentences: tuple[DraftSentence, ...]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def place(self) -> Place:
        return self.sentences[0].place


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of a draft's bibliography.

    Attributes:
        key: by which it is cited.
        authors: names, first name first, as far as they could be told.
        text: the entry as it stands, where it is free text and the fields were guessed from it; else empty.
        place: the .bib file and line, or where in the draft it stands.
    """

    key: str
    place: Place
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    url: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was read.

    Attributes:
        title: as the draft says; empty where it does not.
        bibliography: its references by key, in their order.
        uncited: keys it lists without a sentence: \\nocite, and what is cited in tables, formulas, headings, and
            paragraphs and notes that say nothing.
        files: the files read, from the draft's folder.
        named: where the files lie that it names, read or left out.
        warnings: what was left out or could not be understood.
    """

    name: str
    paragraphs: tuple[Paragraph, ...]
    bibliography: Mapping[str, Reference] = field(default_factory=dict)
    title: str = ""
    uncited: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    named: tuple[Path, ...] = ()
    warnings: tuple[Remark, ...] = ()
    counted: Counted = "line"

    @property
    def sentences(self) -> Iterator[DraftSentence]:
        """All sentences, in order."""
        return (sentence for paragraph in self.paragraphs for sentence in paragraph.sentences)

    @property
    def text(self) -> str:
        """The whole text, a paragraph a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)
