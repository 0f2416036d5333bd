"""The Map tab in a browser: points, what is lit, cards, the list beside; and how the map is drawn."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.page.groups import MOST, grouped
from index.collection import Collection
from index.projection import layout
from ingest.paper import Paper, Source

from .browser import Visit, served, visit
from .conftest import ROOT, environment
from .test_page import HOSTILE, hostile_paper
from .test_page_search import PHONE, papers


@pytest.fixture
def tab(browser: Browser, survey_page: str) -> Iterator[Visit]:
    with visit(browser, survey_page) as opened:
        begin(opened)
        yield opened
        assert opened.hosts == {"127.0.0.1"}
        assert not opened.errors


def begin(tab: Visit) -> None:
    """Open the tab, and wait until the map is drawn."""
    tab.open("map")
    expect(tab.page.locator(".map-room .drawing")).to_be_hidden(timeout=60_000)
    tab.page.wait_for_timeout(300)


def light(page: Page, query: str) -> None:
    with page.expect_response("**/page_lit"):
        page.fill("#map-box", query)
    page.wait_for_timeout(200)


def ink(page: Page) -> int:
    """Return how many pixels of the map are strong in colour."""
    return int(
        page.evaluate(
            """() => {
              const canvas = document.querySelector(".map-room canvas");
              const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              let strong = 0;
              for (let i = 3; i < data.length; i += 4) strong += data[i] > 150;
              return strong;
            }"""
        )
    )


def test_every_section_has_a_colour_and_a_name_and_can_be_seen_alone(tab: Visit) -> None:
    page = tab.page
    legend = page.locator(".map-room .legend button")
    expect(legend).to_have_count(10)
    counts = [int(n) for n in page.locator(".map-room .legend .n").all_text_contents()]
    assert sum(counts) == 84 and counts == sorted(counts, reverse=True)
    assert page.locator(".map-room .labels span:not(.dim)").count() >= 7
    whole = ink(page)
    legend.first.click()
    page.wait_for_timeout(200)
    assert 0 < ink(page) < whole / 3
    expect(legend.first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".map-room .labels span:not(.dim)")).to_have_text("Data Synthesis")
    legend.first.click()
    page.wait_for_timeout(200)
    assert ink(page) == whole


def test_a_question_lights_its_papers_and_lists_them(tab: Visit) -> None:
    page = tab.page
    whole = ink(page)
    light(page, "which papers route queries between models?")
    listed = page.locator(".map-room .list li")
    said = page.locator(".map-room .said").text_content() or ""
    assert re.fullmatch(rf"{listed.count()} papers fit", said) and 4 <= listed.count() <= 20
    assert 0 < ink(page) < whole / 2
    expect(page.locator(".map-room .list")).to_contain_text("RouteLLM")
    light(page, "sourdough")
    expect(page.locator(".map-room .said")).to_have_text("Nothing here fits well.")
    light(page, "")
    expect(page.locator(".map-room .shown")).to_be_hidden()
    assert ink(page) == whole


def test_a_point_tells_its_title_and_opens_its_card(tab: Visit) -> None:
    page = tab.page
    light(page, "RouteLLM")
    row = page.locator(".map-room .list li", has_text="RouteLLM").first
    row.hover()
    tip = page.locator(".map-room .tip")
    expect(tip).to_contain_text("RouteLLM")
    row.locator("button").click()
    chosen = page.locator(".map-room .chosen")
    expect(chosen.locator(".title")).to_contain_text("RouteLLM")
    expect(chosen.locator(".text")).to_be_visible()
    expect(chosen.locator(".card")).to_be_focused()
    chosen.get_by_role("button", name="Close the card").click()
    expect(chosen).to_be_hidden()
    expect(row.locator("button")).to_be_focused()

    # The same point, found and pressed on the plane.
    light(page, "")
    at = page.evaluate(
        """() => {
          const plane = document.querySelector(".map-room canvas").getBoundingClientRect();
          const canvas = document.querySelector(".map-room canvas");
          const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let i = 3;
          while (data[i] < 200) i += 4;
          const pixel = (i - 3) / 4;
          const [x, y] = [pixel % canvas.width, Math.floor(pixel / canvas.width)];
          return [plane.left + x / devicePixelRatio, plane.top + y / devicePixelRatio];
        }"""
    )
    page.mouse.move(*at)
    expect(tip).to_be_visible()
    title = tip.text_content() or ""
    page.mouse.click(*at)
    expect(chosen.locator(".title")).to_have_text(title)


def test_nearer_and_back_to_the_whole(tab: Visit) -> None:
    page = tab.page
    whole = ink(page)
    page.get_by_role("button", name="Nearer").click()
    page.get_by_role("button", name="Nearer").click()
    page.wait_for_timeout(200)
    near = ink(page)
    box = page.locator(".map-room canvas").bounding_box()
    assert box and near != whole
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 420, box["y"] + 300, steps=4)
    page.mouse.up()
    page.wait_for_timeout(200)
    expect(page.locator(".map-room .chosen")).to_be_hidden()  # a drag is no press
    page.get_by_role("button", name="The whole map").click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(200)
    assert ink(page) == whole


def test_the_keyboard_goes_from_paper_to_paper(tab: Visit) -> None:
    page = tab.page
    tip, heard, canvas = (page.locator(f".map-room {part}") for part in (".tip", ".heard", "canvas"))
    page.locator("#map-box").focus()
    page.keyboard.press("Tab")
    expect(canvas).to_be_focused()
    seen = set()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
        expect(tip).to_be_visible()
        title = tip.text_content() or ""
        expect(heard).to_have_text(title)
        seen.add(title)
    assert len(seen) >= 3
    for key in "++":
        page.keyboard.press(key)
        expect(tip).to_have_text(title)  # nearer, and still there
    page.keyboard.press("Enter")
    card = page.locator(".map-room .chosen .card")
    expect(card.locator(".title")).to_have_text(title)
    expect(card).to_be_focused()
    page.locator(".map-room .chosen .close").click()
    expect(canvas).to_be_focused()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    light(page, "speculative decoding")
    canvas.focus()
    lit = page.locator(".map-room .list .title").all_text_contents()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        expect(tip).to_be_visible()
        assert tip.text_content() in lit


def test_what_was_searched_for_is_lit(tab: Visit) -> None:
    page = tab.page
    tab.open("search")
    page.fill("#search-box", "speculative decoding")
    page.wait_for_selector("[data-shown='speculative decoding']")
    tab.open("map")
    expect(page.locator("#map-box")).to_have_value("speculative decoding")
    expect(page.locator(".map-room .list")).to_contain_text("Speculative")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["wide", "phone"])
def test_nothing_is_out_of_reach_in_any_state(
    browser: Browser, survey_page: str, dark: bool, size: tuple[int, int]
) -> None:
    with visit(browser, survey_page, size, dark=dark, phone=size == PHONE) as tab:
        begin(tab)
        page = tab.page
        page.locator(".map-room .legend button").nth(2).click()
        assert tab.inaccessible() == []
        page.locator(".map-room .legend button").nth(2).click()
        light(page, "chain of thought")
        page.locator(".map-room .list button").first.click()
        page.wait_for_selector(".map-room .chosen .card")
        assert tab.inaccessible() == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert tab.hosts == {"127.0.0.1"} and not tab.errors


def test_hostile_papers_are_only_words(browser: Browser, tiny_home: Path, tiny_model: Path) -> None:
    Collection.create("hostile", str(tiny_model)).add(papers(), {"title": HOSTILE})
    with served(tiny_home, "hostile") as url, visit(browser, url, PHONE, phone=True) as tab:
        page = tab.page
        begin(tab)
        expect(page.locator(".map-room .legend")).to_contain_text("javascript:alert(1)")
        page.fill("#map-box", f"quoted words {HOSTILE}")
        page.wait_for_timeout(500)
        for x in range(20, 320, 60):
            for y in range(20, 320, 60):
                page.locator(".map-room canvas").click(position={"x": x, "y": y})
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert page.evaluate("window.hit") is None
        assert page.locator(".map-room :is(img, script, b, iframe, svg)").count() == 0
        assert tab.hosts == {"127.0.0.1"} and not tab.errors


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 40])
def test_any_number_of_papers_has_a_map(home: Path, count: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(count, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    points = layout(vectors)
    assert points.shape == (count, 2) and np.isfinite(points).all() and np.abs(points).max(initial=0) <= 1


def test_alike_papers_lie_near_and_the_map_is_always_the_same(home: Path) -> None:
    random = np.random.default_rng(1)
    centres = random.normal(size=(4, 32))
    group = np.repeat(np.arange(4), 30)
    vectors = (centres[group] + random.normal(size=(120, 32)) * 0.4).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    steps: list[tuple[int, int]] = []
    points = layout(vectors, lambda done, total: steps.append((done, total)))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (group[apart.argmin(axis=1)] == group).mean() > 0.95
    assert steps == sorted(steps) and steps[-1][0] == steps[-1][1]

    kept = next((home / "cache" / "maps").glob("*.npy"))
    again: list[int] = []
    assert np.array_equal(layout(vectors, lambda done, _: again.append(done)), points)
    assert not again  # it was kept
    kept.write_bytes(kept.read_bytes()[:50])  # damaged: drawn anew, and the same
    assert np.array_equal(layout(vectors), points)
    assert np.array_equal(layout(np.ascontiguousarray(vectors[:, :])), points)


def test_papers_that_are_all_the_same_have_a_map(home: Path) -> None:
    assert np.isfinite(layout(np.full((20, 8), 8**-0.5, np.float32))).all()


def test_a_query_imports_nothing_of_the_map(survey_home: Path) -> None:
    program = (
        "import sys; from assistant import Assistant; Assistant.open().search('routing'); "
        "print([m for m in ('openTSNE', 'sklearn', 'scipy', 'gradio') if m in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment(survey_home), cwd=ROOT, capture_output=True, text=True
    )
    assert ended.stdout.strip() == "[]", ended.stderr


def test_groups_are_no_more_than_there_are_colours() -> None:
    def paper(n: int, *section: str, topic: str | None = None) -> Paper:
        return Paper.create(title=f"Paper {n}", section=list(section), topic=topic, source=Source("x", n + 1))

    names, group = grouped([paper(i, "All", f"Section {i % 4}", f"Part {i % 12}") for i in range(48)])
    assert names == [f"Section {i}" for i in range(4)] and group[:4] == [0, 1, 2, 3]
    names, group = grouped([paper(i, f"Section {i % 30}") for i in range(60)])
    assert len(names) == MOST and names[-1] == "Other" and max(group) == MOST - 1
    names, group = grouped([paper(i, topic=f"Topic {i % 3}") for i in range(9)])
    assert names == ["Topic 0", "Topic 1", "Topic 2"]
    assert grouped([paper(i) for i in range(3)]) == (["Papers"], [0, 0, 0])
    assert grouped([])[1] == []
    assert hostile_paper().section[-1] in grouped([hostile_paper()])[0]
