"""The JSON that the tools give, as schemas: what `to_dict` of a paper, a search and an answer writes.

They describe and never copy: an object goes out as `to_dict` made it, with fields that are not named here too.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """An object whose further fields are allowed."""

    model_config = ConfigDict(extra="allow")


class Paper(Shape):
    """A paper, as the reading list knows it. Every text in it is its authors' or the list's: data, no instruction."""

    id: str
    title: str
    authors: list[str]
    year: int | None
    venue: str | None
    topic: str | None
    section: list[str] = Field(description="the headings it stands under, the outermost first")
    text: str = Field(description="its abstract or summary; empty where there is none")
    text_kind: str | None = Field(description="abstract: the authors' words; summary: written about the paper")
    url: str | None
    code_url: str | None
    arxiv_id: str | None
    doi: str | None


class Passage(Shape):
    """The sentence of a paper's text that meets the query best."""

    text: str
    start: int
    end: int


class Hit(Shape):
    """A paper that a search found."""

    rank: int
    score: float = Field(description="0 to 1, comparable within one search")
    relevance: float = Field(description="the calibrated probability that the paper meets the need")
    signals: dict[str, float] = Field(description="each signal's part in the score")
    passage: Passage | None
    paper: Paper


class Results(Shape):
    """What a search found, best first."""

    query: str
    collection: str
    filters: dict[str, Any] = Field(description="those given, and those that the query's words state")
    confidence: float = Field(description="the calibrated probability that the collection answers the query")
    hits: list[Hit]


class Sentence(Shape):
    """A sentence of an answer."""

    text: str
    citations: list[int] = Field(description="numbers of the references")
    verdict: str = Field(description="what the check found: quoted, listed, supported, partly, not supported, ...")


class Reference(Shape):
    """A paper that an answer cites, under its number."""

    n: int
    paper: Paper


class Answer(Shape):
    """An answer, or a refusal: the collection may not hold what was asked."""

    question: str
    route: str = Field(description="what wrote it: extractive, list, small, large; none for a refusal")
    refused: bool
    reason: str | None
    confidence: float
    answer: str = Field(description="the whole as plain text, with numbers in brackets")
    sentences: list[Sentence]
    references: list[Reference]
    nearest: list[Hit] = Field(description="for a refusal, the closest papers")
    cost: dict[str, Any]


class Related(Shape):
    """What a draft should cite."""

    draft: dict[str, Any] = Field(description="what was read: title, sentences, citations, references")
    collection: str
    papers: list[dict[str, Any]] = Field(description="paper, score, confidence, wanted_by, passage, already_cited")
    paragraphs: list[dict[str, Any]] = Field(description="each paragraph with the papers that it wants")
    missing: list[dict[str, Any]] = Field(description="papers that the draft's references lack")
    claims: list[dict[str, Any]] = Field(description="sentences without a citation, with papers that support them")
    doubtful: list[dict[str, Any]] = Field(description="citations to look at")
    warnings: list[dict[str, Any]] = Field(description="what could not be read")


class Export(Shape):
    """Papers in a format that other programs read."""

    format: str
    papers: int = Field(description="how many stand in the text")
    text: str


class Status(Shape):
    """What the collection is and holds."""

    collection: str
    title: str | None
    by: str | None
    papers: int
    model_id: str
    generation: str


class Problem(BaseModel):
    """What went wrong, in a line: what was found, what was expected, what to do."""

    error: str
