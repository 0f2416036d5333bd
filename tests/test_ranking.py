"""How hits are ordered and explained."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import ranking
from index.collection import Collection
from index.filters import Filters
from index.ranking import Ladder
from ingest.paper import Paper, Source

QUESTION = "which papers route queries between models?"
PASSAGE = " ".join(["Small models can route queries to large models, and draft tokens that they verify."] * 8)
QUESTIONS = [
    QUESTION,
    "speculative decoding",
    "how are hallucinations detected?",
    "a small model chooses data for a large one",
    "distil chain of thought into students",
    "synthetic training data for text classification",
    "of the",
    "zebra crossings",
]
NAMES = ["lexical", "dense", "pairs", "late"]
SIGNALS = st.integers(1, 8).flatmap(
    lambda count: st.dictionaries(
        st.sampled_from(NAMES), st.lists(st.floats(-1, 2, width=32), min_size=count, max_size=count), min_size=1
    )
)


def arrays(signals: dict[str, list[float]]) -> dict[str, np.ndarray]:
    return {name: np.array(values, np.float32) for name, values in signals.items()}


def unit(*vectors: tuple[float, ...]) -> np.ndarray:
    found = np.array(vectors, np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture
def survey(use_survey: Path) -> Collection:
    return Collection.open("survey")


# The parts, alone


def test_a_score_is_the_weighted_mean_of_the_signals() -> None:
    signals = arrays({"lexical": [1.0, 0.0, 0.25], "dense": [0.3, 0.6, 0.4]})
    parts = ranking.parts(signals, {"lexical": 3.0, "dense": 1.0})
    assert parts["lexical"].tolist() == pytest.approx([0.75, 0.0, 0.1875])
    assert parts["dense"].tolist() == pytest.approx([0.075, 0.15, 0.1])


def test_signals_without_a_weight_and_weights_without_a_signal_are_left_out() -> None:
    signals = arrays({"lexical": [0.5], "places": [1.0]})
    parts = ranking.parts(signals, {"lexical": 1.0, "late": 4.0})
    assert {name: part.tolist() for name, part in parts.items()} == {"lexical": [0.5]}


def test_what_is_below_nothing_counts_as_nothing() -> None:
    parts = ranking.parts(arrays({"dense": [-0.4, 1.2]}), {"dense": 1.0})
    assert parts["dense"].tolist() == [0.0, 1.0]


@given(signals=SIGNALS, weights=st.fixed_dictionaries({name: st.floats(0.25, 4) for name in NAMES}))
def test_parts_add_up_to_a_score_from_0_to_1(signals: dict[str, list[float]], weights: dict[str, float]) -> None:
    parts = ranking.parts(arrays(signals), weights)
    assert parts.keys() == signals.keys()
    total = sum(parts.values())
    assert (total >= 0).all() and (total <= 1 + 1e-5).all()
    one = ranking.parts({name: np.ones(3, np.float32) for name in signals}, weights)
    assert sum(one.values()).tolist() == pytest.approx([1.0] * 3)


def test_the_order_is_by_score_and_of_equals_the_first_comes_first() -> None:
    assert ranking.order(np.array([0.1, 0.5, 0.5, 0.9, 0.1], np.float32)) == [3, 1, 2, 0, 4]
    assert ranking.order(np.zeros(100, np.float32)) == list(range(100))
    assert ranking.order(np.empty(0, np.float32)) == []


def test_the_sharp_mean_prefers_one_need_met_well_to_all_met_a_little() -> None:
    found = ranking.sharp_mean(np.array([[0.8, 0.4, 0.5], [0.0, 0.4, 0.5]], np.float32))
    assert found[0] > 0.4 == pytest.approx(float(found[1]))
    assert found[2] == pytest.approx(0.5)
    assert found[0] == pytest.approx((0.8**4 / 2) ** 0.25)


def test_the_sharp_mean_takes_less_than_nothing_for_nothing() -> None:
    assert ranking.sharp_mean(np.array([[-0.9], [0.5]], np.float32)) == pytest.approx([(0.5**4 / 2) ** 0.25])
    assert ranking.sharp_mean(np.array([[0.3, 0.7]], np.float32)).tolist() == pytest.approx([0.3, 0.7])


def test_neighbours_are_the_five_nearest_without_itself() -> None:
    angles = [0, 1, 2, 3, 4, 5, 90]  # degrees; the last lies far from all others
    vectors = unit(*((np.cos(np.radians(a)), np.sin(np.radians(a))) for a in angles))
    scores = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 1.0], np.float32)
    found = ranking.neighbours(vectors, scores)
    assert found[0] == pytest.approx(np.mean([0.1, 0.2, 0.3, 0.4, 0.5]))
    assert found[2] == pytest.approx(np.mean([0.0, 0.1, 0.3, 0.4, 0.5]))
    assert found[6] == pytest.approx(np.mean([0.1, 0.2, 0.3, 0.4, 0.5]))


@pytest.mark.parametrize("count", [0, 1])
def test_who_is_alone_has_no_neighbours(count: int) -> None:
    assert ranking.neighbours(unit((1, 0))[:count], np.full(count, 0.8, np.float32)).tolist() == [0.0] * count


def test_two_are_each_others_neighbours() -> None:
    found = ranking.neighbours(unit((1, 0), (1, 0)), np.array([0.2, 0.6], np.float32))
    assert found.tolist() == pytest.approx([0.6, 0.2])


def test_feedback_is_the_nearness_to_the_three_best() -> None:
    vectors = unit((1, 0), (1, 0), (1, 0), (0, 1), (1, 1))
    found = ranking.feedback(vectors, np.array([0.9, 0.8, 0.7, 0.6, 0.1], np.float32))
    assert found.tolist() == pytest.approx([1, 1, 1, 0, np.sqrt(0.5)], abs=1e-6)


def test_feedback_of_few_is_that_of_all() -> None:
    found = ranking.feedback(unit((1, 0), (0, 1)), np.array([0.9, 0.1], np.float32))
    assert found.tolist() == pytest.approx([np.sqrt(0.5)] * 2)
    assert ranking.feedback(unit((1, 0), (-1, 0)), np.zeros(2, np.float32)).tolist() == [0, 0]  # no direction at all


def test_places_are_counted_from_one_and_equals_share_one() -> None:
    signals = arrays({"lexical": [0.5, 0.9, 0.5, 0.0], "dense": [0.1, 0.2, 0.3, 0.4]})
    assert [ranking.places(signals, i) for i in range(4)] == [
        {"lexical": 2, "dense": 4},
        {"lexical": 1, "dense": 3},
        {"lexical": 2, "dense": 2},
        {"dense": 1},
    ]


def filed(*sections: str) -> list[Paper]:
    return [
        Paper.create(title=f"Paper number {n}", section=[s] if s else [], source=Source("x", n))
        for n, s in enumerate(sections)
    ]


def test_the_best_in_company_is_another_paper_under_the_same_headings() -> None:
    papers = filed("A", "A", "B", "A", "", "")
    assert ranking.best_in_company(papers, [0.9, 0.5, 0.8, 0.7, 0.6, 0.4]) == [0.7, 0.9, 0, 0.9, 0, 0]


def test_the_best_in_company_of_equals_is_the_other_one() -> None:
    assert ranking.best_in_company(filed("A", "A", "B"), [0.5, 0.5, 0.5]) == [0.5, 0.5, 0]
    assert ranking.best_in_company(filed("A", "A", "A"), [0.2, 0.7, 0.7]) == [0.7, 0.7, 0.7]
    assert ranking.best_in_company([], []) == []


# Together, on the survey


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


def test_each_kind_of_query_has_signals_of_its_own(survey: Collection) -> None:
    assert survey.search(QUESTION, 1).hits[0].signals.keys() == Ladder().question.keys()
    assert survey.search(PASSAGE, 1).hits[0].signals.keys() == Ladder().passage.keys()


def test_a_query_is_a_passage_from_49_words_on(survey: Collection) -> None:
    assert "late" in survey.search(" ".join(["data"] * 48), 1).hits[0].signals
    assert "sentences" in survey.search(" ".join(["data"] * 49), 1).hits[0].signals


def test_a_passage_finds_what_any_of_its_sentences_needs(survey: Collection) -> None:
    needs = [
        "We wish to save money by sending easy questions to a cheap model and hard ones to a costly one.",
        "Before that, the text we train on must be chosen, and weights for its domains must be found.",
        "When the answer is wrong, we want to find hallucinated facts without looking into the model.",
        "Last, the weights are to be quantized to four bits, so that the whole is small enough for a phone.",
    ]
    found = {hit.paper.topic for hit in survey.search(" ".join(needs), 15).hits}
    assert found & {"Model Routing", "Model Cascading"}
    assert found & {"Data Selection", "Data Reweighting"}
    assert found & {"Uncertainty", "Hallucinations", "Mitigating Hallucinations"}
    assert "Intermediate Features" in found  # where the list files quantization


@pytest.mark.parametrize("query", [QUESTION, PASSAGE])
def test_places_say_what_each_signal_alone_would_have_done(survey: Collection, query: str) -> None:
    hits = survey.search(query, 84).hits
    for name in hits[0].signals:
        by_signal = sorted(hits, key=lambda hit: -hit.signals[name])
        assert by_signal[0].places[name] == 1
        assert [hit.places[name] for hit in by_signal if name in hit.places] == sorted(
            hit.places[name] for hit in hits if name in hit.places
        )
        for hit in hits:
            assert hit.places.keys() <= hit.signals.keys()
            assert name in hit.places or hit.signals[name] == pytest.approx(0)


@pytest.mark.parametrize("query", [*QUESTIONS, PASSAGE])
def test_what_is_said_of_a_hit_does_not_depend_on_how_many_are_asked_for(survey: Collection, query: str) -> None:
    few, many = survey.search(query, 10), survey.search(query, 84)
    assert few.confidence == many.confidence
    assert few.hits == many.hits[:10]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(topic="routing"),
        Filters(year_from=2024),
        Filters(venue="EMNLP", has_code=True),
        Filters(section="distillation"),
        Filters(author="Chen"),
    ],
    ids=str,
)
@pytest.mark.parametrize("query", QUESTIONS)
def test_a_filter_takes_papers_away_and_changes_no_score(survey: Collection, query: str, filters: Filters) -> None:
    everything = {hit.paper.id: hit for hit in survey.search(query, 84).hits}
    # Late interaction reads the 60 best alone: behind a filter these are others.
    kept = [hit for hit in survey.search(query, 84, filters).hits if everything[hit.paper.id].signals["late"] > 0]
    assert kept
    for hit in kept:
        assert hit.score == pytest.approx(everything[hit.paper.id].score, abs=1e-5)
        assert dict(hit.signals) == pytest.approx(dict(everything[hit.paper.id].signals), abs=1e-5)


def test_a_condition_in_the_words_changes_no_score_either(survey: Collection) -> None:
    hits = survey.search("query routing", 84).hits
    everything = {hit.paper.id: hit.score for hit in hits if hit.signals["late"] > 0}
    results = survey.search("query routing since 2024", 84)
    assert results.filters == Filters(year_from=2024)
    kept = [hit for hit in results.hits if hit.paper.id in everything]
    assert 0 < len(kept) < len(everything)
    for hit in kept:
        assert hit.score == pytest.approx(everything[hit.paper.id], abs=1e-5)


def test_a_paper_that_one_signal_alone_brings_up_is_among_the_hits(survey: Collection) -> None:
    found = {hit.paper.title for hit in survey.search("jpeg compression of photographs", 84).hits}
    assert len(found) == 84  # nothing is lost for having no word of the query


def test_a_measurement_may_choose_the_signals(survey: Collection) -> None:
    alone = Ladder({"dense": 1.0}, {"dense": 1.0})
    for query in (QUESTION, PASSAGE):
        hits = survey.search(query, 10, ladder=alone).hits
        assert all(hit.signals == {"dense": pytest.approx(hit.score)} for hit in hits)
        assert [hit.places["dense"] for hit in hits] == list(range(1, 11))


@pytest.mark.parametrize("count", [1, 2])
def test_scores_make_sense_in_the_smallest_collections(tiny_home: Path, tiny_model: Path, count: int) -> None:
    collection = Collection.create("small", str(tiny_model))
    titles = ["Small models route", "Large teacher data"][:count]
    collection.add(Paper.create(title=title, source=Source("x", 1)) for title in titles)
    for query in ("small models", "knowledge graph embedding", "data", PASSAGE):
        hits = collection.search(query).hits
        assert len(hits) == count
        for hit in hits:
            assert 0 <= hit.score <= 1
