"""The page's shell in a browser: tabs, keys, themes, contrast, what it asks of the network, a server that goes."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.page.shell import TABS

from .browser import Visit, free_port, served, visit

PHONE = (360, 740)
PLACES = [place for place, _, _ in TABS]


@pytest.fixture
def tab(browser: Browser, survey_page: str) -> Iterator[Visit]:
    with visit(browser, survey_page) as opened:
        yield opened
        assert opened.hosts == {"127.0.0.1"}
        assert not opened.errors


def test_the_tab_is_in_the_address_and_a_reload_keeps_it(tab: Visit) -> None:
    page = tab.page
    tab.open("settings")
    assert page.url.endswith("#settings")
    page.reload()
    expect(page.locator("#settings-button")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#settings")).to_be_visible()
    page.go_back()
    expect(page.locator("#ask-button")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#box")).to_be_visible()


def test_arrows_lead_from_tab_to_tab_and_the_focus_is_seen(tab: Visit) -> None:
    page = tab.page
    page.locator("#ask-button").focus()
    page.keyboard.press("ArrowLeft")  # round the end
    last = page.locator(f"#{PLACES[-1]}-button")
    expect(last).to_be_focused()
    expect(last).to_have_attribute("aria-selected", "true")
    assert last.evaluate("tab => getComputedStyle(tab).outlineStyle") == "solid"
    page.keyboard.press("ArrowRight")
    expect(page.locator("#ask-button")).to_be_focused()
    assert page.locator("[role=tab][tabindex='0']").count() == 1


def test_a_slash_goes_to_the_box_and_is_a_slash_inside_it(tab: Visit) -> None:
    page, field = tab.page, tab.page.locator("#box textarea")
    page.locator("#header .theme").focus()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.type("and/or")
    expect(field).to_have_value("and/or")
    tab.open("settings")
    page.locator("#settings-button").focus()
    page.keyboard.press("/")
    expect(page.locator("#settings textarea, #settings input[type=text]").first).to_be_focused()


def test_arrows_lead_from_the_box_to_the_examples_and_through_the_cards(tab: Visit) -> None:
    page = tab.page
    expect(page.locator("#examples button")).to_have_count(3)  # they come when the page is open
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#examples button").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    tab.answered(1)
    page.locator("#box textarea").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#a1-n1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#a1-n2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#a1-n2 .text")).to_be_visible()


def is_dark(tab: Visit) -> bool:
    ground = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", ground)[:3])) < 3 * 128


@pytest.mark.parametrize("system_is_dark", [False, True], ids=["light", "dark"])
def test_the_theme_follows_the_system_until_one_is_chosen(
    browser: Browser, survey_page: str, system_is_dark: bool
) -> None:
    with visit(browser, survey_page, dark=system_is_dark) as tab:
        switch = tab.page.locator("#header .theme")
        assert is_dark(tab) is system_is_dark
        expect(switch).to_have_text("Theme: as the system")
        switch.click()
        assert is_dark(tab) is not system_is_dark
        tab.page.reload()
        tab.page.wait_for_selector("#box textarea:focus")
        assert is_dark(tab) is not system_is_dark
        tab.page.emulate_media(color_scheme="light" if system_is_dark else "dark")
        tab.page.emulate_media(color_scheme="dark" if system_is_dark else "light")
        assert is_dark(tab) is not system_is_dark
        switch.click()
        assert is_dark(tab) is system_is_dark
        expect(switch).to_have_text("Theme: as the system")


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_any_tab(browser: Browser, survey_page: str, dark: bool, size: tuple[int, int]) -> None:
    with visit(browser, survey_page, size, dark=dark, phone=size == PHONE) as tab:
        assert tab.inaccessible() == []
        tab.page.click("#options button")
        tab.ask("compare RouteLLM and Tryage")
        tab.ask("which papers route queries between models?")
        tab.page.click("#chat .made summary >> nth=-1")
        tab.page.click("#a2-r1")
        tab.page.click("#a2-n1 .why summary")
        tab.page.click("#chat .export summary >> nth=-1")
        assert tab.inaccessible() == []
        tab.ask("sourdough baking")
        assert tab.inaccessible() == []
        for place in PLACES[1:]:
            tab.open(place)
            tab.page.wait_for_timeout(500)
            assert tab.inaccessible() == [], place
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_person_who_wants_no_motion_gets_none(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page) as tab:
        tab.page.emulate_media(reduced_motion="reduce")
        tab.ask("which papers route queries between models?")
        moving = tab.page.evaluate(
            """() => [...document.querySelectorAll(".gradio-container *")].filter(element => {
                 const {transitionDuration, animationName, animationDuration} = getComputedStyle(element);
                 return parseFloat(transitionDuration) > 0 && getComputedStyle(element).transitionProperty !== "none"
                   || animationName !== "none" && parseFloat(animationDuration) > 0;
               }).map(element => element.outerHTML.slice(0, 100))"""
        )
        assert moving == []


def test_the_page_is_there_soon_after_the_server_answers(browser: Browser, survey_page: str) -> None:
    painted = []
    for _ in range(3):
        with visit(browser, survey_page) as tab:
            painted.append(
                tab.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity")
            )
    assert min(painted) < 1000  # milliseconds; the machine may be busy


def test_a_server_that_goes_is_said_to_be_gone_and_the_page_works_when_it_is_back(
    browser: Browser, survey_home: Path
) -> None:
    port = free_port()
    with served(survey_home, port=port) as url:
        context = browser.new_context()
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("#box textarea:focus")
        tab = Visit(page)
        tab.ask("speculative decoding")
    expect(page.locator("#lost")).to_contain_text("The server does not answer", timeout=15_000)
    expect(page.locator("#a1-n1")).to_be_visible()  # what was answered can still be read
    with served(survey_home, port=port):
        expect(page.locator("#lost")).to_contain_text("The server is back", timeout=15_000)
        page.locator("#box textarea").fill("which papers route queries between models?")
        page.keyboard.press("Enter")
        expect(page.locator("#chat .ask h2").last).to_have_text(
            "which papers route queries between models?", timeout=15_000
        )
        expect(page.locator("#chat .reply .note").first).to_be_visible()
        time.sleep(0.5)
    context.close()
