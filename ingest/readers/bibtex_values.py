"""The value of a BibTeX field: strings joined by #, abbreviations put in, lists of names taken apart."""

import re
from collections.abc import Iterator, Mapping

from ..errors import NotAPaper

Fields = dict[str, str]
"""An entry's fields by name in lower case, as they stand between their braces or quotes."""

_BARE = re.compile(r'[^\s"{}#,=%]+')
_BLANK = re.compile(r"\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTED = re.compile(r'\\.|[{}"]', re.DOTALL)
_AND = re.compile(r"\\.|[{}]|\s+and(?=\s)", re.DOTALL | re.IGNORECASE)
_COMMA = re.compile(r"\\.|[{},]", re.DOTALL)
_LONGEST = 2**20  # characters that a value may grow to by its abbreviations


def value(raw: str, strings: Mapping[str, str], field: str) -> str:
    """Return what a field holds: "acl # { 2020}" with acl defined as ACL is "ACL 2020".

    An abbreviation that is not defined stands for its name.

    Raises:
        NotAPaper: the value does not end where the field does.
    """
    joined = "".join(_pieces(raw.strip(), strings, field))
    if len(joined) > _LONGEST:
        raise NotAPaper(f"the field {field} has {len(joined):,} characters; expected at most {_LONGEST:,}")
    return joined


def _pieces(raw: str, strings: Mapping[str, str], field: str) -> Iterator[str]:
    at = 0
    while at < len(raw):
        if raw[at] == "{":
            end = _closing(raw, at, _BRACE)
            yield raw[at + 1 : end]
            at = end + 1
        elif raw[at] == '"':
            end = _closing(raw, at, _QUOTED)
            yield raw[at + 1 : end]
            at = end + 1
        elif bare := _BARE.match(raw, at):
            yield strings.get(bare.group().lower(), bare.group())
            at = bare.end()
        at = _end(raw, at)
        if at < len(raw):
            if raw[at] != "#":
                raise NotAPaper(f"{raw[at : at + 40]!r} after the field {field}; expected a comma")
            at = _end(raw, at + 1)


def _end(raw: str, at: int) -> int:
    """Return where the white space that begins at `at` ends."""
    found = _BLANK.match(raw, at)
    return found.end() if found else at


def _closing(raw: str, at: int, signs: "re.Pattern[str]") -> int:
    """Return where the brace or quote that opens at `at` is closed; the end if it never is."""
    depth = 0
    for found in signs.finditer(raw, at):
        sign = found.group()
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0 and raw[at] == "{":
                return found.start()
        elif sign == '"' and depth == 0 and found.start() > at:
            return found.start()
    return len(raw)


def parts(text: str, separator: str = "and") -> list[str]:
    """Split names at "and", or one name at its commas; what stands in braces stays together."""
    if "{" not in text and separator == ",":
        return text.split(",")
    found, depth, begin = [], 0, 0
    for sign in (_COMMA if separator == "," else _AND).finditer(text):
        if sign.group() == "{":
            depth += 1
        elif sign.group() == "}":
            depth = max(depth - 1, 0)
        elif depth == 0 and not sign.group().startswith("\\"):
            found.append(text[begin : sign.start()])
            begin = sign.end()
    return [*found, text[begin:]]
