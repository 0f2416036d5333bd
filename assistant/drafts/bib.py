"""A .bib file -> the references that it holds."""

import logging
import re

from ingest.links import clean_doi, identify, is_web_link
from ingest.text import fold

from .cutting import plain
from .draft import Place, Reference
from .folder import Folder

_TEX = re.compile(r"[\\{}$~`]|--|''")
_LONGEST = 2_000  # characters of a value made of abbreviations, which can be made of abbreviations
_MOST_PARTS = 100
_YEAR = re.compile(r"\b(1[5-9]|20)\d\d\b")
_ARXIV = re.compile(
    r"(?:^|arxiv[:./\s]*(?:abs/)?)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?\b", re.IGNORECASE
)


def bibliography(text: str, file: str) -> list[Reference]:
    """Return a .bib file's entries in order. What is no entry is left out; of one key's entries the first stays."""
    from bibtexparser import model
    from bibtexparser.splitter import Splitter

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    strings: dict[str, str] = {}
    found: dict[str, Reference] = {}
    for one in Splitter(text).split().blocks:
        block = one.ignore_error_block if isinstance(one, model.DuplicateFieldKeyBlock) else one
        if isinstance(block, model.String):
            strings[block.key.lower()] = _value(block.value, strings)
        elif isinstance(block, model.Entry):
            fields = {field.key.strip().lower(): _value(field.value, strings) for field in reversed(block.fields)}
            key = fold(block.key)
            found.setdefault(key, _reference(key, Place(file, (block.start_line or 0) + 1), fields))
    return list(found.values())


def _value(raw: str, strings: dict[str, str]) -> str:
    """Return a field's value: braces, quotes, abbreviations, and these joined by #."""
    raw = raw.strip()
    parts = re.split(r"\s*#\s*", raw) if "#" in raw and raw[:1] not in "{" else [raw]
    joined = "".join(
        part[1:-1] if len(part) > 1 and part[0] + part[-1] in ("{}", '""') else strings.get(part.lower(), part)
        for part in parts[:_MOST_PARTS]
    )
    return joined if len(parts) == 1 else joined[:_LONGEST]


def _reference(key: str, place: Place, fields: dict[str, str]) -> Reference:
    title, subtitle = (text_of(fields.get(name, "")) for name in ("title", "subtitle"))
    url = fold(fields.get("url", "").replace("\\", "").strip("{}"))
    url = url if is_web_link(url) else ""
    year = _YEAR.search(fields.get("year", "") or fields.get("date", ""))
    linked = identify(url)
    doi = clean_doi(
        re.sub(
            r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)",
            "",
            fields.get("doi", "").replace("\\_", "_").strip("{} "),
            flags=re.I,
        )
    )
    doi_says = identify(f"https://doi.org/{doi}") if doi else linked
    return Reference(
        key=key,
        place=place,
        title=f"{title}: {subtitle}" if subtitle else title,
        authors=tuple(_author(name) for name in split_names(fields.get("author", "") or fields.get("editor", ""))),
        year=int(year.group()) if year else None,
        doi=doi_says.doi or linked.doi,
        arxiv_id=_arxiv_id(fields) or linked.arxiv_id or doi_says.arxiv_id,
        url=url or None,
    )


def _arxiv_id(fields: dict[str, str]) -> str | None:
    for name in ("eprint", "arxiv", "arxivid", "journal", "journaltitle", "volume", "note", "howpublished", "number"):
        if found := _ARXIV.search(fields.get(name, "").strip("{} ")):
            return found.group(1).lower()
    return None


def split_names(authors: str) -> list[str]:
    """Return the names in a field, cut at "and" outside of braces; "others" is no name."""
    names = [""]
    depth = 0
    at = 0
    for found in re.finditer(r"[{}]|\s+and(?=\s)", authors, re.IGNORECASE):
        if found.group() in "{}":
            depth += 1 if found.group() == "{" else -1
        elif depth <= 0:
            names[-1] = authors[at : found.start()]
            names.append("")
            at = found.end()
    names[-1] = authors[at:]
    return [name.strip() for name in names if name.strip() and name.strip().lower() != "others"]


def _author(name: str) -> str:
    """Return a name with the first name first: "Ong, Isaac" and "Davis, Jr., Sammy" are turned round."""
    if name.startswith("{") and name.endswith("}") and name.count("{") == 1:
        return text_of(name)
    parts = [text_of(part) for part in name.split(",")]
    order = {2: (1, 0), 3: (2, 0, 1)}.get(len(parts), range(len(parts)))
    return " ".join(parts[i] for i in order if parts[i])


def text_of(tex: str) -> str:
    """Return what a piece of TeX prints, on one line."""
    from .tex import Tex

    if not _TEX.search(tex):
        return fold(tex)
    reader = Tex(Folder(None))
    reader.read(tex, "", None)
    return fold(" ".join(plain(block.pieces) for block in reader.blocks))
