"""The draft's folder: the only place that is read, within bounds."""

import os
import stat
from pathlib import Path

from ingest.errors import InputError
from ingest.text import fold

LARGEST_TEXT = 2 * 2**20  # bytes of one text file; a long book has 2 MiB
LARGEST_FILE = 64 * 2**20  # bytes of a .pdf or .docx
_MOST_FILES = 300
_MOST_TEXT = 8 * 2**20  # bytes of all text files together
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class NotRead(InputError):
    """A file that the draft names is not read, and why; the rest of the draft still can be."""


class Folder:
    """Reads files below one folder, and nothing else; `root` is None for a draft that lies in none.

    Attributes:
        files: the names of those read.
        named: where those lie that the draft names, read or not; outside of the folder nobody looks if they do.
    """

    def __init__(self, root: Path | None) -> None:
        self._root = root.resolve() if root else None
        self._bytes = 0
        self.files: list[str] = []
        self.named: list[Path] = []

    def find(self, name: str, suffixes: tuple[str, ...]) -> Path:
        """Return the file that a draft calls `name`, with one of these suffixes ("" for the name as it is).

        Raises:
            NotRead: there is none, or it lies outside the folder.
        """
        shown = repr(fold(name)[:80])
        if self._root is None:
            raise NotRead(f"{shown} is not read: the draft came without its folder")
        if not name or "\0" in name or name.startswith("|"):
            raise NotRead(f"{shown} is not read: expected the name of a file")
        for suffix in suffixes:
            try:
                path = (self._root / (name + suffix)).resolve()
                if not path.is_relative_to(self._root):
                    self.named.append(path)
                    raise NotRead(f"{shown} is not read: it lies outside the draft's folder")
                if path.is_file():
                    self.named.append(path)
                    return path
            except (OSError, RuntimeError) as error:  # a name too long, links in a circle
                raise NotRead(f"{shown} is not read: no such file can be looked up") from error
        raise NotRead(f"{shown} is not there, and was left out")

    def text(self, path: Path) -> tuple[str, str]:
        """Return the content of a text file that the draft names, and a warning or nothing.

        Raises:
            NotRead: it cannot be read, is no text or is too long.
            InputError: all files together are too many or too long.
        """
        shown = self.name(path)
        if len(self.files) >= _MOST_FILES:
            raise InputError(f"the draft includes more than {_MOST_FILES} files; expected a paper or a book")
        try:
            content = read_bytes(path, shown, LARGEST_TEXT)
            text = decode(content, shown)
        except InputError as error:
            raise NotRead(f"{error}; it was left out") from error
        self._bytes += len(content)
        if self._bytes > _MOST_TEXT:
            raise InputError(f"the draft's files have more than {_MOST_TEXT // 2**20} MiB; expected a paper or a book")
        if shown not in self.files:
            self.files.append(shown)
        return text

    def name(self, path: Path) -> str:
        """Return a file's name as the draft's reader knows it: from the folder."""
        if self._root is not None and path.is_relative_to(self._root):
            path = path.relative_to(self._root)
        return fold(str(path))[-200:]


def read_bytes(path: Path, shown: str, largest: int) -> bytes:
    """Return a regular file's content.

    Raises:
        InputError: it is missing, no regular file, unreadable, or has more than `largest` bytes.
    """
    try:
        # A pipe would wait for a writer for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError
            if not stat.S_ISREG(found.st_mode):
                raise InputError(f"{shown} is no regular file; expected a draft")
            content = file.read(largest + 1)
            size = max(found.st_size, len(content))
    except IsADirectoryError as error:
        raise InputError(f"{shown} is a folder; expected a draft: name its main file") from error
    except FileNotFoundError as error:
        raise InputError(f"{shown} does not exist; expected a draft") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{shown} cannot be read ({why}); check its permissions") from error
    if size > largest:
        raise InputError(
            f"{shown} has {size / 2**20:.1f} MiB; a draft has at most {largest // 2**20}: is it the right file?"
        )
    return content


def decode(content: bytes, shown: str) -> tuple[str, str]:
    """Return bytes as text with lines that end in "\\n", and a warning where the encoding had to be guessed.

    Raises:
        InputError: they are no text.
    """
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), "utf-8")
    warning = ""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in content:
            raise InputError(f"{shown} is no text (it has NUL bytes); expected a draft") from error
        text = content.decode("cp1252", "replace")
        warning = f"byte {content[error.start]:#04x} is not UTF-8; the file was read as Latin-1 (Windows-1252)"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    strange = sum(not c.isprintable() and c not in "\n\t\f" for c in text[:10_000])
    if "\0" in text or strange > 0.05 * min(len(text), 10_000):
        raise InputError(f"{shown} is no text (it has control characters); expected a draft")
    return text, warning
