"""`footnote eval`."""

import argparse
from pathlib import Path

from ..evaluation import beir
from ..evaluation.measure import Row, check_installed, measure
from ..library import open_collection
from ..settings import Settings
from ..terminal import Terminal
from .common import json_argument, print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, help="with queries.jsonl, qrels.tsv and corpus.jsonl; without a corpus, of --collection"
    )
    json_argument(parser)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    check_installed()
    queries = beir.queries(options.folder)
    if beir.has_corpus(options.folder):
        with terminal.progress(options.folder.name) as progress:
            collection = beir.collection(options.folder, Settings.load().model, progress)
    else:
        collection = open_collection(options.collection)
    rows = measure(collection, queries)
    if options.json:
        report = {"folder": str(options.folder), "papers": len(collection), "queries": len(queries)}
        print_json(terminal, {**report, "rows": [row.to_dict() for row in rows]})
    else:
        terminal.line(f"{options.folder.name}: {len(collection):,} papers, {len(queries):,} queries\n")
        terminal.line(table(rows))
    return 0


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    head = ["configuration", *rows[0].metrics, "difference in nDCG@10", "ms median, p95"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        low, high = row.difference or (0.0, 0.0)
        difference = f"{low:+.3f} to {high:+.3f}" if row.difference else ""
        values = [f"{value:.3f}" for value in row.metrics.values()]
        cells = [row.configuration, *values, difference, f"{row.median:.0f}, {row.p95:.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
