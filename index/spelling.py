"""Misspelt words of a query, and the collection's word that was meant."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

FILE = "words.txt"
_LEAST = 6  # letters of a word that can be told to be misspelt
_LONG = 8  # letters from which on two slips are allowed
_ENDINGS = frozenset(("s", "es", "ed", "d", "ing", "er", "ers", "ly", "al", "able", "less", "ness", "ment", "ments"))


def write(folder: Path, words: Iterable[str]) -> None:
    """Keep those of the papers' words in `folder` that a slip can be told from."""
    known = {word for word in words if len(word) >= _LEAST and word.isalpha()}
    (folder / FILE).write_text("\n".join(sorted(known)), "utf-8")


def corrected(
    unknown: Sequence[str], vocabulary: Callable[[], Sequence[str]], pieces: Callable[[str], list[str]]
) -> dict[str, str]:
    """Return what words that no paper has were meant to be, where one word of the papers is close enough.

    A word that the encoder's tokeniser knows, alone or with an ordinary ending, is no slip: then the
    papers just do not have it.

    Args:
        unknown: words in lower case.
        vocabulary: returns the papers' words; asked only where a word is doubtful.
        pieces: cuts a word into the tokeniser's pieces.
    """
    doubtful = [w for w in unknown if len(w) >= _LEAST and w.isalpha() and not _is_word(pieces(w))]
    if not doubtful:
        return {}
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = vocabulary()
    found = {}
    for word in doubtful:
        near = [w for w in known if w[:1] == word[0] and abs(len(w) - len(word)) <= 2]
        slips = 2 if len(word) >= _LONG else 1
        close = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=slips)
        if close:
            found[word] = close[0]
    return found


def replaced(text: str, corrections: dict[str, str]) -> str:
    """Return the text with these words replaced."""
    for word, meant in corrections.items():
        text = re.sub(rf"\b{re.escape(word)}\b", meant, text, flags=re.I)
    return text


def _is_word(pieces: list[str]) -> bool:
    return len(pieces) == 1 or (len(pieces[0]) > 3 and all(piece in _ENDINGS for piece in pieces[1:]))
