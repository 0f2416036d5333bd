"""How long a fresh process takes: to search the bundled survey, against an empty Python; and to be up and be seen.

    python -m benchmarks.startup

Each figure is the median of ten runs, after one that is not counted; the commands take turns, so that their ratio
holds when the machine's speed drifts. `mcp` is timed to the answer of a client's first message, `serve` to the line
that says that requests are answered; then, in Chromium, from the request to the first words of the page.
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

RUNS = 10
PORT = 7978
FOOTNOTE = str(Path(sys.executable).with_name("footnote"))
QUESTION = "which papers route queries between models?"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "startup", "version": "1"}},
}
PAINT = """() => new Promise(tell => new PerformanceObserver(list => list.getEntriesByName("first-contentful-paint")
    .forEach(entry => tell(entry.startTime / 1000))).observe({type: "paint", buffered: true}))"""


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        rows: dict[str, Callable[[], list[float]]] = {
            "python -c pass": lambda: [ended([sys.executable, "-c", "pass"])],
            "footnote search": lambda: [ended([FOOTNOTE, "search", "routing queries between models"])],
            "footnote ask": lambda: [ended([FOOTNOTE, QUESTION])],
            "footnote mcp, to its first answer": lambda: [greeted()],
            "footnote serve, until it answers": lambda: list(seen(browser)),
        }
        seconds: dict[str, list[list[float]]] = {name: [] for name in rows}
        for run in range(RUNS + 1):
            for name, timed in rows.items():
                taken = timed()
                if run:
                    seconds[name].append(taken)
        browser.close()
    seconds["the page's first words, after that"] = [
        [paint] for _, paint in seconds["footnote serve, until it answers"]
    ]
    empty = statistics.median(taken for (taken,) in seconds["python -c pass"])
    print("| command | median s | min s | max s | times `python -c pass` |\n|---|---|---|---|---|")
    for name, runs in seconds.items():
        first = [run[0] for run in runs]
        median = statistics.median(first)
        print(f"| {name} | {median:.3f} | {min(first):.3f} | {max(first):.3f} | {median / empty:.1f} |")


def ended(command: list[str]) -> float:
    """Return the seconds that a command takes."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def greeted() -> float:
    """Return the seconds until `footnote mcp` has answered a client's first message."""
    started = time.perf_counter()
    server = subprocess.Popen([FOOTNOTE, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin and server.stdout
    server.stdin.write(json.dumps(HELLO) + "\n")
    server.stdin.flush()
    assert "serverInfo" in server.stdout.readline()
    taken = time.perf_counter() - started
    server.stdin.close()
    server.wait(10)
    return taken


def seen(browser: Browser) -> tuple[float, float]:
    """Return the seconds until `footnote serve` answers, and from then until a browser shows words."""
    started = time.perf_counter()
    server = subprocess.Popen([FOOTNOTE, "serve", "--port", str(PORT)], stdout=subprocess.PIPE, text=True)
    with ExitStack() as after:
        after.callback(server.wait, 10)
        after.callback(server.terminate)
        assert server.stdout and str(PORT) in server.stdout.readline()
        taken = time.perf_counter() - started
        context = browser.new_context()
        after.callback(context.close)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{PORT}")
        return taken, float(page.evaluate(PAINT))


if __name__ == "__main__":
    main()
