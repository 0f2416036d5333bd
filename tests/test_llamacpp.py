"""The real llama.cpp in this process, on tiny models of random weights made here."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from assistant.models import Address, Model, ModelFailed, citation_grammar, complete, stream
from assistant.models.grammar import whole_sentences
from assistant.models.llamacpp import serve
from assistant.prompts import REFUSAL
from benchmarks import tiny_gguf

from .conftest import ROOT, Run, environment

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gguf")


@pytest.fixture(scope="module")
def alphabet(folder: Path) -> Model:
    """A model that says the alphabet over and over."""
    return Model(Address.parse(str(tiny_gguf.write(folder / "alphabet.gguf", repeats=ALPHABET, context=2048))))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_weights_every_sentence_cites_what_was_retrieved(seed: int, folder: Path) -> None:
    model = Model(Address.parse(str(tiny_gguf.write(folder / f"{seed}.gguf", seed, context=4096))))
    allowed = {1, 3, 12}
    done = complete(model, "Cite your sources.", "Which papers route?", 120, citation_grammar(allowed))
    if done.text == REFUSAL:
        return
    found = re.findall(r"([^\[\]]+?) ((?:\[\d+\])+)\.(?: |$)", done.text)
    assert found and "".join(f"{words} {marks}. " for words, marks in found).strip() == done.text
    for words, marks in found:
        assert {int(n) for n in re.findall(r"\d+", marks)} <= allowed
        assert not re.search(r"[.!?](?:\s|$)", words) and any(c.isalnum() for c in words)


def test_without_the_grammar_the_same_weights_cite_nothing(folder: Path) -> None:
    model = Model(Address.parse(str(tiny_gguf.write(folder / "free.gguf", 1, context=2048))))
    assert not re.search(r" \[(1|3|12)\]\.", complete(model, "Cite your sources.", "Which papers route?").text)


def test_a_sentence_that_a_limit_has_cut_is_left_out() -> None:
    assert (
        whole_sentences("One is so [1]. Two is 3.5 of [3][12]. Three is n") == "One is so [1]. Two is 3.5 of [3][12]."
    )
    assert whole_sentences("It is not who") == ""
    assert whole_sentences(REFUSAL) == REFUSAL


def test_a_grammar_needs_a_source() -> None:
    with pytest.raises(ValueError, match="at least one source"):
        citation_grammar([])


def test_it_streams_and_counts(alphabet: Model) -> None:
    pieces = stream(alphabet, "Speak.", "Go on.")
    got = list(pieces)
    assert len(got) > 100 and pieces.completion.text in ALPHABET * 100
    assert not pieces.completion.is_whole  # it has no end, and was stopped
    assert pieces.completion.completion_tokens == 1000 and not pieces.completion.estimated


def test_prompt_look_up_drafts_and_changes_nothing_that_is_said(alphabet: Model) -> None:
    assert alphabet.address is not None
    timings, texts = [], []
    for speculative in (True, False):
        served = serve(alphabet.address.model, speculative)
        question = {"messages": [{"role": "user", "content": "Go on."}], "max_tokens": 300, "temperature": 0.0}
        headers = {"authorization": f"Bearer {served.key}"}
        answer = httpx.post(f"{served.url}/chat/completions", json=question, headers=headers, timeout=60).json()
        timings.append(answer["timings"])
        texts.append(answer["choices"][0]["message"]["content"])
    assert texts[0] == texts[1]
    assert timings[0]["draft_n_accepted"] > 200 and timings[0]["draft_n_accepted"] > 0.9 * timings[0]["draft_n"]
    assert timings[1].get("draft_n", 0) == 0


def test_its_server_is_on_loopback_and_wants_its_key(alphabet: Model) -> None:
    assert alphabet.address is not None
    served = serve(alphabet.address.model)
    assert served.url.startswith("http://127.0.0.1:")
    for path in ("/chat/completions", "/completions", "/embeddings"):
        assert httpx.post(served.url + path, json={}).status_code == 401
    assert served.key not in repr(served) and served.key not in repr(alphabet.engine())


@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF\x03\0\0\0" + b"\xff" * 500, b"no model at all " * 1000])
def test_what_is_no_model_fails_in_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(content)
    with pytest.raises(ModelFailed, match=r"llama\.cpp cannot load it; expected a whole GGUF model"):
        complete(Model(Address.parse(str(tmp_path / "bad.gguf"))), "s", "p")


def test_a_model_that_is_cut_short_fails_in_one_line(folder: Path, tmp_path: Path) -> None:
    whole = tiny_gguf.write(folder / "whole.gguf").read_bytes()
    (tmp_path / "half.gguf").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFailed, match=r"llama\.cpp cannot load it"):
        complete(Model(Address.parse(str(tmp_path / "half.gguf"))), "s", "p")


def test_a_prompt_beyond_its_window_fails_in_one_line(alphabet: Model) -> None:
    with pytest.raises(ModelFailed, match="refuses the question") as caught:
        complete(alphabet, "s", "word " * 3000)
    assert "\n" not in str(caught.value)


def test_a_process_may_end_while_it_still_writes(folder: Path, tmp_path: Path) -> None:
    """llama.cpp crashes when Python is taken apart under it, so its questions are ended first."""
    path = tiny_gguf.write(folder / "slow.gguf", repeats=ALPHABET, width=256, layers=8)
    code = (
        "import sys\nfrom assistant.models import *\n"
        f"pieces = stream(Model(Address.parse({str(path)!r})), 's', 'p', 60)\n"
        "next(pieces)\nprint('leaving', flush=True)\n"
    )
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "leaving\n"), done.stderr
    assert time.perf_counter() - started < 30


def test_a_file_answers_in_the_terminal_and_cites_what_was_found(folder: Path, footnote: Run) -> None:
    path = tiny_gguf.write(folder / "tiny.gguf", 1)
    question = "the paper in which a 280M model sets the domain weights for an 8B model"
    done = footnote("ask", question, "--json", "--route", "local", FOOTNOTE_SMALL=str(path))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    # Random words, each time others, all citing a source as the grammar has it: and none borne out.
    assert answer["route"] == "extractive"
    write, check = (next(step for step in answer["steps"] if step["step"] == name) for name in ("write", "check"))
    assert write["model"] == f"{path} in this process"
    assert check["citations_invented"] == 0 and "uncited" not in check["sentences"]
    assert "bear out" in answer["reason"]
