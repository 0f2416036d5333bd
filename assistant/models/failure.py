"""`ModelFailed`, and how the many errors of clients and servers become one clear line."""

import json
from collections.abc import Iterator

from ingest.errors import FootnoteError
from ingest.text import fold

_LONGEST = 200  # characters of another's words in a line of ours
_TELLTALE = 6  # characters of a key in a row that give it away


class ModelFailed(FootnoteError):
    """An LLM gave no whole answer; the message says which and why."""


class Failure(Exception):
    """What went wrong between us and a model: the second half of a `ModelFailed`."""


def explain(error: BaseException, key: str | None) -> str:
    """Say in one line what an error of a client means; nothing of `key` is in it."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, Failure):
            return str(link)
    kinds = {type(link).__name__ for link in chain}
    if any(kind.endswith(("Timeout", "TimeoutError")) for kind in kinds):
        return "nothing came in time"
    if "ConnectError" in kinds or any(isinstance(link, ConnectionRefusedError) for link in chain):
        why = next((link.strerror for link in reversed(chain) if isinstance(link, OSError) and link.strerror), None)
        return f"it cannot be reached ({(why or 'no connection').lower()}); is the server running?"
    if kinds & {"RemoteProtocolError", "ReadError", "WriteError", "IncompleteRead"}:
        return "the connection broke off"
    if any(isinstance(link, UnicodeDecodeError) for link in chain):
        return "what came is not UTF-8"
    if any(isinstance(link, json.JSONDecodeError) for link in chain):
        return "what came is not JSON"
    said = quoted(str(error), key) or type(error).__name__
    if isinstance(error, (TypeError, AttributeError, IndexError, KeyError)):
        return f"what came is no chat completion ({said})"
    return f"its answer cannot be used ({said})"


def refusal(status: int, body: bytes, retry_after: str | None, key: str | None, variable: str) -> str:
    """Say in one line what a server means by an HTTP status of 400 or more.

    Args:
        body: what it sent, or the beginning of that.
        retry_after: the header of that name.
        variable: the environment variable that holds the key.
    """
    if status in (401, 403):
        if key is None:
            return f"it asks for a key ({status}); set {variable}"
        return f"it refuses the key ({status}); expected a valid one in {variable}"
    said = quoted(_message(body), key)
    words = f"{status}: {said}" if said else str(status)
    if status == 429:
        wait = quoted(retry_after or "", key)[:40]
        asks = f"; it asks to wait {wait + ' s' if wait.isdigit() else 'until ' + wait}" if wait else ""
        return f"it is asked too much ({words}){asks}"
    if status == 404:
        return f"it has no such model or page ({words}); check the model's name and the address"
    return f"it failed ({words})" if status >= 500 else f"it refuses the question ({words})"


def quoted(text: str, key: str | None) -> str:
    """Return another's words on one line, short; nothing at all where a piece of the key is among them."""
    if key and any(key[i : i + _TELLTALE] in text for i in range(max(1, len(key) - _TELLTALE + 1))):
        return ""
    line = fold(text)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _message(body: bytes) -> str:
    """Return the message in a JSON error body, or nothing."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "detail"):
        while isinstance(value, dict) and name in value:
            value = value[name]
    return value if isinstance(value, str) else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those it came from."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
