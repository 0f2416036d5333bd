"""A page served in a process of its own, and a browser that notes every request it makes."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from .conftest import ROOT, environment

_START = 60.0  # seconds; a page that is not up by then never will be


@contextmanager
def served(home: Path, collection: str = "survey", port: int | None = None, **variables: str) -> Iterator[str]:
    """Serve a collection's page, on a free port unless one is named; yield its address.

    Args:
        variables: of the server's environment.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "assistant.cli", "serve", "--collection", collection, "--port", str(port)]
    server = subprocess.Popen(command, env=environment(home, **variables), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        up = server.stdout.readline()  # empty if the process ends
        assert f":{port}" in up, f"the page did not start: {up!r}, exit code {server.poll()}"
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser: the machine's chromium, or else the one that playwright has installed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """One browser tab on the page.

    Attributes:
        requests: the address of every request that the tab made.
        errors: what went wrong in it: exceptions, errors on the console, requests that failed.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str | None]:
        """The hosts that requests went to."""
        return {urlsplit(url).hostname for url in self.requests if url.startswith(("http", "ws"))}

    def ask(self, question: str) -> None:
        """Type a question, press Enter and wait until it is answered."""
        before = self.page.locator("#chat .ask").count()
        self.page.locator("#box textarea").fill(question)
        self.page.keyboard.press("Enter")
        self.answered(before + 1)

    def answered(self, number: int) -> None:
        """Wait until answer `number` stands on the page and nothing scrolls any more."""
        self.page.wait_for_selector(f"#a{number}")
        self.page.wait_for_function(
            "document.querySelector('#chat .reply') && !document.querySelector('#chat :is(.waiting, .writing)')"
        )
        self.still()

    def open(self, place: str) -> None:
        """Open a tab by its place in the address."""
        self.page.click(f"#{place}-button")
        self.page.wait_for_selector(f"#{place}")

    def inaccessible(self) -> list[str]:
        """Return what axe-core holds against the page as it stands (WCAG 2.2 A and AA), a line each."""
        from axe_playwright_python.sync_playwright import Axe

        wanted = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
        found = Axe().run(self.page, options=wanted).response["violations"]
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]

    def still(self) -> None:
        """Wait until nothing has moved for a fifth of a second."""
        position = "[scrollX, scrollY, document.getElementById('sources').scrollTop].join()"
        before, since = None, time.monotonic()
        while time.monotonic() - since < 0.2:
            now = self.page.evaluate(position)
            if now != before:
                before, since = now, time.monotonic()

    def in_view(self, selector: str) -> bool:
        """Tell whether the top of an element can be seen: in the window, below the bar, above the box."""
        return bool(
            self.page.evaluate(
                """selector => {
                  const [element, bar, box, sources] = [selector, "#header", "#box", "#sources"].map(
                    found => document.querySelector(found));
                  const {top, left} = element.getBoundingClientRect();
                  const first = getComputedStyle(bar).position === "sticky" ? bar.getBoundingClientRect().bottom : 0;
                  const last = sources.contains(element) ? innerHeight : box.getBoundingClientRect().top;
                  return element.checkVisibility() && top >= first - 2 && top < last - 20
                    && left >= 0 && left < innerWidth;
                }""",
                selector,
            )
        )


@contextmanager
def visit(
    browser: Browser, url: str, size: tuple[int, int] = (1280, 900), dark: bool = False, phone: bool = False
) -> Iterator[Visit]:
    """Open the page in a browser session of its own."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        has_touch=phone,
        is_mobile=phone,
    )
    tab = Visit(context.new_page())
    tab.page.on("request", lambda request: tab.requests.append(request.url))
    tab.page.on("websocket", lambda socket: tab.requests.append(socket.url))
    tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.page.on("console", lambda message: tab.errors.append(message.text) if message.type == "error" else None)
    tab.page.on(
        "response", lambda answer: tab.errors.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    tab.page.goto(url)
    tab.page.wait_for_selector("#box textarea:focus", timeout=30_000)  # the page's script has run
    yield tab
    context.close()
