"""A stream of TeX tokens in which a draft's own macros are expanded, as TeX does it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import InputError

from .tokens import Source, Token

_MOST_EXPANDED = 500_000  # tokens that macros may grow to in all; a paper's have some thousands
_LONGEST_SHORT = 3_000  # tokens of an argument such as a list of keys


@dataclass(frozen=True, slots=True)
class Argument:
    """What a macro takes: a group or a token, what stands between two signs, or a sign that is there or not.

    Attributes:
        open: the sign that it begins with; empty for a group or a token.
        close: the sign that it ends with; empty where `open` is all of it.
        default: what stands for it where it is left out; None where it cannot be.
    """

    open: str = ""
    close: str = ""
    default: tuple[Token, ...] | None = None


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of the draft's own."""

    arguments: tuple[Argument, ...]
    body: tuple[Token, ...]


class _Replay:
    """Tokens that come once more."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at == len(self._tokens)

    def next(self) -> Token | None:
        if self.ended:
            return None
        self._at += 1
        return self._tokens[self._at - 1]


class Stream:
    """Tokens from files, macro bodies and what was put back; innermost first."""

    def __init__(self) -> None:
        self._frames: list[tuple[Source | _Replay, Path | None]] = []
        self._expanded = 0
        self.macros: dict[str, Macro] = {}
        self.aliases: dict[str, str] = {}

    def open(self, text: str, file: str, path: Path | None) -> None:
        """Go on with a file's text."""
        self._frames.append((Source(text, file), path))

    @property
    def open_files(self) -> list[Path | None]:
        """The files that are being read, outermost first."""
        return [path for frame, path in self._frames if isinstance(frame, Source)]

    @property
    def source(self) -> Source | None:
        """The file that the next token comes from; None where it comes from a macro."""
        while self._frames:
            frame = self._frames[-1][0]
            if isinstance(frame, Source):
                return frame
            if not frame.ended:
                break
            self._frames.pop()
        return None

    def close_file(self) -> None:
        """Leave out the rest of the innermost file."""
        while self._frames and not isinstance(self._frames.pop()[0], Source):
            pass

    def next(self) -> Token | None:
        """Return the next token, expanding nothing; None at the end of everything."""
        while self._frames:
            token = self._frames[-1][0].next()
            if token is not None:
                return token
            self._frames.pop()
        return None

    def put_back(self, tokens: Iterable[Token]) -> None:
        again = tuple(tokens)
        self._expanded += len(again)
        if self._expanded > _MOST_EXPANDED:
            where = f"{again[0].place}: " if again else ""
            raise InputError(f"{where}macros expand to more than {_MOST_EXPANDED:,} tokens; expected a paper's macros")
        if again:
            self._frames.append((_Replay(again), None))

    def expand(self, macro: Macro, call: Token) -> None:
        """Put a macro's body in the place of its call; what it writes stands where it was called."""
        given = [self._given(argument) for argument in macro.arguments]
        length = sum(
            len(given[int(t.text) - 1]) if t.kind == "parameter" and int(t.text) <= len(given) else 1
            for t in macro.body
        )
        if length > _MOST_EXPANDED:
            raise InputError(f"{call.place}: the macro \\{call.text} expands to {length:,} tokens; expected less")
        body: list[Token] = []
        for token in macro.body:
            if token.kind == "parameter" and int(token.text) <= len(given):
                body += given[int(token.text) - 1]
            else:
                body.append(token._replace(place=call.place))
        self.put_back(body)

    def _given(self, argument: Argument) -> Sequence[Token]:
        if not argument.open:
            is_there = argument.default is None or ((token := self.peek()) is not None and token.kind == "{")
            found = self.argument() if is_there else None
        elif argument.close:
            found = self.enclosed(argument.open, argument.close)
        else:
            found = self.sign(argument.open)
        return argument.default or () if found is None else found

    def peek(self) -> Token | None:
        """Return the next token that is no space, and leave it there."""
        token = self.next()
        while token is not None and token.kind == "space":
            token = self.next()
        if token is not None:
            self._frames.append((_Replay((token,)), None))
        return token

    def argument(self, short: bool = False) -> list[Token]:
        """Return the tokens of the next argument: a group without its braces, or one token.

        A `short` one ends where a paragraph does: an open brace must not swallow the rest of the draft.
        """
        token = self.peek()
        if token is None or token.kind in ("par", "}"):
            return []
        self.next()
        if token.kind != "{":
            if token.kind != "text" or len(token.text) == 1:
                return [token]
            self._frames.append((_Replay((token._replace(text=token.text[1:]),)), None))
            return [token._replace(text=token.text[0])]
        return self._until("}", short)

    def optional(self) -> list[Token] | None:
        """Return the tokens between the square brackets that come next; None where none come."""
        token = self.peek()
        if token is None or token.kind != "[":
            return None
        self.next()
        return self._until("]", short=True)

    def sign(self, sign: str) -> list[Token] | None:
        """Return the sign, such as a star, if it comes next."""
        token = self.peek()
        return self.argument() if token and token.kind != "macro" and token.text.startswith(sign) else None

    def enclosed(self, open: str, close: str) -> list[Token] | None:
        """Return the tokens between two signs that come next, such as parentheses; None where none come."""
        if open == "[":
            return self.optional()
        if self.sign(open) is None:
            return None
        depth = 0
        found: list[Token] = []
        while (token := self.next()) is not None:
            if token.kind == "par" or len(found) > _LONGEST_SHORT:
                self.put_back([token])
                break
            for at in re.finditer(f"[{re.escape(open + close)}]", token.text) if token.kind == "text" else ():
                if at[0] == close and depth == 0:
                    rest = token._replace(text=token.text[at.end() :])
                    self._frames.append((_Replay((rest,) if rest.text else ()), None))
                    return [*found, token._replace(text=token.text[: at.start()])]
                depth += (at[0] == open) - (at[0] == close)
            found.append(token)
            if token.kind == "{":
                found += [*self._until("}", short=True), token._replace(kind="}", text="}")]
        return found

    def _until(self, close: str, short: bool) -> list[Token]:
        depth = 0
        found: list[Token] = []
        while (token := self.next()) is not None:
            if token.kind == close and depth == 0:
                return found
            depth += (token.kind == "{") - (token.kind == "}")
            if short and (token.kind == "par" or len(found) > _LONGEST_SHORT):
                self.put_back([token])
                return found
            found.append(token)
        return found


def spelled(tokens: Iterable[Token]) -> str:
    """Return tokens as they were written, for keys, names of files and addresses."""
    return "".join(f"\\{token.text}" if token.kind == "macro" else token.text for token in tokens).strip()
