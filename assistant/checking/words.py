"""A text as words with what a claim turns on: stem, negation, direction, clause, whether it is a name."""

import re
from dataclasses import dataclass

from .lexicon import AFFIRMED_AFTER, NEGATIONS, REPLACING, axes, expansion, stem

_WORD = re.compile(r"\d+(?:[.,]\d+)*\w*|[^\W_]+(?:['’][^\W_]+)?")
# "pre-trained" is one word as "pretrained" is; "data-driven" is two.
_PREFIXED = re.compile(
    r"\b(pre|re|multi|co|semi|sub|un|non|fine|over|under|out|self|inter|super|meta|cross)-(?=[^\W\d_])", re.I
)
_CLAUSE_END = re.compile(
    r"[;:,]|\s[-–—]\s|\b(?:but|while|whereas|although|though|and|which|because|since|so that|than|yet)\b"
)
# Words that tell nothing of what a claim is about.
_EMPTY = frozenset(
    """a an the this that these those it its their they them there he she his her we our us you your i
    is are was were be been being am do does did done doing has have had having can could may might will would shall
    should must of in on at by to from for with as into onto upon over under about between among through during via
    within per than then so such and or but nor not no if when while where which who whom whose what how why because
    although though whereas however also too both either each any some other another more most very much many
    own same only just even still yet already again often up down out off one ones
    use used uses using make makes made making let lets get gets got give gives given giving take takes
    paper papers author authors article study studies work works method methods approach approaches
    propose proposes proposed present presents presented introduce introduces introduced show shows showed shown find finds
    found report reports reported describe describes way ways thing things kind form based called
    according namely respectively thus therefore hence moreover furthermore well new novel recent""".split()
)
_UN = re.compile(r"^(?:un(?!it|iv|iq|der|til|less|less|ion|ifor)|non)(?=[a-z]{4})", re.I)
_SCOPE = (1.0, 0.7, 0.45, 0.25)  # how far a negation reaches over the content words after it


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


def words(text: str) -> list[Word]:
    """Cut a text into its words; an acronym of the field stands as the words it is short for."""
    cut = _cut(text)
    lowered = [text[start:end].lower().replace("’", "'") for _, start, end in cut]
    ends = [match.start() for match in _CLAUSE_END.finditer(text)]
    found: list[Word] = []
    negated = _negations(lowered, [sum(end < start for end in ends) for _, start, _ in cut], cut, text)
    known, clause = axes(), 0
    for at, (token, start, end) in enumerate(cut):
        while clause < len(ends) and ends[clause] < start:
            clause += 1
        long = expansion(text[start:end])
        for part in (long or token).replace("-", " ").split():
            bare = _UN.sub("", part)
            own, sign = stem(bare), 1 - 2 * negated[at]
            sign = sign if bare == part else -sign
            content = part.lower() not in _EMPTY and lowered[at] not in NEGATIONS
            found.append(Word(text[start:end], start, end, own, content, negated[at], sign, () if long else known.get(own, ()), clause))
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


def _negations(lowered: list[str], clauses: list[int], cut: list[tuple[str, int, int]], text: str) -> list[float]:
    """Return how far each word is negated, 0 to 1; two negations cancel."""
    strength = [0.0] * len(lowered)

    def negate(at: int, by: float) -> None:
        strength[at] += by - 2 * strength[at] * by

    for at, word in enumerate(lowered):
        after = lowered[at + 1] if at + 1 < len(lowered) else ""
        if word == "free" and at and text[cut[at][1] - 1] == "-":  # "training-free"
            negate(at - 1, 1.0)
            continue
        if word in REPLACING:
            if (k := next((k for k in range(at + 1, len(lowered)) if lowered[k] not in _EMPTY), None)) is not None:
                for later in range(k, min(k + 3, len(lowered))):
                    negate(later, 0.5)
            continue
        pair = (word == "rather" and after == "than") or (word == "instead" and after == "of")
        if not (pair or word in NEGATIONS or word.endswith("n't")) or (word in ("no", "not") and after in AFFIRMED_AFTER):
            continue
        reach, reached = iter(_SCOPE), False
        for later in range(at + 1 + pair, len(lowered)):
            if clauses[later] > clauses[at] + (word in ("neither", "nor", "without", "no")):
                break
            if lowered[later] in _EMPTY or lowered[later] in NEGATIONS:
                continue
            by = next(reach, None)
            if by is None:
                break
            negate(later, by)
            reached = True
        if not reached:  # "... that it can not use.": what is said before is negated
            before = [k for k in range(at) if clauses[k] >= clauses[at] - 1 and lowered[k] not in _EMPTY | NEGATIONS]
            for earlier, by in zip(reversed(before), _SCOPE, strict=False):
                negate(earlier, by)
    return strength
