"""What may be uploaded: reading lists and drafts, told by the names of the files while they come in."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.readers.formats import formats

from .refusal import refuse

DRAFTS = frozenset(".tex .ltx .latex .md .markdown .txt .text .pdf .docx .zip .bib .bbl".split())
_MOST = 300  # files of one request
_LONGEST = 255  # characters of a name


def kinds() -> frozenset[str]:
    """Return the suffixes of all that can be read here."""
    return DRAFTS.union(*(format.suffixes for format in formats()))


class UploadCheck:
    """Middleware for the route that takes files: refuses other kinds of them, before they are whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kinds = kinds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, parameters = parse_options_header(Headers(scope=scope).get("content-type"))
        if kind != b"multipart/form-data" or not parameters.get(b"boundary"):
            await refuse(send, 415, "what was sent is no form; expected multipart/form-data with a file")
            return
        names = _Names(parameters[b"boundary"])
        count = 0

        async def checked() -> Message:
            nonlocal count
            message = await receive()
            for name in names.read(message.get("body", b"")):
                count += 1
                self._check(name, count)
            return message

        await self._app(scope, checked, send)

    def _check(self, name: str, count: int) -> None:
        """Raise an HTTPException, which Gradio's page shows, where a file is not to be taken in."""
        if count > _MOST:
            raise HTTPException(413, f"more than {_MOST} files at once; expected fewer: add the others after these")
        path = PurePosixPath(name.lower().removesuffix(".gz"))
        if not name.isprintable() or len(name) > _LONGEST or path.suffix not in self._kinds:
            expected = ", ".join(sorted(self._kinds))
            raise HTTPException(415, f"{name[:80]!r} is no reading list or draft by its name; expected {expected}")


class _Names:
    """Finds the names of the files in a form that comes in pieces."""

    def __init__(self, boundary: bytes) -> None:
        self._field = self._value = b""
        self._found: list[str] = []
        self._parser = MultipartParser(
            boundary,
            {"on_header_field": self._on_field, "on_header_value": self._on_value, "on_header_end": self._on_end},
        )

    def read(self, piece: bytes) -> Iterator[str]:
        """Yield the names that a piece completes."""
        try:
            self._parser.write(piece)
        except MultipartParseError as error:
            raise HTTPException(400, f"the form is damaged ({error}); expected multipart/form-data") from error
        yield from self._found
        self._found.clear()

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            name = parse_options_header(self._value)[1].get(b"filename")
            if name is not None:
                self._found.append(name.decode("utf-8", "replace"))
        self._field = self._value = b""
