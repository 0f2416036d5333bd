"""How much of two real reading lists is read, by a count made by hand: python -m benchmarks.lists FOLDER

FOLDER holds the lists themselves, which are not part of this repository. `lists.json` has what a person
counted in 100 lines of each: the line of every paper, and hashes of its title and link.
"""

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from ingest.readers.lists import parse
from ingest.text import normalised_title

COUNTED: dict[str, dict[str, list]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))


@dataclass(frozen=True)
class Measured:
    """Papers that a person counted, that were read, and that are among both with right title and link."""

    counted: int
    read: int
    right: int

    @property
    def recall(self) -> float:
        return self.right / self.counted

    @property
    def precision(self) -> float:
        return self.right / self.read


def hashes(title: str, url: str | None) -> tuple[str, str]:
    """Return what stands in `lists.json` for a title and a link; "-" is for no link."""
    return _hash(normalised_title(title)), _hash((url or "-").rstrip("/"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def measure(file: Path) -> Measured:
    """Read the lines of a list that were counted, under the headings that they stand under."""
    counted = COUNTED[file.name]
    first, last = counted["lines"]
    lines = file.read_text("utf-8").splitlines()
    kept = [line if first <= n <= last or line.startswith("#") else "" for n, line in enumerate(lines, 1)]
    read = [hashes(paper.title, paper.url) for paper in parse("\n".join(kept[:last]), file.name).papers]
    wanted = {(title, url) for _, title, url in counted["papers"]}
    return Measured(len(counted["papers"]), len(read), len(wanted & set(read)))


def main(folder: str) -> None:
    print("| list | lines | counted by hand | read | right title and link | recall | precision |")
    print("|---|---|---|---|---|---|---|")
    for name, counted in COUNTED.items():
        found = measure(Path(folder) / name)
        lines = "-".join(map(str, counted["lines"]))
        shares = f"{found.recall:.3f} | {found.precision:.3f}"
        print(f"| {name} | {lines} | {found.counted} | {found.read} | {found.right} | {shares} |")


if __name__ == "__main__":
    main(sys.argv[1])
