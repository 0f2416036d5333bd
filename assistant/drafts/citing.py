"""TeX's commands that cite: those of LaTeX, natbib, biblatex, apacite and the like."""

import re

from .expansion import Stream, spelled

_IN_TEXT = frozenset(
    """citet textcite citeauthor citealt citefullauthor citea citeasnoun newcite shortciteN citeN
    textcites fullciteauthor citetitle citetalias""".lower().split()
)
_OTHERS = frozenset(
    """cite citep citealp citeyear citeyearpar citenum citeyearnp citepalias parencite footcite footcitetext autocite
    smartcite supercite fullcite footfullcite citeurl citedate notecite pnotecite onlinecite parencites autocites
    footcites smartcites supercites cites shortcite shortciteA citeNP citeANP upcite inlinecite mcite nocite
    bibentry""".lower().split()
)
_VOLUMES = re.compile(r"[a-z]{0,2}volcites?", re.IGNORECASE)  # whose first argument is a volume
_WORDS = frozenset(("citetext", "citelist", "defcitealias"))  # of words, in which citations may stand, or of none
_NAME = re.compile(r"[a-z]*cites?[a-z]{0,12}", re.IGNORECASE)
_NO_CITATION = re.compile(
    r"style|declare|every|name|format|setup|option|delim|mark|color|punct|link|dash|counter|hook", re.IGNORECASE
)


def is_standard(name: str) -> bool:
    """Tell whether a macro is a package's command for citing, which a draft may only dress up."""
    return (plain := name.rstrip("*").lower()) in _IN_TEXT or plain in _OTHERS


def cites(name: str) -> bool:
    """Tell whether a macro that the draft does not define is a command for citing, by its name."""
    plain = name.rstrip("*")
    if plain in _WORDS:
        return False
    return is_standard(plain) or bool(_NAME.fullmatch(plain) and not _NO_CITATION.search(plain))


def in_text(name: str) -> bool:
    """Tell whether the citation is part of its sentence: "Ong et al. (2024) show"."""
    return name.rstrip("*").lower() in _IN_TEXT


def keys(name: str, stream: Stream) -> tuple[str, ...]:
    """Read the arguments of a citing command off the stream and return the keys in them."""
    many = name.rstrip("*").lower().endswith("cites")
    has_volume = bool(_VOLUMES.fullmatch(name.rstrip("*")))
    found: list[str] = []
    while many and stream.enclosed("(", ")") is not None:  # biblatex's notes on all of them
        pass
    stream.enclosed("<", ">")  # apacite's note, and beamer's slides
    while (group := _group(stream)) is not None:
        if has_volume:
            group = _group(stream) or ""
        found += group.split(",")
        if not many:
            break
    # A star before a key, in REVTeX and mcite, puts the reference below the one before.
    return tuple(key if key == "*" else key.lstrip("*") for part in found if (key := " ".join(part.split())))


def _group(stream: Stream) -> str | None:
    """Return the next group, with the notes before it left out; None where there is none."""
    while stream.optional() is not None:
        pass
    token = stream.peek()
    return spelled(stream.argument(short=True)) if token is not None and token.kind == "{" else None
