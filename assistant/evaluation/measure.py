"""Configurations of the ladder, measured on judged queries."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from index.collection import Collection
from index.hits import Hit
from index.ranking import Ladder
from ingest.errors import InputError

from .beir import Query

_BOTH = {"lexical": 1.0, "dense": 1.0}
CONFIGURATIONS = {
    "lexical": Ladder({"lexical": 1.0}, {"lexical": 1.0}),
    "dense": Ladder({"dense": 1.0}, {"dense": 1.0}),
    "both": Ladder(_BOTH, _BOTH),
    "whole ladder": Ladder(),
}
"""Each by its name; the last is what a search does."""

BASELINE = "both"
_DEPTH = 50  # results looked at
_TIMED = 100  # queries of which a search for ten papers is timed
_RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """One configuration's figures.

    Attributes:
        metrics: means over the queries.
        difference: in nDCG@10 to the baseline, the 95 % interval of a paired bootstrap over queries.
        median, p95: milliseconds of one search for ten papers, one at a time, after the first.
    """

    configuration: str
    metrics: Mapping[str, float]
    difference: tuple[float, float] | None
    median: float
    p95: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "configuration": self.configuration,
            **{name: round(value, 4) for name, value in self.metrics.items()},
            "difference": self.difference and [round(edge, 4) for edge in self.difference],
            "ms": {"median": round(self.median, 1), "p95": round(self.p95, 1)},
        }


def measure(
    collection: Collection, queries: Sequence[Query], configurations: Mapping[str, Ladder] = CONFIGURATIONS
) -> list[Row]:
    """Measure each configuration on all queries.

    Grades above 1 gain 2^g - 1 where any are given, as is customary. A document is named by its
    id, or by its row in the list it was read from where the judgements use rows.

    Raises:
        InputError: no query is judged.
    """
    if not queries:
        raise InputError("no judged query; expected queries.jsonl and qrels.tsv that share query ids")
    rows = {document for query in queries for document in query.relevant}
    by_row = all(document.isdigit() for document in rows) and not any(map(collection.get, list(rows)[:5]))
    values, seconds = {}, {}
    for name, ladder in configurations.items():
        seconds[name], run = _run(collection, queries, ladder, by_row)
        values[name] = _metrics(queries, run)
    table = []
    for name in configurations:
        baseline = values.get(BASELINE)
        difference = None
        if baseline is not None and name != BASELINE:
            difference = interval(values[name]["nDCG@10"] - baseline["nDCG@10"])
        milliseconds = np.array(seconds[name]) * 1000
        means = {metric: float(each.mean()) for metric, each in values[name].items()}
        table.append(
            Row(name, means, difference, float(np.median(milliseconds)), float(np.quantile(milliseconds, 0.95)))
        )
    return table


def check_installed() -> None:
    """Raise InputError where the library of metrics is missing, before anything slow is begun."""
    if find_spec("ir_measures") is None:
        raise InputError("measuring needs ir-measures; run: pip install 'footnote[eval]'")


def interval(differences: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of the mean, by resampling queries."""
    random = np.random.default_rng(0)
    means = [differences[random.integers(0, len(differences), len(differences))].mean() for _ in range(_RESAMPLES)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def _run(
    collection: Collection, queries: Sequence[Query], ladder: Ladder, by_row: bool
) -> tuple[list[float], dict[str, dict[str, float]]]:
    """Return the seconds of single searches, and each query's ranking as scores by document."""

    def name(hit: Hit) -> str:
        return str(hit.paper.source.row) if by_row else hit.paper.id

    seconds, run = [], {}
    collection.search(queries[0].text, ladder=ladder)  # opens the model
    for query in queries[:_TIMED]:
        started = time.perf_counter()
        collection.search(query.text, ladder=ladder)
        seconds.append(time.perf_counter() - started)
    for query in queries:
        hits = collection.search(query.text, _DEPTH + 1, ladder=ladder).hits
        ranked = [id for id in map(name, hits) if id != query.own_document][:_DEPTH]
        run[query.id] = {id: float(_DEPTH - rank) for rank, id in enumerate(ranked)}
    return seconds, run


def _metrics(queries: Sequence[Query], run: Mapping[str, Mapping[str, float]]) -> dict[str, np.ndarray]:
    """Return each metric's value for each query, in order."""
    from ir_measures import RR, R, Success, nDCG

    best = max(grade for query in queries for grade in query.relevant.values())
    metrics = {
        "nDCG@10": nDCG(gains={grade: 2**grade - 1 for grade in range(1, best + 1)}) @ 10,
        "nDCG@10 linear": nDCG @ 10,
        "R@5": R @ 5,
        "R@20": R @ 20,
        "MRR": RR,
        "success@1": Success(rel=min(best, 2)) @ 1,
    }
    judged = {query.id: query.relevant for query in queries}
    values = {}
    for name, metric in metrics.items():
        by_query = {found.query_id: found.value for found in metric.iter_calc(judged, run)}
        values[name] = np.array([by_query[query.id] for query in queries])
    return values
