"""`footnote check`."""

import json
from pathlib import Path

import pytest

from .conftest import Run

SENTENCE = "RouteLLM trains routers on human preference data."


def test_json_has_the_promised_names(footnote: Run) -> None:
    found = json.loads(footnote("check", SENTENCE, "--paper", "arxiv:2406.18665", "--json").stdout)
    assert {"sentence", "paper", "verdict", "support", "evidence", "reason"} <= found.keys()
    assert (found["sentence"], found["paper"]["id"], found["verdict"]) == (SENTENCE, "arxiv:2406.18665", "supported")
    assert found["evidence"]["text"] in found["paper"]["text"] and 0 <= found["support"] <= 1


def test_without_a_paper_the_best_one_is_looked_for(footnote: Run) -> None:
    found = json.loads(footnote("check", SENTENCE, "--json").stdout)
    assert (found["paper"]["id"], found["verdict"]) == ("arxiv:2406.18665", "supported")


def test_a_wrong_paper_gets_the_reason_and_the_right_one_is_named(footnote: Run) -> None:
    shown = footnote("check", SENTENCE, "--paper", "FrugalGPT").stdout
    assert shown.startswith("Not supported") and "does not mention “RouteLLM”" in shown
    assert "Another paper here supports it:\n  RouteLLM" in shown


def test_a_batch_names_papers_by_id_or_title(footnote: Run, tmp_path: Path) -> None:
    lines = [
        {"_id": "a", "sentence": SENTENCE, "paper": "arxiv:2406.18665"},
        {"sentence": "It cuts cost by up to 60%.", "paper": "FrugalGPT"},
        {"sentence": "Draft tokens are verified in parallel."},
    ]
    (tmp_path / "claims").write_text("\n\n".join(map(json.dumps, lines)) + "\n")
    found = [json.loads(line) for line in footnote("check", "--batch", str(tmp_path / "claims")).stdout.splitlines()]
    assert [one["verdict"] for one in found] == ["supported", "not supported", "supported"]
    assert found[0]["_id"] == "a" and "_id" not in found[1]
    assert "98%, not 60%" in found[1]["reason"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], "the sentence is empty"),
        (["check", "x" * 3_000], "expected at most 2,000"),
        (["check", SENTENCE, "--paper", "Frugal GTP how to use large language models"], "did you mean 'FrugalGPT"),
        (["check", SENTENCE, "--batch", "claims"], "expected one of them"),
        (["check", "--batch", "absent.jsonl"], "cannot be read"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_two(arguments: list[str], words: str, footnote: Run) -> None:
    done = footnote(*arguments)
    assert done.returncode == 2 and words in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("line", ["{", '"text"', '{"paper": "x"}', '{"sentence": 3}', '{"sentence": "x", "paper": 3}'])
def test_a_bad_line_of_a_batch_is_named(line: str, footnote: Run, tmp_path: Path) -> None:
    (tmp_path / "claims").write_text(f"\n{line}\n")
    done = footnote("check", "--batch", str(tmp_path / "claims"))
    assert done.returncode == 2 and "line 2" in done.stderr and len(done.stderr.splitlines()) == 1
