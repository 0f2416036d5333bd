"""`Collection`: what adding and removing count, what a search returns, and that nothing is embedded twice."""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from index import late
from index.collection import Collection
from index.encoder import Runtime
from index.filters import Filters
from index.hits import Change
from index.lexical import Lexical
from ingest import catalogue
from ingest.errors import InputError
from ingest.paper import Paper, Source

from .conftest import ROOT, environment

SUBJECTS = ["query routing", "data selection", "teacher distillation", "token merging", "student reward", "large data"]
QUERIES = ["which models route a query?", "data", "a teacher and its student", "of the", "zebra"]


def paper(n: int, **fields: Any) -> Paper:
    """Return a paper that only its number tells from the others."""
    subject = SUBJECTS[n % len(SUBJECTS)]
    text = f"Large models cost much. We use {subject} {n}. Small models then suffice for {subject}."
    values = {"text": text, "text_kind": "abstract", "year": 2020 + n % 5, **fields}
    return Paper.create(id=f"p{n}", title=f"Small models for {subject}, part {n}", source=Source("l.md", n), **values)


def papers(*numbers: int) -> list[Paper]:
    return [paper(n) for n in numbers]


def answers(collection: Collection) -> list[dict[str, Any]]:
    """Return everything that a collection says: its papers, and the results of some searches."""
    found = [collection.search(query, 20).to_dict() for query in QUERIES]
    return [*(one.to_dict() for one in collection.papers()), *found]


def gist(collection: Collection) -> list[list[tuple[str, Any]]]:
    """Return the papers and passages of some searches: what stays when vectors differ in their last bit."""
    found = [collection.search(query, 20).hits for query in QUERIES]
    return [[(hit.paper.id, hit.passage) for hit in hits] for hits in found]


def found_ids(collection: Collection, query: str, k: int = 10) -> list[str]:
    return [hit.paper.id for hit in collection.search(query, k).hits]


@pytest.fixture
def collection(tiny_home: Path, tiny_model: Path) -> Collection:
    return Collection.create("c", str(tiny_model))


# Adding and removing


def test_new_papers_are_counted_and_kept_in_order(collection: Collection) -> None:
    assert collection.add(papers(3, 1, 2)) == Change(added=3, encoded=3)
    assert len(collection) == 3
    assert list(collection.papers()) == papers(3, 1, 2)
    assert collection.get("p1") == paper(1)
    assert collection.get("p9") is None


def test_papers_that_are_here_already_are_unchanged(collection: Collection) -> None:
    collection.add(papers(1, 2))
    before = collection.status()["generation"]
    assert collection.add(papers(2, 1)) == Change(unchanged=2)
    assert collection.status()["generation"] == before


def test_a_changed_paper_is_updated_in_its_place(collection: Collection) -> None:
    collection.add(papers(1, 2, 3))
    changed = paper(2, text="Another text altogether.")
    assert collection.add([changed]) == Change(updated=1, encoded=1)
    assert list(collection.papers()) == [paper(1), changed, paper(3)]


def test_a_change_that_is_not_read_by_the_signals_embeds_nothing(collection: Collection) -> None:
    collection.add(papers(1, 2))
    changed = paper(2, url="https://arxiv.org/abs/2302.03169", authors=["A. Author"])
    assert collection.add([changed]) == Change(updated=1, encoded=0)
    assert collection.get("p2") == changed


def test_new_changed_and_old_papers_are_counted_apart(collection: Collection) -> None:
    collection.add(papers(1, 2))
    change = collection.add([paper(1), paper(2, year=1999), paper(3), paper(4)])
    assert change == Change(added=2, updated=1, unchanged=1, encoded=2)


def test_of_two_papers_with_one_id_the_last_stands(collection: Collection) -> None:
    collection.add([paper(1), paper(1, year=1999)])
    assert list(collection.papers()) == [paper(1, year=1999)]


def test_nothing_to_add_changes_nothing(collection: Collection) -> None:
    before = collection.status()["generation"]
    assert collection.add([]) == Change()
    assert collection.status()["generation"] == before


def test_removed_papers_are_gone_from_records_and_searches(collection: Collection) -> None:
    collection.add(papers(1, 2, 3))
    assert collection.remove(["p2"]) == Change(removed=1)
    assert list(collection.papers()) == papers(1, 3)
    assert collection.get("p2") is None
    assert set(found_ids(collection, "small models")) == {"p1", "p3"}


def test_all_papers_can_be_removed_and_added_again(collection: Collection) -> None:
    collection.add(papers(1, 2))
    assert collection.remove(["p1", "p2", "p2"]) == Change(removed=2)
    assert len(collection) == 0
    assert found_ids(collection, "small models") == []
    assert collection.add(papers(1, 2)) == Change(added=2)


def test_removing_what_is_not_here_removes_nothing_and_names_it(collection: Collection) -> None:
    collection.add(papers(1, 2))
    with pytest.raises(InputError, match="no paper p7, p8 here") as refused:
        collection.remove(["p1", "p8", "p7"])
    assert "\n" not in str(refused.value)
    assert list(collection.papers()) == papers(1, 2)
    assert list(Collection.open("c").papers()) == papers(1, 2)


def test_removing_nothing_changes_nothing(collection: Collection) -> None:
    assert collection.remove([]) == Change()


def test_facts_are_kept_beside_those_noted_before(collection: Collection) -> None:
    collection.add(papers(1), {"title": "A list", "sections": [{"heading": "é"}]})
    collection.add(papers(2), {"title": "A longer list"})
    reopened = Collection.open("c")
    assert reopened.fact("title") == "A longer list"
    assert reopened.fact("sections") == [{"heading": "é"}]
    assert reopened.fact("never noted") is None


def test_status_says_what_the_collection_is(collection: Collection, tiny_home: Path) -> None:
    collection.add(papers(1, 2, 6), {"title": "A list"})
    status = json.loads(json.dumps(collection.status()))
    assert status["collection"] == "c"
    assert status["title"] == "A list"
    assert status["papers"] == 3
    assert status["folder"] == str(tiny_home / "collections" / "c")
    assert status["year"] == [["2021", 2], ["2022", 1]]


def test_a_collection_that_is_not_there_is_named_with_those_that_are(collection: Collection) -> None:
    with pytest.raises(InputError, match=r"no collection 'd' .*those there: c ") as refused:
        Collection.open("d")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "..", "../c", "a/b", "C", "a b", "a\n", "é", "x" * 65, "/c", "-c", ".c"])
def test_a_name_that_no_folder_should_have_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot name a collection"):
        Collection.open(name)


def test_creating_what_is_there_keeps_it(collection: Collection, tiny_model: Path) -> None:
    collection.add(papers(1))
    assert list(Collection.create("c", str(tiny_model)).papers()) == papers(1)


# Nothing is embedded twice


def test_one_paper_added_to_many_embeds_one_text(collection: Collection) -> None:
    assert collection.add(papers(*range(30))).encoded == 30
    assert collection.add(papers(30)).encoded == 1
    assert collection.add(papers(*range(31))).encoded == 0
    assert collection.remove(["p4"]).encoded == 0
    assert collection.add(papers(4)).encoded == 0


def test_one_text_in_many_papers_is_embedded_once(collection: Collection) -> None:
    same = [Paper.create(id=str(n), title="The same title", source=Source("l.md", n)) for n in range(5)]
    assert collection.add(same) == Change(added=5, encoded=1)


def test_a_second_collection_embeds_only_what_the_first_has_not(collection: Collection, tiny_model: Path) -> None:
    collection.add(papers(1, 2, 3))
    other = Collection.create("d", str(tiny_model))
    assert other.add(papers(1, 2)).encoded == 0
    assert other.add(papers(3, 4)).encoded == 1
    assert collection.add(papers(4)).encoded == 0


def test_vectors_from_the_cache_give_the_same_answers(collection: Collection, tiny_home: Path) -> None:
    collection.add(papers(*range(8)))
    fresh = answers(collection)
    collection.remove([f"p{n}" for n in range(8)])
    assert collection.add(papers(*range(8))).encoded == 0
    assert answers(collection) == fresh


def test_a_lost_cache_costs_time_and_no_answer(collection: Collection, tiny_home: Path) -> None:
    collection.add(papers(*range(8)))
    before = answers(collection)
    (tiny_home / "cache" / "vectors.sqlite").unlink()
    assert collection.add(papers(*range(8)), {"title": "again"}).encoded == 8
    assert answers(collection) == before


def test_a_damaged_cache_is_set_aside_and_gives_the_same_answers(
    collection: Collection, tiny_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    collection.add(papers(*range(8)))
    before = answers(collection)
    file = tiny_home / "cache" / "vectors.sqlite"
    file.write_bytes(file.read_bytes()[:100] + b"\xff" * 4000)
    assert collection.add(papers(*range(8)), {"title": "again"}).encoded == 8
    assert str(file) in caplog.text
    assert file.with_suffix(".damaged").is_file()
    assert answers(collection) == before


def test_a_stop_in_the_middle_changes_nothing_and_loses_little(
    collection: Collection, tiny_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.encoder._CACHED_AT_ONCE", 4)
    collection.add(papers(100))

    def stop(done: int, total: int) -> None:
        if done > 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collection.add(papers(*range(20)), progress=stop)
    assert list(Collection.open("c").papers()) == papers(100)
    assert not list((tiny_home / "collections" / "c").glob("draft-*"))
    assert Collection.open("c").add(papers(*range(20))) == Change(added=20, encoded=12)


# Searching


@pytest.fixture
def filled(collection: Collection) -> Collection:
    collection.add(papers(*range(12)))
    return collection


def test_reopening_changes_no_answer(filled: Collection) -> None:
    assert answers(Collection.open("c")) == answers(filled)


def test_the_order_of_adding_in_parts_changes_no_answer(filled: Collection, tiny_model: Path) -> None:
    other = Collection.create("other", str(tiny_model))
    for n in range(12):
        other.add(papers(n))
    assert gist(other) == gist(filled)


def test_hits_are_ranked_whole_and_explained(filled: Collection) -> None:
    results = filled.search("query routing", 5)
    assert [hit.rank for hit in results.hits] == [1, 2, 3, 4, 5]
    assert [hit.score for hit in results.hits] == sorted((hit.score for hit in results.hits), reverse=True)
    for hit in results.hits:
        assert hit.paper == filled.get(hit.paper.id)
        assert 0 <= hit.relevance <= 1
        assert hit.passage is not None
        assert hit.passage.text == hit.paper.text[hit.passage.start : hit.passage.end]
    assert results.hits[0].paper.id in ("p0", "p6")
    assert set(results.hits[0].terms) == {"queri", "rout"}


def test_results_are_json(filled: Collection) -> None:
    results = filled.search("query routing", 3, Filters(year_from=2021)).to_dict()
    assert json.loads(json.dumps(results)) == results
    assert list(results)[:3] == ["query", "collection", "filters"]
    assert {"read_as", "confidence", "unknown_words"} <= results.keys()
    assert {"rank", "score", "signals", "places", "terms", "passage", "paper"} <= results["hits"][0].keys()


def test_hits_say_what_brought_them_up(filled: Collection) -> None:
    results = filled.search("query routing", 12)
    assert len(results.hits) == 12
    assert results.asked.terms == ("queri", "rout")
    for hit in results.hits:
        assert hit.signals.keys() == {"lexical", "dense", "pairs", "late"}
        assert sum(hit.signals.values()) == pytest.approx(hit.score)
        assert hit.places.keys() <= hit.signals.keys()
        assert all(1 <= place <= 12 for place in hit.places.values())
        has_words = "query routing" in hit.paper.title
        assert (hit.signals["pairs"] > 0) == has_words == ("pairs" in hit.places)
    assert results.hits[0].places["lexical"] == results.hits[0].places["pairs"] == 1


@pytest.mark.parametrize("query", ["", " ", "\n\t\u00a0 "])
def test_an_empty_query_is_refused(filled: Collection, query: str) -> None:
    with pytest.raises(InputError, match="the query is empty"):
        filled.search(query)


def test_a_query_has_at_most_20000_characters(filled: Collection) -> None:
    assert filled.search("model " * 3_333 + "xx").hits
    with pytest.raises(InputError, match="20,001 characters; expected at most 20,000"):
        filled.search("x" * 20_001)


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_result_is_refused(filled: Collection, k: int) -> None:
    with pytest.raises(InputError, match=f"{k} results asked for; expected at least 1"):
        filled.search("models", k)


@pytest.mark.parametrize("k", [1, 11, 12, 13, 10_000, 10**30])
def test_at_most_k_papers_and_at_most_all_are_returned(filled: Collection, k: int) -> None:
    found = found_ids(filled, "small models", k)
    assert len(found) == len(set(found)) == min(k, 12)


@pytest.mark.parametrize(
    "query",
    [
        "of the and which",
        "papers",
        "?!... -- ()",
        "'",
        '"',
        "🙂🙂",
        "模型",
        "İstanbul ǅ",
        "a",
        "\0",
        "\x01\x02",
        "x" * 20_000,
        "%",
        "OR 1=1; --",
        "NOT AND NEAR(",
        "\u202e\u200b",
        "e\u0301" * 9,
    ],
    ids=repr,
)
def test_any_query_that_is_not_blank_is_answered(filled: Collection, query: str) -> None:
    results = filled.search(query, 20)
    assert len(results.hits) <= 12
    assert all(hit.paper == filled.get(hit.paper.id) for hit in results.hits)
    assert 0 <= results.confidence <= 1
    assert answers(Collection.open("c")) == answers(filled)


@pytest.mark.parametrize("query", ["caf\udce9 models", "\ud83d"], ids=repr)
def test_a_query_that_is_no_unicode_is_answered_or_refused_in_one_line(filled: Collection, query: str) -> None:
    """Python hands bytes of the command line that are not UTF-8 on as lone surrogates."""
    try:
        assert len(filled.search(query).hits) <= 12
    except InputError as refused:
        assert "\n" not in str(refused)
        str(refused).encode()


def test_words_that_no_paper_has_are_named(filled: Collection) -> None:
    assert filled.search("Zebras route models for Yaks").unknown_words == ("zebras", "yaks")


@pytest.mark.parametrize("query", QUERIES)
def test_an_empty_collection_finds_nothing(collection: Collection, query: str) -> None:
    assert collection.search(query).hits == ()
    assert collection.search(query).confidence == 0
    assert collection.search(query, 3, Filters(topic="x")).hits == ()
    assert collection.search("Small models route. Large ones answer. " * 30).hits == ()
    assert Collection.open("c").search(query).hits == ()


@pytest.mark.parametrize("query", QUERIES)
def test_a_collection_of_one_paper_finds_at_most_that(collection: Collection, query: str) -> None:
    collection.add(papers(1))
    assert found_ids(collection, query) in (["p1"], [])
    assert found_ids(collection, "data selection") == ["p1"]


def test_a_paper_without_a_text_is_found_without_a_passage(collection: Collection) -> None:
    collection.add([Paper.create(id="bare", title="Of the", source=Source("l.md", 1))])
    assert [(hit.paper.id, hit.passage) for hit in collection.search("of the").hits] in ([("bare", None)], [])
    collection.add([Paper.create(id="named", title="Routing", source=Source("l.md", 2))])
    best = collection.search("routing").hits[0]
    assert (best.paper.id, best.passage) == ("named", None)


def test_papers_with_equal_text_keep_the_order_of_the_list(collection: Collection) -> None:
    text = "Small models route. Large models answer."
    same = [
        Paper.create(id=f"x{n}", title="One title", text=text, text_kind="abstract", source=Source("l.md", n))
        for n in range(9)
    ]
    collection.add([*papers(1, 2, 3), *same, *papers(4, 5)])
    for query in ("small models route", "one title", "of the", "large"):
        for opened in (collection, Collection.open("c")):
            found = [id for id in found_ids(opened, query, 20) if id.startswith("x")]
            assert found == [f"x{n}" for n in range(9)][: len(found)], query


def test_passages_are_the_same_when_token_vectors_are_not_stored(
    filled: Collection, tiny_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The order may differ: papers without stored token vectors are not ranked again by them.
    before = [dict(found) for found in gist(filled)]
    monkeypatch.setattr(late, "BUDGET", 0)
    filled.add([], {"title": "rewritten"})
    assert not list((tiny_home / "collections" / "c" / filled.status()["generation"]).glob("tokens*"))
    assert [dict(found) for found in gist(filled)] == before


def test_a_brief_search_embeds_no_paper_and_keeps_the_order(
    filled: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not filled.search("small models", 12, brief=True).is_brief  # its token vectors are stored
    monkeypatch.setattr(late, "BUDGET", 0)
    filled.add([], {"title": "rewritten"})
    with monkeypatch.context() as reading:
        reading.setattr(Runtime, "tokens", lambda *_: pytest.fail("a paper was embedded"))
        brief = filled.search("small models", 12, brief=True)
    whole = filled.search("small models", 12)
    assert brief.is_brief and not whole.is_brief
    assert [hit.paper.id for hit in brief.hits] == [hit.paper.id for hit in whole.hits]
    assert brief.confidence == 0.0 < whole.confidence


def test_a_paper_that_was_read_is_not_embedded_again(filled: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "BUDGET", 0)
    filled.add([], {"title": "rewritten"})
    first = filled.search("small models", 12).to_dict()
    encode, texts = Runtime.encode, list[str]()

    def noted(self: Runtime, some: Sequence[str], *rest: Any, **more: Any) -> Any:
        texts.extend(some)
        return encode(self, some, *rest, **more)

    monkeypatch.setattr(Runtime, "encode", noted)
    assert filled.search("small models", 12).to_dict() == first
    assert texts == ["small models"]


def test_many_threads_get_the_answers_of_one(filled: Collection) -> None:
    expected = answers(filled)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(lambda _: answers(filled), range(24)))


def test_a_search_keeps_to_the_papers_it_began_with(filled: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = filled.search("small models", 12).to_dict()
    words = Lexical.words

    def words_before_a_change(*arguments: Any) -> Any:
        found = words(*arguments)
        monkeypatch.setattr(Lexical, "words", words)  # only once
        filled.remove([f"p{n}" for n in range(9)])  # as another thread might, between two steps of a search
        return found

    monkeypatch.setattr(Lexical, "words", words_before_a_change)
    assert filled.search("small models", 12).to_dict() == expected
    assert len(found_ids(filled, "small models", 12)) == 3


# What a search imports


def test_a_search_in_a_fresh_process_imports_nothing_heavy(survey_home: Path) -> None:
    program = """
import json, sys
from index.collection import Collection
hits = Collection.open("survey").search("which papers route queries between models?").hits
print(json.dumps([len(hits), *{name.partition(".")[0] for name in sys.modules}]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(survey_home), cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    hits, *modules = json.loads(done.stdout)
    assert hits == 10
    heavy = {"torch", "transformers", "sentence_transformers", "llama_index", "gradio", "bm25s", "scipy", "pandas"}
    assert heavy.isdisjoint(modules)


def test_the_survey_is_indexed_whole(use_survey: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        survey = Collection.open("survey")
    assert list(survey.papers()) == list(catalogue.load().papers)
    assert caplog.text == ""
    for one in list(survey.papers())[::12]:
        assert survey.search(one.title).hits[0].paper == one
