"""Take the pictures of the page for the README and the documents:  python -m docs.screenshot

Serves the survey on a free port and drives chromium, as the page's tests do: every tab, light and dark.
"""

from pathlib import Path

from assistant.page.shell import TABS
from index.home import home
from tests.browser import Visit, chromium, served, visit

QUESTION = "which papers route queries between models?"
DRAFT = (
    "A router learns from human preference data whether a strong or a weak model should answer. Speculative decoding "
    "lets a small draft model propose tokens that the large one verifies in parallel.\n\n"
    "Distilling rationales step by step into small models needs less training data."
)
FOLDER = Path(__file__).parent
_TYPED = {"search": "draft model"}  # into a tab's box
_SETTLED = 4000  # milliseconds in which a tab has drawn what it shows


def main() -> None:
    with served(home()) as url, chromium() as browser:
        for dark in (False, True):
            with visit(browser, url, dark=dark) as tab:
                theme = "dark" if dark else "light"
                tab.ask(QUESTION)
                tab.page.click("a[href='#a1-n2']")
                take(tab, f"page-ask-{theme}")
                for place, _, _ in TABS[1:]:
                    tab.open(place)
                    if place in _TYPED:
                        tab.page.locator(f"#{place} :is(textarea, input:not([type=checkbox]))").first.fill(
                            _TYPED[place]
                        )
                    if place == "related":
                        tab.page.locator("#draft-box").fill(DRAFT)
                        tab.page.get_by_role("button", name="Find papers").click()
                    tab.page.mouse.move(0, 0)
                    tab.page.wait_for_timeout(_SETTLED)
                    take(tab, f"page-{place}-{theme}")
    (FOLDER / "page-ask-light.png").replace(FOLDER / "page.png")  # the README's


def take(tab: Visit, name: str) -> None:
    tab.still()
    tab.page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
