"""The Settings tab in a browser: what it keeps, tries, enforces, and never shows."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from assistant.settings import Settings
from assistant.testing import ScriptedServer

from .browser import Visit, served, visit

SECRET = "sk-very-secret-0123456789"
PROSE = "how do routers choose between models?"


@pytest.fixture
def own_home(survey_home: Path, home: Path) -> Path:
    """A home of the test's own with the survey in it, whose settings may be changed."""
    shutil.copytree(survey_home, home)
    return home


def row(tab: Visit, name: str) -> tuple[Locator, Locator]:
    """Return a role's line, and what is said under it."""
    line = tab.page.locator("#settings .set", has=tab.page.get_by_label(name))
    return line, line.locator("xpath=following-sibling::*[1]")


def keep(tab: Visit, name: str, value: str) -> Locator:
    line, said = row(tab, name)
    line.get_by_label(name).fill(value)
    line.get_by_role("button", name="Save").click()
    return said


def test_a_model_is_set_tried_and_used_and_its_key_is_never_shown(browser: Browser, own_home: Path) -> None:
    (own_home / "small.key").write_text(SECRET)
    (own_home / "small.key").chmod(0o600)
    with ScriptedServer() as model, served(own_home) as url, visit(browser, url) as tab:
        tab.open("settings")
        said = keep(tab, "Small model", model.address)
        expect(said).to_contain_text("On this machine; nothing leaves it. Key set.")
        assert Settings.load().small == model.address
        line, said = row(tab, "Small model")
        attempt = line.get_by_role("button", name="Try it")
        line.get_by_label("Small model").fill(f"another-{model.address}")
        attempt.click()
        expect(said).to_contain_text("Save it first.")
        line.get_by_label("Small model").fill(model.address)
        attempt.click()
        expect(said).to_contain_text("Works: said", timeout=20_000)
        tab.page.reload()
        expect(said).to_contain_text("On this machine; nothing leaves it. Key set.")
        tab.open("ask")
        tab.ask(PROSE)
        expect(tab.page.locator("#chat .made summary")).to_contain_text("small · confidence")
        tab.open("settings")
        keep(tab, "Small model", "")
        expect(said).to_contain_text("Answers are quoted")
        assert Settings.load().small is None
        assert SECRET not in tab.page.content()
        assert model.requests and model.requests[-1].headers["authorization"] == f"Bearer {SECRET}"


def test_local_only_is_enforced_at_once_and_kept(browser: Browser, own_home: Path) -> None:
    with served(own_home) as url, visit(browser, url) as tab:
        tab.open("settings")
        expect(keep(tab, "Large model", "big@https://models.example/v1")).to_contain_text(
            "questions and sources leave this machine"
        )
        tab.page.get_by_label("Ask no model outside this machine").check()
        expect(tab.page.locator("#settings")).to_contain_text("No model elsewhere is asked.")
        assert Settings.load().local_only
        expect(keep(tab, "Large model", "other@https://models.example/v1")).to_contain_text("local_only is on")
        tab.open("ask")
        tab.ask(PROSE)
        expect(tab.page.locator("#chat .made summary")).to_contain_text("extractive")
        expect(tab.page.locator(".notice")).to_contain_text("local_only is on")
        assert tab.hosts == {"127.0.0.1"}
        tab.page.reload()
        tab.open("settings")
        expect(tab.page.get_by_label("Ask no model outside this machine")).to_be_checked()
    with served(own_home) as url, visit(browser, url) as tab:  # it starts all the same
        expect(tab.page.locator(".notice")).to_contain_text("local_only is on")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Small model", "nonsense", "expected"),
        ("Small model", f"m@http://user:{SECRET}@127.0.0.1:1/v1", "key"),
        ("Cap", "-1", "expected an amount"),
        ("Judge", "/no/such/folder", "Kept"),
    ],
)
def test_what_cannot_be_kept_is_said_in_a_line(
    browser: Browser, own_home: Path, name: str, value: str, said: str
) -> None:
    with served(own_home) as url, visit(browser, url) as tab:
        tab.open("settings")
        answer = keep(tab, name, value)
        expect(answer).to_contain_text(said)
        assert SECRET not in (answer.text_content() or "")
        if name == "Judge":
            line, _ = row(tab, name)
            line.get_by_role("button", name="Try it").click()
            expect(answer).to_contain_text("Fails: no cross-encoder in /no/such/folder", timeout=40_000)


def test_what_the_environment_sets_cannot_be_changed_here(browser: Browser, own_home: Path) -> None:
    with (
        ScriptedServer() as model,
        served(own_home, FOOTNOTE_SMALL=model.address, FOOTNOTE_LOCAL_ONLY="on") as url,
        visit(browser, url) as tab,
    ):
        tab.open("settings")
        expect(tab.page.get_by_label("Small model")).to_be_disabled()
        expect(tab.page.locator("#settings")).to_contain_text("Set by FOOTNOTE_SMALL in the environment, which wins.")
        expect(tab.page.get_by_label("Ask no model outside this machine")).to_be_disabled()
        expect(tab.page.get_by_label("Ask no model outside this machine")).to_be_checked()
