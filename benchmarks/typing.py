"""How long a keystroke in the Search tab takes until its results can be seen, in a browser, over the bundled survey.

    python -m benchmarks.typing [--collection NAME] [--pause MS]

Serves a collection of FOOTNOTE_HOME (the survey unless named), drives chromium as the page's tests do, and types the
queries below, one key each `--pause` milliseconds. The clock runs from the key's event to the frame in which the
results of that text, or of a later one, are painted.
"""

import argparse

import numpy as np

from index.home import home
from tests.browser import chromium, served, visit

QUERIES = (
    "which papers route queries between models?",
    "speculative decoding",
    "EMNLP 2023 papers about halucination, with code",
    "chain-of-thought distillation into small models",
    "weak-to-strong generalisation",
)
_WATCH = """() => {
  const room = document.querySelector("[data-room=search]");
  const box = document.querySelector("#search-box");
  const waiting = [];
  window.taken = [];
  box.addEventListener("input", () => waiting.push([box.value, performance.now()]), true);
  new MutationObserver(() => {
    const at = waiting.findLastIndex(([text]) => text === room.dataset.shown);
    const seen = waiting.splice(0, at + 1);
    requestAnimationFrame(() => setTimeout(() => {
      for (const [, since] of seen) window.taken.push(performance.now() - since);
    }));
  }).observe(room, { attributeFilter: ["data-shown"] });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", default="survey")
    parser.add_argument("--pause", type=float, default=120.0, metavar="MS", help="between keys; default: %(default)s")
    options = parser.parse_args()
    with served(home(), options.collection) as url, chromium() as browser, visit(browser, url) as tab:
        page = tab.page
        page.get_by_role("tab", name="Search").click()
        page.wait_for_selector("[data-room=search] .facet")
        page.fill("#search-box", "warm")
        page.wait_for_selector("[data-room=search][data-shown=warm]")
        page.evaluate(_WATCH)
        keys = 0
        for query in QUERIES:
            page.fill("#search-box", "")
            page.locator("#search-box").press_sequentially(query, delay=options.pause)
            page.wait_for_timeout(500)
            keys += len(query) + 1
        taken = page.evaluate("window.taken")
    p50, p95 = np.quantile(taken, [0.5, 0.95])
    print(f"{len(taken)} of {keys} keystrokes: p50 {p50:.0f} ms, p95 {p95:.0f} ms, at most {max(taken):.0f} ms")


if __name__ == "__main__":
    main()
