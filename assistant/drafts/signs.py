"""TeX's signs and accents as text."""

import unicodedata
from functools import cache
from typing import Any

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_SIGNS = {
    **{sign: sign for sign in "&%$#_{}"},
    **dict.fromkeys([" ", "\n", "\t", ",", ";", ":", ">", "quad", "qquad", "linebreak", "tabularnewline"], " "),
    **dict.fromkeys(["-", "/", "!", "@", "protect", "xspace", "noindent", "relax", "left", "right", "centering"], ""),
    "i": "ı", "j": "ȷ", "textless": "<", "textgreater": ">", "textbar": "|", "textasciicircum": "^",
    "textbraceleft": "{", "textbraceright": "}", "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX",
}  # fmt: skip
_LIGATURES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("`", "‘"))


def accent(name: str) -> str | None:
    """Return the combining accent that a macro puts on its argument."""
    return _ACCENTS.get(name)


def accented(base: str, mark: str) -> str:
    """Put an accent on the first letter of `base`."""
    base = base.replace("ı", "i").replace("ȷ", "j")
    return unicodedata.normalize("NFC", base[:1] + mark) + base[1:] if base.strip() else base


def prose(text: str) -> str:
    """Return a run of letters with TeX's ligatures as the signs they print."""
    if "-" in text or "`" in text or "'" in text:
        for ligature, sign in _LIGATURES:
            text = text.replace(ligature, sign)
    return text


@cache
def sign(name: str) -> str | None:
    """Return what a macro without arguments prints; None where it is not known to print anything."""
    if name in _SIGNS:
        return _SIGNS[name]
    spec = _known().get_macro_spec(name)
    found = spec.simplify_repl if spec is not None else None
    return found if isinstance(found, str) and found and "%" not in found and not found.startswith("<") else None


@cache
def _known() -> Any:
    from pylatexenc.latex2text import get_default_latex_context_db

    return get_default_latex_context_db()
