"""Calls that the page's own script makes: JSON in, JSON out, past Gradio's queue, which costs more than a search."""

from collections.abc import Callable, Mapping
from typing import Any

from gradio.events import api

from ingest.errors import FootnoteError, InputError

Asked = Mapping[str, Any]
Reply = dict[str, Any]

_LONGEST_LIST = 20_000


def answer(name: str, handler: Callable[[Asked], Reply]) -> None:
    """Let the script call `handler` as `footnote.call(name, asked)`; an error's line goes back as {"error"}."""

    def call(asked: dict[str, Any]) -> dict[str, Any]:
        try:
            return handler(asked if isinstance(asked, dict) else {})
        except FootnoteError as error:
            return {"error": str(error)}

    api(call, api_name=f"page_{name}", queue=False, api_visibility="undocumented")


def words(asked: Asked, name: str) -> str:
    """Return a text of the call, "" if it is not there.

    Raises:
        InputError: it is no text.
    """
    value = asked.get(name) or ""
    if not isinstance(value, str):
        raise InputError(f"{name} {value!r}; expected a text")
    return value


def number(asked: Asked, name: str, least: int, most: int) -> int:
    """Return a whole number of the call, brought within bounds; `least` if it is not there.

    Raises:
        InputError: it is no whole number.
    """
    value = asked.get(name, least)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name} {value!r}; expected a whole number")
    return max(least, min(value, most))


def texts(asked: Asked, name: str) -> list[str]:
    """Return a list of texts of the call.

    Raises:
        InputError: it is none, or too long.
    """
    value = asked.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or len(value) > _LONGEST_LIST:
        raise InputError(f"{name} is no list of at most {_LONGEST_LIST:,} texts")
    return value
