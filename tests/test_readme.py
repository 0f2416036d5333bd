"""The README's commands are run, and print what it shows."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, Run, environment

README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```console\n\$ footnote (.*?)\n(.*?)```", README, re.DOTALL)


def without_times(text: str) -> str:
    return re.sub(r"\d+(\.\d+)? m?s\b", "T", text)


def agrees(shown: str, printed: str) -> bool:
    """Whether `printed` is `shown`, in which a line of three dots stands for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in without_times(shown).splitlines()
    )
    return re.fullmatch(pattern, without_times(printed)) is not None


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_a_command_prints_what_the_readme_shows(command: str, shown: str, footnote: Run, survey_home, home) -> None:
    arguments = shlex.split(command)
    if arguments[0] == "add":
        (home / "models").mkdir(parents=True)
        (home / "models" / "all-MiniLM-L6-v2").symlink_to(survey_home / "models" / "all-MiniLM-L6-v2")
        done = footnote(*arguments, home=home)
    else:
        done = footnote(*arguments)
    assert agrees(shown, done.stdout), done.stdout + done.stderr


def test_there_are_five_examples_and_few_lines() -> None:
    assert len(EXAMPLES) >= 5
    assert len(README.splitlines()) < 120


def test_the_python_example_runs(survey_home: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(survey_home), cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "RouteLLM" in done.stdout


def test_the_files_that_it_links_are_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        if not link.startswith("http"):
            assert (ROOT / link).exists(), link


def test_its_other_commands_run(footnote: Run, home: Path) -> None:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    plain = "".join(block for language, block in fenced if not language)
    commands = re.findall(r"^(make|footnote) (.*?)(?: +#.*)?$", plain, re.MULTILINE)
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(commands) == 5
    for program, arguments in commands:
        if program == "make":
            assert arguments in targets
        else:
            done = footnote(*shlex.split(arguments), home=home)
            assert done.returncode == 0, done.stderr
