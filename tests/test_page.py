"""The page in a real browser: what a person sees and presses; and its HTML, given hostile words."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant import Answer, Citation, Sentence
from assistant.page.cards import card
from assistant.page.conversation import messages, sources
from assistant.page.talk import Turn
from assistant.page.theme import COLOURS
from index.collection import Collection
from ingest.paper import Correction, Paper, Source

from .browser import Visit, served, visit
from .conftest import ROOT, Run, environment

HOSTILE = (
    """<script>window.hit=1</script><img src=x onerror="window.hit=2">"'></p></mark><b>**b** `c` $d$ ${1+1} {{value}}"""
)
PHONE = (390, 844)


@pytest.fixture
def tab(browser: Browser, survey_page: str) -> Iterator[Visit]:
    with visit(browser, survey_page) as opened:
        yield opened
        assert opened.hosts == {"127.0.0.1"}
        assert not opened.errors


def hostile_paper() -> Paper:
    return Paper.create(
        title=f"{HOSTILE} A title",
        authors=[f"{HOSTILE} {i}" for i in range(40)],
        venue=HOSTILE,
        topic=HOSTILE,
        section=[HOSTILE, "javascript:alert(1)"],
        text=f"Before it. Quoted {HOSTILE} words. After it.",
        text_kind="abstract",
        url='https://example.org/?q="><script>window.hit=3</script>',
        code_url="https://example.org/'onmouseover='window.hit=4",
        source=Source("hostile.bib", 1),
        corrections=[Correction("code_url", "x", "x", HOSTILE)],
    )


def test_an_example_is_answered_and_a_footnote_lights_its_card(tab: Visit) -> None:
    page = tab.page
    expect(page.locator("h1")).to_have_text("What is the Role of Small Models in the LLM Era: A Survey")
    expect(page.locator("#header .count")).to_contain_text("84 papers")
    expect(page.locator("#examples button")).to_have_count(3)
    page.locator("#examples button").first.click()
    tab.answered(1)
    expect(page.locator("#examples")).to_be_hidden()

    notes = page.locator("#chat .notes")
    assert 5 <= notes.count() <= 15
    numbers = [n.removeprefix("Footnote ") for n in page.locator("#chat .note").all_text_contents()]
    assert numbers == [str(n) for n in range(1, notes.count() + 1)]
    assert page.locator("#sources .card .back").count() == notes.count()
    quiet = page.locator("#chat .reply .quiet").last.text_content() or ""
    assert re.fullmatch(r"extractive · confidence [01]\.\d\d · (\d+ ms|\d+\.\d s), how this was made", quiet)

    page.locator("#a1-r3").click()
    tab.still()
    expect(page.locator(".card.lit")).to_have_id("a1-n3")
    assert tab.in_view("#a1-n3")
    mark = page.locator("#a1-n3 mark")
    expect(mark).to_be_visible()
    sentence = page.locator("#chat p.lit").evaluate("p => p.textContent.replace(/Footnote \\d+$/, '')")
    assert mark.text_content() == sentence
    page.locator("#a1-n3 .back").click()
    expect(page.locator("#a1-r3")).to_be_focused()


def test_a_card_says_what_the_paper_is(tab: Visit) -> None:
    tab.ask("How can a small model speed up decoding of a large one?")
    leviathan = tab.page.locator(".card", has_text="Fast Inference from Transformers via Speculative Decoding").first
    expect(leviathan.locator(".by")).to_have_text("Yaniv Leviathan, Matan Kalman and Yossi Matias")
    expect(leviathan.locator(".where")).to_have_text("ICML 2023 · Speculative Decoding")
    expect(leviathan.locator("summary")).to_have_text(["Summary by this project", "Why this paper"])
    expect(leviathan.locator(".path")).to_have_text(
        "Collaboration › SMs Enhance LLMs › Efficient Inference › Speculative Decoding"
    )
    expect(leviathan.locator(".remark")).to_have_text("A third party's re-implementation, not the authors' code")
    for link in leviathan.locator(".links a[target]").all():
        assert link.get_attribute("rel") == "noopener noreferrer"
        assert (link.get_attribute("href") or "").startswith("https://")


def test_what_the_collection_lacks_is_said_with_the_nearest_papers(tab: Visit) -> None:
    tab.ask("sourdough hydration for baking at high altitude")
    page = tab.page
    expect(page.locator("#chat .lead")).to_have_text("Not in this collection")
    expect(page.locator("#chat .reply")).to_contain_text("No paper here")
    expect(page.locator("#chat .note")).to_have_count(3)
    expect(page.locator("#sources h2")).to_have_text("Nearest papers 3")
    page.locator("#chat .note").nth(2).click()
    tab.still()
    expect(page.locator(".card.lit")).to_have_id("a1-n3")
    assert tab.in_view("#a1-n3")


def test_the_keyboard_is_enough(tab: Visit) -> None:
    page = tab.page
    expect(page.locator("#box textarea")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("   ")
    page.keyboard.press("Enter")
    page.keyboard.type("which papers route queries between models?")
    page.keyboard.press("Enter")
    tab.answered(1)
    expect(page.locator("#chat .ask")).to_have_count(1)
    expect(page.locator("#box textarea")).to_have_value("")
    expect(page.locator("#box textarea")).to_be_focused()
    page.keyboard.press("Enter")  # with nothing in the box
    page.wait_for_timeout(500)
    expect(page.locator("#chat .ask")).to_have_count(1)
    expect(page.locator("#a1-n1")).to_be_visible()
    page.locator("#a1-r1").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#a1-r2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#a1-n2")).to_be_focused()
    expect(page.locator("#a1-n2")).to_have_class("card lit")


def test_an_older_answer_keeps_its_footnotes(tab: Visit) -> None:
    tab.ask("which papers route queries between models?")
    title = tab.page.locator("#a1-n2 .title").text_content()
    tab.ask("how do I detect hallucinations without access to logits?")
    expect(tab.page.locator("#sources section .card").first).to_have_id(re.compile(r"a2-n\d+"))
    expect(tab.page.locator("#a1-n2")).to_be_hidden()
    assert tab.in_view("#a2")
    tab.page.locator("#a1-r2").click()
    tab.still()
    expect(tab.page.locator("#a1-n2")).to_be_visible()
    expect(tab.page.locator(".card.lit .title")).to_have_text(title or "no title")
    assert tab.in_view("#a1-n2")


def test_two_tabs_do_not_share_a_conversation(browser: Browser, survey_page: str, tab: Visit) -> None:
    tab.ask("speculative decoding")
    with visit(browser, survey_page) as other:
        expect(other.page.locator("#chat .ask")).to_have_count(0)
        other.ask("which papers route queries between models?")
        expect(other.page.locator("#chat .ask h2")).to_have_text(["which papers route queries between models?"])
    tab.ask("data selection")
    expect(tab.page.locator("#chat .ask h2")).to_have_text(["speculative decoding", "data selection"])


def test_a_question_that_cannot_be_asked_gets_a_message(tab: Visit) -> None:
    tab.ask("long " * 5_000)
    expect(tab.page.locator("#chat .failed")).to_contain_text("the query has 25,000 characters")
    tab.ask("speculative decoding")
    expect(tab.page.locator("#sources section .card").first).to_be_visible()


def test_a_phone_shows_it_all_in_one_column(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page, PHONE, phone=True) as tab:
        width = "document.documentElement.scrollWidth"
        assert tab.page.evaluate(width) == PHONE[0]
        tab.page.locator("#examples button").nth(1).tap()
        tab.answered(1)
        assert tab.page.evaluate(width) == PHONE[0]
        answer, cards = tab.page.locator("#chat").bounding_box(), tab.page.locator("#sources").bounding_box()
        assert answer and cards and cards["y"] >= answer["y"] + answer["height"]
        tab.page.locator("#a1-r3").tap()
        tab.still()
        assert tab.in_view("#a1-n3")
        tab.page.locator("#a1-n3 .return").tap()
        tab.still()
        assert tab.in_view("#a1-r3")
        assert tab.page.evaluate(width) == PHONE[0]
        assert tab.hosts == {"127.0.0.1"} and not tab.errors


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_both_themes_and_the_size_of_type(browser: Browser, survey_page: str, dark: bool) -> None:
    with visit(browser, survey_page, dark=dark) as tab:
        tab.ask("which papers route queries between models?")
        paper = COLOURS["body_background_fill"][dark]
        ground = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == f"rgb({', '.join(str(int(paper[i : i + 2], 16)) for i in (1, 3, 5))})"
        small = tab.page.evaluate(
            """() => [...document.querySelectorAll("#header *, #room *")].filter(element =>
                 [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
                 && !element.closest("sup, .notes, .spoken, .sr-only, style") && element.checkVisibility()
                 && parseFloat(getComputedStyle(element).fontSize) < 16).map(element => element.outerHTML)"""
        )
        assert small == []
        expect(tab.page.locator("footer")).to_be_hidden()
        # About 70 characters a line: as many lines as 62 to 74 characters each would give, over all sentences.
        lines, characters = tab.page.evaluate(
            """() => [...document.querySelectorAll("#chat .reply > p:has(.notes)")].reduce(([lines, characters], p) => [
                 lines + Math.round(p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight)),
                 characters + p.textContent.length], [0, 0])"""
        )
        assert characters / lines < 74


def test_every_colour_can_be_read() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str, dark: bool) -> float:
        low, high = sorted(luminance(COLOURS[name][dark]) for name in (one, other))
        return (high + 0.05) / (low + 0.05)

    for dark in (False, True):
        for ground in ("body_background_fill", "background_fill_secondary"):
            for text in ("body_text_color", "body_text_color_subdued", "link_text_color", "input_placeholder_color"):
                assert contrast(text, ground, dark) >= 4.5, (text, ground, dark)
            assert contrast("input_border_color", ground, dark) >= 3, (ground, dark)
        for text in ("body_text_color", "link_text_color"):
            assert contrast(text, "color_accent_soft", dark) >= 4.5, (text, dark)


class Elements(HTMLParser):
    """Reads HTML as a browser does, as far as tags and attributes go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def check_inert(html: str) -> None:
    """Hold that HTML is of our own elements and attributes only, and that the hostile words are words in it."""
    found = Elements(html)
    ours = {
        "a",
        "article",
        "br",
        "button",
        "details",
        "div",
        "h2",
        "h3",
        "li",
        "mark",
        "ol",
        "p",
        "section",
        "span",
        "strong",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    }
    assert set(found.tags) <= ours
    allowed = {"aria-hidden", "aria-labelledby", "class", "href", "id", "open", "rel", "tabindex", "target"}
    allowed |= {"dir", "scope", "type"}
    assert {name for name, _ in found.attributes} <= allowed
    assert all(
        re.match(r"https?://|#a\d+-[nr]\d+$|#q=[\w.~%-]*$", value) for name, value in found.attributes if name == "href"
    )
    assert "<script>window.hit=1</script>" in found.text
    assert "\n" not in html  # in a chat message, a blank line would end the HTML and begin Markdown


def test_a_hostile_paper_is_only_words_on_its_card() -> None:
    paper = hostile_paper()
    html = card(paper, "a1-n1", 1, [f"Quoted {HOSTILE} words."])
    check_inert(html)
    assert html.count("<mark>") == 1
    assert "and 37 more" in Elements(html).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "39" not in Elements(html).text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org", " javascript:alert(1)"])
def test_only_web_links_become_links(url: str) -> None:
    paper = Paper(id="x", title="A title", source=Source("x", 1), url=url, code_url=url)  # past Paper.create's check
    assert "a" not in Elements(card(paper, "a1-n1")).tags


def test_marks_never_overlap_and_never_change_the_text() -> None:
    text = "One two three. Four five. One two three."
    paper = Paper.create(title="A title", text=text, text_kind="abstract", source=Source("x", 1))
    html = card(paper, "a1-n1", 1, ["One two three.", "two three. Four", "Four five.", "not in it", ""])
    assert "<mark>One two three.</mark> <mark>Four five.</mark> One two three.</p>" in html


def test_hostile_words_are_inert_in_every_part_of_a_conversation(tiny_home: Path, tiny_model: Path) -> None:
    paper = hostile_paper()
    collection = Collection.create("hostile", str(tiny_model))
    collection.add([paper])
    written = (Sentence(HOSTILE, (Citation(1, paper),), "unchecked", HOSTILE), Sentence(HOSTILE, (), "uncited"))
    answer = Answer(HOSTILE, "llm", False, 0.9, HOSTILE, HOSTILE, written, cost={"seconds": 1.0})
    near = collection.search("quoted words").hits
    refusal = Answer(HOSTILE, "none", True, 0.1, HOSTILE, HOSTILE, nearest=near, cost={"seconds": 0.1})
    turns = (Turn(HOSTILE, answer), Turn(f"{HOSTILE}\n\n# x", error=HOSTILE), Turn(HOSTILE, refusal), Turn(HOSTILE))
    for message in messages(turns)[:-1]:  # the last awaits its answer
        check_inert(str(message["content"]))
        assert str(message["content"]).startswith("<div")
    check_inert(sources(turns))
    check_inert(sources(turns[:3]))


def test_hostile_words_are_inert_in_the_browser(browser: Browser, tiny_home: Path, tiny_model: Path) -> None:
    collection = Collection.create("hostile", str(tiny_model))
    collection.add([hostile_paper()], {"title": f"</title>{HOSTILE}"})
    with served(tiny_home, "hostile") as url, visit(browser, url) as tab:
        expect(tab.page.locator("h1")).to_have_text(f"</title>{HOSTILE}")
        tab.ask(f"quoted words {HOSTILE} [a](javascript:alert(1))")
        expect(tab.page.locator("#chat h2")).to_have_text(f"quoted words {HOSTILE} [a](javascript:alert(1))")
        expect(tab.page.locator("#sources .title")).to_contain_text(HOSTILE)
        tab.page.locator("#chat .note").first.click()
        expect(tab.page.locator(".card.lit mark")).to_be_visible()
        assert tab.page.evaluate("window.hit") is None
        assert tab.page.locator(":is(#header, #room) :is(img, script, b, iframe)").count() == 0
        assert tab.hosts == {"127.0.0.1"} and not tab.errors


@pytest.mark.parametrize("command", [["-m", "assistant.cli", "serve"], ["app.py"]], ids=["footnote", "app.py"])
def test_a_port_in_use_is_said_in_one_line(survey_home: Path, command: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, *command, "--port", str(port)],
            env=environment(survey_home),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ended.returncode == 2
    assert re.fullmatch(
        rf"footnote: port {port} is in use; expected a free one: footnote serve --port \d+\n", ended.stderr
    )
    assert ended.stdout == ""


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_what_is_no_port_is_refused(footnote: Run, port: str) -> None:
    ended = footnote("serve", "--port", port)
    assert ended.returncode == 2 and f"port {port} " in ended.stderr and ended.stderr.count("\n") == 1
