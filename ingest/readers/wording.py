"""The words of a list's entry: titles told from names, prose and tags."""

import re

from ..labels import is_date, label, words
from ..text import fold
from ..venue import label_in

# Words of someone who talks to the reader; no title and nothing before one has them.
_TALK = frozenset(
    """we our us you your please welcome check see click visit thanks thank star repo repository released accepted
    collect collected collection maintained maintain contribute pull issue feel email contact updated update i my
    follow following also here this""".split()
)
_SURE_TALK = frozenset("please welcome repo repository click visit thanks thank email maintain maintained".split())
_LONGEST = 60  # words of a title
_MARKS = " \t.,;:|-–—·•*_#>~✨⭐🔥📄🌟💡✅❗️👍🆕📌🚩"
_TAG = re.compile(r"^\s*(?:[\[(（【「`]\s*([^\[\]()（）【】`]{1,60})\s*[\])）】」`]|(\d{1,4}[.)])(?=\s))\s*")
_EMOJI = re.compile(r"^(?::[a-z0-9_+-]+:|[\u2190-\u2bff\u3000-\u303f\ufe0f\U0001f000-\U0001faff]|\s)+")
_DATED = re.compile(r"^((?:19|20)\d\d(?:[./-]\d{1,2}){0,2})\s*[|:,)–—-]?\s+(?=\S)")
_FIELD = re.compile(r"^(?:title|paper|name|论文)\s*[:：]\s*", re.IGNORECASE)
# "Author, A., & Other, B. (2020). The title. Journal of ...", as journals print references.
_PRINTED = re.compile(r"\((?:19|20)\d\d[a-z]?\)[.,:]?\s+(?P<title>\S.{8,300}?)[.?!](?=\s|$)")
_INITIAL = re.compile(r",\s[A-Z]\.")
_NO_AUTHORS = re.compile(r"[()\d]")
_WRAPPED = re.compile(r"(?P<rest>[^()\[\]]{3,80}?)\s*[\[(](?P<venue>[^()\[\]]{2,60})[\])]")
_PARTICLES = frozenset("de der den del della di da dos du la le van von ter ten bin ibn al el y e st".split())
_NOT_NAMES = frozenset(
    """a an the of for with in on and to by from via using is are towards toward learning models model language neural
    deep network networks data large survey generation training efficient inference attention retrieval knowledge
    reasoning multimodal framework benchmark evaluation analysis approach based code paper blog slides
    website""".split()
)
_CUT = re.compile(
    r"\n|\s[|–—]\s|\s-\s|(?<=[a-z0-9\])?!'’”])[.]\s+(?=[A-Z\[(]|arXiv)"
    r"|\s+[\[(（【]\s*(?=[^\s])(?![^()\[\]]{1,40}\)\s*[:：])"  # "Molecular Sets (MOSES): ..." goes on
)


def is_title(text: str) -> bool:
    """Tell whether a text can be a title: words, no date, no venue, no address, no label."""
    text = fold(text)
    said = words(text)
    if not said or len(said) > _LONGEST or "://" in text or not any(map(str.isalpha, text)):
        return False
    return not is_date(text) and label(text) is None


def is_prose(text: str, strict: bool = False) -> bool:
    """Tell whether words talk to the reader.

    Args:
        strict: take any such word for talk; else a short run of words may have one.
    """
    said = [word.casefold() for word in words(text)]
    talk = [word for word in said if word in _TALK]
    return (
        bool(talk)
        and (strict or len(said) > 3 or any(word in _SURE_TALK for word in talk))
        and (
            strict or len(talk) > 1 or any(word in _SURE_TALK or word in ("we", "our", "you", "your") for word in talk)
        )
    )


def untagged(text: str) -> str:
    """Return a text without the numbers, dates, venues and signs that stand before its first words."""
    text = fold(text)
    while True:
        before = text
        text = _FIELD.sub("", _EMOJI.sub("", text).lstrip(_MARKS + "])】"))
        if found := _TAG.match(text):
            inner = found.group(1) or found.group(2)
            if found.group(2) or len(words(inner)) <= 3 or is_date(inner) or label_in(inner):
                text = text[found.end() :]
        text = _DATED.sub("", text)
        head, colon, tail = text.partition(":")
        if colon and label_in(head) and re.search(r"\d", head):
            text = tail
        if text == before or not text:
            return "" if label_in(text) or is_date(text) else text.strip(" ")


def cut_title(text: str) -> str:
    """Return the title in a run of plain words: what comes before the authors, the venue, or a description."""
    lines = _unwrapped(text.replace("，", ", ").split("\n"))
    first = untagged(lines[0])
    printed = _PRINTED.search(first)
    if printed and _INITIAL.search(first, 0, printed.start()) and not _NO_AUTHORS.search(first, 0, printed.start()):
        return printed["title"].strip(_MARKS)
    text = "\n".join(filter(None, [untagged(lines[0]), *map(fold, lines[1:])])).lstrip("\n")
    head, colon, tail = text.partition(": ")
    if colon and authors_in(head):
        text = tail
    pieces = [piece.strip(_MARKS + "[(（【'\"“”") for piece in _CUT.split(text)]
    short = ""  # a title of one word, if there is no better one
    for piece in pieces:
        if not piece or authors_in(piece) or label_in(piece) or is_date(piece) or len(words(piece)) < 2:
            short = short or (piece if is_title(piece) and not authors_in(piece) else "")
            continue
        return _before_names(piece)
    return short


def _unwrapped(lines: list[str]) -> list[str]:
    """Join a title that goes on in the next line, up to the venue in brackets there."""
    wrapped = _WRAPPED.match(fold(lines[1])) if len(lines) > 1 else None
    if not wrapped or not label_in(wrapped["venue"]) or authors_in(wrapped["rest"]) or label_in(wrapped["rest"]):
        return lines
    first = fold(lines[0])
    return [f"{first} {lines[1]}", *lines[2:]] if first[-1:].isalnum() and "(" not in first else lines


def _before_names(text: str) -> str:
    """Cut "Title with words, Ann Author, Ben Other, ACL 2020" before its authors or its venue."""
    text = re.split(r"\s+by\s+(?=[A-Z][a-z]+ [A-Z])", text)[0]
    parts = text.split(", ")
    for at in range(1, len(parts)):
        rest = ", ".join(parts[at:])
        if label_in(parts[at]) or is_date(parts[at]) or (len(words(parts[at])) > 1 and authors_in(names_only(rest))):
            return ", ".join(parts[:at]).strip(_MARKS)
    return text.strip(_MARKS)


def names_only(text: str) -> str:
    """Drop the venue and year at the end of a run of names."""
    parts = text.split(", ")
    while parts and (label_in(parts[-1]) or is_date(parts[-1])):
        parts.pop()
    return ", ".join(parts)


def authors_in(text: str) -> tuple[str, ...]:
    """Return the names in a text that is nothing but names: at least two, or one with "et al."."""
    text = fold(re.sub(r"^(?:authors?|by)\s*[:：]?\s+", "", text.strip(" .,;:*_()"), flags=re.IGNORECASE))
    text = re.sub(r"[*†‡§¶#^]|(?<=[a-z])\d(?:,\d)*", "", text)
    short = re.sub(
        r",?\s*(?:et\.?\s*al\.?|and others|\.\.\.|…)(?:,?\s*\(?(?:19|20)\d\d\)?)?$", "", text, flags=re.IGNORECASE
    )
    pieces = [piece.strip(" .") for piece in re.split(r",|;|，|、|\s&\s|\band\b", short) if piece.strip(" .")]
    if not pieces or len(pieces) > 200 or (len(pieces) == 1 and short == text):
        return ()
    named = [piece for piece in pieces if _is_name(piece, alone=short != text)]
    return tuple(named) if len(named) == len(pieces) else ()


def _is_name(text: str, alone: bool) -> bool:
    said = text.replace("-", " ").replace(".", ". ").split()
    if not (1 if alone else 2) <= len(said) <= 6 or any(map(str.isdigit, text)) or ":" in text:
        return False
    if any(word.casefold() in _NOT_NAMES for word in said):
        return False
    return all(word[0].isupper() or word.casefold() in _PARTICLES or word[0] in "'’(" for word in said) or (
        not text.isascii() and len(text) <= 4
    )
