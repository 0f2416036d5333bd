"""Time and memory of adding a file, and of adding it again: python -m benchmarks.adding FILE [--embed].

Without --embed nothing is embedded: the vector cache of a home made for this is filled with random unit
vectors for every text of the file before, so that what is measured is all the rest: reading, telling
papers apart, storing, indexing, comparing vectors, syncing to the disk. With --embed the model is at work.
"""

import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

from index.cache import VectorCache, key
from index.encoder import Encoder
from index.generation import full_text
from index.home import home
from ingest.readers import read

_ADD = ["-m", "assistant.cli", "add"]


def fill_cache(file: Path) -> None:
    """Keep a random vector for each text of a file, under the bundled model."""
    encoder, random = Encoder.open(), np.random.default_rng(0)
    cache = VectorCache(home() / "cache" / "vectors.sqlite")
    drawn = iter(read(file).papers)
    while papers := list(islice(drawn, 1_000)):
        vectors = random.standard_normal((len(papers), encoder.dimension), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        texts = map(full_text, papers)
        cache.put({key(encoder.id, text): (vector, None) for text, vector in zip(texts, vectors, strict=True)})


def add(file: Path) -> tuple[float, float, float, str]:
    """Add the file in a process of its own; return seconds, CPU seconds, peak MiB, and what it says in the end."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        program = subprocess.Popen([sys.executable, *_ADD, str(file), "--collection", "adding"], stdout=out)
        _, status, used = os.wait4(program.pid, 0)  # what this child used, and no other
        seconds = time.perf_counter() - start
        out.seek(0)
        said = out.read().strip().splitlines()
    if status:
        raise SystemExit(f"add ended with status {os.waitstatus_to_exitcode(status)}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said[-1]


def main(arguments: list[str]) -> None:
    file = Path(arguments[0])
    models = home() / "models"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FOOTNOTE_HOME"] = folder
        if models.is_dir():
            (Path(folder) / "models").symlink_to(models)
        if "--embed" not in arguments:
            subprocess.run([sys.executable, "-m", "benchmarks.adding", "--fill", str(file)], check=True)
        print("| run | s | CPU s | peak MiB | |\n|---|---|---|---|---|")
        for run in ("first", "again"):
            seconds, cpu, peak, said = add(file)
            print(f"| {run} | {seconds:.1f} | {cpu:.1f} | {peak:.0f} | {said} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--fill":
        fill_cache(Path(sys.argv[2]))
    else:
        main(sys.argv[1:])
