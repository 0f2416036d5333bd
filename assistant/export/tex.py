"""Text -> TeX: special characters escaped, accents as commands, math kept, capitals protected."""

import re
import unicodedata
from functools import cache

from ingest.text import fold

_SPECIAL = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        # BibTeX counts the braces of \{ and \} too, so these would not balance.
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "<": r"{\textless}",
        ">": r"{\textgreater}",
        "|": r"{\textbar}",
        **{c: f"\\{c}" for c in "%&_#$"},
    }
)
# TeX's fonts make one sign of these pairs; braces keep them apart.
_LIGATURE = re.compile(r"-(?=-)|`(?=`)|'(?=')|[?!](?=`)|,(?=,)")
_PLAIN = re.compile(r"[A-Za-z0-9 .:;()/]*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# As in Pandoc: no blank inside the dollars, no digit after them; and something that only math would hold.
_MATH = re.compile(r"(?<!\\)\$(?!\s)((?:[^$\\]|\\.)+?)(?<!\s)\$(?!\d)")
_MATHEMATICAL = re.compile(r"[\\^_=<>+*/()]|^\S{1,3}$")
_WORD = re.compile(r"[^\W_]+")


def escaped(text: str) -> str:
    """Return `text` as TeX that prints it. Greek letters and signs become math, other scripts stay as they are."""
    return text if _PLAIN.fullmatch(text) else _escape(unicodedata.normalize("NFC", fold(text)))


def title(text: str) -> str:
    """Return a title as TeX: math stays math, and words that styles must not put in lower case get braces."""
    text = unicodedata.normalize("NFC", fold(text))
    sentence_case = _is_sentence_case(text)
    parts: list[str] = []
    at = 0
    for found in _MATH.finditer(text):
        if _is_math(found.group(1)):
            parts += [_protected(text[at : found.start()], sentence_case, at == 0), f"{{{found.group()}}}"]
            at = found.end()
    return "".join([*parts, _protected(text[at:], sentence_case, at == 0)])


def verbatim(text: str) -> str:
    """Return an address or identifier for a field that is read as it stands: braces must balance, and none do."""
    return "".join(fold(text).split()).replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")


def _escape(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    text = _LIGATURE.sub(r"\g<0>{}", text.translate(_SPECIAL))
    return text if text.isascii() else _NOT_ASCII.sub(lambda found: _command(found.group()), text)


def _protected(text: str, sentence_case: bool, opening: bool) -> str:
    parts: list[str] = []
    at = 0
    for i, found in enumerate(_WORD.finditer(text)):
        word = found.group()
        if word.islower():
            continue
        first = opening and i == 0
        is_name = word[0].isupper() and not first and (sentence_case if len(word) > 1 else word != "A")
        is_model = word[0].isupper() and any(c.isdigit() for c in word)
        if is_name or is_model or any(map(str.isupper, word[1:])):
            parts += [_escape(text[at : found.start()]), f"{{{_escape(word)}}}"]
            at = found.end()
    return "".join([*parts, _escape(text[at:])])


def _is_math(inside: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", inside):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and inside.isascii() and "%" not in inside and bool(_MATHEMATICAL.search(inside))


def _is_sentence_case(text: str) -> bool:
    """Tell whether most long words after the first are in lower case, so that a capital means a name."""
    words = [word for word in _WORD.findall(text)[1:] if len(word) > 3 and word.isalpha()]
    small = sum(word.islower() for word in words)
    return len(words) > 1 and small >= 0.6 * len(words)


@cache
def _command(letter: str) -> str:
    """Return the command for a Latin letter or a sign; what has none, or prints without, stays as it is."""
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    if unicodedata.category(letter)[0] not in "LS":
        return letter
    encoder = UnicodeToLatexEncoder(unknown_char_policy=lambda c: c, unknown_char_warning=False)
    command: str = encoder.unicode_to_latex(letter)
    return letter if command == letter else command if command.startswith("{") else f"{{{command}}}"
