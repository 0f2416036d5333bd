"""What prompt look-up does to the in-process engine's speed, where it helps most and where it cannot help.

    python -m benchmarks.speculation

Two models of the llama architecture with 17 million parameters, made on the spot: one says a text of 27
characters over and over, the other has random weights and never says the same words twice. Each answers three
times, with and without prompt look-up in turn.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

import httpx

from assistant.models.llamacpp import Served, serve

from . import tiny_gguf

RUNS = 3
TOKENS = 200
REPEATED = "abcdefghijklmnopqrstuvwxyz "


def ask(served: Served) -> dict[str, Any]:
    """Return llama.cpp's own timings of one answer."""
    question = {
        "messages": [{"role": "user", "content": "Which papers route queries between models?"}],
        "max_tokens": TOKENS,
        "temperature": 0.0,
        "ignore_eos": True,
    }
    headers = {"authorization": f"Bearer {served.key}"}
    answer = httpx.post(f"{served.url}/chat/completions", json=question, headers=headers, timeout=300)
    timings: dict[str, Any] = answer.raise_for_status().json()["timings"]
    return timings


def main() -> None:
    print(
        "| the model | prompt look-up | tokens/s, median | min, max | tokens drafted | accepted |\n"
        "|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, repeats in (("repeats itself", REPEATED), ("random", None)):
            path = tiny_gguf.write(Path(folder) / f"{name}.gguf", repeats=repeats, width=512, layers=8)
            engines = {on: serve(str(path), speculative=on) for on in (False, True)}
            timings: dict[bool, list[dict[str, Any]]] = {on: [] for on in engines}
            for run in range(RUNS + 1):
                for on, served in engines.items():
                    timing = ask(served)
                    if run:  # the first reads the prompt, the others find it read
                        timings[on].append(timing)
            for on in engines:
                speed = [timing["predicted_per_second"] for timing in timings[on]]
                drafted, accepted = (timings[on][-1].get(name, 0) for name in ("draft_n", "draft_n_accepted"))
                print(
                    f"| {name} | {'on' if on else 'off'} | {statistics.median(speed):.0f} | {min(speed):.0f}, "
                    f"{max(speed):.0f} | {drafted} | {accepted} |"
                )


if __name__ == "__main__":
    main()
