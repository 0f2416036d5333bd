"""An address becomes a llama-index LLM. Each integration is imported when its kind is first asked."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ingest.errors import InputError

from .address import Address, Kind
from .wire import client_options

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_NO_KEY = "none"  # what the libraries are given: the key itself is added on the wire

_EXTRAS: dict[Kind, tuple[str, str]] = {
    "ollama": ("ollama", "llama-index-llms-ollama"),
    "anthropic": ("anthropic", "llama-index-llms-anthropic 'anthropic<1'"),
    "gguf": ("xllamacpp", "xllamacpp"),
}
"""For each kind that is an extra: a module that it needs, and the package to install."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A llama-index LLM, and what is particular to its integration.

    Attributes:
        errors: what it raises for a server's faults.
        streaming: arguments of `stream_chat` alone.
        constrained: returns the arguments that hold it to a grammar; None where it knows none.
        ended: returns why the answer ends with this response ("stop", "length", ...), None where it does
            not end; is itself None where an integration does not say.
    """

    llm: "LLM"
    errors: tuple[type[Exception], ...] = ()
    streaming: dict[str, Any] = field(default_factory=dict)
    constrained: Callable[[str], dict[str, Any]] | None = None
    ended: Callable[[Any], str | None] | None = None


def check_extra(kind: Kind) -> None:
    """Find out, without importing it, whether what a kind of model needs is installed.

    Raises:
        InputError: it is not; the message is the command that installs it.
    """
    module, package = _EXTRAS.get(kind, ("sys", ""))
    if importlib.util.find_spec(module) is None:
        raise InputError(
            f"{kind} models need a package that is not installed: {sys.executable} -m pip install {package}"
        )


def connect(address: Address, key: str | None, variable: str, most_tokens: int) -> Engine:
    """Return the engine for an address. No connection is made; a GGUF file is loaded.

    Args:
        variable: the environment variable that holds the key, for a message.
        most_tokens: of an answer.

    Raises:
        InputError: an extra is missing.
        Failure: the file cannot be loaded.
    """
    check_extra(address.kind)
    if address.kind == "ollama":
        return _ollama(address, client_options(address, key, variable), most_tokens)
    if address.kind == "anthropic":
        return _anthropic(address, client_options(address, key, variable), most_tokens)
    if address.kind == "openai":
        return _openai(address, client_options(address, key, variable), most_tokens)
    from .llamacpp import serve

    served = serve(address.model)
    inside = Address("openai", "local", served.url)
    engine = _openai(inside, client_options(inside, served.key, variable), most_tokens)
    return replace(engine, constrained=_constrained)


def _constrained(grammar: str) -> dict[str, Any]:
    return {"extra_body": {"grammar": grammar, "max_tokens": -1}}  # the grammar comes to an end by itself


def _openai(address: Address, client: dict[str, Any], most_tokens: int) -> Engine:
    from llama_index.llms.openai_like import OpenAILike
    from openai import DefaultHttpxClient, OpenAIError

    llm: LLM = OpenAILike(
        model=address.model,
        api_base=address.url,
        api_key=_NO_KEY,
        is_chat_model=True,
        temperature=0.0,
        max_tokens=most_tokens,
        max_retries=0,
        http_client=DefaultHttpxClient(**client),
    )

    def ended(raw: Any) -> str | None:
        choices = getattr(raw, "choices", None)
        return choices[0].finish_reason if choices else None

    return Engine(llm, (OpenAIError,), {"stream_options": {"include_usage": True}}, None, ended)


def _ollama(address: Address, client: dict[str, Any], most_tokens: int) -> Engine:
    from llama_index.llms.ollama import Ollama
    from ollama import Client, RequestError, ResponseError

    llm: LLM = Ollama(
        model=address.model,
        base_url=address.url or "",
        temperature=0.0,
        context_window=8192,  # else it asks the server, and takes the model's maximum
        additional_kwargs={"num_predict": most_tokens},
        client=Client(host=address.url, **client),
    )
    return Engine(llm, (RequestError, ResponseError), ended=lambda raw: raw.get("done_reason") or None)


def _anthropic(address: Address, client: dict[str, Any], most_tokens: int) -> Engine:
    import anthropic
    from llama_index.core.llms import LLMMetadata
    from llama_index.llms.anthropic import Anthropic

    class AnyClaude(Anthropic):
        """The integration refuses models that are newer than itself; the service knows best."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(is_chat_model=True, model_name=self.model)

    claude: Any = AnyClaude
    llm = claude(
        model=address.model,
        base_url=address.url,
        api_key=_NO_KEY,
        temperature=0.0,
        max_tokens=most_tokens,
        max_retries=0,
    )
    # The integration takes no HTTP client.
    llm._client = anthropic.Anthropic(
        base_url=address.url, api_key=_NO_KEY, max_retries=0, http_client=anthropic.DefaultHttpxClient(**client)
    )

    def ended(raw: Any) -> str | None:
        return raw.get("stop_reason") or getattr(raw.get("delta"), "stop_reason", None)

    return Engine(llm, (anthropic.AnthropicError,), ended=ended)
