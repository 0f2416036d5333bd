"""What LaTeX's own commands mean to a reader: headings, asides, inputs, environments, the bibliography."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.errors import InputError

from .cutting import Block, citations_alone, cited_keys, plain
from .draft import Place
from .expansion import spelled
from .folder import NotRead
from .tokens import Token

if TYPE_CHECKING:
    from .tex import Tex

Command = Callable[["Tex", Token], None]

_MOST_OPEN = 15  # files that include one another
_MOST_INCLUDED = 1_000  # inputs in all
_ABSTRACT = 99  # the level of the abstract, below which no heading stands
_LEVELS = ("part chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph")
# How many arguments of a macro print nothing; what follows them is text.
SILENT = {
    **dict.fromkeys(
        """label ref eqref autoref cref Cref pageref nameref vref includegraphics usepackage documentclass pagestyle
        thispagestyle vspace hspace color bibliographystyle index textcolor colorbox hypersetup graphicspath
        pagenumbering hyphenation author date affil affiliation institute email address icmlauthor keywords thanks
        fontsize selectlanguage foreignlanguage raisebox scalebox makebox parbox RequirePackage citestyle
        setcitestyle newif tikzset usetikzlibrary lstset captionsetup newcounter bibinfo bibfield includepdf phantom
        hphantom vphantom cline cmidrule pdfinfo newlength includeonly excludecomment
        """.split(),
        1,
    ),
    **dict.fromkeys(
        """newtheorem numberwithin setlength addtolength setcounter addtocounter fcolorbox multicolumn resizebox
        multirow DeclareMathOperator defcitealias markboth PassOptionsToPackage""".split(),
        2,
    ),
    **dict.fromkeys("definecolor crefname addcontentsline".split(), 3),
}
ADDRESSES = frozenset("url path nolinkurl href".split())  # whose argument is no text, and is read as it is written
_VERBATIM = frozenset("verbatim Verbatim lstlisting minted comment filecontents alltt".split())
_SKIPPED = frozenset(
    """equation align alignat gather multline eqnarray displaymath math flalign dmath tabular tabularx tabulary
    longtable tblr longtblr talltblr array tikzpicture pgfpicture algorithm algorithmic algorithm2e forest
    CCSXML""".split()
)
_APART = frozenset("quote quotation itemize enumerate description theorem lemma definition".split())
_ARGUMENTS = {"minipage": 1, "wrapfigure": 2, "wraptable": 2, "multicols": 1, "adjustbox": 1, "subfigure": 1}


def _heading(level: int) -> Command:
    def command(tex: "Tex", token: Token) -> None:
        tex.end_paragraph()

        def finish(block: Block) -> None:
            tex.headings = [pair for pair in tex.headings if pair[0] < level]
            tex.headings.append((level, plain(block.pieces).rstrip(".:")))
            tex.uncited += cited_keys(block.pieces)
            tex.block = Block(())
            tex.end_paragraph()

        tex.aside(finish)

    return command


def _title(tex: "Tex", token: Token) -> None:
    def finish(block: Block) -> None:
        tex.title = block.pieces
        tex.uncited += cited_keys(block.pieces)

    tex.aside(finish)


def _left_out(tex: "Tex", token: Token) -> None:
    """Leave a remark out, but note what it cites."""
    tex.aside(lambda block: tex.uncited.extend(cited_keys(block.pieces)))


def _footnote(tex: "Tex", token: Token) -> None:
    def finish(block: Block) -> None:
        if cited := citations_alone(block.pieces):
            tex.block.pieces += cited
        else:
            tex.pending.append(block)

    tex.aside(finish)


def _caption(tex: "Tex", token: Token) -> None:
    if token.text.startswith("captionof"):
        tex.stream.argument(short=True)  # table or figure
    tex.aside(tex.pending.append)


def _paragraph(tex: "Tex", token: Token) -> None:
    tex.end_paragraph()


def _item(tex: "Tex", token: Token) -> None:
    label = tex.stream.optional()
    tex.end_paragraph()
    if label:
        brace = Token("{", "{", token.place)
        tex.stream.put_back([brace, *label, brace._replace(kind="}", text="}")])
        _left_out(tex, token)


def _abstract(tex: "Tex", token: Token) -> None:
    tex.end_paragraph()
    tex.headings.append((_ABSTRACT, "Abstract"))
    tex.end_paragraph()
    if token.text == "abstract":
        tex.enter(lambda: _end_abstract(tex))


def _end_abstract(tex: "Tex") -> None:
    tex.end_paragraph()
    tex.headings = [pair for pair in tex.headings if pair[0] != _ABSTRACT]
    tex.end_paragraph()


def _iffalse(tex: "Tex", token: Token) -> None:
    depth = 1
    while depth and (found := tex.stream.next()) is not None:
        if found.kind == "macro":
            depth += found.text.startswith("if") and found.text not in ("iff", "ifthenelse")
            depth -= found.text == "fi"
            if depth == 1 and found.text == "else":
                return


def _display(tex: "Tex", token: Token) -> None:
    tex.skip(lambda found: found.kind == "macro" and found.text == "]")


def _begin(tex: "Tex", token: Token) -> None:
    name = spelled(tex.stream.argument(short=True))
    bare = name.rstrip("*")
    if bare in _VERBATIM:
        source = tex.stream.source
        closed = source is not None and source.skip_past(f"\\end{{{name}}}")
    elif bare in _SKIPPED:
        closed = _skip_environment(tex, name)
    else:
        closed = True
        for _ in range(_ARGUMENTS.get(bare, 0)):
            tex.stream.optional()
            tex.stream.argument(short=True)
        tex.stream.optional()
        if bare == "abstract":
            _abstract(tex, token)
        elif bare == "thebibliography":
            tex.stream.argument(short=True)
        elif bare == "document" and len(tex.stream.open_files) == 1:
            tex.blocks, tex.pending, tex.headings = [], [], []  # what a preamble holds is no text
            tex.block = Block(())
        elif bare in _APART:
            tex.end_paragraph()
    if not closed:
        tex.warn(token.place, f"\\begin{{{name[:40]}}} has no \\end; what follows it was left out")


def _skip_environment(tex: "Tex", name: str) -> bool:
    depth = 1

    def ends(token: Token) -> bool:
        nonlocal depth
        if token.kind == "macro" and token.text in ("begin", "end"):
            inner = spelled(tex.stream.argument(short=True))
            depth += (inner == name) * (1 if token.text == "begin" else -1)
            return depth == 0 or (token.text, inner) == ("end", "document")
        return False

    return tex.skip(ends, within_paragraph=False)


def _end(tex: "Tex", token: Token) -> None:
    name = spelled(tex.stream.argument(short=True)).rstrip("*")
    if name == "document":
        close_item(tex)
        tex.stream.close_file()
    elif name == "thebibliography":
        close_item(tex)
    elif name == "abstract":
        _end_abstract(tex)
    elif name in _APART:
        tex.end_paragraph()


def _endinput(tex: "Tex", token: Token) -> None:
    tex.stream.close_file()


def _file_name(tex: "Tex") -> str:
    """Read the name of a file: a group, or after a bare \\input all up to the next blank."""
    token = tex.stream.peek()
    if token is None or token.kind == "{":
        return spelled(tex.stream.argument(short=True)).strip('"')
    name = ""
    while (token := tex.stream.next()) is not None and token.kind in ("text", "_", "~", "^", "&"):
        name += token.text
    if token is not None:
        tex.stream.put_back([token])
    return name


def _input(tex: "Tex", token: Token) -> None:
    folder = _file_name(tex).rstrip("/") + "/" if token.text.endswith("import") else ""
    name = folder + _file_name(tex)
    tex.included += 1
    if tex.included > _MOST_INCLUDED:
        raise InputError(f"{token.place}: more than {_MOST_INCLUDED:,} inputs; expected a paper or a book")
    try:
        path = tex.folder.find(name, (".tex", ""))
        if path in tex.stream.open_files:
            raise NotRead(f"{name!r} includes itself; the second time it was left out")
        if len(tex.stream.open_files) >= _MOST_OPEN:
            raise NotRead(f"{name!r} is not read: inputs are nested {_MOST_OPEN} deep")
        text, warning = tex.folder.text(path)
    except NotRead as error:
        tex.warn(token.place, str(error))
        return
    file = tex.folder.name(path)
    if warning:
        tex.warn(Place(file, 1), warning)
    tex.stream.open(text, file, path)


def _bibliography(tex: "Tex", token: Token) -> None:
    tex.stream.optional()
    names = spelled(tex.stream.argument(short=True)).split(",")
    tex.sources += [(name.strip().strip('"'), token.place) for name in names if name.strip()]


def _bibitem(tex: "Tex", token: Token) -> None:
    close_item(tex)
    tex.end_paragraph()
    tex.stream.optional()
    key = " ".join(spelled(tex.stream.argument(short=True)).split())
    tex.item = [[]]
    tex.items.setdefault(key, (token.place, tex.item))
    tex.block = Block((), tex.item[-1])


def _newblock(tex: "Tex", token: Token) -> None:
    if tex.item is not None:
        tex.item.append([])
        tex.block = Block((), tex.item[-1])


def close_item(tex: "Tex") -> None:
    """End the \\bibitem that is open, if one is."""
    if tex.item is not None:
        tex.item = None
        tex.block = Block(())


def _newline(tex: "Tex", token: Token) -> None:
    tex.stream.optional()
    tex.words(" ", token.place)


def _inline(tex: "Tex", token: Token) -> None:
    tex.math = token.text == "("


def _verb(tex: "Tex", token: Token) -> None:
    source = tex.stream.source
    tex.words(source.skip_verb(token.text == "lstinline") if source else "", token.place)


COMMANDS: dict[str, Command] = {
    **{name: _heading(level) for level, names in enumerate(_LEVELS) for name in names.split()},
    **dict.fromkeys(("footnote", "footnotetext"), _footnote),
    **dict.fromkeys(("caption", "captionof", "subcaption"), _caption),
    **dict.fromkeys(("par", "appendix", "maketitle", "clearpage", "newpage"), _paragraph),
    **dict.fromkeys(("input", "include", "subfile", "import", "subimport", "subfileinclude"), _input),
    **dict.fromkeys(("bibliography", "addbibresource", "addglobalbib"), _bibliography),
    **dict.fromkeys(("verb", "lstinline"), _verb),
    **dict.fromkeys(("(", ")"), _inline),
    **dict.fromkeys(("todo", "fixme"), _left_out),
    "title": _title,
    "item": _item,
    "abstract": _abstract,
    "iffalse": _iffalse,
    "begin": _begin,
    "end": _end,
    "endinput": _endinput,
    "bibitem": _bibitem,
    "newblock": _newblock,
    "[": _display,
    "\\": _newline,
    "newline": _newline,
}
