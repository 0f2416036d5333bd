"""What of Gradio's routes is open: what the page itself calls, and nothing else.

Gradio brings routes that fetch addresses (proxy=, file=http...), run components' own server code, edit the
app, show its figures, or serve any file that it takes for its own. They are closed by not being listed.
"""

import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from .refusal import refuse
from .uploads import UploadCheck

LARGEST_UPLOAD = 64 * 2**20  # bytes of one file
_LARGEST_BODY = 4 * 2**20  # bytes of any other request: a draft of 2 MiB, as JSON
_FRAME = 2**16  # bytes of a form around a file

_OURS = re.compile(r"/mcp|/api|/api/v1/.+")
_READ = re.compile(
    r"/(?:theme\.css|favicon\.ico|manifest\.json|robots\.txt|(?:assets|static|svelte)/(?!.*\.\.)[\w./@-]{1,200}"
    r"|gradio_api/(?:app_id|heartbeat/\w+|queue/data|startup-events|upload_progress))?"
)
_WRITTEN = re.compile(r"/gradio_api/(?:queue/join|cancel|reset|upload|run/(?:predict|page_[a-z_]{1,40}))")
_UPLOAD = "/gradio_api/upload"
_FILE = "/gradio_api/file="


class Gate:
    """Middleware: answers 404 to what is not open, and 413 to what is too large."""

    def __init__(self, app: ASGIApp, files: Path) -> None:
        """`files` is the folder of what was uploaded and of what the page offers to download."""
        self._app = app
        self._uploads = RequestBodyLimitMiddleware(UploadCheck(app), LARGEST_UPLOAD + _FRAME)
        self._others = RequestBodyLimitMiddleware(app, _LARGEST_BODY)
        self._files = files.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if not self._is_open(scope["method"], path):
            await refuse(send, 404, "nothing is here; expected the page at /, the API at /api or MCP at /mcp")
            return
        limited = self._uploads if path == _UPLOAD else self._others
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > limited.max_body_size:
            message = f"the request has {int(declared):,} bytes; expected at most {limited.max_body_size:,}"
            await refuse(send, 413, message)
            return
        await limited(scope, receive, send)  # which counts what comes

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
