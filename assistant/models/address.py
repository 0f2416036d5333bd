"""`Address`: which LLM, and where it runs."""

import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from ingest.errors import InputError

Kind = Literal["openai", "ollama", "anthropic", "gguf"]
"""`openai`: any server that speaks the OpenAI protocol. `gguf`: a file, run in this process by llama.cpp."""

_FORMS = "MODEL@URL, ollama/MODEL, anthropic/MODEL or a .gguf file"
_OLLAMA_PORT = 11434
_AT_A_SERVER = re.compile(r"(.+?)@([A-Za-z][A-Za-z0-9+.-]*://.*)")


@dataclass(frozen=True, slots=True)
class Address:
    """A model's name (for `gguf` its path) and the base URL of its server, None where there is none."""

    kind: Kind
    model: str
    url: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read MODEL@URL, ollama/MODEL, anthropic/MODEL, or the path of a .gguf file.

        Ollama and Anthropic are looked for where OLLAMA_HOST and ANTHROPIC_BASE_URL say, as their own
        clients do.

        Raises:
            InputError: it is none of these, or its URL carries more than a server and a path.
        """
        if "://" in text:  # first of all: a server may call its models ollama/... or anthropic/...
            found = _AT_A_SERVER.fullmatch(text.strip())
            if not found:  # not quoted: a URL may hold a key
                raise InputError("the LLM's address names no model; expected MODEL@URL")
            return cls("openai", found[1], _server(found[2]))
        service, slash, model = text.strip().partition("/")
        if slash and model and service == "ollama":
            return cls("ollama", model, _ollama())
        if slash and model and service == "anthropic":
            return cls("anthropic", model, _server(os.environ.get("ANTHROPIC_BASE_URL") or "https://api.anthropic.com"))
        if text.strip().lower().endswith(".gguf"):
            path = Path(text.strip()).expanduser()
            if not path.is_file():
                raise InputError(f"no file {path} here; expected a GGUF model, or another of {_FORMS}")
            return cls("gguf", str(path.resolve()))
        raise InputError(f"LLM {text!r}; expected {_FORMS}, such as qwen2.5-3b@http://127.0.0.1:8080/v1")

    @property
    def is_local(self) -> bool:
        """Whether the model runs on this machine, so that nothing leaves it.

        A name is trusted only where it cannot mean another machine: localhost, or a loopback address.
        """
        if self.url is None:
            return True
        if self.kind == "ollama" and self.model.endswith(("-cloud", ":cloud")):
            return False  # Ollama itself sends these to its own service
        return _is_loopback(urlsplit(self.url).hostname or "")

    @property
    def host(self) -> str:
        """The server's name and port, or "this process"."""
        return urlsplit(self.url).netloc if self.url else "this process"

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        if self.kind == "openai":
            return f"{self.model}@{self.url}"
        return self.model if self.kind == "gguf" else f"{self.kind}/{self.model}"


def _server(url: str) -> str:
    """Check a base URL and return it without a slash at its end."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError("what follows the @ is no server's address; expected such as http://127.0.0.1:8080/v1")
    if parts.username is not None or parts.query or parts.fragment:
        # Not quoted: what stands there is most likely a key.
        raise InputError(
            f"the address of the server {parts.hostname} holds a name, a key or a query; expected a plain one, such as "
            "https://api.example.org/v1, and the key in FOOTNOTE_SMALL_KEY or FOOTNOTE_LARGE_KEY"
        )
    return url.rstrip("/")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is no number
    except ValueError:
        return None
    return parts if url.isprintable() and " " not in url else None


def _ollama() -> str:
    """Return where Ollama listens. OLLAMA_HOST may be a host, a host and a port, or a URL."""
    given = os.environ.get("OLLAMA_HOST") or "127.0.0.1"
    url = _server(given if "://" in given else f"http://{given}")
    parts = urlsplit(url)
    host = "127.0.0.1" if parts.hostname == "0.0.0.0" else parts.hostname or ""  # what a server listens on
    port = parts.port or (_OLLAMA_PORT if "://" not in given else 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
