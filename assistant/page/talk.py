"""Talks: the conversations of the open browser tabs, in memory only, each by a token that its tab alone knows."""

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from ..answer import Answer
from ..conversation import LONGEST, Conversation
from ..models import Stop

_KEPT = 64  # talks; the one that was used longest ago is forgotten
_TOKEN = re.compile(r"[\w-]{16,64}")
_INTERRUPTED = "The page was closed or reloaded while this was written."


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer, or with what went wrong. Neither: the answer is awaited."""

    question: str
    answer: Answer | None = None
    error: str | None = None

    @property
    def is_written(self) -> bool:
        """Whether the answer is being written: what stands of it is not checked yet."""
        return self.error is None and self.answer is not None and _is_unchecked(self.answer)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more comes."""
        return self.error is not None or (self.answer is not None and not _is_unchecked(self.answer))


class Talk:
    """The turns of one browser tab. Questions are answered one after the other, in the order they were asked.

    Attributes:
        first: the number of the oldest turn that is kept; the first question ever is number 1.
        turns: what is kept.
    """

    def __init__(self, turns: tuple[Turn, ...] = (), first: int = 1) -> None:
        self.turns = turns
        self.first = first
        self._changed = threading.Condition()
        self._stop = Stop()

    def begin(self, question: str) -> int:
        """Add a question; return its number."""
        with self._changed:
            self.turns = (*self.turns, Turn(question))
            if len(self.turns) > LONGEST:
                self.turns, self.first = self.turns[1:], self.first + 1
            return self.first + len(self.turns) - 1

    def await_turn(self, n: int) -> tuple[Conversation, Stop]:
        """Wait until all questions before number `n` are answered; return what was said, and what stops the answer."""
        with self._changed:
            self._changed.wait_for(lambda: all(turn.is_settled for turn in self._before(n)))
            self._stop = Stop()
            return spoken(self._before(n)), self._stop

    def put(self, n: int, answer: Answer | None = None, error: str | None = None) -> None:
        """Note the answer to question `n` as far as it stands, or what went wrong."""
        with self._changed:
            i = n - self.first
            if 0 <= i < len(self.turns):
                turn = replace(self.turns[i], answer=answer or self.turns[i].answer, error=error)
                self.turns = (*self.turns[:i], turn, *self.turns[i + 1 :])
            self._changed.notify_all()

    def leave(self, n: int) -> None:
        """Settle question `n`, whose answer nobody waits for any more."""
        i = n - self.first
        if 0 <= i < len(self.turns) and not self.turns[i].is_settled:
            self.put(n, error=_INTERRUPTED)

    def stop(self) -> None:
        """End the answer that is being written."""
        self._stop.press()

    def ended(self, seconds: float) -> "Talk":
        """Return a copy, with what is being written stopped; what does not end in time stands as interrupted."""
        self.stop()
        with self._changed:
            self._changed.wait_for(lambda: all(turn.is_settled for turn in self.turns), seconds)
            settled = (turn if turn.is_settled else replace(turn, error=_INTERRUPTED) for turn in self.turns)
            return Talk(tuple(settled), self.first)

    def answer(self, n: int) -> Answer | None:
        """Return the answer to question `n`, None where it has none or is forgotten."""
        i = n - self.first
        return self.turns[i].answer if 0 <= i < len(self.turns) else None

    def _before(self, n: int) -> tuple[Turn, ...]:
        return self.turns[: max(n - self.first, 0)]


class Talks:
    """The talks of one page."""

    def __init__(self) -> None:
        self._talks: OrderedDict[str, Talk] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, token: str | None) -> Talk:
        """Return the talk of a token, a new one for a new token; one that is not kept for what is no token."""
        if not token or not _TOKEN.fullmatch(token):
            return Talk()
        with self._lock:
            talk = self._talks.setdefault(token, Talk())
            self._talks.move_to_end(token)
            while len(self._talks) > _KEPT:
                self._talks.popitem(last=False)
            return talk

    def reopened(self, old: str | None, new: str | None, patience: float = 3.0) -> Talk:
        """Return the talk of `new`, continuing that of `old`: a tab that is reloaded, or copied, goes on by itself.

        Args:
            patience: seconds to wait for an answer that was being written.
        """
        before = self._talks.get(old or "")
        talk = self.of(new)
        if before is not None and not talk.turns:
            copy = before.ended(patience)
            talk.turns, talk.first = copy.turns, copy.first
        return talk


def spoken(turns: tuple[Turn, ...]) -> Conversation:
    """Return what was asked and answered, to which a question may refer."""
    said = Conversation()
    for turn in turns:
        if turn.answer:
            papers = [citation.paper for citation in turn.answer.references]
            said = said.with_turn(turn.question, papers, turn.answer.stands_alone)
    return said


def _is_unchecked(answer: Answer) -> bool:
    return any(sentence.verdict == "unchecked" for sentence in answer.sentences)
