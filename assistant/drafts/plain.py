"""Plain text, line by line -> paragraphs and headings."""

import re
from collections.abc import Iterable

from ingest.text import fold

from .cutting import Words
from .draft import Place
from .in_prose import Part

_HEADING = re.compile(r"(?P<number>(?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)?\s*(?P<words>[^\W\d_].*)")
_NAMED = re.compile(
    r"""(?:\d{1,2}\.?\s+|[IVX]{1,5}\.\s+)?(?:abstract|introduction|background|related\ works?|methods?|methodology|
    experiments?|results?|discussion|limitations?|conclusions?(?:\ and\ future\ work)?|acknowledge?ments?|references|
    bibliography|literature(?:\ cited)?|works\ cited|appendix)\s*:?""",
    re.IGNORECASE | re.VERBOSE,
)
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,}|~{3,})\s*")
_LONGEST_HEADING = 90  # characters


def parts(lines: Iterable[tuple[str, Place]]) -> list[Part]:
    """Return the paragraphs and headings of a text; paragraphs are parted by blank lines."""
    found: list[Part] = []
    paragraph: list[tuple[str, Place]] = []

    def close() -> None:
        if paragraph:
            level = _level(paragraph[0][0], alone=True) if len(paragraph) == 1 else 0
            found.append(Part([Words(line + "\n", place) for line, place in paragraph], level))
            paragraph.clear()

    for line, place in lines:
        if not line.strip():
            close()
        elif _UNDERLINE.fullmatch(line):
            if len(paragraph) == 1:
                found.append(Part([Words(paragraph[0][0] + "\n", paragraph[0][1])], 1 if "=" in line else 2))
                paragraph.clear()
            else:
                close()
        elif level := _level(line, alone=False):
            close()
            found.append(Part([Words(line + "\n", place)], level))
        else:
            paragraph.append((line, place))
    close()
    return found


def _level(line: str, alone: bool) -> int:
    """Return the level of a heading, 0 for a line of text. `alone` is a line between blank ones."""
    line = fold(line)
    if len(line) > _LONGEST_HEADING:
        return 0
    if _NAMED.fullmatch(line):
        return 1
    found = _HEADING.fullmatch(line)
    if not alone or not found or line.endswith((".", "!", ",", ";", '"')) or "@" in line:
        return 0
    number, words = found["number"] or "", found["words"].split()
    if len(words) > 12 or not (words[0][0].isupper()):
        return 0
    if number:
        return number.rstrip(".").count(".") + 1
    capital = sum(word[0].isupper() or len(word) < 5 for word in words)
    return 1 if line.isupper() or capital == len(words) or len(words) < 5 else 0
