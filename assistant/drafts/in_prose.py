"""Citations written out in prose, "[3, 5-7]" or "(Ong et al., 2024)", and the reference list at the end."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from ingest.text import fold, normalised_title

from . import references
from .cutting import Block, Cited, Piece, Words
from .draft import Place, Reference

_LIST = re.compile(
    r"(?:\d+\.?|[ivx]+\.)?\s*(?:references|bibliography|literature(?: cited)?|works cited|reference list)\W*", re.I
)
_NUMBERED = re.compile(r"\s*(?:\[(\d{1,4})\]|(\d{1,4})\.(?=\s))\s*")
_LABELLED = re.compile(r"\s*\[([^\[\]]{1,40})\]\s*")
_SURNAME = r"(?:(?:van|von|de|der|den|la|di|da|del|ten|el|al)\s+){0,3}[A-Z\u00c0-\u017f][\w'’\-]+"
_WHO = rf"{_SURNAME}(?:\s+et\s+al\.?|(?:,\s+{_SURNAME}){{0,5}},?\s+(?:and|&)\s+{_SURNAME})?"
_WHEN = r"(?:19|20)\d\d[a-z]?"
_NUMBERS = r"(?<!\b\w)\[\d{1,4}(?:\s*[-–,;]\s*\d{1,4}){0,60}\]"
_CITED = re.compile(
    rf"(?P<numbers>{_NUMBERS})|(?P<labels>\[[A-Za-z+]{{2,12}}\d{{2,4}}[a-z]?(?:[,;]\s*[A-Za-z+]{{2,12}}\d{{2,4}}[a-z]?){{0,20}}\])"
    rf"|(?P<who>{_WHO})\s+\((?P<when>{_WHEN}(?:,\s*{_WHEN}){{0,5}})\)"
    rf"|\((?P<bracket>[^()]{{0,20}}{_SURNAME}[^()]{{0,600}}?{_WHEN}[^()]{{0,600}})\)"
)
_ONE = re.compile(rf"(?P<who>{_WHO}),?\s+\(?(?P<when>{_WHEN}(?:,\s*{_WHEN}){{0,5}})\)?")


@dataclass(slots=True)
class Part:
    """A paragraph of a draft, or a heading where `level` is not 0."""

    pieces: list[Piece] = field(default_factory=list)
    level: int = 0

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces if isinstance(piece, Words))


def assemble(parts: Sequence[Part], known: Sequence[Reference] = ()) -> tuple[list[Block], dict[str, Reference]]:
    """Put paragraphs under their headings, take the reference list off, and find what cites it."""
    end = max(
        (i for i, part in enumerate(parts) if part.level and _LIST.fullmatch(fold(part.text))), default=len(parts)
    )
    after = next((i for i in range(end + 1, len(parts)) if parts[i].level), len(parts))
    listed = [] if end == len(parts) else list(_entries(parts[end + 1 : after]))
    bibliography = {reference.key: reference for reference in [*listed, *known]}
    resolver = _Resolver(bibliography)
    blocks: list[Block] = []
    headings: list[tuple[int, str]] = []
    for part in [*parts[:end], *parts[after:]]:
        if part.level:
            headings = [pair for pair in headings if pair[0] < part.level]
            headings.append((part.level, fold(part.text)))
        else:
            section = tuple(heading for _, heading in headings)
            blocks.append(Block(section, list(resolver.cited(part.pieces))))
    return blocks, bibliography


def _entries(parts: Sequence[Part]) -> Iterator[Reference]:
    """Yield the references of a list: each begins with its number or label, else each paragraph is one."""
    lines = [(piece.text, piece.place) for part in parts for piece in [*part.pieces, Words("\n", _place(part))]
             if isinstance(piece, Words)]  # fmt: skip
    text = "".join(line for line, _ in lines)
    marked = next((m for m in (_NUMBERED, _LABELLED) if len(re.findall(rf"(?m)^{m.pattern}", text)) > 1), None)
    if marked is None and (only := _NUMBERED.match(text) or _LABELLED.match(text)):
        marked = only.re
    taken: set[str] = set()
    entry: list[str] = []
    key, place = "", Place("", 1)
    at_start = True
    paragraph_ended = True
    for line, where in lines:
        begins = marked.match(line) if marked and at_start else None
        if begins or (marked is None and paragraph_ended and line.strip()):
            if entry:
                yield _reference(key, place, "".join(entry), taken)
            key, place = (next(g for g in begins.groups() if g) if begins else ""), where
            entry = [line[begins.end() :] if begins else line]
        elif entry:
            entry.append(line)
        at_start = line.endswith("\n")
        paragraph_ended = line == "\n"
    if entry:
        yield _reference(key, place, "".join(entry), taken)


def _place(part: Part) -> Place:
    return part.pieces[-1].place if part.pieces else Place("", 1)


def _reference(key: str, place: Place, text: str, taken: set[str]) -> Reference:
    reference = references.guess(key, place, re.sub(r"(?<=[a-z])-\n\s*(?=[a-z])", "", text))
    key = key or f"{_surname(reference.authors[0] if reference.authors else 'anon')}{reference.year or 'nd'}"
    apart = next(
        k
        for k in (f"{key}{letter}" for letter in ["", *"bcdefghijklmnopqrstuvwxyz", *map(str, range(10_000))])
        if k not in taken
    )
    taken.add(apart)
    return references.guess(apart, place, reference.text)


def _surname(name: str) -> str:
    return normalised_title(name.split()[-1] if name.split() else name).replace(" ", "")


class _Resolver:
    """Finds citations in prose. Without a list, what looks like a citation still is one, under a key of its own."""

    def __init__(self, bibliography: dict[str, Reference]) -> None:
        self._keys = bibliography
        self._numbered = any(key.isdecimal() for key in bibliography)
        self._by_name: dict[tuple[str, int], list[str]] = {}
        for key, reference in bibliography.items():
            if reference.authors and reference.year:
                self._by_name.setdefault((_surname(reference.authors[0]), reference.year), []).append(key)

    def cited(self, pieces: Sequence[Piece]) -> Iterator[Piece]:
        """Yield the pieces, with citations in the place of the words that cite."""
        run: list[Words] = []
        for piece in pieces:
            if isinstance(piece, Words):
                run.append(piece)
            else:
                yield from self._within(run)
                yield piece
                run = []
        yield from self._within(run)

    def _within(self, run: Sequence[Words]) -> Iterator[Piece]:
        joined = _Run(run)
        at = 0
        for found in _CITED.finditer(joined.text):
            keys = self._found(found)
            if not keys:
                continue
            named = found.end("who") if found["who"] else None
            # Set before its last letter, the citation is sure to belong to the name, whatever follows.
            yield from joined.slice(at, named - 1 if named else found.start())
            yield Cited(tuple(keys), False, joined.place(found.start()))
            yield from joined.slice(named - 1, named) if named else ()
            at = found.end()
        yield from joined.slice(at, len(joined.text))

    def _found(self, found: "re.Match[str]") -> list[str]:
        if found["numbers"]:
            keys = list(_numbers(found["numbers"][1:-1]))
            known = self._numbered and all(key in self._keys for key in keys)
            return keys if known or (not self._keys and "0" not in keys) else []
        if found["labels"]:
            keys = re.split(r"[,;]\s*", found["labels"][1:-1])
            return keys if all(key in self._keys for key in keys) else []
        if found["who"]:
            return self._resolve(found["who"], found["when"])
        return [key for one in _ONE.finditer(found["bracket"]) for key in self._resolve(one["who"], one["when"])]

    def _resolve(self, who: str, when: str) -> list[str]:
        first = _surname(re.split(r",|\s+(?:and|&|et)\s", who)[0])
        keys: list[str] = []
        for year in re.findall(_WHEN, when):
            listed = self._by_name.get((first, int(year[:4])), [])
            letter = ord(year[4]) - ord("a") if year[4:] else 0
            if listed:
                keys.append(listed[min(letter, len(listed) - 1)])
            elif not self._by_name:
                keys.append(first + year)
        return keys


def _numbers(text: str) -> Iterator[str]:
    """Yield the numbers of "3, 5-7"."""
    for part in re.split(r"\s*[,;]\s*", text):
        first, _, last = re.sub(r"\s*[-–]\s*", "-", part).partition("-")
        for n in range(int(first), min(int(last.split("-")[-1] or first) if last else int(first), int(first) + 60) + 1):
            yield str(n)


class _Run:
    """Words that follow one another, as one text."""

    def __init__(self, words: Sequence[Words]) -> None:
        self._words = words
        self._starts = list(accumulate((len(one.text) for one in words), initial=0))
        self.text = "".join(one.text for one in words)

    def place(self, position: int) -> Place:
        return self._words[bisect_right(self._starts, position) - 1].place

    def slice(self, start: int, end: int) -> Iterator[Words]:
        """Yield what stands between two positions, each piece in its place."""
        i = bisect_right(self._starts, start) - 1
        while start < end:
            stop = min(self._starts[i + 1], end)
            yield Words(self.text[start:stop], self._words[i].place)
            start, i = stop, i + 1
