"""LLMs, through llama-index. Nothing is imported until a model is configured and used."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.errors import FootnoteError, InputError
from ingest.links import is_web_link
from ingest.text import fold

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_TIMEOUT = 60.0  # seconds for a whole answer


class ModelFailed(FootnoteError):
    """The configured LLM gave no answer; the message says which and why."""


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """A model on a server that speaks the OpenAI protocol: llama-server, vLLM, LM Studio, hosted ones."""

    model: str
    url: str

    @classmethod
    def parse(cls, text: str) -> "ModelAddress":
        """Read MODEL@URL.

        Raises:
            InputError: it is something else.
        """
        model, at, url = text.rpartition("@")
        if not at or not model or not is_web_link(url):
            raise InputError(f"LLM {text!r}; expected MODEL@URL, such as qwen2.5-3b@http://127.0.0.1:8080/v1")
        return cls(model, url)

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine, so that nothing leaves it."""
        return urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1")

    def connect(self) -> "LLM":
        """Return the llama-index LLM for this address; the key, if any, is FOOTNOTE_LLM_KEY."""
        from llama_index.llms.openai_like import OpenAILike

        llm: LLM = OpenAILike(
            model=self.model,
            api_base=self.url,
            api_key=os.environ.get("FOOTNOTE_LLM_KEY", "none"),
            is_chat_model=True,
            temperature=0.0,
            max_retries=1,
            timeout=_TIMEOUT,
        )
        return llm


@dataclass(frozen=True, slots=True)
class Completion:
    """What an LLM wrote, and the tokens it counted (0 where the server does not say)."""

    text: str
    prompt_tokens: int
    completion_tokens: int


def complete(llm: "LLM", system: str, prompt: str) -> Completion:
    """Ask an LLM once.

    Raises:
        ModelFailed: the server cannot be reached, refuses, or answers nothing.
    """
    from llama_index.core.llms import ChatMessage, MessageRole
    from openai import OpenAIError

    messages = [
        ChatMessage(role=MessageRole.SYSTEM, content=system),
        ChatMessage(role=MessageRole.USER, content=prompt),
    ]
    try:
        response = llm.chat(messages)
    # Integrations raise their client's errors, and these for answers they cannot read.
    except (OpenAIError, OSError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        first_line = fold((str(error).strip() or type(error).__name__).splitlines()[0])
        raise ModelFailed(f"the LLM gave no answer ({first_line[:200]})") from error
    # A model's text is shown in terminals: control characters other than line ends are not text.
    text = "".join(c for c in response.message.content or "" if c.isprintable() or c == "\n").strip()
    if not text:
        raise ModelFailed("the LLM gave an empty answer")
    usage = response.additional_kwargs
    return Completion(text, int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0)))
