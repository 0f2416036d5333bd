"""Records with names of any usual spelling: {title, abstract, ...}, a table's header, a data set's fields."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..fields import names, scalar
from ..fields import row as make_row
from ..reading import Event
from ..text import fold

_CAMEL = re.compile(r"([a-z])([A-Z])")
# The first name that a record has and that is not empty is taken, so the surest come first.
_NAMES = {
    "title": "title|paper title|article title|document title|primary title|titel|titre|título|titolo|标题|题名|paper|"
    "paper name|publication title|name",
    "authors": "authors|author|author full names|author names|author s|author list|creators|creator|autor|auteurs|作者",
    "year": "year|publication year|pub year|year published|published year|publication date|date published|published|"
    "date|pub date|issued|release date|jahr|année|年份",
    "venue": "venue|journal|conference|booktitle|source title|publication title|container title|publication name|"
    "journal book|journal title|venue name|conference name|published in|publication venue|source|where|publication",
    "abstract": "abstract|abstract note|abstract text|summary|paper abstract|text|description|摘要",
    "url": "url|link|paper link|paper url|pdf|pdf url|pdf link|links|web link|website|uri|href|arxiv|arxiv link|"
    "arxiv url|url abs",
    "doi": "doi|doi link|doi url|digital object identifier",
    "arxiv_id": "arxiv id|arxiv|arxiv number|eprint|arxivid",
    "code_url": "code|code url|code link|github|github link|github url|repo|repository|repository url|implementation",
    "topic": "topic|category|task|subject|area|field|research area|subcategory|theme|primary category",
}
# "arxiv": [("arxiv_id", 1), ("url", 11)]: which fields a name can mean, and how sure it is there.
_MEANS: dict[str, list[tuple[str, int]]] = {}
for _field, _aliases in _NAMES.items():
    for _rank, _alias in enumerate(_aliases.split("|")):
        _MEANS.setdefault(_alias, []).append((_field, _rank))
KNOWN = frozenset(_MEANS)
WEAK_TITLES = frozenset(("paper", "paper name", "publication title", "name"))  # tables of something else have them too
TITLES = frozenset(_NAMES["title"].split("|")) - WEAK_TITLES


def recognises(record: dict[str, Any]) -> bool:
    return True


def row(line: int, record: Mapping[str, Any]) -> Event:
    """Return the paper of a record whose fields may be spelt in any usual way."""
    nested = record.get("metadata")
    if isinstance(nested, dict):  # as {"_id", "text", "metadata": {...}} have it
        record = {**nested, **record}
    found: dict[str, tuple[int, Any]] = {}
    for name, value in record.items():
        for field, rank in _MEANS.get(heading(str(name)), ()):
            if (field not in found or rank < found[field][0]) and (isinstance(value, list) or scalar(value)):
                found[field] = rank, value
    values = {field: value for field, (_, value) in found.items()}
    if values.get("venue") == values.get("title"):
        values.pop("venue", None)  # "Publication Title" is the journal in Zotero's tables, and the title in others
    return make_row(line, **{"title": None, **values, "authors": names(values.get("authors"))})


@lru_cache(maxsize=10_000)
def heading(name: str) -> str:
    """Return a field's name as it is looked up: "Paper_Title" and "paperTitle*" are "paper title"."""
    spaced = _CAMEL.sub(r"\1 \2", name)
    return fold("".join(c if c.isalnum() else " " for c in spaced)).casefold()
