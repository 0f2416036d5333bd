"""Take the README's picture of the page:  python -m docs.screenshot

Serves the survey on a free port and drives chromium, as the page's tests do.
"""

from pathlib import Path

from index.home import home
from tests.browser import chromium, served, visit

QUESTION = "which papers route queries between models?"


def main() -> None:
    with served(home()) as url, chromium() as browser, visit(browser, url) as tab:
        tab.ask(QUESTION)
        tab.page.click("#a1 ~ * a[href='#a1-n2'], a[href='#a1-n2']")
        tab.still()
        tab.page.screenshot(path=Path(__file__).with_name("page.png"))


if __name__ == "__main__":
    main()
