"""Sentences checked by the bundled papers, with the real model."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.checking.checker import Checker, without_marks
from assistant.checking.desk import Desk
from assistant.checking.judge import Judge
from assistant.library import open_collection
from index.encoder import Encoder
from index.passages import sentences
from ingest import catalogue
from ingest.errors import InputError
from ingest.paper import Paper, Source

from .conftest import ROOT, environment

PAPERS = {paper.source.row: paper for paper in catalogue.load().papers}
FRUGAL, ROUTE, SPECULATIVE = PAPERS[16], PAPERS[22], PAPERS[24]


@pytest.fixture
def checker(use_survey: Path) -> Iterator[Checker]:
    yield Checker(Encoder.open())


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (16, "For the same price, FrugalGPT can be 4 percent more accurate than GPT-4 [3]."),
        (22, "The routers learn from human preferences whether a query needs the stronger model."),
        (24, "A small draft model proposes tokens that the large model checks in parallel."),
        (65, "DistilBERT keeps 97% of BERT's abilities at 40% less size."),
        (77, "No human annotation is needed to weigh the synthetic samples."),
    ],
)
def test_what_a_paper_says_in_other_words_is_supported(checker: Checker, row: int, sentence: str) -> None:
    check = checker.check(sentence, PAPERS[row])
    assert check.verdict == "supported", check.reason
    assert check.evidence is not None
    start, end = check.evidence.start, check.evidence.end
    assert PAPERS[row].text[start:end] == check.evidence.text


@pytest.mark.parametrize(
    ("row", "sentence", "reason"),
    [
        (16, "FrugalGPT equals the best single LLM at up to 60% lower cost.", "98%, not 60%"),
        (16, "RouteLLM learns to route queries from preference data.", "does not mention “RouteLLM”"),
        (22, "The routers do not generalize to LLMs that were not seen in training.", "which this sentence denies"),
        (69, "LLM-QAT needs access to the training data.", "which this sentence affirms"),
        (24, "The protein folds at a rate that depends on the solvent's temperature.", "does not speak of"),
        (22, "RouteLLM “lowers cost by more than two times”.", "does not have the words"),
    ],
)
def test_what_a_paper_does_not_say_is_found_with_the_reason(
    checker: Checker, row: int, sentence: str, reason: str
) -> None:
    check = checker.check(sentence, PAPERS[row])
    assert check.verdict != "supported"
    assert reason in check.reason


def test_an_opposite_is_seen_and_speaks_against_a_sentence(checker: Checker) -> None:
    hard, easy = (
        checker.check(f"The routing model queries the cloud for {which} examples.", PAPERS[15])
        for which in ("hard", "easy")
    )
    assert hard.signals and not hard.signals.contrary.opposed
    assert easy.signals and easy.signals.contrary.opposed_words == "easy examples"
    assert easy.support < hard.support - 0.2


def test_a_half_true_sentence_is_partly_supported(checker: Checker) -> None:
    check = checker.check("RouteLLM trains routers on human preference data, and it translates Icelandic sagas.", ROUTE)
    assert check.verdict == "partly"
    assert "Icelandic" in check.reason


@pytest.mark.parametrize("row", range(1, 85))
def test_every_sentence_of_a_text_supports_itself_with_itself_as_evidence(checker: Checker, row: int) -> None:
    passages = sentences(PAPERS[row].text)
    for check, passage in zip(checker.check_all([(p.text, PAPERS[row]) for p in passages]), passages, strict=True):
        assert (check.verdict, check.support, check.evidence) == ("supported", 1.0, passage)


def test_a_sentences_list_fields_are_known(checker: Checker) -> None:
    assert checker.check("FrugalGPT by Lingjiao Chen and others came out in 2024.", FRUGAL).verdict == "supported"
    assert checker.check("FrugalGPT by Lingjiao Chen and others came out in 2021.", FRUGAL).verdict != "supported"


def test_checking_many_says_the_same_as_checking_one(checker: Checker) -> None:
    claims = list(itertools.product(["A router picks a model.", "Tokens are drafted."], [FRUGAL, ROUTE, SPECULATIVE]))
    together = checker.check_all(claims)
    for claim, check in zip(claims, together, strict=True):
        alone = checker.check(*claim)
        assert (alone.verdict, alone.evidence) == (check.verdict, check.evidence)
        assert alone.support == pytest.approx(check.support, abs=1e-3)


@pytest.mark.parametrize(
    ("sentence", "plain"),
    [
        ("It works [1][2, 3].", "It works."),
        ("It works (Ong et al., 2024) well.", "It works well."),
        ("It **works** [4–6]", "It works"),
        ("It uses LoRA (low-rank adapters).", "It uses LoRA (low-rank adapters)."),
    ],
)
def test_citation_marks_are_no_part_of_a_claim(sentence: str, plain: str) -> None:
    assert without_marks(sentence) == plain


def test_a_wrong_citation_is_pointed_at_the_paper_that_says_it(checker: Checker) -> None:
    retrieved = [FRUGAL, ROUTE, SPECULATIVE]
    sentence = "Routers trained on human preference data choose between a stronger and a weaker LLM."
    assert checker.repoint(sentence, SPECULATIVE, retrieved) == ROUTE
    assert checker.repoint(sentence, ROUTE, retrieved) is None, "a right citation stays"
    assert checker.repoint("Sourdough rises slowly at altitude.", FRUGAL, retrieved) is None
    assert checker.repoint(sentence, SPECULATIVE, []) is None


def test_a_paper_without_a_text_is_judged_by_its_title(checker: Checker) -> None:
    paper = Paper.create(title="Routing Queries Between Small and Large Models", source=Source("x", 1))
    check = checker.check("Queries are evicted from the cache.", paper)
    assert check.verdict == "not supported" and check.evidence is None and "its title" in check.reason


@pytest.mark.parametrize(
    "sentence",
    ["?", "42", "[1]", "a " * 5_000, "(A" * 3_000, "not " * 2_000, "100 million " * 500, "“" * 900, "日本語の文"],
)
def test_odd_sentences_are_judged_too(checker: Checker, sentence: str) -> None:
    check = checker.check(sentence, FRUGAL)
    assert 0 <= check.support <= 1


def test_the_desk_finds_papers_by_id_title_and_part_of_a_title(use_survey: Path) -> None:
    desk = Desk.beside(open_collection())
    for name in (
        "arxiv:2305.05176",
        "2305.05176",
        "https://arxiv.org/abs/2305.05176v2",
        FRUGAL.title.upper(),
        "frugalgpt",
    ):
        assert desk.find(name) == FRUGAL
    with pytest.raises(InputError, match="did you mean 'FrugalGPT"):
        desk.find("Frugal GTP: how to use large language models")
    with pytest.raises(InputError, match="titles have 'speculative decoding'"):
        desk.find("speculative decoding")
    with pytest.raises(InputError, match="no paper 'sourdough'"):
        desk.find("sourdough")


@pytest.fixture(scope="session")
def tiny_judge(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of random weights with the labels of NLI."""
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, set_seed

    set_seed(0)
    folder = tmp_path_factory.mktemp("tiny-judge")
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    labels = {0: "contradiction", 1: "entailment", 2: "neutral"}
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=128, id2label=labels, label2id={name: i for i, name in labels.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.model_max_length = 128
    tokenizer.save_pretrained(folder)
    return folder


def test_a_cross_encoder_can_replace_the_judge(
    use_survey: Path, tiny_judge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge(str(tiny_judge))
    own = judge([(f"{FRUGAL.title}. {FRUGAL.text}", "It costs less.")])[0]
    assert 0 < own < 1
    monkeypatch.setenv("FOOTNOTE_JUDGE", str(tiny_judge))
    check, _ = Desk.beside(open_collection()).check("It costs less.", FRUGAL.id)
    assert check.support == pytest.approx(own, abs=1e-4)
    assert tiny_judge.name in check.reason and check.evidence is not None


def test_a_judge_that_is_none_is_said_to_be_none(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no cross-encoder in"):
        Judge(str(tmp_path / "absent"))
    with pytest.raises(InputError, match="cannot be used"):
        Judge(str(tmp_path))


def test_checking_imports_nothing_heavy(survey_home: Path) -> None:
    code = (
        "import sys; from assistant.cli import main; main(['check', 'A router picks models.', '--paper', 'RouteLLM'])\n"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'scipy', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(survey_home), cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
