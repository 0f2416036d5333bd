"""`Answer`: sentences with their citations and verdicts, the papers cited, and how it came about."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, Self

from index.hits import Hit, Results
from index.query import Query
from ingest.paper import Paper

from .conversation import Conversation

Verdict = Literal[
    "quoted", "listed", "supported", "supported by another", "partly", "not supported", "uncited", "unchecked"
]
"""`quoted`: byte for byte a sentence of the cited paper's text. `listed`: a field of the list. Of an LLM's
sentence: `supported`: the cited paper bears it out; `supported by another`: the paper it cited did not, and one that
does was put in its place; `partly`: a clause of it is borne out; `uncited`: it cites nothing; `unchecked`: still
being written."""

Route = Literal["extractive", "list", "small", "large", "none"]
"""What wrote an answer: quotation, the list's own fields, a model; none for a refusal."""


class Table(Protocol):
    """The data behind a comparison or an overview."""

    @property
    def papers_shown(self) -> Sequence[Paper]:
        """The papers that stand in it, one a row."""
        ...

    def to_dict(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Citation:
    """The footnote numbered `n` of an answer, and the paper it stands for."""

    n: int
    paper: Paper


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer.

    Attributes:
        group: the topic it stands under, where sentences are grouped.
        reason: what the check found wrong with it; else None.
        evidence: of a sentence that was checked, for each citation the sentence of the paper's text that comes
            nearest to it; "" where the paper has no text.
    """

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict
    group: str | None = None
    reason: str | None = None
    evidence: tuple[str, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Whether the check found something wrong with it."""
        return self.verdict in ("uncited", "partly", "not supported")

    def to_dict(self) -> dict[str, Any]:
        numbers = [citation.n for citation in self.citations]
        own = {"text": self.text, "citations": numbers, "verdict": self.verdict, "group": self.group}
        return {**own, "reason": self.reason} if self.reason else own


@dataclass(frozen=True, slots=True)
class Step:
    """One step that led to an answer: retrieve, route, write or check.

    Attributes:
        said: what it did and why, in a line.
        detail: the same and more, for JSON.
    """

    name: str
    said: str
    seconds: float
    detail: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"step": self.name, "said": self.said, "seconds": round(self.seconds, 4), **self.detail}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or a refusal.

    Attributes:
        route: what wrote it; "none" for a refusal.
        reason: why it was refused, or why a configured LLM did not write it; else None.
        confidence: the calibrated probability that the collection answers the question.
        lead: a line of ours that says what follows; it claims nothing about any paper.
        nearest: for a refusal, the closest papers.
        asked: how the question was read: filters, mended slips.
        cost: seconds, and for an LLM its tokens and, where its price is known, money.
        steps: how it came about.
        because: how a question that refers to earlier ones was read; else None.
        table: the picture behind a comparison or an overview; else None.
        hits: what was found and taken for relevant; none where the answer is read off the list.
    """

    question: str
    route: Route
    refused: bool
    confidence: float
    lead: str
    reason: str | None = None
    sentences: tuple[Sentence, ...] = ()
    nearest: tuple[Hit, ...] = ()
    cost: dict[str, Any] = field(default_factory=dict)
    asked: Query | None = None
    steps: tuple[Step, ...] = ()
    because: str | None = None
    table: Table | None = None
    hits: tuple[Hit, ...] = ()

    @classmethod
    def of(cls, results: Results, route: Route, **fields: Any) -> Self:
        """Make the answer to what was searched for."""
        return cls(
            question=results.query,
            asked=results.asked,
            route=route,
            refused=False,
            confidence=results.confidence,
            **{"lead": "", **fields},
        )

    @property
    def references(self) -> tuple[Citation, ...]:
        """The papers cited, each once, in the order of their numbers."""
        cited = {citation.n: citation for sentence in self.sentences for citation in sentence.citations}
        return tuple(cited[n] for n in sorted(cited))

    def numbered(self, conversation: Conversation) -> Self:
        """Return the answer with its papers numbered as they are, or would be next, in a conversation."""
        known = conversation.with_papers(citation.paper for citation in self.references)
        numbers = {citation.paper.id: known.number_of(citation.paper) for citation in self.references}
        sentences = tuple(
            replace(s, citations=tuple(Citation(numbers[c.paper.id], c.paper) for c in s.citations))
            for s in self.sentences
        )
        return replace(self, sentences=sentences)

    @property
    def stands_alone(self) -> str:
        """The question as it was searched for, understandable without the conversation."""
        return next((str(step.detail["query"]) for step in self.steps if step.name == "resolve"), self.question)

    @property
    def groups(self) -> list[tuple[str | None, list[Sentence]]]:
        """The sentences under their topics, in the order of the answer."""
        groups: dict[str | None, list[Sentence]] = {}
        for sentence in self.sentences:
            groups.setdefault(sentence.group, []).append(sentence)
        return list(groups.items())

    @property
    def status(self) -> str:
        """What wrote the answer, how sure it is, and what it took, on one line."""
        seconds = float(self.cost.get("seconds", 0))
        took = f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
        route = [] if self.route == "none" else [self.route]
        return " · ".join([*route, f"confidence {self.confidence:.2f}", took])

    @property
    def text(self) -> str:
        """The whole answer as plain text with numbers in brackets."""
        if self.refused:
            return f"{self.lead} {self.reason}" if self.reason else self.lead
        lines = [self.lead] if self.lead else []
        for group, sentences in self.groups:
            lines += ["", group] if group else []
            lines += [f"{s.text} {marks(s.citations)}".rstrip() for s in sentences]
        return "\n".join(lines)

    def to_bibtex(self) -> str:
        """Return the papers cited as BibTeX, in the order of their numbers."""
        from .export import export  # most answers are never exported

        return "".join(export([citation.paper for citation in self.references], "bibtex"))

    def to_markdown(self) -> str:
        """Return the question, the answer and its references as Markdown; the numbers are those of the answer."""
        from .export import export
        from .export.markdown import escaped

        lines = [f"## {escaped(self.question)}", ""]
        lines += [escaped(self.lead), ""] if self.lead else []
        lines += [escaped(self.reason), ""] if self.reason else []
        for group, sentences in self.groups:
            lines += [f"### {escaped(group)}", ""] if group else []
            for s in sentences:
                doubt = f" *({s.verdict}: {escaped(s.reason)})*" if s.is_doubtful and s.reason else ""
                lines += [f"{escaped(s.text)} {marks(s.citations)}".rstrip() + doubt, ""]
        numbered = [(f"{c.n}.", c.paper) for c in self.references] or [("-", hit.paper) for hit in self.nearest]
        lines += [f"### {'Nearest papers' if self.refused else 'References'}", ""] if numbered else []
        lines += [mark + "".join(export([paper], "markdown")).rstrip()[1:] for mark, paper in numbered]
        return "\n".join(lines).rstrip() + "\n"

    def to_dict(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "route": self.route,
            "refused": self.refused,
            "reason": self.reason,
            "confidence": round(self.confidence, 4),
            "read_as": self.asked.to_dict() if self.asked else None,
            "answer": self.text,
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "references": [{"n": c.n, "paper": c.paper.to_dict()} for c in self.references],
            "nearest": [hit.to_dict() for hit in self.nearest],
            "cost": self.cost,
            "because": self.because,
            "table": self.table.to_dict() if self.table else None,
            "steps": [step.to_dict() for step in self.steps],
        }


def marks(citations: Sequence[Citation]) -> str:
    """Return citations as they stand in a text: [1][3]."""
    return "".join(f"[{citation.n}]" for citation in citations)
