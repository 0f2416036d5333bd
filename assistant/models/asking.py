"""Ask a model: `stream` gives the answer while it is written, `complete` the whole."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.errors import FootnoteError
from ingest.invisible import unfinished, visible

from .failure import Failure, ModelFailed, explain
from .grammar import whole_sentences
from .model import Model
from .wire import Call

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage

DEADLINE = 60.0  # seconds for a whole answer
_MOST_CHARACTERS = 32_000
_CHARACTERS_A_TOKEN = 4  # about, in English

# What integrations raise, besides their clients' own errors, for answers that they cannot read.
_UNREADABLE = (OSError, ValueError, TypeError, AttributeError, IndexError, KeyError, RuntimeError, Failure)


@dataclass(frozen=True, slots=True)
class Completion:
    """What an LLM wrote, and what it took.

    Attributes:
        model: its name and where it runs.
        estimated: the server counted no tokens, so these are a guess: four characters each.
        money: None where no price is set; `currency` likewise.
        is_whole: False where the model stopped at the limit of tokens, or was stopped. Of what a grammar held, the
            sentence that was cut is left out.
    """

    text: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    estimated: bool
    seconds: float
    money: float | None
    currency: str | None
    is_whole: bool

    def cost(self) -> dict[str, Any]:
        """Return what it took, for JSON; `tokens_estimated` and `money` only where there is something to say."""
        cost: dict[str, Any] = {
            "model": self.model,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
        }
        if self.estimated:
            cost["tokens_estimated"] = True
        if self.money is not None:
            cost |= {"money": round(self.money, 8), "currency": self.currency}
        return cost


@dataclass(frozen=True, slots=True)
class _Piece:
    """What came at once: some text, and whatever else is known by then."""

    text: str
    tokens: tuple[int, int] | None
    ended: str | None


@dataclass(frozen=True, slots=True)
class _End:
    """Nothing more comes: all is said, or an error was raised."""

    error: BaseException | None = None


def complete(
    model: Model, system: str, prompt: str, deadline: float = DEADLINE, grammar: str | None = None
) -> Completion:
    """Ask a model and wait for the whole answer; takes and raises what `stream` does."""
    with closing(Stream(model, system, prompt, deadline, grammar, streaming=False)) as answer:
        for _ in answer:
            pass
        return answer.completion


def stream(model: Model, system: str, prompt: str, deadline: float = DEADLINE, grammar: str | None = None) -> "Stream":
    """Ask a model and read the answer while it is written.

    Args:
        deadline: seconds for the whole answer, loading a model and connecting included.
        grammar: in GBNF; for a model that takes one.

    Raises:
        ModelFailed: while it is read: the server cannot be reached, refuses, sends something else than a
            whole answer, or is late; a GGUF file cannot be loaded. Pieces that came before are no answer.
    """
    return Stream(model, system, prompt, deadline, grammar, streaming=True)


class Stream(Iterator[str]):
    """An answer while it is written: iterate over its pieces, then read `completion`.

    A thread of its own talks to the model, so that no client's waiting outlasts the deadline. `close`
    ends it early, as does letting it go.
    """

    def __init__(
        self, model: Model, system: str, prompt: str, deadline: float, grammar: str | None, *, streaming: bool
    ) -> None:
        self._call = Call(deadline)
        self._is_stopped = False
        if grammar is not None and not model.takes_grammar:
            raise ValueError(f"{model.name} takes no grammar")
        self._model = model
        self._is_held = grammar is not None
        self._asked = len(system) + len(prompt)  # characters
        self._started = time.perf_counter()
        self._pieces: queue.SimpleQueue[_Piece | _End] = queue.SimpleQueue()
        self._text = ""
        self._held = ""  # the beginning of an escape sequence, of which the rest may come
        self._tokens: tuple[int, int] | None = None
        self._ended: str | None = None
        self._completion: Completion | None = None
        arguments = (model, system, prompt, grammar, streaming, self._call, self._pieces)
        threading.Thread(target=_ask, args=arguments, name="footnote-model", daemon=True).start()

    def __next__(self) -> str:
        """Return the next piece, never empty."""
        while self._completion is None and (self._is_stopped or not self._call.over):
            try:
                item = self._pieces.get(timeout=self._call.left())
            except queue.Empty:
                late = "its answer was not whole after" if self._text else "nothing came in"
                raise self._failed(f"{late} {self._call.seconds:g} s") from None
            if isinstance(item, _End) or self._is_stopped:
                self._finish(item if isinstance(item, _End) else _End())
                break
            self._tokens = item.tokens or self._tokens
            self._ended = item.ended or self._ended
            text = self._shown(item.text)
            text = text if self._text else text.lstrip()
            if len(self._text) + len(text) > _MOST_CHARACTERS:
                raise self._failed(f"its answer goes on beyond {_MOST_CHARACTERS} characters")
            if text:
                self._text += text
                return text
        raise StopIteration

    @property
    def completion(self) -> Completion:
        """The whole answer and what it took.

        Raises:
            ValueError: it has not been read to its end.
        """
        if self._completion is None:
            raise ValueError("the answer has not been read to its end")
        return self._completion

    def close(self) -> None:
        """Stop the model."""
        self._call.hang_up()

    def stop(self) -> None:
        """Stop the model, from any thread, and take what has come for the answer; it may be empty."""
        self._is_stopped = True
        self.close()
        self._pieces.put(_End())  # wakes who waits for a piece

    def __del__(self) -> None:
        self.close()

    def _shown(self, piece: str) -> str:
        """Return what can be shown of all that has come and was not: a sequence may be cut between two pieces."""
        text = self._held + piece
        end = unfinished(text)
        self._held = text[end:]
        return visible(text[:end])

    def _failed(self, why: str) -> ModelFailed:
        self.close()
        return ModelFailed(f"{self._model.name} gave no answer: {why}")

    def _finish(self, end: _End) -> None:
        if end.error is not None and not self._is_stopped:
            self._raise(end.error)
        text = (self._text + visible(self._held)).strip()
        is_whole = not self._is_stopped and self._ended not in ("length", "max_tokens")
        if self._is_held and not is_whole:
            text = whole_sentences(text)
        if not self._is_stopped:
            if not text:
                raise self._failed("what came is empty")
            if self._model.engine().ended is not None and self._ended is None:
                raise self._failed("it broke off in the middle")
        tokens = self._tokens or (self._asked // _CHARACTERS_A_TOKEN, len(text) // _CHARACTERS_A_TOKEN)
        price = self._model.price
        self._completion = Completion(
            text=text,
            model=self._model.name,
            prompt_tokens=tokens[0],
            completion_tokens=tokens[1],
            estimated=self._tokens is None,
            seconds=time.perf_counter() - self._started,
            money=price.of(*tokens) if price else None,
            currency=price.currency if price else None,
            is_whole=is_whole,
        )
        self.close()

    def _raise(self, error: BaseException) -> None:
        if isinstance(error, FootnoteError):
            raise error
        if isinstance(error, (*self._model.errors, *_UNREADABLE)) or _is_named(error):
            why = explain(error, self._model.key)
            # Not `from error`: a traceback would show what a server sent.
            raise self._failed(why if not self._text else f"it broke off ({why})") from None
        raise error


def _ask(
    model: Model,
    system: str,
    prompt: str,
    grammar: str | None,
    streaming: bool,
    call: Call,
    pieces: "queue.SimpleQueue[_Piece | _End]",
) -> None:
    """Run in a thread: put what the model says into a queue, then the end of it."""
    if not call.left():
        return  # the question comes too late to be sent
    try:
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=system),
            ChatMessage(role=MessageRole.USER, content=prompt),
        ]
        with call:
            for piece in _pieces(model, messages, grammar, streaming):
                pieces.put(piece)
                if call.over or not call.left():
                    return
        pieces.put(_End())
    except BaseException as error:  # noqa: BLE001 (handed to the thread that asks, which raises it)
        pieces.put(_End(error))


def _pieces(model: Model, messages: "list[ChatMessage]", grammar: str | None, streaming: bool) -> Iterator[_Piece]:
    engine = model.engine()
    arguments = engine.constrained(grammar) if grammar is not None and engine.constrained else {}
    if streaming:
        for response in engine.llm.stream_chat(messages, **engine.streaming, **arguments):
            yield _piece(engine.ended, response, response.delta)
    else:
        response = engine.llm.chat(messages, **arguments)
        yield _piece(engine.ended, response, response.message.content)


def _piece(ended: Any, response: Any, text: str | None) -> _Piece:
    return _Piece(text or "", _tokens(response), ended(response.raw) if ended else None)


def _tokens(response: Any) -> tuple[int, int] | None:
    """Return the tokens that a server counted. Each integration leaves the count in another place."""
    raw = response.raw if isinstance(response.raw, dict) else {}
    for place in (response.additional_kwargs, response.message.additional_kwargs.get("usage"), raw.get("usage")):
        usage = place if isinstance(place, dict) else getattr(place, "__dict__", {})
        for names in (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens")):
            prompt, completion = (usage.get(name) for name in names)
            if isinstance(prompt, int) and isinstance(completion, int) and prompt + completion > 0:
                return prompt, completion
    return None


def _is_named(error: BaseException) -> bool:
    """Whether an HTTP client raised it: httpx, or a library with its interface."""
    return any(kind.__name__ == "HTTPError" for kind in type(error).__mro__)
