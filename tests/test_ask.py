"""`ask` on the bundled survey, with no LLM: what the answer must hold."""

import json
import shutil
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.extract import asks_for_one
from index.filters import Filters
from ingest import catalogue

ROUTING = "which papers route queries between models?"
ENSEMBLING = "Ensembling different-size models to reduce inference costs"


@pytest.fixture
def survey(use_survey: Path) -> Assistant:
    return Assistant.open("survey")


def test_routing_papers_are_found_and_come_first(survey: Assistant) -> None:
    answer = survey.ask(ROUTING)
    cited = [citation.paper for citation in answer.references]
    assert sum(paper.section[-1] == ENSEMBLING for paper in cited) >= 7
    first_elsewhere = next((i for i, p in enumerate(cited) if p.section[-1] != ENSEMBLING), len(cited))
    assert sum(paper.topic == "Model Routing" for paper in cited[:first_elsewhere]) == 5


@pytest.mark.parametrize("question", [ROUTING, "speculative decoding", "how are LLM hallucinations detected?"])
def test_every_quoted_sentence_is_byte_identical_to_its_source(survey: Assistant, question: str) -> None:
    answer = survey.ask(question)
    assert answer.sentences
    for sentence in answer.sentences:
        assert sentence.verdict == "quoted"
        assert len(sentence.citations) == 1
        assert sentence.text.encode() in sentence.citations[0].paper.text.encode()


def test_footnotes_are_numbered_in_the_order_of_the_answer(survey: Assistant) -> None:
    answer = survey.ask(ROUTING)
    assert [c.n for s in answer.sentences for c in s.citations] == list(range(1, len(answer.references) + 1))


def test_a_paper_in_mind_gives_that_paper(survey: Assistant) -> None:
    answer = survey.ask("the paper in which a 280M model sets the domain weights for an 8B model")
    assert [c.paper.title for c in answer.references] == [
        "DoReMi: Optimizing Data Mixtures Speeds Up Language Model Pretraining"
    ]


@pytest.mark.parametrize(
    "question", ["sourdough hydration for baking at high altitude", "asdf qwer zxcv", "how do I renew a passport?"]
)
def test_what_the_collection_lacks_is_refused_with_the_nearest_three(survey: Assistant, question: str) -> None:
    answer = survey.ask(question)
    assert answer.refused and answer.reason and not answer.sentences
    assert len(answer.nearest) == 3
    assert answer.lead == "Not in this collection."


def test_filters_that_nothing_passes_are_named(survey: Assistant) -> None:
    answer = survey.ask(ROUTING, Filters(venue="nowhere"))
    assert answer.refused and answer.reason == "No paper passes the filters (nowhere)."


def test_each_paper_is_found_first_by_its_own_title(survey: Assistant) -> None:
    papers = list(catalogue.load().papers)
    first = [survey.search(paper.title, 1).hits[0].paper.id == paper.id for paper in papers]
    assert sum(first) == len(papers)


def test_answers_are_the_same_every_time(survey: Assistant) -> None:
    first, second = (survey.ask(ROUTING).to_dict() for _ in range(2))
    for answer in (first, second):
        answer.pop("cost")
        for step in answer["steps"]:
            step.pop("seconds")
    assert first == second


def test_json_has_the_promised_names(survey: Assistant) -> None:
    answer = survey.ask(ROUTING).to_dict()
    promised = "question route refused reason confidence read_as answer sentences references nearest cost"
    assert list(answer) == [*promised.split(), "because", "table", "steps"]
    assert answer["references"][0].keys() == {"n", "paper"}
    paper = "id title authors year venue topic section text text_kind url code_url arxiv_id doi source corrections"
    assert set(paper.split()) <= answer["references"][0]["paper"].keys()


@pytest.mark.parametrize(
    "question",
    [
        "Which papers study hallucination?",
        "What papers study data selection?",
        "Which articles study knowledge distillation?",
        "What data should one use for pretraining?",
        "Which models does one call first in a cascade?",
        "how does a small model speed up the large one?",
    ],
)
def test_a_question_for_papers_is_not_taken_for_one_paper(question: str) -> None:
    assert not asks_for_one(question)


@pytest.mark.parametrize(
    "question",
    [
        "the paper in which GPT-4 is taught by GPT-2",
        "The Chinchilla 70B one: a draft model proposes",
        "which paper is RAG?",
    ],
)
def test_a_question_for_one_paper_is_seen(question: str) -> None:
    assert asks_for_one(question)


def test_a_word_that_only_a_venue_or_an_author_has_is_not_called_missing(survey: Assistant) -> None:
    assert survey.search("ICML 2023 papers by Leviathan").unknown_words == ()


def test_adding_the_bare_list_takes_nothing_from_the_survey(footnote, survey_home: Path, home: Path) -> None:
    shutil.copytree(survey_home, home)
    rows = "".join(f"| {p.title} | [{p.venue}]({p.url}) |\n" for p in catalogue.load().papers)
    (home.parent / "list.md").write_text(f"| Title | Venue |\n|---|---|\n{rows}", "utf-8")
    report = json.loads(footnote("add", str(home.parent / "list.md"), "--json", home=home).stdout)
    assert (report["added"], report["updated"], report["unchanged"]) == (0, 0, 84)
