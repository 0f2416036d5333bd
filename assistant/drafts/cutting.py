"""Pieces of a draft, each with its place -> paragraphs, cut into sentences with their citations."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.passages import sentences

from .draft import DraftSentence, Paragraph, Place, Reference

_MARK = "\ue000"  # stands in a text for a citation: a private character, which texts are rid of first
_INVISIBLE = re.compile("[\ue000-\uf8ff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Brackets with nothing in them but citations and "see" or "e.g.,".
_SEE = r"\b(?:see|also|e\.g\.|i\.e\.|cf\.|and|for example)(?!\w)"
_BRACKETS = re.compile(rf"[(\[](?:[{_MARK}\s,;&]|{_SEE})*[)\]]")
_TOKEN = re.compile(rf"{_MARK}|\s+|[^{_MARK}\s]+")
_LOOK_BACK = 40  # characters and pieces, in which a sentence's end is looked for
_CLOSING = (".", ",", ";", ":", "!", "?", ")", "]")


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation where it stands.

    Attributes:
        in_text: it is part of the sentence, as in "Ong et al. show".
        in_note: it stands in a note, and is never part of the sentence.
    """

    keys: tuple[str, ...]
    in_text: bool
    place: Place
    in_note: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text that begins at a place."""

    text: str
    place: Place


Piece = Words | Cited


@dataclass(slots=True)
class Block:
    """A paragraph under construction."""

    section: tuple[str, ...]
    pieces: list[Piece] = field(default_factory=list)


def paragraphs(blocks: Sequence[Block], bibliography: Mapping[str, Reference]) -> Iterator[Paragraph]:
    """Cut blocks into sentences. A citation that is part of its sentence is put in words."""
    for block in blocks:
        cut = tuple(_sentences(block.pieces, lambda key: _in_words(key, bibliography.get(key))))
        if cut:
            yield Paragraph(block.section, cut)


def plain(pieces: Sequence[Piece]) -> str:
    """Return the text of pieces on one line, without citations."""
    return _Joined(pieces, lambda key: "").text


def citations_alone(pieces: Sequence[Piece]) -> list[Cited]:
    """Return the citations of a note that only cites, "See [3].", to stand where it does; none where it says more."""
    words = "".join(piece.text for piece in pieces if isinstance(piece, Words))
    if any(c.isalnum() for c in re.sub(_SEE, "", words, flags=re.IGNORECASE)):
        return []
    return [replace(piece, in_text=False, in_note=True) for piece in pieces if isinstance(piece, Cited)]


def cited_keys(pieces: Iterable[Piece]) -> list[str]:
    """Return the keys that pieces cite, in order."""
    return [key for piece in pieces if isinstance(piece, Cited) for key in piece.keys]


def _in_words(key: str, reference: Reference | None) -> str:
    """Return "Ong et al.", as a style that writes names would."""
    families = [name.split()[-1] for name in reference.authors] if reference else []
    if len(families) > 2:
        return f"{families[0]} et al."
    return " and ".join(families) or key[:1].upper() + key[1:]


class _Joined:
    """Pieces as one text, which knows the place of each of its letters and where the citations stood.

    Attributes:
        marks: for each citation: it, the end of the word before it, and the start of the word after it.
    """

    def __init__(self, pieces: Sequence[Piece], in_words: Callable[[str], str]) -> None:
        raw: list[str] = []
        self._starts: list[int] = []  # of each piece in the raw text
        self._places: list[Place] = []
        cited: list[Cited] = []
        length = 0
        for i, piece in enumerate(pieces):
            if isinstance(piece, Cited):
                spoken = piece.in_text or (not piece.in_note and _is_subject(raw, pieces[i + 1 : i + 3]))
                cited.append(replace(piece, in_text=spoken))
                text = _MARK + (" and ".join(filter(None, map(in_words, piece.keys))) if spoken else "")
            else:
                text = _INVISIBLE.sub("", piece.text)
            if text:
                self._starts.append(length)
                self._places.append(piece.place)
                raw.append(text)
                length += len(text)
        self._fold(_BRACKETS.sub(_emptied, "".join(raw)), cited)

    def _fold(self, raw: str, cited: Sequence[Cited]) -> None:
        words: list[str] = []
        self._offsets: list[tuple[int, int]] = []  # of each word, in the text and in the raw text
        self.marks: list[tuple[Cited, int, int]] = []
        waiting: list[tuple[Cited, int]] = []  # marks since the last word
        upcoming = iter(cited)
        length, blank = 0, False
        for token in _TOKEN.finditer(raw):
            found = token.group()
            if found == _MARK:
                waiting.append((next(upcoming), length))
            elif found.isspace():
                blank = True
            else:
                closes = found.startswith(_CLOSING) and not found[1:2].isalnum()
                tight = closes or not words or words[-1].endswith(("(", "["))
                if blank and not tight:
                    words.append(" ")
                    length += 1
                self.marks += [(mark, end, length) for mark, end in waiting]
                self._offsets.append((length, token.start()))
                words.append(found)
                length += len(found)
                waiting, blank = [], False
        self.marks += [(mark, end, length) for mark, end in waiting]
        self.text = "".join(words)

    def place(self, position: int) -> Place:
        """Return where the letter at this position of the text stands in the draft."""
        offset, raw = self._offsets[bisect_right(self._offsets, (position, 1 << 62)) - 1]
        return self._places[bisect_right(self._starts, raw + position - offset) - 1]


def _emptied(found: "re.Match[str]") -> str:
    """Blank brackets out around the citations in them; brackets without any stay."""
    text = found.group()
    return "".join(c if c == _MARK else " " for c in text) if _MARK in text else text


def _is_subject(before: Sequence[str], after: Sequence[Piece]) -> bool:
    """Tell whether a citation opens a sentence that goes on in lower case: "[3] shows that"."""
    following = "".join(piece.text for piece in after if isinstance(piece, Words))
    if not following[:1].isspace() or not following.lstrip()[:1].islower():
        return False
    last = "".join(text[-_LOOK_BACK:] for text in before[-_LOOK_BACK:])[-_LOOK_BACK:]
    return sentences(f"{last} A".lstrip())[-1].text == "A"  # it would begin a sentence: not so behind "et al."


def _sentences(pieces: Sequence[Piece], in_words: Callable[[str], str]) -> Iterator[DraftSentence]:
    joined = _Joined(pieces, in_words)
    cut = sentences(joined.text)
    if not cut:
        return
    starts = [passage.start for passage in cut]
    cited: list[list[str]] = [[] for _ in cut]
    for mark, end, start in joined.marks:
        # Between two sentences it belongs to the first, unless its words open the second.
        at = start if mark.in_text or end == 0 else end - 1
        cited[max(bisect_right(starts, at) - 1, 0)] += mark.keys
    for passage, keys in zip(cut, cited, strict=True):
        if keys or any(c.isalnum() for c in passage.text):
            first, last = joined.place(passage.start), joined.place(passage.end - 1)
            yield DraftSentence(passage.text, first, last, tuple(dict.fromkeys(keys)))
