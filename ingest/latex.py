"""TeX markup in a title, name or abstract -> the text it stands for.

pylatexenc knows the accents and symbols; it is given them one by one, and each once. A whole
abstract costs it milliseconds, and much of what abstracts hold ("50% of", "a_b") is no TeX at all.
"""

import logging
import re
from functools import lru_cache
from typing import Any

from .text import fold

# An accent over a letter: \"o, \'{e}, \c{c}, \v S, \'{\i}; a symbol: {\ss}, \alpha, \textendash.
_ACCENT = re.compile(
    r"""\\(?:[`'^"~=.]\s*|[cvHuktdbr](?=[\s{\\])\s*)   # the accent
        (?:\{\s*\\?[A-Za-z]?\s*\}|\\[ij](?![A-Za-z])|[A-Za-z])""",
    re.VERBOSE,
)
_MACRO = re.compile(r"\\([A-Za-z]{1,40})\*?(?:\s+|(\{\}))?")
_ESCAPED = re.compile(r"\\([&%$#_{} ])")
_LINK = re.compile(r"\\(?:url|path)\s*\{([^{}]*)\}|\\href\s*\{[^{}]*\}")
_DROPPED = re.compile(r"\\(?:cite[tp]?|label|ref|footnotemark|vspace|hspace)\*?\s*\{[^{}]*\}")
_STRUCK = re.compile(r"(?<!\\)[{}]")
_HIDDEN = {"{": "\ue000", "}": "\ue001", "$": "\ue002", "\\": "\ue003"}  # escaped signs, while braces are struck
_SHOWN = str.maketrans({hidden: sign for sign, hidden in _HIDDEN.items()})
_SIGNS: tuple[tuple[str, str], ...] = (
    *(("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"), ("~", " "), ("\\-", ""), ("\\/", ""), ("\\,", " ")),
    *(("\\;", " "), ("\\:", " "), ("\\!", ""), ("\\@", ""), ("\\(", ""), ("\\)", ""), ("\\[", ""), ("\\]", "")),
)


def decode(text: str) -> str:
    """Return the text with accents and symbols as characters, on one line, without braces and commands.

    >>> decode(r"{G}{\\"o}del's $\\alpha$-proof, \\emph{revised}")
    "Gödel's α-proof, revised"
    """
    if "\\" in text:
        text = _LINK.sub(lambda found: found.group(1) or "", text)
        text = _DROPPED.sub("", text)
        text = text.replace("\\\\", " ")
        text = _ACCENT.sub(lambda found: _text(found.group()), text)
        text = _ESCAPED.sub(lambda found: _HIDDEN.get(found.group(1), found.group(1)), text)
        text = _MACRO.sub(_symbol, text)
    for sign, shown in _SIGNS:
        if sign in text:
            text = text.replace(sign, shown)
    if "{" in text or "}" in text:
        text = _STRUCK.sub("", text)
    if text.count("$") % 2 == 0:  # else it is money
        text = text.replace("$", "")
    return fold(text.translate(_SHOWN).replace("\\", ""))


def _symbol(found: "re.Match[str]") -> str:
    """Return what a command without arguments stands for; one that only dresses its argument stands for nothing."""
    name = found.group(1)
    text = name if name.endswith("TeX") else _text(f"\\{name}")
    return text + (" " if text and text[-1:].isspace() else "")


@lru_cache(maxsize=10_000)
def _text(macro: str) -> str:
    """Return the text of one command, "" if it is not known or needs more than it is given."""
    from pylatexenc.latexwalker import LatexWalkerError

    try:
        return str(_converter().latex_to_text(macro)).strip("\n")
    except (LatexWalkerError, IndexError, AttributeError, KeyError, TypeError):  # what it raises for lack of arguments
        return ""


@lru_cache(maxsize=1)
def _converter() -> Any:
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # of commands without their arguments
    from pylatexenc.latex2text import LatexNodes2Text  # its tables take 0.2 s to build

    return LatexNodes2Text(math_mode="text", keep_comments=True)
