"""Measuring retrieval: judged collections are read or refused, and figures are those of the formulas."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.cli.eval import table
from assistant.evaluation import beir
from assistant.evaluation.measure import CONFIGURATIONS, Row, interval, measure
from index.collection import Collection
from index.encoder import Encoder
from index.ranking import Ladder
from ingest.errors import InputError

from .conftest import ROOT, Run, environment

CORPUS = [
    ("d1", "Zebra crossings", "Zebras cross where cars wait."),
    ("d2", "Apple orchards", "An orchard of apples and of pears. Zebra."),
    ("d3", "Violin makers", "Violins are made of spruce."),
    ("d4", "Tidal power", "Turbines turn with tides."),
]
QUERIES = [("q1", "zebra crossings"), ("q2", "violin makers"), ("q3", "nobody judged this one")]
QRELS = [("q1", "d1", 1), ("q1", "d2", 2), ("q2", "d3", 1), ("q2", "d4", 0)]
WORDS_ALONE = {"lexical": Ladder({"lexical": 1.0}, {"lexical": 1.0})}


def write(folder: Path, corpus: Any = CORPUS, queries: Any = QUERIES, qrels: Any = QRELS) -> Path:
    """Write a judged collection in the BEIR layout."""
    folder.mkdir(exist_ok=True)

    def lines(records: list[dict[str, Any]]) -> str:
        return "".join(json.dumps(record) + "\n" for record in records)

    documents = [{"_id": id, "title": title, "text": text} for id, title, text in corpus]
    (folder / "corpus.jsonl").write_text(lines(documents), "utf-8")
    (folder / "queries.jsonl").write_text(lines([{"_id": id, "text": text} for id, text in queries]), "utf-8")
    rows = "".join(f"{query}\t{document}\t{grade}\n" for query, document, grade in qrels)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}", "utf-8")
    return folder


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    return write(tmp_path / "judged")


def refused(*, in_one_line: str, folder: Path) -> str:
    """Return the line that refuses a folder."""
    with pytest.raises(InputError, match=in_one_line) as error:
        beir.queries(folder)
        list(beir._papers(folder / "corpus.jsonl"))
    assert "\n" not in str(error.value)
    return str(error.value)


# Reading the layout


def test_queries_are_read_with_their_judgements(judged: Path) -> None:
    first, second = beir.queries(judged)
    assert (first.id, first.text, first.relevant) == ("q1", "zebra crossings", {"d1": 1, "d2": 2})
    assert (second.id, second.relevant) == ("q2", {"d3": 1, "d4": 0})
    assert (first.kind, first.own_document) == ("", None)


def test_what_else_a_query_says_is_kept(judged: Path) -> None:
    (judged / "queries.jsonl").write_text('{"_id": "q1", "text": "x y", "kind": "claim", "self": "d1"}\n\n')
    (query,) = beir.queries(judged)
    assert (query.kind, query.own_document) == ("claim", "d1")


def test_documents_are_read_as_papers_with_whatever_the_list_says(judged: Path) -> None:
    more = {"authors": ["A. Author"], "year": 2021, "venue": "ACL", "topic": "Tides", "section": ["One", "Two"]}
    records = [
        {"_id": "a", "title": "Tidal power", "text": " Turbines turn. ", **more},
        {"_id": "b", "title": "", "text": "A text without a title."},
        {"_id": "c", "title": "A title alone", "text": ""},
    ]
    (judged / "corpus.jsonl").write_text("\n".join(map(json.dumps, records)))
    a, b, c = beir._papers(judged / "corpus.jsonl")
    assert (a.id, a.text, a.authors, a.year, a.venue) == ("a", "Turbines turn.", ("A. Author",), 2021, "ACL")
    assert (a.topic, a.section, a.source.row) == ("Tides", ("One", "Two"), 1)
    assert (b.id, b.title, b.text) == ("b", "untitled", "A text without a title.")
    assert (c.title, c.text, c.text_kind) == ("A title alone", "", None)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
@pytest.mark.parametrize("how", ["missing", "folder", "latin-1"])
def test_a_file_that_cannot_be_read_is_named_with_the_layout(judged: Path, name: str, how: str) -> None:
    (judged / name).unlink()
    if how == "folder":
        (judged / name).mkdir()
    if how == "latin-1":
        (judged / name).write_bytes(b"caf\xe9\n")
    line = refused(in_one_line="cannot be read", folder=judged)
    assert str(judged / name) in line
    assert "expected a folder with corpus.jsonl, queries.jsonl and qrels.tsv" in line


@pytest.mark.parametrize(
    "bad",
    ["{", "[]", "1", "null", '"text"', '{"_id": "q9"}', '{"text": "x"}', '{"_id": 9, "text": "x"}',
     '{"_id": "q9", "text": null}', '{"_id": "q9", "text": ["x"]}'],
)  # fmt: skip
@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl"])
def test_a_line_that_is_no_record_is_named(judged: Path, name: str, bad: str) -> None:
    with (judged / name).open("a") as file:
        file.write(f"\n{bad}\n")
    number = len((CORPUS, QUERIES)[name.startswith("q")]) + 2  # a blank line is none
    line = refused(in_one_line=f"{name} line {number}: expected a JSON object with the texts _id", folder=judged)
    assert str(judged) in line


@pytest.mark.parametrize("bad", ["q1 d1 1", "q1\td1", "q1\td1\tmany", "q1\td1\t", "q1\td1\tnan", "q1\td1\tinf"])
def test_a_judgement_that_is_none_is_named(judged: Path, bad: str) -> None:
    with (judged / "qrels.tsv").open("a") as file:
        file.write(f"{bad}\nq1\td3\t0\n")
    refused(in_one_line=r"qrels.tsv line 6: .*; expected query, document and score, tab separated", folder=judged)


def test_a_line_ends_where_the_file_says_and_nowhere_else(judged: Path) -> None:
    record = {"_id": "d9", "title": "One\u2028title", "text": "Of one\u2029text\x85in\x1cone\x0brecord\x0c."}
    (judged / "corpus.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\r\n", "utf-8")
    (paper,) = beir._papers(judged / "corpus.jsonl")
    assert paper.id == "d9"


def test_a_score_may_be_written_as_a_decimal(judged: Path) -> None:
    (judged / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1.0\textra\n")
    assert beir.queries(judged)[0].relevant == {"d1": 1}


# The collection made of it


def collection(folder: Path, tiny_model: Path) -> Collection:
    return beir.collection(folder, str(tiny_model))


def test_a_corpus_is_indexed_once_and_kept(
    tiny_home: Path, tiny_model: Path, judged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = collection(judged, tiny_model)
    assert len(first) == 4
    assert [paper.id for paper in first.papers()] == ["d1", "d2", "d3", "d4"]
    folder = Path(first.status()["folder"])
    assert folder.is_relative_to(tiny_home / "cache")
    before = sorted(path.name for path in folder.iterdir())
    monkeypatch.setattr(Encoder, "encode", lambda *_: pytest.fail("encoded again"))
    again = collection(judged, tiny_model)
    assert (again.status()["folder"], again.status()["generation"]) == (str(folder), first.status()["generation"])
    assert sorted(path.name for path in folder.iterdir()) == before


def test_another_corpus_in_the_same_folder_is_indexed_anew(tiny_home: Path, tiny_model: Path, judged: Path) -> None:
    first = collection(judged, tiny_model)
    write(judged, CORPUS[:2])
    second = collection(judged, tiny_model)
    assert (len(first), len(second)) == (4, 2)
    assert first.status()["folder"] != second.status()["folder"]


def test_it_is_none_of_the_collections_that_people_see(tiny_home: Path, tiny_model: Path, judged: Path) -> None:
    collection(judged, tiny_model)
    with pytest.raises(InputError, match="those there: none yet"):
        Collection.open("judged")


# Figures


def test_figures_are_those_of_the_formulas(tiny_home: Path, tiny_model: Path, judged: Path) -> None:
    opened = collection(judged, tiny_model)
    ranked = {
        query.id: [hit.paper.id for hit in opened.search(query.text, 50, ladder=WORDS_ALONE["lexical"]).hits]
        for query in beir.queries(judged)
    }
    assert ranked["q1"][:2] == ["d1", "d2"] and ranked["q2"][0] == "d3"  # which the figures below suppose
    (row,) = measure(opened, beir.queries(judged), WORDS_ALONE)
    second = math.log2(3)
    gains, ideal = 1 + 3 / second, 3 + 1 / second  # a grade g gains 2^g - 1
    linear, linear_ideal = 1 + 2 / second, 2 + 1 / second
    assert row.metrics == {
        "nDCG@10": pytest.approx((gains / ideal + 1) / 2, abs=1e-6),
        "nDCG@10 linear": pytest.approx((linear / linear_ideal + 1) / 2, abs=1e-6),
        "R@5": 1.0,
        "R@20": 1.0,
        "MRR": 1.0,
        "success@1": 0.0,  # where grades are given, the first must have at least a 2
    }
    assert row.configuration == "lexical"
    assert 0 < row.median <= row.p95


def test_a_query_that_finds_nothing_relevant_counts_as_nothing(
    tiny_home: Path, tiny_model: Path, tmp_path: Path
) -> None:
    folder = write(tmp_path / "j", qrels=[("q1", "d1", 1), ("q2", "elsewhere", 1)])
    (row,) = measure(collection(folder, tiny_model), beir.queries(folder), WORDS_ALONE)
    assert row.metrics == {name: pytest.approx(0.5) for name in row.metrics}


def test_the_document_that_a_query_was_made_from_is_no_result(tiny_home: Path, tiny_model: Path, judged: Path) -> None:
    (judged / "queries.jsonl").write_text('{"_id": "q1", "text": "zebra crossings", "self": "d1"}\n')
    (judged / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\n")
    (row,) = measure(collection(judged, tiny_model), beir.queries(judged), WORDS_ALONE)
    assert row.metrics["MRR"] == row.metrics["success@1"] == 1.0  # d1 would have been before it


def test_each_configuration_has_a_row_and_an_interval_to_the_baseline(
    tiny_home: Path, tiny_model: Path, judged: Path
) -> None:
    rows = measure(collection(judged, tiny_model), beir.queries(judged))
    assert [row.configuration for row in rows] == list(CONFIGURATIONS)
    for row in rows:
        assert all(0 <= value <= 1 for value in row.metrics.values())
        assert (row.difference is None) == (row.configuration == "both")
    assert json.loads(json.dumps([row.to_dict() for row in rows])) == [
        {**row.to_dict(), "difference": row.difference and [round(edge, 4) for edge in row.difference]} for row in rows
    ]


def test_the_last_configuration_is_what_a_search_does(tiny_home: Path, tiny_model: Path, judged: Path) -> None:
    opened = collection(judged, tiny_model)
    *_, last = CONFIGURATIONS.values()
    found = [opened.search("zebra crossings"), opened.search("zebra crossings", ladder=last)]
    assert found[0].hits == found[1].hits


def test_without_a_judged_query_there_is_nothing_to_measure(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "j", qrels=[("other", "d1", 1)])
    with pytest.raises(
        InputError, match=r"no judged query; expected queries\.jsonl and qrels\.tsv that share query ids"
    ):
        measure(collection(folder, tiny_model), beir.queries(folder))


def test_documents_may_be_named_by_their_row_in_the_list(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    by_row = write(tmp_path / "rows", qrels=[("q1", "1", 1), ("q1", "2", 2), ("q2", "3", 1), ("q2", "4", 0)])
    by_id = write(tmp_path / "ids")
    figures = [
        measure(collection(folder, tiny_model), beir.queries(folder), WORDS_ALONE)[0].metrics
        for folder in (by_row, by_id)
    ]
    assert figures[0] == figures[1]


def test_numbers_that_are_ids_are_no_rows(tiny_home: Path, tiny_model: Path, tmp_path: Path) -> None:
    corpus = [(str(5 - n), title, text) for n, (_, title, text) in enumerate(CORPUS, 1)]  # ids 4, 3, 2, 1
    folder = write(tmp_path / "j", corpus, qrels=[("q1", "4", 1), ("q2", "2", 1)])
    (row,) = measure(collection(folder, tiny_model), beir.queries(folder), WORDS_ALONE)
    assert row.metrics["success@1"] == 1.0


def test_intervals_hold_the_mean_and_are_the_same_every_time() -> None:
    differences = np.random.default_rng(1).normal(0.1, 0.2, 200)
    low, high = interval(differences)
    assert low < differences.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * 0.2 / math.sqrt(200), rel=0.2)
    assert (low, high) == interval(differences)
    assert interval(np.full(7, 0.25)) == (0.25, 0.25)


def test_the_table_has_a_line_for_each_configuration() -> None:
    rows = [
        Row("both", {"nDCG@10": 0.5, "MRR": 1.0}, None, 1.4, 2.6),
        Row("whole ladder", {"nDCG@10": 0.612, "MRR": 0.25}, (-0.01, 0.2), 10.0, 12.0),
    ]
    assert table(rows).splitlines() == [
        "| configuration | nDCG@10 | MRR | difference in nDCG@10 | ms median, p95 |",
        "|---|---|---|---|---|",
        "| both | 0.500 | 1.000 |  | 1, 3 |",
        "| whole ladder | 0.612 | 0.250 | -0.010 to +0.200 | 10, 12 |",
    ]


# The command


def run(footnote: Run, tiny_home: Path, tiny_model: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return footnote("eval", *arguments, home=tiny_home, FOOTNOTE_MODEL=str(tiny_model))


def test_a_folder_is_measured_from_the_command_line(
    footnote: Run, tiny_home: Path, tiny_model: Path, judged: Path
) -> None:
    done = run(footnote, tiny_home, tiny_model, str(judged))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "judged: 4 papers, 2 queries"
    assert [line.split(" | ")[0].strip("| ") for line in lines[4:]] == list(CONFIGURATIONS)
    again = run(footnote, tiny_home, tiny_model, str(judged), "--json")
    assert again.returncode == 0 and again.stderr == ""
    report = json.loads(again.stdout)
    assert (report["folder"], report["papers"], report["queries"]) == (str(judged), 4, 2)
    for row, line in zip(report["rows"], lines[4:], strict=True):
        assert row["configuration"] in line and f" {row['nDCG@10']:.3f} " in line
        assert row["ms"].keys() == {"median", "p95"}


def test_judgements_without_a_corpus_are_of_a_collection(footnote: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "j", qrels=[("q1", "24", 1)])  # the 24th paper of the survey
    (folder / "corpus.jsonl").unlink()
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "fast inference by speculative decoding"}\n')
    done = footnote("eval", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["papers"], report["queries"]) == (84, 1)
    assert report["rows"][-1]["R@5"] == 1.0


@pytest.mark.parametrize(
    ("missing", "words"),
    [("queries.jsonl", "queries.jsonl cannot be read"), ("qrels.tsv", "qrels.tsv cannot be read")],
)
def test_a_folder_of_another_kind_is_refused_in_one_line(
    footnote: Run, tiny_home: Path, tiny_model: Path, judged: Path, missing: str, words: str
) -> None:
    (judged / missing).unlink()
    done = run(footnote, tiny_home, tiny_model, str(judged))
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2 and line.startswith("footnote: ") and words in line


def test_without_ir_measures_one_line_says_how_to_get_it(
    tiny_home: Path, tiny_model: Path, judged: Path, tmp_path: Path
) -> None:
    program = (
        "import sys; sys.modules['ir_measures'] = None; from assistant import cli; sys.exit(cli.main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "eval", str(judged)],
        env=environment(tiny_home, FOOTNOTE_MODEL=str(tiny_model)),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()  # before anything is indexed: a corpus may take an hour
    assert line == "footnote: measuring needs ir-measures; run: pip install 'footnote[eval]'"


def test_a_search_needs_no_ir_measures(footnote: Run, survey_home: Path) -> None:
    program = (
        "import sys; from assistant import cli; cli.main(['search', 'routing'])\n"
        "print([m for m in ('ir_measures', 'pytrec_eval', 'pandas') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(survey_home), cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr.strip() == "[]"
