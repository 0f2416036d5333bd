"""How long a fresh process takes to search the bundled survey, against an empty Python.

    python -m benchmarks.startup

Each figure is the median of ten runs, after one that is not counted; the two commands take turns, so
that their ratio holds when the machine's speed drifts.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 10
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "footnote search": [str(Path(sys.executable).with_name("footnote")), "search", "routing queries between models"],
    "footnote ask": [str(Path(sys.executable).with_name("footnote")), "which papers route queries between models?"],
}


def main() -> None:
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for run in range(RUNS + 1):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            if run:
                seconds[name].append(time.perf_counter() - started)
    empty = statistics.median(seconds["python -c pass"])
    print("| command | median s | min s | max s | times `python -c pass` |\n|---|---|---|---|---|")
    for name, taken in seconds.items():
        median = statistics.median(taken)
        print(f"| {name} | {median:.3f} | {min(taken):.3f} | {max(taken):.3f} | {median / empty:.1f} |")


if __name__ == "__main__":
    main()
