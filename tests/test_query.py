"""A query as it is read: slips mended, acronyms spelt out, conditions taken out; and what then is found."""

import json
from collections import Counter
from pathlib import Path

import pytest

from index import acronyms, spelling
from index.collection import Collection
from index.filters import Filters
from index.query import Query
from ingest.paper import Paper, Source


@pytest.fixture(scope="module")
def opened(survey_home: Path) -> Collection:
    """The survey, opened once; after its first search a collection needs its home no more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_HOME", str(survey_home))
        survey = Collection.open("survey")
        survey.search("models")
    return survey


def read(survey: Collection, text: str, given: Filters = Filters()) -> Query:
    return survey.search(text, 1, given).asked


# Words as they stand


def test_a_plain_query_is_taken_as_it_stands(opened: Collection) -> None:
    asked = read(opened, "Routing queries, or routing tokens?")
    assert asked.text == "Routing queries, or routing tokens?"
    assert asked.terms == ("rout", "queri", "rout", "token")
    assert asked.weights == {"rout": 2.0, "queri": 1.0, "token": 1.0}
    assert not asked.filters and not asked.asks_for_all
    assert (asked.conditions, dict(asked.corrections or {}), dict(asked.acronyms or {})) == ((), {}, {})
    assert asked.note == ""


def test_a_hyphenated_word_is_looked_for_whole_too(opened: Collection) -> None:
    assert read(opened, "fine-tuning").weights == {"fine": 1.0, "tune": 1.0, "finetun": 0.25}
    assert read(opened, "fine tuning").weights == {"fine": 1.0, "tune": 1.0}


def test_words_that_no_paper_has_are_named_once_in_order_in_lower_case(opened: Collection) -> None:
    asked = read(opened, "Zebras route the queries of zebras and Yaks")
    assert asked.unknown == ("zebras", "yaks")


@pytest.mark.parametrize(
    "text",
    [
        "papers with code since 2024",
        "EMNLP 2023",
        "speculatve decodng",
        "RAG and SLMs",
        "papers by Chen, distilation",
    ],
)
@pytest.mark.parametrize("marks", ['"{}"', "“{}”", "„{}“", "«{}»", '  "{}" '])
def test_a_query_in_quotation_marks_is_taken_word_for_word(opened: Collection, text: str, marks: str) -> None:
    asked = read(opened, marks.format(text))
    assert asked.text == text
    assert not asked.filters and not asked.asks_for_all and asked.note == ""
    assert not asked.corrections and not asked.acronyms and not asked.conditions


def test_filters_that_were_given_hold_for_a_quoted_query(opened: Collection) -> None:
    given = Filters(topic="routing")
    results = opened.search('"papers since 2024"', 84, given)
    assert results.filters == given
    assert {hit.paper.topic for hit in results.hits} == {"Model Routing"}


@pytest.mark.parametrize("text", ['"', '""', '" "', '"?!"', 'the "best" model', '"best" of them'])
def test_other_quotation_marks_are_no_reason_to_fail(opened: Collection, text: str) -> None:
    assert opened.search(text, 3).hits


def test_two_quotations_are_not_one(opened: Collection) -> None:
    assert read(opened, '"proxy tuning" or "routing"').text == '"proxy tuning" or "routing"'


# Conditions


def test_conditions_are_taken_out_of_what_is_searched_for(opened: Collection) -> None:
    asked = read(opened, "EMNLP 2023 papers on data generation with code")
    assert asked.filters == Filters(venue="EMNLP", year_from=2023, year_to=2023, has_code=True)
    assert asked.text == "papers on data generation"
    assert asked.conditions == ("EMNLP 2023", "with code")
    assert not asked.asks_for_all


def test_given_filters_win_over_stated_ones_and_join_the_others(opened: Collection) -> None:
    asked = read(opened, "ACL papers since 2024 on distillation", Filters(venue="EMNLP", topic="distillation"))
    assert asked.filters == Filters(venue="EMNLP", topic="distillation", year_from=2024)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("EMNLP 2023", Filters(venue="EMNLP", year_from=2023, year_to=2023)),
        ("which papers have code?", Filters(has_code=True)),
        ("what was published in 2019?", Filters(year_from=2019, year_to=2019)),
        ("papers by Chen", Filters(author="Chen")),
        ("show me all papers since 2024 with code", Filters(year_from=2024, has_code=True)),
        ("in the section Data Synthesis", Filters(section="Data Synthesis")),
        ("list the papers under the topic Model Routing", Filters(topic="Model Routing")),
        ("What did NeurIPS 2023 publish?", Filters(venue="NeurIPS", year_from=2023, year_to=2023)),
        ("2020 or earlier", Filters(year_to=2020)),
        ("Xu et al. 2024", Filters(author="Xu", year_from=2024, year_to=2024)),
    ],
    ids=str,
)
def test_a_query_of_conditions_alone_gives_exactly_the_papers_that_meet_them(
    opened: Collection, text: str, filters: Filters
) -> None:
    results = opened.search(text, 100)
    assert results.asked.asks_for_all and results.filters == filters
    assert results.confidence == 1.0
    expected = {hit.paper.id for hit in opened.search("models", 100, filters).hits}
    assert [hit.paper.id for hit in results.hits] == [p.id for p in opened.papers() if p.id in expected]
    assert expected
    for hit in results.hits:
        assert (hit.score, hit.relevance) == (1.0, 1.0)
        assert hit.signals == {"conditions": 1.0}
        assert hit.passage is None or hit.passage.text in hit.paper.text


def test_the_papers_that_meet_conditions_are_those_a_reader_would_count(opened: Collection) -> None:
    expected = [p.id for p in opened.papers() if p.venue == "EMNLP" and p.year == 2023 and p.has_code]
    assert [hit.paper.id for hit in opened.search("EMNLP 2023 papers with code", 100).hits] == expected


def test_of_those_that_meet_the_conditions_no_more_than_k_are_given(opened: Collection) -> None:
    assert len(opened.search("papers with code", 5).hits) == 5


@pytest.mark.parametrize("text", ["papers by Chen from 2019", "ICML 1999", "TMLR papers before 2020"])
def test_conditions_that_no_paper_meets_find_nothing_with_confidence_0(opened: Collection, text: str) -> None:
    results = opened.search(text)
    assert results.filters
    assert (results.hits, results.confidence) == ((), 0.0)


def test_conditions_beside_a_subject_are_no_answer_by_themselves(opened: Collection) -> None:
    results = opened.search("NeurIPS 2022 quantization")
    assert not results.asked.asks_for_all
    assert 0 < results.confidence < 1
    assert {(hit.paper.venue, hit.paper.year) for hit in results.hits} == {("NeurIPS", 2022)}
    assert results.hits[0].paper.title.startswith("ZeroQuant")


# Slips of the keyboard


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("speculatve", "speculative"),
        ("hallucinatoin", "hallucination"),
        ("retreival", "retrieval"),
        ("cascadng", "cascading"),
        ("knowlege", "knowledge"),
        ("instuction", "instruction"),
        ("benchmrk", "benchmark"),
        ("uncertanty", "uncertainty"),
    ],
)
def test_a_slip_is_mended_to_the_papers_word(opened: Collection, word: str, meant: str) -> None:
    asked = read(opened, f"on {word}")
    assert asked.corrections == {word: meant}
    assert asked.text == f"on {meant}"
    assert asked.unknown == ()
    assert asked.note == f"Searched for “{meant}”, not “{word}”."
    assert asked.to_dict()["corrections"] == {word: meant}


def test_a_slip_is_mended_wherever_and_however_it_is_written(opened: Collection) -> None:
    assert read(opened, "Retreival! RETREIVAL, retreival.").text == "retrieval! retrieval, retrieval."


REAL_WORDS = """
prompting casual casually typos mamba qlora speculation kitchen passport sourdough hydration altitude election guitar
mountain butterfly renewable hospital lawyers painting swimming chocolate marathon harvest umbrella computer commuter
connection collection conference destination protection instructor disability discovered vitamins philosophy political
economics confidential casualty delivery musical dietary wrestling
backpropagation softmax overfitting perplexity tokenizer jailbreak jailbreaking multilinguality agentic subword
wordpiece reranker langchain mistral chatbot paraphrasing captioning segmentation federated unlearning watermarking
conformal bandit genomics radiology interpretability
"""


@pytest.mark.parametrize("word", REAL_WORDS.split())
def test_a_real_word_is_never_taken_for_another(opened: Collection, word: str) -> None:
    for text in (word, f"{word} of small models", word.title(), word.upper()):
        asked = read(opened, text)
        assert not asked.corrections
        assert asked.text == text


@pytest.mark.parametrize("word", ["rotuing2", "gpt-five", "colbertv2", "abcde", "xyzzyx", "qwertzuiop", "模型模型模型"])
def test_what_is_like_no_word_of_the_papers_stays(opened: Collection, word: str) -> None:
    assert not read(opened, word).corrections


def pieces_of_no_word(word: str) -> list[str]:
    return list(word)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("roitng", None),  # a short word may have one slip only
        ("routng", "routing"),
        ("ruoting", "routing"),  # two letters changed places: one slip
        ("distlation", "distillation"),
        ("dstlation", None),
        ("zistillation", None),  # nobody mistypes the first letter and means it
        ("rout1ng", None),
        ("rtng", None),
    ],
)
def test_how_far_a_slip_may_be(word: str, meant: str | None) -> None:
    known = ["distillation", "routing", "routings"]
    found = spelling.corrected([word], lambda: known, pieces_of_no_word)
    assert found == ({word: meant} if meant else {})


def test_the_papers_words_are_not_read_for_words_that_are_known() -> None:
    def unread() -> list[str]:
        raise AssertionError("read without need")

    assert spelling.corrected(["kitchen"], unread, lambda word: [word]) == {}
    assert spelling.corrected(["kitchens"], unread, lambda word: ["kitchen", "s"]) == {}
    assert spelling.corrected([], unread, pieces_of_no_word) == {}


# Acronyms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We use chain of thought (CoT) prompts.", [("CoT", "chain of thought")]),
        ("Large language models (LLMs) are costly.", [("LLM", "Large language models")]),
        ("retrieval-augmented generation (RAG)", [("RAG", "retrieval-augmented generation")]),
        ("natural language understanding (NLU) and inference (NLI)", [("NLU", "natural language understanding")]),
        ("the area under the curve (AUC)", [("AUC", "area under the curve")]),
        ("parameter-efficient fine-tuning (PEFT)", [("PEFT", "parameter-efficient fine-tuning")]),
        ("a mixture of experts (MoE) of small language models (SLMs)",
         [("MoE", "mixture of experts"), ("SLM", "small language models")]),
        ("hidden Markov model (HMM); maximum entropy (ME)",
         [("HMM", "hidden Markov model"), ("ME", "maximum entropy")]),
    ],
)  # fmt: skip
def test_acronyms_are_learnt_with_what_they_stand_for(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(acronyms.explained(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(CoT)",
        "It works (see Table 2).",
        "a good result (better)",
        "a framework of ours (TinyLLM)",
        "models (Smith and Jones)",
        "four tasks (A)",
        "Chain. Of thoughts (CoT)",  # a sentence ends between
        "the model reasons (XQZ)",
        "our method (GPT-4)",
        "Transformers (BERT)",
        "unbalanced (LLM",
        "distillation (KD) alone",  # of one word
        "(a) (b) (c)",
    ],
)
def test_a_bracket_that_explains_nothing_teaches_nothing(text: str) -> None:
    assert list(acronyms.explained(text)) == []


def test_of_several_meanings_the_commonest_holds(tmp_path: Path) -> None:
    texts = ["in-context learning (ICL)", "In-context learning (ICL)", "induced contrast loss (ICL)"]
    explained = Counter((short, long.lower()) for text in texts for short, long in acronyms.explained(text))
    acronyms.write(tmp_path, explained)
    assert json.loads((tmp_path / acronyms.FILE).read_text("utf-8")) == {"ICL": "in-context learning"}


def test_acronyms_are_found_in_a_text_as_written_or_in_the_plural() -> None:
    meanings = {"SLM": "small language model", "CoT": "chain of thought", "RA-CM3": "retrieval-augmented cm3"}
    assert acronyms.found("do SLMs use CoT? (SLM)", meanings) == {
        "SLM": "small language model", "CoT": "chain of thought"
    }  # fmt: skip
    assert acronyms.found("RA-CM3", meanings) == {"RA-CM3": "retrieval-augmented cm3"}
    assert acronyms.found("cot and slm, SLMX, xCoT", meanings) == {}


def test_an_acronym_of_the_papers_is_spelt_out(opened: Collection) -> None:
    asked = read(opened, "RAG with SLMs")
    assert asked.acronyms == {"RAG": "retrieval-augmented generation", "SLM": "small language models"}
    assert asked.text == "RAG (retrieval-augmented generation) with SLMs (small language models)"
    assert asked.terms == ("rag", "slms")
    assert asked.weights["rag"] == 1.0
    assert 0 < asked.weights["retriev"] < 1
    assert "RAG read as “retrieval-augmented generation”." in asked.note


def test_an_acronym_that_the_query_explains_itself_is_left(opened: Collection) -> None:
    asked = read(opened, "retrieval-augmented generation (RAG) for tables")
    assert not asked.acronyms
    assert asked.text == "retrieval-augmented generation (RAG) for tables"


@pytest.mark.parametrize("text", ["rag", "kb of memory", "a lm", "icl", "LORAX", "IPAs of beer? no: ipa"])
def test_what_is_not_written_as_an_acronym_is_none(opened: Collection, text: str) -> None:
    asked = read(opened, text)
    assert not {"RAG", "KB", "LM", "ICL"} & set(asked.acronyms or {})


@pytest.mark.parametrize("long", [r"back\slash propagation", r"$\beta$ process \g<9> search", "büro der post"])
def test_whatever_stands_before_an_acronym_can_be_searched_for(tiny_home: Path, tiny_model: Path, long: str) -> None:
    short = "".join(word[0] for word in long.replace("$\\", "").split() if word[0].isalpha()).upper()
    collection = Collection.create("c", str(tiny_model))
    text = f"We model {long} ({short}) with data."
    collection.add([Paper.create(title="Small models", text=text, text_kind="abstract", source=Source("x", 1))])
    assert [hit.paper.title for hit in collection.search(f"{short} of models").hits] == ["Small models"]


def test_what_was_read_is_json_and_told_in_a_sentence(opened: Collection) -> None:
    asked = read(opened, "speculatve RAG papers since 2024")
    assert asked.to_dict() == {
        "searched_for": asked.text,
        "conditions": ["since 2024"],
        "corrections": {"speculatve": "speculative"},
        "acronyms": {"RAG": "retrieval-augmented generation"},
    }
    assert asked.note == (
        "Only 2024 or later, read from “since 2024”. Searched for “speculative”, not “speculatve”. "
        "RAG read as “retrieval-augmented generation”."
    )


def test_a_collection_without_papers_reads_queries(tiny_home: Path, tiny_model: Path) -> None:
    collection = Collection.create("c", str(tiny_model))
    for text in ("papers since 2020", "EMNLP 2023", "speculatve RAG by Chen", "x"):
        results = collection.search(text)
        assert (results.hits, results.confidence) == ((), 0.0)


# However it is typed, the same paper is found

VARIANTS = [
    ("choosing training data for instruction tuning", "chosing training data for instuction tunning"),
    ("labeling cost of GPT-3", "labelling cost of GPT-3"),
    ("optimizing data mixtures", "optimising data mixtures"),
    ("weak-to-strong generalization", "weak to strong generalisation"),
    ("data augmentation for dialogue understanding", "data augmentation for dialog understanding"),
    ("quantization-aware training without data", "quantisation aware training without data"),
    ("fine-tuned models adapt a black box", "finetuned models adapt a black box"),
    ("layer-wise distillation", "layerwise distillation"),
    ("chain-of-thought distillation into small students", "chain of thought distilation into small students"),
    ("detecting hallucinations of a black-box model", "detecting halucinations of a blackbox model"),
    ("speculative decoding with a draft model", "speculatve decodng with a draft model"),
    ("evaluating generated text with BERT", "evalauting genrated text with BERT"),
    ("uncertainty estimation by semantic clusters", "uncertanty estimaton by semantic clusters"),
    ("out-of-vocabulary word embeddings", "out of vocabulary word embedings"),
    ("query rewriting", "query re-writing"),
    ("table question answering", "table question anwering"),
]


@pytest.mark.parametrize(("ordinary", "variant"), VARIANTS)
def test_a_variant_finds_the_same_paper_first(opened: Collection, ordinary: str, variant: str) -> None:
    first, other = opened.search(ordinary, 1).hits[0], opened.search(variant, 1).hits[0]
    assert first.paper.title == other.paper.title
