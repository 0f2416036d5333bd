"""What stands between a client library and the network: the key, the deadline, and how much is read.

The libraries (openai, ollama, anthropic) each bring an HTTP client that takes event hooks. With these
hooks a key is known to the hooks alone, so no library can show it; what a server sends is read up to a
limit; a connection ends when its question's time is over; and every status, redirect or web page
that is no answer becomes one line, the same whichever library asked.
"""

import contextlib
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from .address import Address
from .failure import Failure, refusal

MOST_BYTES = 4 * 2**20  # of one answer as it is sent: a stream takes some 300 bytes for each token
_MOST_OF_AN_ERROR = 2**16  # bytes

# Libraries add the machine's kind, organisation ids and headers from the environment; these are what a server needs.
_HEADERS = frozenset(
    "accept accept-encoding anthropic-version connection content-length content-type host transfer-encoding".split()
)

_here = threading.local()
_calls: "weakref.WeakSet[Call]" = weakref.WeakSet()


class Call:
    """One question to a model: when it must be over, and the connections that it holds.

    `with call:` makes it the call of the thread, whose requests then keep its deadline.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.ends = time.monotonic() + seconds
        self.over = False
        self._sockets: list[socket.socket] = []
        _calls.add(self)

    def left(self) -> float:
        """Return the seconds left, at least 0."""
        return max(self.ends - time.monotonic(), 0.0)

    def hang_up(self) -> None:
        """End it from any thread: a thread that waits for its server wakes with an error."""
        self.over = True
        for held in list(self._sockets):
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def trace(self, event: str, details: dict[str, Any]) -> None:
        """Note a connection that the HTTP client has made."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(details["return_value"].get_extra_info("socket"))
            if self.over:
                self.hang_up()

    def __enter__(self) -> "Call":
        _here.call = self
        return self

    def __exit__(self, *_: object) -> None:
        del _here.call


def hang_up_all() -> None:
    """End every call of this process."""
    for call in list(_calls):
        call.hang_up()


def client_options(address: Address, key: str | None, variable: str) -> dict[str, Any]:
    """Return the arguments of an HTTP client (httpx, or one with its interface) for one model.

    Args:
        variable: the environment variable that holds the key, for a message.
    """
    host = urlsplit(address.url or "").hostname

    def send(request: Any) -> None:
        if request.url.host != host:
            raise Failure(f"its client turned to {request.url.host}")
        for name in [name for name in request.headers if name.lower() not in _HEADERS]:
            del request.headers[name]
        if key is not None and address.kind == "anthropic":
            request.headers["x-api-key"] = key
        elif key is not None:
            request.headers["authorization"] = f"Bearer {key}"
        # Compressed, a few bytes could become gigabytes. And a connection serves one call, which may end it.
        request.headers.update({"accept-encoding": "identity", "connection": "close"})
        call: Call | None = getattr(_here, "call", None)
        if call is not None:
            request.extensions["trace"] = call.trace
            request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), max(call.left(), 0.001))

    def receive(response: Any) -> None:
        response.stream = _limited(response)
        status = response.status_code
        if status >= 400:
            body = b"".join(_first(response.stream, _MOST_OF_AN_ERROR))
            raise Failure(refusal(status, body, response.headers.get("retry-after"), key, variable))
        if status >= 300:
            raise Failure(f"it points elsewhere ({status}), which is not followed; check the address")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Failure("what came is compressed, which was not asked for")
        if "html" in response.headers.get("content-type", ""):
            raise Failure(
                "a web page came in place of JSON; expected the address of an API, often one that ends in /v1"
            )

    return {
        "event_hooks": {"request": [send], "response": [receive]},
        "follow_redirects": False,
        "trust_env": not address.is_local,  # a proxy would take what is meant for this machine out of it
    }


def _limited(response: Any) -> Any:
    """Return a response's stream, which fails where it goes on beyond the limit."""
    http: Any = import_module(type(response).__module__.partition(".")[0])  # httpx, or a library with its interface
    inner = response.stream

    class Limited(http.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            read = 0
            for chunk in inner:
                read += len(chunk)
                if read > MOST_BYTES:
                    raise Failure(f"more than {MOST_BYTES >> 20} MiB came; the rest was not read")
                yield chunk

        def close(self) -> None:
            inner.close()

    return Limited()


def _first(stream: Any, most: int) -> Iterator[bytes]:
    """Yield the beginning of a stream, up to about `most` bytes."""
    read = 0
    for chunk in stream:
        yield chunk
        read += len(chunk)
        if read >= most:
            return
