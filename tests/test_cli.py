"""The command line: what it prints, its exit codes, and what it must not need."""

import ctypes
import json
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, SHARED, Run, environment

QUESTION = "which papers route queries between models?"
HEAVY = ["torch", "transformers", "sentence_transformers", "llama_index", "gradio", "bm25s", "scipy"]
_OF_ONE = (
    ["enrich"],
    ["merges"],
    ["remove", "x"],
    ["rebuild"],
    *([verb, "docs/reading.md"] for verb in ("add", "watch")),
)


def test_a_bare_question_is_asked(footnote: Run) -> None:
    assert footnote(QUESTION, "--json").stdout.startswith('{\n "question": "which papers')


def test_refused_questions_exit_with_three(footnote: Run) -> None:
    done = footnote("ask", "sourdough hydration for baking at high altitude")
    assert done.returncode == 3 and "Not in this collection" in done.stdout


def test_search_json_has_the_promised_names(footnote: Run) -> None:
    found = json.loads(footnote("search", "draft model", "--json", "-k", "3").stdout)
    assert {"query", "collection", "filters", "confidence", "hits"} <= found.keys()
    assert {"rank", "score", "signals", "passage", "paper"} <= found["hits"][0].keys()
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]


def test_search_says_how_it_read_the_query(footnote: Run) -> None:
    query = "speculatve decoding since 2024"
    found = json.loads(footnote("search", query, "--author", "Xia", "--json").stdout)
    assert found["filters"] == {"author": "Xia", "year_from": 2024}
    assert found["read_as"]["conditions"] == ["since 2024"]
    assert found["read_as"]["corrections"] == {"speculatve": "speculative"}
    assert found["hits"][0]["paper"]["topic"] == "Speculative Decoding"
    assert all(any("Xia" in author.split() for author in hit["paper"]["authors"]) for hit in found["hits"])
    assert "since 2024" in footnote("search", query).stdout
    assert "since 2024" not in footnote("search", f'"{query}"').stdout


@pytest.mark.parametrize("verb", ["ask", "search"])
def test_batch_prints_one_object_a_line(verb: str, footnote: Run, tmp_path: Path) -> None:
    queries = tmp_path / "queries"
    queries.write_text('{"_id": "q1", "text": "speculative decoding"}\n\nrouting between models\n')
    lines = [json.loads(line) for line in footnote(verb, "--batch", str(queries)).stdout.splitlines()]
    assert lines[0]["_id"] == "q1" and "_id" not in lines[1]
    assert [line.get("query") or line.get("question") for line in lines] == [
        "speculative decoding",
        "routing between models",
    ]


def test_status_shows_the_empty_branch(footnote: Run) -> None:
    status = json.loads(footnote("status", "--json").stdout)
    assert status["papers"] == 84
    competition = next(s for s in status["sections"] if s["name"] == "Competition")
    assert [(c["name"].split("-")[0], c["papers"]) for c in competition["children"]] == [
        ("Computation", 0), ("Task", 0), ("Interpretability", 0)
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["ask", "search"])
def test_heavy_packages_are_not_imported(verb: str, survey_home: Path) -> None:
    code = (
        "import sys; from assistant.cli import main; main(sys.argv[1:])\n"
        f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, verb, QUESTION],
        env=environment(survey_home), cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr.strip() == "[]", done.stderr


def one_line_error(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("footnote: ")
    return line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask"], "the query is empty"),
        (["search", "  "], "the query is empty"),
        (["search", "x", "-k", "0"], "expected at least 1"),
        (["search", "x", "--year", "lately"], "expected 2024, 2021-2023"),
        (["search", "x", "--collection", "nowhere"], "those there: survey"),
        (["search", "x", "--collection", "Up"], "cannot name a collection"),
        *(([*verb, "--collection", "survey,b"], "expected one here, such as --collection survey") for verb in _OF_ONE),
        (["search", "x", "--collection", "../up"], "is no collection's folder"),
        (["serach", "x"], "did you mean: footnote search"),
        (["add", "absent.md"], "does not exist"),
        (["search", "--batch", "absent.txt"], "cannot be read"),
        (["config", "small", "nonsense"], "expected MODEL@URL"),
        (["search", "x", "--year", "2023-2021"], "expected 2021-2023"),
        (["search", "x", "--batch", "queries"], "expected one of them"),
        ([], "see: footnote --help"),
        (["search", "x", "-k", "many"], "invalid int value"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_two(arguments: list[str], words: str, footnote: Run) -> None:
    assert words in one_line_error(footnote(*arguments))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"caf\xe9 | Title |", "is not UTF-8"),
        (b"# A list\n\nof no papers\n", "has no paper in it"),
        (b"x" * 50_000_000, "MiB"),
        (b"<table><tr><td>" * 60_000, "list.md"),
    ],
    ids=["empty", "latin-1", "no rows", "50 MB line", "html bomb"],
)
def test_bad_lists_leave_the_collection_as_it_was(
    content: bytes, words: str, footnote: Run, survey_home: Path, tmp_path: Path
) -> None:
    before = (survey_home / "collections/survey/CURRENT").read_bytes()
    (tmp_path / "list.md").write_bytes(content)
    assert words in one_line_error(footnote("add", str(tmp_path / "list.md")))
    assert (survey_home / "collections/survey/CURRENT").read_bytes() == before


def test_a_model_folder_that_is_not_there(footnote: Run, home: Path) -> None:
    line = one_line_error(footnote("status", home=home, FOOTNOTE_MODEL="/no/such/model"))
    assert "no model folder /no/such/model" in line


def test_a_port_in_use(footnote: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} is in use" in one_line_error(footnote("serve", "--port", str(port)))


def test_settings_are_kept_and_removed(footnote: Run, home: Path) -> None:
    footnote("config", "large", "qwen@https://api.example.org/v1", home=home)
    assert "leave this machine" in footnote("config", home=home).stdout
    assert json.loads(footnote("config", "--json", home=home).stdout)["large"] == "qwen@https://api.example.org/v1"
    footnote("config", "large", home=home)
    assert json.loads(footnote("config", "--json", home=home).stdout)["large"] is None


@pytest.mark.parametrize("content", ["[1]", '{"small": 5}', "{", '{"other": "x"}'])
def test_damaged_settings_are_named(content: str, footnote: Run, home: Path) -> None:
    home.mkdir()
    (home / "settings.json").write_text(content)
    assert "settings.json" in one_line_error(footnote("config", home=home))


def test_sections_are_counted_over_all_files(footnote: Run, survey_home: Path, home: Path) -> None:
    shutil.copytree(survey_home / "models", home / "models")
    for name in ("one", "two"):
        table = f"# {name}\n\n| Title |\n|---|\n| Paper {name} of this list |\n"
        (home.parent / f"{name}.md").write_text(table)
        assert footnote("add", str(home.parent / f"{name}.md"), "--collection", "mine", home=home).returncode == 0
    sections = json.loads(footnote("status", "--collection", "mine", "--json", home=home).stdout)["sections"]
    assert [(section["name"], section["papers"]) for section in sections] == [("one", 1), ("two", 1)]


def test_a_reader_that_leaves_early_is_no_error(survey_home: Path) -> None:
    command = f'"{sys.executable}" -m assistant.cli search models -k 50 --json | head -1'
    done = subprocess.run(
        command, shell=True, env=environment(survey_home), cwd=ROOT, capture_output=True, text=True
    )  # fmt: skip
    assert done.stdout == "{\n" and done.stderr == ""


def bound_by_permissions() -> None:
    """In a child that root starts: give up the right to write where permissions forbid it (CAP_DAC_OVERRIDE)."""
    drop_from_bounding_set, dac_override = 24, 1
    ctypes.CDLL(None).prctl(drop_from_bounding_set, dac_override, 0, 0, 0)


def test_it_works_with_home_unwritable_and_a_read_only_checkout(survey_home: Path, tmp_path: Path) -> None:
    checkout, mine, no_home = tmp_path / "checkout", tmp_path / "data", tmp_path / "no-home"
    for name in ("ingest", "index", "assistant"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(survey_home, mine)
    no_home.mkdir()
    for path in (no_home, checkout, *checkout.rglob("*")):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    reading_list = tmp_path / "list.md"
    reading_list.write_text("| Title |\n|---|\n| A paper about small things |\n")

    def run(*command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *command],
            env={**environment(mine), "HOME": str(no_home), "PYTHONPATH": str(checkout)},
            cwd=checkout,
            capture_output=True,
            text=True,
            preexec_fn=bound_by_permissions,
        )

    for folder in (no_home, checkout):
        assert run("-c", f"open({str(folder / 'new')!r}, 'w')").returncode == 1, "permissions do not bind this test"
    for arguments in (["ask", QUESTION], ["status"], ["add", str(reading_list), "--collection", "mine"]):
        done = run("-m", "assistant.cli", *arguments)
        assert done.returncode == 0, done.stderr


def test_from_nothing_to_an_answer_with_the_network_blocked(footnote: Run, home: Path) -> None:
    """The first start of all: export the model, index the survey, answer; `footnote` blocks every outside socket."""
    done = footnote("ask", QUESTION, "--json", home=home)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["references"]) >= 7


@pytest.mark.skipif(not (SHARED / "survey").is_dir(), reason="the survey's own README is not beside this checkout")
def test_the_surveys_own_readme_can_be_added(footnote: Run, survey_home: Path, home: Path) -> None:
    shutil.copytree(survey_home / "models", home / "models")
    done = footnote("add", str(SHARED / "survey" / "README.md"), "--collection", "list", "--json", home=home)
    report = json.loads(done.stdout)
    assert (report["papers_read"], report["added"], report["refused"]) == (84, 84, [])
    assert len(report["warnings"]) == 4


def test_a_fault_of_ours_is_one_line_and_exit_code_1(survey_home: Path) -> None:
    program = (
        "from assistant import cli; from assistant.cli import common, status\n"
        "status.open_assistant = lambda *_: 1 / 0\n"
        "cli.main(['status'])"
    )
    for debug, lines in (({}, 1), ({"FOOTNOTE_DEBUG": "1"}, 30)):
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment(survey_home, **debug), capture_output=True, text=True
        )
        assert done.returncode == 1
        assert "ZeroDivisionError: division by zero" in done.stderr
        assert ("Traceback" in done.stderr) == bool(debug)
        assert len(done.stderr.splitlines()) <= lines
