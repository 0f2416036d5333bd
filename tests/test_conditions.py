"""Conditions on the list are read off a query where it states them, and nowhere else."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import conditions
from index.conditions import Names
from index.filters import Filters

AUTHORS = [
    *("Mike Lewis", "Patrick Lewis", "Sang Michael Xie", "Lihu Chen", "Yaniv Leviathan", "Cheng-Yu Hsieh"),
    *("Canwen Xu", "Sean O'Brien", "Ahmet Üstün", "Jia Li", "Furu Wei", "Ximing Lu", "Mingda Lion"),
]
NAMES = Names(
    venues=["ACL", "EMNLP", "NAACL", "ICML", "ICLR", "NeurIPS", "AAAI", "TMLR", "LREC-COLING", "Neural Networks"]
    + ["arXiv", "Nature"],
    topics=["Model Routing", "Speculative Decoding", "Hallucinations", "Codes", "Logits", "Documents"],
    sections=["Data Synthesis", "Knowledge Distillation", "Weak-to-Strong Paradigm", "Evaluating LLMs"],
    has_years=True,
    has_author=lambda name: any(f" {name.casefold()} " in f" {author.casefold()} " for author in AUTHORS),
)


def years(first: int | None, last: int | None) -> dict[str, int]:
    return {name: year for name, year in (("year_from", first), ("year_to", last)) if year is not None}


STATED: list[tuple[str, dict[str, Any], str]] = [
    # Venues, and the year beside them
    ("what was published at EMNLP 2023?", {"venue": "EMNLP", **years(2023, 2023)}, "what was published?"),
    ("EMNLP 2023 papers on data", {"venue": "EMNLP", **years(2023, 2023)}, "papers on data"),
    ("distillation, emnlp 2023", {"venue": "EMNLP", **years(2023, 2023)}, "distillation"),
    ("ICML '24 data selection", {"venue": "ICML", **years(2024, 2024)}, "data selection"),
    ("ACL'23 feedback", {"venue": "ACL", **years(2023, 2023)}, "feedback"),
    ("NeurIPS 2022", {"venue": "NeurIPS", **years(2022, 2022)}, ""),
    ("LREC-COLING 2024 reasoning", {"venue": "LREC-COLING", **years(2024, 2024)}, "reasoning"),
    ("routing in NAACL", {"venue": "NAACL"}, "routing"),
    ("from TMLR", {"venue": "TMLR"}, ""),
    ("ACL papers about hallucination", {"venue": "ACL"}, "papers about hallucination"),
    ("NAACL papers on routing", {"venue": "NAACL"}, "papers on routing"),
    ("routing papers presented at ICLR", {"venue": "ICLR"}, "routing papers"),
    ("speech, published in Neural Networks", {"venue": "Neural Networks"}, "speech"),
    ("drugs: published in nature", {"venue": "Nature"}, "drugs"),
    # Years
    ("papers since 2024 on routing", years(2024, None), "papers on routing"),
    ("distillation since 2023", years(2023, None), "distillation"),
    ("starting from 2022, quantization", years(2022, None), "quantization"),
    ("2024 or later", years(2024, None), ""),
    ("cascades, 2024 and newer", years(2024, None), "cascades"),
    ("papers after 2023 about quantization", years(2024, None), "papers about quantization"),
    ("papers newer than 2023", years(2024, None), "papers"),
    ("later than 2021: retrieval", years(2022, None), "retrieval"),
    ("papers before 2021", years(None, 2020), "papers"),
    ("older than 2020", years(None, 2019), ""),
    ("papers until 2022: retrieval", years(None, 2022), "papers: retrieval"),
    ("papers up to 2021", years(None, 2021), "papers"),
    ("2020 or earlier", years(None, 2020), ""),
    ("metrics, 2021 or older", years(None, 2021), "metrics"),
    ("published between 2019 and 2021", years(2019, 2021), "published"),
    ("work from 2020 to 2022 on augmentation", years(2020, 2022), "work on augmentation"),
    ("retrieval papers from 2020-2022", years(2020, 2022), "retrieval papers"),
    ("retrieval papers from 2020–2022", years(2020, 2022), "retrieval papers"),
    ("papers from 2022 on prompting", years(2022, 2022), "papers on prompting"),
    ("what appeared in 2025?", years(2025, 2025), "what appeared?"),
    ("2021 papers", years(2021, 2021), "papers"),
    ("show all 2020 publications", years(2020, 2020), "show all publications"),
    ("published 2019", years(2019, 2019), ""),
    ("papers since 2023 and before 2025", years(2023, 2024), "papers and"),
    # Authors
    ("papers by Mike Lewis", {"author": "Mike Lewis"}, ""),
    ("anything by Xie on data selection", {"author": "Xie"}, "on data selection"),
    ("what was written by Lihu Chen?", {"author": "Lihu Chen"}, "what was?"),
    ("by Leviathan", {"author": "Leviathan"}, ""),
    ("papers by O'Brien", {"author": "O'Brien"}, ""),
    ("articles by Üstün", {"author": "Üstün"}, ""),
    ("Leviathan et al. 2023", {"author": "Leviathan", **years(2023, 2023)}, ""),
    ("Leviathan et al., 2023", {"author": "Leviathan", **years(2023, 2023)}, ""),
    ("Hsieh et al. (2023) distillation", {"author": "Hsieh", **years(2023, 2023)}, "distillation"),
    ("plug-ins, Xu et al", {"author": "Xu"}, "plug-ins"),
    # Code
    ("papers with code", {"has_code": True}, "papers"),
    ("which papers have code?", {"has_code": True}, "which papers?"),
    ("routing papers that have code", {"has_code": True}, "routing papers"),
    ("papers with available code", {"has_code": True}, "papers"),
    ("papers with open-source code", {"has_code": True}, "papers"),
    ("papers that come with code", {"has_code": True}, "papers"),
    ("papers that release their code", {"has_code": True}, "papers"),
    ("papers whose code is available", {"has_code": True}, "papers"),
    ("distillation papers with a code repository", {"has_code": True}, "distillation papers"),
    ("articles which provide code", {"has_code": True}, "articles"),
    ("Which distillation papers include code?", {"has_code": True}, "Which distillation papers?"),
    ("papers with code about cascades", {"has_code": True}, "papers about cascades"),
    ("code generation papers with code", {"has_code": True}, "code generation papers"),
    ("which papers on code generation have code?", {"has_code": True}, "which papers on code generation?"),
    # Sections and topics
    ("papers in the section Data Synthesis", {"section": "Data Synthesis"}, "papers"),
    ("in the knowledge distillation section", {"section": "Knowledge Distillation"}, ""),
    ('under the heading "Speculative Decoding"', {"topic": "Speculative Decoding"}, ""),
    ("papers under the topic Model Routing", {"topic": "Model Routing"}, "papers"),
    ("from the topic of Hallucinations", {"topic": "Hallucinations"}, ""),
    # Several at once
    ("EMNLP 2023 papers with code", {"venue": "EMNLP", "has_code": True, **years(2023, 2023)}, "papers"),
    ("papers by Chen from 2024", {"author": "Chen", **years(2024, 2024)}, ""),
    ("ICML papers between 2023 and 2024 about data", {"venue": "ICML", **years(2023, 2024)}, "papers about data"),
    (
        "ACL papers since 2023 with code on distillation",
        {"venue": "ACL", "has_code": True, **years(2023, None)},
        "papers on distillation",
    ),
    (
        "in the Weak-to-Strong Paradigm section since 2024",
        {"section": "Weak-to-Strong Paradigm", **years(2024, None)},
        "",
    ),
]

NOT_STATED = """
code generation
generating code with retrieval
models trained with code
pretraining with code
reasoning with code
papers on prompting with code
papers that study code
papers about code
papers on code completion
which papers retrieve code documentation?
a model that includes code
models that provide code
language models that write code
source code retrieval
code-switching
text with code-mixed sentences
help with code
error-correcting code
the 2024 election
WMT 2014
trained on WMT 2014
ImageNet 2012
SQuAD 2016 questions
CommonCrawl 2019
2048 tokens
2000 examples
the first 2019 words
20 queries per second
before training
after pretraining
since models are large
until convergence
from 1 to 10
GPT-4
GPT 4 and BERT
as of January
tuning by proxy
tuning language models by proxy
step by step
by far the smallest model
side by side comparison
improving by Retrieval
learning by Example
judged by GPT-4
labels written by GPT-3
text generated by ChatGPT
instructions written by humans
attention by Vaswani
May
may models help?
Lion
Less is more
Wei
Lu
Kalman filter
li-ion batteries
in nature
in natural language
language in context
training neural networks
weak models in neural networks
quantisation of neural networks
arXiv abstracts as data
a corpus of arXiv texts
data in arXiv
ACL anthology corpus
acl injuries
icml
topic models
topic classification
section headings
evaluating documents
hallucinations
model routing
speculative decoding
logits of the teacher
knowledge distillation
"""


@pytest.mark.parametrize(("query", "filters", "rest"), STATED, ids=[query for query, _, _ in STATED])
def test_stated_conditions_are_read(query: str, filters: dict[str, Any], rest: str) -> None:
    found = conditions.read(query, NAMES)
    assert found.filters.to_dict() == filters
    assert found.rest == rest
    assert found.phrases and all(phrase in query for phrase in found.phrases)


@pytest.mark.parametrize("query", NOT_STATED.strip().splitlines())
def test_words_that_only_look_like_a_condition_are_left_alone(query: str) -> None:
    found = conditions.read(query, NAMES)
    assert found.filters == Filters()
    assert (found.phrases, found.rest) == ((), query)


def test_only_what_the_collection_has_can_be_asked_for_by_name() -> None:
    bare = Names(venues=[], topics=[], sections=[], has_years=True, has_author=lambda _: False)
    for query in ("EMNLP 2023", "papers by Mike Lewis", "Xu et al", "papers under the topic Model Routing"):
        assert conditions.read(query, bare).filters == Filters()


def test_venue_names_are_no_patterns() -> None:
    names = Names(
        venues=["C++ (ext.)", "A.L"], topics=["x|y"], sections=["(("], has_years=True, has_author=lambda _: False
    )
    assert conditions.read("ABL 2023, x or y, C++ 2020", names).filters == Filters()
    assert conditions.read("A.L 2023", names).filters.venue == "A.L"


WORDS = "papers by from in since between and EMNLP 2023 1999 code with have Xu et al. topic Model Routing the ( ) ? ,"


@given(st.lists(st.sampled_from([*WORDS.split(), "small", "models", "'24"]), max_size=12).map(" ".join))
def test_what_is_read_is_taken_out_and_nothing_else(query: str) -> None:
    found = conditions.read(query, NAMES)
    assert bool(found.filters) == bool(found.phrases)
    letters = [c for c in query if c.isalnum()]
    assert sorted(c for part in (*found.phrases, found.rest) for c in part if c.isalnum()) == sorted(letters)


@given(st.text())
def test_any_text_can_be_read(query: str) -> None:
    conditions.read(query, NAMES)


# Together with filters that were given


def test_given_filters_hold_over_stated_ones() -> None:
    stated = Filters(venue="ACL", author="Xu", year_from=2023, year_to=2023)
    given_ = Filters(venue="ICML", topic="routing", year_from=2020)
    merged = conditions.merged(stated, given_)
    assert merged == Filters(venue="ICML", topic="routing", author="Xu", year_from=2020)


def test_a_span_of_years_is_given_or_stated_as_one() -> None:
    stated = Filters(year_from=2023, year_to=2024)
    assert conditions.merged(stated, Filters(year_to=2020)) == Filters(year_to=2020)
    assert conditions.merged(stated, Filters(topic="x")) == Filters(topic="x", year_from=2023, year_to=2024)


def test_code_that_was_asked_not_to_be_there_stays_so() -> None:
    assert conditions.merged(Filters(has_code=True), Filters(has_code=False)) == Filters(has_code=False)


@pytest.mark.parametrize("field", [field.name for field in fields(Filters)])
def test_nothing_given_leaves_what_was_stated(field: str) -> None:
    stated = Filters(**{field: 2023 if "year" in field else True if field == "has_code" else "x"})
    assert conditions.merged(stated, Filters()) == stated
    assert conditions.merged(Filters(), stated) == stated


# Whether anything else is asked


@pytest.mark.parametrize("left", [[], ["published"], ["list", "works"], ["show", "authors"]])
def test_words_of_asking_for_a_list_ask_for_nothing_more(left: list[str]) -> None:
    assert not conditions.asks_more(left)


@pytest.mark.parametrize("left", [["routing"], ["list", "cascades"], ["data"]])
def test_a_subject_asks_for_more(left: list[str]) -> None:
    assert conditions.asks_more(left)
