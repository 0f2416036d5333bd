"""Numbers with their units and bounds, and whether a source agrees with those of a claim."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log1p
from typing import Literal

from .lexicon import stem

Unit = Literal["%", "x", ""]
Bound = Literal["=", "~", ">", "<"]

_SMALL = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split()
    )
} | {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}  # fmt: skip
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SUFFIX = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_FOLDS = {"twice": 2.0, "double": 2.0, "doubles": 2.0, "doubled": 2.0, "triple": 3.0, "triples": 3.0, "tripled": 3.0}
_PARTS = {
    "half": 1 / 2, "halves": 1 / 2, "halved": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fourth": 1 / 4, "fifth": 1 / 5,
    "sixth": 1 / 6, "eighth": 1 / 8, "tenth": 1 / 10, "twentieth": 1 / 20, "hundredth": 1 / 100,
}  # fmt: skip

_WORDS = "|".join([*_SMALL, *_SCALES])
_NUMBER = re.compile(
    rf"""(?<![\w.])(?:
      (?P<digits>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)
        (?:(?P<suffix>[kKmMbBtT])(?![\w])|\s?(?P<fold>[x×X])(?!\w))?(?:\s*-?(?P<scale>{"|".join(_SCALES)})s?\b)?
    | (?P<words>\b(?:{_WORDS})(?:[\s-]+(?:(?:and|a)\s+)?(?:{_WORDS}))*\b)
    | (?P<a>\ba\s+(?={"|".join(_SCALES)})(?:{"|".join(_SCALES)}))
    | (?P<once>\b(?:{"|".join(_FOLDS)})\b)
    )""",
    re.X | re.I,
)
_PART = re.compile(
    rf"\b(?:(?P<count>{'|'.join(_SMALL)}|\d+|an?|one|the)[\s-]+)?(?P<part>{'|'.join(_PARTS)})s?\b(?!\s+(?:party|time|place)\b)",
    re.I,
)
_AFTER = re.compile(
    r"\s*-?(?P<percent>\\?%|per\s?cents?\b|percentage|points?\b)|\s*-?(?P<fold>times|fold|\\times)\b", re.I
)
_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("<", re.compile(r"(?:up to|at most|no more than|not more than|less than|fewer than|lower than|under|below"
                     r"|maximum of|as (?:much|many|high) as|<|≤)\s*$", re.I)),
    (">", re.compile(r"(?:over|more than|at least|above|exceed(?:s|ing)?|greater than|higher than|no less than|beyond"
                     r"|minimum of|>|≥)\s*(?:a\s+)?$", re.I)),
    ("~", re.compile(r"(?:about|around|near(?:ly)?|almost|roughly|approximately|some|close to|~|circa)\s*$", re.I)),
)  # fmt: skip
_BEHIND: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (">", re.compile(r"\s*(?:\w+\s+)?(?:or|and) (?:more|above|over|higher)\b|\+", re.I)),
    ("<", re.compile(r"\s*(?:\w+\s+)?(?:or|and) (?:less|below|under|fewer|lower)\b", re.I)),
)
_NEXT = re.compile(r"[^\W\d_]+")
_RANGE = re.compile(r"\s*\$?\s*(?:to|or|and|--?|–|—)\s*\$?")
_ANAPHOR = re.compile(r"\b(?:the|these|those|its|their|both)\s+$", re.I)  # "the two agree" speaks of two named before
_CLOSE = 0.08  # relative difference that "about" allows
_NEAR = 1.6  # factor within which "more than" may stand for a figure
_SIDE_BY_SIDE = 40  # characters between two figures that are compared


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in a text at [start, end).

    Attributes:
        value: as counted: 7B is 7e9; a half is 50 with the unit %.
        decimals: digits after the point as written; -1 for a fraction in words.
        counted: whether it is a small count in words ("two models"), which a paraphrase may leave out or add.
        of: the stems of the two words after it, what it counts.
    """

    value: float
    unit: Unit
    bound: Bound
    decimals: int
    text: str
    start: int
    end: int
    counted: bool = False
    of: tuple[str, ...] = ()


def numbers(text: str, in_names: bool = False) -> list[Number]:
    """Return the numbers of a text in order; those inside names (GPT-4, Llama-3-70B) only if `in_names`."""
    found: list[Number] = []
    taken: set[int] = set()
    for match in _PART.finditer(text):
        count = (match["count"] or "a").lower()
        times = float(count) if count.isdigit() else float(_SMALL.get(count, 1))
        if match["part"].lower() in ("third", "fourth", "fifth", "sixth", "eighth", "tenth") and match["count"] is None:
            continue  # "the third stage" and "third" alone are ranks
        if (match["count"] or "").lower() == "the" and match["part"].lower() not in ("half",):
            continue
        value = 100 * times * _PARTS[match["part"].lower()]
        if value <= 100:
            found.append(Number(value, "%", _bound(text, match.start(), match.end()), -1, match[0], *match.span()))
            taken |= set(range(*match.span()))
    for match in _NUMBER.finditer(text):
        if match.start() in taken or (_inside_name(text, match.start()) and not in_names):
            continue
        number = _read(text, match)
        if number is not None:
            found.append(number)
    return _ranges(text, sorted(found, key=lambda number: number.start))


def _ranges(text: str, found: list[Number]) -> list[Number]:
    """Give the first end of a range the unit of the second ("2 to 3x"), and join "two and a half"."""
    joined: list[Number] = []
    for number in found:
        last = joined[-1] if joined else None
        between = text[last.end : number.start] if last else ""
        if last and number.unit == "%" and number.value == 50 and between == " and " and not last.unit:
            behind = _AFTER.match(text, number.end)
            unit: Unit = "" if not behind else "%" if behind["percent"] else "x"
            joined[-1] = replace(last, value=last.value + 0.5, decimals=1, unit=unit, end=number.end, counted=False)
        else:
            joined.append(number)
    for at in range(len(joined) - 2, -1, -1):
        first, second = joined[at], joined[at + 1]
        if second.unit and not first.unit and _RANGE.fullmatch(text[first.end : second.start]):
            joined[at] = replace(first, unit=second.unit, counted=False)
    return joined


def _read(text: str, match: re.Match[str]) -> Number | None:
    unit: Unit = ""
    decimals, counted, scaled = 0, False, False
    if match["digits"]:
        digits = match["digits"].replace(",", "")
        value = float(digits)
        decimals = len(digits.partition(".")[2])
        for scale in ((match["suffix"] or "").lower(), (match["scale"] or "").lower()):
            if scale:
                factor = _SUFFIX.get(scale) or _SCALES[scale]
                value, scaled = value * factor, True
        unit = "x" if match["fold"] or text[: match.start()].endswith("factor of ") else ""
    elif match["once"]:
        value, unit = _FOLDS[match["once"].lower()], "x"
    else:
        value = _spelled((match["words"] or match["a"]).lower())
        counted = value <= 20
        if value == 1 or (counted and _ANAPHOR.search(text[: match.start()])):
            return None
    end = match.end()
    behind = _AFTER.match(text, end)
    if behind and not scaled and not unit:
        unit = "%" if behind["percent"] else "x"
        end = behind.end()
        counted = False
    bound = _bound(text, match.start(), end)
    of = tuple(stem(word) for word in _NEXT.findall(text[end : end + 40])[:2])
    return Number(value, unit, bound, decimals, text[match.start() : end].strip(), match.start(), end, counted, of)


def _spelled(words: str) -> float:
    total, current = 0.0, 0.0
    for word in re.split(r"[\s-]+", words):
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total, current = total + max(current, 1) * _SCALES[word], 0.0
    return total + current


def _inside_name(text: str, at: int) -> bool:
    """Tell whether the digits at `at` belong to a name before them: GPT-4, zephyr-7b, Llama2."""
    before = re.search(r"([^\W_]+)-$", text[:at])
    return before is not None and before[1][0].isalpha() and before[1].lower() not in _SMALL


def _bound(text: str, start: int, end: int) -> Bound:
    before = text[max(0, start - 20) : start]
    for bound, pattern in _BEFORE:
        if pattern.search(before):
            return bound
    for bound, pattern in _BEHIND:
        if pattern.match(text, end):
            return bound
    return "="


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A number of the claim that the source does not have; `instead` is the source's own of that unit, if any."""

    claimed: Number
    instead: Number | None


def disagreements(claim: Sequence[Number], source: Sequence[Number]) -> list[Disagreement]:
    """Return the claim's numbers that no number of the source bears out, each with the nearest of its unit."""
    found = []
    for number in claim:
        if any(agree(number, other) for other in source) or _derived(number, source):
            continue
        same = [
            other
            for other in source
            if number.unit == other.unit and (set(number.of) & set(other.of) if number.counted else not other.counted)
        ]
        nearest = min(same, key=lambda other: abs(log1p(other.value) - log1p(number.value)), default=None)
        found.append(Disagreement(number, nearest))
    return found


def agree(claim: Number, source: Number) -> bool:
    """Tell whether one number of a source bears out one of a claim."""
    a, b = claim.value, source.value
    if claim.unit != source.unit:
        return a == b and "x" not in (claim.unit, source.unit)  # "57 micro-F1 points" and "57 points"
    if a == b or _rounded(claim, source):
        return {claim.bound, source.bound} != {"<", ">"}
    if claim.bound == "~":
        return abs(a - b) <= _CLOSE * max(a, b)
    if claim.bound == ">":
        return a < b <= a * _NEAR and source.bound == "="
    if claim.bound == "<":
        return a / _NEAR <= b < a and source.bound == "="
    return False


def _rounded(claim: Number, source: Number) -> bool:
    if claim.decimals < 0 or source.decimals < 0:
        return abs(claim.value - source.value) <= 0.03 * max(claim.value, source.value)
    return claim.decimals < source.decimals and round(source.value, claim.decimals) == claim.value


def _derived(number: Number, source: Sequence[Number]) -> bool:
    """Tell whether it lies between two figures that the source compares: "from 34.4% to 37.9%" is 3.5 points."""
    for first, second in pairwise(source):
        a, b = first.value, second.value
        if first.unit != "%" or second.unit != "%" or second.start - first.end > _SIDE_BY_SIDE or not min(a, b) > 0:
            continue
        if number.unit == "%" and abs(abs(a - b) - number.value) < 0.051:
            return True
        if number.unit == "x" and number.bound != "=" and number.value <= max(a, b) / min(a, b) <= number.value * _NEAR:
            return True
    return False
