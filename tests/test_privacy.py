"""What no person asked for does not happen: nothing is kept outside the home, nobody is told of a search."""

import os
import subprocess
import sys
from pathlib import Path

from .conftest import ROOT, environment


def test_a_search_leaves_no_trace_outside_its_home(survey_home: Path, tmp_path: Path) -> None:
    """onnxruntime, left to itself, writes an identifier of the machine and a file of events that it sends."""
    variables = {
        name: value for name, value in environment(survey_home).items() if name not in ("CI", "GITHUB_ACTIONS")
    }
    variables.pop("ORT_DISABLE_TELEMETRY", None)
    places = {name: tmp_path / name for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    for place in places.values():
        place.mkdir()
    ran = subprocess.run(
        [sys.executable, "-B", "-m", "assistant.cli", "search", "routing"],
        env={**variables, **{name: str(place) for name, place in places.items()}},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert [path for place in places.values() for path in place.rglob("*")] == []


def test_whoever_imports_the_index_has_it_switched_off() -> None:
    script = "import index, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    variables = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    ran = subprocess.run([sys.executable, "-c", script], env=variables, cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout == "1\n", ran.stderr
