"""A request that goes no further: the status and the line that says why, as JSON."""

import json
from collections.abc import Sequence

from starlette.types import Send

Header = tuple[bytes, bytes]


async def refuse(send: Send, status: int, message: str, headers: Sequence[Header] = ()) -> None:
    """Answer a request with an error."""
    body = json.dumps({"error": message}).encode()
    own = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})
