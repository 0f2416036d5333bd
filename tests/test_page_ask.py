"""The Ask tab in a browser, with and without a model: stopping, queueing, reloading, taking answers elsewhere."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant import Assistant
from assistant.page.notices import notices
from assistant.page.talk import Talk, Talks, spoken
from assistant.settings import Settings
from assistant.suggestions import suggestions
from assistant.testing import Request, ScriptedServer, hallucinating, well_behaved
from index.collection import Collection
from ingest.paper import Paper, Source

from .browser import served, visit

PROSE = "how do routers choose between models?"
PAPERS = "which papers route queries between models?"
TOKEN = "x" * 28


def long(request: Request) -> str:
    return " ".join([well_behaved(request)] * 40)


@pytest.fixture(scope="module")
def slow_page(survey_home: Path) -> Iterator[str]:
    """A page whose small model takes half a minute for an answer."""
    with ExitStack() as stack:
        model = stack.enter_context(ScriptedServer(long, "slow", pause=0.05))
        yield stack.enter_context(served(survey_home, FOOTNOTE_SMALL=model.address))


def submit(page: Page, question: str) -> None:
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")


def written(page: Page) -> None:
    """Wait until the model's first sentences stand on the page."""
    page.wait_for_selector("#chat .writing .note", timeout=20_000)


def test_an_answer_is_streamed_and_stopped_and_what_stood_is_checked(browser: Browser, slow_page: str) -> None:
    with visit(browser, slow_page) as tab:
        page = tab.page
        submit(page, PROSE)
        written(page)
        expect(page.locator("#chat .writing")).to_contain_text("checked at the end")
        expect(page.locator("#stop")).to_be_visible()
        page.click("#stop")
        tab.answered(1)
        expect(page.locator("#chat .reply")).to_contain_text("Note: stopped here")
        expect(page.locator("#stop")).to_be_hidden()
        expect(page.locator("#chat .made summary")).to_contain_text(
            re.compile(r"small · confidence .* · about [\d,]+ tokens")
        )
        page.click("#a1-r1")
        mark = page.locator("#a1-n1 mark").first
        expect(mark).to_be_visible()  # the source's words that bear the sentence out
        expect(page.locator("#a1-n1 .verdict")).to_contain_text("Supported")
        assert not tab.errors and tab.hosts == {"127.0.0.1"}


def test_a_question_asked_meanwhile_is_answered_next_and_never_mixed(browser: Browser, slow_page: str) -> None:
    with visit(browser, slow_page) as tab:
        page = tab.page
        submit(page, PROSE)
        written(page)
        submit(page, PAPERS)
        expect(page.locator("#chat .ask h2")).to_have_text([PROSE, PAPERS])
        expect(page.locator("#chat .waiting")).to_have_count(1)
        page.wait_for_timeout(1000)
        expect(page.locator("#chat .writing")).to_have_count(1)  # the first goes on
        page.click("#stop")
        tab.answered(2)
        expect(page.locator("#chat .ask h2")).to_have_text([PROSE, PAPERS])
        first, second = page.locator("#chat .reply").all_text_contents()
        assert "stopped here" in first and "papers here answer this" in second
        assert not tab.errors


def test_two_people_do_not_wait_for_each_other(browser: Browser, slow_page: str) -> None:
    with visit(browser, slow_page) as one, visit(browser, slow_page) as other:
        submit(one.page, PROSE)
        written(one.page)
        began = time.monotonic()
        other.ask(PAPERS)
        assert time.monotonic() - began < 10
        expect(one.page.locator("#chat .writing")).to_have_count(1)
        expect(one.page.locator("#chat .ask h2")).to_have_text([PROSE])
        one.page.click("#stop")
        one.answered(1)
        expect(other.page.locator("#chat .ask h2")).to_have_text([PAPERS])


def test_a_reload_keeps_the_conversation_and_its_follow_ups(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page) as tab:
        page = tab.page
        tab.ask(PAPERS)
        sources = page.locator("#sources .title").all_text_contents()
        page.reload()
        tab.answered(1)
        expect(page.locator("#sources .title")).to_have_text(sources)
        tab.ask("compare the first two")
        assert page.locator("#sources section .title").all_text_contents() == sources[:2]
        kept = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
        assert list(json.loads(kept)) == ["footnote:"] and len(kept) < 60  # a random name, and nothing of what was said
        with visit(browser, survey_page) as other:
            expect(other.page.locator("#chat .ask")).to_have_count(0)
        assert not tab.errors


def test_a_reload_in_mid_stream_leaves_a_usable_page(browser: Browser, slow_page: str) -> None:
    with visit(browser, slow_page) as tab:
        page = tab.page
        submit(page, PROSE)
        written(page)
        page.reload()
        tab.answered(1)
        tab.errors.clear()  # the page that went was cut off in the middle of a sentence
        expect(page.locator("#chat .reply")).to_contain_text(re.compile("stopped here|closed or reloaded"))
        tab.ask(PAPERS)
        expect(page.locator("#chat .reply").last).to_contain_text("papers here answer this")
        assert not tab.errors


def test_an_answer_is_copied_and_its_papers_are_exported(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page) as tab:
        page = tab.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab.ask(PAPERS)
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(f"## {PAPERS}\n") and "### References\n\n1. [" in copied
        marks = set(re.findall(r" \[(\d+)\]$", copied, re.M))
        assert marks == set(re.findall(r"^(\d+)\. \[", copied, re.M))
        for name, beginning in [
            ("BibTeX", "@"),
            ("RIS", "TY  - "),
            ("CSL-JSON", "["),
            ("Markdown", "- ["),
            ("CSV", "rank,"),
        ]:
            page.locator("#chat .export summary").click()
            with page.expect_download() as caught:
                page.get_by_role("button", name=name, exact=True).click()
            text = Path(caught.value.path()).read_text("utf-8")
            assert text.lstrip("\ufeff").startswith(beginning), name
            assert "RouteLLM" in text
            page.keyboard.press("Escape")
        assert not tab.errors and {host for host in tab.hosts if host} == {"127.0.0.1"}


def test_the_papers_of_the_whole_conversation_are_exported(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page, (360, 740), phone=True) as tab:
        page = tab.page
        tab.ask(PAPERS)
        expect(page.locator("#chat .export")).to_have_count(1)  # nothing more than the answer's own
        tab.ask("which papers speculate tokens with a draft model?")
        shown = page.locator("#sources .card h3").all_text_contents()
        every = page.locator("#chat .export summary", has_text=f"All {len(set(shown))} so far")
        every.scroll_into_view_if_needed()
        every.tap()
        box = page.locator("#chat .export[open] div").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
        with page.expect_download() as caught:
            page.locator("#a0-as-bibtex").tap()
        assert caught.value.suggested_filename == "conversation.bib"
        text = Path(caught.value.path()).read_text("utf-8")
        assert text.count("\n@") + 1 == len(set(shown)) and "RouteLLM" in text and "Speculative" in text
        assert not tab.errors


def test_what_was_read_into_a_question_can_be_taken_off(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page) as tab:
        tab.ask("EMNLP 2023 papers about hallucination, with code?")
        tab.page.get_by_text("Take it word for word").click()
        expect(tab.page.locator("#box textarea")).to_have_value('"EMNLP 2023 papers about hallucination, with code?"')
        assert tab.page.url.endswith(("/", "#ask"))


def test_how_it_was_made_opens_to_what_was_searched_and_checked(browser: Browser, survey_home: Path) -> None:
    with (
        ScriptedServer(hallucinating) as large,
        ScriptedServer(well_behaved) as small,
        served(survey_home, FOOTNOTE_SMALL=small.address, FOOTNOTE_LARGE=large.address) as url,
        visit(browser, url) as tab,
    ):
        tab.ask(PROSE)
        made = tab.page.locator("#chat .made")
        made.locator("summary").click()
        expect(made).to_contain_text(f"searched for “{PROSE}”")
        expect(made).to_contain_text(re.compile(r"relevance \d\.\d\d, score \d\.\d\d: words \d\.\d\d"))
        expect(made).to_contain_text("The check of each sentence")
        expect(made).to_contain_text(re.compile(r"\[1\] supported“"))


def test_a_model_that_fails_is_said_above_the_box_and_the_answer_quoted(browser: Browser, survey_home: Path) -> None:
    with (
        ScriptedServer(kind="failing") as model,
        served(survey_home, FOOTNOTE_SMALL=model.address) as url,
        visit(browser, url) as tab,
    ):
        expect(tab.page.locator(".notice")).to_have_count(0)
        tab.ask(PROSE)
        expect(tab.page.locator(".notice")).to_have_text(
            "The small model did not answer. Settings shows it, with a button that tries it."
        )
        expect(tab.page.locator("#chat .reply")).to_contain_text("this answer is quoted from the papers")


def test_a_model_that_is_asked_for_and_not_there_is_said(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page) as tab:
        expect(tab.page.locator(".notice.quiet")).to_have_text(
            "No model is set, so answers are quoted from the papers. Settings takes one."
        )
        tab.page.click("#options button")
        tab.page.get_by_label("A model elsewhere").check()
        expect(tab.page.locator(".notice")).to_contain_text("No model elsewhere is configured")
        tab.page.get_by_label("Quotation only").check()
        expect(tab.page.locator(".notice")).to_have_count(0)


def test_an_empty_collection_and_a_mended_one_say_what_to_do(tiny_home: Path, tiny_model: Path) -> None:
    empty = Collection.create("mine", str(tiny_model))
    (notice,) = notices(Assistant(empty))
    assert "no papers" in notice.found and notice.do.endswith("footnote add FILE --collection mine")
    empty.add([Paper.create(title="A small model", source=Source("x.bib", 1))])
    (notice,) = notices(Assistant(empty))
    assert notice.is_quiet and "No model is set" in notice.found
    (tiny_home / "collections" / "mine").joinpath(empty.status()["generation"], "vectors.faiss").write_bytes(b"damaged")
    (notice,) = notices(Assistant(Collection.open("mine")))
    assert "vectors.faiss" in notice.found and "rebuilt" in notice.found


def test_a_model_that_local_only_forbids_is_a_notice(use_survey: Path) -> None:
    assistant = Assistant.open("survey")
    assistant.configure(Settings(large="big@https://models.example/v1", local_only=True))
    (notice,) = notices(assistant)
    assert "local_only is on" in notice.found


def test_a_collection_that_is_not_here_is_a_notice_with_a_way_back(browser: Browser, survey_page: str) -> None:
    with visit(browser, f"{survey_page}/?collection=nope") as tab:
        notice = tab.page.locator(".notice")
        expect(notice).to_contain_text("No collection 'nope' here; those here: survey.")
        submit(tab.page, PROSE)
        expect(notice).to_contain_text("No collection 'nope' here")
        tab.page.click("#options button")
        tab.page.get_by_label("Quotation only").check()
        expect(notice).to_contain_text("No collection 'nope' here")
        notice.get_by_role("link").click()
        expect(tab.page.locator(".notice.quiet")).to_contain_text("No model is set")
        tab.ask(PAPERS)


def test_follow_ups_are_read_as_they_were_searched_for(use_survey: Path) -> None:
    assistant, talk = Assistant.open("survey"), Talk()
    for question in (PAPERS, "and those with code?", "baking sourdough bread"):
        n = talk.begin(question)
        said, _ = talk.await_turn(n)
        talk.put(n, assistant.ask(question, conversation=said))
    said = spoken(talk.turns)
    assert said.turns[0].read_as == PAPERS
    assert said.turns[1].read_as != "and those with code?"
    assert said.turns[2].numbers == ()  # a refusal numbers no papers
    assert said.last == tuple(said.papers[n - 1] for n in said.turns[1].numbers)


def test_questions_of_one_talk_wait_for_each_other() -> None:
    talk, order = Talk(), []
    first, second = talk.begin("one"), talk.begin("two")

    def next_one() -> None:
        talk.await_turn(second)
        order.append("two")

    waiting = threading.Thread(target=next_one)
    waiting.start()
    time.sleep(0.05)
    order.append("one")
    talk.put(first, error="failed")
    waiting.join(5)
    assert order == ["one", "two"]
    talk.leave(second)
    assert talk.turns[1].is_settled


def test_a_talk_is_found_by_its_token_alone_and_forgotten_in_time() -> None:
    talks = Talks()
    talks.of(TOKEN).begin("one")
    assert len(talks.of(TOKEN).turns) == 1
    assert talks.of("short").turns == talks.of(None).turns == talks.of("../../etc/passwd-and-more").turns == ()
    copy = talks.reopened(TOKEN, "y" * 28, patience=0.01)
    assert copy is not talks.of(TOKEN) and copy.turns[0].is_settled and "reloaded" in (copy.turns[0].error or "")
    for i in range(100):
        talks.of(f"{i:028}")
    assert talks.of(TOKEN).turns == ()


def test_a_long_talk_keeps_its_numbers() -> None:
    talk = Talk()
    for i in range(30):
        assert talk.begin(f"question {i}") == i + 1
        talk.put(i + 1, error="x")
    assert talk.first == 11 and talk.turns[0].question == "question 10"
    talk.put(3, error="too late")
    assert talk.answer(3) is None


def made_of(title: str, topic: str | None, i: int) -> Paper:
    text = f"The {topic or 'study'} of {title} is described, with figures and with care."
    return Paper.create(title=title, topic=topic, text=text, text_kind="abstract", source=Source("x.bib", i))


@pytest.mark.parametrize("topic", ["Soil Carbon", None])
def test_examples_are_answered_by_any_collection(use_survey: Path, tmp_path: Path, topic: str | None) -> None:
    titles = [
        "TERRA: Mapping soil carbon stocks from orbit",
        "Humus turnover and soil carbon in alpine meadows",
        "LOAM: Soil carbon under no-till farming",
        "Peat drainage releases soil carbon",
    ]
    collection = Collection.create_in(tmp_path / "soil", None)
    collection.add([made_of(title, topic, i) for i, title in enumerate(titles, 1)])
    assistant = Assistant(collection)
    found = suggestions(assistant)
    assert found and "Which papers are about soil carbon?" in found
    for question in found:
        assert not assistant.ask(question).refused


def test_an_empty_collection_suggests_nothing(tiny_home: Path, tiny_model: Path) -> None:
    assert suggestions(Assistant(Collection.create("mine", str(tiny_model)))) == ()


def test_the_menu_of_exports_stays_on_a_phone(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page, (360, 740), phone=True) as tab:
        tab.ask(PAPERS)
        tab.page.locator("#chat .made summary").tap()
        tab.page.locator("#chat .export summary").scroll_into_view_if_needed()
        tab.page.locator("#chat .export summary").tap()
        box = tab.page.locator("#chat .export div").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
        assert tab.page.evaluate("document.documentElement.scrollWidth") == 360
