"""Words -> terms, the same way for papers and for queries: folded spelling, Snowball stems."""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

import Stemmer

_TOKEN = re.compile(r"\w+(?:[-‐‑]\w+)*")
_HYPHEN = re.compile(r"[-‐‑]")
# Function words, and words of asking: they say nothing about what a paper is about.
_STOPWORDS = frozenset(
    """a about after all also an and any anyone anything are as at be because been before being between
    both but by can could did do does doing done else either for from get gets had has have how i if in
    into is it its itself let like make makes me more most my no nor not of on one ones only or other our
    out over own people per same she should so some such than that the their them then there these they
    thing things this those through to too under up upon us use used uses using very via was we well were
    what when where whether which while who whom whose why will with within without would you your
    article articles paper papers""".split()
)
# British spellings and their American twins, by the endings that tell them. What is no such word is
# folded too ("precise" to "precize"), alike in papers and queries, so nothing is lost by it.
_FOLDS = tuple(
    (re.compile(f"^({stem}){ending}$"), fold)
    for stem, ending, fold in (
        (r"\w{3,}", "is(e|ed|es|er|ers|ing|ation|ations)", r"\1iz\2"),
        (r"\w*[aeiou]\w*", "yse(d|s|r|rs)?", r"\1yze\2"),
        (r"\w{3,}", "our(s|ed|ing|al|able|ful|less|ite|ites|ist)?", r"\1or\2"),
        (r"\w*[aeiou]\w*(?:el|al|il|ol)", "l(ed|ing|er|ers)", r"\1\2"),
        (r"\w{2,}", "tre(s)?", r"\1ter\2"),
        (r"\w{3,}", "ogue(s)?", r"\1og\2"),
    )
)
# What one look tells: most words have none of these endings.
_FOLDED = re.compile(r"(?:is\w{1,6}|yse\w{0,2}|our\w{0,4}|l(?:ed|ing|ers?)|tres?|ogues?)$")


def words(text: str) -> list[str]:
    """Return the text's words in order: lower case, two letters or more, no function words."""
    return [word for token in tokens(text) for word in parts(token)]


def terms(text: str) -> list[str]:
    """Return the stems of the text's words, in order."""
    return token_terms(tokens(text))


def joined(text: str) -> list[str]:
    """Return the stems of hyphenated words written as one: "finetun" for "fine-tuning"."""
    return token_joined(tokens(text))


def tokens(text: str) -> list[str]:
    """Return what stands between blanks and punctuation, in lower case: hyphenated words whole, function words too."""
    found: list[str] = _TOKEN.findall(text.lower())
    return found


def token_terms(tokens: Sequence[str]) -> list[str]:
    """Return the stems of the words in these tokens."""
    return [stem for token in tokens for stem in _stems(token)]


def token_joined(tokens: Sequence[str]) -> list[str]:
    """Return the stems of those tokens that are hyphenated, written as one word."""
    return [stem for token in tokens if (stem := _joined(token))]


def stems(words: Sequence[str]) -> list[str]:
    """Return each word's stem, its spelling folded."""
    return [_stem(word) for word in words]


# Papers use few words many times: what a token comes to is kept.


@lru_cache(50_000)
def parts(token: str) -> tuple[str, ...]:
    """Return the words of a token."""
    return tuple(w for w in _HYPHEN.split(token) if len(w) > 1 and w not in _STOPWORDS)


@lru_cache(50_000)
def _stems(token: str) -> tuple[str, ...]:
    return tuple(map(_stem, parts(token)))


@lru_cache(50_000)
def _joined(token: str) -> str | None:
    found = parts(token)
    return _stem("".join(found)) if len(found) > 1 else None


@cache
def _stemmer() -> Callable[[str], str]:
    stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
    return stem


@lru_cache(200_000)
def _stem(word: str) -> str:
    for ending, fold in _FOLDS if _FOLDED.search(word) else ():
        folded = ending.sub(fold, word)
        if folded != word:
            word = folded
            break
    return _stemmer()(word)
