"""A file as a stream: decompressed, in pieces of bounded size, decoded, with its progress told."""

import codecs
import gzip
import io
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from .errors import InputError
from .reading import Progress
from .text import fold

LONGEST = 16 * 2**20  # bytes of one line or record; the longest real ones have under 4 MiB
HEAD = 64 * 2**10  # bytes by which a format is recognised
_PIECE = 256 * 2**10  # bytes read at once
_GZIP = b"\x1f\x8b"
_INFLATED = 64 * 2**20  # bytes that may come out of a gzip file before its ratio is looked at
_EVERY = 1_000  # rows between two reports of progress
_RATIO = 200  # text has 3 to 20; gzip's highest is 1,032
_LINE_END = re.compile(r"\r\n|\n|\r(?!\Z)")  # at the end of a piece, "\r" may be half of "\r\n"


class Document:
    """One file to be read. Every method reads it from its start."""

    def __init__(self, path: Path, name: str = "", progress: Progress | None = None) -> None:
        """Look into the file at `path`.

        Args:
            name: what to call the file in messages and records; its own name if nothing is given.

        Raises:
            InputError: it cannot be read.
        """
        self.path = path
        self.name = name or fold(path.name)
        self._progress = progress
        try:
            with path.open("rb") as file:
                self.zipped = file.read(2) == _GZIP
            self.size = path.stat().st_size
        except OSError as error:
            raise InputError(f"{self.name} cannot be read ({error.strerror}); check its permissions") from error
        suffixes = [suffix.lower() for suffix in path.suffixes]
        if suffixes[-1:] == [".gz"]:
            suffixes.pop()
        self.suffix = suffixes[-1] if suffixes else ""
        self.head = b""
        for piece in self.pieces(told=False):
            self.head += piece
            if len(self.head) >= HEAD:
                break

    def pieces(self, told: bool = True) -> Iterator[bytes]:
        """Yield the content in pieces of at most 256 KiB; `told` says whether progress is shown.

        Raises:
            InputError: the file is damaged, or expands as no text does.
        """
        try:
            with self.path.open("rb", buffering=_PIECE) as raw:
                stream = cast(IO[bytes], gzip.GzipFile(fileobj=raw) if self.zipped else raw)
                total = 0
                while piece := stream.read(_PIECE):
                    total += len(piece)
                    if self.zipped and total > max(_INFLATED, _RATIO * raw.tell()):
                        raise InputError(
                            f"{self.name} grows more than {_RATIO} times when it is unpacked, as no reading list does; "
                            "unpack it yourself if it is what you want"
                        )
                    if told and self._progress:
                        self._progress(min(raw.tell(), self.size), self.size)
                    yield piece
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                f"{self.name} is a damaged gzip file ({fold(str(error))}); fetch or pack it again"
            ) from error
        except OSError as error:
            raise InputError(f"{self.name} cannot be read ({error.strerror}); check the disk") from error

    @contextmanager
    def file(self) -> Iterator[IO[bytes]]:
        """Give the content as a file that can be read at any place, unpacked on disk where it is packed."""
        if not self.zipped:
            with self.path.open("rb") as file:
                yield file
            return
        with tempfile.TemporaryFile() as unpacked:
            for piece in self.pieces():
                unpacked.write(piece)
            unpacked.seek(0)
            yield unpacked

    def tell(self, done: int, total: int) -> None:
        """Report progress on behalf of a reader that goes through the content by itself."""
        if self._progress and done % _EVERY == 0:
            self._progress(done, total)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line of bytes with its number, from 1; lines end with a line feed.

        Raises:
            InputError: a line is longer than 16 MiB, or `pieces` raises it.
        """
        number, rest = 0, b""
        for piece in self.pieces():
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            if not number and lines:
                lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
            for line in lines:
                number += 1
                yield number, line
            if len(rest) > LONGEST:
                raise self._too_long(number + 1)
        if rest:
            yield number + 1, rest if number else rest.removeprefix(codecs.BOM_UTF8)

    def texts(self) -> Iterator[str]:
        """Yield the content as text, in pieces.

        Raises:
            InputError: the file is not UTF-8, or `pieces` raises it.
        """
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        offset = kept = 0
        try:
            for piece in self.pieces():
                yield decoder.decode(piece)
                offset += len(piece)
                kept = len(decoder.getstate()[0])  # bytes of a character that the next piece ends
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise self._not_utf8(error.object[error.start], offset - kept + error.start) from error

    def text_lines(self) -> Iterator[tuple[int, str]]:
        """Yield each line of text, with its end, and its number, from 1; any system's line ends will do.

        Raises:
            InputError: a line is longer than 16 MiB, or `texts` raises it.
        """
        number, rest = 0, ""
        for text in self.texts():
            rest += text
            at = 0
            for found in _LINE_END.finditer(rest):
                number += 1
                yield number, rest[at : found.end()]
                at = found.end()
            rest = rest[at:]
            if len(rest) > LONGEST:
                raise self._too_long(number + 1)
        if rest:
            yield number + 1, rest

    def text(self, largest: int) -> str:
        """Return the whole content as text.

        Args:
            largest: bytes that it may have.

        Raises:
            InputError: it has more, or is not UTF-8.
        """
        content = io.BytesIO()
        for piece in self.pieces():
            content.write(piece)
            size = content.tell() if self.zipped else self.size
            if size > largest:
                raise InputError(
                    f"{self.name} has {size / 2**20:.1f} MiB; a reading list has at most "
                    f"{largest / 2**20:.0f} MiB: split it"
                )
        try:
            return content.getvalue().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self._not_utf8(error.object[error.start], error.start) from error

    def _not_utf8(self, byte: int, offset: int) -> InputError:
        coding = "utf-16" if self.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "latin1"
        return InputError(
            f"{self.name} is not UTF-8 (byte {byte:#04x} at offset {offset}); "
            f"save it as UTF-8, for example: iconv -f {coding} -t utf-8 {self.name}"
        )

    def _too_long(self, line: int) -> InputError:
        return InputError(
            f"{self.name} line {line:,} has more than {LONGEST // 2**20} MiB; no record has: is it the right file?"
        )
