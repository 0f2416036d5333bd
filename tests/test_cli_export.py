"""`footnote export`: what is exported, where it is written, and what is never overwritten."""

import csv
import io
import json
from pathlib import Path

import bibtexparser
import pytest

from .conftest import Run


def keys(text: str) -> list[str]:
    return [entry.key for entry in bibtexparser.parse_string(text).entries]


def test_the_whole_collection_as_bibtex(footnote: Run) -> None:
    done = footnote("export")
    assert done.returncode == 0 and done.stderr == ""
    assert len(keys(done.stdout)) == len(set(keys(done.stdout))) == 84


def test_a_section(footnote: Run) -> None:
    papers = json.loads(footnote("export", "--format", "json", "--section", "Speculative Decoding").stdout)
    assert papers and all("Speculative Decoding" in " > ".join(paper["section"]) for paper in papers)


def test_a_search_keeps_its_ranking(footnote: Run) -> None:
    query = ["--query", "routing between models", "-k", "3"]
    found = json.loads(footnote("search", "routing between models", "-k", "3", "--json").stdout)["hits"]
    rows = list(csv.DictReader(io.StringIO(footnote("export", *query, "--format", "csv").stdout)))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    assert [row["id"] for row in rows] == [hit["paper"]["id"] for hit in found]
    ris = footnote("export", *query, "--format", "ris").stdout
    for rank in (1, 2, 3):
        assert f"N1  - Footnote: rank {rank} for “routing between models”, score 0." in ris


def test_a_file_is_written_whole_and_never_overwritten(footnote: Run, tmp_path: Path) -> None:
    out = tmp_path / "papers.ris"
    assert footnote("export", "--out", str(out)).stdout == f"Wrote 84 papers to {out}.\n"
    assert out.read_bytes().startswith(b"TY  - ") and out.read_bytes().count(b"\r\nER  - \r\n") == 84
    before = out.read_bytes()
    refused = footnote("export", "--out", str(out), "--format", "bibtex")
    assert refused.returncode == 2 and "add --force to replace it" in refused.stderr
    assert out.read_bytes() == before
    assert footnote("export", "--out", str(out), "--format", "bibtex", "--force").returncode == 0
    assert len(keys(out.read_text())) == 84
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["papers.ris"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "/no/such/folder/x.bib"], "cannot be written"),
        (["--out", "/"], "is a folder"),
        (["--out", "/dev/full"], "No space left"),
        (["--format", "word"], "invalid choice: 'word'"),
        (["--query", " "], "the query is empty"),
        (["--venue", "nowhere"], "no paper to export passes the filters"),
        (["--collection", "nowhere"], "those there: survey"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], words: str, footnote: Run) -> None:
    done = footnote("export", *arguments)
    assert done.returncode == 2 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert words in line


def test_devices_and_links_are_written_to(footnote: Run, tmp_path: Path) -> None:
    assert footnote("export", "--out", "/dev/null").returncode == 0
    assert len(keys(footnote("export", "--out", "/dev/stdout").stdout.rpartition("Wrote")[0])) == 84
    (tmp_path / "link.bib").symlink_to("real.bib")
    assert footnote("export", "--out", str(tmp_path / "link.bib")).returncode == 0
    assert (tmp_path / "link.bib").is_symlink() and len(keys((tmp_path / "real.bib").read_text())) == 84
