"""Who does what to whom: whether the two sides of a verb or a comparison have changed places."""

from collections.abc import Sequence

import numpy as np

from .alignment import Matrix
from .lexicon import contests, stem
from .words import Word

_SPAN = 6  # content words on either side that can be a party to the deed
_POLES = frozenset(map(stem, "small large tiny weak strong teacher student expert amateur human machine supervisor draft target edge cloud reader existing baseline".split()))
_HINGES = frozenset("than".split())  # "better for this than that", "replaces this with that"


def exchanged(claim: Sequence[Word], source: Sequence[Word], sentences: np.ndarray, alike: Matrix, facing: Matrix) -> float:
    """Return how clearly what stands on one side of a verb in the claim stands on the other in the source, 0 to 1.

    Args:
        alike: of the claim's content words and the source's words, from 0 to 1.
        facing: -1 where two of these are opposites, as "beats" and "trails".
    """
    rows = {k: row for row, k in enumerate(k for k, word in enumerate(claim) if word.content)}
    found = 0.0
    for i, pivot in enumerate(claim):
        hinge = pivot.text.lower() in _HINGES
        if not hinge and not (pivot.stem in contests() and i in rows):
            continue
        left, right = _sides(claim, i, 0, len(claim))
        left_rows, right_rows = [rows[k] for k in left], [rows[k] for k in right]
        if not left_rows or not right_rows:
            continue
        best = (0.0, 0.0)  # (how well the place fits, how far its sides are exchanged)
        for j, other in enumerate(source):
            if hinge:
                fits, turned = other.text.lower() == pivot.text.lower(), False
            else:
                fits = other.stem == pivot.stem or facing[rows[i], j] != 0
                turned = facing[rows[i], j] < 0
            if not fits:
                continue
            own = np.flatnonzero(sentences == sentences[j])
            before, after = _sides(source, j, own[0], own[-1] + 1)
            if turned != (pivot.sign * other.sign < 0 and False):
                before, after = after, before
            kept = _meet(alike, left_rows, before) + _meet(alike, right_rows, after)
            swapped_left, swapped_right = _only(alike, left_rows, after, before), _only(alike, right_rows, before, after)
            kept_left, kept_right = _only(alike, left_rows, before, after), _only(alike, right_rows, after, before)
            swapped = min(swapped_left, swapped_right) - max(kept_left, kept_right)
            fit = kept + _meet(alike, left_rows, after) + _meet(alike, right_rows, before)
            best = max(best, (fit, max(0.0, swapped)))
        found = max(found, best[1])
    return found


def _sides(words: Sequence[Word], at: int, start: int, end: int) -> tuple[list[int], list[int]]:
    """Return the content words before and after a verb, the doer's first: a passive has them the other way round."""
    before = [k for k in range(start, at) if _party(words[k]) and words[k].end <= words[at].start][-_SPAN:]
    after = [k for k in range(at + 1, end) if _party(words[k]) and words[k].start >= words[at].end][:_SPAN]
    following = [word.text.lower() for word in words[at + 1 : min(at + 4, end)]]
    if "by" in following and words[at].text.lower().endswith(("ed", "en", "ught")):
        return after, before
    return before, after


def _party(word: Word) -> bool:
    """Tell whether a word sets one party apart from another: a name, or a word with an opposite."""
    return word.content and (word.is_name or word.stem in _POLES)


def _meet(alike: Matrix, rows: Sequence[int], columns: Sequence[int]) -> float:
    return float(alike[np.ix_(rows, columns)].max(axis=1).mean()) if rows and columns else 0.0


def _only(alike: Matrix, rows: Sequence[int], here: Sequence[int], there: Sequence[int]) -> float:
    """Return the strongest of the words that are found here and not there."""
    if not rows or not here:
        return 0.0
    present = alike[np.ix_(rows, here)].max(axis=1)
    absent = alike[np.ix_(rows, there)].max(axis=1) if there else np.zeros(len(rows), np.float32)
    return float(np.max(np.where(present >= 0.9, present - absent, 0)))
