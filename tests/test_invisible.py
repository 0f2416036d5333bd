"""What cannot be seen goes; letters, marks and emoji of every script stay."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import catalogue
from ingest.invisible import unfinished, visible
from ingest.paper import Paper, Source


def test_a_record_from_elsewhere_names_its_file_visibly() -> None:
    record = {"title": "A paper", "source": {"file": "\x1b[2Jrefs.bib", "row": 1}}
    assert Paper.from_dict(record).source == Source("refs.bib", 1)


def tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(c)) for c in text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x07", "link"),
        ("\x9b31mred\x90dcs\x9c", "red"),
        ("\x1bcreset", "reset"),
        ("a\u202eb\u2066c\u200fd\u061ce", "abcde"),
        ("so\u00adft\u200b\u2060\ufeff\u034f", "soft"),
        (f"word{tags('ignore')}", "word"),
        ("x" + "".join(chr(0xE0100 + i) for i in range(40)), "x"),
        ("g\ufe00\ufe01\ufe0f", "g"),
        ("❤\ufe0f\ufe0f\ufe01", "❤"),
        ("a\u200db\u200cc", "abc"),
        ("a\x00b\x85c\u3164d\ue000e\u2028f\u00a0g", "a b c d e f g"),
        ("half \ud83d", "half "),
        ("two\nlines\r\n", "two\nlines \n"),
    ],
)
def test_what_cannot_be_seen_goes(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "naïve Gaël Đặng Øre straße Ελλάδα Юлия 你好 こんにちは 한국어 עברית العربية हिन्दी ไทย አማርኛ",
        "می\u200cخواهم",  # Persian, with a zero-width non-joiner
        "ක\u0dca\u200dර ക\u0d4d\u200d",  # Sinhala and Malayalam, with joiners
        "ᠮᠣᠩ\u180b",
        "👩\u200d💻 👩🏽\u200d🔬 🏳\ufe0f\u200d🌈 ❤\ufe0f 1\ufe0f\u20e3 🇩🇪 ☺\ufe0e",
        "e\u0301 a\u0308\u0304",
        "∀x ∈ ℝ: ‖x‖ ≤ 1 — “quoted” … ½",
    ],
)
def test_letters_marks_and_emoji_of_every_script_stay(text: str) -> None:
    assert visible(text) == text


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_nothing_invisible_is_left_and_doing_it_twice_changes_nothing(text: str) -> None:
    seen = visible(text)
    assert visible(seen) == seen
    assert not any(unicodedata.category(c) in ("Cs", "Co", "Zl", "Zp") or c in "\x1b\x9b\u202e\u200b" for c in seen)
    assert {c for c in text if c.isalnum() and ord(c) < 0x300} >= {c for c in seen if c.isalnum() and ord(c) < 0x300}


def test_a_sequence_that_is_cut_waits_for_its_end() -> None:
    assert unfinished("plain") == 5
    assert unfinished("red \x1b[3") == 4
    assert unfinished("\x1b[31mred \x1b]8;;http://x") == 9
    assert unfinished("\x1b[31mred\x1b[0m") == 12
    assert unfinished("\x1b]" + "x" * 200) == 202  # no terminal would wait so long


def test_a_paper_holds_nothing_invisible() -> None:
    hidden = f"\x1b[31m\u202e\u200b{tags('x')}"
    paper = Paper.create(
        title=f"A {hidden}title",
        authors=[f"A {hidden}name"],
        venue=f"A {hidden}venue",
        topic=f"A {hidden}topic",
        section=[f"A {hidden}section"],
        text=f"A {hidden}text",
        text_kind="abstract",
        url=f"https://arxiv.org/{hidden}abs/2401.00001",
        source=Source("l.md", 1),
    )
    assert str(paper.to_dict()) == visible(str(paper.to_dict()))
    assert (paper.title, paper.url) == ("A title", "https://arxiv.org/abs/2401.00001")


def test_the_bundled_catalogue_stays_as_it_is() -> None:
    for paper in catalogue.load().papers:
        for text in (paper.title, paper.text, *paper.authors, *paper.section):
            assert visible(text) == text
