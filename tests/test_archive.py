"""A collection as one file: what comes back, what is refused, and what is never overwritten."""

import hashlib
import json
import random
import shutil
import stat
import struct
import subprocess
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.copies import export_archive, import_collection
from index import archive
from index.collection import Collection
from index.home import collection_names
from index.statements import Origin
from ingest.errors import FootnoteError, InputError
from ingest.paper import Paper, Source

from .conftest import Run
from .test_collection import gist, paper, papers
from .test_mutations import MUTATIONS, mutated

Parts = dict[str, bytes]


@pytest.fixture
def collection(tiny_home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    monkeypatch.setenv("FOOTNOTE_MODEL", str(tiny_model))
    made = Collection.create("mine", str(tiny_model))
    made.add(papers(*range(6)), {"title": "My list", "sections": [{"name": "A", "papers": 6, "children": []}]})
    return made


@pytest.fixture
def file(collection: Collection, tmp_path: Path) -> Path:
    path = tmp_path / "mine.footnote"
    assert export_archive("mine", path) == 6
    return path


def forget_vectors(home: Path) -> None:
    """Be another machine with the same model: nothing was embedded here yet."""
    shutil.rmtree(home / "cache")


def parts(file: Path) -> Parts:
    with zipfile.ZipFile(file) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def sealed(parts: Parts) -> Parts:
    """Note the digests of changed parts, as somebody with intent would."""
    head = json.loads(parts["footnote.json"])
    head["files"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in parts.items()
        if name != "footnote.json"
    }
    return {**parts, "footnote.json": json.dumps(head).encode()}


def packed(file: Path, parts: Parts, how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(file, "w", how) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return file


def test_a_collection_comes_back_as_it_was_and_nothing_is_embedded_again(
    collection: Collection, file: Path, tiny_home: Path
) -> None:
    forget_vectors(tiny_home)
    taken = import_collection(file, "copy")
    assert (taken.name, taken.papers, taken.encoded) == ("copy", 6, 0)
    copy = Collection.open("copy")
    assert gist(copy) == gist(collection)
    assert list(copy.papers()) == list(collection.papers())
    assert copy.fact("title") == "My list" and copy.status()["sections"] == collection.status()["sections"]
    assert copy.add([paper(9)]).encoded == 1  # and what came along is kept for later too


def test_with_another_model_the_papers_are_embedded_anew(
    file: Path, tiny_home: Path, monkeypatch: pytest.MonkeyPatch, survey_home: Path
) -> None:
    shutil.copytree(survey_home / "models", tiny_home / "models", dirs_exist_ok=True)
    monkeypatch.delenv("FOOTNOTE_MODEL")
    assert import_collection(file, "copy").encoded == 6
    assert Collection.open("copy").search("query routing").hits


def test_a_folder_is_taken_in_as_a_file_is(collection: Collection, tiny_home: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_home / "collections" / "mine", tmp_path / "theirs")
    forget_vectors(tiny_home)
    taken = import_collection(folder)
    assert (taken.name, taken.papers, taken.encoded) == ("theirs", 6, 0)
    assert gist(Collection.open("theirs")) == gist(collection)


def test_a_damaged_folder_gives_its_papers(collection: Collection, tiny_home: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_home / "collections" / "mine", tmp_path / "theirs")
    (folder / (folder / "CURRENT").read_text().split()[0] / "vectors.faiss").write_bytes(b"x")
    forget_vectors(tiny_home)
    assert import_collection(folder).encoded == 6
    assert list(Collection.open("theirs").papers()) == list(collection.papers())


def test_an_empty_collection_can_be_moved(tiny_home: Path, tiny_model: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("FOOTNOTE_MODEL", str(tiny_model))
    Collection.create("none", str(tiny_model))
    export_archive("none", tmp_path / "a.footnote")
    assert import_collection(tmp_path / "a.footnote", "copy").papers == 0
    assert len(Collection.open("copy")) == 0


def test_nothing_is_overwritten_unasked(collection: Collection, file: Path) -> None:
    collection.add([paper(7)])
    with pytest.raises(InputError, match=r"there is a collection 'mine' here; name another with --as NAME, or add --f"):
        import_collection(file)
    assert len(Collection.open("mine")) == 7
    assert import_collection(file, replace=True).papers == 6
    assert len(Collection.open("mine")) == 6
    before = file.read_bytes()
    with pytest.raises(InputError, match=r"exists already; name another file, or add --force"):
        export_archive("mine", file)
    assert file.read_bytes() == before
    export_archive("mine", file, replace=True)
    assert [path.name for path in file.parent.iterdir() if path.suffix] == ["mine.footnote"]


@pytest.mark.parametrize("name", ["survey", "../up", "A", "a,b"])
def test_names_that_a_collection_cannot_have(file: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"with --as NAME|cannot name a collection|expected one here"):
        import_collection(file, name)
    with pytest.raises(InputError, match=r"with --as NAME|cannot name a collection|expected one here"):
        head = json.loads(parts(file)["footnote.json"]) | {"name": name}
        import_collection(packed(file, {**parts(file), "footnote.json": json.dumps(head).encode()}))
    assert collection_names() == ["mine"]


# --- archives made to hurt


def head_with(**changed: Any) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        return {**parts, "footnote.json": json.dumps(json.loads(parts["footnote.json"]) | changed).encode()}

    return change


def lines_with(change: Callable[[list[dict[str, Any]]], list[Any]]) -> Callable[[Parts], Parts]:
    def changed(parts: Parts) -> Parts:
        records = change([json.loads(line) for line in parts["papers.jsonl"].splitlines()])
        return sealed({**parts, "papers.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in records)})

    return changed


def history_with(change: Callable[[list[list[Any]]], list[Any]]) -> Callable[[Parts], Parts]:
    def changed(parts: Parts) -> Parts:
        lines = change([json.loads(line) for line in parts["history.jsonl"].splitlines()])
        return sealed({**parts, "history.jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in lines)})

    return changed


def with_line(*values: Any) -> Callable[[Parts], Parts]:
    return history_with(lambda lines: [*lines, list(values)])


def with_record(**fields: Any) -> Callable[[Parts], Parts]:
    record = {"id": "p0", "title": "A paper", "source": {"file": "a", "row": 1}, **fields}
    return with_line("statement", "p0", 0, "p0", record)


HOSTILE: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "a path out": (lambda p: {**p, "../../evil": b"x"}, r"holds '../../evil', which no archive"),
    "an absolute path": (lambda p: {**p, "/etc/passwd": b"x"}, r"holds '/etc/passwd', which no archive"),
    "a folder": (lambda p: {**p, "vectors/": b""}, "which no archive"),
    "a part too many": (lambda p: {**p, "model.pkl": b"x"}, "which no archive"),
    "a part too few": (lambda p: {n: c for n, c in p.items() if n != "vectors.f32"}, "lacks files"),
    "no head": (lambda p: {n: c for n, c in p.items() if n != "footnote.json"}, "lacks files"),
    "a wrong digest": (lambda p: {**p, "vectors.f32": bytes(len(p["vectors.f32"]))}, "not as it was written"),
    "a bomb": (lambda p: sealed({**p, "papers.jsonl": bytes(100 * 2**20)}), "would grow to"),
    "a huge head": (lambda p: {**p, "footnote.json": b" " * 17 * 2**20}, "would grow to"),
    "a list for a head": (lambda p: {**p, "footnote.json": b"[1]"}, "is damaged"),
    "no JSON for a head": (lambda p: {**p, "footnote.json": b"{"}, "is damaged"),
    "a deep head": (lambda p: {**p, "footnote.json": b"[" * 100_000}, "is damaged"),
    "another format": (head_with(format=99), "has format 99, this program reads 2"),
    "another count": (head_with(papers=5), "has 6 papers and lists 5"),
    "a count of texts": (head_with(papers="6"), "has 6 papers and lists 6"),
    "files that are not listed": (head_with(files={}), "does not hold the files that it lists"),
    "a paper twice": (lines_with(lambda r: [*r[:5], r[0]]), "has the id p0 of another"),
    "a paper without a title": (lines_with(lambda r: [{**r[0], "title": ""}, *r[1:]]), "paper 1: no title"),
    "a paper that is a list": (lines_with(lambda r: [[], *r[1:]]), "paper 1: not a paper record"),
    "half a sign": (lines_with(lambda r: [{**r[0], "other_urls": ["https://a.org/\ud800"]}, *r[1:]]), "is damaged"),
    "no history": (lambda p: {n: c for n, c in p.items() if n != "history.jsonl"}, "lacks files"),
    "an empty history": (history_with(lambda lines: []), "papers without a source"),
    "a history of other papers": (with_line("statement", "p77", 0, "p77", None), "is damaged .KeyError: 'p77'"),
    "a source that is a number": (with_line("source", 7), "is damaged"),
    "a source that is not there": (with_line("statement", "p0", 1, "p0", None), "a source numbered 1"),
    "a source from behind": (with_line("statement", "p0", -1, "p0", None), "a source numbered -1"),
    "a source that is true": (with_line("statement", "p0", True, "p0", None), "a source numbered True"),
    "an id that is a list": (with_line("statement", "p0", 0, [], None), "a list for an id"),
    "a paper that is a list of its own": (with_line("statement", [], 0, "p0", None), "is damaged"),
    "a record without a title": (with_record(title=""), "is damaged .NotAPaper: no title"),
    "a record with a link to a script": (with_record(url="javascript:alert(1)"), "expected an http or https link"),
    "half a sign in a record": (with_record(venue="\ud800"), "is damaged"),
    "a paper of too many records": (
        history_with(lambda lines: [*lines, *[["statement", "p0", 0, "p0", None]] * 1_000]),
        "more than 1,000 records of one paper",
    ),
    "a pair of one": (with_line("pair", "undone", "", 0, "p0"), "is damaged"),
    "a pair in no state": (with_line("pair", "merged'; --", "", 0, "p0", 0, "p1"), "a pair that is"),
    "a pair of nobody": (with_line("pair", "undone", "", 0, "p0", 9, "p1"), "a source numbered 9"),
    "a revision of the id": (with_line("revision", "p0", {"id": "p1"}), "a revision of id"),
    "a revision of nothing": (with_line("revision", "p0", {"shoes": 1}), "a revision of shoes"),
    "a revision that is no paper": (with_line("revision", "p0", {"title": ""}), "NotAPaper: no title"),
    "a revision of no paper": (with_line("revision", "p77", {"year": 2020}), "is damaged"),
    "a revision by nobody": (with_line("revision", "p0", {"provenance": [1]}), "a revision of provenance"),
    "a removal from nowhere": (with_line("removed", "p77", 9, "p77", {}, None), "a source numbered 9"),
    "a removal of no paper": (with_line("removed", "p77", 0, "p77", {"title": "A paper"}, None), "NotAPaper"),
    "a revision of a removed id": (with_line("removed", "p77", 0, "p77", paper(77).to_dict(), {"id": "q"}), "of id"),
    "an unknown kind": (with_line("order", 66), "a line of the kind 'order'"),
    "a history that is an object": (history_with(lambda lines: [*lines, {"source": 1}]), "is damaged"),
    "vectors too short": (lambda p: sealed({**p, "vectors.f32": p["vectors.f32"][:-4]}), "no whole vector"),
    "lengths too long": (
        lambda p: sealed({**p, "lengths.u32": struct.pack("<6I", *[2**31] * 6)}),
        "tokens.i8 does not fit lengths.u32",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_an_archive_made_to_hurt_is_refused_in_one_line(case: str, file: Path, tmp_path: Path) -> None:
    change, message = HOSTILE[case]
    path = packed(tmp_path / "bad.footnote", change(parts(file)))
    with pytest.raises(InputError, match=message) as refused:
        import_collection(path, "copy")
    assert len(str(refused.value).splitlines()) == 1
    assert collection_names() == ["mine"]
    assert not (tmp_path.parent / "evil").exists()


def test_links_and_odd_packing_are_refused(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.footnote"
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in parts(file).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16 if name == "papers.jsonl" else 0
            opened.writestr(info, content)
    with pytest.raises(InputError, match="is a link or encrypted"):
        import_collection(path, "copy")
    packed(path, parts(file), zipfile.ZIP_LZMA)
    with pytest.raises(InputError, match="packed in an unusual way"):
        import_collection(path, "copy")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "w") as opened:
        for name, content in [*parts(file).items(), ("papers.jsonl", b"")]:
            opened.writestr(name, content)
    with pytest.raises(InputError, match="which no archive"):
        import_collection(path, "copy")


def test_vectors_that_are_not_the_models_are_computed_again(
    file: Path, collection: Collection, tiny_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forget_vectors(tiny_home)
    whole = parts(file)
    turned = whole["vectors.f32"][-128:] + whole["vectors.f32"][:-128]  # each paper has another one's
    packed(file, sealed({**whole, "vectors.f32": turned}))
    assert import_collection(file, "copy").encoded == 6
    assert "are computed again" in caplog.text
    assert gist(Collection.open("copy")) == gist(collection)


# --- what goes with the papers


def related(file: str, row: int, **fields: Any) -> Paper:
    said = {"authors": ["Ann See"], "year": 2024}
    return Paper.create(title="Rivers of sand and their beds", source=Source(file, row), **{**said, **fields})


@pytest.fixture
def taught(collection: Collection, tmp_path: Path) -> Collection:
    """A collection with merges, one of them undone, something found out, and two sources."""
    collection.add([related("a.bib", 1, doi="10.1/a"), paper(7)], origin=Origin("a.bib", "/there/a.bib"))
    collection.add([related("b.bib", 1, arxiv_id="2401.00001", year=2023)], origin=Origin("b.bib", "/there/b.bib"))
    collection.add([paper(7, venue="ACL"), paper(8)], origin=Origin("b.bib", "/there/b.bib"))
    (number,) = (merge.number for merge in collection.merges() if not merge.is_plain and merge.state == "merged")
    collection.undo_merge(number)
    collection.revise([replace(paper(5), citations=7)])
    collection.remove(["p5"])
    collection.revise([replace(collection.get("p8") or paper(8), citations=5)])
    return collection


def told(collection: Collection) -> list[Any]:
    merges = [{**merge.to_dict(), "number": 0} for merge in collection.merges()]
    return [list(collection.papers()), merges, collection.removed()]


@pytest.mark.parametrize("from_folder", [False, True])
def test_merges_and_what_was_said_of_them_come_along(
    taught: Collection, tiny_home: Path, tmp_path: Path, from_folder: bool
) -> None:
    source = tmp_path / "taught.footnote"
    if from_folder:
        source = shutil.copytree(tiny_home / "collections" / "mine", tmp_path / "theirs")
    else:
        export_archive("mine", source)
        assert b"/there/" not in b"".join(parts(source).values())  # places are nobody's business
    assert import_collection(source, "copy").encoded == 0
    copy = Collection.open("copy")
    assert told(copy) == told(taught)
    states = sorted(merge.state for merge in copy.merges())
    assert "undone" in states and "merged" in states
    export_archive("copy", tmp_path / "again.footnote")
    import_collection(tmp_path / "again.footnote", "again")
    again = Collection.open("again")
    assert told(again) == told(taught)
    again.bring_back(["p5"])
    assert [one.citations for one in again.papers() if one.id == "p5"] == [7]


def test_after_an_import_a_source_is_known_again(taught: Collection, tmp_path: Path) -> None:
    export_archive("mine", tmp_path / "taught.footnote")
    import_collection(tmp_path / "taught.footnote", "copy")
    copy, here = Collection.open("copy"), Origin("b.bib", str(tmp_path / "b.bib"))
    again = [related("b.bib", 1, arxiv_id="2401.00001", year=2023), paper(7, venue="ACL")]
    change = copy.add(again, origin=here, sync=True)
    assert (change.added, change.unchanged, change.removed, change.merged) == (0, 2, 1, 0)
    assert "p8" not in copy.ids() and len(copy) == len(taught) - 1  # and what was undone is two papers still
    (number,) = (merge.number for merge in copy.merges() if merge.is_plain)
    copy.undo_merge(number)
    assert len(copy) == len(taught)


def test_of_sources_with_one_name_none_is_taken_for_another(collection: Collection, tmp_path: Path) -> None:
    for folder, numbers in (("a", (10, 11)), ("b", (20, 21, 22))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "refs.bib").touch()
        collection.add(papers(*numbers), origin=Origin("refs.bib", str(tmp_path / folder / "refs.bib")))
    export_archive("mine", tmp_path / "two.footnote")
    import_collection(tmp_path / "two.footnote", "copy")
    copy = Collection.open("copy")
    assert copy.add(papers(20, 21), origin=Origin("refs.bib", str(tmp_path / "refs.bib")), sync=True).removed == 0
    assert {"p10", "p11"} <= set(copy.ids())


def test_a_paper_is_what_its_sources_say(file: Path, tmp_path: Path) -> None:
    """Whatever else an archive calls it."""
    whole = parts(file)
    record = json.loads(whole["papers.jsonl"].splitlines()[0])
    line = ["statement", "p0", 0, "p0", {**record, "title": "Another title of it", "doi": "10.1/x"}]
    changed = history_with(lambda lines: [one if one[1] != "p0" else line for one in lines])(whole)
    import_collection(packed(tmp_path / "odd.footnote", changed), "copy")
    assert (Collection.open("copy").get("p0") or paper(0)).title == "Another title of it"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"@article{a}", b"\x1f\x8b" + bytes(50)])
def test_what_is_no_archive(content: bytes, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "a.footnote"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is no archive of a collection; expected one that footnote export"):
        import_collection(path)
    with pytest.raises(InputError, match="no file or folder"):
        import_collection(tmp_path / "none")
    with pytest.raises(InputError, match="is no collection's folder"):
        import_collection(tmp_path)


def test_any_flipped_byte_is_found_or_harmless(file: Path, collection: Collection) -> None:
    content = file.read_bytes()
    for at in range(0, len(content), max(len(content) // 150, 1)):
        file.write_bytes(content[:at] + bytes([content[at] ^ 0x40]) + content[at + 1 :])
        try:
            with archive.opened(file) as contents:
                assert contents.papers == list(collection.papers())
        except FootnoteError as error:
            assert len(str(error).splitlines()) == 1


def test_an_archive_changed_at_random_is_read_or_refused_in_one_line(file: Path, tmp_path: Path) -> None:
    content, path = file.read_bytes(), tmp_path / "changed.footnote"
    for seed in range(MUTATIONS):
        path.write_bytes(mutated(content, random.Random(f"archive {seed}")))
        start = time.process_time()
        try:
            with archive.opened(path) as contents:
                assert len(list(contents.encoded())) == 6 if contents.encoded else True
        except InputError as error:
            assert len(str(error).splitlines()) == 1 and str(error).isprintable(), seed
        assert time.process_time() - start < 5, seed


def test_in_the_terminal(footnote: Run, survey_home: Path, tmp_path: Path) -> None:
    def stopped(*arguments: str) -> "subprocess.CompletedProcess[str]":
        done = footnote(*arguments)
        assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
        return done

    home = shutil.copytree(survey_home, tmp_path / "copy")
    out = tmp_path / "list.footnote"
    done = footnote("export", "--out", str(out))
    assert done.stdout == f"Wrote 84 papers to {out}. Elsewhere: footnote import list.footnote\n"
    assert "the bundled list's name" in stopped("import", str(out)).stderr
    taken = footnote("import", str(out), "--as", "copy", "--json", home=home)
    assert json.loads(taken.stdout) == {"collection": "copy", "papers": 84, "encoded": 0}
    found = footnote("search", "draft model", "--collection", "copy", "--json", home=home)
    same = footnote("search", "draft model", "--json", home=home)
    scores = [[hit["score"] for hit in json.loads(one.stdout)["hits"]] for one in (found, same)]
    assert scores[0] == scores[1]
    assert "needs a file" in stopped("export", "--format", "archive").stderr
    assert "whole collection" in stopped("export", "--out", str(tmp_path / "b.footnote"), "--year", "2023").stderr
    assert "exists already" in stopped("export", "--out", str(out)).stderr
