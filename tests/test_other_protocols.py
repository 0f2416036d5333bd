"""Ollama and Anthropic, through their own integrations, against servers on loopback that speak as theirs do."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assistant.models import Address, Model, ModelFailed, Price, complete, stream

KEY = "sk-footnote-0123456789abcdef"
WORDS = ["Zooter ", "routes ", "[2]."]
TEXT = "".join(WORDS)

Event = dict[str, Any]


def ollama(body: dict[str, Any], cut: bool) -> bytes:
    def line(content: str, **more: Any) -> Event:
        return {
            "model": "m",
            "created_at": "2026-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": content},
            "done": False,
            **more,
        }

    last = {"done": True, "done_reason": "stop", "prompt_eval_count": 11, "eval_count": 3}
    lines = [*map(line, WORDS), line("", **last)] if body["stream"] else [line(TEXT, **last)]
    return "".join(json.dumps(event) + "\n" for event in (lines[:2] if cut else lines)).encode()


def anthropic(body: dict[str, Any], cut: bool) -> bytes:
    message = {
        "id": "1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "stop_reason": None,
        "stop_sequence": None,
    }
    usage = {"input_tokens": 11, "output_tokens": 3}
    if not body.get("stream"):
        content = [{"type": "text", "text": TEXT}]
        return json.dumps({**message, "content": content, "stop_reason": "end_turn", "usage": usage}).encode()
    events: list[Event] = [
        {"type": "message_start", "message": {**message, "content": [], "usage": {**usage, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": w}} for w in WORDS),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in (events[:4] if cut else events)).encode()


SPEAKS = {"ollama": ollama, "anthropic": anthropic}
VARIABLE = {"ollama": "OLLAMA_HOST", "anthropic": "ANTHROPIC_BASE_URL"}


class Server:
    def __init__(self, service: str) -> None:
        self.service, self.status, self.cut = service, 200, False
        self.headers: dict[str, str] = {}
        self.paths: list[str] = []


@contextlib.contextmanager
def running(service: str) -> Iterator[tuple[Server, str]]:
    state = Server(service)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.headers = {name.lower(): value for name, value in self.headers.items()}
            state.paths.append(self.path)
            error = json.dumps({"type": "error", "error": {"type": "x", "message": f"no: {state.headers}"}}).encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "text/event-stream" if body.get("stream") else "application/json")
            self.end_headers()
            self.wfile.write(error if state.status != 200 else SPEAKS[service](body, state.cut))

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield state, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=SPEAKS)
def served(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Model]]:
    for name in ("OLLAMA_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "another-librarys-key")
    with running(request.param) as (state, url):
        monkeypatch.setenv(VARIABLE[request.param], url)
        yield state, Model(Address.parse(f"{request.param}/m"), KEY, Price(1, 1), "large")


def test_it_answers_as_a_stream_and_as_a_whole(served: tuple[Server, Model]) -> None:
    state, model = served
    assert model.is_local
    pieces = stream(model, "Be brief.", "What routes?", 30)
    assert list(pieces) == WORDS
    for done in (pieces.completion, complete(model, "Be brief.", "What routes?", 30)):
        assert done.text == TEXT and done.is_whole
        assert (done.prompt_tokens, done.completion_tokens, done.estimated) == (11, 3, False)
        assert done.money == pytest.approx(14 / 1e6)
    assert len(state.paths) == 2


def test_our_key_is_sent_and_no_other(served: tuple[Server, Model]) -> None:
    state, model = served
    complete(model, "s", "p", 30)
    assert KEY in state.headers["x-api-key" if state.service == "anthropic" else "authorization"]
    assert "another-librarys-key" not in str(state.headers)
    assert not any("stainless" in name for name in state.headers)
    llm = model.engine().llm
    assert not any(KEY in text for value in (model, llm, llm.to_dict(), llm.model_dump()) for text in (repr(value),))


@pytest.mark.parametrize("streaming", [True, False])
def test_an_error_that_repeats_the_key_does_not_show_it(served: tuple[Server, Model], streaming: bool) -> None:
    state, model = served
    state.status = 500
    with pytest.raises(ModelFailed, match=r"m at 127.0.0.1:\d+ gave no answer: it failed \(500\)") as caught:
        list(stream(model, "s", "p", 30)) if streaming else complete(model, "s", "p", 30)
    assert KEY[:12] not in str(caught.value) and len(state.paths) == 1


def test_a_stream_that_is_cut_says_so(served: tuple[Server, Model]) -> None:
    state, model = served
    state.cut = True
    with pytest.raises(ModelFailed, match="broke off"):
        list(stream(model, "s", "p", 30))


@pytest.mark.parametrize("service", SPEAKS)
def test_a_server_that_is_not_there(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE[service], "http://127.0.0.1:9")
    with pytest.raises(ModelFailed, match=r"cannot be reached \(connection refused\)"):
        complete(Model(Address.parse(f"{service}/m")), "s", "p", 30)
