"""Words that refer to papers of a conversation: "[3]", "the second one", "the first two", "it", "those"."""

import re

from .memory import Conversation, Known

AUX = r"(?:do|does|did|is|was|are|were|has|have|had|can|could|will|would|should)"
PAPERS = r"(?:papers?|articles?|publications?|works?|studies)"
PREPOSITION = re.compile(r"^(?:from|in|at|since|before|after|until|between|with|without|by|under|on|about|for)\b", re.I)

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_COUNTS = "two three four five six seven eight nine ten".split()
_ORDINAL = rf"(?:{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)|last|final|latter|former)"
_COUNT = rf"(?:{'|'.join(_COUNTS)}|[2-9]|1\d)"
_NOUN = r"(?:one|paper|article|work|result|reference)"

ONE = (
    rf"(?:\[\d{{1,3}}\]|(?:number|no\.?|paper|reference|source)\s+#?\[?\d{{1,3}}\]?|#\s?\d{{1,3}}"
    rf"|the\s+{_ORDINAL}(?:\s+{_NOUN}|\s+of\s+(?:them|these|those))?|(?:this|that)(?:\s+{_NOUN})|the\s+paper|it)"
)
"""One paper."""

FEW = rf"(?:(?:the\s+)?(?:first|last|top)\s+{_COUNT}(?:\s+(?:papers|ones|of\s+(?:them|these|those)))?)"
"""Some at the beginning or the end of an answer."""

MANY = (
    rf"(?:them(?:\s+all)?|these|those|they|both(?:\s+of\s+them)?|all(?:\s+of\s+(?:them|these|those))"
    rf"|(?:these|those|the)\s+(?:{_COUNT}(?:\s+(?:papers|ones|works))?|papers|ones|works)(?:\s+above)?)"
)
"""All of an answer."""

ONE_OF_SEVERAL = rf"(?:{ONE}|\d{{1,2}})"
"""One paper in a row of them: "1 and 3"."""


def is_number(said: str) -> int | None:
    """Return the number in words that call a paper by it, else None."""
    found = re.fullmatch(r"\D*?\[?(\d{1,3})\]?", said)
    return int(found[1]) if found and not re.match(r"the\b", said, re.I) else None


def one(said: str, conversation: Conversation) -> Known | None:
    """Return the paper that is meant; None where there is no such one, or it might be any of several.

    Numbers are the conversation's, ordinals count the latest answer, and "it" is its only paper.
    """
    if (number := is_number(said)) is not None:
        return conversation.numbered(number)
    last = conversation.last
    if found := re.match(rf"the\s+({_ORDINAL})\b", said, re.I):
        place = _place(found[1].casefold(), len(last))
        return last[place] if place is not None and -len(last) <= place < len(last) else None
    return last[0] if len(last) == 1 else None


def several(said: str, conversation: Conversation) -> tuple[Known, ...]:
    """Return the papers that are meant, in order; none where one of them is not there."""
    last = conversation.last
    if found := re.fullmatch(rf"(?:the\s+)?(first|last|top)\s+({_COUNT})\b.*", said, re.I):
        count = _count(found[2])
        few = last[-count:] if found[1].casefold() == "last" else last[:count]
        return few if len(few) == count else ()
    if re.fullmatch(MANY, said, re.I):
        if found := re.search(rf"\b(?:both|{_COUNT})\b", said, re.I):
            return last if len(last) == (2 if found[0].casefold() == "both" else _count(found[0])) else ()
        return last
    found_ones = [one(match[0], conversation) for match in re.finditer(ONE_OF_SEVERAL, said, re.I)]
    papers = tuple(dict.fromkeys(paper for paper in found_ones if paper))
    return papers if len(papers) == len(found_ones) else ()


def _count(word: str) -> int:
    return int(word) if word.isdigit() else 2 + _COUNTS.index(word.casefold())


def _place(ordinal: str, count: int) -> int | None:
    if ordinal in ("last", "final"):
        return -1
    if ordinal in ("former", "latter"):
        return (ordinal == "latter") if count == 2 else None
    if ordinal in _ORDINALS:
        return _ORDINALS.index(ordinal)
    return int(ordinal[:-2]) - 1
