"""Citation keys, such as ong2024routellm: family name of the first author, year, first word of the title."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from ingest.paper import Paper

from . import names

_LONGEST_PART = 30  # characters
_WORD = re.compile(r"[^\W_]+")
# Letters that have no decomposition into a Latin letter and an accent.
_LATIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_SMALL_WORDS = frozenset(
    """a an and are as at be by can do does for from how in into is it its of on or s so the
    their to towards toward under using via what when where which who why with""".split()
)


def citation_keys(papers: Iterable[Paper], others: Iterable[str] = ()) -> dict[str, str]:
    """Return a key for each paper's id, without a clash even where case is ignored.

    A key depends on the paper alone, unless two papers of the export would share it: then the one whose id
    sorts first keeps it, and the others get a letter: b, c, ... The order of the papers never matters.

    Args:
        others: keys that other works have already, in the bibliography that these will stand beside.
    """
    plain = sorted({paper.id: _key(paper) for paper in papers}.items(), key=lambda pair: (pair[1], pair[0]))
    elsewhere = {key.casefold() for key in others}
    taken = {key for _, key in plain} | elsewhere
    keys: dict[str, str] = {}
    before, nth = "", 0
    for id, key in plain:
        nth = nth + 1 if key == before else int(key in elsewhere)
        before = key
        if nth:
            while (apart := key + _letters(nth)) in taken:
                nth += 1
            taken.add(apart)
            keys[id] = apart
        else:
            keys[id] = key
    return keys


def _key(paper: Paper) -> str:
    author = _first_word(names.split(paper.authors[0])) if paper.authors else "anon"
    word = _title_word(paper.title)
    if not author and not word:  # nothing that could be written in ASCII
        return "paper" + hashlib.sha256(paper.id.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{author or 'anon'}{paper.year or 'nd'}{word}"


def _first_word(name: names.Name) -> str:
    if not name.whole:
        return _ascii(name.family)
    words = [ascii for word in _WORD.findall(name.family) if (ascii := _ascii(word))]
    return next((word for word in words if word not in _SMALL_WORDS), "")


def _title_word(title: str) -> str:
    words = [ascii for word in _WORD.findall(title) if (ascii := _ascii(word)) and not ascii.isdigit()]
    telling = [word for word in words if word not in _SMALL_WORDS]
    return next((word for word in telling if len(word) > 1), next(iter(telling or words), ""))


def _ascii(word: str) -> str:
    word = word.casefold()
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word.translate(_LATIN)).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalnum, word))[:_LONGEST_PART]


def _letters(n: int) -> str:
    """Return the n-th of b, c, ..., z, ba, bb, ...: digits to the base 26, as letters."""
    return (_letters(n // 26) if n >= 26 else "") + chr(ord("a") + n % 26)
