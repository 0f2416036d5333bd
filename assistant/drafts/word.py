""".docx -> paragraphs and headings, with the citations that Zotero, Mendeley and Word itself keep in fields."""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.errors import InputError
from ingest.text import fold

from .cutting import Cited, Piece, Words, citations_alone, cited_keys
from .draft import Place, Reference
from .in_prose import Part

_LARGEST = 96 * 2**20  # bytes of all that the archive holds, unpacked
_MOST_MEMBERS = 5_000
_PIECE = 2**20  # bytes
_MOST_PARAGRAPHS = 50_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SOURCES = "{http://schemas.openxmlformats.org/officeDocument/2006/bibliography}"
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_NATIVE = re.compile(r"\s*CITATION\s+(\S+)", re.IGNORECASE)
_BOX = f"{_W}txbxContent"
_TWICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # the same, for an older Word


def _repacked(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> io.BytesIO:
    """Return the archive with its members unpacked, a piece at a time.

    Whoever reads a packed member whole inflates it whole, whatever size it declares; in pieces no more than
    that comes out, and a member that is larger fails its checksum.
    """
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as clean:
        for member in members:
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile("a member is packed as no word processor does")
            with archive.open(member) as packed:
                clean.writestr(member.filename, b"".join(iter(lambda: packed.read(_PIECE), b"")))
    plain.seek(0)
    return plain


class Word:
    """Reads one document.

    Attributes:
        bibliography: what its citation fields say of the papers.
        uncited: keys that tables, headings and notes without a reference cite.
        warnings: what could not be read.
    """

    def __init__(self, content: bytes, name: str) -> None:
        """Open a document.

        Raises:
            InputError: it is no .docx, is damaged, or unpacks to more than a draft holds.
        """
        import docx
        from docx.opc.exceptions import OpcError
        from lxml import etree

        self._name = name
        self.bibliography: dict[str, Reference] = {}
        self.uncited: list[str] = []
        self.warnings: list[str] = []
        self._count = 0  # paragraphs read
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                members = archive.infolist()
                if any(member.flag_bits & 1 for member in members):
                    raise InputError(f"{name} is encrypted; save a copy without a password")
                size = sum(member.file_size for member in members)
                if size > _LARGEST or len(members) > _MOST_MEMBERS:
                    raise InputError(
                        f"{name} unpacks to {size / 2**20:,.0f} MiB in {len(members):,} parts; a draft has at most "
                        f"{_LARGEST // 2**20}: take its pictures out"
                    )
                plain = _repacked(archive, members)
            self._document: Any = docx.Document(plain)
        except (zipfile.BadZipFile, OpcError, etree.XMLSyntaxError, KeyError, ValueError, EOFError, OSError,
                NotImplementedError, AttributeError) as error:  # fmt: skip
            raise InputError(
                f"{name} is no Word document that can be read ({type(error).__name__}); save it again as .docx"
            ) from error

    @property
    def title(self) -> str:
        return fold(self._document.core_properties.title or "")

    def parts(self) -> Iterator[Part]:
        """Yield the paragraphs and headings, but no cells of tables; places count paragraphs."""
        self._native_sources()
        levels = {style.style_id: self._level(style) for style in self._document.styles}
        notes = self._notes()
        for number, paragraph in enumerate(self._paragraphs(self._document.element.body), 1):
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            level = levels.get(style.get(f"{_W}val"), 0) if style is not None else 0
            place = Place(self._name, number)
            later: list[Part] = []
            pieces = list(self._pieces(paragraph, place, notes, later))
            in_table = next(paragraph.iterancestors(f"{_W}tbl"), None) is not None
            if in_table or level:
                self.uncited += cited_keys(pieces)
            own = [] if in_table else [Part([*pieces, Words("\n", place)], level)]
            for part in [*own, *later]:
                if any(isinstance(piece, Cited) or piece.text.strip() for piece in part.pieces):
                    yield part
        for note in notes.values():
            for paragraph in self._paragraphs(note):
                self.uncited += cited_keys(self._pieces(paragraph, Place(self._name, 1), {}, []))

    def _paragraphs(self, root: Any) -> Iterator[Any]:
        for paragraph in _within(root, _TWICE):
            if paragraph.tag != f"{_W}p":
                continue
            self._count += 1
            if self._count > _MOST_PARAGRAPHS:
                raise InputError(
                    f"{self._name} has more than {_MOST_PARAGRAPHS:,} paragraphs; expected a paper or a book"
                )
            yield paragraph

    def _notes(self) -> dict[tuple[str, str], Any]:
        """Return the footnotes and endnotes, by the tag and the number of what refers to them."""
        notes: dict[tuple[str, str], Any] = {}
        for relation in self._document.part.rels.values():
            kind = relation.reltype.rpartition("/")[2].removesuffix("s")
            if kind in ("footnote", "endnote") and not relation.is_external:
                root = _xml(relation.target_part.blob)
                if root is None:
                    self.warnings.append(f"its {kind}s are damaged, and were left out")
                    continue
                for note in root.iter(f"{_W}{kind}"):
                    notes[f"{_W}{kind}Reference", note.get(f"{_W}id")] = note
        return notes

    def _level(self, style: Any) -> int:
        if (style.name or "") == "Title":
            return 1
        found = _HEADING.match(style.name or "")
        return int(found.group(1)) if found else 0

    def _pieces(
        self, paragraph: Any, place: Place, notes: dict[tuple[str, str], Any], later: list[Part]
    ) -> Iterator[Piece]:
        """Yield a paragraph's text; what a citation's field shows gives way to the citation.

        A note that only cites is taken from `notes` and stands where its reference does; another goes to `later`.
        """
        depth, instruction, hidden = 0, "", 0
        shown: set[Any] = set()  # what citations show
        for element in _within(paragraph, _TWICE, _BOX):
            tag = element.tag
            if tag == f"{_W}fldChar":
                kind = element.get(f"{_W}fldCharType")
                if kind == "begin":
                    depth, instruction = depth + 1, ""
                elif kind == "separate":
                    if keys := self._keys(instruction, place):
                        yield Cited(keys, False, place)
                        hidden = depth
                elif kind == "end":
                    hidden = 0 if hidden == depth else hidden
                    depth = max(depth - 1, 0)
            elif tag == f"{_W}instrText":
                instruction += element.text or ""
            elif tag == f"{_W}fldSimple":
                if keys := self._keys(element.get(f"{_W}instr") or "", place):
                    yield Cited(keys, False, place)
                    shown.update(element.iter(f"{_W}t"))
            elif tag == f"{_W}t" and not hidden and element not in shown and not _deleted(element):
                yield Words(element.text or "", place)
            elif (note := notes.pop((tag, element.get(f"{_W}id")), None)) is not None:
                said = [[*self._pieces(one, place, {}, []), Words("\n", place)] for one in self._paragraphs(note)]
                if alone := citations_alone([piece for pieces in said for piece in pieces]):
                    yield from alone
                else:
                    later += map(Part, said)
            elif tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
                yield Words(" ", place)

    def _keys(self, instruction: str, place: Place) -> tuple[str, ...]:
        if native := _NATIVE.match(instruction):
            return (native.group(1), *re.findall(r"\\m\s+(\S+)", instruction))
        if "CSL_CITATION" not in instruction:
            return ()
        try:
            items = json.loads(instruction[instruction.index("{") :])["citationItems"]
            data = [(str(item.get("id", "")), item.get("itemData", {})) for item in items]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return ()
        keys = []
        for id, item in data:
            key = str(item.get("citation-key") or item.get("id") or id)
            self.bibliography.setdefault(key, _from_csl(key, item, place))
            keys.append(key)
        return tuple(keys)

    def _native_sources(self) -> None:
        for part in self._document.part.package.iter_parts():
            if "/customXml/item" not in str(part.partname) or b"bibliography" not in part.blob[:2000]:
                continue
            root = _xml(part.blob)
            for source in root.iter(f"{_SOURCES}Source") if root is not None else ():
                said = {
                    child.tag.removeprefix(_SOURCES): child.text or "" for child in source if isinstance(child.tag, str)
                }
                names = [
                    " ".join(person.findtext(f"{_SOURCES}{part}", "") for part in ("First", "Last")).strip()
                    for person in source.iter(f"{_SOURCES}Person")
                ]
                item = {
                    "title": said.get("Title"),
                    "DOI": said.get("DOI"),
                    "URL": said.get("URL"),
                    "issued": said.get("Year"),
                }
                key = said.get("Tag", "")
                reference = _from_csl(key, item, Place(self._name, 1), tuple(filter(None, names)))
                self.bibliography.setdefault(key, reference)


def _within(root: Any, *skipped: str) -> Iterator[Any]:
    """Yield an element and all below it, in order, without the elements of some tags."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [child for child in reversed(element) if child.tag not in skipped]


def _xml(content: bytes) -> Any:
    """Return the root of a part that python-docx leaves unread; None where it is damaged."""
    from lxml import etree

    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None


def _deleted(element: Any) -> bool:
    return any(parent.tag == f"{_W}del" for parent in element.iterancestors())


def _from_csl(key: str, item: dict[str, Any], place: Place, names: tuple[str, ...] = ()) -> Reference:
    from . import references

    def word(name: str) -> str:
        return fold(value) if isinstance(value := item.get(name), str) else ""

    authors = item.get("author")
    if isinstance(authors, list):
        listed = (_name(author) for author in authors if isinstance(author, dict))
        names = tuple(name for name in listed if name)
    year = re.search(r"\b(?:19|20)\d\d\b", json.dumps(item.get("issued") or ""))
    told = references.guess(key, place, " ".join(map(word, ("DOI", "URL", "number", "archive_location", "note"))))
    return Reference(
        key, place, title=word("title"), authors=names, year=int(year.group()) if year else None,
        doi=told.doi, arxiv_id=told.arxiv_id, url=word("URL") or None,
    )  # fmt: skip


def _name(author: dict[str, Any]) -> str:
    parts = ("given", "non-dropping-particle", "family", "literal")
    return fold(" ".join(str(author.get(part) or "") for part in parts))
