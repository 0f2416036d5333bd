"""References as free text, as \\bibitem and reference lists have them -> their fields, as far as they can be told.

What the title is can only be guessed; `matching` tries every reading of the text, so a wrong guess costs little.
"""

import re
from collections.abc import Sequence

from ingest.links import clean_doi
from ingest.text import fold

from .draft import Place, Reference

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>,;]+")
_ARXIV = re.compile(
    r"arxiv(?:\.org/(?:abs|pdf)/|[:\s,.]*(?:preprint\s*)?(?:arxiv[:\s]*)?|:\s*abs/)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})"
    r"|\babs/(\d{4}\.\d{4,5})",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"]+")
_YEAR = re.compile(r"(?<![\d./-])((?:19|20)\d\d)[a-z]?(?![\d/]|\.\d)")
_QUOTED = re.compile(r"[“\"‘]([^“”\"]{8,400})[”\"’]")
# "Ong, I. (2024). RouteLLM." and "Isaac Ong. 2024. RouteLLM."
_YEAR_SECOND = re.compile(r"^(.{2,1500}?)[.,]?\s+\(?((?:19|20)\d\d)[a-z]?\)?[.,:]\s+(\S.*)$", re.DOTALL)
# "Ong, I., Wu, V.: RouteLLM." and "I. Ong, V. Wu: RouteLLM.": names with initials, then a colon.
_COLON = re.compile(r"^((?=[^:]{0,80}?\b[A-Z]\.)(?:[^:.]|(?<=\b[A-Z])\.){3,1500}):\s+(\S.*)$", re.DOTALL)
# A full stop ends a part, but not behind an initial, "al." or "Jr.".
_PART = re.compile(r"(?<!\b[A-Z])(?<!\bal)(?<!\bJr)(?<!\bvs)[.?!][”\"’]?\s+(?=\S)")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[\s-]*){1,4}")
_AND = re.compile(r"\s*(?:,\s*)?(?:\band\b|&|;)\s*")
_LONGEST = 3_000  # characters of one reference that are looked at
_MOST_AUTHORS = 500


def guess(key: str, place: Place, text: str, blocks: Sequence[str] = ()) -> Reference:
    """Read a reference's fields out of its text; `blocks` are its parts where the source marks them."""
    text = fold(text)[:_LONGEST]
    doi, url = _DOI.search(text), _URL.search(text)
    arxiv = _ARXIV.search(text)
    clean = _DOI.sub(" ", _URL.sub(" ", text))
    authors, title = _split(clean, [fold(block) for block in blocks if fold(block)])
    years = _YEAR.findall(clean)
    bracketed = re.search(r"\(((?:19|20)\d\d)[a-z]?\)", clean)
    arxiv_id = (arxiv.group(1) or arxiv.group(2)).lower() if arxiv else None
    found_doi = clean_doi(doi.group().rstrip(").]")) if doi else None
    if found_doi and found_doi.startswith("10.48550/arxiv."):
        arxiv_id, found_doi = arxiv_id or re.sub(r"v\d+$", "", found_doi.removeprefix("10.48550/arxiv.")), None
    return Reference(
        key=key,
        place=place,
        title=title.strip(" .,“”\"'’"),
        authors=names(authors),
        year=int(bracketed.group(1)) if bracketed else int(years[-1]) if years else None,
        doi=found_doi,
        arxiv_id=arxiv_id,
        url=url.group().rstrip(".,)") if url else None,
        text=text,
    )


def parts(text: str) -> list[str]:
    """Return a reference's parts: what stands between its full stops."""
    found, at = [], 0
    for stop in _PART.finditer(text):
        found.append(text[at : stop.start() + 1])
        at = stop.end()
    return [*found, text[at:]]


def _split(text: str, blocks: Sequence[str]) -> tuple[str, str]:
    """Return the authors and the title."""
    if len(blocks) > 1:
        return blocks[0], blocks[1]
    if quoted := _QUOTED.search(text):
        return text[: quoted.start()], quoted.group(1)
    if found := _COLON.match(text):
        return found.group(1), parts(found.group(2))[0]
    if (found := _YEAR_SECOND.match(text)) and not re.search(r"[a-z]{3}\.\s+[A-Z][a-z]+\s+[a-z]+\s", found.group(1)):
        return found.group(1), parts(found.group(3))[0]
    pieces = parts(text)
    return (pieces[0], pieces[1]) if len(pieces) > 1 else ("", text)


def names(authors: str) -> tuple[str, ...]:
    """Return the names in a list of authors, first names first: "Ong, I., and V. Wu" gives "I. Ong", "V. Wu"."""
    authors = re.sub(r",?\s*\bet al\b\.?.*|\(eds?\.?\)|\beds?\.", "", authors).strip(" .,:")
    found: list[str] = []
    for group in _AND.split(authors)[:_MOST_AUTHORS]:
        for part in (part.strip() for part in group.split(",")):
            if part and found and _INITIALS.fullmatch(part) and not _INITIALS.fullmatch(found[-1].split()[0]):
                # The full stop of the last initial ends the list of authors, too.
                found[-1] = f"{part}{'.' * (part[-1].isupper() and len(part.split()[-1]) == 1)} {found[-1]}"
            elif part and any(c.isalpha() for c in part):
                found.append(part)
    return tuple(found)
