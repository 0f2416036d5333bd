"""Names in a claim, models and data sets and people, and whether a source has them."""

import re
from collections.abc import Iterable

from .lexicon import expansion

_PART = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[^\W_]+(?:[-./'’][^\W_]+)*")
_LONGEST = 5  # parts of one name that may be written together: "Llama-2-7B-Chat" as "Llama2 7B Chat"
# Capitalised, and yet no names of anything.
_PLAIN = frozenset("i a the in on at for and or of to by with from we they it this that these those".split())


def names(text: str) -> list[str]:
    """Return the names that a text mentions: words with a capital inside, or capitalised within a sentence."""
    found = []
    for match in _NAME.finditer(text):
        word = match.group().removesuffix("'s").removesuffix("’s")
        opens = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1] in '.!?:(“"'
        inner = any(c.isupper() for c in word[1:]) and any(c.islower() or c.isdigit() or c.isupper() for c in word)
        capital = word[0].isupper() and not opens
        figure = word[0].isalpha() and any(c.isdigit() for c in word)
        if (inner or capital or figure) and word.lower() not in _PLAIN and expansion(word) is None:
            found.append(word)
    return found


class Known:
    """What a source calls things, in every way of joining the parts of its words."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._joined: set[str] = set()
        self._initials = ""
        for text in texts:
            parts = [part.lower() for part in _PART.findall(text)]
            for length in range(1, _LONGEST + 1):
                self._joined |= {"".join(parts[i : i + length]) for i in range(len(parts) - length + 1)}
            self._initials += "".join(part[0] for part in parts) + " "

    def has(self, name: str) -> bool:
        """Tell whether the source has a name, however it is hyphenated, in the plural, or as an acronym spelled out."""
        joined = "".join(_PART.findall(name.lower()))
        forms = {joined, joined.removesuffix("s"), joined + "s", joined.removesuffix("es")}
        if forms & self._joined:
            return True
        acronym = name.removesuffix("s")
        if acronym.isupper() and len(acronym) > 1 and acronym.isalpha() and acronym.lower() in self._initials:
            return True
        parts = [part for part in re.split(r"[-/]", name) if part]
        return len(parts) > 1 and all(self.has(part) or part.islower() for part in parts)

    def missing(self, claim: str) -> list[str]:
        """Return the claim's names that the source lacks, each once."""
        return [name for name in dict.fromkeys(names(claim)) if not self.has(name)]
