"""Words become the same terms in a paper and in a query, however they are spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import joined, stems, terms, words

TWINS = """
optimise optimize, optimised optimized, optimising optimizing, optimisation optimization, optimiser optimizer
generalise generalize, generalisation generalization, summarise summarize, summarisation summarization
tokeniser tokenizer, tokenisation tokenization, quantisation quantization, quantised quantized, utilises utilizes
parallelise parallelize, visualisations visualizations, prioritise prioritize, maximisers maximizers
modelling modeling, modelled modeled, modeller modeler, labelling labeling, labelled labeled, levelled leveled
signalling signaling, channelled channeled, cancelled canceled, travelled traveled, totalled totaled
behaviour behavior, behaviours behaviors, behavioural behavioral, neighbour neighbor, neighbouring neighboring
colour color, favourite favorite, honourable honorable, labour labor
centre center, centres centers, metre meter, analyse analyze, analysed analyzed, analyses analyzes
paralysed paralyzed, dialogue dialog, dialogues dialogs, catalogue catalog, analogue analog
"""


@pytest.mark.parametrize("twins", [pair.strip() for pair in TWINS.replace("\n", ",").split(",") if pair.strip()])
def test_british_and_american_spellings_are_one_term(twins: str) -> None:
    british, american = twins.split()
    assert terms(british) == terms(american)
    assert len(terms(british)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("modelling", "models"),
        ("optimising", "optimizer"),
        ("labelled", "labels"),
        ("dialogues", "dialog"),
        ("analysed", "analyze"),
        ("centres", "center"),
    ],
)
def test_folding_and_stemming_work_together(one: str, other: str) -> None:
    assert terms(one) == terms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("our", "or"),
        ("hour", "hor"),
        ("four", "for"),
        ("tour", "tor"),
        ("rise", "rize"),
        ("wise", "wize"),
        ("calling", "caling"),
        ("telling", "teling"),
        ("rolled", "roled"),
        ("filling", "filing"),
        ("tree", "ter"),
    ],
)
def test_what_is_no_such_ending_is_not_folded(one: str, other: str) -> None:
    assert stems([one]) != stems([other])


@pytest.mark.parametrize("word", ["Routing", "routes", "ROUTED", "route"])
def test_forms_of_a_word_are_one_term(word: str) -> None:
    assert terms(word) == ["rout"]


@pytest.mark.parametrize("dash", ["-", "‐", "‑"])  # hyphen-minus, hyphen, hyphen that does not break
def test_a_hyphenated_word_is_its_parts_and_also_the_whole(dash: str) -> None:
    text = f"fine{dash}tuning"
    assert terms(text) == terms("fine tuning")
    assert joined(text) == terms("finetuning")


def test_words_between_blanks_or_dashes_are_not_joined() -> None:
    assert joined("fine tuning") == []
    assert joined("fine – tuning — it works - mostly") == []
    assert joined("finetuning") == []


def test_parts_that_say_nothing_do_not_join() -> None:
    assert terms("out-of-vocabulary") == ["vocabulari"]
    assert joined("out-of-vocabulary") == []  # one word is left
    assert joined("a multi-step, few-shot one") == [*terms("multistep"), *terms("fewshot")]


@pytest.mark.parametrize(
    "text", ["which of the papers are about it?", "?!... --", "", " ", "🙂", "a b c", "I, we; you"]
)
def test_function_words_and_punctuation_are_no_terms(text: str) -> None:
    assert words(text) == terms(text) == joined(text) == []


def test_words_keep_their_order_and_number() -> None:
    assert words("Small models route queries; LARGE models answer, small ones do not.") == (
        ["small", "models", "route", "queries", "large", "models", "answer", "small"]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GPT-3.5 and T5", ["gpt", "t5"]),
        ("Šakota et al", ["šakota", "et", "al"]),
        ("naïve Bayes", ["naïve", "bayes"]),
        ("模型 と モデル", ["模型", "モデル"]),
        ("ПРИВЕТ мир", ["привет", "мир"]),
        ("280M parameters", ["280m", "parameters"]),
    ],
)
def test_words_of_any_script_and_figures_are_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_any_text_has_terms(text: str) -> None:
    assert all(terms(text)) and all(joined(text))
    assert len(terms(text)) == len(words(text))
    for word in words(text):
        assert len(stems([word])) == 1


@given(st.text(alphabet="abcdefghiklmnoprstuyz-' ", max_size=40))
def test_case_never_matters(text: str) -> None:
    assert terms(text) == terms(text.upper()) == terms(text.title())
    assert joined(text) == joined(text.upper())
