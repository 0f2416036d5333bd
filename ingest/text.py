"""Text as people mean it: white space folded, encodings repaired, titles comparable."""

import re
import unicodedata

from .invisible import visible

_PLAIN_WORD = re.compile("[a-z0-9]+")


def repair(text: str) -> str:
    """Undo one wrong decoding ("GaÃ«l" -> "Gaël") where the text shows one; leave the rest alone."""
    import ftfy  # its tables take longer to build than a search takes; only readers need them

    return ftfy.fix_encoding(text)


def fold(text: str) -> str:
    """Return `text` on one line, without what cannot be seen: white space runs become one blank."""
    seen = visible(text)  # in which all white space is blanks and line feeds
    if "  " not in seen and "\n" not in seen and seen[:1] != " " != seen[-1:]:  # nearly all text
        return seen
    return " ".join(seen.split())


def normalised_title(title: str) -> str:
    """Return the title's letters and digits, casefolded, for telling whether two titles are one.

    Accents are dropped and punctuation separates words: "SelfCheckGPT: Zero-Resource" and
    "Selfcheckgpt: zero-resource" agree.
    """
    if title.isascii():
        return " ".join(_PLAIN_WORD.findall(title.lower()))
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    kept = (c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())
