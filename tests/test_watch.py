"""`footnote watch`: changes are taken once, whole, and quietly."""

import argparse
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli.watch import _line, arguments, run
from assistant.library import add_file
from assistant.terminal import Terminal
from assistant.watching import Watch
from index.collection import Collection
from ingest import FootnoteError, InputError

from .conftest import ROOT, environment
from .zotero_files import Zotero, small_library


def entry(n: int) -> str:
    return f"@article{{k{n}, title={{Small models for rivers, part {n}}}, year={{202{n % 5}}}}}\n"


@pytest.fixture
def added(tiny_home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | Path], object]:
    monkeypatch.setenv("FOOTNOTE_MODEL", str(tiny_model))
    return lambda source: add_file(source, "mine")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def watching(*sources: Path | str, add: object, clock: Clock | None = None) -> Watch:
    return Watch([str(source) for source in sources], add, 3600, clock or Clock())  # type: ignore[arg-type]


def told(watch: Watch) -> list[str]:
    return [news.trouble or f"{news.change and (news.change.added, news.change.updated)}" for news in watch.look()]


def test_a_file_is_added_at_once_and_again_when_it_has_changed_and_stands_still(added: object, tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text(entry(1))
    watch = watching(file, add=added)
    assert told(watch) == ["(1, 0)"]
    assert told(watch) == told(watch) == []
    file.write_text(entry(1) + entry(2))
    assert told(watch) == []  # it may still be written
    file.write_text(entry(1) + entry(2) + entry(3))
    assert told(watch) == []
    assert told(watch) == ["(2, 0)"]
    assert told(watch) == [] and len(Collection.open("mine")) == 3
    os.utime(file)  # touched, not changed
    assert told(watch) == told(watch) == []


def test_what_cannot_be_read_is_said_once_and_tried_again(added: object, tmp_path: Path) -> None:
    file, clock = tmp_path / "a.bib", Clock()
    file.write_text(entry(1))
    watch = watching(file, add=added, clock=clock)
    told(watch)
    file.write_text("@article{k1, title={Half")
    told(watch)
    (trouble,) = told(watch)
    assert "no paper" in trouble and len(trouble.splitlines()) == 1
    for _ in range(20):
        clock.now += 10
        assert told(watch) == []
    assert len(Collection.open("mine")) == 1
    file.write_text(entry(1) + entry(2))
    assert told(watch) == []
    assert told(watch) == ["(1, 0)"]


def test_a_fault_that_passes_is_tried_again_without_a_change_of_the_file(tmp_path: Path, added: object) -> None:
    file, clock, tries = tmp_path / "a.bib", Clock(), []
    file.write_text(entry(1))

    def add(source: object) -> object:
        tries.append(clock.now)
        if len(tries) < 4:
            raise FootnoteError("the disk is away; wait")
        return added(source)  # type: ignore[operator]

    watch = watching(file, add=add, clock=clock)
    said = []
    while len(tries) < 4:
        said += told(watch)
        clock.now += 1
    assert said == ["the disk is away; wait", "(1, 0)"]
    assert tries == [0, 10, 30, 70]


def test_a_file_that_an_editor_replaces_is_waited_for(added: object, tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text(entry(1))
    watch = watching(file, add=added)
    told(watch)
    file.unlink()
    assert told(watch) == told(watch) == []
    (tmp_path / "new").write_text(entry(1) + entry(2))
    (tmp_path / "new").rename(file)
    told(watch)
    assert told(watch) == ["(1, 0)"] or len(Collection.open("mine")) == 2


def test_a_folder_is_watched_file_by_file(added: object, tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "a.bib").write_text(entry(1))
    watch = watching(folder, add=added)
    assert told(watch) == ["(1, 0)"]
    (folder / "b.bib").write_text(entry(2))
    (folder / "notes.xyz").write_text("no list")
    told(watch)
    assert told(watch) == ["(1, 0)"]


def test_a_zotero_library_is_watched_with_its_journal(added: object, tmp_path: Path) -> None:
    (tmp_path / "Zotero").mkdir()
    path = small_library(tmp_path / "Zotero" / "zotero.sqlite")
    watch = watching(path.parent, add=added)
    assert told(watch) == ["(3, 0)"]
    made = Zotero(path, new=False)
    made.connection.execute("PRAGMA journal_mode=wal")
    told(watch), told(watch)
    made.item("journalArticle", title="A new paper on rivers")
    made.connection.commit()  # it is in the journal beside the file, and Zotero keeps running
    told(watch)
    assert told(watch) == ["(1, 0)"]
    made.done()


def test_an_address_is_asked_at_its_interval_and_not_more_often(added: object, tmp_path: Path) -> None:
    clock, asked = Clock(), []

    def add(source: object) -> object:
        asked.append(clock.now)
        raise FootnoteError("it does not answer; try again")

    watch = watching("https://example.org/list.md", add=add, clock=clock)
    said = []
    while clock.now < 3 * 3600:
        said += told(watch)
        clock.now += 60
    assert asked == [0, 3600, 7200] and len(said) == 1


def test_what_is_refused_is_told_once_though_no_paper_changed(added: object, tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text(entry(1))
    watch = watching(file, add=added)
    told(watch)
    file.write_text(entry(1) + "@misc{k2, title={Half")
    told(watch)
    (news,) = watch.look()
    assert news.reading is not None and news.reading.refused.total == 1
    assert "refused 1 (line 2: not BibTeX (" in _line(news)
    os.utime(file, (1, 1))
    assert told(watch) == told(watch) == []


def test_what_is_listed_again_and_what_was_left_out_is_told_once(added: object, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    row = "- [Small models for rivers](https://arxiv.org/abs/2401.00001)\n"
    file.write_text(f"# Rivers\n\n## Flow\n{row}")
    watch = watching(file, add=added)
    told(watch)
    file.write_text(f"# Rivers\n\n## Flow\n{row}\n## Lakes\n{row}")
    told(watch)
    (news,) = watch.look()
    assert "listed again 1 (line 7: the same paper as line 4" in _line(news)
    Collection.open("mine").remove(["arxiv:2401.00001"])
    os.utime(file, (1, 1))
    told(watch)
    (news,) = watch.look()
    assert "a.md: listed again 1, left out 1 (line 7" in _line(news)
    file.write_text(f"# Rivers\n\n## Flow\n{row}")
    told(watch)
    (news,) = watch.look()
    assert _line(news).endswith("a.md: left out 1 (Small models for rivers, which you removed)")
    os.utime(file, (1, 1))
    assert told(watch) == told(watch) == []


def test_with_sync_what_left_the_file_leaves_the_collection(
    added: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.bib"
    file.write_text(entry(1) + entry(2))
    out = io.StringIO()
    texts = iter([entry(1), entry(1), None])

    def sleep(seconds: float) -> None:
        text = next(texts)
        if text is None:
            raise KeyboardInterrupt
        file.write_text(text)
        os.utime(file, (1, 1))

    monkeypatch.setattr("assistant.cli.watch.time.sleep", sleep)
    parser = argparse.ArgumentParser()
    arguments(parser)
    parser.add_argument("--collection", default="mine")
    assert run(parser.parse_args([str(file), "--sync"]), Terminal(out)) == 0
    assert out.getvalue().splitlines()[-1].endswith("a.bib: removed 1")


def test_what_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        watching(tmp_path / "none.bib", add=None)


def test_in_the_terminal_until_ctrl_c(survey_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(survey_home, tmp_path / "copy")
    file = tmp_path / "a.bib"
    file.write_text(entry(1))
    command = [sys.executable, "-m", "assistant.cli", "watch", str(file), "--collection", "mine"]
    with subprocess.Popen(
        command, env=environment(home), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        assert running.stdout.readline().startswith("Watching ")
        assert running.stdout.readline().endswith("a.bib: added 1\n")
        file.write_text(entry(1) + entry(2))
        assert running.stdout.readline().endswith("a.bib: added 1\n")
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 0
        assert running.stderr.read() == "" == running.stdout.read()
