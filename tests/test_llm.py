"""With LLMs configured: which is asked, what is checked of what it writes, and what happens when it fails."""

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.answer import Answer
from assistant.conversation import Conversation
from assistant.extract import relevant
from assistant.models import Model, Price
from assistant.models.address import Address
from assistant.prompts import REFUSAL
from assistant.testing import Kind, ScriptedServer
from assistant.writing import written_sentences
from index.hits import Hit

QUESTION = "How does a router decide which model should answer a query?"
LIST = "which papers route queries between models?"


@pytest.fixture
def hits(use_survey: Path) -> tuple[Hit, ...]:
    """The sources of QUESTION whose best passage is one plain sentence."""
    assistant = Assistant.open("survey")
    hits = relevant(assistant.search(QUESTION, 30).hits, assistant.collection.calibration.relevance_cut)
    plain = [hit for hit in hits if hit.passage and len(written_sentences(f"{hit.passage.text[:-1]} [1].", hits)) == 1]
    assert len(plain) > 2
    return tuple(plain)


def ask(script: ScriptedServer, monkeypatch: pytest.MonkeyPatch, question: str = QUESTION, **options) -> Answer:
    with script as server:
        monkeypatch.setenv("FOOTNOTE_SMALL", server.address)
        return Assistant.open("survey").ask(question, **options)


def quoting(hits: tuple[Hit, ...], count: int, start: int = 0, cite: Hit | None = None) -> str:
    """Return a sentence of each of these hits, which cites it, or which all cite one."""
    return " ".join(f"{h.passage.text[:-1]} [{(cite or h).rank}]." for h in hits[start : start + count] if h.passage)


def test_prose_is_cut_into_sentences_with_what_they_cite(use_survey: Path) -> None:
    hits = Assistant.open("survey").search(QUESTION, 10).hits
    found = written_sentences(
        "Zooter routes by reward [2]. Others cascade [1][4]. This has none. So was this [0][99].", hits
    )
    assert [one.text for one in found] == [
        "Zooter routes by reward.",
        "Others cascade.",
        "This has none.",
        "So was this.",
    ]
    papers = {hit.rank: hit.paper for hit in hits}
    assert [one.cited for one in found] == [(papers[2],), (papers[1], papers[4]), (), ()]
    assert [one.invented for one in found] == [0, 0, 0, 2]


def test_a_mark_after_the_period_stays_with_its_sentence(use_survey: Path) -> None:
    hits = Assistant.open("survey").search(QUESTION, 10).hits
    assert [len(one.cited) for one in written_sentences("Zooter routes. [2] Others cascade. [1, 4]", hits)] == [1, 2]


def test_a_list_is_cut_into_its_items(use_survey: Path) -> None:
    hits = Assistant.open("survey").search(QUESTION, 10).hits
    text = (
        "Two ways:\n- **ZOOTER** distils rewards [1]\n2. AutoMix verifies itself. [2][3]\nand more [1]. all of it [2]."
    )
    assert [(one.text, len(one.cited)) for one in written_sentences(text, hits)] == [
        ("Two ways:", 0),
        ("ZOOTER distils rewards", 1),
        ("AutoMix verifies itself.", 2),
        ("and more.", 1),
        ("all of it.", 1),
    ]


def test_sentences_that_their_sources_bear_out_are_the_answer(hits: tuple[Hit, ...], monkeypatch) -> None:
    answer = ask(ScriptedServer(quoting(hits, 3)), monkeypatch)
    assert answer.route == "small" and answer.reason is None
    assert {s.verdict for s in answer.sentences} == {"supported"}
    assert [[c.n for c in s.citations] for s in answer.sentences] == [[1], [2], [3]]
    assert answer.cost["prompt_tokens"] == 11 and answer.cost["completion_tokens"] > 0
    assert [step.name for step in answer.steps] == ["retrieve", "route", "write", "check"]


def test_a_citation_of_the_wrong_source_is_moved_to_the_one_that_says_it(hits: tuple[Hit, ...], monkeypatch) -> None:
    answer = ask(ScriptedServer(quoting(hits, 1) + " " + quoting(hits, 1, start=1, cite=hits[0])), monkeypatch)
    first, second = answer.sentences
    assert (first.verdict, second.verdict) == ("supported", "supported by another")
    assert second.citations[0].paper == hits[1].paper and hits[0].paper.title in (second.reason or "")


def test_what_no_source_says_is_marked_or_left_out(hits: tuple[Hit, ...], monkeypatch) -> None:
    text = quoting(hits, 3) + " The moon is made of green cheese [1]. It cites nothing at all here."
    answer = ask(ScriptedServer(text), monkeypatch)
    assert [s.verdict for s in answer.sentences][3:] == ["not supported", "uncited"]
    assert all(s.reason for s in answer.sentences[3:])
    strict = ask(ScriptedServer(text), monkeypatch, strict=True)
    assert strict.sentences == answer.sentences[:3]
    assert strict.steps[-1].detail["sentences_removed"] == 2


def test_an_answer_that_its_sources_do_not_bear_out_is_not_given(use_survey: Path, monkeypatch) -> None:
    answer = ask(ScriptedServer("The moon is made of green cheese [1]. Cows jump over it at night [2]."), monkeypatch)
    assert answer.route == "extractive"
    assert "bear out 0%" in (answer.reason or "")
    assert not any("moon" in s.text for s in answer.sentences)


def test_the_large_model_is_asked_where_the_small_one_does_not_do(hits: tuple[Hit, ...], monkeypatch) -> None:
    with ScriptedServer("Nonsense about cheese [1].") as small, ScriptedServer(quoting(hits, 2)) as large:
        monkeypatch.setenv("FOOTNOTE_SMALL", small.address)
        monkeypatch.setenv("FOOTNOTE_LARGE", large.address)
        answer = Assistant.open("survey").ask(QUESTION)
    assert answer.route == "large" and "small" in (answer.reason or "")
    assert [step.name for step in answer.steps] == ["retrieve", "route", "write", "check", "write", "write", "check"]


def test_a_list_of_papers_needs_no_model_unless_one_is_asked_for(hits: tuple[Hit, ...], monkeypatch) -> None:
    script = ScriptedServer(quoting(hits, 1))
    assert ask(script, monkeypatch, LIST).route == "extractive" and script.requests == []
    assert ask(ScriptedServer(quoting(hits, 1)), monkeypatch, route="extract").route == "extractive"
    assert ask(ScriptedServer(quoting(hits, 1)), monkeypatch, route="hosted").route == "extractive"
    assert ask(ScriptedServer(quoting(hits, 1)), monkeypatch, LIST, route="local").route == "small"


def test_the_spend_cap_stops_models_with_a_price(hits: tuple[Hit, ...]) -> None:
    with ScriptedServer(quoting(hits, 1)) as server:
        model = Model(Address.parse(server.address), price=Price(1e6, 1e6))
        assistant = Assistant(Assistant.open("survey").collection, small=model, cap=1.0)
        assert assistant.ask(QUESTION).route == "small"
        assert assistant.spent > 1.0
        answer = assistant.ask(QUESTION)
    assert answer.route == "extractive" and "spend cap" in (answer.reason or "")


def test_the_answer_streams_and_the_last_is_checked(hits: tuple[Hit, ...], monkeypatch) -> None:
    with ScriptedServer(quoting(hits, 3)) as server:
        monkeypatch.setenv("FOOTNOTE_SMALL", server.address)
        seen = list(Assistant.open("survey").stream(QUESTION))
    assert {s.verdict for answer in seen[:-1] for s in answer.sentences} <= {"unchecked"}
    assert {s.verdict for s in seen[-1].sentences} == {"supported"}


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


def test_control_characters_do_not_pass(hits: tuple[Hit, ...], monkeypatch) -> None:
    answer = ask(ScriptedServer(quoting(hits, 2) + " \x1b[31mRed\x1b]0;title\x07 text [1]."), monkeypatch)
    assert answer.route == "small"
    assert answer.text.replace("\n", "").isprintable()


def test_a_refused_question_is_answered_without_sources_only_if_asked_for(use_survey: Path, monkeypatch) -> None:
    question = "sourdough hydration for baking at high altitude"
    script = ScriptedServer("More water is needed. See [1].")
    answer = ask(script, monkeypatch, question, sourceless=True)
    assert not answer.refused and answer.route == "small" and "Without sources" in answer.lead
    assert {s.verdict for s in answer.sentences} == {"uncited"} and answer.references == ()
    assert "RouteLLM" not in str(script.requests[0].body)
    assert ask(ScriptedServer("", "failing"), monkeypatch, question, sourceless=True).refused


def test_a_follow_up_that_no_rule_reads_is_made_to_stand_alone_by_the_small_model(
    hits: tuple[Hit, ...], monkeypatch
) -> None:
    script = ScriptedServer("How does self-verification of a small model work in a cascade?")
    with script as server:
        monkeypatch.setenv("FOOTNOTE_SMALL", server.address)
        assistant = Assistant.open("survey")
        earlier = Conversation().with_turn(LIST, [hit.paper for hit in hits])
        answer = assistant.ask("why is this done with self-verification?", conversation=earlier)
    assert answer.because == "Read as: How does self-verification of a small model work in a cascade?"
    assert LIST in str(script.requests[0].body)


def test_papers_keep_their_numbers_in_a_conversation(use_survey: Path) -> None:
    assistant = Assistant.open("survey")
    first = assistant.ask(LIST)
    conversation = Conversation().with_turn(LIST, [c.paper for c in first.references])
    second = assistant.ask("which of those have code?", conversation=conversation)
    numbers = {c.paper.id: c.n for c in first.references}
    assert second.because and second.references
    assert all(numbers[c.paper.id] == c.n and c.paper.has_code for c in second.references)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("compare RouteLLM and FrugalGPT", "2 papers side by side"),
        ("what does the survey say about hallucination?", "papers here on hallucination"),
    ],
)
def test_pictures_are_read_off_the_list(use_survey: Path, question: str, said: str) -> None:
    answer = Assistant.open("survey").ask(question)
    assert answer.route == "list" and said in answer.lead
    assert answer.to_dict()["table"] and [c.n for c in answer.references] == list(range(1, len(answer.references) + 1))
    assert all(s.text in s.citations[0].paper.text for s in answer.sentences)


def test_a_fact_that_the_text_lacks_is_told_with_its_paper(use_survey: Path) -> None:
    answer = Assistant.open("survey").ask("what GPU did DoReMi use?")
    assert answer.refused and "does not say" in (answer.reason or "")
    assert [hit.paper.title.split(":")[0] for hit in answer.nearest] == ["DoReMi"]
