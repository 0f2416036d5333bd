"""The server, running: every check around the app, until Ctrl-C."""

import logging
import signal
from collections.abc import Callable
from pathlib import Path
from socket import socket

import uvicorn
from starlette.types import ASGIApp

from .gate import Gate
from .headers import SafeHeaders
from .hosts import HostCheck, Hosts
from .password import PasswordCheck

_PATIENCE = 1  # seconds that open streams are waited for at the end
_MOST_AT_ONCE = 500  # connections; beyond them the answer is 503


def guarded(app: ASGIApp, hosts: Hosts, password: str | None, files: Path) -> ASGIApp:
    """Return an app behind every check, the outermost first: headers, host and origin, password, open routes.

    Args:
        files: the folder of what was uploaded and of what the page offers to download.
    """
    app = Gate(app, files)
    if password is not None:
        app = PasswordCheck(app, password)
    return SafeHeaders(HostCheck(app, hosts))


def run(app: ASGIApp, hosts: Hosts, port: int, up: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `up` is called once requests are answered."""
    server = _Server(
        uvicorn.Config(
            app,
            host=hosts.address,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # who is told apart by a header that anybody can send is nobody
            ws="none",
            limit_concurrency=_MOST_AT_ONCE,
            timeout_graceful_shutdown=_PATIENCE,
        )
    )
    server.up = up
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, with nothing left behind
    try:
        server.run()
    except KeyboardInterrupt:
        return


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a line of uvicorn's is worth saying: not its advice on WebSockets, of which there are none here."""
    return not record.getMessage().startswith(("Unsupported upgrade", "No supported WebSocket"))


class _Server(uvicorn.Server):
    up: Callable[[], None]

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.up()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        # Pages that are open hold a stream each, which is cut: no error that anybody need read of.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
