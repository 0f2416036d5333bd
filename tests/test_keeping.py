"""A collection kept in step with its sources: what a second `add` changes, what --sync removes, and at what cost."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.library import add_file, open_collection, remove_papers
from index import intake
from index.collection import Collection
from index.hits import Change
from index.statements import Origin
from ingest.catalogue.copies import as_listed
from ingest.errors import InputError
from ingest.paper import Paper, Source

from .conftest import ROOT, Run, environment
from .test_catalogue import readme
from .test_collection import paper

HERE, THERE = Origin("list.md", "/here/list.md"), Origin("refs.bib", "/there/refs.bib")


@pytest.fixture
def collection(tiny_home: Path, tiny_model: Path) -> Collection:
    return Collection.create("c", str(tiny_model))


def ids(collection: Collection) -> list[str]:
    return [one.id for one in collection.papers()]


def files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return what lies in a folder, but for the lock."""
    found = (path for path in folder.rglob("*") if path.name != "lock")
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in found}


def many(count: int) -> list[Paper]:
    return [paper(n) for n in range(count)]


# A second add


def test_a_second_add_of_an_unchanged_file_writes_nothing(collection: Collection, tiny_home: Path) -> None:
    collection.add(many(30), origin=HERE)
    folder = tiny_home / "collections" / "c"
    before = {path: stamp for path, stamp in files(folder).items() if path != folder}
    assert collection.add(many(30), origin=HERE) == Change(unchanged=30)
    assert collection.add(many(30), origin=HERE, sync=True) == Change(unchanged=30)
    assert {path: stamp for path, stamp in files(folder).items() if path != folder} == before


def test_a_changed_file_adds_updates_and_embeds_only_what_changed(collection: Collection) -> None:
    collection.add(many(20), origin=HERE)
    changed = [paper(0, text="Another text."), *many(21)[1:]]
    assert collection.add(changed, origin=HERE) == Change(added=1, updated=1, unchanged=19, encoded=2)
    assert list(collection.papers()) == changed


def test_rows_that_moved_are_noted_and_are_no_update(collection: Collection) -> None:
    collection.add(many(3), origin=HERE)
    moved = [
        Paper.from_dict({**one.to_dict(), "source": {"file": "l.md", "row": 9 + i}}) for i, one in enumerate(many(3))
    ]
    assert collection.add(moved, origin=HERE) == Change(unchanged=3)
    assert list(collection.papers()) == moved


def test_what_a_source_says_no_more_is_no_longer_so(collection: Collection) -> None:
    collection.add([paper(1, venue="EMNLP", topic="Routing")], origin=HERE)
    assert collection.add([paper(1, venue="EMNLP")], origin=HERE).updated == 1
    assert collection.get("p1") == paper(1, venue="EMNLP")


def test_two_sources_of_one_paper_both_count(collection: Collection) -> None:
    collection.add([paper(1, topic="Routing")], origin=HERE)
    assert collection.add([paper(1, venue="EMNLP")], origin=THERE).updated == 1
    (one,) = collection.papers()
    assert (one.topic, one.venue) == ("Routing", "EMNLP")
    assert collection.add([paper(1, venue="ACL")], origin=THERE).updated == 1
    assert collection.add([paper(1, topic="Routing")], origin=HERE).unchanged == 1
    (one,) = collection.papers()
    assert (one.topic, one.venue) == ("Routing", "ACL")


# Kept in step


def test_sync_removes_what_came_from_the_source_alone(collection: Collection) -> None:
    collection.add(many(4), origin=HERE)
    collection.add([paper(2), paper(7)], origin=THERE)
    change = collection.add([paper(1), paper(9)], origin=HERE, sync=True)
    assert change == Change(added=1, unchanged=1, removed=2, encoded=1)
    assert ids(collection) == ["p1", "p2", "p7", "p9"]
    assert set(ids(collection)) == {hit.paper.id for hit in collection.search("small models", 20).hits}
    assert collection.add([paper(7)], origin=THERE, sync=True).removed == 1


def test_without_sync_nothing_is_removed(collection: Collection) -> None:
    collection.add(many(4), origin=HERE)
    assert collection.add([paper(1)], origin=HERE) == Change(unchanged=1)
    assert len(collection) == 4


def test_another_file_of_the_same_name_is_another_source(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "list.md").touch()
    mine, other = Origin("list.md", str(tmp_path / "list.md")), Origin("list.md", str(tmp_path / "b" / "list.md"))
    collection.add(many(10), origin=mine)
    assert collection.add([paper(3), paper(20), paper(21)], origin=other, sync=True).removed == 0
    assert len(collection) == 12
    assert collection.add(many(9), origin=mine, sync=True).removed == 1
    assert "p20" in ids(collection)


def test_a_copy_takes_the_place_of_a_source_that_is_gone_and_of_no_other(
    collection: Collection, tmp_path: Path
) -> None:
    (tmp_path / "list.md").touch()
    earlier, later = Origin("list.md", str(tmp_path / "list.md")), Origin("list.md", str(tmp_path / "new" / "list.md"))
    address = Origin("list.md", "https://example.org/list.md")
    collection.add([paper(1), paper(2)], origin=address)
    collection.add(many(10), origin=earlier)
    change = collection.add(many(12)[2:], origin=later, sync=True)
    assert (change.added, change.unchanged, change.removed) == (2, 8, 0)
    (tmp_path / "list.md").unlink()
    change = collection.add(many(12)[2:], origin=later, sync=True)
    assert (change.added, change.unchanged, change.removed) == (0, 10, 1)  # the address still has the other
    assert "p1" in ids(collection) and "p0" not in ids(collection)


def test_a_source_that_was_moved_is_the_same(collection: Collection, tmp_path: Path) -> None:
    collection.add(many(10), origin=Origin("list.md", str(tmp_path / "gone" / "list.md")))
    moved = Origin("list.md", str(tmp_path / "list.md"))
    assert collection.add(many(2), origin=moved, sync=True) == Change(unchanged=2, removed=8)


def test_the_last_change_is_told(collection: Collection) -> None:
    collection.add(many(4), origin=HERE)
    collection.add([paper(1, year=1999), paper(5)], origin=HERE, sync=True)
    last = Collection.open("c").status()["last_change"]
    assert last.pop("when").endswith("+00:00")
    assert last == {"source": "list.md", "added": 1, "updated": 1, "unchanged": 0, "removed": 3, "merged": 0}
    collection.add([paper(1, year=1999), paper(5)], origin=HERE, sync=True)
    assert Collection.open("c").status()["last_change"]["removed"] == 3  # nothing changed since


# Removed


def test_what_a_person_removed_stays_so_when_its_source_is_read_again(collection: Collection) -> None:
    collection.add(many(3), origin=HERE)
    collection.remove(["p1"])
    again = [replace(one, year=2001, source=replace(one.source, row=n)) for n, one in enumerate(many(4), 1)]
    change = collection.add(again, origin=HERE, sync=True)
    assert (change.added, change.updated, change.removed) == (1, 2, 0)
    assert [one.id for one in change.left_out] == ["p1"] and ids(collection) == ["p0", "p2", "p3"]
    generation = collection.generation
    assert collection.add(again, origin=HERE).left_out == change.left_out and collection.generation == generation
    assert ids(Collection.open("c")) == ["p0", "p2", "p3"]
    elsewhere = Origin("list.md.gz", "/here/list.md.gz")
    assert [one.id for one in collection.add(again, origin=elsewhere).left_out] == ["p1"]
    assert collection.bring_back(["p1"]).added == 1 and collection.get("p1") == again[1]
    assert collection.add(again, origin=HERE).left_out == ()


def test_it_comes_back_when_the_person_says_so(collection: Collection) -> None:
    collection.add([*many(3), paper(5)], origin=HERE)
    collection.add([paper(1, venue="EMNLP")], origin=THERE)
    before = collection.get("p1")
    collection.remove(["p1", "p2"])
    assert [one.id for one in collection.removed()] == ["p1", "p2"]
    with pytest.raises(InputError, match="no paper p0, p9 was removed here"):
        collection.bring_back(["p9", "p1", "p0"])
    assert collection.bring_back(["p1"]).added == 1
    assert collection.get("p1") == before and [one.id for one in collection.removed()] == ["p2"]
    assert [one.id for one in collection.add(many(3), origin=HERE).left_out] == ["p2"]
    assert collection.bring_back([]) == Change()


def test_all_that_is_left_out_is_counted(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_MOST_TOLD", 2)
    collection.add(many(4), origin=HERE)
    collection.remove(["p0", "p1", "p2"])
    change = collection.add(many(4), origin=HERE)
    assert (len(change.left_out), change.left_out_total) == (2, 3)


def test_what_was_found_out_about_it_comes_back_too(collection: Collection) -> None:
    collection.add(many(2), origin=HERE)
    collection.add([paper(1, venue="EMNLP")], origin=THERE)
    collection.revise([replace(one, citations=7) for one in collection.papers() if one.id == "p1"])
    before = collection.get("p1")
    collection.remove(["p1"])
    collection.bring_back(["p1"])
    assert before is not None and before.citations == 7 and collection.get("p1") == before


def test_a_record_that_is_added_by_itself_is_asked_for(collection: Collection) -> None:
    collection.add(many(3))
    collection.remove(["p1"])
    assert collection.add([paper(1)]).added == 1 and collection.removed() == []


def test_of_two_papers_under_one_id_only_the_one_that_was_removed_is_left_out(collection: Collection) -> None:
    two = [paper(1), Paper.create(id="p1", title="Quite another paper", source=paper(1).source)]
    collection.add(two, origin=HERE)
    gone = next(one.id for one in collection.papers() if one.title == two[0].title)
    collection.remove([gone])
    change = collection.add(two[::-1], origin=HERE)
    assert [one.title for one in change.left_out] == [two[0].title]
    assert [one.title for one in collection.papers()] == ["Quite another paper"]


def editorial(author: str, year: int, **fields: Any) -> Paper:
    return Paper.create(title="Editorial", authors=[author], year=year, source=Source("list.md", year), **fields)


@pytest.mark.parametrize("gone", [0, 1])
@pytest.mark.parametrize("order", [1, -1])
def test_of_two_papers_with_one_title_the_other_stays_as_it_is(collection: Collection, gone: int, order: int) -> None:
    both = [editorial("Ann Adams", 2001), editorial("Bob Brown", 2015)]
    collection.add(both, origin=HERE)
    kept = list(collection.papers())
    removed = kept.pop(gone)
    collection.remove([removed.id])
    change = collection.add(both[::order], origin=HERE, sync=True)
    assert (change.unchanged, change.updated, change.removed, change.left_out) == (1, 0, 0, (removed,))
    assert list(collection.papers()) == kept
    changed = [replace(one, venue="Neural Networks") if i == gone else one for i, one in enumerate(both)]
    assert [one.id for one in collection.add(changed[::order], origin=HERE).left_out] == [removed.id]
    assert list(collection.papers()) == kept
    collection.bring_back([removed.id])
    assert sorted(one.authors for one in collection.papers()) == [("Ann Adams",), ("Bob Brown",)]


def test_another_paper_with_a_removed_title_is_not_left_out(collection: Collection) -> None:
    first = editorial("Ann Adams", 2001)
    collection.add([first], origin=HERE)
    collection.remove([first.id])
    others = [editorial("Carol Curie", 2024, doi="10.1038/zzz"), editorial("Dan Doe", 2020)]
    change = collection.add([first, *others], origin=HERE)
    assert (change.added, change.left_out) == (2, (first,))
    assert [one.authors for one in collection.papers()] == [("Carol Curie",), ("Dan Doe",)]


def test_a_paper_that_comes_before_another_of_its_title_does_not_take_its_place(collection: Collection) -> None:
    collection.add([editorial("Ann Adams", 2001)], origin=HERE)
    change = collection.add([editorial("Dan Doe", 2020), editorial("Ann Adams", 2001)], origin=HERE)
    assert (change.added, change.updated, change.unchanged) == (1, 0, 1)
    year = collection.add([editorial("Dan Doe", 2020), editorial("Ann Adams", 2002)], origin=HERE)
    assert (year.added, year.updated, year.unchanged) == (0, 1, 1)


def test_what_is_here_again_is_not_left_out(collection: Collection) -> None:
    preprint = Paper.create(title="Rivers of sand", arxiv_id="2401.1", doi="10.1/b", source=Source("list.md", 1))
    published = Paper.create(title="Rivers of sand", doi="10.1/a", source=Source("refs.bib", 1))
    collection.add([preprint], origin=HERE)
    assert collection.add([published], origin=THERE).added == 1
    collection.remove([preprint.id])
    both = replace(published, arxiv_id="2401.1", venue="ACL", source=preprint.source)
    assert collection.add([both], origin=HERE).left_out == () and len(collection) == 1


# Files and commands


def lines(*numbers: int) -> str:
    return "\n".join(json.dumps({"title": f"A study of routing, part {n}", "year": 2020 + n % 4}) for n in numbers)


def test_files_are_kept_in_step(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    collection = Collection.create("c", str(tiny_model))
    file = tmp_path / "papers.jsonl"
    file.write_text(lines(1, 2, 3))
    assert add_file(file, "c")[1].added == 3
    file.write_text(lines(2, 3, 4, 5))
    assert add_file(file, "c", sync=True)[1] == Change(added=2, unchanged=2, removed=1, encoded=2)
    file.write_text("no paper at all")
    with pytest.raises(InputError):
        add_file(file, "c", sync=True)
    assert len(Collection.open("c")) == 4
    removed = remove_papers(["A Study of Routing, part 2"], Collection.open("c"))
    assert [one.title for one in removed] == ["A study of routing, part 2"]
    with pytest.raises(InputError, match="'nothing' is no paper in c"):
        remove_papers(["nothing", removed[0].title], Collection.open("c"))
    assert len(Collection.open("c")) == 3
    assert len(collection) == 0  # opened before


def test_a_file_that_leaves_a_folder_takes_its_papers_along(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    Collection.create("c", str(tiny_model))
    (tmp_path / "lists").mkdir()
    for name, numbers in (("a", (1, 2)), ("b", (3,))):
        (tmp_path / "lists" / f"{name}.jsonl").write_text(lines(*numbers))
    assert add_file(tmp_path / "lists", "c")[1].added == 3
    (tmp_path / "lists" / "b.jsonl").unlink()
    assert add_file(tmp_path / "lists", "c", sync=True)[1] == Change(unchanged=2, removed=1)


def test_of_a_file_that_cannot_be_read_nothing_is_removed(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    Collection.create("c", str(tiny_model))
    folder = tmp_path / "lists"
    folder.mkdir()
    for name, numbers in (("a", (1, 2)), ("b", (3,)), ("c", (4, 5))):
        (folder / f"{name}.jsonl").write_text(lines(*numbers))
    add_file(folder, "c")
    (folder / "a.jsonl").write_text("[" + lines(6))  # breaks off
    (folder / "b.jsonl").write_text(lines(7) + '\n{"title": "A stu')  # read but for its last line
    (folder / "c.jsonl").write_text(lines(4))
    reading, change = add_file(folder, "c", sync=True)
    assert change.removed == 1  # of the file that was read
    said = [remark.reason for remark in reading.warnings if remark.reason.startswith("nothing removed: ")]
    assert [reason.split()[2] for reason in said] == ["a.jsonl", "b.jsonl"]
    titles = {one.title[-1] for one in Collection.open("c").papers()}
    assert {"1", "2", "3", "4", "7"} <= titles and "5" not in titles
    for name, numbers in (("a", (1,)), ("b", (7,))):
        (folder / f"{name}.jsonl").write_text(lines(*numbers))
    reading, _ = add_file(folder, "c", sync=True)
    assert {one.title[-1] for one in Collection.open("c").papers()} == {"1", "4", "7"} and not reading.warnings.total


@pytest.mark.parametrize(
    ("name", "whole", "damaged"),
    [
        ("a.jsonl", lines(1, 2), lines(3) + '\n{"title": "A stu'),
        (
            "a.bib",
            "@misc{a,title={Rivers of sand}}\n@misc{b,title={Seas of sand}}\n",
            "@misc{c,title={Hills of sand}}\n@misc{b,title={Seas",
        ),
    ],
)
def test_a_source_that_breaks_off_removes_nothing(
    tiny_home: Path, tiny_model: Path, tmp_path: Path, name: str, whole: str, damaged: str
) -> None:
    Collection.create("c", str(tiny_model))
    file = tmp_path / name
    file.write_text(whole)
    add_file(file, "c")
    file.write_text(damaged)
    reading, change = add_file(file, "c", sync=True)
    assert (change.added, change.removed) == (1, 0)
    assert reading.refused.total == 1 and "()" not in reading.refused[0].reason
    assert f"nothing removed: {name} could not be read whole" in reading.warnings[-1].reason


def test_a_record_that_is_no_paper_does_not_keep_others(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    Collection.create("c", str(tiny_model))
    file = tmp_path / "a.jsonl"
    file.write_text(lines(1, 2))
    add_file(file, "c")
    file.write_text(lines(1) + '\n{"year": 2024}')
    reading, change = add_file(file, "c", sync=True)
    assert (reading.refused.total, change.removed, reading.warnings.total) == (1, 1, 0)


@pytest.fixture
def survey(tiny_home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> list[Paper]:
    """The bundled papers, which a tiny model embeds."""
    monkeypatch.setenv("FOOTNOTE_MODEL", str(tiny_model))
    return list(open_collection().papers())


def test_a_later_copy_of_the_surveys_list_changes_what_it_says_otherwise(survey: list[Paper], tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    rows = [as_listed(paper) for paper in survey]
    file.write_text(readme(rows), "utf-8")
    before = open_collection().generation
    open_collection().add([paper(1)], origin=HERE)
    open_collection().revise([replace(survey[3], citations=7)])
    assert add_file(file, "survey", sync=True)[1] == Change(unchanged=84)
    new = {**rows[0], "title": "A paper of a later day", "url": "https://arxiv.org/abs/2701.00001"}
    file.write_text(readme([*rows[:2], new, *rows[3:]]), "utf-8")
    assert add_file(file, "survey")[1] == Change(added=1, unchanged=83, encoded=1)
    assert add_file(file, "survey", sync=True)[1] == Change(unchanged=84, removed=1)
    collection = open_collection()
    assert collection.generation != before
    assert not [merge for merge in collection.merges() if merge.state == "merged"]
    now = {one.id: one for one in collection.papers()}
    assert survey[2].id not in now and "p1" in now and len(now) == 85
    kept = [replace(one, citations=7) if one == survey[3] else one for one in survey if one is not survey[2]]
    assert [replace(now[one.id], source=one.source) for one in kept] == kept
    last = collection.status()["last_change"]
    assert (last["source"], last["added"], last["removed"]) == (survey[0].source.file, 0, 1)


def test_no_other_list_takes_papers_of_the_survey_out(survey: list[Paper], tmp_path: Path) -> None:
    rows = [as_listed(paper) for paper in survey][:80]
    (tmp_path / "README.md").write_text(readme(rows).replace("# The Role of", "# My own"), "utf-8")
    change = add_file(tmp_path / "README.md", "survey", sync=True)[1]
    assert change.removed == 0 and {one.id for one in survey} <= set(open_collection().ids())


def test_the_verbs_tell_what_they_did(footnote: Run, survey_home: Path, home: Path, tmp_path: Path) -> None:
    (home / "models").mkdir(parents=True)
    (home / "models" / "all-MiniLM-L6-v2").symlink_to(survey_home / "models" / "all-MiniLM-L6-v2")
    file = tmp_path / "refs.bib"
    entry = "@article{{{key},title={{Routing queries between models}},author={{See, Ann}},year={year},{more}}}\n"
    preprint = entry.format(key="a", year=2023, more="eprint={2302.03169},archiveprefix={arXiv}")
    published = entry.format(key="b", year=2024, more="doi={10.1000/x},journal={TMLR}")
    other = "@misc{c,title={Quite another subject},doi={10.1000/y}}\n"

    def run(*arguments: str) -> str:
        done = footnote(*arguments, "--collection", "mine", home=home)
        assert done.returncode == 0, done.stderr
        return done.stdout

    file.write_text(preprint + other)
    assert "Added 2, updated 0, already here 0. Encoded 2." in run("add", str(file))
    file.write_text(preprint + published)
    said = run("add", str(file), "--sync")
    assert "Added 0, updated 1, already here 1, removed 1." in said
    assert "`footnote merges`" in said
    status = run("status")
    assert "1 papers" in status
    assert "UTC, from refs.bib: added 0, updated 1, already here 1, removed 1." in status
    shown = run("merges")
    assert "the same title and first author, 2023 and 2024" in shown
    assert "refs.bib, row 2" in shown
    assert "the paper has its" in shown
    (merge,) = json.loads(run("merges", "--json"))["merges"]
    assert "Kept apart" in run("merges", "--undo", str(merge["number"]))
    assert json.loads(run("status", "--json"))["papers"] == 2
    report = json.loads(run("add", str(file), "--json"))
    assert (report["unchanged"], report["removed"], report["merged"], report["conflicts"]) == (2, 0, 0, [])
    assert "Removed Routing queries between models (doi:10.1000/x)." in run("remove", "doi:10.1000/x")
    wrong = footnote("remove", "doi:10.1000/x", "--collection", "mine", home=home)
    assert wrong.returncode == 2
    assert len(wrong.stderr.strip().splitlines()) == 1
    said = run("add", str(file))
    assert "Left out 1 that you removed; `footnote remove --undo ID` brings one back:\n  Routing queries" in said
    (left,) = json.loads(run("add", str(file), "--json"))["left_out"]
    assert left == {"id": "doi:10.1000/x", "title": "Routing queries between models"}
    assert run("remove", "--undo") == "Routing queries between models (doi:10.1000/x)\n"
    (gone,) = json.loads(run("remove", "--undo", "--json"))["removed"]
    assert gone["id"] == "doi:10.1000/x"
    lost = footnote("remove", "--undo", "nonsense", "--collection", "mine", home=home).stderr
    assert "see: footnote remove --undo" in lost
    assert "no paper to remove" in footnote("remove", "--collection", "mine", home=home).stderr
    assert "Brought back Routing queries between models" in run("remove", "--undo", "doi:10.1000/x")
    assert "Left out" not in run("add", str(file))
    assert run("remove", "--undo") == "Nothing was removed here.\n"


# Cost

ADD_MANY = """
import re, sys
from pathlib import Path
from index.collection import Collection
from ingest.paper import Paper, Source

def papers(count):
    for n in range(count):
        words = " ".join(f"word{(n * 31 + i * i) % 5000}" for i in range(120))
        yield Paper.create(id=f"p{n}", title=f"Paper {n} of many", text=words, text_kind="abstract",
                           source=Source("many.jsonl", n + 1))

count = int(sys.argv[1])
collection = Collection.create(f"c{count}", sys.argv[2])
assert collection.add(papers(count)).added == count
assert collection.add(papers(count)).unchanged == count
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def test_memory_does_not_grow_with_the_papers(tiny_home: Path, tiny_model: Path) -> None:
    """Five times the papers take no more than the buffers that stand between them and the disk."""

    def peak(count: int) -> int:
        done = subprocess.run(
            [sys.executable, "-c", ADD_MANY, str(count), str(tiny_model)],
            env=environment(tiny_home, OMP_NUM_THREADS="1"),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout) // 1024

    if not Path("/proc/self/status").is_file():
        pytest.skip("needs /proc: elsewhere a process is charged with the memory of the one that started it")
    few, many = peak(1_000), peak(5_000)
    assert many - few < 80, f"{few} MiB, {many} MiB"
