"""How often would a metadata service's answer to a title be taken for the wrong paper?

Each paper of a sample is looked for by its title among all others of the list, in the place of a service that does not
know it. Whatever is taken is another record: `python benchmarks/title_match.py ../shared/corpora/acl.jsonl.gz`.
"""

import argparse
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from ingest.paper import Paper
from ingest.providers import Finding
from ingest.providers.matching import SAME_TITLE, SAME_WORK, objection
from ingest.readers import read

_SLICE = 200  # papers compared with all others at once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list", type=Path)
    parser.add_argument("-n", type=int, default=6_000, help="papers in the sample; default: %(default)s")
    options = parser.parse_args()
    papers = list(read(options.list).papers)
    titles = [paper.normalised_title for paper in papers]
    sample = random.Random(0).sample(range(len(papers)), min(options.n, len(papers)))
    taken = dict.fromkeys(("title alone", "author and year", "author", "year"), 0)
    wrong_links = 0
    for start in range(0, len(sample), _SLICE):
        some = sample[start : start + _SLICE]
        scores = process.cdist(
            [titles[i] for i in some], titles, scorer=fuzz.ratio, score_cutoff=SAME_TITLE, dtype=np.float32
        )
        for row, i in zip(scores, some, strict=True):
            near = [_found(papers[j]) for j in np.flatnonzero(row) if j != i]
            paper = papers[i]
            taken["title alone"] += bool(near)
            for name, asked in (
                ("author and year", paper),
                ("author", replace(paper, year=None)),
                ("year", replace(paper, authors=())),
            ):
                taken[name] += any(not objection(asked, one, by_title=True) for one in near)
            other = papers[random.Random(i).randrange(len(papers))]
            wrong_links += other is not paper and not objection(paper, _found(other), by_title=False)
    print(f"{len(sample):,} of {len(papers):,} papers; the same title from {SAME_TITLE:.0f} of 100 on")
    for name, count in taken.items():
        print(f"  another record taken by {name:16} {count:5}  {100 * count / len(sample):.2f} %")
    print(f"an id that leads to a paper at random, taken (from {SAME_WORK:.0f} of 100 on): {wrong_links}")


def _found(paper: Paper) -> Finding:
    return Finding(service="other", title=paper.title, authors=paper.authors, year=paper.year)


if __name__ == "__main__":
    main()
