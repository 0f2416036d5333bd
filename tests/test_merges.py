"""Records of one paper: which are taken for one, what the paper says, and that every merge can be undone."""

import dataclasses
import io
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import accounts
from assistant.terminal import Terminal
from index.collection import Collection
from index.identity import judge
from index.merging import chosen, merged
from index.statements import Origin
from ingest.errors import InputError
from ingest.paper import Paper, Source
from ingest.readers import read

TITLE = "Learning to Route Queries between Small and Large Models"
ABSTRACT = "We train a router that sends each query to the model which answers it well at the least price."


def record(title: str = TITLE, file: str = "a.bib", row: int = 1, **fields: Any) -> Paper:
    if "text" in fields:
        fields.setdefault("text_kind", "abstract")
    return Paper.create(title=title, source=Source(file, row), **fields)


def preprint(**fields: Any) -> Paper:
    said = {"authors": ["Ada Lovelace", "Alan Turing"], "year": 2023, "venue": "arXiv", "venue_type": "preprint"}
    return record(**{"url": "https://arxiv.org/abs/2302.03169v2", "file": "list.md", **said, **fields})


def publication(**fields: Any) -> Paper:
    said = {"authors": ["A. Lovelace", "A. Turing"], "year": 2025, "venue": "ICLR", "doi": "10.1000/route.1"}
    return record(**{"url": "https://doi.org/10.1000/route.1", "file": "refs.bib", **said, **fields})


@pytest.fixture
def collection(tiny_home: Path, tiny_model: Path) -> Collection:
    return Collection.create("c", str(tiny_model))


# When two records are of one paper


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (preprint(), publication(), "title"),
        (record(doi="10.1/X"), record(doi="10.1/x", file="b.bib"), "identifier"),
        (record(arxiv_id="2302.03169v1"), record(url="http://arxiv.org/pdf/2302.03169v7.pdf"), "identifier"),
        (record(arxiv_id="arXiv:2302.03169"), record(doi="10.48550/arXiv.2302.03169"), "identifier"),
        (
            record(url="https://aclanthology.org/2024.acl-long.1/"),
            record(doi="10.18653/v1/2024.acl-long.1"),
            "identifier",
        ),
        (record(doi="10.1/x"), record(f"{TITLE}, with Routers", doi="10.1/x"), "identifier"),
        (record("RouteLLM: Routing", doi="10.1/x"), record("RouteLLM: Learning from Data", doi="10.1/x"), "identifier"),
        (record(doi="10.1/x"), record("Something else altogether", doi="10.1/x"), "conflict"),
        (record(arxiv_id="2302.03169"), record("Super in-context", arxiv_id="2302.03169"), "conflict"),
        (preprint(), publication(year=2026), "apart"),
        (preprint(), publication(year=None), "title"),
        (preprint(), publication(authors=["Grace Hopper"]), "apart"),
        (preprint(), publication(authors=["Lovelace, Ada"]), "title"),
        (preprint(), publication(authors=[]), "title"),
        (record("Preface", doi="10.1/x"), record("Preface", arxiv_id="2302.03169"), "apart"),
        (record(doi="10.1/x", authors=["A. B. See"]), record(doi="10.1/y", authors=["Ann See"]), "alike"),
        (record(doi="10.1/x", authors=["Ann See"]), record(doi="10.1/y"), "alike"),
        (record(doi="10.1/x"), record(doi="10.1/y"), "alike"),
        (record(doi="10.1/x", authors=["Ann See"]), record(doi="10.1/y", authors=["Ben Tee"]), "apart"),
        (record("Preface", doi="10.1/x"), record("Preface", doi="10.1/y"), "apart"),
        (record(doi="10.1101/1.2", authors=["Ann See"]), record(doi="10.1/y", authors=["A. See"]), "title"),
        (preprint(), publication(title=f"{TITLE} Again"), "unlike"),
        (record("Étude des modèles légers"), record("Etude des modeles legers", file="b.bib"), "title"),
    ],
)
def test_two_records_are_judged(one: Paper, other: Paper, kind: str) -> None:
    assert judge(one, other).kind == kind
    assert judge(other, one) == judge(one, other)


# What the paper says


def test_a_preprint_and_its_publication_are_one_paper_with_both_links(collection: Collection) -> None:
    collection.add([preprint(text=ABSTRACT, code_url="https://github.com/a/b")])
    change = collection.add([publication()])
    assert (change.added, change.updated, change.merged) == (0, 1, 1)
    (paper,) = collection.papers()
    assert (paper.id, paper.year, paper.venue, paper.venue_type) == ("arxiv:2302.03169", 2025, "ICLR", None)
    assert (paper.url, paper.other_urls) == ("https://doi.org/10.1000/route.1", ("https://arxiv.org/abs/2302.03169v2",))
    assert (paper.arxiv_id, paper.doi) == ("2302.03169", "10.1000/route.1")
    assert (paper.text, paper.code_url) == (ABSTRACT, "https://github.com/a/b")
    assert collection.search("router price").hits[0].paper == paper


def test_the_order_in_which_preprint_and_publication_come_changes_only_the_id(collection: Collection) -> None:
    records = [preprint(text=ABSTRACT), publication()]
    one, other = merged(records, "x"), merged(records[::-1], "x")
    assert one == other


def test_an_abstract_holds_over_a_summary_whatever_comes_later() -> None:
    summary = preprint(text="A summary.", text_kind="summary", text_basis="abstract")
    abstract = publication(text=ABSTRACT)
    for records in ([summary, abstract], [abstract, summary]):
        paper = merged(records, "x")
        assert (paper.text, paper.text_kind, paper.text_basis) == (ABSTRACT, "abstract", None)


values = st.fixed_dictionaries(
    {},
    optional={
        "year": st.integers(2020, 2025),
        "venue": st.sampled_from(["arXiv", "ICLR", "TMLR"]),
        "topic": st.sampled_from(["Routing", "Data"]),
        "authors": st.lists(st.sampled_from(["Ann See", "Ben Tee"]), max_size=2),
        "url": st.sampled_from([f"https://example.org/{n}" for n in range(3)]),
        "code_url": st.just("https://example.org/code"),
        "text": st.sampled_from(["One text.", "Another text."]),
    },
)


@given(st.lists(values, min_size=1, max_size=4))
def test_each_field_is_some_records_and_no_field_or_link_is_lost(given_values: list[dict[str, Any]]) -> None:
    records = [record(row=n, **fields) for n, fields in enumerate(given_values, 1)]
    paper, taken = merged(records, "x"), chosen(records)
    for name in ("year", "venue", "topic", "authors", "text", "code_url"):
        said = [getattr(one, name) for one in records]
        assert getattr(paper, name) in said
        assert bool(getattr(paper, name)) == any(said)
        if name in taken:
            assert getattr(paper, name) == said[taken[name]]
    links = {one.url for one in records} - {None}
    assert {paper.url, *paper.other_urls} - {None} == links
    assert merged([paper], "x") == paper


# Undoing, suggesting


def gist(collection: Collection) -> list[Paper]:
    return list(collection.papers())


def numbers(collection: Collection, state: str) -> list[int]:
    return [merge.number for merge in collection.merges() if merge.state == state]


def test_a_merge_is_recorded_with_what_came_from_where_and_undone_for_good(collection: Collection) -> None:
    collection.add([record("Another paper of the list", row=1), preprint(text=ABSTRACT)])
    collection.add([record("A third paper of the list", row=2), publication()])
    (merge,) = (merge for merge in collection.merges() if merge.state == "merged")
    assert merge.reason == "the same title and first author, 2023 and 2025"
    sides = {side.source: side for side in (merge.one, merge.other)}
    assert "text" in sides["list.md"].gives
    assert {"year", "venue", "url", "doi"} <= set(sides["refs.bib"].gives)
    collection.undo_merge(merge.number)
    assert gist(collection) == [
        record("Another paper of the list", row=1),
        preprint(text=ABSTRACT),
        record("A third paper of the list", row=2),
        publication(),
    ]
    assert numbers(collection, "undone") == [merge.number]
    for again in (preprint(text=ABSTRACT), publication(), publication(topic="Routing"), preprint(year=2024)):
        collection.add([again])
        assert len(collection) == 4
    collection.accept_merge(merge.number)
    assert len(collection) == 3
    assert merge.number in numbers(Collection.open("c"), "merged")


def test_a_merge_under_one_id_is_undone_too(collection: Collection) -> None:
    one, other = record(doi="10.1/x", file="a.bib"), record(doi="10.1/x", file="b.bib", text=ABSTRACT)
    collection.add([one])
    collection.add([other])
    (merge,) = collection.merges()
    collection.undo_merge(merge.number)
    first, second = collection.papers()
    assert first == one
    assert second.id != other.id
    assert second.to_dict() == {**other.to_dict(), "id": second.id}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_records_that_another_links_are_one_paper_in_any_order(collection: Collection, order: tuple[int, ...]) -> None:
    """Nothing but the third record tells that the first two are of one paper."""
    links = [
        record("An early title of this work", arxiv_id="2302.03169", file="a"),
        record("Routing queries, at last in print", doi="10.1/x", file="b"),
        record("Routing queries, at last in print", doi="10.1/x", arxiv_id="2411.00001", file="c", year=2024),
    ]
    collection.add([links[i] for i in order])
    assert len(collection) == 2
    assert {paper.arxiv_id for paper in collection.papers()} == {"2302.03169", "2411.00001"}


def test_what_holds_others_together_can_be_taken_back(collection: Collection) -> None:
    bridge = record(doi="10.1/x", arxiv_id="2302.03169", file="bridge.bib")
    others = [
        record(doi="10.1/x", file="a.bib", authors=["Ann See"]),
        record(f"{TITLE}, with Routers", arxiv_id="2302.03169", file="b.bib", authors=["Ben Tee"]),
    ]
    collection.add(others)
    assert len(collection) == 2
    collection.add([bridge], origin=Origin("bridge.bib", "/bridge.bib"))
    assert len(collection) == 1
    collection.add(
        [record("Quite another paper", file="bridge.bib")], origin=Origin("bridge.bib", "/bridge.bib"), sync=True
    )
    assert gist(collection) == [*others, record("Quite another paper", file="bridge.bib")]
    assert numbers(collection, "merged") == []


SEEN = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12)
kinds = st.sampled_from(
    [
        {"arxiv_id": "2302.03169"},
        {"doi": "10.1/x"},
        {"doi": "10.1/x", "arxiv_id": "2302.03169"},
        {"url": "https://openreview.net/forum?id=a"},
        {"authors": ["Ann See"], "year": 2023},
        {"authors": ["A. See"], "year": 2024, "text": ABSTRACT},
    ]
)


@SEEN
@given(st.data())
def test_what_does_not_contradict_itself_is_one_paper_in_any_order(
    tiny_home: Path, tiny_model: Path, data: st.DataObject
) -> None:
    records = [
        record(file=f"{n}.bib", **fields) for n, fields in enumerate(data.draw(st.lists(kinds, min_size=2, max_size=4)))
    ]
    shuffled = data.draw(st.permutations(records))
    collection = Collection.create(f"c{len(list((tiny_home / 'collections').glob('*')))}", str(tiny_model))
    collection.add(shuffled)
    assert len(collection) == 1
    # and each merge, undone, gives back the record that it brought
    while found := numbers(collection, "merged"):
        before = len(collection)
        collection.undo_merge(found[-1])
        assert len(collection) == before + 1
    left = sorted(
        (paper.to_dict() | {"id": ""} for paper in collection.papers()), key=lambda one: one["source"]["file"]
    )
    assert left == sorted((one.to_dict() | {"id": ""} for one in records), key=lambda one: one["source"]["file"])


def test_two_titles_under_one_identifier_are_a_warning_and_two_papers(collection: Collection) -> None:
    collection.add([record(arxiv_id="2305.08848", file="list.md", row=45)])
    change = collection.add([record("Imputing out-of-vocabulary words", arxiv_id="2305.08848", row=51)])
    assert (change.added, change.merged) == (1, 0)
    (conflict,) = change.conflicts
    assert "the same arXiv id" in str(conflict) and "row 45" in str(conflict) and "both are kept" in str(conflict)
    assert conflict.to_dict()["row"] == 51
    assert len({paper.id for paper in collection.papers()}) == 2
    (suggested,) = collection.merges()
    assert suggested.state == "suggested"
    collection.accept_merge(suggested.number)
    assert len(collection) == 1


def test_texts_that_are_nearly_the_same_are_suggested_and_not_merged(collection: Collection) -> None:
    same = {"text": ABSTRACT * 3, "authors": ["Ann See"]}
    collection.add(
        [record("Routing with routers, the first", **same), record("Routing with routers, a second", **same)]
    )
    assert len(collection) == 2
    (suggested,) = collection.merges()
    assert suggested.reason.startswith("texts nearly the same")
    assert collection.status()["suggestions"] == 1
    collection.undo_merge(suggested.number)
    assert numbers(collection, "undone") == [suggested.number]
    collection.add([record("Another paper", text=ABSTRACT[::-1], file="b", authors=["Ben Tee"])])
    assert numbers(collection, "suggested") == []
    assert collection.status()["suggestions"] == 0


def test_a_number_that_is_none_is_refused_in_one_line(collection: Collection) -> None:
    collection.add([preprint()])
    generation = collection.status()["generation"]
    with pytest.raises(InputError, match="no merge or suggestion has the number 7") as refused:
        collection.undo_merge(7)
    assert "\n" not in str(refused.value)
    collection.add([publication()])
    with pytest.raises(InputError, match="merged already"):
        collection.accept_merge(collection.merges()[0].number)
    assert collection.status()["generation"] != generation


def test_what_was_found_out_holds_over_what_the_source_says_again(collection: Collection) -> None:
    collection.add([preprint(topic="Routing")])
    (paper,) = collection.papers()
    better = dataclasses.replace(paper, text=ABSTRACT, text_kind="abstract", year=2024)
    assert collection.revise([better]).updated == 1
    assert collection.revise([better]).unchanged == 1
    assert collection.add([preprint(topic="Routing")]).unchanged == 1
    collection.add([preprint(topic="Cascades")])
    (paper,) = collection.papers()
    assert (paper.text, paper.year, paper.topic) == (ABSTRACT, 2024, "Cascades")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_records_under_one_identifier_keep_what_is_theirs_in_any_order(
    collection: Collection, order: tuple[int, ...]
) -> None:
    here = Origin("refs.bib", "/refs.bib")
    titles = [TITLE, "Imputing out-of-vocabulary words", "Rivers and their deltas"]
    records = [record(title, arxiv_id="2302.03169") for title in titles]
    assert collection.add(records, origin=here).added == 3
    pairs = {merge.number: {merge.one.record.title, merge.other.record.title} for merge in collection.merges()}
    assert len(pairs) >= 2 and len(set(map(frozenset, pairs.values()))) == len(pairs)
    rivers = next(paper for paper in collection.papers() if paper.title == titles[2])
    collection.revise([dataclasses.replace(rivers, text=ABSTRACT, text_kind="abstract")])
    before = list(collection.papers())
    shuffled = [dataclasses.replace(records[i], source=Source("refs.bib", row)) for row, i in enumerate(order, 1)]
    change = collection.add(shuffled, origin=here, sync=True)
    assert (change.added, change.updated, change.unchanged, change.removed) == (0, 0, 3, 0)
    assert {(paper.id, paper.title, paper.text) for paper in collection.papers()} == {
        (paper.id, paper.title, paper.text) for paper in before
    }
    collection.add([record("A fourth, of quite other things", arxiv_id="2302.03169"), *shuffled], origin=here)
    assert {paper.title for paper in collection.papers() if paper.text == ABSTRACT} == {titles[2]}
    # A person's word is on the two that were shown under its number.
    number, said = next((number, said) for number, said in pairs.items() if titles[0] in said)
    collection.accept_merge(number)
    (merged_now,) = [merge for merge in collection.merges() if merge.state == "merged"]
    assert {merged_now.one.record.title, merged_now.other.record.title} == said


def test_a_title_that_was_corrected_is_an_update(collection: Collection) -> None:
    here = Origin("refs.bib", "/refs.bib")
    collection.add([record(doi="10.1/x")], origin=here)
    change = collection.add([record(f"{TITLE}, with Routers", doi="10.1/x")], origin=here)
    assert (change.added, change.updated, len(collection)) == (0, 1, 1)


def test_what_stands_for_authors_left_out_is_no_author(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    cells = {"Wei et al.": "Wei", "Ann See, Ben Tee, et al": "Ann See", "Wei and others": "Wei", "Wei, et al.": "Wei"}
    rows = "".join(f'Rivers of sand {n},"{cell}"\n' for n, cell in enumerate(cells))
    entry = "@misc{a,title={Seas of sand},author={See, Ann and others}}\n@misc{b,title={Hills},author={Wei et al.}}\n"
    records = [
        *read_text(tmp_path / "a.csv", f"Title,Authors\n{rows}"),
        *read_text(tmp_path / "a.bib", entry),
        *read_text(tmp_path / "a.jsonl", '{"title": "Deltas", "authors": [{"name": "Wei et al."}, "et al."]}'),
    ]
    assert [paper.authors[0] for paper in records] == [*cells.values(), "Ann See", "Wei", "Wei"]
    assert sum(len(paper.authors) for paper in records) == len(records) + 1


def test_merges_of_a_folder_name_the_file(collection: Collection) -> None:
    collection.add([record(), record(doi="10.1/x", file="b.bib")], origin=Origin("lists", "/lists"))
    out = io.StringIO()
    accounts.merges(Terminal(out), collection.merges())
    assert "lists, a.bib, row 1" in " ".join(out.getvalue().split())


def test_a_record_without_venue_and_year_is_told_by_its_place_alone(collection: Collection) -> None:
    collection.add([Paper.create(title=TITLE, doi="10.1/x", source=Source("l.md", 2))])
    collection.add([record(doi="10.1/x", file="b.bib")])
    out = io.StringIO()
    accounts.merges(Terminal(out), collection.merges())
    said = " ".join(out.getvalue().split())
    assert "l.md, row 2" in said and "(;" not in said


def test_what_nobody_doubts_does_not_bury_what_to_look_at(collection: Collection) -> None:
    collection.add([preprint(), *(record(f"Rivers of sand, part {n}", doi=f"10.1/{n}", row=n) for n in range(9))])
    again = [record(f"Rivers of Sand: Part {n}", doi=f"10.1/{n}", file="b.bib", row=n) for n in range(9)]
    collection.add([*again, publication()])
    out = io.StringIO()
    accounts.merges(Terminal(out), collection.merges())
    said = out.getvalue()
    assert said.startswith("Taken for one paper: 1\n") and TITLE in said and "b.bib, row" not in said
    assert "And 9 by one identifier under one title; --json lists them" in said
    plain = [merge for merge in collection.merges() if merge.is_plain]
    collection.undo_merge(plain[0].number)
    assert len(collection) == 11


def read_text(path: Path, text: str) -> list[Paper]:
    path.write_text(text)
    return list(read(path).papers)
