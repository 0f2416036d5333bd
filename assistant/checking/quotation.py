"""Quotations: is what stands between quotation marks byte for byte in the source?"""

import re

from ingest.paper import Paper

_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»")
_SHORTEST = 3  # words; fewer between marks are a term or a title


def quotations(sentence: str) -> list[str]:
    """Return what a sentence quotes: the passages of three words or more between quotation marks."""
    found = ("".join(groups) for groups in _QUOTED.findall(sentence))
    return [quoted for quoted in found if len(quoted.split()) >= _SHORTEST]


def is_quoted(passage: str, paper: Paper) -> bool:
    """Tell whether a passage stands byte for byte in a paper's text or title."""
    return bool(passage) and (passage in paper.text or passage in paper.title)


def altered_quotation(sentence: str, paper: Paper) -> str | None:
    """Return the first passage that a sentence quotes and the paper does not have so; None if all are there."""
    return next((quoted for quoted in quotations(sentence) if not is_quoted(quoted.rstrip(" .,;"), paper)), None)
