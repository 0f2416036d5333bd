"""The two signals give what their references give: bm25s and the formula, and numpy's inner product."""

import math
import resource
from collections import Counter
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import dense, lexical
from index.dense import Dense
from index.lexical import Lexical

TERM = st.sampled_from([*"abcdefghij", "rout", "model", "é", "🙂"])
CORPUS = st.lists(st.lists(TERM, max_size=12), min_size=1, max_size=15)
FUNCTION_SCOPE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


def index(folder: Path, documents: list[list[str]]) -> Lexical:
    lexical.write(folder, documents)
    return Lexical(folder, len(documents))


@FUNCTION_SCOPE
@given(documents=CORPUS.filter(any), query=st.lists(TERM, min_size=1, max_size=6))
def test_scores_are_those_of_bm25s(tmp_path: Path, documents: list[list[str]], query: list[str]) -> None:
    reference = bm25s.BM25(k1=lexical.K1, b=lexical.B)
    reference.index(documents, show_progress=False)
    known = [term for term in query if term in reference.vocab_dict]
    expected = reference.get_scores(known) if known else np.zeros(len(documents))
    np.testing.assert_allclose(index(tmp_path, documents).scores(query), expected, rtol=1e-5, atol=1e-6)


@FUNCTION_SCOPE
@given(documents=CORPUS, query=st.lists(TERM, max_size=6))
def test_scores_are_those_of_the_formula(tmp_path: Path, documents: list[list[str]], query: list[str]) -> None:
    average = sum(map(len, documents)) / len(documents)
    found = Counter(term for document in documents for term in set(document))

    def score(document: list[str]) -> float:
        total = 0.0
        for term in query:
            if count := document.count(term):
                idf = math.log(1 + (len(documents) - found[term] + 0.5) / (found[term] + 0.5))
                norm = lexical.K1 * (1 - lexical.B + lexical.B * len(document) / average)
                total += idf * count / (count + norm)
        return total

    expected = [score(document) for document in documents]
    np.testing.assert_allclose(index(tmp_path, documents).scores(query), expected, rtol=1e-4, atol=1e-6)


@FUNCTION_SCOPE
@given(documents=CORPUS)
def test_a_document_has_its_terms_and_no_others(tmp_path: Path, documents: list[list[str]]) -> None:
    found = index(tmp_path, documents)
    for i, document in enumerate(documents):
        for term in {term for other in documents for term in other} | {"missing", ""}:
            assert found.has(i, term) == (term in document)


@pytest.mark.parametrize("documents", [[], [[]], [[], [], []]])
def test_documents_without_terms_score_nothing(tmp_path: Path, documents: list[list[str]]) -> None:
    found = index(tmp_path, documents)
    assert found.scores(["rout", "", "model"]).tolist() == [0.0] * len(documents)
    assert found.unknown("routing") == ["routing"]


def test_coverage_is_the_share_of_weight_that_a_document_has(tmp_path: Path) -> None:
    found = index(tmp_path, [["a", "b"], ["a"], [], ["c"]])
    coverage = found.coverage({"a": 3.0, "b": 1.0, "missing": 0.0}, np.arange(4))
    np.testing.assert_allclose(coverage, [1.0, 0.75, 0.0, 0.0], rtol=1e-6)
    assert found.coverage({}, np.arange(4)).tolist() == [0.0] * 4


def test_unknown_words_are_named_once_in_order_as_written_small(tmp_path: Path) -> None:
    found = index(tmp_path, [lexical.terms("Routing queries to models")])
    assert found.unknown("Zebras route the queries of zebras and Yaks") == ["zebras", "yaks"]


@given(st.text())
def test_any_text_has_terms_and_unknown_words(text: str) -> None:
    assert all(lexical.terms(text))
    for word in lexical.words(text):
        assert len(lexical.terms(word)) == 1


@pytest.mark.parametrize("text", ["which of the papers are about it?", "?!... --", "", " ", "🙂", "a b c"])
def test_function_words_and_punctuation_are_no_terms(text: str) -> None:
    assert lexical.terms(text) == []


@pytest.mark.parametrize("word", ["Routing", "routes", "ROUTED", "route"])
def test_forms_of_a_word_are_one_term(word: str) -> None:
    assert lexical.terms(word) == ["rout"]


def unit(random: np.random.Generator, *shape: int) -> np.ndarray:
    vectors = random.standard_normal(shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def built(folder: Path, vectors: np.ndarray) -> Dense:
    dense.write(folder, vectors)
    return Dense(folder)


@pytest.mark.parametrize("count", [1, 2, 31, 1000])
@pytest.mark.parametrize("depth", [1, 10, 200, 5000])
def test_nearest_are_those_of_brute_force(tmp_path: Path, count: int, depth: int) -> None:
    random = np.random.default_rng(count)
    vectors, query = unit(random, count, 24), unit(random, 24)
    positions, cosines = built(tmp_path, vectors).search(query, depth)
    exact = vectors @ query
    assert positions.tolist() == np.argsort(-exact)[:depth].tolist()
    np.testing.assert_allclose(cosines, exact[positions], atol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 1.0])
@pytest.mark.parametrize("depth", [1, 20, 5000])
def test_nearest_of_the_allowed_are_those_of_brute_force(tmp_path: Path, share: float, depth: int) -> None:
    random = np.random.default_rng(7)
    vectors, query = unit(random, 600, 24), unit(random, 24)
    allowed = np.flatnonzero(random.random(600) < share)
    positions, cosines = built(tmp_path, vectors).search(query, depth, allowed)
    exact = vectors @ query
    assert positions.tolist() == allowed[np.argsort(-exact[allowed])][:depth].tolist()
    np.testing.assert_allclose(cosines, exact[positions], atol=1e-6)


def test_cosines_are_those_of_the_positions_asked_for(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    vectors, query = unit(random, 50, 24), unit(random, 24)
    found = built(tmp_path, vectors)
    for asked in ([], [4], [49, 0, 7, 7]):
        positions = np.array(asked, np.int64)
        np.testing.assert_allclose(found.cosines(query, positions), vectors[positions] @ query, atol=1e-6)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    found = built(tmp_path, np.empty((0, 24), np.float32))
    query = unit(np.random.default_rng(0), 24)
    assert found.count == 0
    assert [len(part) for part in found.search(query, 10)] == [0, 0]
    assert [len(part) for part in found.search(query, 10, np.empty(0, np.int64))] == [0, 0]


def test_a_full_disk_is_told_while_vectors_are_written(tmp_path: Path) -> None:
    """A file cut short here would get a manifest that calls it whole."""
    vectors = unit(np.random.default_rng(0), 20, 24)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError):
            dense.write(tmp_path, vectors)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
