"""A question for one particular fact of one paper: is the fact in the paper's text?

"What GPU did they use?" finds its paper, and no sentence of its abstract that could answer. The
rules look for a question of a known kind about a paper that is called by name or referred to, and
for a sentence that has such a thing near the question's words. Facts that the list itself has
(authors, year, venue, code) are none of these.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.passages import Passage, sentences
from index.words import stems, words
from ingest.paper import Paper

from .kinds import KINDS, Kind
from .naming import named_in

_LIST_FIELDS = re.compile(
    r"\b(?:who\s+(?:wrote|published|authored|proposed|introduced)|who\s+(?:is|are)\s+the\s+authors?|(?:when|where|in\s+wh\w+\s+(?:year|venue))"
    r"\s+(?:was|were)\b.*\b(?:published|presented)|which\s+papers?|what\s+papers?|how\s+many\s+(?:papers|articles|works))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a question asks of a paper.

    Attributes:
        kind: "hardware", "licence" and the like.
        wanted: what is asked for, in words: "which hardware was used".
        sentence: the sentence of the paper's text that has it; None where none has.
    """

    paper: Paper
    kind: str
    wanted: str
    sentence: Passage | None

    @property
    def missing(self) -> bool:
        """Whether the paper's text does not say."""
        return self.sentence is None

    @property
    def said(self) -> str:
        """What is to be said where it is missing, a sentence."""
        if not self.paper.text:
            return f"No abstract of it is here to say {self.wanted}."
        source = "Its abstract" if self.paper.text_kind == "abstract" else "The summary of it here"
        return f"{source} does not say {self.wanted}."

    def to_dict(self) -> dict[str, Any]:
        return {
            "paper": self.paper.id,
            "kind": self.kind,
            "missing": self.missing,
            "sentence": self.sentence.to_dict() if self.sentence else None,
        }


def fact_sought(question: str, papers: Sequence[Paper], about: Paper | None = None) -> Fact | None:
    """Return the fact that a question asks for; None where it asks for none, or of no one paper.

    Args:
        papers: what a search for the question found, by which a name is told.
        about: the paper that the question's "it" or "they" refers to, where it does.
    """
    if _LIST_FIELDS.search(question):
        return None
    named = [about] if about else named_in(question, papers)
    kind = next((kind for kind in KINDS if kind.asked.search(question)), None)
    if kind is None or len(named) != 1:
        return None
    paper = named[0]
    return Fact(paper, kind.name, kind.wanted(question), _evidence(question, kind, paper))


def _evidence(question: str, kind: Kind, paper: Paper) -> Passage | None:
    """Return the sentence that has what is asked for: of several, the one with most of the question's words."""
    wanted = set(stems(words(question))) - set(stems(words(paper.title)))
    having = [part for part in sentences(paper.text) if kind.present(question, part.text, paper)]
    return max(having, key=lambda part: len(wanted & set(stems(words(part.text)))), default=None)
