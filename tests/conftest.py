"""Shared by all tests: a home of their own, a blocked network, a tiny model, the built survey."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"  # facts and collections that lie beside a developer's checkout

sys.path.insert(0, str(Path(__file__).parent / "blocked"))
import sitecustomize  # noqa: E402, F401 (importing it blocks the network in this process)

os.environ.update(
    HF_HUB_OFFLINE="1",
    GRADIO_ANALYTICS_ENABLED="False",
    TOKENIZERS_PARALLELISM="false",
    NO_COLOR="1",
    COLUMNS="100",
)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell has what it starts in the background ignore Ctrl-C; what the tests start must heed it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Processes that the tests start import this too: they keep the home that they were given.
_KEPT = ("FOOTNOTE_HOME", "FOOTNOTE_MUTATIONS")
for variable in [name for name in os.environ if name.startswith("FOOTNOTE_") and name not in _KEPT]:
    os.environ.pop(variable)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that the tests start."""
    return {
        **os.environ,
        "FOOTNOTE_HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "blocked"), str(ROOT)]),
        **more,
    }


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A FOOTNOTE_HOME of the test's own, empty."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FOOTNOTE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def survey_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A FOOTNOTE_HOME with the bundled model exported and the survey indexed, to be read only."""
    folder = tmp_path_factory.mktemp("survey-home")
    built = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "status"], env=environment(folder), capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture
def use_survey(survey_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the code under test see `survey_home`."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(survey_home))
    return survey_home


@pytest.fixture
def footnote(survey_home: Path) -> Run:
    """Run the command line in a process of its own, on `survey_home` unless another home is named."""

    def run(*arguments: str, home: Path = survey_home, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "assistant.cli", *arguments],
            env=environment(home, **variables),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A browser, for the tests of one file."""
    from .browser import chromium

    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def survey_page(survey_home: Path) -> Iterator[str]:
    """The address of the survey's page, served for the tests of one file."""
    from .browser import served

    with served(survey_home) as url:
        yield url


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with a two-layer BERT of random weights and a small vocabulary."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast, set_seed

    set_seed(0)
    bert = tmp_path_factory.mktemp("bert")
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    words = ["small", "large", "model", "models", "query", "route", "data", "teacher", "student", "token"]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *letters, *(f"##{c}" for c in letters)]
    (bert / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    BertTokenizerFast(str(bert / "vocab.txt")).save_pretrained(bert)
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=128, **size)).save_pretrained(bert)
    folder = tmp_path_factory.mktemp("tiny-model")
    layers = Transformer(str(bert), max_seq_length=64)
    SentenceTransformer(modules=[layers, Pooling(32)], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny_export(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A FOOTNOTE_HOME in which `tiny_model` is exported, to be copied."""
    from index.encoder import Encoder

    folder = tmp_path_factory.mktemp("tiny-home")
    before = os.environ.get("FOOTNOTE_HOME")
    os.environ["FOOTNOTE_HOME"] = str(folder)
    try:
        Encoder.open(str(tiny_model))
    finally:
        os.environ.pop("FOOTNOTE_HOME")
        if before is not None:
            os.environ["FOOTNOTE_HOME"] = before
    return folder


@pytest.fixture
def tiny_home(tiny_export: Path, home: Path) -> Iterator[Path]:
    """A FOOTNOTE_HOME of the test's own in which `tiny_model` is exported: opening it needs no torch."""
    import shutil

    shutil.copytree(tiny_export, home)
    yield home
