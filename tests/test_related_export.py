"""Lists of papers that no search made: those a draft wants, those an answer cites."""

import csv
import io
import json
from pathlib import Path

import pytest
import rispy

from assistant.cli import main
from assistant.export import Ranked, export

from .related_drafts import write_draft
from .test_export import by_bibtexparser, by_pybtex, paper

Said = pytest.CaptureFixture[str]


def test_the_papers_for_a_draft_keep_their_ranks_and_who_wants_them(
    use_survey: Path, tmp_path: Path, capsys: Said
) -> None:
    draft, out = write_draft(tmp_path / "paper"), tmp_path / "list.csv"
    assert main(["related", str(draft), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["papers"]
    assert main(["related", str(draft), "--export", str(out)]) == 0
    assert f"Wrote {len(found)} papers to" in capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(out.read_text(), newline="")))
    assert [row["id"] for row in rows] == [one["paper"]["id"] for one in found]
    assert [row["rank"] for row in rows] == [str(rank) for rank in range(1, len(found) + 1)]
    assert [float(row["score"]) for row in rows] == [one["score"] for one in found]
    for row, one in zip(rows, found, strict=True):
        places = ", ".join(f"{wanted['file']}:{wanted['line']}" for wanted in one["wanted_by"])
        assert row["note"].startswith(f"Footnote: rank {row['rank']} for “main.tex”, score 0.")
        assert row["note"].endswith(f", wanted by {places}") if places else "wanted by" not in row["note"]
    # The draft's keys are kept, and not given to other works.
    assert {"frugal", "ong2025routellmb"} <= {row["key"] for row in rows}
    assert main(["related", str(draft), "--export", str(tmp_path / "list.ris")]) == 0
    records = rispy.loads((tmp_path / "list.ris").read_bytes().decode().replace("\r\n", "\n"))
    assert [record["notes"] for record in records] == [[row["note"]] for row in rows]


@pytest.mark.parametrize("name", ["x.bib", "x.md", "x.json"])
def test_every_format_and_json_beside_it(name: str, use_survey: Path, tmp_path: Path, capsys: Said) -> None:
    draft = write_draft(tmp_path / "paper")
    assert main(["related", str(draft), "--export", str(tmp_path / name), "--json", "--breadth", "3"]) == 0
    found = json.loads(capsys.readouterr().out)["papers"]  # and nothing else is printed
    text = (tmp_path / name).read_text()
    for one in found:
        assert one["paper"]["title"].split(":")[0].split()[-1] in text
    if name == "x.bib":
        assert len(by_bibtexparser(text)) == len(by_pybtex(text)) == 3


def test_the_papers_that_an_answer_cites(use_survey: Path, tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "answer.ris"
    question = "which papers route queries between models?"
    assert main(["ask", question, "--export", str(out), "--json"]) == 0
    references = json.loads(capsys.readouterr().out)["references"]
    records = rispy.loads(out.read_bytes().decode().replace("\r\n", "\n"))
    assert [record["title"] for record in records] == [one["paper"]["title"] for one in references]
    assert records[0]["notes"] == [f"Footnote: rank 1 for “{question}”"]
    assert main(["ask", question, "--export", str(out)]) == 2
    assert "add --force to replace it" in capsys.readouterr().err
    assert main(["ask", question, "--export", str(out), "--format", "bibtex", "--force"]) == 0
    assert f"Wrote {len(references)} papers to" in capsys.readouterr().out
    assert len(by_bibtexparser(out.read_text())) == len(references)


def test_the_papers_of_several_answers(use_survey: Path, tmp_path: Path, capsys: Said) -> None:
    out, batch = tmp_path / "all.bib", tmp_path / "batch.txt"
    batch.write_text("which papers route queries?\nwhich papers cascade models?\nhow do I bake bread?\n")
    assert main(["ask", "--batch", str(batch), "--export", str(out)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    cited = {one["paper"]["title"] for answer in answers for one in answer["references"]}
    assert len(answers) == 3 and len(by_bibtexparser(out.read_text())) == len(cited) > len(answers[0]["references"])


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_refusal_exports_nothing_and_says_so(more: list[str], use_survey: Path, tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "answer.bib"
    assert main(["ask", "how do I evict entries from the KV cache?", "--export", str(out), *more]) == 3
    assert not out.exists() and capsys.readouterr().err == f"{out} was not written: no paper is cited.\n"


def test_keys_that_were_given_out_are_kept() -> None:
    first, second = paper("One thing", "Ann Lee", year=2020), paper("Another thing", "Bo Li", year=2021)
    keys = {first.id: "mine", second.id: "li2021another"}
    items = [Ranked(first, 1, wanted_by=("a.tex:1", "b\nc.tex:2")), second]
    assert [entry["key"] for entry in by_bibtexparser("".join(export(items, "bibtex", keys=keys)))] == list(
        keys.values()
    )
    assert "N1  - Footnote: rank 1, wanted by a.tex:1, b c.tex:2\r\n" in "".join(export(items, "ris", keys=keys))
