"""The password that the server asks for on every route, where one is set."""

import base64
import binascii
import hmac
from asyncio import sleep

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from index.home import home
from ingest.errors import InputError

from ..models.keys import read_secret
from .refusal import refuse

VARIABLE = "FOOTNOTE_PASSWORD"
_SHORTEST = 12  # characters
_PAUSE = 1.0  # seconds after a wrong password


def read_password() -> str | None:
    """Return the password from the environment or from the file `password` beside the settings, None if none is set.

    Raises:
        InputError: others can read the file, or what is there cannot be a password. It is not shown.
    """
    place = home() / "password"
    password = read_secret(VARIABLE, place)
    if password is not None and len(password) < _SHORTEST:
        raise InputError(
            f"the password in {VARIABLE} or {place} has {len(password)} characters; expected at least {_SHORTEST}"
        )
    return password


class PasswordCheck:
    """Middleware: lets a request through that brings the password, as Basic (any user name) or as Bearer."""

    def __init__(self, app: ASGIApp, password: str) -> None:
        self._app = app
        self._password = password.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_known(Headers(scope=scope).get("authorization")):
            await self._app(scope, receive, send)
            return
        if "authorization" in Headers(scope=scope):
            await sleep(_PAUSE)
        challenge = (b"www-authenticate", b'Basic realm="Footnote", charset="UTF-8"')
        await refuse(send, 401, "the password is missing or wrong; expected it as Basic or Bearer", [challenge])

    def _is_known(self, authorization: str | None) -> bool:
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).decode("utf-8", "replace").partition(":")[2]
            except binascii.Error:
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given.strip().encode(), self._password)
