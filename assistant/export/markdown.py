"""Markdown: a list of references, numbered where a search ranked them."""

import re
from collections.abc import Iterable, Iterator

from ingest.text import fold

from .entry import Entry

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$!&@^]")


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a line for each paper; signs that Markdown would read are escaped."""
    for entry in entries:
        paper = entry.paper
        title = escaped(paper.title)
        parts = [
            f"[{title}](<{_address(paper.url)}>)" if paper.url else title,
            escaped(", ".join(paper.authors)),
            escaped(" ".join(filter(None, [entry.container or paper.venue, str(paper.year or "")]))),
        ]
        line = " ".join(part if part.endswith((".", "?", "!")) else part + "." for part in parts if part)
        code = f" [code](<{_address(paper.code_url)}>)" if paper.code_url else ""
        yield f"{f'{entry.rank}.' if entry.rank else '-'} {line}{code}\n"


def escaped(text: str) -> str:
    """Return `text` as Markdown that shows it, and cites nothing."""
    return _SPECIAL.sub(r"\\\g<0>", fold(text))


def _address(url: str) -> str:
    """Return an address that can stand between angle brackets."""
    return "".join(fold(url).split()).replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")
