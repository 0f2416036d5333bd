"""`Model`: an LLM that a person has configured, connected at its first question."""

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ingest.errors import InputError

from ..settings import Settings
from .address import Address
from .engines import Engine, check_extra, connect
from .keys import read_key, variable

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

Role = Literal["small", "large"]
"""`small`: cheap, asked first. `large`: asked where the small one does not do."""

MOST_TOKENS = 1000  # of an answer, which is two to eight sentences

_PRICE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)(?:\s+([A-Z]{3}))?")


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, as the person who pays says: of a prompt, and of a completion."""

    prompt: float
    completion: float
    currency: str = "USD"

    @classmethod
    def parse(cls, text: str) -> "Price":
        """Read PROMPT/COMPLETION, such as 0.15/0.60, and a currency's three letters if it is not USD.

        Raises:
            InputError: it is something else.
        """
        found = _PRICE.fullmatch(text.strip())
        if not found:
            raise InputError(
                f"price {text!r}; expected that of a million tokens, prompt/completion: 0.15/0.60 or 3/15 EUR"
            )
        return cls(float(found[1]), float(found[2]), found[3] or "USD")

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Return what so many tokens cost."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6


class Model:
    """An LLM, its price, and whether it runs on this machine.

    Attributes:
        name: the model and where it runs, as a person is told.
    """

    def __init__(
        self, address: Address, key: str | None = None, price: Price | None = None, role: Role = "small"
    ) -> None:
        """Take an address; nothing is imported, connected or loaded yet.

        Raises:
            InputError: what this kind of model needs is not installed.
        """
        check_extra(address.kind)
        self.address: Address | None = address
        self.price = price
        self.is_local = address.is_local
        self.name = f"{address.model} in this process" if address.url is None else f"{address.model} at {address.host}"
        self._key = key
        self._variable = variable(role)
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, llm: "LLM", price: Price | None = None) -> "Model":
        """Return any llama-index LLM as a model. Where it runs is not known, so it does not count as local."""
        model = cls.__new__(cls)
        model.address, model.price, model.is_local = None, price, False
        model.name = llm.metadata.model_name
        model._key, model._variable = None, ""
        # Another's integration: nobody can name its errors.
        model._engine, model._lock = Engine(llm, (Exception,)), threading.Lock()
        return model

    @property
    def takes_grammar(self) -> bool:
        """Whether it can be held to a grammar: llama.cpp in this process can."""
        return self.address is not None and self.address.kind == "gguf"

    @property
    def key(self) -> str | None:
        """Its key, to look for in what a server sends, never to be shown."""
        return self._key

    def engine(self) -> Engine:
        """Return the llama-index LLM, made at the first call; a GGUF file is loaded then.

        Raises:
            Failure: a GGUF file cannot be loaded.
        """
        with self._lock:
            if self._engine is None:
                assert self.address is not None
                self._engine = connect(self.address, self._key, self._variable, MOST_TOKENS)
            return self._engine

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What its integration raises for a server's faults; none before it is connected."""
        return self._engine.errors if self._engine else ()

    def to_dict(self) -> dict[str, Any]:
        return {"model": str(self.address or self.name), "local": self.is_local}

    def __repr__(self) -> str:
        return f"Model({self.name!r})"


def open_model(role: Role, settings: Settings) -> Model | None:
    """Return the model that is configured for a role, or None. Nothing is connected yet.

    Raises:
        InputError: its address, key or price cannot be used, what it needs is not installed, or it is not
            on this machine and `local_only` is on.
    """
    text = getattr(settings, role)
    if text is None:
        return None
    address = Address.parse(text)
    if settings.local_only and not address.is_local:
        raise InputError(
            f"the {role} model {address} is not on this machine, and local_only is on; to allow it: "
            "footnote config local_only off"
        )
    price = getattr(settings, f"{role}_price")
    return Model(address, read_key(role), Price.parse(price) if price else None, role)
