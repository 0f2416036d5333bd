"""Twenty people ask the page at once:  python -m benchmarks.page [--people 20] [--questions 3]

Serves the survey on a free port, with no model configured, and asks as the browser does: a question is put into
Gradio's queue, and its events are read until the last. Says how long the answers took, how many failed, and what
the server's memory grew by.
"""

import argparse
import json
import os
import secrets
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from index.home import home
from tests.browser import served

QUESTIONS = (
    "which papers route queries between models?",
    "how can a small model speed up decoding of a large one?",
    "how do I detect hallucinations without access to logits?",
    "who distils chain-of-thought reasoning into small models?",
    "sourdough hydration for baking at high altitude",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--questions", type=int, default=3)
    options = parser.parse_args()
    began = time.perf_counter()
    with served(home()) as url:
        up = time.perf_counter() - began
        config = httpx.get(f"{url}/config").json()
        function = ask_function(config)
        ask(url, function, secrets.token_hex(8), QUESTIONS[0])
        process = server(url)
        before, used = memory(process), cpu(process)
        with ThreadPoolExecutor(options.people) as people:
            rounds = [people.submit(person, url, function, i, options.questions) for i in range(options.people)]
            taken = [seconds for one in rounds for seconds in one.result()]
        answered = sorted(seconds for seconds in taken if seconds is not None)
        grown, used = memory(process) - before, cpu(process) - used
    p95 = answered[int(len(answered) * 0.95)] if answered else float("nan")
    print(f"server up after {up:.1f} s")
    print(f"{options.people} people, {len(taken)} questions, {len(taken) - len(answered)} failed")
    print(f"median {statistics.median(answered):.2f} s, p95 {p95:.2f} s, slowest {answered[-1]:.2f} s")
    print(f"{used / len(taken) * 1000:.0f} ms of processor a question")
    print(f"memory grew by {grown:.0f} MiB")


def ask_function(config: dict[str, object]) -> tuple[int, int]:
    """Return the id of the function that a press of Enter in the box calls, and the number of its inputs."""
    components = {one["props"].get("elem_id"): one["id"] for one in config["components"]}  # type: ignore[attr-defined]
    for one in config["dependencies"]:  # type: ignore[attr-defined]
        if [components["box"], "submit"] in one["targets"]:
            return one["id"], len(one["inputs"])
    raise SystemExit("the page has no function that asks")


def person(url: str, function: tuple[int, int], i: int, count: int) -> list[float | None]:
    token = secrets.token_hex(16)
    return [ask(url, function, token, QUESTIONS[(i + n) % len(QUESTIONS)]) for n in range(count)]


def ask(url: str, function: tuple[int, int], token: str, question: str) -> float | None:
    """Ask, and return the seconds until the whole answer was there; None where it failed."""
    session = secrets.token_hex(6)
    began = time.perf_counter()
    body = {
        "data": [question, token, "auto", False][: function[1]],
        "fn_index": function[0],
        "session_hash": session,
        "event_data": None,
        "trigger_id": None,
    }
    with httpx.Client(timeout=60) as client:
        client.post(f"{url}/gradio_api/queue/join", json=body).raise_for_status()
        with client.stream("GET", f"{url}/gradio_api/queue/data", params={"session_hash": session}) as events:
            for line in events.iter_lines():
                if line.startswith("data:") and (event := json.loads(line[5:]))["msg"] == "process_completed":
                    return time.perf_counter() - began if event["success"] else None
    return None


def server(url: str) -> Path:
    """Return the folder of the server's process (Linux), found by the port it listens on."""
    wanted = f"--port\0{url.rpartition(':')[2]}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (process / "cmdline").read_bytes():
                return process
        except OSError:  # it has ended meanwhile
            continue
    raise SystemExit("the server's process is not to be found")


def memory(process: Path) -> float:
    """Return its resident memory in MiB."""
    return int((process / "status").read_text().split("VmRSS:")[1].split()[0]) / 1024


def cpu(process: Path) -> float:
    """Return the seconds of processor that it has used."""
    user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
