"""Stopping an answer while a model writes it; and the settings taken by an assistant that runs."""

import threading
import time
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from assistant.models import Stop
from assistant.settings import Settings
from assistant.testing import Request, ScriptedServer, well_behaved

QUESTION = "how do routers choose between models?"


def quoted(request: Request) -> str:
    """Say what the sources say, again and again."""
    return " ".join([well_behaved(request)] * 40)


def after(stop: Stop, seconds: float) -> None:
    threading.Timer(seconds, stop.press).start()


@pytest.fixture
def survey(use_survey: Path) -> Assistant:
    return Assistant.open("survey")


def asked(survey: Assistant, server: ScriptedServer, stop: Stop) -> list[Answer]:
    survey.configure(Settings(small=server.address))
    return list(survey.stream(QUESTION, stop=stop))


def test_a_stopped_answer_keeps_what_stood_and_is_checked(survey: Assistant) -> None:
    with ScriptedServer(quoted, "slow", pause=0.02) as server:
        stop = Stop()
        after(stop, 2.5)
        began = time.monotonic()
        *_, written, last = asked(survey, server, stop)
        assert time.monotonic() - began < 5  # the whole takes over 30 s
    assert last.route == "small" and "stopped" in (last.reason or "")
    assert [s.text for s in last.sentences] == [s.text for s in written.sentences]
    assert {s.verdict for s in last.sentences} == {"supported"}
    assert all(s.evidence and s.evidence[0] in s.citations[0].paper.text for s in last.sentences)
    assert last.cost["tokens_estimated"]


@pytest.mark.parametrize("kind", ["silent", "stalled"])
def test_a_model_that_says_nothing_is_hung_up_on_at_once(survey: Assistant, kind: str) -> None:
    with ScriptedServer("One", kind) as server:  # type: ignore[arg-type]
        stop = Stop()
        after(stop, 2)
        began = time.monotonic()
        *_, last = asked(survey, server, stop)
        assert time.monotonic() - began < 4
    assert last.route == "extractive" and "stopped before it had said anything" in (last.reason or "")


def test_no_model_is_asked_after_a_stop(survey: Assistant) -> None:
    with ScriptedServer() as server:
        stop = Stop()
        stop.press()
        *_, last = asked(survey, server, stop)
        assert not server.requests
    assert last.route == "extractive" and last.sentences


def test_local_only_takes_a_hosted_model_away_and_says_so(survey: Assistant) -> None:
    survey.configure(Settings(large="big@https://models.example/v1"))
    assert [model.is_local for model in survey.models] == [False]
    survey.configure(Settings(large="big@https://models.example/v1", local_only=True))
    assert not survey.models and "local_only is on" in survey.unavailable["large"]
    assert survey.ask(QUESTION).route == "extractive"


def test_a_setting_that_cannot_be_used_takes_one_model_only(survey: Assistant) -> None:
    with ScriptedServer() as server:
        survey.configure(Settings(small="nonsense", large=server.address))
        assert len(survey.models) == 1 and set(survey.unavailable) == {"small"}
        assert survey.ask(QUESTION).route == "large"
