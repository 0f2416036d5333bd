"""`Call`: one GET request and its redirects, to public addresses alone, over by a time.

What an address leads to is not known before it is there: so redirects are bounded, and a host whose
address is of a private network, or of this machine, is never connected to, whatever a name or a redirect
says of it.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpcore

from .errors import InputError
from .text import fold

_PATIENCE = 20.0  # seconds without a byte
_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)


def checked(url: str, base: str = "") -> str:
    """Return an address that can be fetched; it may be relative to `base`.

    Raises:
        InputError: it is none.
    """
    try:
        parts = urlsplit(urljoin(base, url))
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and bool(quoted(parts.geturl()))
    except ValueError:
        whole = False
    if not whole or not url.isprintable() or " " in url:
        raise InputError(f"{fold(url)[:200]!r} is no address; expected http:// or https://, a host and a path")
    if parts.username or parts.password:
        raise InputError(
            f"the address at {parts.hostname} holds a name or password, which are not sent; leave them out"
        )
    return parts.geturl()


def quoted(url: str) -> str:
    """Return an address as it is asked for: signs beyond ASCII escaped, without its fragment."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return urlunsplit((parts.scheme.lower(), f"{host}:{parts.port}" if parts.port else host, path, query, ""))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    pieces: Iterable[bytes]


class Call:
    """One request with its redirects, over by a time."""

    def __init__(self, loopback: bool, ends: float, seconds: float) -> None:
        backend = _Guarded(loopback, ends, seconds)
        self._pool = httpcore.ConnectionPool(network_backend=backend, max_connections=1, max_keepalive_connections=0)
        self._open: Any = None

    def __enter__(self) -> "Call":
        return self

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            self._open.__exit__(None, None, None)
        self._pool.close()

    def get(self, url: str, more: Mapping[bytes | str, bytes | str]) -> Answer:
        headers: dict[bytes | str, bytes | str] = {
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "User-Agent": "footnote",
            "Connection": "close",
            **more,
        }
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE)
        for _ in range(_REDIRECTS + 1):
            self._open = self._pool.stream("GET", url, headers=headers, extensions={"timeout": timeout})
            response = self._open.__enter__()
            said = {name.decode("latin1").lower(): value.decode("latin1") for name, value in response.headers}
            if response.status not in _MOVED or "location" not in said:
                return Answer(response.status, said, response.iter_stream())
            self._open.__exit__(None, None, None)
            self._open = None
            moved = checked(fold(said["location"]), url)
            if url.startswith("https:") and not moved.startswith("https:"):
                raise InputError(f"{url} leads from https to {moved[:200]!r}; expected it to stay encrypted")
            url = quoted(moved)
        raise InputError(f"{url} leads on more than {_REDIRECTS} times; give the address where the file is")


class _Guarded(httpcore.NetworkBackend):
    """Connects to public addresses alone, and by a time."""

    def __init__(self, loopback: bool, ends: float, seconds: float) -> None:
        self._loopback = loopback
        self._ends = ends
        self._seconds = seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        found = ip_addresses(host, port)
        for address in found:
            if not is_public(address) and not (self._loopback and ipaddress.ip_address(address).is_loopback):
                raise InputError(
                    f"{host} is at {address}, on this machine or a private network; expected an address on the web: "
                    "fetch it by hand"
                )
        for address in found:
            # The address that was looked at is the one that is connected to, whatever the name says by now.
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    address, port, self._within(timeout), local_address, socket_options
                )
                return _Timed(stream, self._within)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == found[-1]:
                    raise
        raise httpcore.ConnectError(f"{host} has no address")

    def _within(self, timeout: float | None) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"it took more than {self._seconds:g} seconds")
        return min(left, timeout or left)


def ip_addresses(host: str, port: int) -> list[str]:
    """Return a host's addresses; one that is written in numbers is looked up nowhere.

    Raises:
        OSError: the host is not known.
    """
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Tell whether an IP address is on the public net, also one of version 4 within one of version 6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global and not ip.is_multicast


class _Timed(httpcore.NetworkStream):
    """A connection that ends by a time, however slowly its bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, within: Callable[[float | None], float]) -> None:
        self._stream = stream
        self._within = within

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> "_Timed":
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._within(timeout)), self._within)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
