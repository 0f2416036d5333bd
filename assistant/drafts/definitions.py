"""A draft's own macros: \\newcommand and its kin, \\def, \\let, \\NewDocumentCommand, and what these test."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from . import citing
from .expansion import Argument, Macro, Stream, spelled
from .tokens import Token

# Redefined, these still do what they are named for: a reader needs the meaning, not the looks.
_KEPT = frozenset(
    """begin end section subsection subsubsection paragraph chapter part title input include subfile item footnote
    caption bibitem bibliography addbibresource nocite abstract document newcommand renewcommand def let""".split()
)
_MOST_ARGUMENTS = 9  # of a macro, as TeX has it
# What xparse's macros ask of an argument, and whether it must be there for the first branch.
_TESTS = {"IfBoolean": True, "IfValue": True, "IfNoValue": False, "IfBlank": False}


def define(name: str, stream: Stream) -> bool:
    """Carry out the definition that the macro `name` begins, if it begins one; tell whether it does."""
    # Robust or expandable, a macro takes what others take.
    match name.rstrip("*").replace("robustcmd", "command").replace("ExpandableDocument", "Document"):
        case "newcommand" | "renewcommand" | "providecommand" | "DeclareRobustCommand":
            _newcommand(stream)
        case "newcommandx" | "renewcommandx" | "providecommandx":
            _newcommandx(stream)
        case "NewDocumentCommand" | "RenewDocumentCommand" | "ProvideDocumentCommand" | "DeclareDocumentCommand":
            _document_command(stream)
        case "def" | "gdef" | "edef" | "xdef":
            _def(stream)
        case "let":
            _let(stream)
        case "DeclareCiteCommand":
            _cite_command(stream, "parencite", 4)
        case "DeclareMultiCiteCommand":
            _cite_command(stream, "parencites", 2)
        case "newenvironment" | "renewenvironment":
            stream.argument()
            while stream.optional() is not None:
                pass
            stream.argument()
            stream.argument()
        case _:
            return False
    return True


def choose(name: str, stream: Stream) -> bool:
    """Go on with one branch where the macro `name` asks what an argument is, or what follows; tell whether it does."""
    test = name.rstrip("TF")
    if test in _TESTS and test != name:
        first = bool(spelled(stream.argument())) == _TESTS[test]
        branches = [stream.argument() if letter in name[len(test) :] else [] for letter in "TF"]
    elif name == "@ifnextchar":
        sign = spelled(stream.argument())
        branches = [stream.argument(), stream.argument()]
        token = stream.peek()
        first = token is not None and token.kind != "macro" and token.text.startswith(sign)
    elif name == "@ifstar":
        branches = [stream.argument(), stream.argument()]
        first = stream.sign("*") is not None
    else:
        return False
    stream.put_back(branches[0 if first else 1])
    return True


def _name(tokens: Sequence[Token]) -> str:
    found = next((token.text for token in tokens if token.kind == "macro"), "")
    return "" if found.rstrip("*") in _KEPT or citing.is_standard(found) else found


def _store(stream: Stream, name: str, arguments: Iterable[Argument], body: Iterable[Token]) -> None:
    if name:
        stream.macros[name] = Macro(tuple(islice(arguments, _MOST_ARGUMENTS)), tuple(body))
        stream.aliases.pop(name, None)


def _newcommand(stream: Stream) -> None:
    name = _name(stream.argument())
    count = spelled(stream.optional() or ())
    default = stream.optional()
    arguments = [Argument()] * _number(count)
    if arguments and default is not None:
        arguments[0] = Argument("[", "]", tuple(default))
    _store(stream, name, arguments, stream.argument())


def _newcommandx(stream: Stream) -> None:
    """Read xargs' definition, which says in its second option which arguments are optional: [1=x, 3]."""
    name = _name(stream.argument())
    count = _number(spelled(stream.optional() or ()))
    optional = set(map(int, re.findall(r"(?:^|,)\s*([1-9])", spelled(stream.optional() or ()))))
    arguments = (Argument("[", "]", ()) if n in optional else Argument() for n in range(1, count + 1))
    _store(stream, name, arguments, stream.argument())


def _number(count: str) -> int:
    return int(count) if re.fullmatch("[1-9]", count) else 0


def _document_command(stream: Stream) -> None:
    name = _name(stream.argument())
    specification = Stream()
    specification.put_back(stream.argument())
    _store(stream, name, _specified(specification), stream.argument())


def _specified(specification: Stream) -> Iterator[Argument]:
    """Yield what xparse's letters stand for, such as "s O{x} m"; what is left out is empty."""

    def sign() -> str:
        return spelled(specification.argument())

    while letter := sign():
        match letter:
            case "m" | "v":
                yield Argument()
            case "o":
                yield Argument("[", "]", ())
            case "O":
                yield Argument("[", "]", tuple(specification.argument()))
            case "s":
                yield Argument("*", default=())
            case "t":
                yield Argument(sign(), default=())
            case "d" | "r":
                yield Argument(sign(), sign(), ())
            case "D" | "R":
                yield Argument(sign(), sign(), tuple(specification.argument()))
            case "g":
                yield Argument(default=())
            case "G":
                yield Argument(default=tuple(specification.argument()))
            case ">":  # what is done to the next argument
                sign()


def _def(stream: Stream) -> None:
    name = _name(stream.argument())
    pattern: list[Token] = []
    while (token := stream.peek()) is not None and token.kind not in ("{", "par"):
        stream.next()
        pattern.append(token)
    # A parameter stands alone or between two signs; other text would have to be matched, and such a macro is read
    # as an unknown one.
    kinds = "".join("#" if one.kind == "parameter" else one.text if len(one.text) == 1 else "  " for one in pattern)
    body = stream.argument()
    if re.fullmatch(r"(?:[^#\s]#[^#\s]|#)*", kinds):
        arguments = (Argument(*signs) for signs in re.findall(r"([^#\s])#([^#\s])|#", kinds))
        _store(stream, name, arguments, body)


def _cite_command(stream: Stream, meaning: str, count: int) -> None:
    """Read biblatex's definition of a command that cites: what wraps it, and `count` arguments of its looks."""
    name = _name(stream.argument())
    stream.optional()
    for _ in range(count):
        stream.argument()
    if name:
        stream.aliases[name] = meaning
        stream.macros.pop(name, None)


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
