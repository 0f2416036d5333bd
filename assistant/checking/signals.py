"""What a claim and a source are compared by: signals that mean something in themselves."""

from dataclasses import dataclass

import numpy as np

from ingest.paper import Paper

from .alignment import Text, align
from .names import Known
from .numbers import Disagreement, Number, disagreements, numbers
from .polarity import Contrary, contrary
from .words import Word

_ABSENT = 0.25  # likeness below which a word has no counterpart
_MOST_ABSENT = 4  # more absent words than these say no more
_GAP = 0.05  # by which another paper must be nearer before it counts
_WIDEST_GAP = 0.3


@dataclass(frozen=True)
class Source:
    """A paper as something to compare with: its title, its text's sentences, its list fields.

    Attributes:
        text: the title is its sentence 0, the text's follow, the list fields are the last.
        known: what it calls things.
        numbers: those of its title, text and list fields.
    """

    paper: Paper
    text: Text
    known: Known
    numbers: tuple[Number, ...]


def list_fields(paper: Paper) -> str:
    """Return what a list says of a paper beside title and text, as words."""
    code = "code available" if paper.has_code else ""
    parts = [*paper.authors, paper.venue, str(paper.year or ""), paper.topic, *paper.section, code]
    return ". ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Signals:
    """How a source meets a claim.

    Attributes:
        covered: the mean over the claim's content words of their best likeness with any of the source's, 0 to 1.
        absent: the content words that have no counterpart.
        share: the share of the content words that these are, 0 to 1; 1 where there are none at all.
        names: the names that the source lacks.
        rival: by how much another paper's nearest sentence is nearer than any of this one's, in cosine.
        wrong: the numbers that the source does not bear out.
        contrary: what it says the contrary of.
        best: the source's sentence that meets the claim best, by its number.
    """

    covered: float
    absent: tuple[Word, ...]
    share: float
    names: tuple[str, ...]
    rival: float
    wrong: tuple[Disagreement, ...]
    contrary: Contrary
    best: int

    @property
    def figures(self) -> int:
        """How many numbers are plainly not the source's: a small count may be left out of a summary."""
        return sum(not one.claimed.counted or one.instead is not None for one in self.wrong)

    def there(self) -> tuple[float, ...]:
        """Return what tells whether the source speaks of this at all."""
        return (self.covered, min(len(self.absent), _MOST_ABSENT), self.share, min(len(self.names), 2), self.rival)

    def agrees(self) -> tuple[float, ...]:
        """Return what tells whether the source says the same of it."""
        found = self.contrary
        return (min(self.figures, 2), found.negated, found.denied, found.opposed, found.exchanged)


def nearest(claim: Text, source: Source) -> float:
    """Return the cosine of a claim with the nearest of a source's sentences."""
    return float((claim.whole @ source.text.whole.T).max(initial=0))


def compare(sentence: str, claim: Text, source: Source, rival: float = 0.0) -> Signals:
    """Compare a claim, or a part of one, with a source.

    Args:
        sentence: the claim, or the part of it that `claim` holds the words of.
        rival: the cosine of the claim with the nearest sentence of any other paper.
    """
    aligned = align(claim, source.text)
    per_sentence = [
        float(aligned.alike[:, source.text.sentences == number].max(axis=1, initial=0).sum())
        for number in range(len(source.text.whole))
    ]
    closeness = (claim.whole @ source.text.whole.T)[0]
    likeness = np.array(per_sentence) / max(len(aligned.claim), 1)
    absent = tuple(word for word, best in zip(aligned.claim, aligned.best, strict=True) if best < _ABSENT)
    gap = rival - nearest(claim, source) - _GAP
    return Signals(
        covered=float(aligned.best.mean()) if len(aligned.claim) else 0.0,
        absent=absent,
        share=len(absent) / len(aligned.claim) if aligned.claim else 1.0,
        names=tuple(source.known.missing(sentence)),
        rival=min(max(gap, 0.0), _WIDEST_GAP),
        wrong=tuple(disagreements(numbers(sentence), source.numbers)),
        contrary=contrary(claim, source.text, aligned),
        best=int(np.argmax(likeness + closeness)),
    )
