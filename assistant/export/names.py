"""An author's name taken apart: given names, particle ("van der"), family name, suffix ("Jr.")."""

import re
from dataclasses import dataclass

from ingest.text import fold

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
# Written with a capital, these begin a family name: "Luc Van Gool".
_CAPITAL_PARTICLES = frozenset({"Van", "Von", "De", "Del", "Della", "Den", "Der", "Dos"})
_JOINING = frozenset({"y", "i", "e"})  # "Ortega y Gasset": what stands before belongs to the family name
_ORGANISATION = re.compile(
    r"""^the\s | \b(?:team|group|collaboration|consortium|committee|university|universit[àéy]t?|institute|
    laborator(?:y|ies)|labs?|inc|ltd|gmbh|corp|corporation|company|foundation|association|society|
    organi[sz]ation|department|council|agency|ministry|project|initiative|network|cent(?:er|re)|academy|
    alliance|community|contributors|research|and|of|for|(?-i:AI|ML|NLP))\b | [&\d]""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in parts, or an organisation's (or a single name) whole, in `family`."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    whole: bool = False


def split(name: str) -> Name:
    """Take apart "First Last", "Last, First" or "{An Organisation}".

    >>> split("Aaron van den Oord")
    Name(family='Oord', given='Aaron', particle='van den', suffix='', whole=False)
    """
    name = fold(name)
    if name.startswith("{") and name.endswith("}"):
        return Name(name.strip("{} ") or name, whole=True)
    parts = [part.strip() for part in name.split(",")]
    suffix = ""
    if len(parts) > 1 and (found := next((p for p in parts[1:] if _is_suffix(p)), "")):
        suffix = found
        parts.remove(found)
    if len(parts) == 2 and all(parts):
        lead = _lowercase_run(words := parts[0].split(), 0)
        return Name(" ".join(words[lead:]), parts[1], " ".join(words[:lead]), suffix)
    words = " ".join(parts).split() if len(parts) == 1 else []
    if len(words) > 2 and not suffix and _is_suffix(words[-1]):
        suffix = words.pop()
    if len(words) < 2 or _ORGANISATION.search(name):
        return Name(name, whole=True)
    at = _family_start(words)
    lead = at + _lowercase_run(words, at)
    return Name(" ".join(words[lead:]), " ".join(words[:at]), " ".join(words[at:lead]), suffix)


def _is_suffix(word: str) -> bool:
    return word.casefold().rstrip(".") in _SUFFIXES


def _family_start(words: list[str]) -> int:
    """Return where the particle or family name begins; the last word is family name in any case."""
    for i in range(1, len(words) - 1):
        if words[i] in _JOINING:
            return max(i - 1, 1)
        if words[i][0].islower() or words[i] in _CAPITAL_PARTICLES:
            return i
    return len(words) - 1


def _lowercase_run(words: list[str], start: int) -> int:
    """Return how many words in lower case stand from `start` on, the last word aside."""
    end = start
    while end < len(words) - 1 and words[end][0].islower():
        end += 1
    return end - start
