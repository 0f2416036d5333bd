"""A text as words with what a claim turns on: stem, negation, direction, clause, whether it is a name."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from .lexicon import EMPTY, NEGATIONS, axes, expansion, parties, stem
from .negation import negations

_WORD = re.compile(r"\d+(?:[.,]\d+)*\w*|[^\W_]+(?:['’][^\W_]+)?")
# "pre-trained" is one word as "pretrained" is; "data-driven" is two.
_PREFIXED = re.compile(
    r"\b(pre|re|multi|co|semi|sub|un|non|fine|over|under|out|self|inter|super|meta|cross)-(?=[^\W\d_])", re.I
)
_CLAUSE_END = re.compile(
    r"[;:,]|\s[-–—]\s|\b(?:but|while|whereas|although|though|and|which|because|since|so that|than|yet)\b"
)
_UN = re.compile(r"^(?:un(?!it|iv|iq|der|til|less|ion|ifor)|non)(?=[a-z]{4})", re.I)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, `text[start:end]`.

    Attributes:
        negation: 0 where it is affirmed, 1 where it is negated outright by another word.
        sign: from -1, negated by another word or by its own prefix, to 1.
        places: the axes of opposites that it lies on, with its direction.
        clause: which clause it stands in, counted over the text.
    """

    text: str
    start: int
    end: int
    stem: str
    content: bool
    negation: float
    sign: float
    places: tuple[tuple[int, int], ...]
    clause: int

    @property
    def is_name(self) -> bool:
        """Whether its letters mark it as a name wherever it stands: GPT, FrugalGPT, T5."""
        return any(c.isupper() for c in self.text[1:]) or (
            self.text[:1].isupper() and any(c.isdigit() for c in self.text)
        )

    @property
    def is_party(self) -> bool:
        """Whether it tells one party of a comparison from the other: a name, or a word such as "small"."""
        return self.content and (self.is_name or self.stem in parties())


def words(text: str) -> list[Word]:
    """Cut a text into its words; an acronym of the field stands as the words it is short for."""
    cut = _cut(text)
    lowered = [text[start:end].lower().replace("’", "'") for _, start, end in cut]
    ends = [match.start() for match in _CLAUSE_END.finditer(text)]
    clauses = [bisect_left(ends, start) for _, start, _ in cut]
    negated = negations(lowered, clauses, [text[start - 1 : start] == "-" for _, start, _ in cut])
    known = axes()
    found: list[Word] = []
    for at, (token, start, end) in enumerate(cut):
        long = expansion(text[start:end])
        named = long is None and any(c.isupper() for c in token[1:])  # a system called LESS is not fewer
        for part in (long or token).replace("-", " ").split():
            bare = _UN.sub("", part)
            own = stem(bare)
            sign = (1 - 2 * negated[at]) * (1 if bare == part else -1)
            content = part.lower() not in EMPTY and lowered[at] not in NEGATIONS
            places = () if named else known.get(own, ())
            found.append(Word(text[start:end], start, end, own, content, negated[at], sign, places, clauses[at]))
    return found


def _cut(text: str) -> list[tuple[str, int, int]]:
    """Return (word as one token, start, end); prefixes are joined to their words."""
    cut: list[tuple[str, int, int]] = []
    prefixes = {match.end(): match for match in _PREFIXED.finditer(text)}
    for match in _WORD.finditer(text):
        prefix = prefixes.get(match.start())
        if prefix is not None and cut and cut[-1][1] == prefix.start():
            _, start, _ = cut.pop()
            cut.append((prefix.group(1) + match.group(), start, match.end()))
        else:
            cut.append((match.group(), match.start(), match.end()))
    return cut
