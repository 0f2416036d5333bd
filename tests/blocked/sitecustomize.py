"""Put on PYTHONPATH by the tests: no process they start can reach another machine."""

import ipaddress
import socket
from typing import Any

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class OutsideBlocked(OSError):
    """A test reached for another machine."""


def _is_here(host: Any) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


def _check(address: Any) -> None:
    if isinstance(address, tuple) and not _is_here(address[0]):
        raise OutsideBlocked(f"blocked by the tests: {address!r}")


def connect(self: socket.socket, address: Any) -> None:
    _check(address)
    _connect(self, address)


def connect_ex(self: socket.socket, address: Any) -> int:
    _check(address)
    return _connect_ex(self, address)


def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    # An address in numbers is looked up nowhere; only a name could leave the machine.
    if not _is_here(host) and not str(host).replace(".", "").isdigit():
        raise OutsideBlocked(f"blocked by the tests: look-up of {host!r}")
    return _getaddrinfo(host, *arguments, **options)


socket.socket.connect = connect  # type: ignore[method-assign]
socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
socket.getaddrinfo = getaddrinfo
