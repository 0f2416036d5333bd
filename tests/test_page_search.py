"""The Search tab in a browser: results while one types, filters, cards, export; and hostile papers in it."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from assistant.page.desk import Desk
from assistant.page.facets import Rows
from assistant.page.marks import marked
from assistant.page.search import counted, exported, search
from assistant.pipeline import Assistant
from index import late
from index.collection import Collection
from ingest.errors import InputError
from ingest.paper import Paper, Source

from .browser import Visit, served, visit
from .test_page import HOSTILE, hostile_paper

PHONE = (360, 740)
ROUTING = "which papers route queries between models?"


@pytest.fixture
def tab(browser: Browser, survey_page: str) -> Iterator[Visit]:
    with visit(browser, survey_page) as opened:
        begin(opened)
        yield opened
        assert opened.hosts == {"127.0.0.1"}
        assert not opened.errors


def begin(tab: Visit) -> None:
    """Open the tab, and wait until it lists papers."""
    tab.open("search")
    tab.page.wait_for_selector(".search-room .hit")


def look_for(page: Page, query: str) -> None:
    """Type a query, and wait until its results stand there."""
    page.fill("#search-box", query)
    shown(page, query)


def shown(page: Page, query: str) -> None:
    page.wait_for_function("query => document.querySelector('.search-room').dataset.shown === query", arg=query)


def titles(page: Page) -> list[str]:
    return page.locator(".search-room .hit .title").all_text_contents()


def test_results_come_as_one_types_with_their_words_marked(tab: Visit) -> None:
    page = tab.page
    expect(page.locator("#search-box")).to_be_focused()
    expect(page.locator(".search-room .status")).to_have_text("84 papers")
    page.keyboard.type("speculative decoding")
    shown(page, "speculative decoding")
    assert "Speculative" in titles(page)[0]
    first = page.locator(".search-room .hit").first
    assert {m.lower() for m in first.locator(".title mark").all_text_contents()} == {"speculative", "decoding"}
    assert first.locator(".passage mark").count() >= 2
    expect(page.locator(".search-room .status")).to_have_text(re.compile(r"\d+ papers? fits?"))
    expect(page.locator(".search-room .rule")).to_have_text("Further away")
    look_for(page, "sourdough")
    expect(page.locator(".search-room .status")).to_have_text("No paper here has “sourdough”. The nearest:")
    look_for(page, "")
    expect(page.locator(".search-room .status")).to_have_text("84 papers")


def test_the_keyboard_is_enough(tab: Visit) -> None:
    page = tab.page
    look_for(page, ROUTING)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = page.locator(".search-room .hit .title").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-expanded", "true")
    opened = page.locator(".search-room .hit").nth(1).locator(".opened")
    expect(opened.locator(".text mark")).to_be_visible()
    expect(opened.locator(".path")).to_contain_text("Collaboration")
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search-box")).to_be_focused()
    page.locator(".search-room .hit .title").first.focus()
    page.keyboard.press("/")
    expect(page.locator("#search-box")).to_be_focused()
    expect(page.locator("#search-box")).to_have_value(ROUTING)


def test_a_late_answer_never_takes_the_place_of_a_newer_one(tab: Visit) -> None:
    page = tab.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        if json.loads(route.request.post_data or "{}")["data"][0]["query"] == "routing":
            held.append(route)
        else:
            route.continue_()

    page.route("**/page_search", hold)
    page.fill("#search-box", "routing")
    page.fill("#search-box", "speculative decoding")
    page.wait_for_timeout(300)
    for route in held:
        route.continue_()
    shown(page, "speculative decoding")
    page.wait_for_timeout(300)
    assert "Speculative" in titles(page)[0]
    assert len(held) == 1


def test_of_a_large_collection_titles_come_first_and_what_is_opened_stays(
    browser: Browser, tiny_home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late, "BUDGET", 0)  # as if token vectors were too many to store
    Collection.create("large", str(tiny_model)).add(papers())
    with served(tiny_home, "large") as url, visit(browser, url) as tab:
        page = tab.page
        begin(tab)
        held: list[Route] = []
        whole = re.compile('"brief":false')

        def hold(route: Route) -> None:
            if whole.search(route.request.post_data or ""):
                held.append(route)
            else:
                route.continue_()

        page.route("**/page_search", hold)
        look_for(page, "small models")
        named = page.locator(".search-room button.title")
        brief = named.all_text_contents()
        status = page.locator(".search-room .status")
        expect(status).to_have_text("Reading the nearest …")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_selector(".search-room .opened .card")
        while not held:
            page.wait_for_timeout(20)
        held.pop().continue_()
        expect(status).not_to_have_text("Reading the nearest …")
        assert named.all_text_contents() == brief
        expect(named.first).to_be_focused()
        expect(page.locator(".search-room .hit").first.locator(".opened .card")).to_be_visible()
        assert not tab.errors


def test_filters_count_what_they_leave_and_what_is_left_is_shown(tab: Visit) -> None:
    page = tab.page
    facets = page.locator(".search-room .facet")
    expect(facets.locator("h3")).to_have_text(["Section", "Topic", "Year", "Venue", "Code"])
    for label in ("Efficient Inference", "2023", "With code"):
        button = facets.locator("button", has=page.get_by_text(label, exact=True))
        counted = page.get_by_text(label, exact=True).locator("xpath=following-sibling::span").text_content()
        with page.expect_response("**/page_facets"):
            button.click()
        expect(page.locator(".search-room .status")).to_have_text(f"{counted} of 84 papers")
        expect(page.locator(".search-room .facet button[aria-pressed=true]", has_text=label)).to_have_count(1)
        page.wait_for_timeout(200)  # until the counts, which have come, stand there
    count = len(titles(page))
    assert str(count) == counted
    look_for(page, ROUTING)
    assert len(titles(page)) <= count
    page.get_by_role("button", name="Clear all filters").click()
    expect(page.locator(".search-room .facet button[aria-pressed=true]")).to_have_count(0)
    expect(page.locator(".search-room .hit")).to_have_count(20)


def test_what_was_read_into_the_words_is_said_and_taken_back(tab: Visit) -> None:
    page = tab.page
    look_for(page, "EMNLP 2023 papers about halucination, with code")
    note = page.locator(".search-room .note")
    expect(note).to_contain_text("Only EMNLP, 2023, with code")
    expect(note).to_contain_text("Searched for “hallucination”, not “halucination”.")
    note.get_by_role("button", name="Take it word for word").click()
    expect(page.locator("#search-box")).to_have_value('"EMNLP 2023 papers about halucination, with code"')
    expect(note).to_be_empty()


def test_more_like_this_and_back(tab: Visit) -> None:
    page = tab.page
    look_for(page, "speculative decoding")
    first = titles(page)[0]
    page.locator(".search-room .hit").first.hover()
    page.locator(".search-room .hit [data-like]").first.click()
    note = page.locator(".search-room .note")
    expect(note).to_contain_text(f"Papers like “{first}”")
    like = titles(page)
    assert first not in like
    assert any("Speculative" in title for title in like[:3])
    assert (
        page.evaluate("""() => {
      const box = document.querySelector("#search-box").getBoundingClientRect();
      return document.elementFromPoint(box.left + 9, box.top + 9).id;
    }""")
        == "search-box"
    )  # not under the header
    page.locator(".search-room .sort select").select_option("title")
    expect(page.locator(".search-room .status")).to_have_text("Of the 50 nearest")
    assert titles(page) == sorted(titles(page), key=str.casefold)
    page.locator(".search-room .sort select").select_option("")
    note.get_by_role("button", name="Back to the search").click()
    expect(note).to_be_empty()
    assert titles(page)[0] == first


def test_papers_are_ticked_and_exported(tab: Visit) -> None:
    page = tab.page
    look_for(page, ROUTING)
    tray = page.locator(".search-room .tray")
    expect(tray).to_be_hidden()
    for i in (0, 2):
        page.locator(".search-room .pick input").nth(i).check()
    look_for(page, "speculative decoding")
    page.locator(".search-room .pick input").first.check()
    expect(tray.locator(".picked")).to_have_text("3 papers ticked")
    for format, suffix, sign in (("bibtex", "bib", "@"), ("ris", "ris", "TY  - "), ("csl", "json", '"title"')):
        tray.locator("select").select_option(format)
        with page.expect_download() as download:
            tray.get_by_role("button", name="Download").click()
        assert download.value.suggested_filename == f"survey.{suffix}"
        text = Path(download.value.path()).read_text("utf-8")
        assert sign in text and "Speculative Decoding" in text and "RouteLLM" in text
    tray.get_by_role("button", name="Clear").click()
    expect(tray).to_be_hidden()


def test_another_order(tab: Visit) -> None:
    page = tab.page
    page.locator(".search-room .sort select").select_option("title")
    page.wait_for_function("[...document.querySelectorAll('.search-room .hit .title')][0].textContent.startsWith('A')")
    found = titles(page)
    assert found == sorted(found, key=str.casefold)
    page.locator(".search-room .sort select").select_option("year")
    expect(page.locator(".search-room .hit .where").first).to_contain_text("2025")
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".search-room .hit")).to_have_count(40)


def test_a_server_that_fails_is_said_to_and_typing_on_mends_it(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page) as tab:
        begin(tab)
        tab.page.route("**/page_search", lambda route: route.abort())
        tab.page.fill("#search-box", "routing")
        expect(tab.page.locator(".search-room .status")).to_have_text("The server does not answer.")
        tab.page.unroute("**/page_search")
        look_for(tab.page, "routing q")
        expect(tab.page.locator(".search-room.failed")).to_have_count(0)
        assert tab.hosts == {"127.0.0.1"}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["wide", "phone"])
def test_nothing_is_out_of_reach_in_any_state(
    browser: Browser, survey_page: str, dark: bool, size: tuple[int, int]
) -> None:
    with visit(browser, survey_page, size, dark=dark, phone=size == PHONE) as tab:
        page = tab.page
        begin(tab)
        look_for(page, "EMNLP 2023 papers about halucination, with code")
        page.locator(".search-room .pick input").first.check()
        page.locator(".search-room .hit .title").first.click()
        page.wait_for_selector(".search-room .opened .card")
        if size == PHONE:
            page.locator(".search-room .filters > summary").click()
        page.wait_for_selector(".search-room .facet")
        assert tab.inaccessible() == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert tab.hosts == {"127.0.0.1"} and not tab.errors


def papers() -> list[Paper]:
    """Papers that break what is not built for them."""
    return [
        hostile_paper(),
        Paper.create(title="تعلم النماذج الصغيرة", authors=["مؤلف"], text="نص عن small models.", text_kind="abstract",
                     source=Source("x", 2)),
        Paper.create(title=r"Models of $O(n^{2}\log n)$ and \textbf{student}", section=["A " * 90], year=2024,
                     source=Source("x", 3)),
        Paper.create(title="Teacher" + "superlongword" * 30, authors=[f"Author {i} Name" for i in range(40)],
                     text="small " * 300 + ".", text_kind="abstract", venue="V" * 120, source=Source("x", 4)),
    ]  # fmt: skip


def test_hostile_papers_are_only_words(browser: Browser, tiny_home: Path, tiny_model: Path) -> None:
    Collection.create("hostile", str(tiny_model)).add(papers(), {"title": HOSTILE})
    with served(tiny_home, "hostile") as url, visit(browser, url, PHONE, phone=True) as tab:
        page = tab.page
        begin(tab)
        assert HOSTILE in titles(page)[0]
        for query in ("quoted words", "small models", f"quoted {HOSTILE}", "نص", r"$O(n)$ \textbf"):
            look_for(page, query)
        look_for(page, "quoted words")
        page.locator(".search-room .hit .title").first.click()
        page.wait_for_selector(".search-room .opened .card")
        page.locator(".search-room .hit", has_text=HOSTILE).first.locator("[data-like]").click()
        expect(page.locator(".search-room .note")).to_contain_text(HOSTILE)
        page.locator(".search-room .filters > summary").click()
        expect(page.locator(".search-room .facets")).to_contain_text(HOSTILE)
        expect(page.locator(".title", has_text="تعلم").first).to_have_css("direction", "rtl")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert page.evaluate("window.hit") is None
        assert page.locator(".search-room :is(img, script, b, iframe, svg)").count() == 0
        assert tab.hosts == {"127.0.0.1"} and not tab.errors


def test_marks_are_of_whole_words_and_the_rest_is_escaped() -> None:
    assert marked("Routing <b>routes</b> & rout.", {"rout"}) == (
        "<mark>Routing</mark> &lt;b&gt;<mark>routes</mark>&lt;/b&gt; &amp; <mark>rout</mark>."
    )
    assert marked(HOSTILE, {"script", "img", "onerror"}).count("<mark>") == 4
    assert "<script" not in marked(HOSTILE, {"script"}).replace("<mark>", "")


def test_counts_are_those_of_the_filters(use_survey: Path) -> None:
    assistant = Assistant.open()
    desk, rows = Desk(assistant), Rows()
    for given in ({}, {"section": "Collaboration > SMs Enhance LLMs"}, {"year": "2023", "code": "with"}):
        html = counted(desk, rows, given)["html"]
        found = re.findall(r'data-field="(\w+)" data-value="([^"]*)".*?class="n">([\d,]+)<', html)
        assert len(found) > 20
        for field, value, count in found:
            left = search(desk, rows, {**given, field: unescape(value)})["status"]
            assert left.split()[0] == count, (given, field, value)


@pytest.mark.parametrize(
    "asked",
    [
        {"query": 3},
        {"query": "x", "year": "soon"},
        {"query": "x", "count": "many"},
        {"like": "arxiv:0"},
        {"query": "a" * 30_000},
        {"collection": "../etc"},
        {"collection": "absent"},
    ],
)
def test_a_call_that_makes_no_sense_is_refused_in_a_line(use_survey: Path, asked: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        search(Desk(Assistant.open()), Rows(), asked)
    assert "\n" not in str(refused.value)


def test_an_export_of_nothing_is_refused(use_survey: Path) -> None:
    desk = Desk(Assistant.open())
    for asked in ({"format": "bibtex"}, {"format": "exe", "ids": ["x"]}, {"format": "ris", "ids": "x"}):
        with pytest.raises(InputError):
            exported(desk, asked)
