"""Comparisons and overviews: what asks for one, and what the data hold."""

import json

import pytest

from assistant import Assistant
from assistant.facts.comparison import Comparison, compared
from assistant.facts.naming import called, named_in, short_name
from assistant.facts.overview import LEADING, Overview, asked, everything
from index.collection import Collection


@pytest.fixture
def survey(use_survey) -> Collection:
    return Assistant.open("survey").collection


NAMED = [
    ("RouteLLM", "RouteLLM: Learning to Route LLMs from Preference Data"),
    ("frugalgpt", "FrugalGPT: How to Use Large Language Models While Reducing Cost and Improving Performance"),
    ("the DistilBERT paper", "DistilBERT, a distilled version of BERT: smaller, faster, cheaper and lighter"),
    ("LESS", "LESS: Selecting Influential Data for Targeted Instruction Tuning"),
    ("DSIR", "Data selection for language models via importance resampling"),
    ("ZOOTER", "Routing to the Expert: Efficient Reward-guided Ensemble of Large Language Models"),
    (
        "Weak-to-Strong Search",
        "Weak-to-Strong Search: Align Large Language Models via Searching over Small Language Models",
    ),
    ("tuning language models by proxy", "Tuning Language Models by Proxy"),
    ("Learning to Route LLMs from Preference Data", "RouteLLM: Learning to Route LLMs from Preference Data"),
]


def test_papers_go_by_their_names(survey: Collection) -> None:
    assert [(name, (paper := called(name, survey)) and paper.title) for name, _ in NAMED] == NAMED


def test_what_is_no_name_names_no_paper(survey: Collection) -> None:
    for name in ("speculative decoding", "distillation", "GPT-4", "WizardLM", "zebra", "?", "models", "the paper"):
        assert called(name, survey) is None, name


def test_each_title_of_the_survey_names_its_paper(survey: Collection) -> None:
    wrong = [paper.title for paper in survey.papers() if called(paper.title, survey) != paper]
    assert wrong == []


def test_each_short_name_of_the_survey_names_its_paper(survey: Collection) -> None:
    short = {name: paper for paper in survey.papers() if (name := short_name(paper))}
    assert len(short) > 40
    assert [name for name, paper in short.items() if called(name, survey) != paper] == []


@pytest.mark.parametrize(
    "question", ["how do people pick less data?", "is less more when data are pruned?", "do lions love blades?"]
)
def test_a_word_of_the_language_is_no_name(survey: Collection, question: str) -> None:
    assert named_in(question, [hit.paper for hit in survey.search(question).hits]) == []


COMPARED = [
    ("compare RouteLLM and FrugalGPT", 2),
    ("Compare RouteLLM, FrugalGPT and AutoMix.", 3),
    ("how do LESS and DSIR differ?", 2),
    ("how does MiniLLM differ from DistilBERT?", 2),
    ("what is the difference between BERTScore and BARTScore?", 2),
    ("difference between Toolformer and DocPrompting", 2),
    ("RouteLLM vs AutoMix", 2),
    ("what do TinyLLM and MiniLLM have in common?", 2),
    (
        "compare Fast Inference from Transformers via Speculative Decoding with "
        "Accelerating Large Language Model Decoding with Speculative Sampling",
        2,
    ),
]


@pytest.mark.parametrize(("question", "papers"), COMPARED)
def test_papers_called_by_name_are_compared(survey: Collection, question: str, papers: int) -> None:
    found = asked(question, survey)
    assert isinstance(found, Comparison) and len(found.rows) == papers
    for row in found.rows:
        assert row.sentence
        assert row.paper.text[row.sentence.start : row.sentence.end] == row.sentence.text
    json.dumps(found.to_dict())


def test_what_two_papers_share_and_what_differs(survey: Collection) -> None:
    found = asked("compare RouteLLM and FrugalGPT", survey)
    assert isinstance(found, Comparison)
    assert [row.paper.title.split(":")[0] for row in found.rows] == ["RouteLLM", "FrugalGPT"]
    assert [name for name, _ in found.shared] == ["section"]
    assert {one.field: one.values for one in found.differs} == {
        "topic": ("Model Routing", "Model Cascading"),
        "year": ("2025", "2024"),
        "venue": ("ICLR", "TMLR"),
        "code": ("yes", "no"),
    }
    assert found.terms
    for row in found.rows:
        text = f"{row.paper.title} {row.paper.topic} {row.paper.section} {row.paper.text}".lower()
        assert all(term[:4] in text for term in found.terms)


def test_papers_of_a_conversation_are_compared(survey: Collection) -> None:
    papers = [hit.paper for hit in survey.search("speculative decoding", 2).hits]
    assert [row.paper for row in compared(papers, survey).rows] == papers


ORDINARY = """
which papers route queries between models?
compare distillation and pruning
compare RouteLLM and WizardLM
compare small and large models
compare RouteLLM with itself
what is the difference between PTQ and QAT?
how do cascades and routers differ?
PTQ vs QAT for LLMs
speculative decoding
how does RouteLLM choose a model?
overview of sourdough baking
what does the survey say about passports?
what topics do intent classifiers cover?
LLM vs small model for personality detection
studies that compare human labels and labels from GPT-3
summary generation with large models
""".strip().splitlines()


@pytest.mark.parametrize("question", ORDINARY)
def test_any_other_question_is_left_to_the_search(survey: Collection, question: str) -> None:
    assert asked(question, survey) is None


@pytest.mark.parametrize(
    "question",
    [
        "what does the survey say about knowledge distillation?",
        "Give me an overview of knowledge distillation.",
        "summarise what the list has on knowledge distillation",
    ],
)
def test_a_section_is_shown_whole(survey: Collection, question: str) -> None:
    found = asked(question, survey)
    assert isinstance(found, Overview)
    assert (found.section, found.papers, found.with_code, found.years) == (
        "Knowledge Distillation",
        14,
        8,
        (2019, 2024),
    )
    assert found.venues[0] == ("ACL", 6) and sum(n for _, n in found.venues) == 14
    branch = found.sections[0]["children"][0]["children"][0]
    assert {child["name"]: child["papers"] for child in branch["children"]} == {
        "Black-box Distillation": 9,
        "White-box Distillation": 5,
    }
    assert len(found.leading) == LEADING
    for row in found.leading:
        assert "Knowledge Distillation" in row.paper.section
        assert row.sentence and row.paper.text[row.sentence.start : row.sentence.end] == row.sentence.text
    json.dumps(found.to_dict())


def test_a_topic_that_is_no_section_is_searched_for(survey: Collection) -> None:
    found = asked("what does the survey say about hallucination?", survey)
    assert isinstance(found, Overview)
    assert found.section is None and found.papers >= 4
    assert "SelfCheckGPT" in " ".join(row.paper.title for row in found.leading)


@pytest.mark.parametrize(
    "question",
    ["which topics does this collection have?", "what topics are covered?", "how is the survey organised?"]
    + ["what is this collection about?", "give me an overview of the survey", "what is in the list?"],
)
def test_the_whole_collection_is_shown(survey: Collection, question: str) -> None:
    found = asked(question, survey)
    assert isinstance(found, Overview)
    assert (found.topic, found.papers, found.years) == (None, 84, (2019, 2025))
    assert [section["papers"] for section in found.sections] == [84]
    assert len({row.paper.section[2] for row in found.leading}) == LEADING


def test_an_empty_collection_has_an_overview(tiny_home, tiny_model) -> None:
    found = everything(Collection.create("empty", str(tiny_model)))
    assert (found.papers, found.years, found.venues, found.leading) == (0, None, (), ())
