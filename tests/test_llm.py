"""With an LLM configured: prose with citations that exist, and the quoted answer when it fails."""

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.prompts import REFUSAL
from assistant.testing import Kind, ScriptedServer

QUESTION = "which papers route queries between models?"


def ask(script: ScriptedServer, monkeypatch: pytest.MonkeyPatch, question: str = QUESTION):
    with script as server:
        monkeypatch.setenv("FOOTNOTE_SMALL", server.address)
        return Assistant.open("survey").ask(question)


def test_prose_is_cut_into_sentences_with_their_citations(use_survey: Path, monkeypatch) -> None:
    answer = ask(ScriptedServer("Zooter routes by reward [2]. Others cascade [1][4]. This has none."), monkeypatch)
    assert answer.route == "llm"
    assert [s.text for s in answer.sentences] == ["Zooter routes by reward.", "Others cascade.", "This has none."]
    assert [[c.n for c in s.citations] for s in answer.sentences] == [[1], [2, 3], []]
    assert [s.verdict for s in answer.sentences] == ["unchecked", "unchecked", "uncited"]
    assert answer.cost["prompt_tokens"] == 11 and answer.cost["completion_tokens"] == 11


def test_a_mark_after_the_period_stays_with_its_sentence(use_survey: Path, monkeypatch) -> None:
    answer = ask(ScriptedServer("Zooter routes. [2] Others cascade. [1, 4]"), monkeypatch)
    assert [len(s.citations) for s in answer.sentences] == [1, 2]


def test_citations_of_no_source_are_dropped(use_survey: Path, monkeypatch) -> None:
    answer = ask(ScriptedServer("This was invented [99]. So was this [0][1]."), monkeypatch)
    assert [[c.n for c in s.citations] for s in answer.sentences] == [[], [1]]


def test_the_prompt_fences_the_sources_and_carries_the_question(use_survey: Path, monkeypatch) -> None:
    script = ScriptedServer("Fine [1].")
    ask(script, monkeypatch)
    system, user = (m["content"] for m in script.requests[0].body["messages"])
    assert REFUSAL in system and QUESTION in user and "RouteLLM" in user
    fence = user.split("<source-")[1].split()[0]
    assert user.count(f"</source-{fence}>") == user.count(f"<source-{fence} number=")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Fine [1].", "failing"),
        ("Fine [1].", "busy"),
        ("Fine [1].", "html"),
        ("Fine [1].", "half"),
        ("Fine [1].", "no choices"),
        ("Fine [1].", "huge"),
        ("Fine [1].", "wrong model"),
        ("", "whole"),
        (REFUSAL, "whole"),
        ("No source is named here. Nor here [77].", "whole"),
    ],
)
def test_a_model_that_fails_gives_the_quoted_answer_and_says_so(
    use_survey: Path, monkeypatch, text: str, kind: Kind
) -> None:
    answer = ask(ScriptedServer(text, kind), monkeypatch)
    assert answer.route == "extractive" and answer.sentences
    assert answer.reason and "\n" not in answer.reason


def test_a_server_that_is_not_there_gives_the_quoted_answer(use_survey: Path, monkeypatch) -> None:
    monkeypatch.setenv("FOOTNOTE_SMALL", "absent@http://127.0.0.1:9/v1")
    answer = Assistant.open("survey").ask(QUESTION)
    assert answer.route == "extractive" and "no answer" in (answer.reason or "")


def test_a_refused_question_never_reaches_the_model(use_survey: Path, monkeypatch) -> None:
    script = ScriptedServer("Anything [1].")
    assert ask(script, monkeypatch, "sourdough hydration for baking at high altitude").refused
    assert script.requests == []


def test_a_list_is_cut_into_its_items(use_survey: Path, monkeypatch) -> None:
    text = (
        "Two ways:\n- **ZOOTER** distils rewards [1]\n2. AutoMix verifies itself. [2][3]\nand more [1]. all of it [2]."
    )
    answer = ask(ScriptedServer(text), monkeypatch)
    assert [(s.text, len(s.citations)) for s in answer.sentences] == [
        ("Two ways:", 0),
        ("ZOOTER distils rewards", 1),
        ("AutoMix verifies itself.", 2),
        ("and more.", 1),
        ("all of it.", 1),
    ]


def test_control_characters_do_not_pass(use_survey: Path, monkeypatch) -> None:
    answer = ask(ScriptedServer("\x1b[31mRed\x1b]0;title\x07 text [1]."), monkeypatch)
    assert answer.text.replace("\n", "").isprintable()
