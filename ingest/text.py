"""Text as people mean it: white space folded, encodings repaired, titles comparable."""

import unicodedata

from .invisible import visible


def repair(text: str) -> str:
    """Undo one wrong decoding ("GaÃ«l" -> "Gaël") where the text shows one; leave the rest alone."""
    import ftfy  # its tables take longer to build than a search takes; only readers need them

    return ftfy.fix_encoding(text)


def fold(text: str) -> str:
    """Return `text` on one line, without what cannot be seen: white space runs become one blank."""
    seen = text if text.isascii() and text.isprintable() else visible(text)
    if seen.isprintable() and "  " not in seen and seen[:1] != " " != seen[-1:]:  # nearly all text
        return seen
    return " ".join(seen.split())


def normalised_title(title: str) -> str:
    """Return the title's letters and digits, casefolded, for telling whether two titles are one.

    Accents are dropped and punctuation separates words: "SelfCheckGPT: Zero-Resource" and
    "Selfcheckgpt: zero-resource" agree.
    """
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    kept = (c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())
