"""Measure retrieval on collections in the BEIR layout, one configuration against another.

    python -m benchmarks.retrieval FOLDER/*

A row for each configuration: the metrics' means, and the 95 % interval of its difference in nDCG@10 to the
mixture, from a paired bootstrap over queries. Latency is that of one search, one at a time, after the
first. Indexing happens the first time and is kept.
"""

import argparse
import time
from pathlib import Path
from unittest.mock import patch

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

import index.search
from assistant.library import open_collection
from index import ranking
from index.collection import Collection

from . import beir

CONFIGURATIONS = ("lexical", "dense", "mixture", "with late interaction")
BASELINE = "mixture"
METRICS = [nDCG(gains={1: 1, 2: 3, 3: 7}) @ 10, nDCG @ 10, R @ 5, R @ 20, RR, Success @ 1, Success(rel=2) @ 1]
DEPTH = 50  # results looked at
RESAMPLES = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    folders = [f for f in parser.parse_args().folders if (f / "qrels.tsv").is_file()]
    for folder in folders:
        # The survey's questions are measured on the bundled summaries, whose ids are the list's rows.
        bundled = folder.name == "survey"
        collection = open_collection() if bundled else beir.collection(folder)
        queries = [query for query in beir.queries(folder) if query.relevant]
        print(f"\n### {folder.name}: {len(collection):,} papers, {len(queries):,} queries\n")
        print("| configuration |", " | ".join(map(str, METRICS)), "| difference in nDCG@10 | ms median, p95 |")
        print("|---|" + "---|" * (len(METRICS) + 2))
        measured = {name: measure(name, collection, queries, bundled) for name in CONFIGURATIONS}
        baseline = measured[BASELINE][0]
        for name, (values, seconds) in measured.items():
            means = " | ".join(f"{np.mean(values[str(metric)]):.3f}" for metric in METRICS)
            main_metric = str(METRICS[0] if bundled else METRICS[1])
            low, high = interval(values[main_metric] - baseline[main_metric])
            times = f"{np.median(seconds) * 1000:.0f}, {np.quantile(seconds, 0.95) * 1000:.0f}"
            difference = "" if name == BASELINE else f"{low:+.3f} to {high:+.3f}"
            print(f"| {name} | {means} | {difference} | {times} |")


def measure(
    configuration: str, collection: Collection, queries: list[beir.Query], bundled: bool
) -> tuple[dict[str, np.ndarray], list[float]]:
    """Return each metric's value for each query, in order, and the seconds that each search took."""
    weight = {"lexical": 0.0, "dense": 1.0}.get(configuration, ranking.DENSE_WEIGHT)
    longest = index.search._QUESTION if configuration == CONFIGURATIONS[-1] else 0
    run, seconds = {}, []
    with patch.object(ranking, "DENSE_WEIGHT", weight), patch.object(index.search, "_QUESTION", longest):
        collection.search("first")
        for query in queries:
            started = time.perf_counter()
            hits = collection.search(query.text, DEPTH + 1).hits
            seconds.append(time.perf_counter() - started)
            ids = [str(hit.paper.source.row) if bundled else hit.paper.id for hit in hits]
            ranked = [id for id in ids if id != query.own_document][:DEPTH]
            run[query.id] = {id: float(DEPTH - rank) for rank, id in enumerate(ranked)}
    judged = {query.id: query.relevant for query in queries}
    values: dict[str, dict[str, float]] = {str(metric): {} for metric in METRICS}
    for found in ir_measures.iter_calc(METRICS, judged, run):
        values[str(found.measure)][found.query_id] = found.value
    ordered = {name: np.array([by_query[q.id] for q in queries]) for name, by_query in values.items()}
    return ordered, seconds


def interval(differences: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of the mean, by resampling queries."""
    random = np.random.default_rng(0)
    means = [differences[random.integers(0, len(differences), len(differences))].mean() for _ in range(RESAMPLES)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


if __name__ == "__main__":
    main()
