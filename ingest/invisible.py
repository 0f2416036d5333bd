"""What a reader cannot see, taken out of a text: what steers terminals, turns lines round or hides words."""

import re

# ECMA-48: CSI sequences; strings (titles, links, device control) up to their terminator; shorter escapes.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b(?![\[\]PX^_])[ -/]*[0-~]"
)

_JOINING = (  # scripts that are written with joiners, and words differ by them: Arabic to Sinhala, Tibetan to Mongolian
    r"\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17b3\u17b6-\u17ff\u1807\u180a\u1820-\u18aa\ufb50-\ufdcf\ufdf0-\ufdff"
    r"\ufe70-\ufefc\U00011000-\U00011fff"
)
_PICTURE = r"\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"

# Each of these is invisible alone, and stays only where it shapes what stands before it.
_KEPT = (
    rf"(?<=[{_JOINING}])[\u200c\u200d](?![\u200c\u200d])"
    rf"|(?<=[\u1820-\u18aa])[\u180b-\u180f](?![\u180b-\u180f])"
    rf"|(?<=[{_PICTURE}])[\ufe0e\ufe0f](?![\ufe00-\ufe0f])"
    r"|(?<=[#*0-9])\ufe0f(?=\u20e3)"
    rf"|(?:(?<=[{_PICTURE}])|(?<=[{_PICTURE}]\ufe0f))\u200d(?=[{_PICTURE}])"
)
# What vanishes: soft hyphens, zero-width marks, bidirectional controls, variation selectors, tags, halves of
# surrogates and what Unicode reserves for no character.
_GONE = (
    r"\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 15))
    + r"\U000e0000-\U000e0fff"
)
# What leaves a blank: other white space; controls, which mostly are letters decoded wrongly; letters without ink;
# characters that mean something in private only.
_BLANK = (
    r"\x00-\t\x0b-\x1f\x7f-\xa0\u115f\u1160\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u3164\uffa0\ue000-\uf8ff"
    r"\U000f0000-\U0010ffff"
)
# Those of them that Python calls printable.
_INKLESS = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_TREATED = re.compile(rf"(?P<kept>{_KEPT})|(?P<blank>[{_BLANK}])|[{_GONE}]")
_BEGUN = re.compile(r"(?:\x1b|[\x90\x98\x9b\x9d-\x9f])[^\x07\x9c]{0,100}\Z")


def visible(text: str) -> str:
    """Return `text` without what cannot be seen; line feeds stay, and any other white space is a plain blank.

    Escape sequences, controls, zero-width and bidirectional marks, variation selectors and tag characters go.
    Letters of every script, combining marks and emoji stay, with the joiners that spell them: in Persian and
    Indic words, between emoji.
    """
    if text.isprintable() and (text.isascii() or not _INKLESS.search(text)):  # nearly all text
        return text
    return _TREATED.sub(_treated, _ESCAPES.sub("", text))


def _treated(match: re.Match[str]) -> str:
    return match["kept"] or (" " if match["blank"] else "")


def unfinished(text: str) -> int:
    """Return where an escape sequence begins that `text` ends in the middle of; its length where there is none."""
    at = 0
    while found := _BEGUN.search(text, at):
        whole = _ESCAPES.match(text, found.start())
        if not whole:
            return found.start()
        at = whole.end()
    return len(text)
