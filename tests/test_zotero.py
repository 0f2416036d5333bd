"""A Zotero library as a source: what is read of it, while Zotero runs too, and that it is never touched."""

import gzip
import json
import os
import sqlite3
import time
from pathlib import Path

import pytest

from assistant.export import export
from ingest import InputError, Paper, Source

from .conftest import Run
from .whole import read
from .zotero_files import FEED, GROUP, Zotero, small_library


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return small_library(tmp_path / "zotero.sqlite")


def test_papers_with_all_that_the_library_says_of_them(library: Path) -> None:
    reading = read(library)
    first, second, book = reading.papers
    assert first.title == "Rivers and their deltas" and first.authors == ("Ann Author", "Ben van Other")
    assert (first.year, first.venue, first.venue_type) == (2021, "Journal of Water", "journal")
    assert (first.doi, first.url) == ("10.1234/rivers.1", "https://example.org/rivers")
    assert (first.text, first.text_kind) == ("We measure rivers. They flow.", "abstract")
    assert first.section == ("My Library", "Rivers", "Deltas") and first.topic == "water"
    assert first.source == Source("zotero.sqlite", 1)
    assert (second.id, second.venue, second.venue_type) == ("arxiv:2301.12345", "arXiv", "preprint")
    assert second.authors == ("The River Project",) and second.topic == "water"
    assert second.section == ("My Library", "Rivers") and second.year == 2023
    assert (book.authors, book.venue, book.section) == (("Ed Itor",), "Springer", ("My Library",))


def test_what_is_not_read_is_counted(library: Path) -> None:
    reading = read(library)
    assert reading.rows_read == 4
    assert [remark.reason for remark in reading.refused] == [
        "an item of type computerProgram ('FlowKit'); expected a paper"
    ]
    assert [remark.reason for remark in reading.warnings] == [
        "not read: 1 annotations, 1 attachments, 1 items in the bin, 1 notes"
    ]


def test_groups_are_read_under_their_names_and_feeds_are_not(tmp_path: Path) -> None:
    made = Zotero(tmp_path / "zotero.sqlite")
    made.collection(5, "Spring", library=GROUP)
    made.item("journalArticle", collections=(5,), library=GROUP, title="Of the group")
    made.item("journalArticle", library=FEED, title="Of a feed")
    reading = read(made.done())
    assert [(paper.title, paper.section) for paper in reading.papers] == [("Of the group", ("Reading group", "Spring"))]
    assert "1 items of feeds" in reading.warnings[0].reason


def test_a_collection_in_the_bin_or_in_itself_is_no_endless_path(tmp_path: Path) -> None:
    made = Zotero(tmp_path / "zotero.sqlite")
    made.collection(1, "Round", parent=2)
    made.collection(2, "And round", parent=1)
    made.collection(3, "Gone")
    made.connection.execute("INSERT INTO deletedCollections (collectionID) VALUES (3)")
    made.item("thesis", collections=(3,), title="In the bin's collection", university="ETH", extra="DOI: 10.5555/abc.")
    made.item("thesis", collections=(1,), title="In circles")
    first, second = read(made.done()).papers
    assert first.section == ("My Library",) and first.venue == "ETH" and first.doi == "10.5555/abc"
    assert len(second.section) <= 40


def test_the_data_folder_is_the_library_and_not_what_is_stored_in_it(library: Path) -> None:
    stored = library.parent / "storage" / "ABCD1234"
    stored.mkdir(parents=True)
    (stored / "snapshot.html").write_text("<ul><li><a href='https://arxiv.org/abs/2401.00001'>A linked paper</a></ul>")
    (library.parent / "better-bibtex.sqlite").write_bytes(library.read_bytes())
    (library.parent / "zotero.sqlite.bak").write_bytes(library.read_bytes())
    reading = read(library.parent)
    assert [paper.title for paper in reading.papers] == [paper.title for paper in read(library).papers]
    assert not [remark for remark in reading.warnings if "other kinds" in remark.reason]


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_it_is_read_while_zotero_writes_and_never_touched(mode: str, tmp_path: Path) -> None:
    made = Zotero(tmp_path / "zotero.sqlite")
    made.connection.execute(f"PRAGMA journal_mode={mode}")
    made.connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    made.item("journalArticle", title="Committed")
    made.connection.commit()
    made.connection.execute("PRAGMA cache_size=5")
    for n in range(500):  # more than the cache holds, so that some of it is on the disk already
        made.item("journalArticle", title=f"Not committed {n} " + "x" * 500)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert len(files) > 1, "nothing beside the database: no lock, no journal"
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(made.path, timeout=0).execute("SELECT * FROM items").fetchall()
    assert [paper.title for paper in read(made.path).papers] == ["Committed"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == files
    made.connection.rollback()
    made.done()


def test_a_journal_that_names_another_file_is_left_alone(library: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"")
    name = str(precious).encode()
    magic = bytes.fromhex("d9d505f920a163d7")
    tail = name + len(name).to_bytes(4, "big") + sum(name).to_bytes(4, "big") + magic
    header = magic + (0).to_bytes(4, "big") + bytes(8) + (512).to_bytes(4, "big") + (4096).to_bytes(4, "big")
    library.with_name("zotero.sqlite-journal").write_bytes(header.ljust(512, b"\0") + (0).to_bytes(4, "big") + tail)
    assert len(read(library).papers) == 3
    assert precious.exists()


def test_packed(library: Path, tmp_path: Path) -> None:
    packed = tmp_path / "backup.sqlite.gz"
    packed.write_bytes(gzip.compress(library.read_bytes()))
    assert [paper.title for paper in read(packed).papers] == [paper.title for paper in read(library).papers]


def test_what_is_no_zotero_library(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE items (itemID)")
    connection.close()
    with pytest.raises(InputError, match=r"no Zotero library \(it lacks creatorTypes, creators, .*expected the zotero"):
        read(path)
    path.write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    with pytest.raises(InputError, match="cannot be read as a Zotero library"):
        read(path)
    old = tmp_path / "old.sqlite"
    made = Zotero(old)
    made.connection.execute("ALTER TABLE creators RENAME COLUMN lastName TO creatorDataID")
    made.item("journalArticle", title="Of an old version")
    with pytest.raises(
        InputError, match=r"no such column: lastName\); expected the zotero.sqlite of Zotero 5 or later"
    ):
        read(made.done())


def test_a_damaged_schema_that_is_no_text_is_one_error(library: Path) -> None:
    content = library.read_bytes()
    assert b"CREATE TABLE creators" in content
    library.write_bytes(content.replace(b"CREATE TABLE creators", b"CREA\xffE TABLE creators"))
    with pytest.raises(InputError, match="cannot be read as a Zotero library"):
        read(library)


def test_an_empty_library(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no paper in it"):
        read(Zotero(tmp_path / "zotero.sqlite").done())


def test_a_view_in_place_of_a_table_and_an_endless_query_do_not_hang(tmp_path: Path) -> None:
    made = Zotero(tmp_path / "zotero.sqlite")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS itemID FROM n WHERE i < 0"
    made.connection.execute("DROP TABLE items")
    made.connection.execute(f"CREATE VIEW items AS {endless}")
    began = time.process_time()
    with pytest.raises(InputError, match="it lacks items"):
        read(made.done())
    slow = Zotero(tmp_path / "slow.sqlite")
    slow.connection.executescript("DROP TABLE itemData; CREATE TABLE itemData (itemID, fieldID, valueID);")
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT i, 1, 1 FROM n"
    slow.connection.execute(f"INSERT INTO itemData {numbers}")
    for n in range(50):
        slow.item("journalArticle", title=f"Without an index {n}")
    assert len(read(slow.done()).papers) == 50
    assert time.process_time() - began < 20


def test_ten_thousand_items_are_read_in_seconds(tmp_path: Path) -> None:
    made = Zotero(tmp_path / "zotero.sqlite")
    made.connection.execute("PRAGMA synchronous=OFF")
    for n in range(10_000):
        made.item(
            "journalArticle", [("author", "Ann", f"Author{n % 500}")], {"water": 0}, title=f"River {n}", date="2020"
        )
    path = made.done()
    began = time.process_time()
    assert len(read(path).papers) == 10_000
    assert time.process_time() - began < 15


def test_it_is_added_and_its_papers_go_back_as_zotero_reads_them(footnote: Run, library: Path, tmp_path: Path) -> None:
    done = footnote("add", str(library.parent), "--collection", "zotero", "--json", home=tmp_path / "own")
    assert done.returncode == 0, done.stderr
    added = json.loads(done.stdout)
    assert (added["papers_read"], added["added"]) == (3, 3)
    assert added["refused"][0]["reason"].startswith("zotero.sqlite: an item of type computerProgram")
    papers = list(read(library).papers)
    for format, name in (("csl", "back.json"), ("ris", "back.ris")):
        back = tmp_path / name
        back.write_text("".join(export(papers, format)), "utf-8", newline="")
        for mine, theirs in zip(papers, read(back).papers, strict=True):
            for field in ("id", "title", "authors", "year", "venue", "doi", "arxiv_id", "url", "text"):
                assert getattr(mine, field) == getattr(theirs, field), (format, field)


# What Zotero's own importers know (translators "RIS" and "CSL JSON"): types and tags it has a place for.
_ZOTERO_RIS_TYPES = frozenset("JOUR CPAPER UNPB GEN".split())
_ZOTERO_RIS_TAGS = frozenset("TY ID TI AU PY T2 PB DO AN UR AB N1 ER".split())
_CSL_TYPES = frozenset(
    "article article-journal article-magazine chapter book paper-conference report thesis document webpage".split()
)
_CSL_VARIABLES = frozenset("id type title author issued container-title publisher number DOI URL abstract note".split())


def test_exports_use_only_what_zoteros_importers_know() -> None:
    venues = [("Nature", "journal"), ("ACL", None), ("arXiv", "preprint"), (None, None)]
    papers = [
        Paper.create(
            title=f"Paper {n}",
            authors=["Ann Author", "Ben van Other"],
            year=2020,
            venue=venue,
            venue_type=kind,
            arxiv_id="2301.12345" if n == 2 else None,
            doi=f"10.1234/{n}",
            url=f"https://example.org/{n}",
            text="An abstract.",
            text_kind="abstract",
            source=Source("a", n),
        )
        for n, (venue, kind) in enumerate(venues)
    ]
    lines = "".join(export(papers, "ris")).split("\r\n")
    assert {line[:2] for line in lines if line} <= _ZOTERO_RIS_TAGS
    assert {line[6:] for line in lines if line.startswith("TY")} <= _ZOTERO_RIS_TYPES
    items = json.loads("".join(export(papers, "csl")))
    assert {item["type"] for item in items} <= _CSL_TYPES
    assert {name for item in items for name in item} <= _CSL_VARIABLES
    assert items[0]["author"][1] == {"family": "Other", "given": "Ben", "non-dropping-particle": "van"}
