"""BibTeX."""

from collections.abc import Iterable, Iterator

from . import names, tex
from .entry import Entry

_TYPES = {"journal": "article", "conference": "inproceedings", "preprint": "misc", "other": "misc"}


def write(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield an entry at a time; fields are TeX, addresses and identifiers stand as they are."""
    for n, entry in enumerate(entries):
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(entry).items() if value)
        yield "\n" * (n > 0) + f"@{_TYPES[entry.kind]}{{{entry.key},\n{fields}}}\n"


def _fields(entry: Entry) -> dict[str, str]:
    paper, kind = entry.paper, entry.kind
    container = {"journal": "journal", "conference": "booktitle"}.get(kind, "howpublished")
    where = entry.container if kind in ("journal", "conference") else "" if paper.arxiv_id else paper.venue or ""
    return {
        "title": tex.title(paper.title),
        "author": " and ".join(map(_author, paper.authors)),
        "year": str(paper.year or ""),
        container: tex.escaped(where),
        "doi": tex.verbatim(paper.doi or ""),
        "eprint": tex.verbatim(paper.arxiv_id or ""),
        "archiveprefix": "arXiv" if paper.arxiv_id else "",
        "url": tex.verbatim(paper.url or ""),
    }


def _author(author: str) -> str:
    name = names.split(author)
    if name.whole:
        return (
            "others" if name.family.casefold().rstrip(".") in ("others", "et al") else f"{{{tex.escaped(name.family)}}}"
        )
    family = tex.escaped(name.family)
    if " " in family and any(word[0].islower() for word in name.family.split()[:-1]):
        family = f"{{{family}}}"  # else its words in lower case would be taken for a particle
    parts = [f"{tex.escaped(name.particle)} {family}".strip(), tex.escaped(name.suffix), tex.escaped(name.given)]
    return ", ".join(part for part in parts if part)
