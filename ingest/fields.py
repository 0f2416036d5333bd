"""Raw values of many spellings -> the fields of a paper; what cannot be used is told, not guessed."""

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any

from .links import is_web_link
from .reading import Row
from .text import fold
from .venue import VenueType, parse_venue

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d|2100)(?!\d)")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9:_-]*(?:\s[^<>]*)?/?>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_NAME_PARTS = (
    ("given", "non-dropping-particle", "family", "suffix"),
    ("first", "middle", "last", "suffix"),
    ("first_name", "last_name"),
    ("firstName", "lastName"),
)
_INITIALS = re.compile(r"(?:[A-Z][a-z]?\.?[ -]?){1,4}")
_OTHERS = re.compile(r"(?:(?:^|[\s,;]+)(?:et\.?\s*al|(?:and|&)\s+others)|^others)[\s.,;]*$", re.IGNORECASE)
_HOST = re.compile(r"(?:www\.|[a-z0-9-]+\.)+[a-z]{2,}/\S", re.IGNORECASE)


def row(
    line: int,
    *,
    title: Any,
    authors: Sequence[str] = (),
    year: Any = None,
    venue: Any = None,
    venue_type: VenueType | None = None,
    topic: Any = None,
    abstract: Any = None,
    url: Any = None,
    code_url: Any = None,
    doi: Any = None,
    arxiv_id: Any = None,
    section: Sequence[str] = (),
) -> Row:
    """Return a row whose fields `Paper.create` takes, from values as a file has them.

    A year or link that is none is left out and warned of. Where there is a DOI or arXiv id but no
    link, the link is made of it.
    """
    warnings = []
    fields: dict[str, Any] = {"title": plain(title), "authors": authors}
    label = plain(venue)
    where = parse_venue(label) if label else None
    if where:
        fields["venue"], fields["venue_type"] = where.name, venue_type or where.type
    elif venue_type:
        fields["venue_type"] = venue_type
    if said := scalar(year):
        fields["year"] = year_in(said)
        if fields["year"] is None:
            warnings.append(f"the year {said[:40]!r} is none, and is left out")
    if fields.get("year") is None and where:
        fields["year"] = where.year
    if text := plain(abstract):
        fields["text"], fields["text_kind"] = text, "abstract"
    if found := _DOI.search(scalar(doi)):
        fields["doi"] = found.group()
    if paper := _arxiv(scalar(arxiv_id)):
        fields["arxiv_id"] = paper
    for name, given in (("url", scalar(url)), ("code_url", scalar(code_url))):
        if not given:
            continue
        link = web_link(given)
        if link:
            fields[name] = link
        else:
            warnings.append(f"the {name} {given[:80]!r} is no web link, and is left out")
    if "url" not in fields and (paper or found):
        fields["url"] = f"https://arxiv.org/abs/{paper}" if paper else f"https://doi.org/{fields['doi']}"
    if topic := plain(topic):
        fields["topic"] = topic
    if section:
        fields["section"] = section
    return Row(line, fields, tuple(warnings))


def scalar(value: Any) -> str:
    """Return a value as text on one line: the first of a list, "" for what is no text or number."""
    while isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = isinstance(value, float) and value.is_integer()
        return str(int(value)) if whole else str(value)
    return ""


def plain(value: Any) -> str:
    """Return a value as text without the tags and entities of HTML or JATS."""
    text = scalar(value)
    if "<" not in text and "&" not in text:
        return text
    if "<" in text:
        text = _TAG.sub(" ", text) if "</p>" in text or "jats:" in text else _TAG.sub("", text)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    return fold(text)


def year_in(text: str) -> int | None:
    """Return the first year from 1500 to 2100 that stands in `text`."""
    found = _YEAR.search(text)
    return int(found.group()) if found else None


def web_link(text: str) -> str | None:
    """Return a link with its scheme: "arxiv.org/abs/1", "doi:10.1/x" and the like are links too."""
    text = text.strip(" <>")
    if is_web_link(text):
        return text if " " not in text else text.split()[0]
    if text.lower().startswith("doi:") or _DOI.fullmatch(text):
        found = _DOI.search(text)
        return f"https://doi.org/{found.group()}" if found else None
    if text.lower().startswith("arxiv:") and (paper := _arxiv(text)):
        return f"https://arxiv.org/abs/{paper}"
    return f"https://{text}" if _HOST.match(text) and is_web_link(f"https://{text}") else None


def names(value: Any) -> tuple[str, ...]:
    """Return the names in a list, or in one string however it separates them.

    >>> names("Doe, Jane and Roe, R.")
    ('Jane Doe', 'R. Roe')
    """
    if isinstance(value, list | tuple):
        return tuple(name for name in map(_named, value) if name)
    text = without_others(plain(value))
    if not text:
        return ()
    if ";" in text or "|" in text or "\u2022" in text:
        return _all(re.split(r"[;|\u2022]", text))
    parts = re.split(r"\s+and\s+|\s*&\s*|,\s*and\s+", text)
    if len(parts) > 1 and all(part.count(",") <= 1 for part in parts) and any("," in part for part in parts[:-1]):
        one_name = all("," in part for part in parts)  # "Doe, Jane and Roe, R."
        return _all(parts) if one_name else _all(piece for part in parts for piece in part.split(","))
    return _comma_separated([piece.strip() for part in parts for piece in part.split(",")], len(parts) == 1)


def _comma_separated(pieces: list[str], alone: bool) -> tuple[str, ...]:
    """Tell "Doe, Jane" from "Jane Doe, Ron Roe" and "Doe, J., Roe, R."."""
    pieces = [piece for piece in pieces if piece]
    paired = len(pieces) % 2 == 0 and all(_INITIALS.fullmatch(piece) for piece in pieces[1::2])
    if paired and pieces:
        return _all(f"{last}, {first}" for last, first in zip(pieces[::2], pieces[1::2], strict=True))
    if alone and len(pieces) == 2 and " " not in pieces[0]:
        return _all([", ".join(pieces)])
    return _all(pieces)


def _all(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in map(in_order, parts) if name)


def in_order(name: str) -> str:
    """Return a name with the given name first: "van Rossum, Guido" -> "Guido van Rossum"."""
    parts = [part for part in (part.strip() for part in without_others(fold(name)).split(",")) if part]
    if len(parts) == 2:
        return f"{parts[1]} {parts[0]}"
    if len(parts) == 3:  # Last, Jr, First
        return f"{parts[2]} {parts[0]} {parts[1]}"
    return parts[0] if parts else ""


def without_others(names: str) -> str:
    """Return names without what stands for those that are left out: "Wei et al." -> "Wei", "others" -> ""."""
    return _OTHERS.sub("", names)


def _named(author: Any) -> str:
    """Return the name in one author of a JSON record."""
    if isinstance(author, str):
        return in_order(plain(author))
    if not isinstance(author, dict):
        return ""
    for key in ("name", "literal", "display_name", "full_name", "raw_author_name"):
        if whole := without_others(plain(author.get(key))):
            return whole
    for group in _NAME_PARTS:
        if whole := " ".join(filter(None, (plain(author.get(key)) for key in group))):
            return whole
    return ""


def _arxiv(text: str) -> str:
    """Return the arXiv id in `text`, without its version, "" if there is none."""
    found = re.search(r"(?<![\d.])(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?!\d)", text)
    return found.group(1).lower() if found else ""
