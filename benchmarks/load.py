"""How a server holds when many people ask at once, over the HTTP API and over the page's own queue.

    python -m benchmarks.load [--people 20] [--rounds 10]

A server of its own is started on the bundled survey (FOOTNOTE_HOME as it stands), every LLM left out, so that
answers are quoted. Each person asks one question after the other; times are from request to the whole answer.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np

QUESTIONS = (
    "Which papers route queries between models?",
    "How can a small model speed up decoding of a large one?",
    "Who distils chain-of-thought reasoning into small models?",
    "How do I detect hallucinations without access to logits?",
    "papers from 2023 with code about data selection",
    "compare RouteLLM and FrugalGPT",
    "how do I evict entries from the KV cache?",
)
_PORT = 7979
_URL = f"http://127.0.0.1:{_PORT}"
Asking = Callable[[str], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    without = {name: value for name, value in os.environ.items() if name not in ("FOOTNOTE_SMALL", "FOOTNOTE_LARGE")}
    command = [sys.executable, "-m", "assistant.cli", "serve", "--port", str(_PORT)]
    started = time.perf_counter()
    server = subprocess.Popen(command, env=without, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        print(server.stdout.readline().strip(), f"up after {time.perf_counter() - started:.1f} s")
        print("| door | people | questions | failed | median s | p95 s | max s | a second | MiB before | MiB after |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for door, ask in (("HTTP API", over_api), ("page", over_page)):
            for people in (1, options.people):
                ask(QUESTIONS[0])
                before = memory(server.pid)
                seconds, failed, wall = crowd(ask, people, options.rounds)
                row = [door, people, people * options.rounds, failed, f"{statistics.median(seconds):.2f}"]
                row += [f"{np.quantile(seconds, 0.95):.2f}", f"{max(seconds):.2f}", f"{len(seconds) / wall:.0f}"]
                print("| " + " | ".join(map(str, [*row, before, memory(server.pid)])) + " |", flush=True)
    finally:
        server.terminate()
        server.wait(10)


def crowd(ask: Asking, people: int, rounds: int) -> tuple[list[float], int, float]:
    """Let so many people ask so many questions each; return the times, the failures, and how long all took."""
    seconds: list[float] = []
    failures: list[Exception] = []

    def person(i: int) -> None:
        for round in range(rounds):
            started = time.perf_counter()
            try:
                ask(QUESTIONS[(i + round) % len(QUESTIONS)])
            except (OSError, ValueError) as error:
                failures.append(error)
            seconds.append(time.perf_counter() - started)

    threads = [threading.Thread(target=person, args=(i,)) for i in range(people)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in failures[:3]:
        print(f"failed: {error}", file=sys.stderr)
    return seconds, len(failures), time.perf_counter() - started


def over_api(question: str) -> None:
    answer = post("/api/v1/ask", {"question": question})
    if answer["question"] != question or not (answer["sentences"] or answer["refused"]):
        raise ValueError(f"no answer to {question!r}")


def over_page(question: str) -> None:
    """Ask as the page's script does: join the queue, then read the stream until the answer is whole."""
    session = uuid.uuid4().hex[:11]
    function, inputs = asking()
    data = [question, *[None] * (inputs - 1)]
    body = {"data": data, "fn_index": function, "trigger_id": None, "session_hash": session}
    post("/gradio_api/queue/join", body)
    with urlopen(f"{_URL}/gradio_api/queue/data?session_hash={session}", timeout=60) as stream:
        for line in stream:
            message = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
            if message.get("msg") == "process_completed":
                if not message["success"]:
                    raise ValueError(f"no answer to {question!r}: {message['output']}")
                return
    raise ValueError(f"the stream ended before the answer to {question!r}")


@cache
def asking() -> tuple[int, int]:
    """Return the number of the page's function that the question box calls, and how many inputs it has."""
    page = urlopen(_URL, timeout=60).read().decode()
    config = json.loads(page.partition("window.gradio_config = ")[2].partition(";</script>")[0])
    box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "box")
    function = next(d for d in config["dependencies"] if [box, "submit"] in d["targets"])
    return function["id"], len(function["inputs"])


def post(path: str, body: object) -> dict[str, object]:
    request = Request(_URL + path, json.dumps(body).encode(), {"content-type": "application/json"})
    with urlopen(request, timeout=60) as response:
        answer: dict[str, object] = json.load(response)
        return answer


def memory(process: int) -> int:
    """Return the MiB that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


if __name__ == "__main__":
    main()
