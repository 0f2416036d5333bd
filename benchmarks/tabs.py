"""How long each tab of the page takes until it stands, in a browser:  python -m benchmarks.tabs [--collection NAME]

Serves a collection of FOOTNOTE_HOME (the survey unless named) and opens every tab once, as the first visitor does: what
is kept for the next is made now, but for a map that the cache has already. For a large collection without hours of
embedding, fill the vector cache of a new home first: python -m benchmarks.adding --fill FILE, then footnote add FILE.
"""

import argparse
import time
from collections.abc import Callable

from benchmarks.page import memory, server
from index.home import home
from tests.browser import chromium, served, visit

_SLOWEST = 600_000  # milliseconds
QUESTION = "which papers study low-resource machine translation?"
DRAFT = "Low-resource machine translation suffers from too little parallel text. Back-translation makes more of it."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", default="survey")
    began = time.perf_counter()
    with served(home(), parser.parse_args().collection) as url, chromium() as browser:
        process = server(url)
        print(f"server up (and the browser): {time.perf_counter() - began:.1f} s, {memory(process):.0f} MiB")
        with visit(browser, url) as tab:
            page = tab.page
            page.set_default_timeout(_SLOWEST)
            paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            print(f"first paint: {paint:.0f} ms")

            def timed(name: str, *steps: Callable[[], object]) -> None:
                start = time.perf_counter()
                for step in steps:
                    step()
                print(f"{name}: {time.perf_counter() - start:.1f} s, {memory(process):.0f} MiB", flush=True)

            def seen(selector: str) -> Callable[[], object]:
                return lambda: page.wait_for_selector(selector)

            timed("search, papers", lambda: tab.open("search"), seen(".search-room .hit"))
            timed("search, filters", seen(".search-room .facet"))
            timed("map", lambda: tab.open("map"), lambda: page.wait_for_selector(".drawing", state="hidden"))
            timed("collection", lambda: tab.open("collection"), seen(".collection-room .chart"))
            timed("related", lambda: tab.open("related"), lambda: page.fill("[data-room=related] textarea", DRAFT))
            timed("related, found", page.get_by_role("button", name="Find papers").click, seen(".related-room .hit"))
            timed("ask", lambda: tab.open("ask"), lambda: tab.ask(QUESTION))
            heap = page.evaluate("performance.memory.usedJSHeapSize") / 2**20
            print(f"the page's own memory: {heap:.0f} MiB")


if __name__ == "__main__":
    main()
