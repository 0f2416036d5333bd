"""LaTeX -> blocks of text with citations, the bibliography it names, and what could not be read.

The draft is read as TeX reads it, token by token: inputs are followed, macros expanded where they are called, and
nothing recurses, so that a broken or hostile draft costs time in proportion to its length.
"""

from collections.abc import Callable
from pathlib import Path

from . import citing, signs
from .commands import ADDRESSES, COMMANDS, SILENT, close_item
from .cutting import Block, Cited, Piece, Words, citations_alone, cited_keys
from .definitions import choose, define
from .draft import Place, Remark
from .expansion import Stream, spelled
from .folder import Folder
from .tokens import Token


class Tex:
    """Reads one draft. After `read`, these attributes are what was found.

    Attributes:
        blocks: its paragraphs, footnotes and captions.
        title: its title as pieces.
        uncited: keys listed by \\nocite, and cited where no sentence is.
        sources: the .bib files that it names, with the place where it does.
        items: the pieces of each \\bibitem by key, a list for each \\newblock, and its place.
    """

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.stream = Stream()
        self.groups: list[Callable[[], None] | None] = []  # what to do at the end of each open group
        self.headings: list[tuple[int, str]] = []
        self.block = Block(())
        self.pending: list[Block] = []  # footnotes and captions of the open paragraph
        self.item: list[list[Piece]] | None = None  # the \bibitem that is open
        self.asides = 0  # open groups whose text goes elsewhere
        self.included = 0
        self.math = False
        self.blocks: list[Block] = []
        self.title: list[Piece] = []
        self.uncited: list[str] = []
        self.sources: list[tuple[str, Place]] = []
        self.items: dict[str, tuple[Place, list[list[Piece]]]] = {}
        self.warnings: list[Remark] = []

    def read(self, text: str, file: str, path: Path | None) -> None:
        """Read a file with all that it includes.

        Raises:
            InputError: the draft is larger than any, or its macros never end.
        """
        self.stream.open(text, file, path)
        stream = self.stream
        while (token := stream.next()) is not None:
            kind = token.kind
            if kind == "text":
                self.words(token.text if self.math else signs.prose(token.text), token.place)
            elif kind == "macro":
                if not self._expanded(token):
                    self._macro(token)
            elif kind in ("space", "~", "&"):
                self.words(" ", token.place)
            elif kind == "par":
                self.end_paragraph()
            elif kind == "{":
                self.groups.append(None)
            elif kind == "}":
                if self.groups and (action := self.groups.pop()):
                    action()
            elif kind == "$":
                self.math = not self.math
            elif kind == "$$":
                self.skip(lambda token: token.kind == "$$")
            elif kind not in ("parameter", "#"):
                self.words(token.text, token.place)
        close_item(self)
        self.end_paragraph()

    def words(self, text: str, place: Place) -> None:
        """Add to the open paragraph."""
        self.block.pieces.append(Words(text, place))

    def end_paragraph(self) -> None:
        """Close the open paragraph; its footnotes and captions follow it."""
        self.math = False
        while self.asides and self.groups:  # a brace left open must not swallow the rest of the draft
            if action := self.groups.pop():
                action()
        if self.item is not None:
            return
        for block in [self.block, *self.pending]:
            if cited := citations_alone(block.pieces):  # which no sentence does
                self.uncited += cited_keys(cited)
            elif block.pieces:
                self.blocks.append(block)
        self.pending = []
        self.block = Block(tuple(heading for _, heading in self.headings if heading))

    def skip(self, ends: Callable[[Token], bool], within_paragraph: bool = True) -> bool:
        """Leave tokens out up to one that ends this, but note what they cite; tell whether one did."""
        while (token := self.stream.next()) is not None:
            if ends(token):
                return True
            if token.kind == "macro" and self._expanded(token):
                continue
            name = self.stream.aliases.get(token.text, token.text)
            if token.kind == "macro" and citing.cites(name):
                self.uncited += citing.keys(name, self.stream)
            elif token.kind == "macro" and name in ADDRESSES:
                self._address()
            elif within_paragraph and token.kind == "par":
                break
        return False

    def enter(self, finish: Callable[[], None]) -> None:
        """Let `finish` run at the end of the group that comes next."""
        token = self.stream.peek()
        if token is None or token.kind != "{":
            finish()
            return
        self.stream.next()
        self.groups.append(finish)

    def aside(self, finish: Callable[[Block], None]) -> None:
        """Gather the next group's text in a block of its own, for `finish`; the paragraph goes on behind it."""
        while self.stream.optional() is not None:
            pass
        around, aside = self.block, Block(self.block.section)

        def close() -> None:
            self.asides -= 1
            self.block = around
            finish(aside)

        self.asides += 1
        self.block = aside
        self.enter(close)

    def warn(self, place: Place, reason: str) -> None:
        self.warnings.append(Remark(place, reason))

    def _expanded(self, token: Token) -> bool:
        """Expand a macro of the draft's own; tell whether it is one."""
        macro = self.stream.macros.get(token.text)
        if macro is None and (macro := self.stream.macros.get(token.text.removesuffix("*"))):
            self.stream.put_back([token._replace(kind="text", text="*")])
        if macro:
            self.stream.expand(macro, token)
        return macro is not None

    def _macro(self, token: Token) -> None:
        stream = self.stream
        name = stream.aliases.get(token.text, token.text)
        plain = name.rstrip("*")
        if citing.cites(name):
            cited = citing.keys(name, stream)
            if plain == "nocite":
                self.uncited += cited
            elif cited:
                self.block.pieces.append(Cited(cited, citing.in_text(name), token.place))
                if plain.endswith("cites"):  # which looked for one more behind the blank
                    self.words(" ", token.place)
        elif define(name, stream) or choose(name, stream):
            pass
        elif (mark := signs.accent(name)) is not None:
            self._accent(mark, token)
        elif command := COMMANDS.get(plain):
            command(self, token)
        elif plain in ADDRESSES:
            address = self._address()
            if self.item is not None:
                self.words(f" {address} ", token.place)
        elif (count := SILENT.get(plain)) is not None:
            self._silent(count)
        elif (printed := signs.sign(name)) is not None:
            self.words(printed, token.place)
            if printed.isalpha() and not self.math and len(name) < 3:
                self._drop_space()  # "Stra\ss e" is one word
        else:
            stream.optional()

    def _drop_space(self) -> None:
        token = self.stream.next()
        if token is not None and token.kind != "space":
            self.stream.put_back([token])

    def _accent(self, mark: str, token: Token) -> None:
        base = ""
        for part in self.stream.argument(short=True):
            base += part.text if part.kind == "text" else (signs.sign(part.text) or "") if part.kind == "macro" else ""
        self.words(signs.accented(base, mark), token.place)

    def _silent(self, count: int) -> None:
        for _ in range(count):
            while self.stream.optional() is not None:
                pass
            self.stream.argument(short=True)

    def _address(self) -> str:
        """Read an address as it is written: "a%20b" holds no comment, unless it stands in a macro."""
        source = self.stream.source
        address = source.skip_address() if source else None
        return spelled(self.stream.argument(short=True)) if address is None else address
