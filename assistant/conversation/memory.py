"""`Conversation`: the earlier turns, and the numbers that papers keep from one answer to the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from index.filters import Filters
from ingest.errors import InputError
from ingest.paper import Paper

LONGEST = 20  # turns kept
_UNREADABLE = "not a conversation ({}); expected what Conversation.to_dict wrote: begin a new one"


@dataclass(frozen=True, slots=True)
class Known:
    """A paper as a conversation remembers it, under the number it has there."""

    n: int
    id: str
    title: str
    year: int | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, and the papers of its answer.

    Attributes:
        read_as: the question as it was searched for, understandable without the turns before it.
        numbers: the papers' numbers in the conversation, in the order of the answer; none for a refusal.
    """

    question: str
    read_as: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last turns of a conversation, oldest first. A new one has none.

    Papers keep their numbers even when the turn that brought them is forgotten: no number ever
    stands for two papers.

    Attributes:
        papers: every paper that was numbered, in order: number n is `papers[n - 1]`.
    """

    turns: tuple[Turn, ...] = ()
    papers: tuple[Known, ...] = ()

    def number_of(self, paper: Paper) -> int:
        """Return the number of a paper; of one that has none yet, the next that is free."""
        return next((known.n for known in self.papers if known.id == paper.id), len(self.papers) + 1)

    def with_papers(self, papers: Iterable[Paper]) -> Self:
        """Return this conversation with those papers numbered that have no number yet, in the order given."""
        known = {one.id: one for one in self.papers}
        for paper in papers:
            known.setdefault(paper.id, Known(len(known) + 1, paper.id, paper.title, paper.year))
        return type(self)(self.turns, tuple(known.values()))

    def with_turn(self, question: str, papers: Iterable[Paper], read_as: str | None = None) -> Self:
        """Return this conversation after one more turn; the oldest is forgotten beyond the limit.

        Args:
            papers: those of the answer, in the order of their footnotes.
            read_as: the question as it was searched for, where it is not the question itself.
        """
        answer = list({paper.id: paper for paper in papers}.values())
        numbered = self.with_papers(answer)
        turn = Turn(question, read_as or question, tuple(numbered.number_of(paper) for paper in answer))
        return type(self)((*self.turns, turn)[-LONGEST:], numbered.papers)

    @property
    def last(self) -> tuple[Known, ...]:
        """The papers of the latest answer that had any, in its order."""
        numbers = next((turn.numbers for turn in reversed(self.turns) if turn.numbers), ())
        return tuple(self.papers[n - 1] for n in numbers)

    @property
    def last_question(self) -> str:
        """The question of that answer, as it was read; empty before the first answer."""
        return next((turn.read_as for turn in reversed(self.turns) if turn.numbers), "")

    def numbered(self, n: int) -> Known | None:
        """Return the paper with this number, None if there is none."""
        return self.papers[n - 1] if 0 < n <= len(self.papers) else None

    def to_dict(self) -> dict[str, Any]:
        """Return the conversation as JSON; `from_dict` reads it back."""
        return {
            "turns": [{"question": t.question, "read_as": t.read_as, "papers": list(t.numbers)} for t in self.turns],
            "papers": [{"n": p.n, "id": p.id, "title": p.title, "year": p.year} for p in self.papers],
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises:
            InputError: it is something else.
        """
        try:
            papers = tuple(Known(p["n"], str(p["id"]), str(p["title"]), p["year"]) for p in record["papers"])
            turns = tuple(Turn(str(t["question"]), str(t["read_as"]), tuple(t["papers"])) for t in record["turns"])
        except (KeyError, TypeError) as error:
            raise InputError(_UNREADABLE.format(f"{type(error).__name__}: {error}")) from error
        if [p.n for p in papers] != list(range(1, len(papers) + 1)):
            raise InputError(_UNREADABLE.format("its papers are not numbered from 1"))
        if any(p.year is not None and not isinstance(p.year, int) for p in papers):
            raise InputError(_UNREADABLE.format("a year is no number"))
        known = range(1, len(papers) + 1)
        if any(not isinstance(n, int) or n not in known for turn in turns for n in turn.numbers):
            raise InputError(_UNREADABLE.format("a turn has a paper that is not there"))
        return cls(turns[-LONGEST:], papers)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it is to be searched for.

    Attributes:
        query: the question, understandable by itself; the very words typed where nothing was resolved.
        filters: what it is limited to beside what its words state: papers of the conversation, above all.
        compare: ids of the papers to be compared, in order.
        about: the id of the one paper it asks about.
        asks_for: the list field of that paper, or of the papers it is limited to, that is asked for:
            "authors", "published" (year and venue), "code" or "link".
        because: how it was read, a sentence for the person who asked; None where nothing was resolved.
    """

    query: str
    filters: Filters = field(default_factory=Filters)
    compare: tuple[str, ...] | None = None
    about: str | None = None
    asks_for: str | None = None
    because: str | None = None

    @property
    def among(self) -> tuple[str, ...] | None:
        """Ids of the papers that the search is limited to."""
        return self.filters.among
