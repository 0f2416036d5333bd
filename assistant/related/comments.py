"""Footnote's comments in LaTeX and Markdown, each on a line of its own."""

import re

from ingest.text import fold


def in_tex(text: str, end: str = "\n") -> str:
    """Return a line that TeX does not read."""
    return f"% footnote: {fold(text)}{end}"


def in_markdown(text: str, end: str = "\n") -> str:
    """Return a line that Markdown does not show; two hyphens in a row would end the comment."""
    return f"<!-- footnote: {re.sub('-(?=-|$)', '- ', fold(text))} -->{end}"
