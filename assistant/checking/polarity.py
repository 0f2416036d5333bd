"""Does a source say the contrary? By negation, by opposites, or with the two sides of a comparison exchanged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .alignment import Alignment, Matrix, Row, Text
from .lexicon import contests, stem
from .words import Word

_SAME = 0.55  # how alike words are that may stand for one another
_CUED = 0.7  # negation of a word that is denied outright
_DETERMINERS = frozenset("a an the its their of more most much only".split())
_ANYTHING = frozenset(map(stem, ("language", "model")))  # of which both a word and its opposite are said everywhere
_HEADS = 2  # content words after a word that it says something of
_SPAN = 6  # content words on either side of a comparison that can be a party to it


@dataclass(frozen=True, slots=True)
class Contrary:
    """How far a source says the contrary of a claim; each from 0 to 1.

    Attributes:
        negated: a word is negated in the one and not in the other.
        negated_word: that word of the claim.
        denied: the claim denies something, and the source denies nothing of the kind.
        opposed: the source says the opposite of the same thing: "hard examples" for "easy examples".
        opposed_words: what the claim says there.
        exchanged: who beats whom is the other way round.
    """

    negated: float = 0.0
    negated_word: Word | None = None
    denied: float = 0.0
    opposed: float = 0.0
    opposed_words: str = ""
    exchanged: float = 0.0


def contrary(claim: Text, source: Text, aligned: Alignment) -> Contrary:
    """Look for contraries between a claim and a source."""
    if not aligned.claim:
        return Contrary()
    rows = np.flatnonzero(claim.content)
    facing = _facing(aligned.claim, source.words)
    signs = np.outer(claim.signs[rows], source.signs)
    truth = signs * np.where(facing == 0, 1, facing)
    place = 0.1 + aligned.company
    same = facing != 0
    alike = np.where(aligned.alike >= _SAME, aligned.alike, 0)
    likely: Matrix = (np.where(same, 1, alike) * place).astype(np.float32)
    negated = _dominance(
        (likely * (1 + truth) / 2).astype(np.float32), (likely * (signs < 0) * (1 - truth) / 2).astype(np.float32)
    )
    worst = int(negated.argmax())
    cued = np.array([word.negation >= _CUED for word in aligned.claim])
    denied = 0.0
    if cued.any():
        bears = (truth >= 0) & ((source.signs <= 0)[None, :] | (facing < 0))
        borne = np.where(bears, aligned.alike * np.minimum(1, 0.6 + 0.8 * aligned.company), 0)
        denied = 1 - float(borne[cued].max(initial=0))
    opposed = _opposed(claim.words, source.words)
    return Contrary(
        negated=float(negated[worst]),
        negated_word=aligned.claim[worst] if negated[worst] > 0 else None,
        denied=denied,
        opposed=float(bool(opposed)),
        opposed_words=opposed,
        exchanged=_exchanged(claim, source, aligned, facing),
    )


def _facing(claim: Sequence[Word], source: Sequence[Word]) -> Matrix:
    """Return 1 where two words have one direction, -1 where opposite ones, else 0; shape (claim, source)."""
    facing = np.zeros((len(claim), len(source)), np.float32)
    columns = [(j, dict(word.places), word.stem) for j, word in enumerate(source) if word.places]
    for i, word in enumerate(claim):
        for axis, direction in word.places:
            for j, places, other in columns:
                if other == word.stem:
                    facing[i, j] = 1
                elif axis in places and not facing[i, j]:
                    facing[i, j] = direction * places[axis]
    return facing


def _dominance(mine: Matrix, theirs: Matrix) -> Row:
    """Return, for each row, how clearly its best place of `theirs` beats its best of `mine`, 0 to 1."""
    a, b = mine.max(axis=1, initial=0), theirs.max(axis=1, initial=0)
    found: Row = np.maximum(b - a, 0) / np.maximum(a + b, 1e-6) * np.minimum(1, b / 0.5)
    return found


def _heads(words: Sequence[Word]) -> Iterator[tuple[Word, list[Word]]]:
    """Yield each word that has an opposite, with the content words directly after it, of which it says something."""
    for at, word in enumerate(words):
        if not word.places:
            continue
        heads: list[Word] = []
        for later in words[at + 1 :]:
            if later.text.lower() in _DETERMINERS or later.stem in _ANYTHING:
                continue
            if not later.content or later.clause != word.clause or len(heads) == _HEADS:
                break
            heads.append(later)
        yield word, heads


def _opposed(claim: Sequence[Word], source: Sequence[Word]) -> str:
    """Return the claim's words of which the source says the opposite, and never the same; none: ""."""
    said: dict[tuple[int, int], set[str]] = {}
    for word, heads in _heads(source):
        for axis, direction in word.places:
            said.setdefault((axis, direction * _side(word)), set()).update(head.stem for head in heads)
    for word, heads in _heads(claim):
        if stem(word.text) != word.stem:
            continue  # part of an acronym: an LLM is not called large
        stems = {head.stem for head in heads}
        for axis, direction in word.places:
            same = said.get((axis, direction * _side(word)), set())
            other = said.get((axis, -direction * _side(word)), set())
            if stems & (other - same) and not stems & (same - other):
                return " ".join(dict.fromkeys(part.text for part in (word, *heads)))
    return ""


def _side(word: Word) -> int:
    return 1 if word.sign > 0 else -1


def _exchanged(claim: Text, source: Text, aligned: Alignment, facing: Matrix) -> float:
    """Return how clearly the parties on the two sides of a comparison have changed places, 0 to 1."""
    rows = {int(at): row for row, at in enumerate(np.flatnonzero(claim.content))}
    alike = np.where(aligned.alike >= _SAME, aligned.alike, 0)
    found = 0.0
    for at, pivot in enumerate(claim.words):
        if pivot.stem not in contests() or at not in rows:
            continue
        left, right = ([rows[k] for k in side] for side in _parties(claim.words, at, 0, len(claim.words)))
        for j in np.flatnonzero((source.stems == claim.stems[at]) | (facing[rows[at]] != 0)):
            inside = np.flatnonzero(source.sentences == source.sentences[j])
            before, after = _parties(source.words, int(j), int(inside[0]), int(inside[-1]) + 1)
            if facing[rows[at], j] < 0:  # "trails" for "beats"
                before, after = after, before
            crossed = min(_only(alike, left, after, before), _only(alike, right, before, after))
            kept = max(_only(alike, left, before, after), _only(alike, right, after, before))
            found = max(found, crossed - kept)
    return found


def _parties(words: Sequence[Word], at: int, start: int, end: int) -> tuple[list[int], list[int]]:
    """Return the names before and after a verb, the doer's first: in a passive they stand the other way round."""
    before = [k for k in range(start, at) if words[k].is_party][-_SPAN:]
    after = [k for k in range(at + 1, end) if words[k].is_party][:_SPAN]
    passive = "by" in (word.text.lower() for word in words[at + 1 : min(at + 4, end)])
    return (after, before) if passive and words[at].text.lower().endswith(("ed", "en")) else (before, after)


def _only(alike: Matrix, rows: Sequence[int], here: Sequence[int], there: Sequence[int]) -> float:
    """Return how surely one of the words in `rows` is found here and not there."""
    if not rows or not here:
        return 0.0
    absent = alike[np.ix_(rows, there)].max(axis=1, initial=0)
    present = alike[np.ix_(rows, here)].max(axis=1)
    return float(np.where(present >= 0.9, present - absent, 0).max())
