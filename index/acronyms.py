"""Acronyms that papers explain: "chain of thought (CoT)" teaches what CoT stands for.

The method is Schwartz and Hearst's (A simple algorithm for identifying abbreviation definitions in
biomedical text, 2003): the letters of the short form, from the last to the first, must be found in
the words before the bracket, and its first letter must begin a word.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

FILE = "acronyms.json"
_BRACKET = re.compile(r"\(([A-Za-z][\w-]{1,9})\)")
_MOST_WORDS = 8


def write(folder: Path, explanations: Mapping[tuple[str, str], int]) -> None:
    """Keep acronyms in `folder`; of several meanings the commonest holds, of equals the first.

    Args:
        explanations: how often texts explain a short form by a long one, in lower case.
    """
    best: dict[str, tuple[int, str]] = {}
    for (short, long), count in explanations.items():
        if short not in best or count > best[short][0]:
            best[short] = count, long
    meanings = {short: long for short, (_, long) in sorted(best.items())}
    (folder / FILE).write_text(json.dumps(meanings, ensure_ascii=False), "utf-8")


def found(text: str, meanings: Mapping[str, str]) -> dict[str, str]:
    """Return the acronyms in a text, in the singular, with what they stand for."""
    tokens = [token for token in re.findall(r"[A-Za-z][\w-]*", text) if sum(c.isupper() for c in token) > 1]
    short = [token if token in meanings else token.removesuffix("s") for token in tokens]
    return {token: meanings[token] for token in short if token in meanings}


def explained(text: str) -> Iterable[tuple[str, str]]:
    """Yield the pairs of short and long form that a text explains."""
    for match in _BRACKET.finditer(text):
        short = match.group(1)
        if sum(c.isupper() for c in short) < 2:
            continue
        short = short[:-1] if short[-1] == "s" and short[-2].isupper() else short
        before = re.split(r"[.;:()]", text[: match.start()])[-1].rstrip()
        words = before.split()[-min(len(short) + 5, 2 * len(short), _MOST_WORDS) :]
        long = _long_form(short, " ".join(words))
        if long and len(long.split()) > 1:
            yield short, long


def _long_form(short: str, before: str) -> str | None:
    """Return the shortest end of `before` whose letters spell the short form."""
    at = len(before)
    for i in range(len(short) - 1, -1, -1):
        letter = short[i].lower()
        if not letter.isalnum():
            continue
        at -= 1
        while at >= 0 and (before[at].lower() != letter or (i == 0 and at > 0 and before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    return before[at:].rstrip(" ,-")
