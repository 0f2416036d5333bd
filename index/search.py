"""One search: candidates by words and meaning, put in order by every signal, hits explained."""

from collections.abc import Mapping, Sequence

import numpy as np

from ingest.paper import Paper

from . import candidates, ranking
from .candidates import Candidates
from .confidence import Calibration, Evidence, Grounds
from .encoder import Encoded, Encoder
from .generation import Generation
from .hits import Hit
from .lexical import Scores
from .passages import sentences
from .query import Query
from .ranking import Ladder
from .reader import Match, Reader

_JUDGED = 10  # best papers by which confidence is judged
_COMPANY = 30  # best papers among which a hit's company is looked for
_RANKED_AGAIN = 60  # best papers that late interaction compares token by token
_QUESTION = 48  # words of the longest query that counts as a question


def search(
    generation: Generation,
    encoder: Encoder,
    calibration: Calibration,
    query: Query,
    k: int,
    ladder: Ladder,
    brief: bool = False,
) -> tuple[list[Hit], Evidence]:
    """Return the `k` best hits, and what the collection's confidence is judged by (`brief`: see `Reader`)."""
    encoded = encoder.encode_query(query.text)
    if encoded.tokens is None:
        raise ValueError("a search needs the query's token vectors")
    found, scheme = _candidates(generation, encoder, query, encoded, ladder)
    order, total, parts = _ranked(found, scheme)

    idf = {term: weight * generation.lexical.idf(term) for term, weight in query.weights.items()}
    reader = Reader(generation, encoder, query.text, encoded, idf, brief)
    # Token vectors that are not stored cost too much for sixty papers.
    late = "late" in scheme and generation.late is not None
    # Scores and probabilities are judged by the same papers however many are asked for.
    near = order[: _RANKED_AGAIN if late else _JUDGED]
    papers, matches = _read(generation, reader, found, near)
    if late:
        found.signals["late"] = _late(matches, len(found))
        order, total, parts = _ranked(found, scheme)

    best = [i for i in order if i in matches]
    more, more_matches = _read(generation, reader, found, [i for i in order[:k] if i not in matches])
    papers, matches = papers | more, matches | more_matches
    strength = {i: _strength(found, i, match) for i, match in matches.items()}
    judged = best[:_JUDGED]
    evidence = Evidence([matches[i].weighted for i in judged], [strength[i] for i in judged])
    together = best[: _COMPANY if late else _JUDGED]
    others = ranking.best_in_company([papers[i] for i in together], [strength[i] for i in together])
    company = dict(zip(together, others, strict=True))
    hits = []
    for rank, i in enumerate(order[:k], 1):
        grounds = Grounds(strength[i], matches[i].weighted, company.get(i, 0.0))
        hits.append(
            Hit(
                rank=rank,
                paper=papers[i],
                score=float(total[i]),
                relevance=1.0 if query.asks_for_all else calibration.relevant(grounds.features()),
                signals={name: float(part[i]) for name, part in parts.items()},
                places=ranking.places(found.signals, i),
                grounds=grounds,
                terms=tuple(term for term in idf if generation.lexical.has(int(found.positions[i]), term)),
                passage=reader.passage(matches[i], papers[i]),
            )
        )
    return hits, evidence


def _read(
    generation: Generation, reader: Reader, found: Candidates, numbers: Sequence[int]
) -> tuple[dict[int, Paper], dict[int, Match]]:
    """Return these candidates' papers, and how their tokens meet the query's."""
    positions = [int(found.positions[i]) for i in numbers]
    papers = generation.records.at(positions)
    matches = [reader.match(position, paper) for position, paper in zip(positions, papers, strict=True)]
    return dict(zip(numbers, papers, strict=True)), dict(zip(numbers, matches, strict=True))


def _candidates(
    generation: Generation, encoder: Encoder, query: Query, encoded: Encoded, ladder: Ladder
) -> tuple[Candidates, Mapping[str, float]]:
    """Return the candidates, and the weights that rank them."""
    if query.asks_for_all:
        return candidates.for_all(generation, query), {"conditions": 1.0}
    if len(query.text.split()) <= _QUESTION:
        return candidates.for_question(generation, query, encoded.sentence), ladder.question
    needs = [part.text for part in sentences(query.text)]
    vectors = np.array([one.sentence for one in encoder.encode_queries(needs, tokens=False)])
    found = candidates.for_sentences(generation, query, encoded.sentence, needs, vectors)
    return candidates.for_passage(found, ladder.passage), ladder.passage


def _ranked(found: Candidates, scheme: Mapping[str, float]) -> tuple[list[int], Scores, dict[str, Scores]]:
    """Return the candidates' numbers, best first, their scores, and each signal's part in them."""
    parts = ranking.parts(found.signals, scheme)
    total = sum(parts.values(), np.zeros(len(found), np.float32))
    return ranking.order(total), total, parts


def _strength(found: Candidates, i: int, match: Match) -> float:
    """Return the mean of the three signals that every search has, whatever ranked it."""
    if "conditions" in found.signals:
        return 1.0
    late = (match.maxsim + match.weighted) / 2
    return float(found.signals["lexical"][i] + found.signals["dense"][i] + late) / 3


def _late(matches: Mapping[int, Match], count: int) -> Scores:
    """Return the late interaction of those candidates that were read, 0 for the others."""
    found = np.zeros(count, np.float32)
    for i, match in matches.items():
        found[i] = (match.maxsim + match.weighted) / 2
    return found
