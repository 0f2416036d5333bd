"""TeX source -> tokens with their places; comments and verbatim text never become tokens."""

import re
from typing import Literal, NamedTuple

from .draft import Place

Kind = Literal["text", "space", "par", "macro", "parameter", "{", "}", "[", "]", "$", "$$", "~", "#", "&", "^", "_"]

_TOKEN = re.compile(
    r"""(?P<comment>%[^\n]*\n?[ \t]*) | (?P<space>\s+) | \\(?P<macro>[A-Za-z@]+\*?|.|\Z)
    | \#(?P<parameter>[1-9]) | (?P<sign>\$\$|[{}\[\]$~\#&^_]) | (?P<text>[^\\%{}\[\]$~\#&^_\s]+)""",
    re.VERBOSE | re.DOTALL,
)

_OPTION = re.compile(r"\s*\[[^\[\]]{0,300}\]")
_OPENING = re.compile(rf"(?:{_OPTION.pattern})?\s*\{{")  # of an argument, with an option before it
_BRACE = re.compile(r"[{}]|\n\s*?\n")
_LONGEST_ADDRESS, _DEEPEST_ADDRESS = 2_000, 5  # characters, braces


class Token(NamedTuple):
    """A token; of a macro, `text` is the name, with its star; of a parameter, its number."""

    kind: Kind
    text: str
    place: Place


class Source:
    """One file's tokens, one by one."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._at = 0
        self._place = Place(file, 1)
        self._after_comment = False

    def next(self) -> Token | None:
        """Return the next token, None at the end."""
        while found := _TOKEN.match(self._text, self._at):
            kind, text, place = found.lastgroup or "", found[found.lastgroup or 0], self._place
            comment_before, self._after_comment = self._after_comment, kind == "comment"
            self._advance(found.end())
            if kind == "comment":
                continue
            if kind == "space":
                # A comment takes the end of its line with it.
                lines = text.count("\n") + comment_before
                return Token("par", "", place) if lines > 1 else Token("space", " ", place)
            if kind == "sign":
                return Token(text, text, place)  # type: ignore[arg-type]
            return Token(kind, text, place)  # type: ignore[arg-type]
        return None

    def skip_past(self, ending: str) -> bool:
        """Go on behind the next `ending`, to the end of the file if there is none; tell whether there was."""
        at = self._text.find(ending, self._at)
        self._advance(at + len(ending) if at >= 0 else len(self._text))
        return at >= 0

    def skip_address(self) -> str | None:
        """Return what stands in the braces that come next, in which a % is a sign; None where none close in time."""
        found = _OPENING.match(self._text, self._at)
        if found is None:
            return None
        depth = 1
        for brace in _BRACE.finditer(self._text, found.end(), found.end() + _LONGEST_ADDRESS):
            depth += 1 if brace[0] == "{" else -1 if brace[0] == "}" else 0
            if depth == 0:
                self._advance(brace.end())
                return self._text[found.end() : brace.start()]
            if depth > _DEEPEST_ADDRESS or brace[0].isspace():
                break
        return None

    def skip_verb(self, option: bool) -> str:
        """Return what stands between the sign that comes next and its like on the same line.

        Args:
            option: an option may stand before it, in square brackets.
        """
        if option and (found := _OPTION.match(self._text, self._at)):
            self._advance(found.end())
        end = self._text.find("\n", self._at)
        line = self._text[self._at : end if end >= 0 else len(self._text)]
        close = line.find(line[0], 1) if line else -1
        if close < 0:
            return ""
        self._advance(self._at + close + 1)
        return line[1:close]

    def _advance(self, end: int) -> None:
        lines = self._text.count("\n", self._at, end)
        if lines:
            self._place = Place(self._place.file, self._place.line + lines)
        self._at = end
