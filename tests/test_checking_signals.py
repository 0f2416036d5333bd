"""What the checker reads off a text: numbers, names, negations, quotations."""

import pytest

from assistant.checking.names import Known, names
from assistant.checking.numbers import disagreements, numbers
from assistant.checking.quotation import altered_quotation, is_quoted, quotations
from assistant.checking.words import words
from ingest.paper import Paper, Source


def wrong(claim: str, source: str) -> list[str]:
    return [found.claimed.text for found in disagreements(numbers(claim), numbers(source, in_names=True))]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("half the cost", "the cost falls by 50%"),
        ("a twentieth of the data", "a 5% subset"),
        ("four fifths of the data", "80% of the data"),
        ("less than a third of the cost", "cost reduced to 31.18%"),
        ("almost ten percent", "a relative 9.8%"),
        ("an F1 of 64%", "F1 rises to 63.99%"),
        ("ten times faster", "a speedup of 10x"),
        ("thirty billion tokens", "30B tokens"),
        ("a model of 7 billion parameters", "Llama-2-7B"),
        ("4,000 pairs", "four thousand pairs"),
        ("between 2 and 2.5x", "2-2.5x faster"),
        ("from 50 to 96%", "50% to 96% less"),
        ("two and a half times", "2.5x"),
        ("more than doubled", "from 8.11% to 21.99%"),
        ("3.5 points more", "from 34.4% to 37.9%"),
        ("no more than 11 billion parameters", "11B or less"),
        ("a 25 per cent reduction", r"a $25\%$ reduction"),
        ("GPT-4 and T5 were compared", "no number at all"),
        ("one model guides another", "no number at all"),
    ],
)
def test_a_number_said_otherwise_is_the_same_number(claim: str, source: str) -> None:
    assert wrong(claim, source) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("cut by 60%", "cut by 40%"),
        ("cut by 6%", "cut by 60%"),
        ("2 times faster", "2% faster"),
        ("a 70B model", "a 7B model"),
        ("over 50% cheaper", "up to 50% cheaper"),
        ("more than 40%", "by over 50%"),
        ("sixteen datasets", "six datasets"),
        ("a nine-stage framework", "a three-stage framework"),
        ("30 minority groups", "13 minority groups"),
        ("less than 5%", "31%"),
    ],
)
def test_another_number_is_found(claim: str, source: str) -> None:
    assert wrong(claim, source)


def test_a_disagreement_names_the_sources_own_number() -> None:
    (found,) = disagreements(numbers("cuts cost by 60%"), numbers("cuts cost by 40% on 3 tasks"))
    assert found.instead is not None and found.instead.text == "40%"


def test_names_are_known_by_their_capitals_and_however_they_are_joined() -> None:
    assert names("Tested on GPT-4, the model FrugalGPT of Ong beats LLMs.") == ["GPT-4", "FrugalGPT", "Ong"]
    known = Known(["Llama-2-7B-Chat on TruthfulQA", "Retrieval-Augmented Generation", "Isaac Ong"])
    assert known.missing("Llama2 7B Chat by Ong does RAG on TruthfulQA.") == []
    assert known.missing("Evaluated on HotpotQA with Mistral.") == ["HotpotQA", "Mistral"]


def negated(text: str) -> set[str]:
    return {word.text for word in words(text) if word.sign < 0 and word.content}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It does not need labels.", {"need", "labels"}),
        ("A method without retraining", {"retraining"}),
        ("A training-free method", {"training"}),
        ("It is unsupervised.", {"unsupervised"}),
        ("It is not unsupervised.", set()),
        ("Not only labels but texts", set()),
        ("no more than labels", set()),
        ("small rather than large models", {"large", "models"}),
        ("text that it cannot use", {"text"}),
        ("It works without sacrificing quality.", set()),
    ],
)
def test_what_a_negation_reaches(text: str, expected: set[str]) -> None:
    assert negated(text) == expected


def test_acronyms_of_the_field_and_british_spelling_are_read_alike() -> None:
    stems = [[word.stem for word in words(text)] for text in ("LLMs generalise", "large language models generalize")]
    assert stems[0] == stems[1]
    assert [w.stem for w in words("pre-trained, fine-tuned")] == [w.stem for w in words("pretrained, finetuned")]


def test_quotations_must_be_the_sources_bytes() -> None:
    paper = Paper.create(
        title="On Tests", text="It cuts cost by 2.6 times.", text_kind="abstract", source=Source("x", 1)
    )
    assert quotations('They say “cuts cost by 2.6 times” and "so".') == ["cuts cost by 2.6 times"]
    assert altered_quotation("It “cuts cost by 2.6 times”.", paper) is None
    assert altered_quotation("It “cuts costs by 2.6 times”.", paper) == "cuts costs by 2.6 times"
    assert is_quoted("cuts cost", paper) and not is_quoted("Cuts cost", paper) and not is_quoted("", paper)
