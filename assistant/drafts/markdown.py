"""Markdown with Pandoc's citations, links to papers and footnotes -> paragraphs and headings."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt

from ingest.errors import InputError
from ingest.links import identify, is_web_link
from ingest.text import fold

from . import citing
from .cutting import Cited, Piece, Words, citations_alone, cited_keys
from .draft import Place, Reference
from .expansion import Stream, spelled
from .in_prose import Part

_DEEPEST = 40  # levels of lists and quotes
# What stands before a page's text: YAML's fields, Pandoc's title block, or MultiMarkdown's fields.
FRONT = re.compile(
    r"""---[ \t]*\n(?P<yaml>.{0,60000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)
    | %[ \t]+(?P<title>[^\n]{0,2000}\n(?:[ \t]+\S[^\n]*\n){0,20})(?:%[^\n]*\n(?:[ \t]+\S[^\n]*\n){0,200}){0,2}
    | (?P<fields>(?i:title|subtitle|authors?|date|affiliation|keywords):[ \t][^\n]*\n
      (?:(?:[A-Za-z0-9][\w\ -]{0,100}:|[ \t]+\S)[^\n]*\n){0,200})(?:[ \t]*\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_FIELD = re.compile(r"^(title|bibliography):[ \t]*(.*(?:\n(?:[ \t]+|- ).*)*)", re.MULTILINE | re.IGNORECASE)
_PLAIN_KEY = r"\w(?:\w|[:.\x23$%&\-+?<>~/](?=\w)|[:/](?=/)){0,200}"  # signs stand within it, one by one
_KEY = re.compile(rf"(?<![\w.])-?@(?:\{{([^{{}}\s]{{1,200}})\}}|({_PLAIN_KEY}))")
_DEFINED = re.compile(r"^ {0,3}\[([^\[\]^]{1,200})\]:[ \t]*<?(\S{1,2000}?)>?(?:[ \t].*)?$", re.MULTILINE)
# What Quarto and pandoc-crossref refer to as if it were cited.
_CROSS_REFERENCE = re.compile(r"(?:fig|tbl|tab|eq|sec|lst)[:-]")
_ATTRIBUTES = re.compile(r"\s+\{(?:[#.-]|\w+=)[^{}]{0,500}\}$")  # of a heading
_TARGET = r"[^()<>\s]{0,2000}(?:\([^()<>\s]{0,200}\)[^()<>\s]{0,200})?"  # an address may hold brackets, once
_NOTE = re.compile(r"^\[(\^[^\]]{1,100})\]:\s*", re.MULTILINE)
_INLINE = re.compile(
    rf"""\\(?P<tex>[A-Za-z]{{0,20}}[cC]ite[A-Za-z]{{0,12}}\*?)
      (?P<arguments>(?:\([^()]{{0,200}}\)){{0,2}}(?:(?:\[[^\[\]]{{0,200}}\]){{0,2}}\{{[^{{}}]{{1,2000}}\}}){{1,50}})
    | (?P<escaped>\\[!-/:-@\[-`{{-~]) | `+(?P<code>[^`]{{1,500}})`+ | (?P<comment><!--.{{0,1000}}?-->)
    | <(?P<auto>https?://[^<>\s]{{1,2000}})> | (?P<tag></?[A-Za-z][^<>]{{0,500}}>)
    | !\[(?P<alt>[^\[\]]{{0,500}}(?:\[[^\[\]]{{0,500}}\][^\[\]]{{0,500}}){{0,5}})\]
      (?:\({_TARGET}[^()]{{0,300}}\) | \[[^\[\]]{{0,200}}\])?
    | \^?\[(?P<inside>[^\[\]]{{1,2000}})\]
      (?: \(<?(?P<url>{_TARGET})>?(?:\s+["'][^"']{{0,300}}["'])?\) | \[(?P<named>[^\[\]]{{0,200}})\] )?
    | (?P<bare>https?://[^\s<>]{{1,2000}})
    | (?P<key>(?<![\w.\\])@(?:\{{[^{{}}\s]{{1,200}}\}}|{_PLAIN_KEY}))(?:\s\[(?P<locator>[^\[\]@]{{0,200}})\])?
    | (?P<mark>\*{{1,3}} | ~~ | (?<!\w)_{{1,3}}(?=\w) | (?<=[\w.,;:!?])_{{1,3}}(?!\w))""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class Markdown:
    """What was read of a page.

    Attributes:
        uncited: keys that tables and headings cite, where no sentence does.
    """

    parts: list[Part] = field(default_factory=list)
    title: str = ""
    sources: list[tuple[str, Place]] = field(default_factory=list)
    linked: dict[str, Reference] = field(default_factory=dict)  # papers that are linked, as references
    uncited: list[str] = field(default_factory=list)
    _notes: dict[str, list[Cited]] = field(default_factory=dict)  # footnotes that only cite, by their marks

    def read(self, text: str, file: str) -> None:
        """Read a page.

        Raises:
            InputError: its lists and quotes are nested deeper than any text's.
        """
        skipped = 0
        if front := FRONT.match(text):
            self.title = fold(front["title"] or "")
            self._front_matter(front["yaml"] or front["fields"] or "", file)
            skipped = text.count("\n", 0, front.end())
            text = text[front.end() :]
        links = dict(_DEFINED.findall(text)[:5_000])
        text = _DEFINED.sub("", text)
        # Without reference definitions, which are read above, and indented code, which is mostly a list's text.
        parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST}).enable("table")
        parser.disable(["reference", "code"])
        parser.core.ruler.enableOnly(["normalize", "block"])
        level, in_table = 0, False
        tokens = parser.parse(text)
        for token in tokens:
            if token.type == "inline" and token.map:
                for mark, pieces in self._split(token.content, Place(file, token.map[0] + 1 + skipped), links):
                    if mark and (cited := citations_alone(pieces)):
                        self._notes[mark] = cited
        for token in tokens:
            if token.level >= _DEEPEST - 1:
                raise InputError(f"{file}: lists or quotes are nested {_DEEPEST} deep; expected a draft")
            if token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type in ("table_open", "table_close"):
                in_table = token.type == "table_open"
            elif token.type == "inline" and token.map:
                place = Place(file, token.map[0] + 1 + skipped)
                content = _ATTRIBUTES.sub("", token.content) if level else token.content
                for mark, pieces in self._split(content, place, links):
                    if in_table or level:
                        self.uncited += cited_keys(pieces)
                    if not in_table:
                        # A note that only cites says nothing, and is known even where no sentence refers to it.
                        self.parts.append(Part(list(self._notes.get(mark, pieces)), level))
                level = 0
        if not self.title and self.parts and self.parts[0].level == 1:
            self.title = fold(self.parts[0].text)

    def drop_cross_references(self, known: Container[str]) -> None:
        """Make words of what only looks like citations, of figures and the like; those of `known` keys are some."""
        for part in self.parts:
            part.pieces = [_without_cross_references(piece, known) for piece in part.pieces]
        self.uncited = [key for key in self.uncited if key in known or not _CROSS_REFERENCE.match(key)]

    def _front_matter(self, text: str, file: str) -> None:
        for name, value in _FIELD.findall(text):
            values = [part.strip("\"' ") for part in re.split(r"\n\s*-?|^\[|\]$|, ", value) if part.strip("\"'[]|> ")]
            if name.lower() == "title":
                self.title = fold(" ".join(values))
            else:
                self.sources += [(value.lstrip("- "), Place(file, 1)) for value in values]

    def _split(self, text: str, place: Place, links: dict[str, str]) -> Iterator[tuple[str, list[Piece]]]:
        """Yield a paragraph, and the footnotes that it defines, each with its mark."""
        starts = [(0, 0, ""), *((found.start(), found.end(), found[1]) for found in _NOTE.finditer(text))]
        ends = [start for start, _, _ in starts[1:]] + [len(text)]
        at = 0
        for (_, start, mark), end in zip(starts, ends, strict=True):
            place, at = _later(place, text, at, start), start
            if pieces := list(self._inline(text[start:end], place, links)):
                yield mark, pieces

    def _inline(self, text: str, place: Place, links: dict[str, str]) -> Iterator[Piece]:
        at = 0
        for found in _INLINE.finditer(text):
            yield from _lines(text[at : found.start()], place)
            place = _later(place, text, at, found.start())
            yield from self._piece(found, place, links)
            place = _later(place, text, found.start(), found.end())
            at = found.end()
        yield from _lines(text[at:], place)

    def _piece(self, found: "re.Match[str]", place: Place, links: dict[str, str]) -> Iterator[Piece]:
        inside = found["inside"]
        if found["alt"] is not None:
            if keys := tuple(_keys(found["alt"])):
                yield Cited(keys, False, place)
        elif found["tex"]:  # which Pandoc reads as well
            yield from self._tex(found["tex"], found["arguments"], place)
        elif found["escaped"]:
            yield Words(found["escaped"][1:], place)
        elif found["code"]:
            yield Words(found["code"], place)
        elif found["key"]:
            yield Cited((found["key"][1:].strip("{}"),), True, place)
        elif inside is not None:
            url = found["url"] or links.get(found["named"] or inside, "")
            keys = tuple(_keys(inside))
            if inside.startswith("^"):
                yield from self._notes.get(inside, ())
                return
            if keys and not url:
                yield Cited(keys, False, place)
                return
            yield from _lines(inside if url or found["named"] is not None else f"[{inside}]", place)
            yield from self._link(url, inside, place)
        elif address := found["auto"] or found["bare"]:
            yield from self._link(address.rstrip(".,;:!?)"), "", place)
            yield Words(address[len(address.rstrip(".,;:!?)")) :], place)

    def _tex(self, name: str, arguments: str, place: Place) -> Iterator[Piece]:
        if not citing.cites(name):
            yield Words(f"\\{name}{arguments}", place)
            return
        stream = Stream()
        stream.open(arguments, place.file, None)
        keys = citing.keys(name, stream)
        if name.rstrip("*") == "nocite":
            self.uncited += keys
        else:
            yield Cited(keys, citing.in_text(name), place)
        rest = iter(stream.next, None)
        yield Words(spelled(list(rest)), place)

    def _link(self, url: str, words: str, place: Place) -> Iterator[Piece]:
        """A link to a paper is a citation of it."""
        if not is_web_link(url):
            return
        paper = identify(url)
        key = f"arxiv:{paper.arxiv_id}" if paper.arxiv_id else f"doi:{paper.doi}" if paper.doi else ""
        if key:
            title = fold(words) if len(words.split()) > 2 else ""
            new = Reference(key, place, title=title, doi=paper.doi, arxiv_id=paper.arxiv_id, url=url)
            old = self.linked.get(key)
            self.linked[key] = new if old is None else replace(old, title=old.title or title)
            yield Cited((key,), False, place)


def _without_cross_references(piece: Piece, known: Container[str]) -> Piece:
    if isinstance(piece, Words):
        return piece
    keys = tuple(key for key in piece.keys if key in known or not _CROSS_REFERENCE.match(key))
    return replace(piece, keys=keys) if keys else Words(" ".join(piece.keys) if piece.in_text else "", piece.place)


def _keys(text: str) -> Iterator[str]:
    return (one[1] or one[2] for one in _KEY.finditer(text))


def _lines(text: str, place: Place) -> Iterator[Words]:
    """Yield a text line by line, each in its place."""
    for i, line in enumerate(text.split("\n")):
        words = ("\n" if i else "") + line
        if words:
            yield Words(words, Place(place.file, place.line + i))


def _later(place: Place, text: str, start: int, end: int) -> Place:
    return Place(place.file, place.line + text.count("\n", start, end))
