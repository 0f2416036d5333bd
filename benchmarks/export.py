"""Time and memory of exporting a large collection: python -m benchmarks.export [PAPERS]."""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assistant.export import FORMATS, export
from assistant.export.file import write_file
from index import ledger
from index.records import Records, to_json
from index.statements import Origin
from ingest import catalogue
from ingest.paper import Paper


def made(count: int) -> Iterator[Paper]:
    """Yield papers like the survey's, each with an id and a title of its own."""
    survey = list(catalogue.load().papers)
    for i in range(count):
        paper = survey[i % len(survey)]
        yield replace(paper, id=f"title:{i}", title=f"{paper.title} part {i}")


class Stored:
    """The papers of a folder, read from disk each time."""

    def __init__(self, folder: Path) -> None:
        self._records = Records(folder)

    def __iter__(self) -> Iterator[Paper]:
        return iter(self._records.all())


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 64_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger.create(folder, {})
        with ledger.Ledger(folder, folder) as records:
            origin = records.origin(Origin("made"))
            for paper in made(count):
                records.state(origin, paper, to_json(paper))
            records.finish()
        for format in FORMATS:
            start = time.process_time()
            write_file(export(Stored(folder), format), folder / "out", replace=True)
            seconds = time.process_time() - start
            size = (folder / "out").stat().st_size / 1e6
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"| {format} | {seconds:.1f} | {size:.0f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
