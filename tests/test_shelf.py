"""Several collections searched as one, and a folder that is somebody else's."""

import os
import shutil
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.library import open_corpus
from index.collection import Collection
from index.filters import Filters
from index.listing import listing
from index.shelf import Shelf
from ingest.errors import DamageError, InputError

from .conftest import Run
from .test_collection import paper, papers

QUERY = "which models route a query?"


@pytest.fixture
def shelf(tiny_home: Path, tiny_model: Path) -> Shelf:
    """Two collections that share papers 2 and 3."""
    for name, numbers in (("one", range(4)), ("two", range(2, 8))):
        Collection.create(name, str(tiny_model)).add(papers(*numbers))
    opened = open_corpus("one,two")
    assert isinstance(opened, Shelf)
    return opened


def stand(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.rglob("*"))}


def test_each_paper_is_shown_once_and_says_where_it_is_from(shelf: Shelf) -> None:
    results = shelf.search(QUERY, 20)
    ids = [hit.paper.id for hit in results.hits]
    assert sorted(ids) == sorted({f"p{n}" for n in range(8)}) == sorted(set(ids))
    assert [hit.rank for hit in results.hits] == list(range(1, 9))
    assert [hit.score for hit in results.hits] == sorted((hit.score for hit in results.hits), reverse=True)
    assert {hit.collection for hit in results.hits} == {"one", "two"}
    assert results.to_dict()["collection"] == "one,two"
    assert all(hit["collection"] in ("one", "two") for hit in results.to_dict()["hits"])


def test_scores_are_those_of_the_collections_themselves(shelf: Shelf) -> None:
    alone = {
        (name, hit.paper.id): hit.score
        for name in ("one", "two")
        for hit in Collection.open(name).search(QUERY, 20).hits
    }
    for hit in shelf.search(QUERY, 20).hits:
        assert hit.score == alone[str(hit.collection), hit.paper.id]
        assert hit.score == max(score for (_, id), score in alone.items() if id == hit.paper.id)


def test_confidence_does_not_depend_on_how_many_are_asked_for(shelf: Shelf) -> None:
    assert shelf.search(QUERY, 1).confidence == shelf.search(QUERY, 20).confidence
    best = max(Collection.open(name).search(QUERY).confidence for name in ("one", "two"))
    assert shelf.search(QUERY).confidence == pytest.approx(best, abs=0.2)


def test_what_is_counted_counts_each_paper_once(shelf: Shelf) -> None:
    assert len(shelf) == 8 == len(list(shelf.papers())) == shelf.status()["papers"]
    assert shelf.count(Filters(year_from=2024)) == 1 == len(list(shelf.papers(Filters(year_from=2024))))
    assert shelf.counts("year") == [("2020", 2), ("2021", 2), ("2022", 2), ("2023", 1), ("2024", 1)]
    assert shelf.get("p7") == paper(7) and shelf.get("p99") is None


def test_of_a_paper_in_two_collections_the_first_named_is_listed(shelf: Shelf, tiny_model: Path) -> None:
    Collection.create("three", str(tiny_model)).add([paper(2, venue="ACL")])
    assert next(p for p in open_corpus("three,one").papers() if p.id == "p2").venue == "ACL"
    assert next(p for p in open_corpus("one,three").papers() if p.id == "p2").venue is None


def test_a_condition_that_one_collection_understands_holds_in_all(tiny_home: Path, tiny_model: Path) -> None:
    Collection.create("one", str(tiny_model)).add([paper(1, venue="EMNLP"), paper(2, venue="ACL")])
    Collection.create("two", str(tiny_model)).add(papers(3, 4))
    results = open_corpus("two,one").search("papers in EMNLP about data selection")
    assert [hit.paper.id for hit in results.hits] == ["p1"]
    assert results.filters.venue == "EMNLP" and results.asked.conditions


def test_a_word_that_one_collection_has_is_mended_in_none(tiny_home: Path, tiny_model: Path) -> None:
    Collection.create("one", str(tiny_model)).add([paper(1, text="Rewarp is a system of ours.")])
    Collection.create("two", str(tiny_model)).add(papers(2, 3, 4))
    assert open_corpus("two").search("rewarp").asked.corrections == {"rewarp": "reward"}
    results = open_corpus("two,one").search("rewarp")
    assert not results.asked.corrections and not results.unknown_words
    assert results.hits[0].paper.id == "p1"
    assert open_corpus("two,one").search("zebra").unknown_words == ("zebra",)


def test_collections_of_two_models_are_not_mixed(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    other = shutil.copytree(tiny_model, tmp_path / "other")
    config = other / "config_sentence_transformers.json"
    config.write_text(config.read_text().replace('"prompts": {', '"prompts": {"query": "ask: ", ', 1))
    Collection.create("one", str(tiny_model)).add(papers(1))
    Collection.create("two", str(tiny_model)).add(papers(2))
    found = open_corpus("two")
    assert isinstance(found, Collection)
    found.rebuild(str(other))
    if Collection.open("two").fact("model_id") == Collection.open("one").fact("model_id"):
        pytest.fail("the two models have one id")
    with pytest.raises(InputError, match=r"several models .* footnote rebuild --collection two"):
        open_corpus("one,two")


@pytest.mark.parametrize(("names", "message"), [("one,", "several with commas"), ("one,none", "no collection 'none'")])
def test_names_that_are_none(shelf: Shelf, names: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_corpus(names)


def test_a_name_given_twice_is_one_collection(shelf: Shelf) -> None:
    assert isinstance(open_corpus("one,one"), Collection)


def test_an_answer_quotes_papers_of_several_collections(footnote: Run, survey_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(survey_home, tmp_path / "copy")
    (tmp_path / "bread.bib").write_text(
        "@article{a, title={Sourdough at altitude}, author={Bob Baker}, year={2019}, "
        "abstract={Bread rises faster at altitude. We measure the hydration of sourdough.}}"
    )
    assert footnote("add", str(tmp_path / "bread.bib"), "--collection", "bread", home=home).returncode == 0
    question = "how does sourdough rise at altitude?"
    assert footnote("ask", question, home=home).returncode == 3
    done = footnote("ask", question, "--collection", "survey,bread", home=home)
    assert done.returncode == 0 and "[1] Sourdough at altitude. Baker. 2019." in done.stdout
    found = footnote("search", "model routing", "-k", "2", "--collection", "survey,bread", home=home)
    assert "RouteLLM" in found.stdout and found.stdout.count("survey\n") == 2
    listed = footnote("collections", home=home).stdout.splitlines()
    assert [line.split()[:3] for line in listed] == [["bread", "1", "papers"], ["survey", "84", "papers"]]


def test_collections_are_listed_also_where_one_is_damaged(shelf: Shelf, tiny_home: Path) -> None:
    (tiny_home / "collections" / "two" / "CURRENT").write_text("generation-999999 x\n")
    one, two = (listed.to_dict() for listed in listing())
    assert (one["collection"], one["papers"]) == ("one", 4) and one["model_id"] == shelf.fact("model_id")
    assert one["bytes"] > 10_000 and one["changed"].startswith("20") and Path(one["folder"]).name == "one"
    assert (two["collection"], two["papers"], two["model_id"]) == ("two", None, None)


# --- folders that are another machine's


@pytest.fixture
def foreign(shelf: Shelf, tiny_home: Path, tmp_path: Path) -> Path:
    """The folder of a collection outside this home, just copied there."""
    folder = shutil.copytree(tiny_home / "collections" / "two", tmp_path / "usb" / "theirs")
    for note in folder.rglob("verified.json"):
        note.unlink()
    return folder


def test_a_folder_by_path_is_searched_and_nothing_is_written_there(foreign: Path) -> None:
    before = stand(foreign)
    theirs = Assistant.open(str(foreign))
    assert theirs.search(QUERY).hits and len(theirs.collection) == 6
    both = open_corpus(f"one,{foreign}")
    assert {hit.collection for hit in both.search(QUERY, 20).hits} == {"one", "theirs"}
    assert stand(foreign) == before


def test_a_folder_by_path_can_be_read_only(foreign: Path) -> None:
    for path in [foreign, *foreign.rglob("*")]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert open_corpus(str(foreign)).search(QUERY).hits
    finally:
        for path in [foreign, *foreign.rglob("*")]:
            path.chmod(0o700)


def test_a_folder_by_path_is_not_added_to_nor_rebuilt(foreign: Path) -> None:
    theirs = Collection(foreign, read_only=True)
    for change in (lambda: theirs.add(papers(9)), theirs.rebuild, lambda: theirs.remove(["p2"])):
        with pytest.raises(InputError, match="read-only; footnote import"):
            change()


def test_a_damaged_folder_by_path_is_said_to_be_and_left_as_it_is(foreign: Path) -> None:
    vectors = next(foreign.glob("generation-*/vectors.faiss"))
    current = foreign / (foreign / "CURRENT").read_text().split()[0]
    vectors = current / "vectors.faiss"
    vectors.write_bytes(vectors.read_bytes()[:-1] + b"\0")
    before = stand(foreign)
    with pytest.raises(DamageError, match=r"read-only, it is not mended: footnote import"):
        open_corpus(str(foreign))
    assert stand(foreign) == before


def test_the_model_of_a_folder_by_path_must_be_here(foreign: Path, tiny_home: Path) -> None:
    for folder in (tiny_home / "models").iterdir():
        if not folder.name.startswith("all-MiniLM") and folder.is_dir():
            shutil.rmtree(folder)
    with pytest.raises(InputError, match=r"is not here; .* footnote import FOLDER"):
        open_corpus(str(foreign)).search(QUERY)


def test_a_path_without_a_collection(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no collection's folder; expected one that holds a file CURRENT"):
        open_corpus(f"{tmp_path}{os.sep}")
