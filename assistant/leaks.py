"""`Secrets`: what an LLM, or its server, was given and must not say."""

import re

from .prompts import REFUSAL, SYSTEM, fence

_WORDS = 6  # of the system prompt in a row
_PIECE = 8  # characters of a fence, or of a key, in a row
_REAL_KEY = 12  # characters; a key that is shorter, or has no digit, is a word such as "none" for a local server


class Secrets:
    """The key of a model's server, a prompt's fence and the system prompt."""

    def __init__(self, prompt: str, key: str | None = None, system: str = SYSTEM) -> None:
        """Keep the secrets of one call: `prompt` is what was sent under the system prompt."""
        key = _squashed(key or "")
        is_real = len(key) >= _REAL_KEY and any(c.isdigit() for c in key)
        self._key = _pieces(key) if is_real else set()
        self._fence = _pieces(fence(prompt))
        self._system = _runs(system.replace(REFUSAL, ""))  # which it is told to say

    def told_by(self, text: str) -> str | None:
        """Return what a text gives away, in words for a person, or None.

        Letters and digits alone are compared, so that blanks and signs between them hide nothing. A secret that
        is encoded or translated is not found.
        """
        squashed = _squashed(text)
        if any(piece in squashed for piece in self._key):
            return "the key of its server"
        if any(piece in squashed for piece in self._fence) or self._system & _runs(text):
            return "its own prompt"
        return None


def _squashed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _pieces(secret: str) -> set[str]:
    return {secret[i : i + _PIECE] for i in range(len(secret) - _PIECE + 1)}


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + _WORDS]) for i in range(len(words) - _WORDS + 1)}
