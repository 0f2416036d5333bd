"""Which hosts the server answers to, and whose pages may call it.

A page of another site that makes its own name point at this machine (DNS rebinding) sends that name as
Host; one that posts here from afar sends its own Origin. Neither gets through.
"""

import ipaddress
from dataclasses import dataclass

from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import InputError

from .refusal import refuse

LOOPBACK = "127.0.0.1"
_LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where the server listens.

    Attributes:
        address: an IP address of this machine.
        public: whether other machines are to be let in, here or through a proxy.
    """

    address: str = LOOPBACK
    public: bool = False

    @classmethod
    def create(cls, address: str, public: bool, has_password: bool) -> "Hosts":
        """Return the hosts of a server at `address`.

        Raises:
            InputError: it is no address; or other machines would be let in, and that was not said outright or
                there is no password.
        """
        address = LOOPBACK if address == "localhost" else address
        try:
            local = ipaddress.ip_address(address).is_loopback
        except ValueError as error:
            raise InputError(f"host {address!r} is no IP address; expected {LOOPBACK}, or 0.0.0.0 for all") from error
        if (public or not local) and not (public and has_password):
            missing = " and ".join(
                [*([] if has_password else ["a password in FOOTNOTE_PASSWORD"]), *([] if public else ["--public"])]
            )
            raise InputError(
                f"other machines would be let in at {address}; expected {missing} with it, or this machine alone: "
                "footnote serve"
            )
        return cls(address, public)

    @property
    def url_host(self) -> str:
        """The host that a browser on this machine finds it under."""
        address = ipaddress.ip_address(self.address)
        if address.is_unspecified:
            return LOOPBACK if address.version == 4 else "[::1]"
        return self._bracketed

    @property
    def _bracketed(self) -> str:
        return f"[{self.address}]" if ":" in self.address else self.address

    @property
    def for_mcp(self) -> TransportSecuritySettings:
        """The same rule, as the protocol's own library checks it once more."""
        names = [name + port for name in (*_LOCAL_NAMES, self._bracketed) for port in ("", ":*")]
        return TransportSecuritySettings(
            enable_dns_rebinding_protection=not self.public,
            allowed_hosts=names,
            allowed_origins=[f"http://{name}" for name in names],
        )

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server.

        A public one may go by any name: it asks for a password, which another site's page does not know.
        """
        if self.public:
            return bool(host)
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        return name in (*_LOCAL_NAMES, self._bracketed)


class HostCheck:
    """Middleware: refuses requests to another host, and those that another site's page makes."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # there is none; a browser would not ask before it connects
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not self._hosts.knows(host):
            await refuse(send, 421, f"the host {host[:80]!r} is not served here; expected {LOOPBACK} or localhost")
        elif _is_foreign(scope, headers, self._own(scope, host)):
            await refuse(send, 403, "the request comes from another site's page; expected this server's own, or none")
        else:
            await self._app(scope, receive, send)

    def _own(self, scope: Scope, host: str) -> tuple[str, ...]:
        """Return the origins that this server's own page may have; before a public one a proxy may speak TLS."""
        return tuple(f"{scheme}://{host}" for scheme in {scope["scheme"], *(["https"] if self._hosts.public else [])})


def _is_foreign(scope: Scope, headers: Headers, own: tuple[str, ...]) -> bool:
    """Whether a page of an origin not its `own` makes the request; following a link to the page is nobody's."""
    if (origin := headers.get("origin")) is not None:
        return origin not in own
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return not (scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate")
