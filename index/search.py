"""One search: candidates by the mixture, questions ranked again by late interaction, hits explained."""

from .confidence import Calibration, Evidence, Grounds
from .encoder import Encoder
from .filters import Filters
from .generation import Generation
from .hits import Hit
from .ranking import best_in_company, rank_late
from .reader import Reader

_JUDGED = 10  # best papers by which confidence is judged
_COMPANY = 30  # best papers among which a hit's company is looked for
_RANKED_AGAIN = 60  # best papers of the mixture that late interaction puts in order
_QUESTION = 64  # tokens of the longest query that counts as a question


def search(
    generation: Generation, encoder: Encoder, calibration: Calibration, query: str, k: int, filters: Filters
) -> tuple[list[Hit], Evidence, tuple[str, ...]]:
    """Return the `k` best hits, what the collection's confidence is judged by, and the words it lacks."""
    encoded = encoder.encode_query(query)
    found = generation.search(query, encoded.sentence, filters)
    reader = Reader(generation, encoder, query, encoded, found.weights)
    # A passage as a query has tokens for every side issue, and MaxSim follows them (see
    # benchmarks/RESULTS.md); token vectors that are not stored cost too much for sixty papers.
    again = generation.late is not None and encoded.tokens is not None and len(encoded.tokens) <= _QUESTION
    # Probabilities are judged by the same papers however many are asked for.
    best = [int(p) for p in found.ranked.positions[: max(k, _RANKED_AGAIN if again else _COMPANY)]]
    papers = generation.records.at(best)
    read = min(max(k, _RANKED_AGAIN if again else _JUDGED), len(best))
    matches = [reader.match(best[i], papers[i]) for i in range(read)]
    evidence = Evidence(
        [match.weighted for match in matches[:_JUDGED]],
        [float(support) for support in found.cosines[:_JUDGED] * found.coverage[:_JUDGED]],
    )
    scores = found.ranked.scores[:read]
    late = [match.maxsim + match.weighted / 2 for match in matches] if again else None
    order, parts = rank_late(found.ranked, late, read)
    company = best_in_company(papers[:_COMPANY], scores)
    hits = []
    for rank, i in enumerate(order[:k], 1):
        grounds = Grounds(float(scores[i]), matches[i].weighted, company[i] if i < _COMPANY else 0.0)
        hits.append(
            Hit(
                rank=rank,
                paper=papers[i],
                score=sum(parts[i].values()),
                relevance=calibration.relevant(grounds.features()),
                signals=parts[i],
                grounds=grounds,
                terms=tuple(term for term in found.weights if generation.has_term(best[i], term)),
                passage=reader.passage(matches[i], papers[i]),
            )
        )
    return hits, evidence, found.unknown
