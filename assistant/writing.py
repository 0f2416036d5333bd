"""An LLM's text -> sentences, each with the sources that it cites."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.hits import Hit
from index.passages import sentences
from ingest.paper import Paper

from .plain import plain

# "[0, 1]" is an interval.
_MARK = re.compile(r"\s*\[(\d{1,3}|[1-9]\d{0,2}(?:\s*,\s*[1-9]\d{0,2})+)\]")
_MARKS_AFTER_END = re.compile(r"([.!?])((?:\s*\[[\d,\s]+\])+)")
_LIST_MARKER = re.compile(r"^\s*(?:[-*•]|#+|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence that an LLM wrote.

    Attributes:
        cited: the sources that it cites, in its order.
        invented: how many of its citations are of no source.
    """

    text: str
    cited: tuple[Paper, ...]
    invented: int


def written_sentences(text: str, sources: Sequence[Hit]) -> list[Written]:
    """Cut an LLM's text into sentences with what they cite; sources are numbered in it by rank."""
    return numbered_sentences(text, {hit.rank: hit.paper for hit in sources})


def numbered_sentences(text: str, numbered: Mapping[int, Paper]) -> list[Written]:
    """Cut an LLM's text into sentences with what they cite, given the papers by their numbers in it."""
    urls = {url for paper in numbered.values() for url in (paper.url, paper.code_url) if url}
    found = []
    for words, numbers in _with_marks(plain(text, urls)):
        cited = tuple(numbered[n] for n in dict.fromkeys(numbers) if n in numbered)
        found.append(Written(words, cited, sum(n not in numbered for n in set(numbers))))
    return found


def _with_marks(text: str) -> Iterator[tuple[str, list[int]]]:
    """Yield each sentence without its marks, and the numbers in them; a list's items are sentences apart."""
    for line in text.splitlines():
        bare = _LIST_MARKER.sub("", line).replace("**", "")
        # "... end. [1]" becomes "... end [1].", so that a mark stays with its sentence; there it ends,
        # whatever comes next.
        for part in re.split(r"(?<=\][.!?])\s+", _MARKS_AFTER_END.sub(r"\2\1", " ".join(bare.split()))):
            for passage in sentences(part):
                ranks = [int(n) for found in _MARK.findall(passage.text) for n in found.split(",")]
                words = _MARK.sub("", passage.text).strip()
                if any(c.isalnum() for c in words):
                    yield words, ranks
