"""Re-rank each query's judged documents, as CSFCube is customarily measured.

    python -m benchmarks.pools FOLDER

MAP with grades of 2 and more as relevant, and nDCG over the first fifth of each pool (Mysore et al. 2021,
arXiv 2103.12906). The query's own paper is left out.
"""

import argparse
from pathlib import Path
from unittest.mock import patch

import ir_measures
import numpy as np
from ir_measures import AP, nDCG

from assistant.evaluation import beir
from assistant.evaluation.measure import CONFIGURATIONS
from index import candidates, search
from index.collection import Collection
from index.filters import Filters
from index.query import read
from index.ranking import Ladder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    collection = beir.collection(folder)
    positions = {paper.id: i for i, paper in enumerate(collection.papers())}
    queries = beir.queries(folder)
    print("| configuration | MAP | nDCG at 20 % |\n|---|---|---|")
    for name, ladder in CONFIGURATIONS.items():
        means = np.mean([judge(query, order(collection, positions, query, ladder)) for query in queries], axis=0)
        print(f"| {name} | {means[0] * 100:.1f} | {means[1] * 100:.1f} |", flush=True)


def order(collection: Collection, positions: dict[str, int], query: beir.Query, ladder: Ladder) -> list[str]:
    """Return the judged documents, best first."""
    generation = collection._generation
    encoder = collection._query_encoder(generation)
    asked = read(query.text, generation, encoder.runtime, Filters())
    pool = sorted((positions[id], id) for id in query.relevant if id != query.own_document)
    with patch.object(candidates, "_union", lambda *_: np.array([position for position, _ in pool])):
        encoded = encoder.encode_query(asked.text)
        found, scheme = search._candidates(generation, encoder, asked, encoded, ladder)
    return [pool[i][1] for i in search._ranked(found, scheme)[0]]


def judge(query: beir.Query, ranked: list[str]) -> tuple[float, float]:
    """Return average precision and nDCG over the query's judged documents."""
    pool = {id: grade for id, grade in query.relevant.items() if id != query.own_document}
    run = {query.id: {id: float(-place) for place, id in enumerate(ranked)}}
    judged = {query.id: pool}
    depth = max(1, round(len(pool) * 0.2))
    measures = [AP(rel=2), nDCG @ depth]
    values = ir_measures.calc_aggregate(measures, judged, run)
    return values[measures[0]], values[measures[1]]


if __name__ == "__main__":
    main()
