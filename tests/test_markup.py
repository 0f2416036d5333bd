"""A Markdown or HTML page taken apart into headings, rows and prose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import InputError
from ingest.markup import Block, Cell, Heading, Item, Prose, Row, blocks


def cell(text: str, links: tuple[str, ...] = (), images: tuple[str, ...] = ()) -> Cell:
    return Cell(text, links, images)


def headings(page: str) -> list[Heading]:
    return [block for block in blocks(page) if isinstance(block, Heading)]


def table(page: str) -> list[Row]:
    return [block for block in blocks(page) if isinstance(block, Row)]


def prose(page: str) -> str:
    return " ".join(block.text for block in blocks(page) if isinstance(block, Prose))


def kinds(page: str) -> list[str]:
    def first(block: Block) -> str:
        return " ".join(c.text for c in block.cells) if isinstance(block, Row) else block.text

    return [f"{type(block).__name__}: {first(block)}" for block in blocks(page) if not isinstance(block, Item)]


@pytest.mark.parametrize("page", ["", " \n\t\n", "<!-- nothing -->", "<p></p>", "&#8203;", "[a]: http://b.c", "\ufeff"])
def test_a_page_without_content_has_no_blocks(page: str) -> None:
    assert list(blocks(page)) == []


# --- headings


def test_headings_of_every_kind_have_level_text_and_line() -> None:
    page = (
        "# One\n\nTwo\n===\n\n<h3 align='center'>\nThree\n</h3>\n\n#### Four ####\n##### Five\n###### Six\n\nTwo\n---\n"
    )
    assert headings(page) == [
        Heading(1, "One", 1),
        Heading(1, "Two", 3),
        Heading(3, "Three", 6),
        Heading(4, "Four", 10),
        Heading(5, "Five", 11),
        Heading(6, "Six", 12),
        Heading(2, "Two", 14),
    ]


def test_a_heading_is_its_text_without_anchors_and_markup() -> None:
    page = "## Using **small** `models` [here](#here) &amp; there <a name='there'></a>\n"
    assert headings(page) == [Heading(2, "Using small models here & there", 1)]


def test_a_hash_without_a_blank_or_in_code_is_no_heading() -> None:
    assert headings("#hashtag\n\n```\n# comment\n```\n\n<!-- # hidden -->\n\n####### seven\n") == []


def test_an_indented_heading_and_one_after_html_are_headings() -> None:
    page = "<details>\n\n  ## Inside\n\n</details>\n\n# After\n"
    assert headings(page) == [Heading(2, "Inside", 3), Heading(1, "After", 7)]


# --- tables


def test_rows_of_a_markdown_table_have_cells_and_lines() -> None:
    page = "Words\n\n| A | B |\n|---|:-:|\n| one | *two* |\n| [x](http://x.y) `z` | ![alt](i.png) |\n"
    assert table(page) == [
        Row((cell("A"), cell("B")), True, 3),
        Row((cell("one"), cell("two")), False, 5),
        Row((cell("x z", links=("http://x.y",)), cell("", images=("i.png",))), False, 6),
    ]


def test_rows_of_an_html_table_have_cells_and_lines() -> None:
    page = (
        "# T\n\n<table>\n  <tr>\n    <th>A</th>\n    <th>B</th>\n  </tr>\n\n  <tr><td>one\n two</td>\n"
        "<td><a href=' http://x.y\n'> <img src='i.png' alt='no'> </a></td></tr>\n</table>\n"
    )
    assert table(page) == [
        Row((cell("A"), cell("B")), True, 4),
        Row((cell("one two"), cell("", links=("http://x.y",), images=("i.png",))), False, 9),
    ]


def test_a_row_with_a_header_cell_and_others_is_no_header() -> None:
    (row,) = table("<table><tr><th>A</th><td>B</td></tr></table>")
    assert not row.header and [c.text for c in row.cells] == ["A", "B"]


def test_an_html_table_may_be_indented_and_have_empty_lines() -> None:
    page = (
        "<table>\n\n  <tr>\n\n    <td>one</td>\n\n     <td>two</td>\n\n    </tr>\n\n    <tr><td>x</td></tr>\n\n</table>"
    )
    assert [[c.text for c in row.cells] for row in table(page)] == [["one", "two"], ["x"]]


def test_unclosed_cells_and_rows_are_closed() -> None:
    page = "<table><tr><td>a<td>b\n<tr><td>c<td>d\n</table>\n\nafter\n"
    assert [[c.text for c in row.cells] for row in table(page)] == [["a", "b"], ["c", "d"]]
    assert prose(page) == "after"


def test_entities_are_read_with_and_without_their_semicolon() -> None:
    page = "<table><tr><td>Caf&eacute;&nbsp&nbspAT&T &amp; R&D &lt;b&gt; &#8211; &#x2014; &unknown;</td></tr></table>"
    assert table(page)[0].cells[0].text == "Café AT&T & R&D <b> – — &unknown;"


def test_a_line_break_tag_separates_words() -> None:
    for page in ("<table><tr><td>one<br>two</td></tr></table>", "| a |\n|---|\n| one<br/>two |\n"):
        assert table(page)[-1].cells[0].text == "one two"


def test_paragraphs_within_a_cell_are_separate_words() -> None:
    assert table("<table><tr><td><p>one</p><p>two</p></td></tr></table>")[0].cells[0].text == "one two"


def test_bold_letters_within_a_word_do_not_split_it() -> None:
    assert table("| a |\n|---|\n| **R**outing E=mc<sup>2</sup> |\n")[-1].cells[0].text == "Routing E=mc2"


def test_a_pipe_in_a_cell_is_written_with_a_backslash() -> None:
    assert [c.text for c in table("| a | b |\n|---|---|\n| x \\| y | z |\n")[-1].cells] == ["x | y", "z"]


def test_lines_hold_after_every_kind_of_block() -> None:
    before = (
        "# Heading\n\n- a\n- b\n  - c\n\n> quote\n> more\n\n```py\ncode\n\n\n```\n\n<div>\n<p>html\n\n</p></div>\n\n"
        "<!-- a\ncomment -->\n\n1. one\n\n   two\n\n***\n\n[ref]: http://a.b\n\n\n\npara\npara <b>\nbold</b>\n\n"
        "    indented\n\n<details>\n<summary>x</summary>\n\n"
    )
    for mine in ("<table>\n<tr><td>MINE</td></tr>\n</table>\n", "| H |\n|---|\n| MINE |\n", "<p>\n\n## MINE\n"):
        page = before + mine + "\nafter\n"
        expected = page[: page.index("MINE")].count("\n") + 1
        found = [*headings(page), *table(page)]
        assert [b.line for b in found if "MINE" in (b.text if isinstance(b, Heading) else b.cells[0].text)] == [
            expected
        ]


# --- prose and order


def test_blocks_come_in_document_order() -> None:
    page = "intro\n\n# One\n\n<table><tr><td>a</td></tr></table>\n\nbetween\n\n## Two\n\n| b |\n|---|\n| c |\n\nend\n"
    assert kinds(page) == [
        "Prose: intro",
        "Heading: One",
        "Row: a",
        "Prose: between",
        "Heading: Two",
        "Row: b",
        "Row: c",
        "Prose: end",
    ]


@pytest.mark.parametrize("lead", [("- ", "  "), ("> ", "> "), ("1. ", "   ")], ids=["list", "quote", "numbers"])
def test_html_within_lists_and_quotes_keeps_its_place(lead: tuple[str, str]) -> None:
    lines = ["first", "", "<table>", "<tr><td>second</td></tr>", "</table>", "", "third"]
    page = "\n".join((lead[0] if not at else lead[1]) + line for at, line in enumerate(lines)) + "\n"
    assert kinds(page) == ["Prose: first", "Row: second", "Prose: third"]
    assert table(page)[0].line == 4


def test_prose_keeps_the_order_of_its_words() -> None:
    assert prose("We let **small** models help [large](#l) ones.\n") == "We let small models help large ones."


def test_text_of_headings_and_rows_is_not_prose() -> None:
    assert prose("# A *b*\n\n| c |\n|---|\n| d [e](#f) |\n\n<table><tr><td>g<p>h</p></td></tr></table>\n") == ""


def test_comments_scripts_and_styles_are_not_text() -> None:
    page = "<!-- hidden -->\n\n<script>hidden()</script>\n\n<style>hidden {}</style>\n\nseen <!-- hidden --> too\n"
    assert prose(page) == "seen too"


def test_markup_in_code_is_text() -> None:
    assert kinds("```html\n<table><tr><td>a</td></tr></table>\n```\n") == ["Prose: <table><tr><td>a</td></tr></table>"]
    assert table("`<table><tr><td>a</td></tr></table>`\n") == []


def test_entities_declared_in_a_page_are_not_expanded(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    page = f'<!DOCTYPE html [<!ENTITY a "haha"><!ENTITY b SYSTEM "file://{secret}">]>\n<table><tr><td>&a;&b;</td></tr></table>'
    assert table(page)[0].cells[0].text == "&a;&b;"


# --- what must hold for any page

PIECES = [
    *[
        "# H",
        "## H\n",
        "- ",
        "> ",
        "1. ",
        "| a | b |\n",
        "|---|---|\n",
        "```\n",
        "***",
        "[a](b)",
        "![a](b)",
        "&nbsp",
        "\n\n",
        "    ",
    ],
    *[
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<th>",
        "<div>",
        "</div>",
        "<p>",
        "<h2>",
        "</h2>",
        "<a href=x>",
    ],
    *[
        "<br>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<!",
        "</",
        "<",
        ">",
        "\0",
        "\x0b",
        "\r",
        "\r\n",
        "é",
        "🔥",
        "word ",
    ],
    *[
        "<html>",
        "</html>",
        "<body>",
        "</body>",
        "<head>",
        "<frameset>",
        "<select>",
        "<textarea>",
        "<svg>",
        "<math>",
        "<template>",
    ],
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join))
def test_any_page_gives_blocks_on_its_lines_with_folded_text(page: str) -> None:
    lines = page.count("\n") + page.count("\r") + 1
    for block in blocks(page):
        if isinstance(block, Item):
            texts = [span.text.strip(" ") for span in block.spans if span.text != "\n"]
        else:
            texts = [c.text for c in block.cells] if isinstance(block, Row) else [block.text]
        assert all(text == " ".join(text.split()) for text in texts)
        assert 1 <= block.line <= lines


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 300 + "\n\n| T |\n|---|\n| MINE |\n",
        "> " * 30 + "\n\n| T |\n|---|\n| MINE |\n",
        "\n".join("  " * depth + "- a" for depth in range(30)) + "\n\n| T |\n|---|\n| MINE |\n",
        "<b>" * 300 + "</b>" * 300 + "\n\n| T |\n|---|\n| MINE |\n",
    ],
    ids=["divs", "quotes", "lists", "closed tags"],
)
def test_what_follows_a_deep_nest_is_read_or_the_page_refused(page: str) -> None:
    try:
        rows = table(page)
    except InputError:
        return
    assert [row.cells[0].text for row in rows] == ["T", "MINE"]
