"""Which words of a text are negated, and how surely."""

from collections.abc import Sequence

from .lexicon import AFFIRMED_AFTER, EMPTY, NEGATIONS, REPLACING

_REACH = (1.0, 0.9, 0.8, 0.5)  # how far a negation reaches over the content words after it
_ACROSS = frozenset("neither nor without no".split())  # these reach into the next clause: "no time, no money"
_REPLACED = 3  # words after "replaces" that are neither affirmed nor negated


def negations(words: Sequence[str], clauses: Sequence[int], hyphened: Sequence[bool]) -> list[float]:
    """Return how far each word is negated, 0 to 1; two negations cancel.

    Args:
        words: in lower case.
        clauses: the number of the clause that each stands in.
        hyphened: whether a hyphen joins it to the word before.
    """
    strength = [0.0] * len(words)

    def negate(at: int, by: float) -> None:
        strength[at] += by - 2 * strength[at] * by

    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "free" and at and hyphened[at]:  # "training-free"
            negate(at - 1, 1.0)
        elif word in REPLACING:
            first = next((k for k in range(at + 1, len(words)) if words[k] not in EMPTY), len(words))
            for later in range(first, min(first + _REPLACED, len(words))):
                negate(later, 0.5)
        elif cue := _cue(word, after):
            reach = _scope(words, clauses, at, at + cue)
            if not reach:  # "... that it cannot use": what is said before is negated
                reach = [k for k in range(at - 1, -1, -1) if clauses[k] >= clauses[at] - 1 and _tells(words[k])]
            for k, by in zip(reach, _REACH, strict=False):
                negate(k, by)
    return strength


def _cue(word: str, after: str) -> int:
    """Return how many words the negation that begins here has; 0 if none does."""
    if (word, after) in (("rather", "than"), ("instead", "of")):
        return 2
    affirmed = word in ("no", "not") and after in AFFIRMED_AFTER
    return int((word in NEGATIONS or word.endswith("n't")) and not affirmed)


def _scope(words: Sequence[str], clauses: Sequence[int], at: int, start: int) -> list[int]:
    last = clauses[min(start, len(words) - 1)] + (words[at] in _ACROSS)
    within = (k for k in range(start, len(words)) if clauses[k] <= last)
    return [k for k in within if _tells(words[k])][: len(_REACH)]


def _tells(word: str) -> bool:
    return word not in EMPTY and word not in NEGATIONS
