"""An LLM's sentence as plain text: words, mathematics and citations stay, links and markup go."""

import time

import pytest

from assistant.plain import plain

OWN = "https://arxiv.org/abs/2406.18665"


@pytest.mark.parametrize(
    "text",
    [
        "Scores lie in [0, 1] and x < y & z > 2 holds [1][2].",
        "If a <b and c> d, then p<0.05; x<y and z=3, w>2 [1, 2].",
        "`vec![0]`, x[i][j], List<int>, f(x)[2], numpy.random and $O(n^2)$ [1].",
        "GPT-3.5/GPT-4, v2.0/v3.0, and/or, 3:1, e.g. this, U.S. data: text, audio [3].",
        "Booking.com and C++/CLI; 12/24; -1 in [-1, 1]; a scale [1-5] of [0.5, 1]!",
        f"It is at {OWN}, or ({OWN}).",
        "He said “yes” (twice) — 5 * 3 = 15, a_b_c, {k: v}.",
    ],
)
def test_words_mathematics_and_code_stay(text: str) -> None:
    assert plain(text, {OWN}) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("See [RouteLLM](https://evil.example/x 'title') [1].", "See RouteLLM [1]."),
        ("![a chart](https://evil.example/p.png) [1]", "a chart [1]"),
        ("[![a](http://e.example/a)](http://e.example/b) [1]", "a [1]"),
        ("Shown in [1](https://evil.example) and [[2]](https://evil.example).", "Shown in [1] and [2]."),
        ("A [b][c] d.\n[c]: https://evil.example 'x'", "A b d.\n"),
        ("At <https://evil.example/x> now (https://evil.example/y).", "At now."),
        (f"At {OWN}?leak=1 and {OWN}.evil.example/x.", "At and."),
        ("At www.evil.example/x, evil.example/x, bit.ly/x, 198.51.100.7/x.", "At,,,."),
        ("<b>Bold</b> <img src=x onerror=alert(1)>words <a href='x'>here</a>", "Bold words here"),
        ("<script>alert(1)</script>ok <!-- hidden -->fine", "ok fine"),
        ("<scr<b>ipt>alert(1)</scr</b>ipt>ok", "ok"),
        ("[go](javascript:alert(1)) javascript:alert(1)", "go)"),
        ("[Source 2] 【3†source】 [^4] [Sources 1, 2] [1-3].", "[2] [3] [4] [1][2] [1][2][3]."),
        ("Proven [1001] in [2024].", "Proven (1001) in (2024)."),
        ("\x1b[31mred\u202e", "red"),
    ],
)
def test_links_and_markup_are_reduced_to_their_words(text: str, words: str) -> None:
    assert plain(text, {OWN}) == words


@pytest.mark.parametrize(
    "piece",
    ["[", "<", "(", "[a](b", "[[a]", "<a ", "<b", "<!--", "a.", " ", "](u)", "[x](y)", "[source 9", "![", "a:/"],
)
def test_no_text_takes_long(piece: str) -> None:
    started = time.process_time()
    plain(piece * (32_000 // len(piece)))
    assert time.process_time() - started < 2
