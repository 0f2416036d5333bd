"""How hits are ordered and explained."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from index.collection import Collection
from index.filters import Filters
from index.ranking import Ranked, Scale, candidates, mixture, rank_late
from ingest.paper import Paper, Source

QUESTION = "which papers route queries between models?"
PASSAGE = " ".join(["Small models can route queries to large models, and draft tokens that they verify."] * 8)


@pytest.fixture
def survey(use_survey: Path) -> Collection:
    return Collection.open("survey")


def test_the_mixture_is_half_and_half_of_scaled_signals() -> None:
    positions = np.array([3, 5, 9])
    lexical, cosines = np.array([4.0, 0.0, 1.0], np.float32), np.array([0.3, 0.6, 0.4], np.float32)
    ranked, order = mixture(positions, lexical, cosines, Scale(lexical=4.0, nearest=0.6, farthest=0.2))
    assert order.tolist() == [0, 1, 2] and ranked.positions.tolist() == [3, 5, 9]
    assert ranked.scores.tolist() == pytest.approx([0.625, 0.5, 0.375])
    assert ranked.lexical.tolist() == pytest.approx([0.5, 0.0, 0.125])
    assert ranked.dense.tolist() == pytest.approx([0.125, 0.5, 0.25])


def test_candidates_are_the_best_of_both_signals() -> None:
    lexical = np.arange(1000, dtype=np.float32)
    found = candidates(lexical, np.array([1, 2, 999]))
    assert found.tolist() == [1, 2, *range(800, 1000)]


def test_late_interaction_may_change_the_order_and_parts_add_up() -> None:
    parts = np.array([0.5, 0.4], np.float32)
    ranked = Ranked(np.array([7, 8]), parts * 2, parts, parts)
    order, explained = rank_late(ranked, [0.1, 1.4], 2)
    assert order == [1, 0]
    assert sum(explained[1].values()) == pytest.approx((0.8 + 1.4) / 2.5)
    assert rank_late(ranked, None, 2)[0] == [0, 1]


@pytest.mark.parametrize("query", [QUESTION, PASSAGE, "speculative decoding", "of the"])
def test_a_hits_signals_add_up_to_its_score_and_hits_are_in_order(survey: Collection, query: str) -> None:
    hits = survey.search(query, 20).hits
    assert [hit.rank for hit in hits] == list(range(1, 21))
    assert all(hit.score == pytest.approx(sum(hit.signals.values())) for hit in hits)
    assert all(a.score >= b.score for a, b in pairwise(hits))
    assert all(0 <= hit.score <= 1 + 1e-6 and 0 <= hit.relevance <= 1 for hit in hits)


def test_only_questions_are_ranked_by_late_interaction(survey: Collection) -> None:
    assert "late" in survey.search(QUESTION, 1).hits[0].signals
    assert "late" not in survey.search(PASSAGE, 1).hits[0].signals


def test_what_is_said_of_a_hit_does_not_depend_on_how_many_are_asked_for(survey: Collection) -> None:
    few, many = survey.search(QUESTION, 3), survey.search(QUESTION, 84)
    assert few.confidence == many.confidence
    assert few.hits == many.hits[:3]


def test_a_filter_takes_papers_away_and_changes_no_score(survey: Collection) -> None:
    everything = {hit.paper.id: hit.score for hit in survey.search(QUESTION, 84).hits}
    for hit in survey.search(QUESTION, 84, Filters(topic="routing")).hits:
        assert hit.score == pytest.approx(everything[hit.paper.id], abs=1e-5)


@pytest.mark.parametrize("count", [1, 2])
def test_scores_make_sense_in_the_smallest_collections(tiny_home: Path, tiny_model: Path, count: int) -> None:
    collection = Collection.create("small", str(tiny_model))
    titles = ["Small models route", "Large teacher data"][:count]
    collection.add(Paper.create(title=title, source=Source("x", 1)) for title in titles)
    for query in ("small models", "knowledge graph embedding", "data"):
        for hit in collection.search(query).hits:
            assert 0 <= hit.score <= 1


def test_behind_a_filter_papers_below_the_scale_keep_their_order() -> None:
    positions, cosines = np.array([1, 2, 3]), np.array([0.1, 0.3, 0.2], np.float32)
    ranked, _ = mixture(positions, np.zeros(3, np.float32), cosines, Scale(5.0, nearest=0.9, farthest=0.5))
    assert ranked.positions.tolist() == [2, 3, 1]
    assert ranked.scores.tolist() == [0, 0, 0]
