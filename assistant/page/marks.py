"""A text as HTML with the words that were searched for inside <mark>. It is escaped before anything is marked."""

import re
from collections.abc import Collection
from html import escape

from index.words import stems

_WORD = re.compile(r"\w+")


def marked(text: str, terms: Collection[str]) -> str:
    """Return the text, escaped, with each word marked whose stem is among `terms` (see `Hit.terms`)."""
    html, end = "", 0
    for word in _WORD.finditer(text):
        if len(word[0]) > 1 and stems([word[0].lower()])[0] in terms:
            html += f"{escape(text[end : word.start()])}<mark>{escape(word[0])}</mark>"
            end = word.end()
    return html + escape(text[end:])
