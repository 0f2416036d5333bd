"""arXiv's API: Atom feeds by lists of ids (info.arxiv.org/help/api/user-manual.html)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..fields import row
from ..latex import decode
from ..paper import Paper
from .provider import Finding, Record, Refused, Request, Unreadable, finding, split

_ATOM, _ARXIV = "{http://www.w3.org/2005/Atom}", "{http://arxiv.org/schemas/atom}"
_BATCH = 100  # ids in a request; some 700 make its address too long
_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7}")
_ABS = re.compile(r"https?://arxiv\.org/abs/(.+?)(?:v\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArXiv:
    """Abstracts, authors, the first version's year; DOI and journal where the authors have told arXiv.

    It asks for one request in 3 seconds, on one connection.
    """

    base: str = "https://export.arxiv.org"
    pause: float = 3.0
    headers: Mapping[str, str] = field(default_factory=dict)
    name: str = "arxiv"
    label: str = "arXiv"

    def key(self, paper: Paper) -> str | None:
        number = (paper.arxiv_id or "").lower()
        return number if _ID.fullmatch(number) else None

    def batches(self, keys: Sequence[str]) -> Iterator[Sequence[str]]:
        return split(keys, _BATCH)

    def request(self, keys: Sequence[str]) -> Request:
        return Request("/api/query", {"id_list": ",".join(keys), "start": "0", "max_results": str(len(keys))})

    def read(self, status: int, body: bytes, keys: Sequence[str]) -> Mapping[str, Sequence[Record]]:
        if status != 200:
            raise Refused
        found: defaultdict[str, list[Record]] = defaultdict(list)
        entries = _feed(body).findall(f"{_ATOM}entry")
        if not entries and len(keys) > 1:
            raise Refused  # an empty page for many ids is a known fault of the service
        for entry in entries:
            link = _text(entry, f"{_ATOM}id")
            if "/api/errors" in link:
                raise Refused
            number = _ABS.fullmatch(link)
            key = number.group(1).lower() if number else ""
            found[key if key in keys else ""].append(_record(entry, key))
        return found

    def finding(self, record: Record) -> Finding | None:
        number = str(record.get("id", ""))
        return finding(
            self.name,
            row(
                0,
                title=decode(str(record.get("title", ""))),
                authors=[name for one in record.get("authors", ()) if (name := decode(str(one)))],
                year=record.get("published"),
                venue=decode(str(record.get("journal_ref") or "")) or "arXiv",
                abstract=decode(str(record.get("summary", ""))),
                doi=record.get("doi"),
                arxiv_id=number,
            ),
        )


def _feed(body: bytes) -> Any:
    """Return the root of an Atom feed. A document that declares types or entities is refused unread.

    Raises:
        Unreadable: it is none.
    """
    from lxml import etree

    if b"<!" in body.replace(b"<![CDATA[", b"").replace(b"<!--", b"") or b"\0" in body:
        raise Unreadable("what came declares entities; expected an Atom feed")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("what came is not whole XML") from error
    if root is None or root.tag != f"{_ATOM}feed":
        raise Unreadable("what came is no Atom feed")
    return root


def _record(entry: Any, number: str) -> Record:
    return {
        "id": number,
        "title": _text(entry, f"{_ATOM}title"),
        "summary": _text(entry, f"{_ATOM}summary"),
        "published": _text(entry, f"{_ATOM}published"),
        "authors": [_text(author, f"{_ATOM}name") for author in entry.findall(f"{_ATOM}author")],
        "doi": _text(entry, f"{_ARXIV}doi"),
        "journal_ref": _text(entry, f"{_ARXIV}journal_ref"),
    }


def _text(element: Any, name: str) -> str:
    found = element.find(name)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""
