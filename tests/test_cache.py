"""The vector cache gives back what was put, and nothing else, whatever happens to its file."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import cache
from index.cache import VectorCache, key

DIMENSION = 8


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.sqlite"


def vectors(*names: str, tokens: int | None = 3) -> dict[bytes, tuple[np.ndarray, np.ndarray | None]]:
    """Return made-up vectors for texts of these names."""
    random = np.random.default_rng(len(names))
    return {
        key("m", name): (
            random.random(DIMENSION, np.float32),
            None if tokens is None else random.integers(-127, 128, (tokens, DIMENSION), np.int8),
        )
        for name in names
    }


def assert_same(found: dict, expected: dict) -> None:
    assert found.keys() == expected.keys()
    for k, (vector, tokens) in expected.items():
        np.testing.assert_array_equal(found[k][0], vector)
        if tokens is None:
            assert found[k][1] is None
        else:
            np.testing.assert_array_equal(found[k][1], tokens)


def test_what_was_put_is_given_back(file: Path) -> None:
    put = vectors("a", "b", "c")
    VectorCache(file).put(put)
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)


def test_only_the_keys_asked_for_are_given(file: Path) -> None:
    put = vectors("a", "b")
    VectorCache(file).put(put)
    asked = [key("m", "b"), key("m", "never put")]
    assert VectorCache(file).get(asked, DIMENSION, True).keys() == {asked[0]}
    assert VectorCache(file).get([], DIMENSION, True) == {}


def test_more_keys_than_one_statement_takes(file: Path) -> None:
    put = vectors(*map(str, range(cache._BATCH * 2 + 1)))
    VectorCache(file).put(put)
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)


def test_a_text_without_token_vectors_is_not_here_for_those_who_want_them(file: Path) -> None:
    put = vectors("a", tokens=None)
    VectorCache(file).put(put)
    assert VectorCache(file).get(list(put), DIMENSION, True) == {}
    assert_same(VectorCache(file).get(list(put), DIMENSION, False), put)


def test_a_text_of_no_tokens_is_here(file: Path) -> None:
    put = vectors("a", tokens=0)
    VectorCache(file).put(put)
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)


def test_putting_again_replaces(file: Path) -> None:
    VectorCache(file).put(vectors("a", "b"))
    put = vectors("a")
    VectorCache(file).put(put)
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)


@given(st.text(), st.text(), st.text(), st.text())
def test_model_and_text_together_make_the_key(model: str, text: str, other_model: str, other_text: str) -> None:
    same = (model, text) == (other_model, other_text)
    assert "\0" in model + other_model or (key(model, text) == key(other_model, other_text)) == same


def test_no_file_is_made_by_reading(file: Path) -> None:
    assert VectorCache(file).get([key("m", "a")], DIMENSION, True) == {}
    assert not file.parent.exists()


@pytest.mark.parametrize("damage", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_cache_is_set_aside_with_a_warning_and_begun_anew(
    file: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.parent.mkdir()
    file.write_bytes(damage)
    put = vectors("a")
    with caplog.at_level(logging.WARNING):
        assert VectorCache(file).get(list(put), DIMENSION, True) == {}
    assert str(file) in caplog.text
    assert [path.read_bytes() for path in file.parent.iterdir()] == [damage]
    VectorCache(file).put(put)
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)


def test_a_cache_damaged_before_a_put_is_set_aside(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.parent.mkdir()
    file.write_bytes(b"x" * 5000)
    VectorCache(file).put(vectors("a"))
    assert str(file) in caplog.text
    put = vectors("b")
    VectorCache(file).put(put)
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)


def test_a_table_of_another_shape_is_set_aside(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE vectors (something TEXT)")
    put = vectors("a")
    assert VectorCache(file).get(list(put), DIMENSION, True) == {}
    VectorCache(file).put(put)
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)
    assert str(file) in caplog.text


def test_a_damaged_row_is_not_given_back(file: Path) -> None:
    put = vectors("a", "b")
    VectorCache(file).put(put)
    damaged, whole = put
    written, contents = put[damaged][0].tobytes(), file.read_bytes()
    assert contents.count(written) == 1
    file.write_bytes(contents.replace(written, written[:5] + bytes([written[5] ^ 64]) + written[6:]))
    assert VectorCache(file).get(list(put), DIMENSION, True).keys() <= {whole}


@pytest.mark.parametrize("column", ["vector", "tokens"])
def test_a_row_cut_short_is_not_given_back(file: Path, column: str) -> None:
    put = vectors("a")
    VectorCache(file).put(put)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"UPDATE vectors SET {column} = substr({column}, 1, 7)")
    assert VectorCache(file).get(list(put), DIMENSION, True) == {}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a locked file a tenth of a second only."""
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **options: connect(*a, **{**options, "timeout": 0.1}))


@pytest.mark.usefixtures("impatient")
def test_a_cache_that_another_process_is_writing_is_left_where_it_is(file: Path) -> None:
    put = vectors("a")
    VectorCache(file).put(put)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert VectorCache(file).get(list(put), DIMENSION, True) == {}
        VectorCache(file).put(vectors("b"))
        other.rollback()
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)


def test_two_writers_at_once_lose_nothing(file: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    put = vectors(*map(str, range(40)))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: VectorCache(file).put(dict([one])), put.items()))
    assert_same(VectorCache(file).get(list(put), DIMENSION, True), put)
