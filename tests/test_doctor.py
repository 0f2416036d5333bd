"""`footnote doctor`: which model plays each role, where it runs, what leaves the machine, and whether it works."""

import json
from pathlib import Path

from assistant.testing import ScriptedServer

from .conftest import Run

KEY = "sk-footnote-0123456789abcdef"


def test_with_nothing_configured_all_is_well(footnote: Run) -> None:
    done = footnote("doctor")
    assert done.returncode == 0, done.stderr
    for role in ("encoder  all-MiniLM-L6-v2", "judge", "small    none", "large    none"):
        assert f"\n{role}" in f"\n{done.stdout}"
    assert "vectors of 384 numbers" in done.stdout and "collection survey" in done.stdout
    assert "leave this machine" not in done.stdout.replace("nothing leaves this machine", "")


def test_it_tries_each_model_and_says_where_it_runs(footnote: Run) -> None:
    with ScriptedServer("ready") as small, ScriptedServer("", "unauthorised") as large:
        done = footnote(
            "doctor", "--json", FOOTNOTE_SMALL=small.address, FOOTNOTE_LARGE=large.address, FOOTNOTE_LARGE_KEY=KEY
        )
    assert done.returncode == 1
    report = json.loads(done.stdout)
    roles = {role["role"]: role for role in report["roles"]}
    assert roles["small"]["works"] and roles["small"]["detail"] == "said 'ready'"
    assert roles["small"]["where"] == "this machine" and roles["small"]["leaves"] is None
    assert not roles["large"]["works"] and "FOOTNOTE_LARGE_KEY" in roles["large"]["detail"]
    assert len(small.requests) == len(large.requests) == 1
    assert report["well"] is False and report["collections"][0]["name"] == "survey"
    assert report["versions"]["faiss-cpu"]
    assert KEY not in done.stdout + done.stderr


def test_a_hosted_model_is_named_as_what_it_is(footnote: Run) -> None:
    done = footnote("doctor", FOOTNOTE_LARGE="m@https://api.example.org/v1")
    assert done.returncode == 1
    (found,) = [line for line in done.stdout.splitlines() if "api.example.org ·" in line]
    assert "the question and the texts of the papers found leave this machine" in " ".join(done.stdout.split())
    assert "nothing leaves" not in found


def test_local_only_keeps_it_from_asking(footnote: Run) -> None:
    done = footnote("doctor", "--json", FOOTNOTE_LARGE="m@https://api.example.org/v1", FOOTNOTE_LOCAL_ONLY="on")
    (large,) = [role for role in json.loads(done.stdout)["roles"] if role["role"] == "large"]
    assert done.returncode == 1 and "local_only is on" in large["detail"]


def test_a_model_that_is_not_there_is_a_finding(footnote: Run, home: Path) -> None:
    done = footnote("doctor", home=home, FOOTNOTE_MODEL="/no/such/model", FOOTNOTE_SMALL="/no/such/model.gguf")
    assert done.returncode == 1 and done.stderr == ""
    assert "no model folder /no/such/model" in done.stdout and "no file /no/such/model.gguf" in done.stdout
