"""What of Gradio's routes is open: what the page itself calls, and nothing else.

Gradio brings routes that fetch addresses (proxy=, file=http...), run components' own server code, edit the
app, show its figures, or serve any file that it takes for its own. They are closed by not being listed.
"""

import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .refusal import refuse

LARGEST_UPLOAD = 64 * 2**20  # bytes of one file
_LARGEST_BODY = 4 * 2**20  # bytes of any other request: a draft of 2 MiB, as JSON
_FRAME = 2**16  # bytes of a form around a file

_OURS = re.compile(r"/mcp|/api|/api/v1/.+")
_READ = re.compile(
    r"/(?:theme\.css|favicon\.ico|manifest\.json|robots\.txt|(?:assets|static|svelte)/.+"
    r"|gradio_api/(?:app_id|heartbeat/\w+|queue/data|startup-events|upload_progress))?"
)
_WRITTEN = re.compile(r"/gradio_api/(?:queue/join|cancel|reset|upload)")
_UPLOAD = "/gradio_api/upload"
_FILE = "/gradio_api/file="


class Gate:
    """Middleware: answers 404 to what is not open, and 413 to what is too large."""

    def __init__(self, app: ASGIApp, files: Path) -> None:
        """`files` is the folder of what was uploaded and of what the page offers to download."""
        self._app = app
        self._files = files.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if not self._is_open(scope["method"], path):
            await refuse(send, 404, "nothing is here; expected the page at /, the API at /api or MCP at /mcp")
            return
        most = LARGEST_UPLOAD + _FRAME if path == _UPLOAD else _LARGEST_BODY
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > most:
            await refuse(send, 413, f"the request has {declared[:20]} bytes; expected at most {most:,}")
            return
        await _limited(self._app, scope, receive, send, most)

    def _is_open(self, method: str, path: str) -> bool:
        if _OURS.fullmatch(path):
            return True
        if method in ("GET", "HEAD"):
            return self._is_file(path) if path.startswith(_FILE) else bool(_READ.fullmatch(path))
        return method == "POST" and bool(_WRITTEN.fullmatch(path))

    def _is_file(self, path: str) -> bool:
        """Whether a file= route leads, links followed, to a file of the page's own folder."""
        try:
            file = Path(path.removeprefix(_FILE)).resolve()
            return file.is_relative_to(self._files) and file.is_file()
        except (OSError, ValueError, RuntimeError):  # a name that no file can have, or a ring of links
            return False


class _TooLarge(Exception):
    """More came than was declared, or than may come."""


async def _limited(app: ASGIApp, scope: Scope, receive: Receive, send: Send, most: int) -> None:
    """Run an app that is given at most so many bytes of a body."""
    came, begun = 0, False

    async def counted() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            raise _TooLarge
        return message

    async def noted(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        await app(scope, counted, noted)
    except _TooLarge:
        if not begun:
            await refuse(send, 413, f"the request has more than {most:,} bytes; expected fewer")
