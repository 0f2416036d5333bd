"""The headers of every response: what a browser must not do with it."""

import re
from base64 import b64encode
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.S)
# Gradio evaluates gr.HTML's template and the js= of an event ('unsafe-eval'), and its parts carry styles of
# their own ('unsafe-inline'). No script runs that stands in the page but those that the server put there.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; media-src 'self'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SafeHeaders:
    """Middleware: sets the headers; on the page itself, with the hashes of the scripts that stand in it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_page = scope["path"] == "/" and scope["method"] == "GET"
        if is_page:  # its scripts are read here, so it must not be compressed before
            kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        start: Message = {}
        body = b""

        async def headed(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                if not is_page:
                    await send(_headed(message, ""))
            elif not is_page:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await send(_headed(start, _hashes(body)))
                    await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, headed)


def _hashes(html: bytes) -> str:
    """Return the sources of a policy that allow the scripts in a page and no other."""
    digests = {b64encode(sha256(script).digest()).decode() for script in _SCRIPT.findall(html)}
    return "".join(f" 'sha256-{digest}'" for digest in sorted(digests))


def _headed(message: Message, scripts: str) -> Message:
    headers = MutableHeaders(raw=list(message["headers"]))
    headers["content-security-policy"] = _POLICY.format(scripts=scripts)
    for name, value in _ALWAYS.items():
        headers[name] = value
    if "cache-control" not in headers:
        headers["cache-control"] = "no-store"
    return {**message, "headers": headers.raw}
