"""The disk: a commit is whole or not at all, damage is found out, and a reader keeps what it opened."""

import importlib
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import index.keeper
import index.store
from index import adoption, manifest
from index.collection import Collection
from index.encoder import Encoder
from index.hits import Change
from index.keeper import Keeper
from index.statements import Origin
from index.store import Store
from ingest.errors import DamageError, FootnoteError, InputError

from .test_collection import answers, paper, papers

OLD, NEW = list(range(6)), list(range(10))
DAMAGES = ["flipped", "cut short", "emptied", "zeroed", "deleted"]
INDEX_FILES = [
    "vectors.faiss",
    *(f"{field}-{part}.npy" for field in ("words", "pairs") for part in ("terms", "starts", "documents", "parts")),
    "acronyms.json",
    "words.txt",
    "tokens.npy",
    "tokens-starts.npy",
]


@pytest.fixture
def collection(tiny_home: Path, tiny_model: Path) -> Collection:
    """A collection of two generations, the older with fewer papers."""
    made = Collection.create("c", str(tiny_model))
    made.add(papers(*OLD[:3]))
    made.add(papers(*OLD))
    return made


def folder_of(collection: Collection) -> Path:
    return Path(collection.status()["folder"])


def current(collection: Collection) -> Path:
    return folder_of(collection) / (folder_of(collection) / "CURRENT").read_text().split()[0]


def damage(file: Path, how: str, at: float = 0.5) -> None:
    """Damage a file in place; its size stays where `how` allows."""
    content = bytearray(file.read_bytes())
    if how == "flipped":
        content[min(int(len(content) * at), len(content) - 1)] ^= 1
        file.write_bytes(content)
    elif how == "cut short":
        file.write_bytes(content[: len(content) // 2])
    elif how == "emptied":
        file.write_bytes(b"")
    elif how == "zeroed":
        file.write_bytes(bytes(len(content)))
    else:
        file.unlink()


def refused_in_one_line(error: FootnoteError) -> bool:
    return "\n" not in str(error) and str(error) != ""


# Commits


def commit(store: Store, text: str) -> None:
    with store.writing(), store.draft() as draft:
        (draft / "content").write_text(text)
        store.publish(draft)


def test_a_commit_makes_a_newer_generation_the_current_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "c")
    assert not store.exists
    for text in ("one", "two", "three"):
        commit(store, text)
        assert store.exists
        assert (store.current() / "content").read_text() == text
        assert store.current() == store.generations()[0]


def test_the_generation_before_is_kept_and_older_ones_are_not(tmp_path: Path) -> None:
    store = Store(tmp_path / "c")
    for text in ("one", "two", "three", "four"):
        commit(store, text)
    assert [(folder / "content").read_text() for folder in store.generations()] == ["four", "three"]


def test_a_commit_that_fails_leaves_all_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path / "c")
    commit(store, "one")
    before = {path: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()}

    with pytest.raises(KeyboardInterrupt), store.writing(), store.draft() as draft:
        (draft / "content").write_text("half")
        raise KeyboardInterrupt
    assert {path: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()} == before
    assert not list(store.folder.glob("draft-*"))


def test_every_file_is_synced_before_the_commit_and_the_folder_after(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut keeps only what was synced."""
    events: list[tuple[str, Path]] = []
    fsync, replace, rename = os.fsync, os.replace, os.rename

    def note(name: str, path: Any) -> None:
        events.append((name, Path(path)))

    def noted_fsync(handle: int) -> None:
        note("fsync", Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "rename", lambda a, b, **o: (note("rename", b), rename(a, b, **o)))
    monkeypatch.setattr(os, "replace", lambda a, b, **o: (note("replace", b), replace(a, b, **o)))
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc to tell which file a descriptor is")
    collection.add(papers(7))
    folder = folder_of(collection)
    renamed = events.index(("rename", current(collection)))
    committed = events.index(("replace", folder / "CURRENT"))
    synced = {path.name for name, path in events[:renamed] if name == "fsync"}
    written = {path.name for path in current(collection).iterdir()} - {"verified.json"}
    assert written <= synced
    assert any(path.name.startswith("draft-") for name, path in events[:renamed] if name == "fsync")
    assert ("fsync", folder / "CURRENT.new") in events[renamed:committed]
    assert ("fsync", folder) in events[committed:]


def test_leftover_drafts_are_swept_at_the_next_write(collection: Collection) -> None:
    draft = folder_of(collection) / "draft-123"
    draft.mkdir()
    (draft / "vectors.faiss").write_bytes(b"half")
    Collection.open("c")
    collection.add(papers(7))
    assert not draft.exists()


def test_what_people_leave_in_the_folder_does_no_harm(collection: Collection) -> None:
    before = answers(collection)
    for name in ("generation-000002 (copy)", "generation-2.bak"):
        (folder_of(collection) / name).mkdir()
    (folder_of(collection) / ".DS_Store").write_bytes(b"")
    assert answers(Collection.open("c")) == before
    assert collection.add(papers(7)).added == 1
    assert collection.add(papers(8)).added == 1


# Readers


def test_a_reader_keeps_its_generation_while_newer_ones_are_committed(collection: Collection) -> None:
    reader = Collection.open("c")
    before = answers(reader)
    for n in range(20, 24):
        collection.add(papers(n))
        assert answers(reader) == before
    assert not current(collection).with_name(reader.status()["generation"]).exists()
    assert len(collection) == len(reader) + 4


@pytest.mark.parametrize("searched", [True, False], ids=["after a search", "before any search"])
def test_a_reader_keeps_its_generation_after_the_folder_is_gone(collection: Collection, searched: bool) -> None:
    expected = answers(collection)
    reader = Collection.open("c")
    if searched:
        reader.search("models")
    shutil.rmtree(folder_of(collection))
    assert answers(reader) == expected
    assert reader.status()["papers"] == len(OLD)


def test_a_writer_that_overtakes_an_opening_reader_is_no_damage(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The name in CURRENT is read first; the generation may be gone by the time it is opened."""
    generation = index.keeper.Generation
    writer = Collection.open("c")

    def overtaken(folder: Path, read_only: bool) -> Any:
        monkeypatch.setattr(index.keeper, "Generation", generation)  # only once
        for n in (20, 21):
            writer.add(papers(n))
        return generation(folder, read_only)

    monkeypatch.setattr(index.keeper, "Generation", overtaken)
    reader = Collection.open("c")
    assert reader.status()["generation"] == writer.status()["generation"] == current(writer).name
    assert caplog.text == ""
    assert answers(reader) == answers(writer)


def test_a_generation_removed_between_its_name_and_its_folder_is_no_damage(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    is_dir = Path.is_dir
    writer = Collection.open("c")

    def overtaken(path: Path, **options: Any) -> bool:
        if path.name.startswith("generation-"):
            monkeypatch.setattr(Path, "is_dir", is_dir)  # only once
            for n in (20, 21):
                writer.add(papers(n))
        return is_dir(path, **options)

    monkeypatch.setattr(Path, "is_dir", overtaken)
    reader = Collection.open("c")
    assert reader.status()["generation"] == writer.status()["generation"]
    assert caplog.text == ""


def test_a_collection_mended_meanwhile_is_not_mended_again(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Two programs find the same damage; the one that waited for the lock finds it mended."""
    damage(current(collection) / "vectors.faiss", "flipped")
    mend = Keeper._mend

    def overtaken(self: Keeper, *arguments: Any) -> None:
        monkeypatch.setattr(Keeper, "_mend", mend)  # only once
        Collection.open("c")
        mend(self, *arguments)

    monkeypatch.setattr(Keeper, "_mend", overtaken)
    generation = int(current(collection).name.removeprefix("generation-"))
    assert int(Collection.open("c").status()["generation"].removeprefix("generation-")) == generation + 1
    assert caplog.text.count("rebuilt") == 1


# Two writers


def add_one_by_one(numbers: list[int]) -> int:
    collection = Collection.open("c")
    return sum(collection.add([paper(n)]).added for n in numbers)


@pytest.mark.parametrize("kind", ["processes", "threads"])
def test_two_that_add_at_once_both_get_their_papers_in(collection: Collection, kind: str) -> None:
    shares = [list(range(20, 28)), list(range(30, 38))]
    processes = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    with processes if kind == "processes" else ThreadPoolExecutor(2) as pool:
        assert list(pool.map(add_one_by_one, shares)) == [8, 8]
    opened = Collection.open("c")
    assert {one.id for one in opened.papers()} == {f"p{n}" for n in [*OLD, *shares[0], *shares[1]]}
    assert {hit.paper.id for hit in opened.search("small models", 50).hits} == {one.id for one in opened.papers()}
    assert opened.add(papers(*shares[0], *shares[1])) == Change(unchanged=16)


def test_a_writer_that_waits_too_long_says_so_in_one_line(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.store, "_LOCK_PATIENCE", 0.1)
    waiting = Collection.open("c")
    with (
        collection._keeper.store.writing(),
        pytest.raises(InputError, match="another process has been writing") as refused,
    ):
        waiting.add(papers(9))
    assert refused_in_one_line(refused.value)
    assert waiting.add(papers(9)).added == 1


# Kills. Each runs in a process of its own that has loaded no model, and forks the one that dies.


def in_a_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function of this module in a fresh process and return what it returns."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result(timeout=200)


def in_a_fork(function: Callable[[], None]) -> tuple[int, str]:
    """Run a function in a fork; return the signal that killed it, 0 for none, and the error it ended in."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            function()
        except (FootnoteError, OSError) as error:
            os.write(writing, f"told: {error}".encode()[:4000])
        except BaseException:  # noqa: BLE001 (handed on to the parent)
            os.write(writing, traceback.format_exc().encode()[-4000:])
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        error = pipe.read().decode()
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), error


def die_at_step(number: int) -> None:
    """Kill this process just before its `number`-th call that touches the disk."""
    seen = 0

    def step() -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    names = {
        "os.mkdir",
        "os.rename",
        "os.remove",
        "os.rmdir",
        "shutil.rmtree",
        "sqlite3.connect",
        "sqlite3.connect/handle",
    }
    home = os.environ["FOOTNOTE_HOME"]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in names or (event == "open" and str(arguments[0]).startswith(home)):
            step()

    fsync = os.fsync
    os.fsync = lambda handle: (step(), fsync(handle))[1]
    sys.addaudithook(hook)


def die_at_size(limit: int) -> None:
    """Kill this process in the middle of the write that would make a file larger than `limit` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    fill_disk_at_size(limit)


def fill_disk_at_size(limit: int) -> None:
    """Let each write fail that would make a file larger than `limit` bytes, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


SIZES = [0, 10, 100, 200, 300, 400, 500, 1000, 2000, 4096, 5000, 8192, 12288, 16000, 20480, 24576, 40000]


class Scene:
    """A home that is put back as it was before each try, and what a collection in it may say after one."""

    def __init__(self, change: str, model: str) -> None:
        for module in ("bm25s", "onnxruntime", "tokenizers"):
            importlib.import_module(module)  # once, and not in each fork
        index.store._LOCK_PATIENCE = 5
        os.fsync = lambda _: None  # a kill, unlike a power cut, loses nothing that was written
        self.home, self.model = Path(os.environ["FOOTNOTE_HOME"]), model
        self.kept, self.spoken = self.home.with_name("kept"), self.home.with_name("spoken.json")
        self.damaged = change == "mend"
        self.change = getattr(self, change)
        if change != "create":
            Collection.create("c", model).add(papers(*OLD[:3]))
            Collection.open("c").add(papers(*OLD))
        self.keep()
        # In a fork like the tries, so that this process never runs a model that its forks would inherit.
        self.old, self.new = self.said(lambda: None), self.said(self.change)
        self.put_back()
        if self.damaged:
            damage(current(Collection.open("c")) / "vectors.faiss", "flipped")
            self.keep()

    def keep(self) -> None:
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.home, self.kept)

    def put_back(self) -> None:
        for name, copy in (("collections", os.link), ("cache", shutil.copy2)):  # the files of generations never change
            shutil.rmtree(self.home / name, ignore_errors=True)
            if (self.kept / name).exists():
                shutil.copytree(self.kept / name, self.home / name, copy_function=copy)

    def say(self) -> None:
        """Write down what the collection says; "none" if it is not there."""
        try:
            found = json.dumps(answers(Collection.open("c")))
        except InputError:
            found = "none"
        self.spoken.write_text(found)

    def said(self, change: Callable[[], None]) -> str:
        """Return, from a fork, what the collection says after a change."""

        def change_and_say() -> None:
            change()
            self.say()

        ended = in_a_fork(change_and_say)
        assert ended == (0, ""), ended
        return self.spoken.read_text()

    def add(self) -> None:
        Collection.open("c").add(papers(*NEW))

    def remove(self) -> None:
        Collection.open("c").remove(["p1", "p4"])

    def sync(self) -> None:
        Collection.open("c").add(papers(*NEW[3:]), origin=Origin("l.md", "/l.md"), sync=True)

    def create(self) -> None:
        Collection.create("c", self.model)

    def mend(self) -> None:
        Collection.open("c")

    def attempt(self, die: Callable[[int], None], number: int) -> tuple[bool, str]:
        """Put the home back and die in a change; return whether that happened, and the error otherwise."""

        def run() -> None:
            die(number)
            self.change()

        self.put_back()
        killed, error = in_a_fork(run)
        return killed != 0, error

    def left(self) -> frozenset[tuple[str, bytes]]:
        """Return what lies on disk: names, without the numbers of processes, and contents."""
        files = (path for path in self.home.rglob("*") if path.is_file() and "models" not in path.parts)
        return frozenset((re.sub(r"(draft-|json\.)\d+", r"\1", str(path)), path.read_bytes()) for path in files)

    def check(self, where: str) -> str:
        """Check that the collection is whole, old or new, and can be written; return which of the two it is."""
        pointer = self.home / "collections" / "c" / "CURRENT"

        def say_and_write() -> None:
            before = pointer.read_text() if pointer.exists() else None
            self.say()
            if before and not self.damaged:
                assert pointer.read_text() == before, "what is whole needs no mending"
            started = time.monotonic()
            collection = Collection.create("c", self.model)
            collection.add(papers(50))
            assert time.monotonic() - started < 4, "the lock is held by nobody"
            assert "p50" in {hit.paper.id for hit in Collection.open("c").search("part 50", 50).hits}
            assert not list(pointer.parent.glob("draft-*")), "drafts are swept"
            assert len(list(pointer.parent.glob("generation-*"))) <= 2

        ended = in_a_fork(say_and_write)
        assert ended == (0, ""), f"{where}: {ended}"
        found = self.spoken.read_text()
        assert found in (self.old, self.new), where
        return "old" if found == self.old else "new"


def kill_at_steps(change: str, model: str, stride: int) -> tuple[int, set[str]]:
    """Kill at every `stride`-th step; return how many there are and which collections were found."""
    scene, seen, checked = Scene(change, model), set(), set()
    for step in range(1, 1000, stride):
        killed, error = scene.attempt(die_at_step, step)
        assert error == "", error
        if not killed:
            return step - stride, seen
        if (left := scene.left()) not in checked:  # many steps only read
            checked.add(left)
            seen.add(scene.check(f"killed before step {step}"))
    raise AssertionError("it never ends")


def kill_in_the_middle_of_writes(change: str, model: str) -> int:
    scene, kills = Scene(change, model), 0
    for size in SIZES:
        killed, error = scene.attempt(die_at_size, size)
        assert error == "", error
        kills += killed
        scene.check(f"killed at {size} bytes")
    return kills


def fill_the_disk(change: str, model: str) -> list[str]:
    scene, wrong = Scene(change, model), []
    for size in SIZES:
        killed, error = scene.attempt(fill_disk_at_size, size)
        assert not killed
        if error and (not error.startswith("told: ") or "\n" in error):
            wrong.append(f"at {size} bytes: {error.strip().splitlines()[-1]}")
        if scene.check(f"disk full at {size} bytes") == "new":
            assert not error
    return wrong


def kill_at_random_times(model: str, tries: int) -> None:
    scene, chance = Scene("add", model), random.Random(7)

    def change_for_ever() -> None:
        while True:
            collection = Collection.open("c")
            collection.add(papers(*NEW))
            collection.remove([f"p{n}" for n in NEW if n not in OLD])

    for n in range(tries):
        scene.put_back()
        if (child := os.fork()) == 0:
            try:
                change_for_ever()
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0, 0.4))
        os.kill(child, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it was at work until the kill"
        scene.check(f"random kill {n}")


@pytest.mark.parametrize(("change", "stride"), [("add", 1), ("sync", 4), ("create", 2), ("remove", 5), ("mend", 5)])
def test_a_kill_at_any_step_leaves_the_old_or_the_new_collection(
    tiny_home: Path, tiny_model: Path, change: str, stride: int
) -> None:
    steps, seen = in_a_process(kill_at_steps, change, str(tiny_model), stride)
    assert steps > 50
    assert seen == ({"old"} if change == "mend" else {"old", "new"})


def test_a_kill_in_the_middle_of_a_write_leaves_the_old_or_the_new_collection(
    tiny_home: Path, tiny_model: Path
) -> None:
    assert in_a_process(kill_in_the_middle_of_writes, "add", str(tiny_model)) > 8


def test_a_kill_at_a_random_time_leaves_the_old_or_the_new_collection(tiny_home: Path, tiny_model: Path) -> None:
    in_a_process(kill_at_random_times, str(tiny_model), 12)


def test_a_full_disk_leaves_the_old_collection_and_is_told_in_one_line(tiny_home: Path, tiny_model: Path) -> None:
    assert in_a_process(fill_the_disk, "add", str(tiny_model)) == []


# Damage


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", INDEX_FILES)
def test_a_damaged_index_file_is_named_and_rebuilt(
    collection: Collection, name: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    before, file = answers(collection), current(collection) / name
    damage(file, how)
    assert answers(Collection.open("c")) == before
    assert str(file) in caplog.text
    caplog.clear()
    assert answers(Collection.open("c")) == before
    assert caplog.text == ""
    assert collection.add(papers(7)).added == 1


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", ["records.sqlite", "manifest.json", "CURRENT"])
def test_damaged_records_give_way_to_those_before(
    tiny_home: Path, tiny_model: Path, name: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    collection = Collection.create("c", str(tiny_model))
    collection.add(papers(*OLD[:3]))
    older = answers(collection)
    collection.add(papers(*OLD))
    before = answers(collection)
    file = folder_of(collection) / name if name == "CURRENT" else current(collection) / name
    damage(file, how)
    try:
        assert answers(Collection.open("c")) in (before, older)
    except (DamageError, InputError) as refused:
        assert refused_in_one_line(refused)
        assert name in str(refused) or name == "CURRENT"
    else:
        assert str(file.parent) in caplog.text  # after a change in the manifest another of its files is named


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", ["vectors.faiss", "records.sqlite", "manifest.json"])
def test_the_only_generation_is_rebuilt_or_refused(
    collection: Collection, name: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = answers(collection)
    for folder in folder_of(collection).glob("generation-*"):
        if folder != current(collection):
            shutil.rmtree(folder)
    file = current(collection) / name
    damage(file, how)
    try:
        assert answers(Collection.open("c")) == before
    except DamageError as refused:
        assert name not in INDEX_FILES
        assert refused_in_one_line(refused)
        assert str(file.parent) in str(refused)
    else:
        assert str(file.parent) in caplog.text


@pytest.mark.parametrize("name", ["records.sqlite", "manifest.json", "CURRENT", "words-terms.npy", "vectors.faiss"])
def test_no_flipped_byte_gives_a_wrong_result_silently(
    collection: Collection, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Every byte of the small files, some bytes of the large ones."""
    before, folder = answers(collection), folder_of(collection)
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    size = (folder / name if name == "CURRENT" else current(collection) / name).stat().st_size
    chance = random.Random(name)
    for at in range(size) if size < 40 else sorted(chance.sample(range(size), 12)):
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        file = folder / name if name == "CURRENT" else current(collection) / name
        content = bytearray(file.read_bytes())
        content[at] ^= 1 << chance.randrange(7) if name != "CURRENT" else 1
        file.write_bytes(content)
        caplog.clear()
        try:
            found = answers(Collection.open("c"))
        except (DamageError, InputError) as refused:
            assert refused_in_one_line(refused)
        else:
            assert found == before or str(file.parent) in caplog.text, f"byte {at}"


@pytest.mark.parametrize("content", ["[]", "null", "1", '{"format": 1}', '{"files": []}', '{"files": {"x": 1}}'])
def test_a_manifest_that_is_json_of_another_kind_is_damage(
    collection: Collection, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = current(collection) / "manifest.json"
    file.write_text(content)
    try:
        Collection.open("c").search("models")
    except (DamageError, InputError) as refused:
        assert refused_in_one_line(refused)
    else:
        assert str(file.parent) in caplog.text


@pytest.mark.parametrize("content", ["", "null", "[]", "{", '{"vectors.faiss": [1, 2, 3, 4]}', "\0" * 99])
def test_a_damaged_note_of_what_was_verified_does_no_harm(collection: Collection, content: str) -> None:
    before = answers(collection)
    (current(collection) / "verified.json").write_text(content)
    assert answers(Collection.open("c")) == before
    damage(current(collection) / "vectors.faiss", "flipped")
    assert answers(Collection.open("c")) == before


def test_a_generation_of_a_later_format_is_left_alone(collection: Collection) -> None:
    folder = current(collection)
    manifest.write(folder, {"format": 99, "papers": len(OLD)})
    with pytest.raises(FootnoteError, match=r"made by a later version.*update Footnote") as refused:
        Collection.open("c")
    assert refused_in_one_line(refused.value)
    assert current(collection) == folder


@pytest.mark.parametrize("format", [1, 2, 3])
def test_a_collection_of_an_earlier_version_is_brought_up_to_date(
    collection: Collection, format: int, caplog: pytest.LogCaptureFixture
) -> None:
    before, folder = answers(collection), current(collection)
    as_of_format(format, folder)
    reopened = Collection.open("c")
    assert f"{folder} was made by an earlier version of Footnote; brought up to date" in caplog.text
    assert "damage" not in caplog.text
    assert answers(reopened) == before
    assert current(reopened) != folder
    caplog.clear()
    assert answers(Collection.open("c")) == before
    assert reopened.search("papers since 2023", 20).asked.asks_for_all  # what the first format had not
    assert caplog.text == ""
    assert reopened.add(papers(*OLD)) == Change(unchanged=len(OLD))  # it knows where its papers come from


@pytest.mark.parametrize("format", [1, 2, 3])
def test_a_folder_of_an_earlier_version_is_taken_in(collection: Collection, tiny_model: Path, format: int) -> None:
    before = list(collection.papers())
    as_of_format(format, current(collection))
    assert adoption.take_in(folder_of(collection), "taken", str(tiny_model)).papers == len(OLD)
    assert list(Collection.open("taken").papers()) == before


def as_of_format(format: int, folder: Path) -> None:
    """Make a generation one of an earlier format.

    None knows what was removed; the first two had no ledger; the first had other lexical files, and no authors.
    """
    records = sqlite3.connect(folder / "records.sqlite")
    ledger = ("origins", "statements", "keys", "revisions", "pairs", "unseen") if format < 3 else ()
    for table in ("removed", *ledger):
        records.execute(f"DROP TABLE {table}")
    if format == 1:
        for file in (*folder.glob("words*"), *folder.glob("pairs*"), folder / "acronyms.json"):
            file.unlink()
        (folder / "lexical-vocabulary.json").write_text('["model"]')
        records.execute("ALTER TABLE papers DROP COLUMN authors")
        records.execute("DELETE FROM facts WHERE name = 'names'")
    records.commit()
    records.close()
    manifest.write(folder, {"format": format, "papers": len(OLD)})


def test_a_lost_pointer_does_not_lose_the_papers(collection: Collection, tiny_model: Path) -> None:
    before = answers(collection)
    (folder_of(collection) / "CURRENT").unlink()
    try:
        assert answers(Collection.open("c")) == before
    except FootnoteError as refused:
        assert refused_in_one_line(refused)
    Collection.create("c", str(tiny_model)).add(papers(7))  # as `footnote add` does where it finds no collection
    assert {one.id for one in Collection.open("c").papers()} == {f"p{n}" for n in [*OLD, 7]}


def test_where_nothing_is_whole_one_line_says_what_to_do(collection: Collection) -> None:
    for folder in folder_of(collection).glob("generation-*"):
        damage(folder / "records.sqlite", "flipped")
    with pytest.raises(DamageError, match=r"records\.sqlite.*add the papers again") as refused:
        Collection.open("c")
    assert refused_in_one_line(refused.value)


# What was verified


@pytest.mark.parametrize("name", [*INDEX_FILES, "records.sqlite"])
def test_a_file_changed_with_its_times_put_back_is_found_out(
    collection: Collection, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    Collection.open("c")
    file = current(collection) / name
    before = file.stat()
    damage(file, "flipped")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = file.stat()
    assert (after.st_size, after.st_ino, after.st_mtime_ns) == (before.st_size, before.st_ino, before.st_mtime_ns)
    Collection.open("c")
    assert str(file) in caplog.text


def test_a_file_replaced_by_one_of_equal_size_and_time_is_found_out(
    collection: Collection, caplog: pytest.LogCaptureFixture
) -> None:
    file = current(collection) / "vectors.faiss"
    other = file.with_name("other")
    shutil.copy2(file, other)
    damage(other, "flipped")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)
    Collection.open("c")
    assert str(file) in caplog.text


def test_a_verified_generation_is_not_hashed_again(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    Collection.open("c")

    def refuse(path: Path) -> str:
        raise AssertionError(f"{path} is hashed again")

    monkeypatch.setattr("index.manifest._sha256", refuse)
    assert len(Collection.open("c")) == len(OLD)


def test_a_copied_home_gives_the_same_answers(
    collection: Collection, tiny_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    shutil.copytree(tiny_home, tmp_path / "copy")
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "copy"))
    assert answers(Collection.open("c")) == answers(collection)
    assert caplog.text == ""


# Read-only folders


@pytest.fixture
def public(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every user can read, with a model and a FOOTNOTE_HOME in which a collection is built with it."""
    folder = Path(tempfile.mkdtemp(prefix="footnote-"))
    monkeypatch.setenv("FOOTNOTE_HOME", str(folder / "home"))
    shutil.copytree(tiny_model, folder / "model")
    Collection.create("c", str(folder / "model")).add(papers(*OLD))
    yield folder
    shutil.rmtree(folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder; to root chmod means nothing, so be another user for that while."""
    for note in folder.rglob("verified.json"):
        note.unlink()
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    try:
        if user == 0:
            try:
                os.seteuid(65534)
            except OSError as error:
                pytest.skip(f"root, to whom chmod means nothing, and cannot be another user ({error})")
        if os.access(folder, os.W_OK, effective_ids=True):
            pytest.skip("chmod does not make a folder read-only here")
        yield
    finally:
        if user == 0:
            os.seteuid(0)
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_read_only_collection_is_opened_and_searched(public: Path) -> None:
    before = answers(Collection.open("c"))
    with read_only(public):
        assert answers(Collection.open("c")) == before
    assert not list(public.rglob("verified.json*"))


@pytest.mark.parametrize(
    "change",
    [
        lambda: Collection.open("c").add(papers(8)),
        lambda: Collection.open("c").remove(["p1"]),
        lambda: Collection.open("c").rebuild(),
        lambda: Collection.create("new"),
    ],
    ids=["add", "remove", "rebuild", "create"],
)
def test_writing_to_a_read_only_collection_is_refused_in_one_line(
    public: Path, change: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers(Collection.open("c"))
    opened = Encoder.open(str(public / "model"))
    with monkeypatch.context() as patch, read_only(public):
        patch.setattr(Encoder, "open", lambda _: opened)
        with pytest.raises(InputError, match="set FOOTNOTE_HOME to a folder you can write to") as refused:
            change()
    assert refused_in_one_line(refused.value)
    assert answers(Collection.open("c")) == before


def test_damage_in_a_read_only_collection_is_told_in_one_line(public: Path) -> None:
    damage(current(Collection.open("c")) / "vectors.faiss", "flipped")
    with read_only(public), pytest.raises(FootnoteError) as refused:
        Collection.open("c")
    assert refused_in_one_line(refused.value)


def test_a_damaged_model_in_a_read_only_home_is_told_in_one_line(public: Path) -> None:
    damage(next(public.glob("home/models/*/weights.bin")), "flipped")
    with read_only(public), pytest.raises(FootnoteError) as refused:
        Collection.open("c").search("models")
    assert refused_in_one_line(refused.value)
