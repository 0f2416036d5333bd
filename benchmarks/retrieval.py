"""Measure retrieval on several judged collections: `footnote eval` for each, with ladders of one's own.

    python -m benchmarks.retrieval FOLDER/* [--ladder NAME='{"question": {"lexical": 1}, "passage": {"dense": 1}}']

A folder without corpus.jsonl is measured on the bundled survey. `--ladder` may be given several times; these
configurations are measured beside the usual ones.
"""

import argparse
import json
from pathlib import Path

from assistant.cli.eval import table
from assistant.evaluation import beir
from assistant.evaluation.measure import CONFIGURATIONS, measure
from assistant.library import open_collection
from index.ranking import Ladder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--ladder", action="append", default=[], metavar="NAME=JSON")
    options = parser.parse_args()
    own = dict(given.split("=", 1) for given in options.ladder)
    configurations = CONFIGURATIONS | {name: Ladder(**json.loads(weights)) for name, weights in own.items()}
    for folder in options.folders:
        if not (folder / "qrels.tsv").is_file():
            continue
        collection = beir.collection(folder) if beir.has_corpus(folder) else open_collection()
        queries = beir.queries(folder)
        print(f"\n### {folder.name}: {len(collection):,} papers, {len(queries):,} queries\n")
        print(table(measure(collection, queries, configurations)))


if __name__ == "__main__":
    main()
