"""A draft's own macros: \\newcommand and its kin, \\def, \\let, \\NewDocumentCommand."""

from collections.abc import Sequence

from . import citing
from .expansion import Macro, Stream, spelled
from .tokens import Token

# Redefined, these still do what they are named for: a reader needs the meaning, not the looks.
_KEPT = frozenset(
    """begin end section subsection subsubsection paragraph chapter part title input include subfile item footnote
    caption bibitem bibliography addbibresource nocite abstract document newcommand renewcommand def let""".split()
)


def define(name: str, stream: Stream) -> bool:
    """Carry out the definition that the macro `name` begins, if it begins one; tell whether it does."""
    match name.rstrip("*"):
        case "newcommand" | "renewcommand" | "providecommand" | "DeclareRobustCommand":
            _newcommand(stream)
        case "NewDocumentCommand" | "RenewDocumentCommand" | "ProvideDocumentCommand" | "DeclareDocumentCommand":
            _document_command(stream)
        case "def" | "gdef" | "edef" | "xdef":
            _def(stream)
        case "let":
            _let(stream)
        case "newenvironment" | "renewenvironment":
            stream.argument()
            while stream.optional() is not None:
                pass
            stream.argument()
            stream.argument()
        case _:
            return False
    return True


def _name(tokens: Sequence[Token]) -> str:
    found = next((token.text for token in tokens if token.kind == "macro"), "")
    return "" if found.rstrip("*") in _KEPT or citing.is_standard(found) else found


def _store(stream: Stream, name: str, macro: Macro) -> None:
    if name:
        stream.macros[name] = macro
        stream.aliases.pop(name, None)


def _newcommand(stream: Stream) -> None:
    name = _name(stream.argument())
    count = spelled(stream.optional() or ())
    default = stream.optional()
    arguments: list[str | tuple[Token, ...]] = ["m"] * (int(count) if count.isdecimal() and len(count) == 1 else 0)
    if arguments and default is not None:
        arguments[0] = tuple(default)
    _store(stream, name, Macro(tuple(arguments), tuple(stream.argument())))


def _document_command(stream: Stream) -> None:
    name = _name(stream.argument())
    arguments: list[str | tuple[Token, ...]] = []
    pending = list(stream.argument())
    at = 0
    while at < len(pending):
        for letter in pending[at].text if pending[at].kind == "text" else "":
            if letter == "m":
                arguments.append("m")
            elif letter in "oO":
                arguments.append(())
        at += 1
    _store(stream, name, Macro(tuple(arguments), tuple(stream.argument())))


def _def(stream: Stream) -> None:
    name = _name(stream.argument())
    count, simple = 0, True
    while (token := stream.peek()) is not None and token.kind not in ("{", "par"):
        stream.next()
        count += token.kind == "parameter"
        simple = simple and token.kind == "parameter"
    body = tuple(stream.argument())
    if simple:  # text between parameters would have to be matched; such a macro is read as an unknown one
        _store(stream, name, Macro(("m",) * count, body))


def _let(stream: Stream) -> None:
    name = _name(stream.argument())
    token = stream.peek()
    if token is not None and token.kind == "text" and token.text.startswith("="):
        stream.next()
        if len(token.text) > 1:
            stream.put_back([token._replace(text=token.text[1:])])
    meaning = stream.argument()
    if not name or not meaning or meaning[0].kind != "macro":
        return
    target = stream.aliases.get(meaning[0].text, meaning[0].text)
    if target in stream.macros:
        stream.macros[name] = stream.macros[target]
    elif target != name:
        stream.aliases[name] = target
        stream.macros.pop(name, None)
