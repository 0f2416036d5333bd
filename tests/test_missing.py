"""Facts of one paper that its text lacks are named as missing; nothing else is taken for such a question."""

import pytest

from assistant import Assistant
from assistant.facts import Fact, fact_sought
from ingest.paper import Paper, Source

ORDINARY = """
which papers route queries between models?
how does RouteLLM choose between models?
what is RouteLLM?
what does FrugalGPT do?
who wrote DistilBERT?
who proposed Toolformer?
when was BERTScore published?
where was MiniLLM published?
does LESS have code?
compare RouteLLM and FrugalGPT
how many papers use DistilBERT?
which papers cite Toolformer?
which papers train on a GPU?
how much data is needed for instruction tuning?
how many parameters does a small language model have?
which dataset should one use for table question answering?
what licence do model weights usually have?
how long does it take to distil a model?
which learning rate works for distillation?
what accuracy can a small model reach on MMLU?
how do small models reduce the cost of inference?
why does MiniLLM use reverse KL divergence?
tell me about ToxiGen
how does SelfCheckGPT detect hallucinations?
is QuRating better than perplexity?
what is the idea of speculative decoding?
data selection for instruction tuning
small models used as judges of text that large models generate
how do RouteLLM and AutoMix differ?
papers about hardware for quantization
what happens in the lab when models are distilled?
how can LLMs be made cheaper?
what data does DoReMi reweight and why?
how does ZeroQuant speed up inference?
how good is Lion compared with ChatGPT?
""".strip().splitlines()

MISSING = [
    ("what GPU did RouteLLM use?", "hardware"),
    ("which GPUs was DistilBERT trained on?", "hardware"),
    ("on what hardware was LESS run?", "hardware"),
    ("how many GPUs did DoReMi need?", "hardware"),
    ("how much memory does FrugalGPT need?", "hardware"),
    ("how many GPU hours did it take to train Toolformer?", "time"),
    ("how long did training MiniLLM take?", "time"),
    ("how many days was TinyLLM trained?", "time"),
    ("what is the training time of QuRating?", "time"),
    ("how many parameters does TinyLLM's student have?", "size"),
    ("how many parameters does the RouteLLM router have?", "size"),
    ("how big is the BERTScore model?", "size"),
    ("who funded FrugalGPT?", "funding"),
    ("which agency gave the grant for BARTScore?", "funding"),
    ("what is the learning rate in DistilBERT?", "hyper-parameter"),
    ("which optimizer does MiniLLM use?", "hyper-parameter"),
    ("what batch size was used for TinyLLM?", "hyper-parameter"),
    ("how many epochs was Lion trained for?", "hyper-parameter"),
    ("what temperature does SelfCheckGPT sample with?", "hyper-parameter"),
    ("what accuracy did RouteLLM get on MMLU?", "figure"),
    ("what F1 score does ToxiGen reach?", "figure"),
    ("what BLEU score did CombLM get?", "figure"),
    ("what perplexity did MiniLLM reach on WikiText?", "figure"),
    ("under what licence is Toolformer released?", "licence"),
    ("is the license of CCNet permissive?", "licence"),
    ("how much did QuRating cost?", "cost"),
    ("how many dollars did the SelfCheckGPT experiments take?", "cost"),
    ("which university are the authors of AutoMix from?", "place"),
    ("who is the corresponding author of LESS?", "person"),
    ("when was the ToxiGen data collected?", "date"),
    ("which framework is ProxyLM written in: PyTorch or JAX?", "software"),
    ("how many layers does DistilBERT have?", "number"),
    ("how many annotators worked on ToxiGen?", "number"),
    ("how many languages does CCNet cover?", "number"),
    ("which datasets was RouteLLM trained on?", "dataset"),
]

PRESENT = [
    ("how long did DSIR take to choose 100M documents?", "4.5 hours"),
    ("how many documents did DSIR choose?", "100M documents"),
    ("how many parameters does the DoReMi proxy model have?", "280M-parameter"),
    ("how many tokens did QuRating select?", "30B tokens"),
    ("what accuracy did Data Shunt reach?", "95.64%"),
    ("how many systems was BERTScore tested on?", "363 systems"),
    ("how many datasets was BARTScore tested on?", "16 datasets"),
    ("how many training examples did Lion need?", "70k training examples"),
    ("how many groups does ToxiGen cover?", "13 minority groups"),
    ("how many statements are in ToxiGen?", "274k statements"),
    ("which optimizer does LESS assume?", "Adam optimizer"),
    ("which benchmark was DocPrompting tested on?", "CoNaLa"),
    ("what win rate does Aligner reach?", "58.3%"),
    ("how many samples was HaluAgent tuned on?", "2K samples"),
    ("which datasets was Selective Reflection-Tuning applied to?", "Alpaca and WizardLM"),
    ("how many parameters do the MiniLLM model families have?", "120M to 13B"),
    ("how many LLMs was Aligner tested with?", "11 LLMs"),
    ("how many models does Hugging Face hold according to Tryage?", "200,000 models"),
]


@pytest.fixture
def survey(use_survey) -> Assistant:
    return Assistant.open("survey")


def sought(question: str, survey: Assistant) -> Fact | None:
    return fact_sought(question, [hit.paper for hit in survey.search(question).hits])


def test_an_ordinary_question_asks_for_no_fact(survey: Assistant) -> None:
    assert [question for question in ORDINARY if sought(question, survey)] == []


def test_a_fact_that_the_text_lacks_is_missing(survey: Assistant) -> None:
    for question, kind in MISSING:
        fact = sought(question, survey)
        assert fact, question
        assert (fact.kind, fact.missing) == (kind, True), question
        assert fact.said.startswith("The summary of it here does not say "), question


def test_a_fact_that_the_text_states_is_shown(survey: Assistant) -> None:
    for question, words in PRESENT:
        fact = sought(question, survey)
        assert fact and fact.sentence, question
        assert words in fact.sentence.text, question
        assert fact.paper.text[fact.sentence.start : fact.sentence.end] == fact.sentence.text


def abstract(text: str = "") -> Paper:
    kind = "abstract" if text else None
    return Paper.create(title="A study", text=text, text_kind=kind, source=Source("list.md", 1))


def test_it_and_they_are_the_paper_spoken_of() -> None:
    fact = fact_sought("what GPU did they use?", [], abstract("We train a model. It is small."))
    assert fact and fact.missing and fact.said == "Its abstract does not say which hardware was used."
    fact = fact_sought("what GPU did they use?", [], abstract("We train on one A100. It is small."))
    assert fact and fact.sentence and fact.sentence.text == "We train on one A100."
    assert fact_sought("what GPU did they use?", [abstract("We train a model.")]) is None


def test_a_paper_without_a_text_says_nothing() -> None:
    fact = fact_sought("who funded it?", [], abstract())
    assert fact and fact.said == "No abstract of it is here to say who funded it."
