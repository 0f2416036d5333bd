"""`Connection`, one service's host: its gate, patience with its faults, and bounds on what it sends."""

import email.utils
import ipaddress
import random
import socket
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urljoin, urlsplit

from ..call import ip_addresses, is_public
from ..errors import FootnoteError, InputError
from .provider import Request, Unreadable

T = TypeVar("T")

MOST_BYTES = 16 * 2**20  # of one answer, unpacked; a batch has some 2 MB
_MOST_REDIRECTS = 3
_KNOCKS = 2  # attempts at a host that cannot be reached
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # statuses that may be otherwise the next time
_REFUSING = frozenset({400, 414, 422})  # those that concern what is asked for


class ProviderFailed(FootnoteError):
    """A service gave no answer; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service is waited for.

    Attributes:
        attempts: for one request, the first included.
        first: seconds before the second attempt; each further wait is twice as long, give or take a quarter.
        longest: seconds that one wait may take, also where the service asks for more.
        deadline: seconds for one answer, from the first byte sent to the last received.
    """

    attempts: int = 6
    first: float = 2.0
    longest: float = 120.0
    deadline: float = 60.0


class _Gate:
    """Lets one request at a time through to a host, and none before its time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opens = 0.0

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            time.sleep(max(self._opens - time.monotonic(), 0))
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def close_for(self, seconds: float) -> None:
        """Let nothing through for so many seconds from now."""
        self._opens = max(self._opens, time.monotonic() + seconds)


_gates: dict[str, _Gate] = {}


class _Passing(Exception):
    """A fault that may pass; `wait` is what the service asks for, in seconds."""

    def __init__(self, said: str, wait: float | None = None) -> None:
        super().__init__(said)
        self.wait = wait


class _Unreachable(_Passing):
    """There is no connection, which seldom mends itself within minutes."""


class Connection:
    """Asks one host. All connections of this process to a host share its gate."""

    def __init__(
        self, label: str, base: str, pause: float, headers: Mapping[str, str], patience: Patience = Patience()
    ) -> None:
        """Prepare to ask `base`; nothing is sent yet.

        Raises:
            InputError: the address is neither https nor on this machine.
        """
        parts = urlsplit(base)
        self._is_here = _is_loopback(parts.hostname or "")
        if parts.scheme != "https" and not (parts.scheme == "http" and self._is_here):
            raise InputError(f"{label} at {parts.scheme}://{parts.hostname}; expected an https address")
        self._label, self._base, self._pause, self._patience = label, base.rstrip("/"), pause, patience
        self._headers = dict(headers)
        self._gate = _gates.setdefault(parts.netloc, _Gate())
        self._client: Any = None
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def ask(self, request: Request, read: Callable[[int, bytes], T]) -> T:
        """Send a request, and return what `read` makes of the status and body of the answer.

        Waits at the gate, and again and longer after every fault that may pass.

        Raises:
            ProviderFailed: no answer that `read` could use came; whatever else `read` raises is passed on.
        """
        wait, attempt = self._patience.first, 0
        while True:
            attempt += 1
            try:
                return read(*self._answer(request))
            except (_Passing, Unreadable) as fault:
                asked = fault.wait if isinstance(fault, _Passing) else None
                most = _KNOCKS if isinstance(fault, _Unreachable) else self._patience.attempts
                if attempt >= most:
                    raise self._failed(f"{fault} ({attempt} times)") from fault
                if asked is not None and asked > self._patience.longest:
                    raise self._failed(f"{fault}; it asks to wait {asked:.0f} s: run this again then") from fault
                wait_now = min(wait * random.uniform(0.75, 1.25), self._patience.longest)
                self._gate.close_for(max(wait_now, asked or 0.0))
                wait *= 2

    def _failed(self, why: str) -> ProviderFailed:
        return ProviderFailed(f"{self._label} gave no answer: {why}")

    def _answer(self, request: Request) -> tuple[int, bytes]:
        """Send a request once, follow redirects, and return the status and the body."""
        import httpx  # 0.1 s, which only this verb needs

        if self._client is None:
            self._client = httpx.Client(
                limits=httpx.Limits(max_connections=1), follow_redirects=False, trust_env=not self._is_here
            )
        address, params = f"{self._base}{request.path}", dict(request.params)
        method = "GET" if request.json is None else "POST"
        for _ in range(_MOST_REDIRECTS + 1):
            with self._gate:
                self._gate.close_for(self._pause)
                status, body, headers = self._exchange(method, address, params, request.json)
                self._gate.close_for(self._pause)
            if status not in (301, 302, 303, 307, 308):
                return self._judged(status, body, headers, request.may_miss)
            if method != "GET":
                raise self._failed(f"it points elsewhere ({status}), which is not followed")
            address, params = self._redirected(address, headers.get("location", "")), {}
        raise self._failed(f"it points elsewhere more than {_MOST_REDIRECTS} times")

    def _judged(self, status: int, body: bytes, headers: Mapping[str, str], may_miss: bool) -> tuple[int, bytes]:
        """Return an answer that says something, and raise for one that does not."""
        if status in _PASSING:
            said = "it is asked too much" if status == 429 else "it is out of order"
            raise _Passing(f"{said} ({status})", _seconds(headers.get("retry-after", "")))
        if status in (401, 403):
            raise self._failed(f"it refuses the key, wants one, or has had enough for today ({status})")
        if status != 200 and status not in _REFUSING and not (status == 404 and may_miss):
            raise self._failed(f"it refuses the request ({status})")
        begins = body[:200].lstrip().lower()
        if status == 200 and ("html" in headers.get("content-type", "") or begins.startswith((b"<!doctype", b"<html"))):
            raise self._failed("a web page came in place of data; is there a login page between you and the net?")
        return status, body

    def _exchange(
        self, method: str, address: str, params: Mapping[str, str], json: Any
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Send one request and read the answer whole, within the deadline and the bound on its size."""
        import httpx

        deadline, ends = self._patience.deadline, time.monotonic() + self._patience.deadline
        own = urlsplit(address).netloc == urlsplit(self._base).netloc
        timer = threading.Timer(deadline, self._hang_up)  # a server that drips keeps every shorter limit
        timer.daemon = True
        timer.start()
        try:
            with self._client.stream(
                method,
                address,
                params=params or None,
                json=json,
                headers={"user-agent": "footnote", "accept-encoding": "gzip", **(self._headers if own else {})},
                timeout=deadline,
                extensions={"trace": self._trace},
            ) as response:
                body = self._body(response)
                if time.monotonic() >= ends:  # a body without a length seems to end where we hang up
                    raise _Passing(f"nothing whole came within {deadline:.0f} s")
                return response.status_code, body, response.headers
        except httpx.HTTPError as error:
            if time.monotonic() >= ends or isinstance(error, httpx.TimeoutException):
                raise _Passing(f"nothing whole came within {deadline:.0f} s") from error
            if isinstance(error, httpx.ConnectError):
                raise _Unreachable("it cannot be reached: is there a network?") from error
            raise _Passing("the connection broke off") from error
        except httpx.InvalidURL as error:
            raise self._failed("it points to an address that is none") from error
        finally:
            timer.cancel()

    def _body(self, response: Any) -> bytes:
        """Return an answer's body, unpacked no further than is allowed."""
        packing = response.headers.get("content-encoding", "identity").lower()
        if packing not in ("identity", "gzip"):
            raise self._failed(f"what came is packed as {packing[:20]!r}, which was not asked for")
        unpacker = zlib.decompressobj(wbits=31) if packing == "gzip" else None
        body = bytearray()
        for chunk in response.iter_raw():
            try:
                body += unpacker.decompress(chunk, MOST_BYTES + 1 - len(body)) if unpacker else chunk
            except zlib.error as error:
                raise _Passing("what came cannot be unpacked") from error
            if len(body) > MOST_BYTES:
                raise self._failed(f"more than {MOST_BYTES >> 20} MiB came; the rest was not read")
        if unpacker and not unpacker.eof and body:
            raise _Passing("the connection broke off")
        return bytes(body)

    def _redirected(self, address: str, location: str) -> str:
        """Return where a redirect leads, if it may be followed: the service's own domain, on the public net."""
        if not location:
            raise self._failed("it points to no address")
        target = urljoin(address, location)
        parts, home = urlsplit(target), urlsplit(self._base)
        if (parts.scheme, parts.netloc) == (home.scheme, home.netloc):
            return target
        host, own = parts.hostname or "", ".".join((home.hostname or "").split(".")[-2:])
        if parts.scheme != "https":
            raise self._failed(f"it points to an address of {parts.scheme!r}, which is not followed; expected https")
        if self._is_here or not f".{host}".endswith(f".{own}") or not _is_public(host):
            raise self._failed(f"it points to {host[:80] or 'nowhere'}, which is not its own and is not followed")
        return target

    def _trace(self, event: str, details: dict[str, Any]) -> None:
        """Note the socket of a connection that the HTTP client has made."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = details["return_value"].get_extra_info("socket")

    def _hang_up(self) -> None:
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)


def _seconds(retry_after: str) -> float | None:
    """Return what a Retry-After header asks for, in seconds or as a date."""
    if retry_after.strip().isdecimal():
        return float(retry_after[:12])
    try:
        return max(email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(host: str) -> bool:
    """Tell whether every address of a host is on the public net."""
    try:
        found = ip_addresses(host, 443)
    except OSError:
        return False
    return bool(found) and all(map(is_public, found))
