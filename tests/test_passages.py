"""Sentences are slices of the text, and the one that answers is chosen by its tokens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import Passage, best_passage, sentences, token_weights

# Letters that make sentence ends, abbreviations and blanks of all kinds likely.
WORDS = ["a", "B", "word", "Next", "e.g.", "i.e.", "al.", "J.", "Fig.", "3.5", "7", "é", "🙂"]
MARKS = [".", "!", "?", "...", '"', "'", ")", "]", "(", "[", " ", "  ", "\n", "\t", "\u00a0", "\u2003"]
TEXT_LIKE = st.lists(st.sampled_from([*WORDS, *MARKS])).map("".join)


def texts(text: str) -> list[str]:
    return [passage.text for passage in sentences(text)]


@given(st.one_of(st.text(), TEXT_LIKE))
def test_passages_are_byte_identical_slices_in_order(text: str) -> None:
    end = 0
    for passage in sentences(text):
        assert end <= passage.start < passage.end <= len(text)
        assert passage.text.encode("utf-8", "surrogatepass") == text[passage.start : passage.end].encode(
            "utf-8", "surrogatepass"
        )
        end = passage.end


@given(st.one_of(st.text(), TEXT_LIKE))
def test_passages_together_hold_all_of_the_text_but_blanks(text: str) -> None:
    assert "".join("".join(texts(text)).split()) == "".join(text.split())


@given(st.one_of(st.text(), TEXT_LIKE).map(lambda text: " ".join(text.split())))
def test_no_passage_of_a_folded_text_begins_or_ends_with_a_blank(text: str) -> None:
    assert all(passage == passage.strip() != "" for passage in texts(text))


@given(st.one_of(st.text(), TEXT_LIKE))
def test_cutting_a_passage_again_changes_nothing(text: str) -> None:
    for passage in sentences(" ".join(text.split())):
        assert texts(passage.text) == [passage.text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t ", []),
        ("One.", ["One."]),
        ("No full stop", ["No full stop"]),
        ("One. Two. Three.", ["One.", "Two.", "Three."]),
        ("Why? Because! So.", ["Why?", "Because!", "So."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("It costs 3.5 cents. It is 2.1 times faster.", ["It costs 3.5 cents.", "It is 2.1 times faster."]),
        ("The gain is 4. 12 tasks are shown.", ["The gain is 4.", "12 tasks are shown."]),
        ("It works. (See below.) It ends.", ["It works.", "(See below.)", "It ends."]),
        ("One.  \n Two.", ["One.", "Two."]),
        ("It is “good.” “Better” is more.", ["It is “good.”", "“Better” is more."]),
        ("It takes 40 sec. The rest is fast.", ["It takes 40 sec.", "The rest is fast."]),
        ("it ends. but goes on", ["it ends. but goes on"]),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Small models, e.g. BERT, are cheap.",
        "Small models (e.g. BERT) are cheap.",
        "Large ones, i.e. GPT-4, are not.",
        "As Wang et al. 2023 show, it works.",
        "As Wang et al. (2023) show, it works.",
        "See Fig. 3 and Eq. 2 for it.",
        "It was shown by J. Smith and A. B. Jones.",
        "Weak vs. Strong models differ.",
        "It takes approx. 5 minutes.",
        "As Figs. 3 and 4 and fig. 5 show, it works.",
        "By Eqs. (1) and (2), Tab. 3 and Alg. 1 agree with Refs. [3] and [4].",
        "It is, i.e., it was, shown w.r.t. BERT, a.k.a. MiniLM, on pp. 3 to 5.",
        "The St. Petersburg group found it.",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(text: str) -> None:
    assert texts(text) == [text]
    assert texts(f"{text} The next one follows.") == [text, "The next one follows."]


def passages(text: str) -> tuple[list[Passage], list[tuple[int, int]]]:
    """Return the sentences of a text and the spans of its words, standing for tokens."""
    spans, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        spans.append((start, at))
    return sentences(text), spans


def test_the_passage_with_the_most_similar_tokens_is_chosen() -> None:
    parts, spans = passages("One two. Three four. Five six.")
    similarity = np.array([[0.1, 0.2, 0.1, 0.9, 0.3, 0.3]], np.float32)
    assert best_passage(parts, np.ones(1, np.float32), similarity, spans).text == "Three four."


def test_a_heavy_query_token_outweighs_a_light_one() -> None:
    parts, spans = passages("One two. Three four. Five six.")
    similarity = np.array([[0, 0, 0.9, 0, 0, 0.1], [0, 0, 0.1, 0, 0, 0.9]], np.float32)
    assert best_passage(parts, np.array([3, 1], np.float32), similarity, spans).text == "Three four."
    assert best_passage(parts, np.array([1, 3], np.float32), similarity, spans).text == "Five six."


def test_of_equal_passages_after_the_opening_the_first_is_chosen() -> None:
    parts, spans = passages("One two. Three four. Five six.")
    similarity = np.full((2, 6), 0.5, np.float32)
    assert best_passage(parts, np.ones(2, np.float32), similarity, spans).text == "Three four."


def test_an_opening_sentence_must_win_clearly() -> None:
    parts, spans = passages("One two. Three four.")
    weights = np.ones(1, np.float32)
    assert best_passage(parts, weights, np.array([[0.8, 0.8, 0.79, 0.79]], np.float32), spans).text == "Three four."
    assert best_passage(parts, weights, np.array([[0.8, 0.8, 0.5, 0.5]], np.float32), spans).text == "One two."


def test_a_sentence_beyond_the_encoder_window_is_not_chosen() -> None:
    parts, spans = passages("One two. Three four. Five six.")
    similarity = np.array([[0.2, 0.2, 0.1, 0.1]], np.float32)  # the window ends after four tokens
    assert best_passage(parts, np.ones(1, np.float32), similarity, spans).text == "One two."


def test_each_piece_of_a_word_has_the_weight_of_the_word() -> None:
    spans = [(0, 3), (3, 7), (8, 10), (11, 17)]  # rout ##ing of models
    weights = token_weights("routing of models", spans, {"rout": 2.0, "model": 0.5})
    assert weights.tolist() == [2.0, 2.0, 0.0, 0.5]


def test_where_no_term_has_weight_all_tokens_count_the_same() -> None:
    assert token_weights("of the", [(0, 2), (3, 6)], {}).tolist() == [1.0, 1.0]
    assert token_weights("?!", [], {}).tolist() == []


def test_a_token_weighs_what_its_word_weighs_however_it_is_spelt() -> None:
    weights = token_weights("Modelling, model", [(0, 5), (5, 9), (9, 10), (11, 16)], {"model": 2.0})
    assert weights.tolist() == [2.0, 2.0, 0.0, 2.0]
