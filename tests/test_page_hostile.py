"""Hostile words in a real browser, in every part that a paper, a model or a person can fill; odd ones beside them."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.page.shell import TABS
from assistant.testing import Request, ScriptedServer
from index.collection import Collection
from ingest.paper import Correction, Paper, Source

from .browser import Visit, served, visit

ELSEWHERE = "http://hostile.example"
ATTACKS = {
    "script": "<script>window.hit='script'</script>",
    "svg": "<svg><script>window.hit='svg'</script></svg><svg onload=\"window.hit='onload'\">",
    "remote image": f"<img src={ELSEWHERE}/x.png onerror=\"window.hit='img'\">",
    "javascript:": "<a href=\"javascript:window.hit='href'\">[here](javascript:window.hit=1)</a>",
    "data:": "<iframe src=\"data:text/html,<script>top.hit='data'</script>\"></iframe><object data='data:text/html,x'>",
    "markdown image": f"![x]({ELSEWHERE}/y.png) [x]: {ELSEWHERE}/z",
    "style": f"<style>@import '{ELSEWHERE}/x.css'</style><link rel=stylesheet href={ELSEWHERE}/y.css>",
    "mXSS noscript": "<noscript><p title=\"</noscript><img src=x onerror=window.hit='mxss'>\">",
    "mXSS math": "<math><mtext><table><mglyph><style><img src=x onerror=window.hit='math'></style></mglyph></table>",
    "mXSS svg": "<svg></p><style><a id=\"</style><img src=1 onerror=window.hit='svgstyle'>\">",
    "mXSS form": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=window.hit='form'>",
    "template": "${window.hit='template'} {{window.hit}} {{{constructor.constructor('window.hit=1')()}}} {% x %}",
    "attribute": "\"' onmouseover=\"window.hit='over'\" autofocus onfocus=\"window.hit='focus'\" x='",
    "latex": "$\\href{javascript:window.hit=1}{x}$ $$\\html{<img src=x onerror=window.hit=2>}$$ \\(x\\)",
    "comment": "<!--><img src=x onerror=window.hit='comment'>-->]]><![CDATA[<img src=x onerror=window.hit=3>]]>",
    "entities": "&lt;img src=x onerror=window.hit=4&gt;&#60;script&#62;window.hit=5&#60;/script&#62;",
}
WATCH = """() => {
  const elements = [...document.querySelectorAll("#header *, #tabs *")];
  return {
    hit: window.hit ?? null,
    strange: elements.filter(e => e.matches("script, img, iframe, object, embed, link, math, base, meta")
      || e.matches("form:not([data-room] > form)")
      || e.matches("svg, style") && !e.closest("button")).map(e => e.outerHTML.slice(0, 200)),
    handlers: elements.flatMap(e => [...e.attributes]).filter(a => a.name.startsWith("on")).map(a => a.name),
    links: [...document.querySelectorAll("a")].map(a => a.protocol).filter(p => !["http:", "https:"].includes(p)),
  };
}"""


def hostile(attack: str) -> Paper:
    return Paper.create(
        title=f"Small models {attack} route a query",
        authors=[f"A {attack} Author", "B Author"],
        venue=f"V {attack}",
        topic=f"Topic {attack}",
        section=[f"Section {attack}", "javascript:alert(1)"],
        text=f"A small model routes a query. {attack} It is large data.",
        text_kind="abstract",
        url="https://example.org/paper",
        source=Source(f"{attack[:80]}.bib", 1),
        corrections=[Correction("code_url", "x", "x", attack)],
    )


def unharmed(tab: Visit) -> None:
    tab.page.wait_for_timeout(300)  # for what would load or run a little later
    found = tab.page.evaluate(WATCH)
    assert found == {"hit": None, "strange": [], "handlers": [], "links": []}
    assert tab.hosts == {"127.0.0.1"}


def test_no_attack_of_a_paper_or_a_person_comes_to_life(browser: Browser, tiny_home: Path, tiny_model: Path) -> None:
    collection = Collection.create("hostile", str(tiny_model))
    collection.add([hostile(attack) for attack in ATTACKS.values()], {"title": " ".join(ATTACKS.values())})
    with served(tiny_home, "hostile") as url, visit(browser, url) as tab:
        unharmed(tab)
        tab.ask("which papers route a query with small models?")
        tab.page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
        tab.page.locator("#chat .note").first.click()
        expect(tab.page.locator("#sources")).to_contain_text(ATTACKS["script"])  # as words
        unharmed(tab)
        for button in tab.page.locator("#examples button").all():
            assert button.text_content()
        for attack in ATTACKS.values():
            tab.ask(f"query {attack}")
        unharmed(tab)
        for place, _, _ in TABS[1:]:
            tab.open(place)
            tab.page.wait_for_timeout(500)
            unharmed(tab)
        tab.page.reload()
        tab.page.wait_for_selector("#chat .ask", state="attached")
        unharmed(tab)


def test_no_attack_of_a_model_comes_to_life(browser: Browser, survey_home: Path) -> None:
    def says(request: Request) -> str:
        return " ".join(f"RouteLLM trains routers {attack} on data [1]." for attack in ATTACKS.values())

    with (
        ScriptedServer(says, "slow", pause=0.01) as model,
        served(survey_home, FOOTNOTE_SMALL=model.address) as url,
        visit(browser, url) as tab,
    ):
        tab.page.locator("#box textarea").fill("how does RouteLLM choose between models?")
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_selector("#chat :is(.writing, .made)")
        unharmed(tab)
        tab.answered(1)
        tab.page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
        unharmed(tab)


def odd_papers() -> list[Paper]:
    rows = [
        ("A " + "very " * 120 + "long title of small models that route a query", "A small model routes a query."),
        ("Nowordbreak" + "s" * 300, "A query is routed by a small model."),
        ("نماذج صغيرة توجّه الاستعلام في عصر النماذج الكبيرة", "نموذج صغير يوجّه query إلى model كبير."),
        ("מודלים קטנים מנתבים שאילתות", "מודל small מנתב query."),
        ("On $\\mathcal{O}(n^2)$ routing with $\\alpha_{\\text{small}}$ models", "A small model routes a query."),
        ("小さなモデルがクエリを振り分ける", "小さな model が query を振り分ける。"),
    ]
    return [
        Paper.create(
            title=title,
            authors=[f"Author Number{i} of-a-long-name" for i in range(40)],
            venue="A venue whose name goes on " * 6,
            year=2024,
            topic="Routing",
            text=text,
            text_kind="abstract",
            section=["Section " * 20, "Below"],
            source=Source("odd.bib", line),
        )
        for line, (title, text) in enumerate(rows, 1)
    ]


@pytest.mark.parametrize("size", [(1280, 900), (360, 740)], ids=["wide", "phone"])
def test_odd_papers_break_nothing(browser: Browser, tiny_home: Path, tiny_model: Path, size: tuple[int, int]) -> None:
    collection = Collection.create("odd", str(tiny_model))
    collection.add(odd_papers(), {"title": "An unusually long name of a reading list " * 5})
    with served(tiny_home, "odd") as url, visit(browser, url, size, phone=size[0] < 800) as tab:
        page = tab.page
        width = "document.documentElement.scrollWidth"
        assert page.evaluate(width) == size[0]
        tab.ask("which papers route a query with a small model?")
        page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
        assert page.evaluate(width) == size[0]
        wide = page.evaluate(
            """() => [...document.querySelectorAll("#chat .reply *, .card *")].filter(e => e.checkVisibility()
                 && !e.closest(".spoken, .wide, table") && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
                 && getComputedStyle(e).display !== "inline").map(e => e.outerHTML.slice(0, 150))"""
        )
        assert wide == []
        arabic = page.locator(".card .title", has_text="نماذج").first
        assert arabic.evaluate("title => getComputedStyle(title).direction") == "rtl"
        latex = page.locator(".card .title", has_text="mathcal").first
        expect(latex).to_have_text("On $\\mathcal{O}(n^2)$ routing with $\\alpha_{\\text{small}}$ models")
        expect(page.locator(".card .by").first).to_contain_text("and 37 more")
        assert tab.inaccessible() == []
