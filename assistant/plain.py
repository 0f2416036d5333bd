"""An LLM's words as plain text: nothing in them that a shell, or whoever pastes them, could follow or render.

CommonMark's links, images and definitions and HTML's tags are reduced to their words, addresses go; mathematics,
code words, `<`, `&`, brackets and citations stay as they are.
"""

import re
from collections.abc import Collection

from ingest.invisible import visible

_MOST_LAYERS = 20  # of markup inside markup; nobody who writes means more
_LONGEST_RANGE = 20  # citations in [1-20]

_ELEMENTS = (
    "abbr|address|applet|area|article|aside|audio|base|bdi|bdo|big|blink|blockquote|body|br|button|canvas|caption|center|"
    "cite|code|col|colgroup|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|"
    "frame|frameset|h[1-6]|head|header|hgroup|hr|html|iframe|img|input|ins|kbd|legend|li|marquee|math|menu|meta|meter|nav|"
    "noscript|object|ol|optgroup|option|param|picture|plaintext|pre|progress|rp|rt|ruby|samp|script|search|select|slot|span|"
    "strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|thead|tr|track|tt|ul|var|video|wbr|xmp"
)
# These may be variables or common words: "a <b and c> d" is arithmetic, <b> is a tag.
_AMBIGUOUS = "a|b|i|p|q|s|u|data|label|link|main|map|mark|output|section|small|source|th|time|title|use"
_ATTRIBUTE = (
    r"(?:on\w+|style|src|srcset|srcdoc|(?:xlink:)?href|(?:form)?action|background|poster|class|id|rel|target|data)"
)
_TAG = re.compile(
    rf"</?(?:{_ELEMENTS})(?:[\s/][^<>]*)?>|<(?:{_AMBIGUOUS})\s*/?>|</[a-z][\w:-]*\s*>"
    rf"|</?[a-z][\w:-]*[\s/\"'](?:[^<>\n]*[\s/\"'])?{_ATTRIBUTE}\s*=[^<>\n]*(?:>|$)",
    re.I | re.M,
)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<![a-z\[][^<>]*>|<\?[^<>]*>|<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.I | re.S
)
_LINK = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*(?:<[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
_DEFINITION = re.compile(
    r"^[ \t]*\[([^\[\]\n]+)\]:[ \t]*\n?[ \t]*(?:<[^<>\n]*>|[/#.]\S*|[a-z][\w+.-]*:\S+)[^\n]*$", re.I | re.M
)
_REFERENCE = re.compile(r"!?\[([^\[\]\n]+)\]\[([^\[\]\n]*)\]")
_PICTURE_MARK = re.compile(r"(?<!\w)!(?=\[)")

_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}:/{1,2}(?=[^\s/])|(?<![\w:/])//(?=[\w-]+\.\w)|\bwww\.(?=\w)|\bmailto:(?=\S)"
    r"|\b(?:javascript|vbscript):(?=\S)|\bdata:(?=[\w.+-]+/[\w.+-]+[;,]|[;,]\S)"
    r"|\b(?:[a-z0-9-]{1,63}\.){1,9}[a-z]{2,24}(?::\d+)?[/?#](?=\w)|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?/(?=\S))\S*",
    re.I,
)
_AFTER = ".,;:!?\"'”’»)]}>*_`"  # marks that end a sentence or a bracket rather than an address
_GAP = "\0"  # where an address was
_GAPS = re.compile(rf"[ \t]{{0,2}}(?P<open>[(\[<{{\"'“‘«*_`]{{1,6}})?{_GAP}(?(open)[)\]>}}\"'”’»*_`]*)")

_BRACKET = re.compile(r"[\[【]([^\[\]【】\n]{1,80})[\]】]")
_IN_CITATION = re.compile(
    r"†.*|\b(?:sources?|ref(?:erence)?s?|citations?|papers?|doc(?:ument)?s?|and)\b(?![\w.])|[\^#_:]", re.I
)
_RANGE = re.compile(r"\s*(\d{1,3})\s*[-–—]\s*(\d{1,3})\s*")


def plain(text: str, urls: Collection[str] = ()) -> str:
    """Return `text` without markup and without any address but those of `urls`; its lines stay apart.

    Citations that are written otherwise ([^1], [Source 1], 【1】, [1-3]) become [1]; a longer number in brackets,
    which is none, stands in parentheses.

    Args:
        urls: addresses that may stand, each as a whole: those of the papers that are cited.
    """
    text = visible(text)
    for _ in range(_MOST_LAYERS):  # what stands between two removed tags may make a third
        reduced = _reduced(text)
        if reduced == text:
            break
        text = reduced
    else:
        text = re.sub(r"[<>\[\]]", " ", text)
    text = _ADDRESS.sub(lambda found: _address(found.group(), urls), text)
    return _BRACKET.sub(_bracket, _PICTURE_MARK.sub("", _GAPS.sub("", text)))


def _reduced(text: str) -> str:
    """Return the text with one layer of markup less."""
    text = _TAG.sub("", _HIDDEN.sub("", text))
    text = _LINK.sub(lambda link: f"[{link[1]}]" if link[1].strip().isdecimal() else link[1], text)
    labels = {label.casefold() for label in _DEFINITION.findall(text)}
    if labels:
        text = _REFERENCE.sub(lambda link: link[1] if (link[2] or link[1]).casefold() in labels else link[0], text)
    return _DEFINITION.sub("", text)


def _address(found: str, urls: Collection[str]) -> str:
    """Return an address if it may stand, else a gap; with what follows it in the sentence."""
    end = len(found)
    while end and found[:end] not in urls and found[end - 1] in _AFTER:
        end -= 1
    if found[:end] in urls:
        return found
    return _GAP + found[len(found.rstrip(_AFTER)) :]


def _bracket(found: re.Match[str]) -> str:
    """Return what stands in brackets; a citation as [1], or [1][2] for several."""
    inside = _IN_CITATION.sub(" ", found[1])
    if (ends := _RANGE.fullmatch(inside)) and re.match(r"\s*(?:[.!?,;:\[【]|\n|\Z)", found.string[found.end() :][:9]):
        first, last = int(ends[1]), int(ends[2])
        if first <= last < first + _LONGEST_RANGE:
            return "".join(f"[{n}]" for n in range(first, last + 1))
    numbers = re.split(r"\s*[,;&]\s*|\s+", inside.strip())
    if not all(number.isdecimal() for number in numbers):
        return found[0]
    if any(len(number) > 3 for number in numbers):
        return f"({', '.join(numbers)})"
    if re.fullmatch(r"\[[\d, ]+\]", found[0]):
        return found[0]
    return "".join(f"[{number}]" for number in numbers)
