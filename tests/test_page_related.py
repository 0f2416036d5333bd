"""The Related work tab: a draft is handed over in a browser, read there, and what it lacks is taken away."""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import bibtexparser
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.page.manuscript import manuscript, spots
from assistant.page.parcels import Parcel, opened, safe, taken
from assistant.page.readings import Readings
from assistant.page.suggested import beside, head, summary
from assistant.related import related
from index.collection import Collection
from ingest.errors import InputError

from .browser import Visit, served, visit
from .test_page import HOSTILE, Elements, hostile_paper

PHONE = (390, 844)
PARAGRAPH = (
    "Sending every customer message to the most capable model is wasteful. Routers learn from human preference data "
    "whether a strong or a weak model should answer a query. Speculative decoding lets a small draft model propose "
    "tokens that the large one verifies in parallel."
)
MAIN = r"""\documentclass{article}
\title{Small Models in Support Desks}
\begin{document}
\section{Introduction}
Sending every customer message to the most capable model is wasteful.
Routers learn from human preference data whether a strong or a weak model should answer a query \cite{ong}.
Distilling rationales step by step into small models needs less training data \cite{leviathan}.
\section{Method}
\input{parts/method}
\bibliography{refs}
\end{document}
"""
METHOD = r"""Speculative decoding lets a small draft model propose tokens that the large one verifies in parallel
\cite{leviathan}.

Small proxy models can filter pretraining data by perplexity. A tuned proxy adapts a black-box model at decoding time.
"""
REFS = r"""
@article{ong, title={{RouteLLM}: Learning to route LLMs from preference data}, author={Ong, Isaac}, year={2024}}
@inproceedings{leviathan, title={Fast Inference from Transformers via Speculative Decoding}, year={2023}}
@book{knuth, title={The TeXbook}, author={Knuth, Donald}, year={1984}}
"""
LONG = "\n\n".join(f"{PARAGRAPH} This is paragraph number {n} of many." for n in range(400))
SPECULATIVE = "Fast Inference from Transformers via Speculative Decoding"


def archive(**more: str) -> bytes:
    """Return a LaTeX project as Overleaf packs it, a picture in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        files = {"main.tex": MAIN, "parts/method.tex": METHOD, "refs.bib": REFS, "desk.png": "\x89PNG", **more}
        for name, text in files.items():
            packed.writestr(name, text)
    return out.getvalue()


@pytest.fixture
def tab(browser: Browser, survey_page: str) -> Iterator[Visit]:
    with visit(browser, survey_page) as opened:
        opened.open("related")
        yield opened
        assert opened.hosts == {"127.0.0.1"}
        assert not opened.errors


def paste(page: Page, text: str) -> None:
    page.locator("#draft-box").fill(text)
    page.get_by_role("button", name="Find papers").click()


def read(page: Page) -> None:
    """Wait until a draft is read, and the papers of its first paragraph are there."""
    page.wait_for_selector(".related-room .para", timeout=120_000)
    page.wait_for_selector(".related-room .near .hit", state="attached")


def upload(page: Page, *files: tuple[str, bytes]) -> None:
    page.set_input_files(
        ".related-room input[type=file]",
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files],
    )


def bib(page: Page, button: str) -> dict[str, str]:
    """Press a button that downloads a .bib, and return its titles by its keys."""
    with page.expect_download() as download:
        page.locator(button).click()
    entries = bibtexparser.parse_string(Path(download.value.path()).read_text("utf-8")).entries
    return {entry.key: re.sub(r"[{}]", "", entry["title"]) for entry in entries}


def test_a_pasted_paragraph_has_its_papers_beside_it(tab: Visit) -> None:
    page = tab.page
    expect(page.locator("#draft-box")).to_be_focused()
    expect(page.locator("#draft-kinds")).to_contain_text("stays on this machine")
    page.locator("#draft-box").fill(PARAGRAPH)
    page.keyboard.press("Control+Enter")
    read(page)
    assert page.locator(".text .para").all_text_contents()[0].startswith(PARAGRAPH)
    wants = page.locator(".text .wants")
    expect(wants).to_have_count(2)
    papers = page.locator("aside .hit")
    speculative = papers.filter(has_text=SPECULATIVE)
    expect(speculative.locator(".wanted")).to_contain_text(re.compile(r"0\.9\d|1\.00"))
    expect(speculative.locator(".light")).to_have_text("for sentence 3")
    expect(speculative.locator(".passage")).to_contain_text("speeds up inference")

    # A sentence lights its papers,
    wants.first.click()
    expect(page.locator("aside .hit.lit").filter(has_text="RouteLLM")).to_be_visible()
    expect(speculative).not_to_have_class(re.compile("lit"))
    # and a paper its sentences.
    speculative.locator(".light").click()
    expect(page.locator(".text .s.lit")).to_have_text([wants.last.text_content() or ""])
    expect(speculative).to_have_class(re.compile("lit"))
    speculative.locator(".title").click()
    wants.first.click()  # what is open stays open
    expect(speculative.locator(".card .by")).to_have_text("Yaniv Leviathan, Matan Kalman and Yossi Matias")
    expect(speculative.locator(".card mark")).to_be_visible()


def test_a_project_is_read_whole_and_its_references_are_compared(tab: Visit) -> None:
    page = tab.page
    upload(page, ("project.zip", archive()))
    read(page)
    expect(page.locator(".head h2")).to_have_text("Small Models in Support Desks")
    expect(page.locator(".head > .quiet")).to_have_text(
        "main.tex and 2 more files · 3 paragraphs, 6 sentences, 3 citations, 3 references, 2 of them here"
    )
    expect(page.locator(".text h3")).to_have_text(["Introduction", "Method"])
    missing = page.locator(".missing .hit .title").all_text_contents()
    assert any(title.startswith("Distilling Step-by-Step") for title in missing)
    assert SPECULATIVE not in missing and not any(title.startswith("RouteLLM") for title in missing)
    doubt = page.locator(".look section").filter(has_text="Citations to look at").locator("li").first
    expect(doubt).to_contain_text("Distilling rationales")
    expect(doubt).to_contain_text("[leviathan]")
    expect(doubt.locator(".hit .title").first).to_contain_text("Distilling Step-by-Step")
    expect(page.locator(".text .key.doubtful")).to_have_count(1)
    claims = page.locator(".look section").filter(has_text="Claims with no citation")
    expect(claims).to_contain_text("filter pretraining data by perplexity")

    # A claim leads to its sentence, and the papers beside the text are those of its paragraph.
    claims.locator(".goto").first.click()
    expect(page.locator(".text .s.lit")).to_be_in_viewport()
    expect(page.locator("aside .place")).to_have_text("parts/method.tex, line 4")
    page.locator(".para").nth(1).locator(".s").click()
    cited = page.locator("aside .hit").filter(has_text=SPECULATIVE)
    expect(cited.locator(".cited")).to_have_text("cited as leviathan")


def test_what_is_ticked_and_the_section_are_taken_away(tab: Visit) -> None:
    page = tab.page
    upload(page, ("main.tex", MAIN.replace("parts/", "").encode()), ("method.tex", METHOD.encode()),
           ("refs.bib", REFS.encode()), ("desk.png", b"\x89PNG"))  # fmt: skip
    read(page)
    expect(page.locator(".head > .quiet")).to_contain_text("main.tex and 2 more files")
    expect(page.locator(".tray")).to_be_hidden()
    first = page.locator(".missing .hit").first
    title = first.locator(".title").text_content() or ""
    first.locator(".pick").click()
    expect(page.locator(".tray .picked")).to_have_text("1 paper ticked")
    assert list(bib(page, ".tray [data-download]").values()) == [title]
    page.get_by_role("button", name="Tick all").click()
    every = bib(page, ".tray [data-download]")
    assert set(every.values()) == set(page.locator(".missing .hit .title").all_text_contents())
    assert not {"ong", "leviathan", "knuth"} & set(every)
    page.locator(".tray [data-none]").click()
    expect(page.locator(".tray")).to_be_hidden()

    page.get_by_role("button", name="Outline a related-work section").click()
    expect(page.locator(".written pre")).to_contain_text(r"\section{Related Work}")
    with page.expect_download() as download:
        page.locator(".written [data-text]").click()
    section = Path(download.value.path()).read_text("utf-8")
    assert download.value.suggested_filename == "related.tex"
    keys = {key for keys in re.findall(r"\\cite\{(.*?)\}", section) for key in keys.split(",")}
    added = bib(page, ".written [data-bib]")
    assert keys and keys <= {*added, "ong", "leviathan", "knuth"}
    assert set(every) & set(added)  # one paper has one key, in the list and in the section
    page.locator(".written select").select_option("markdown")
    expect(page.locator(".written pre")).to_contain_text("## Related Work")


def test_the_keyboard_is_enough(tab: Visit) -> None:
    page = tab.page
    page.locator("#related-button").focus()
    page.keyboard.press("/")
    expect(page.locator("#draft-box")).to_be_focused()
    page.locator("#draft-box").fill(PARAGRAPH)
    page.keyboard.press("Control+Enter")
    read(page)
    first, last = page.locator(".text .wants").first, page.locator(".text .wants").last
    page.locator("[data-another]").focus()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(last).to_be_focused()
    page.keyboard.press("Enter")
    expect(last).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".tray")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("aside .title").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("aside .title").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("aside .card .text").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".text .wants:focus")).to_have_count(1)


def test_a_long_draft_shows_how_far_it_is_and_can_be_stopped(tab: Visit) -> None:
    page = tab.page
    paste(page, LONG)
    expect(page.locator(".reading .said")).to_contain_text(re.compile(r"papers … \d+ %"), timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#draft-box")).to_have_value(LONG)
    expect(page.locator("#draft-box")).to_be_focused()
    expect(page.locator(".reading")).to_be_hidden()
    paste(page, PARAGRAPH)
    read(page)
    expect(page.locator(".text .para")).to_have_count(1)


def test_hundreds_of_paragraphs_scroll_past_their_papers(tab: Visit) -> None:
    page = tab.page
    upload(page, ("long.md", "\n\n".join([*["The bread was baked for thirty minutes."] * 300, PARAGRAPH]).encode()))
    read(page)
    expect(page.locator(".text .para")).to_have_count(301)
    expect(page.locator(".para.now")).to_have_attribute("data-p", "0")
    page.locator(".para").nth(300).scroll_into_view_if_needed()
    page.mouse.wheel(0, 4_000)
    expect(page.locator(".para.now")).not_to_have_attribute("data-p", "0")
    page.locator(".para").nth(300).locator("p").click()
    expect(page.locator("aside .hit").filter(has_text=SPECULATIVE)).to_be_visible()
    expect(page.locator("aside .place")).to_have_text("line 601")


def test_a_reload_finds_the_draft_again_and_another_browser_does_not(
    browser: Browser, survey_page: str, tab: Visit
) -> None:
    paste(tab.page, PARAGRAPH)
    read(tab.page)
    tab.page.reload()
    read(tab.page)
    expect(tab.page.locator(".text .para")).to_have_count(1)
    with visit(browser, survey_page) as other:
        other.open("related")
        expect(other.page.locator(".hand-over")).to_be_visible()
        expect(other.page.locator(".text .para")).to_have_count(0)
    tab.page.get_by_role("button", name="Another draft").click()
    expect(tab.page.locator("#draft-box")).to_be_focused()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("draft.png", b"\x89PNG\r\n", "draft.png is no draft; expected .tex"),
        ("refs.bib", REFS.encode(), "refs.bib is no draft"),
        ("empty.tex", b"", "empty.tex is empty"),
        ("broken.docx", b"PK\x03\x04 nothing", "broken.docx"),
        ("broken.zip", b"PK\x03\x04 nothing", "broken.zip is no .zip archive"),
        ("numbers.txt", b"1 2 3", "has no text that could be searched for"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(tab: Visit, name: str, content: bytes, said: str) -> None:
    upload(tab.page, (name, content))
    failed = tab.page.locator(".related-room .failed")
    expect(failed).not_to_be_empty(timeout=30_000)
    text = failed.text_content() or ""
    assert "\n" not in text and said in text
    expect(tab.page.locator(".hand-over")).to_be_visible()


def test_a_phone_has_the_papers_below_their_paragraph(browser: Browser, survey_page: str) -> None:
    with visit(browser, survey_page, PHONE, phone=True) as tab:
        page = tab.page
        tab.open("related")
        upload(page, ("project.zip", archive()))
        page.wait_for_selector(".related-room .para", timeout=120_000)
        below = page.locator(".para").nth(1).locator(".near")
        expect(below.locator(".hit").filter(has_text=SPECULATIVE)).to_be_visible()
        expect(page.locator("aside")).to_be_hidden()
        text, papers = page.locator(".para").nth(1).locator("> p").bounding_box(), below.bounding_box()
        assert text and papers and papers["y"] >= text["y"] + text["height"]
        below.locator(".light, .title").first.tap()
        expect(page.locator(".s.lit").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        assert tab.inaccessible() == []
        assert tab.hosts == {"127.0.0.1"} and not tab.errors


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_can_be_read_in_both_themes(browser: Browser, survey_page: str, dark: bool) -> None:
    with visit(browser, survey_page, dark=dark) as tab:
        tab.open("related")
        assert tab.inaccessible() == []
        upload(tab.page, ("project.zip", archive()))
        read(tab.page)
        tab.page.locator("aside .light").first.click()
        tab.page.locator("aside .pick").first.click()
        tab.page.get_by_role("button", name="Outline a related-work section").click()
        expect(tab.page.locator(".written pre")).to_contain_text("section")
        assert tab.inaccessible() == []
        small = tab.page.evaluate(
            """() => [...document.querySelectorAll(".related-room *")].filter(element =>
                 [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
                 && !element.closest(".spoken") && element.checkVisibility()
                 && parseFloat(getComputedStyle(element).fontSize) < 16).map(element => element.outerHTML)"""
        )
        assert small == []


MUTANT = "<svg><style><img src=x onerror=window.hit=5></style></svg><math><mtext></p><script>window.hit=6</script>"
HOSTILE_DRAFT = f"""# {HOSTILE} heading

Quoted words are {HOSTILE} and {MUTANT} said before [@{"k" * 3}"><script>window.hit=7</script>; @ong].

[quoted words](javascript:alert(1)) and `code {HOSTILE}` are quoted words too. ![x](https://example.org/track.png)
"""


def test_a_hostile_draft_is_only_words(tiny_home: Path, tiny_model: Path) -> None:
    collection = Collection.create("hostile", str(tiny_model))
    collection.add([hostile_paper()])
    key = '"><script>window.hit=8</script>'
    main = (
        rf"\documentclass{{article}}\title{{{HOSTILE}}}\begin{{document}}\section{{{HOSTILE}}}{HOSTILE} \cite{{{key}}}."
    )
    draft = opened([(f"{HOSTILE}/main.tex", main.encode()), ("x.bib", b"@a{b, title={t}}")])
    found = related(collection, draft)
    at = spots(found)
    html = head(found, pasted=False) + summary(found, at) + manuscript(found, at)
    html += "".join(beside(one, at) for one in found.paragraphs)
    elements = Elements(html)
    assert not {"script", "img", "b", "svg", "style", "a", "iframe"} & set(elements.tags)
    ours = {"aria-expanded", "aria-pressed", "class", "dir", "hidden", "role", "tabindex", "title", "type"}
    names = {name for name, _ in elements.attributes}
    assert {name for name in names if not name.startswith("data-")} <= ours
    assert not any(name.startswith("on") for name in names)


def test_a_hostile_draft_does_nothing_in_the_browser(browser: Browser, tiny_home: Path, tiny_model: Path) -> None:
    collection = Collection.create("hostile", str(tiny_model))
    collection.add([hostile_paper()])
    with served(tiny_home, "hostile") as url, visit(browser, url) as tab:
        tab.open("related")
        paste(tab.page, HOSTILE_DRAFT)
        read(tab.page)
        expect(tab.page.locator(".text")).to_contain_text("window.hit=1")
        tab.page.locator(".near .title").first.click()
        tab.page.locator("aside .card").wait_for()
        tab.page.get_by_role("button", name="Another draft").click()
        upload(tab.page, (f"{HOSTILE.replace('/', '')}.md", HOSTILE_DRAFT.encode()), ("refs.bib", b"@a{b, title={t}}"))
        read(tab.page)
        tab.page.wait_for_timeout(300)
        assert tab.page.evaluate("window.hit") is None
        assert tab.page.locator(".related-room :is(img, script, b, iframe, svg, style, math)").count() == 0
        assert tab.hosts == {"127.0.0.1"} and not tab.errors


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("main.tex", "main.tex"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/../../x.tex", "etc/x.tex"),
        ("C:\\windows\\x.tex", "C_/windows/x.tex"),
        ("...hidden.tex", "hidden.tex"),
        ("a\u202etxet\x00.tex", "atxet .tex"),
        ("  ", "draft"),
        ("../..", "draft"),
    ],
)
def test_a_name_never_leads_out_of_the_folder(name: str, kept: str) -> None:
    assert safe(name) == PurePosixPath(kept)


def test_long_names_keep_their_suffix_and_fit_any_file_system() -> None:
    path = safe("/".join(["é" * 400] * 30) + "/" + "x" * 4_000 + ".tex")
    assert len(path.parts) <= 8 and all(len(part.encode()) <= 100 for part in path.parts)
    assert path.suffix == ".tex"


def hostile_archives() -> dict[str, Parcel]:
    bomb, outside, many = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for n in range(20):
            packed.writestr(f"{n}.tex", b"word " * 2_000_000)
    with zipfile.ZipFile(outside, "w") as packed:
        packed.writestr("main.tex", r"\documentclass{article}\begin{document}Words.\input{/etc/passwd}\end{document}")
        packed.writestr("../../escaped.tex", "Escaped words.")
    with zipfile.ZipFile(many, "w") as packed:
        for n in range(400):
            packed.writestr(f"{n}.tex", "Words.")
    archives: dict[str, Parcel] = {
        name: [(f"{name}.zip", made.getvalue())]
        for name, made in (("bomb", bomb), ("outside", outside), ("many", many))
    }
    return {**archives, "two": [("one.zip", archive()), ("other.zip", archive())]}


def test_archives_stay_within_bounds_and_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    archives = hostile_archives()
    for name in ("bomb", "many"):
        with pytest.raises(InputError, match="expected a paper or a book"):
            opened(archives[name])
    draft = opened(archives["outside"])
    assert draft.text == "Words."
    assert [remark.reason for remark in draft.warnings] == [
        "'/etc/passwd' is not read: it lies outside the draft's folder"
    ]
    assert opened(archives["two"]).title == "Small Models in Support Desks"
    assert list(tmp_path.rglob("*.tex")) == [] and list((tmp_path / "tmp").iterdir()) == []


def test_uploads_are_removed_and_nothing_else_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    (tmp_path / "uploads").mkdir()
    sent, secret = tmp_path / "uploads" / "draft.tex", tmp_path / "secret.tex"
    sent.write_text("Words.")
    secret.write_text("Secret words.")
    for path in (secret, tmp_path / "uploads" / ".." / "secret.tex", tmp_path / "uploads"):
        with pytest.raises(InputError, match="not among the uploads"):
            taken([(str(sent), "draft.tex"), (str(path), "secret.tex")])
    assert taken([(str(sent), "draft.tex")]) == [("draft.tex", b"Words.")]
    assert not sent.exists() and secret.exists()


def test_no_more_drafts_are_taken_than_can_wait_and_stopped_ones_make_room(tiny_home: Path, tiny_model: Path) -> None:
    import threading

    collection = Collection.create("small", str(tiny_model))
    readings, gate = Readings(), threading.Event()

    def slow() -> object:
        gate.wait(30)
        raise InputError("over")

    tokens = [readings.begin(collection, slow, is_pasted=True) for _ in range(10)]  # type: ignore[arg-type]
    assert len(set(tokens)) == 10
    with pytest.raises(InputError, match="10 drafts are being read already"):
        readings.begin(collection, slow, is_pasted=True)  # type: ignore[arg-type]
    readings.stop(tokens[9])
    with pytest.raises(InputError, match="not kept"):
        readings.of(tokens[9])
    last = readings.begin(collection, slow, is_pasted=True)  # type: ignore[arg-type]
    gate.set()
    assert readings.of(last).job.is_over(30)
