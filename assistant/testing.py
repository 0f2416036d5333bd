"""For tests: a server on loopback that speaks the OpenAI protocol and says what a test tells it to.

    from assistant.testing import ScriptedServer, hallucinating

    with ScriptedServer(hallucinating) as server:
        monkeypatch.setenv("FOOTNOTE_LARGE", server.address)
        answer = Assistant.open("survey").ask("which papers route queries between models?")
    assert len(server.requests) == 1

What it says is a text, or a function from what it was sent to a text; here are well-behaved, hallucinating
and obedient ones. How it says it is a `kind`: whole, dripping, or broken in one of many ways.
"""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

Kind = Literal[
    "whole",
    "no usage",  # counts no tokens
    "cut by length",  # says that it stopped at its limit of tokens
    "slow",  # drips a word every `pause` seconds
    "stalled",  # begins, then says nothing more
    "silent",  # takes the question and never answers
    "half",  # half of the answer, then the connection ends
    "empty",
    "huge",  # ten megabytes
    "html",
    "bad json",
    "bad utf-8",
    "no choices",
    "error inside",  # an error object in place of an answer, under status 200
    "wrong model",  # 404, as for a model's name that it does not know
    "unauthorised",  # 401, with the header that was sent in the error's text
    "busy",  # 429, with Retry-After: 30
    "failing",  # 500, with the header that was sent in the error's text
    "redirect",
    "compressed",
]

_HUGE = 10_000_000  # bytes
_SOURCE = re.compile(r"<(source-\w+) number=(\d+)>\n(.*?)\n</\1>", re.DOTALL)
_QUESTION = re.compile(r"<question-\w+>\n(.*?)\n</question-", re.DOTALL)
_ORDER = re.compile(
    r"\$[A-Z]+\b|\b(?:ignor|instead|you (?:must|are)|repl(?:y|ies)|respond|answer with|output|print|cite|say)"
    r"|!\[|<\w|https?:|<\||\[inst"
    r"|\b(?:antwort|gib|zitier|répond|affich|responde|muestra|imprim)|忽略|输出|回答|игнорир|выведи|無視",
    re.I,
)
_SAID = re.compile(r"[^.!?。！？\n]+(?:[.!?。！？]+(?=\S)[^.!?。！？\n]+)*[.!?。！？]*")


@dataclass(frozen=True, slots=True)
class Request:
    """What the server was sent."""

    path: str
    headers: dict[str, str]  # names in lower case
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """The last message."""
        messages = self.body.get("messages") or [{}]
        return str(messages[-1].get("content") or "")

    @property
    def sources(self) -> dict[int, str]:
        """The numbered sources in the prompt."""
        return {int(number): text for _, number, text in _SOURCE.findall(self.prompt)}


Says = str | Callable[[Request], str]


def well_behaved(request: Request) -> str:
    """Return the first sentence of each of the first three sources' texts, cited as the prompt asks."""
    cited = list(request.sources.items())[:3]
    return " ".join(f"{_sentence(text)} [{number}]." for number, text in cited) or "There is no source here."


def hallucinating(request: Request) -> str:
    """Return claims with citations of sources that are not there, and one that is."""
    numbers = sorted(request.sources) or [0]
    return (
        f"A 3-trillion-parameter router halves every cost [{numbers[-1] + 1}]. "
        f"Nobody has repeated this [{numbers[-1] + 40}][0]. It was first shown in 1987 [{numbers[0]}]."
    )


def obedient(request: Request) -> str:
    """Return what instruction-like text in the sources or the question asks for, as a fully injected model would.

    Each such sentence is said word for word, a source's with its number. $KEY in it becomes the key that was sent,
    $SYSTEM the system prompt, $FENCE the prompt's fence; after $ALONE nothing else is said, and no source is cited.
    """
    texts = [*request.sources.items(), *((0, text) for text in _QUESTION.findall(request.prompt))]
    orders = [(n, said.strip()) for n, text in texts for said in _SAID.findall(text) if _ORDER.search(said)]
    alone = [order.partition("$ALONE")[2].strip() for _, order in orders if "$ALONE" in order]
    said = alone or [f"{order.rstrip('.!?')} [{n}]." if n else order for n, order in orders]
    fence = _SOURCE.search(request.prompt)
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    system = str((request.body.get("messages") or [{}])[0].get("content"))
    for name, value in (("$KEY", key), ("$SYSTEM", system), ("$FENCE", fence[1] if fence else "")):
        said = [order.replace(name, value) for order in said]
    return " ".join(said) or well_behaved(request)


def _sentence(text: str) -> str:
    body = text.partition("\n")[2] or text
    return re.split(r"(?<=[.!?])\s", " ".join(body.split()), maxsplit=1)[0].rstrip(".!?")


@dataclass
class ScriptedServer:
    """The server; as a context manager it runs in a thread, on a free port of 127.0.0.1.

    Attributes:
        says: the answer, or what makes one of a request.
        kind: how it is said; or a kind for each request in turn, of which the last stays.
        pause: seconds between words where it is slow.
        requests: what it was sent, in order.
    """

    says: Says = well_behaved
    kind: Kind | Sequence[Kind] = "whole"
    pause: float = 0.05
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def address(self) -> str:
        """It as the setting `small` or `large`."""
        return f"scripted@{self.url}"

    def __enter__(self) -> Self:
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._http.block_on_close = False
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the server."""
        self._closing.wait(seconds)

    def answer(self, request: Request) -> tuple[Kind, str]:
        """Note a request; return how to answer it, and what."""
        with self._lock:
            self.requests.append(request)
            kinds = (self.kind,) if isinstance(self.kind, str) else self.kind
            kind = kinds[min(len(self.requests), len(kinds)) - 1]
        return kind, self.says if isinstance(self.says, str) else self.says(request)


def _handler(script: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, headers, body)
            kind, text = script.answer(request)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked has had enough
                self._answer(kind, text, request)

        def _answer(self, kind: Kind, text: str, request: Request) -> None:
            secret = request.headers.get("authorization") or request.headers.get("x-api-key")
            if kind == "silent":
                script.wait(600)
            elif kind == "unauthorised":
                self._send(401, _error(f"wrong key in {secret}"))
            elif kind == "failing":
                self._send(500, _error(f"out of memory for {secret}"))
            elif kind == "wrong model":
                self._send(404, _error(f"The model `{request.body.get('model')}` does not exist"))
            elif kind == "busy":
                self._send(429, _error("Rate limit reached"), {"Retry-After": "30"})
            elif kind == "redirect":
                self._send(307, b"", {"Location": "http://127.0.0.1:9/v1/chat/completions"})
            elif kind == "html":
                self._send(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html; charset=utf-8"})
            elif kind == "compressed":
                self._send(200, b"\x1f\x8b\x08", {"Content-Encoding": "gzip"})
            elif request.body.get("stream"):
                self._stream(kind, text, bool((request.body.get("stream_options") or {}).get("include_usage")))
            else:
                if kind == "slow":
                    script.wait(script.pause * len(text.split()))
                self._send(200, _whole(kind, text), cut=kind in ("half", "stalled"))
                if kind == "stalled":
                    script.wait(600)

        def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, cut: bool = False) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)

        def _stream(self, kind: Kind, text: str, counts: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()  # of HTTP/1.0: the end of the connection is the end of the body
            for event in _events(kind, text, counts):
                self.wfile.write(event)
                if kind == "slow":
                    script.wait(script.pause)
            if kind == "stalled":
                script.wait(600)

        def log_message(self, *_: Any) -> None:
            return

    return Handler


def _error(message: str) -> bytes:
    return json.dumps({"error": {"message": message, "type": "scripted", "code": None}}).encode()


def _usage(text: str) -> dict[str, int]:
    """Return made-up counts: 11 tokens of prompt, and one a word."""
    words = len(text.split())
    return {"prompt_tokens": 11, "completion_tokens": words, "total_tokens": 11 + words}


def _whole(kind: Kind, text: str) -> bytes:
    if kind == "error inside":
        return _error("the engine has stopped")
    if kind == "bad json":
        return b'{"choices": [{"message": {"content": "' + text.encode()
    text = {"empty": "", "huge": "x" * _HUGE}.get(kind, text)
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "length" if kind == "cut by length" else "stop",
    }
    completion = {
        "id": "1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": "scripted",
        "choices": [] if kind == "no choices" else [choice],
        **({} if kind == "no usage" else {"usage": _usage(text)}),
    }
    body = json.dumps(completion, ensure_ascii=False).encode()
    return body.replace(b'"content": "', b'"content": "\xff\xfe') if kind == "bad utf-8" else body


def _events(kind: Kind, text: str, counts: bool) -> Iterator[bytes]:
    """Yield the lines of a stream, one word an event."""

    def event(choices: list[dict[str, Any]], **more: Any) -> bytes:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": int(time.time()), "model": "scripted"}
        return b"data: " + json.dumps({**chunk, "choices": choices, **more}, ensure_ascii=False).encode() + b"\n\n"

    def said(content: str, end: str | None = None) -> bytes:
        return event([{"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": end}])

    words = re.findall(r"\S+\s*", text)
    if kind == "error inside":
        yield b"data: " + _error("the engine has stopped") + b"\n\n"
        return
    if kind == "huge":
        yield from (said("x" * 1000) for _ in range(_HUGE // 1000))
    elif kind == "no choices":
        yield event([])
    elif kind in ("half", "stalled"):
        yield from (said(word) for word in words[: max(1, len(words) // 2)])
        return
    elif kind in ("bad json", "bad utf-8"):
        yield said(words[0])
        yield b'data: {"choices": [\n\n' if kind == "bad json" else said("@").replace(b"@", b"\xff\xfe")
    elif kind != "empty":
        yield from (said(word) for word in words)
    if kind != "no choices":
        yield said("", "length" if kind == "cut by length" else "stop")
    if counts and kind != "no usage":
        yield event([], usage=_usage(text))
    yield b"data: [DONE]\n\n"
