"""The two signals give what their references give: bm25s and the formula, and numpy's inner product."""

import math
import resource
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import bm25s
import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import dense, lexical
from index.arrays import ArrayWriter
from index.dense import Dense
from index.lexical import Lexical

TERM = st.sampled_from([*"abcdefghij", "rout", "model", "é", "🙂"])
DOCUMENT = st.lists(TERM, max_size=12)
CORPUS = st.lists(DOCUMENT, min_size=1, max_size=15)
CORPUS_WITH_LISTED_TERMS = st.lists(st.tuples(DOCUMENT, st.lists(TERM, max_size=4)), min_size=1, max_size=12)
WEIGHTS = st.dictionaries(TERM | st.just("missing"), st.floats(0.25, 3), min_size=1, max_size=6)
FUNCTION_SCOPE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)

Documents = Sequence[tuple[Sequence[str], Sequence[str]]]


def index(folder: Path, documents: Documents) -> Lexical:
    writer = lexical.LexicalWriter(folder)
    for running, alone in documents:
        writer.append(running, alone)
    writer.write()
    return Lexical(folder, len(documents))


def running(documents: Sequence[Sequence[str]]) -> Documents:
    """Return documents that are running text alone."""
    return [(document, []) for document in documents]


def idf(documents: Sequence[Sequence[str]], term: str) -> float:
    found = sum(term in document for document in documents)
    return math.log(1 + (len(documents) - found + 0.5) / (found + 0.5))


def shares(documents: Sequence[Sequence[str]], weights: dict[str, float]) -> list[float]:
    """Return each document's share of a query as the formula has it, said as plainly as can be."""
    average = sum(map(len, documents)) / len(documents)
    ideal = sum(weight * idf(documents, term) for term, weight in weights.items())

    def score(document: Sequence[str]) -> float:
        norm = lexical.K1 * (1 - lexical.B + lexical.B * len(document) / average) if average else 1.0
        count = Counter(document)
        return sum(w * idf(documents, term) * count[term] / (count[term] + norm) for term, w in weights.items())

    return [score(document) / ideal for document in documents]


@FUNCTION_SCOPE
@given(documents=CORPUS.filter(any), query=st.lists(TERM, min_size=1, max_size=6))
def test_shares_are_the_scores_of_bm25s_over_the_querys_ideal(
    tmp_path: Path, documents: list[list[str]], query: list[str]
) -> None:
    reference = bm25s.BM25(k1=lexical.K1, b=lexical.B, method="lucene")
    reference.index(documents, show_progress=False)
    known = [term for term in query if term in reference.vocab_dict]
    scores = reference.get_scores(known) if known else np.zeros(len(documents))
    ideal = sum(idf(documents, term) for term in query)
    found = index(tmp_path, running(documents)).words(Counter(query))
    np.testing.assert_allclose(found, scores / ideal, rtol=1e-4, atol=1e-6)


@FUNCTION_SCOPE
@given(documents=CORPUS_WITH_LISTED_TERMS, weights=WEIGHTS)
def test_shares_are_those_of_the_formula(tmp_path: Path, documents: Documents, weights: dict[str, float]) -> None:
    whole = [[*text, *listed] for text, listed in documents]
    np.testing.assert_allclose(index(tmp_path, documents).words(weights), shares(whole, weights), rtol=1e-4, atol=1e-6)


@FUNCTION_SCOPE
@given(documents=CORPUS, weights=WEIGHTS, query=DOCUMENT)
def test_a_share_is_never_more_than_the_whole(
    tmp_path: Path, documents: list[list[str]], weights: dict[str, float], query: list[str]
) -> None:
    found = index(tmp_path, running(documents))
    for part in (found.words(weights), found.pairs(query)):
        assert part.shape == (len(documents),)
        assert ((part >= 0) & (part <= 1)).all()


@FUNCTION_SCOPE
@given(documents=CORPUS_WITH_LISTED_TERMS, query=st.lists(TERM, max_size=6))
def test_pairs_are_scored_as_words_are(tmp_path: Path, documents: Documents, query: list[str]) -> None:
    def pairs(terms: Sequence[str]) -> list[str]:
        return [" ".join(pair) for pair in pairwise(terms)]

    expected = shares([pairs(text) for text, _ in documents], Counter(pairs(query))) if len(query) > 1 else None
    found = index(tmp_path, documents).pairs(query)
    np.testing.assert_allclose(found, expected or [0.0] * len(documents), rtol=1e-4, atol=1e-6)


def test_pairs_respect_order_and_neighbourhood(tmp_path: Path) -> None:
    found = index(tmp_path, running([["small", "model"], ["model", "small"], ["small", "large", "model"], ["model"]]))
    scores = found.pairs(["small", "model"])
    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0, 0]


def test_pairs_do_not_reach_into_terms_that_stand_alone(tmp_path: Path) -> None:
    found = index(tmp_path, [(["small", "model"], ["chen", "icml"]), ([], ["small", "model"])])
    assert found.pairs(["model", "chen"]).tolist() == [0, 0]  # the last of the text, the first beside it
    assert found.pairs(["chen", "icml"]).tolist() == [0, 0]
    assert found.pairs(["small", "model"])[0] > 0 == found.pairs(["small", "model"])[1]
    assert (found.words({"chen": 1.0, "small": 1.0}) > 0).all()


def test_a_term_said_twice_in_a_query_counts_twice(tmp_path: Path) -> None:
    found = index(tmp_path, running([["a", "b"], ["a", "c"], ["b", "c"], ["d"]]))
    once, twice = found.words({"a": 1.0, "b": 1.0}), found.words({"a": 2.0, "b": 1.0})
    assert once[1] == pytest.approx(once[2])
    assert twice[1] > twice[2]


def test_unknown_terms_lower_every_share_alike(tmp_path: Path) -> None:
    found = index(tmp_path, running([["a", "b"], ["a"], ["c"]]))
    alone, among = found.words({"a": 1.0}), found.words({"a": 1.0, "missing": 1.0, "unheard": 1.0})
    factor = found.idf("a") / (found.idf("a") + 2 * found.idf("missing"))
    np.testing.assert_allclose(among, alone * factor, rtol=1e-5)
    assert found.words({"missing": 1.0}).tolist() == [0, 0, 0]


@pytest.mark.parametrize("count", [1, 5, 1000])
def test_idf_is_lucenes(tmp_path: Path, count: int) -> None:
    documents = [["everywhere", *(["rare"] if n == 0 else [])] for n in range(count)]
    found = index(tmp_path, running(documents))
    assert found.idf("everywhere") == pytest.approx(math.log(1 + 0.5 / (count + 0.5)))
    assert found.idf("rare") == pytest.approx(math.log(1 + (count - 1 + 0.5) / 1.5))
    assert found.idf("missing") == pytest.approx(math.log(1 + (count + 0.5) / 0.5))


@FUNCTION_SCOPE
@given(documents=CORPUS)
def test_a_document_has_its_terms_and_no_others(tmp_path: Path, documents: list[list[str]]) -> None:
    found = index(tmp_path, running(documents))
    known = {term for document in documents for term in document}
    for term in known | {"missing", ""}:
        assert found.knows(term) == (term in known)
        for i, document in enumerate(documents):
            assert found.has(i, term) == (term in document)


@pytest.mark.parametrize("documents", [[], [[]], [[], [], []]])
def test_documents_without_terms_score_nothing(tmp_path: Path, documents: list[list[str]]) -> None:
    found = index(tmp_path, running(documents))
    assert found.words({"rout": 1.0, "": 1.0, "model": 0.5}).tolist() == [0.0] * len(documents)
    assert found.pairs(["rout", "model"]).tolist() == [0.0] * len(documents)
    assert not found.knows("rout")


def test_a_query_without_terms_scores_nothing(tmp_path: Path) -> None:
    found = index(tmp_path, running([["a", "b"], ["c"]]))
    assert found.words({}).tolist() == [0, 0]
    assert found.pairs([]).tolist() == found.pairs(["a"]).tolist() == [0, 0]


def test_one_document_is_an_index(tmp_path: Path) -> None:
    found = index(tmp_path, running([["a", "b", "a"]]))
    assert 0 < found.words({"b": 1.0})[0] < found.words({"a": 1.0})[0] < 1
    assert found.pairs(["a", "b"])[0] > 0


def unit(random: np.random.Generator, *shape: int) -> np.ndarray:
    vectors = random.standard_normal(shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def built(folder: Path, vectors: np.ndarray) -> Dense:
    with dense.DenseWriter(folder, vectors.shape[1]) as writer:
        writer.append(vectors)
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


def test_vectors_are_those_that_were_written(tmp_path: Path) -> None:
    vectors = unit(np.random.default_rng(5), 50, 24)
    positions = np.array([49, 0, 7, 7])
    np.testing.assert_array_equal(built(tmp_path, vectors).vectors(positions), vectors[positions])


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
        with pytest.raises(OSError), dense.DenseWriter(tmp_path, vectors.shape[1]) as writer:
            writer.append(vectors)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Written piece by piece


@pytest.mark.parametrize("pieces", [[0], [1], [3, 4], [5, 0, 2]])
def test_vectors_written_in_pieces_are_what_faiss_writes(tmp_path: Path, pieces: list[int]) -> None:
    vectors = unit(np.random.default_rng(0), sum(pieces), 6)
    with dense.DenseWriter(tmp_path, 6) as writer:
        for piece in np.split(vectors, np.cumsum(pieces)[:-1]):
            writer.append(piece)
    whole = faiss.IndexFlatIP(6)
    whole.add(vectors)
    assert (tmp_path / "vectors.faiss").read_bytes() == faiss.serialize_index(whole).tobytes()


@pytest.mark.parametrize("shape", [(0,), (7,), (0, 3), (5, 3), (100_000,)])
def test_an_array_written_in_pieces_is_what_numpy_writes(tmp_path: Path, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape), dtype=np.int32).reshape(shape)
    with ArrayWriter(tmp_path / "pieces.npy", np.int32, shape[1:]) as writer:
        for piece in np.array_split(array, 3):
            writer.append(piece)
    np.save(tmp_path / "whole.npy", array)
    assert (tmp_path / "pieces.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()


@FUNCTION_SCOPE
@given(CORPUS_WITH_LISTED_TERMS, st.integers(1, 9))
def test_an_index_that_went_through_files_is_the_same(tmp_path: Path, corpus: Documents, waiting: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        written = []
        for most, name in ((10**6, "memory"), (waiting, "files")):
            patch.setattr(lexical, "_MOST_WAITING", most)
            (folder := tmp_path / name).mkdir(exist_ok=True)
            index(folder, corpus)
            written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]
