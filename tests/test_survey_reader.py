"""The reader of survey READMEs, on a small one written here and on the survey itself."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import Paper, Section
from ingest.paper import title_id

from .conftest import SHARED
from .whole import Whole, parse, read

SURVEY = SHARED / "survey" / "README.md"
needs_survey = pytest.mark.skipif(not SURVEY.is_file(), reason=f"needs the survey's README ({SURVEY} is not there)")

# The survey's README in little: the same markup, and every slip that was found in it.
README = """\
# The Role of Tiny Models
[![Awesome](https://awesome.re/badge.svg)]()␠
[![PDF](https://img.shields.io/badge/PDF-2409.06857-green)](https://arxiv.org/abs/2409.06857)
![](https://img.shields.io/badge/PRs-Welcome-red)␠

This work is ongoing.␠

<!-- Big font size -->
<h2 align="center">
What Tiny Models Do
</h2>␠

<p align="center">
    Lihu Chen<sup>1</sup>&nbsp&nbsp
    GaÃ«l Varoquaux<sup>2</sup>&nbsp&nbsp
</p>␠␠

## Content List
- [Together](#together)
  - [Tiny Helps Huge](#tiny-helps-huge)
- [Apart](#apart)

# Together <a name="together"></a>

␠␠␠␠
## Tiny Helps Huge <a name="tiny-helps-huge"></a>

### Data <a name="data"></a>

#### Picking training data <a name="picking"></a>
<table>
  <tr>
    <th>Title</th>
    <th>Topic</th>
    <th>Venue</th>
    <th>Code</th>
  </tr>
  <tr>
    <td>Picking Data with
a Tiny   Model</td>
    <td>Data Selection</td>
    <td><a href="https://arxiv.org/abs/2401.00001">␠
      <img src="https://img.shields.io/badge/PDF-NeurIPS 2023-10868" alt="PDF Badge">
      </a></td>
    <td><a href="https://github.com/tiny/pick">
  <img src="https://img.shields.io/badge/GitHub-%23121011.svg?logo=github&logoColor=white" alt="PDF Badge"></a> </td>
  </tr>
 <tr>
    <td>A Trailing Line Break
</td>
    <td>Data Selection</td>
    <td><a href="https://arxiv.org/pdf/2402.00002v3.pdf">␠
      <img src="https://img.shields.io/badge/PDF-arXiv 2024-10868" alt="PDF Badge">
      </a></td>
    <td> </td>
  </tr>
<tr>
    <td>SchrÃ¶dinger&nbsp&nbspCaf&eacute; &amp; Co: "Quoted" &lt;Tags&gt; </td>
    <td>Data Mixing</td>
    <td><a href="https://aclanthology.org/2020.lrec-1.494/">␠
      <img src="https://img.shields.io/badge/PDF-LREC 2020-10868" alt="PDF Badge">
      </a></td>
    <td></td>
</tr>
</table>

### Routing <a name="routing"></a>

#### Routing to models: <a name="routing-to-models"></a>
<table>
  <tr>
    <th>Title</th>
    <th>Topic</th>
    <th>Venue</th>
    <th>Code</th>
  </tr>
      <tr>
<td>Fly-Swat or Rocket?</td>
    <td>Model Routing</td>
    <td><a href="https://dl.acm.org/doi/10.1145/1111111.2222222">␠
      <img src="https://img.shields.io/badge/PDF-WSDM 2024-10868" alt="PDF Badge">
      </a></td>
    <td> <a href="https://github.com/tiny/swat"></a></td>
  </tr>
  <tr>
    <td>Another Paper under the First One's Link</td>
    <td>Model Routing</td>
    <td><a href="https://arxiv.org/abs/2401.00001">␠
      <img src="https://img.shields.io/badge/PDF-ACL 2022-10868" alt="PDF Badge">
      </a></td>
    <td></td>
  </tr>
  <tr>
    <td> </td>
    <td>Model Routing</td>
    <td><a href="https://arxiv.org/abs/2403.00003">␠
      <img src="https://img.shields.io/badge/PDF-ACL 2022-10868" alt="PDF Badge">
      </a></td>
    <td></td>
  </tr>
  <tr>
    <td>Kept at Home</td>
    <td>Model Routing</td>
    <td><a href="https://tiny.example.org/paper.pdf">␠
      <img src="https://img.shields.io/badge/PDF-SIGTINY 2021-10868" alt="PDF Badge">
      </a></td>
    <td></td>
  </tr>
  <tr>
    <td>picking data with a tiny model</td>
    <td>Model Routing</td>
    <td><a href="https://arxiv.org/abs/2401.00001v2">␠
      <img src="https://img.shields.io/badge/PDF-NeurIPS 2023-10868" alt="PDF Badge">
      </a></td>
    <td></td>
  </tr>
</table>

## Huge Helps Tiny

### Distilling

| Title | Topic | Venue | Code |
|:------|-------|-------|------|
| [Distil **Step** by Step](https://openreview.net/pdf?id=AbC) | Logits | ICLR 2023 | [code](https://github.com/a/b) |
| Teaching \\| Learning | Logits | [Findings of EMNLP 2021](https://aclanthology.org/2021.findings-emnlp.7.pdf) | |
| A Journal Paper | Features | [![b](https://img.shields.io/badge/PDF-NN%202022-10868)](https://www.nature.com/a/b) |
| 12345 | Features | ICML 2020 | |

# Apart <a name="apart"></a>

<details>

## On a Small Budget <a name="budget"></a>
## On One Task <a name="task"></a>

</details>
""".replace("␠", " ")  # "␠" marks the blanks at line ends

PICKING = ("Together", "Tiny Helps Huge", "Data", "Picking training data")
ROUTING = ("Together", "Tiny Helps Huge", "Routing", "Routing to models")
DISTILLING = ("Together", "Huge Helps Tiny", "Distilling")


def line_of(words: str, page: str = README) -> int:
    """Return the first line, from 1, that has these words."""
    return next(number for number, line in enumerate(page.splitlines(), 1) if words in line)


def leaves(sections: Sequence[Section], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
    for section in sections:
        here = (*path, section.name)
        yield from leaves(section.children, here) if section.children else [(here, section.papers)]


def warned(reading: Whole, words: str) -> list[int]:
    return [warning.line for warning in reading.warnings if words in warning.reason]


@pytest.fixture(scope="module")
def small() -> Whole:
    return parse(README, "list.md")


@pytest.fixture(scope="module")
def real() -> Whole:
    return read(SURVEY)


# --- the small README


def test_every_row_becomes_a_paper_a_repeat_or_a_refusal(small: Whole) -> None:
    assert small.rows_read == 12
    assert (len(small.papers), len(small.repeated), len(small.refused)) == (9, 1, 2)
    assert [p.source.row for p in small.papers] == [1, 2, 3, 4, 5, 7, 9, 10, 11]
    assert {p.source.file for p in small.papers} == {"list.md"}


def test_titles_are_on_one_line_decoded_and_without_markup(small: Whole) -> None:
    assert [p.title for p in small.papers] == [
        "Picking Data with a Tiny Model",
        "A Trailing Line Break",
        'Schrödinger Café & Co: "Quoted" <Tags>',
        "Fly-Swat or Rocket?",
        "Another Paper under the First One's Link",
        "Kept at Home",
        "Distil Step by Step",
        "Teaching | Learning",
        "A Journal Paper",
    ]


def test_venue_year_and_type_are_split(small: Whole) -> None:
    assert [(p.venue, p.year, p.venue_type) for p in small.papers] == [
        ("NeurIPS", 2023, None),
        ("arXiv", 2024, "preprint"),
        ("LREC", 2020, None),
        ("WSDM", 2024, None),
        ("ACL", 2022, None),
        ("SIGTINY", 2021, None),
        ("ICLR", 2023, None),
        ("EMNLP", 2021, "findings"),
        ("NN", 2022, None),
    ]


def test_topics_links_and_code_stand_in_their_own_fields(small: Whole) -> None:
    assert [p.topic for p in small.papers] == [
        *["Data Selection"] * 2,
        "Data Mixing",
        *["Model Routing"] * 3,
        *["Logits"] * 2,
        "Features",
    ]
    assert small.papers[0].url == "https://arxiv.org/abs/2401.00001"
    assert small.papers[6].url == "https://openreview.net/pdf?id=AbC"
    assert [p.code_url for p in small.papers if p.has_code] == [
        "https://github.com/tiny/pick",
        "https://github.com/tiny/swat",
        "https://github.com/a/b",
    ]


def test_each_paper_has_the_whole_path_of_its_section(small: Whole) -> None:
    assert [p.section for p in small.papers] == [PICKING] * 3 + [ROUTING] * 3 + [DISTILLING] * 3


def test_the_tree_of_sections_counts_papers_and_keeps_the_empty_branch(small: Whole) -> None:
    assert list(leaves(small.sections)) == [
        (PICKING, 3),
        (ROUTING, 3),
        (DISTILLING, 3),
        (("Apart", "On a Small Budget"), 0),
        (("Apart", "On One Task"), 0),
    ]
    together, apart = small.sections
    assert (together.papers, apart.papers) == (9, 0)
    assert [child.papers for child in together.children] == [6, 3]


def test_ids_are_the_best_that_a_row_offers(small: Whole) -> None:
    assert [p.id for p in small.papers if p.arxiv_id != "2401.00001"] == [
        "arxiv:2402.00002",
        "acl:2020.lrec-1.494",
        "doi:10.1145/1111111.2222222",
        title_id("Kept at Home"),
        "openreview:AbC",
        "acl:2021.findings-emnlp.7",
        title_id("A Journal Paper"),
    ]


def test_two_rows_with_one_arxiv_id_have_two_ids(small: Whole) -> None:
    first, second = (p for p in small.papers if p.arxiv_id == "2401.00001")
    assert first.id != second.id
    assert first.id in ("arxiv:2401.00001", title_id(first.title))
    assert second.id in ("arxiv:2401.00001", title_id(second.title))


def test_the_preface_is_decoded_and_ends_before_the_first_table(small: Whole) -> None:
    for words in ("This work is ongoing.", "Lihu Chen", "Gaël Varoquaux", "Tiny Helps Huge"):
        assert words in small.preface
    for other in ("nbsp", "Ã", "Big font size", "Data Selection", "Logits"):
        assert other not in small.preface


def test_the_preface_has_at_most_2000_characters() -> None:
    reading = parse("word " * 1000 + "\n\n" + README, "list.md")
    assert len(reading.preface) <= 2000


def test_refused_rows_are_named_with_their_line_and_reason(small: Whole) -> None:
    untitled, number = small.refused
    assert untitled.line == line_of("One's Link") + 7
    assert "no title" in untitled.reason
    assert number.line == line_of("| 12345 |")
    assert "no title" in number.reason


def test_a_paper_that_is_listed_again_is_called_so_with_both_lines(small: Whole) -> None:
    (twice,) = small.repeated
    assert twice.line == line_of("picking data with a tiny model") - 1
    assert f"the same paper as line {line_of('Picking Data with') - 1}" in twice.reason


def test_two_rows_with_one_arxiv_id_are_pointed_out(small: Whole) -> None:
    (warning,) = [w for w in small.warnings if "arxiv:2401.00001" in w.reason]
    assert warning.line == line_of("Another Paper under") - 1
    assert f"line {line_of('Picking Data with') - 1}" in warning.reason
    assert "Another Paper under" in warning.reason and "Picking Data" in warning.reason
    assert "under another title" in warning.reason and "kept" not in warning.reason  # the index decides that


def test_a_link_to_an_unknown_host_is_pointed_out(small: Whole) -> None:
    assert warned(small, "tiny.example.org") == [line_of("Kept at Home") - 1]


def test_empty_sections_are_pointed_out(small: Whole) -> None:
    assert warned(small, "is empty") == [line_of("## On a Small Budget"), line_of("## On One Task")]


def test_nothing_else_is_pointed_out_and_lines_ascend(small: Whole) -> None:
    assert len(small.warnings) == 4
    assert [w.line for w in small.warnings] == sorted(w.line for w in small.warnings)
    assert all("\n" not in remark.reason for remark in (*small.warnings, *small.refused))


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(small: Whole, newline: str) -> None:
    assert parse(README.replace("\n", newline), "list.md") == small


def test_the_suffix_or_a_byte_order_mark_changes_nothing(small: Whole, tmp_path) -> None:
    for name, page in {"list.md": README, "list.markdown": README, "LIST.MD": "\ufeff" + README}.items():
        (tmp_path / name).write_bytes(page.encode())
        reading = read(tmp_path / name)
        assert [p.id for p in reading.papers] == [p.id for p in small.papers]
        assert reading.refused == small.refused and reading.warnings == small.warnings


def test_html_pages_are_read_too(tmp_path) -> None:
    page = tmp_path / "list.html"
    page.write_text(
        "<!DOCTYPE html>\n<html><head><title>Ignored</title><style>td {color: red}</style></head><body>\n"
        "<h1>Tiny</h1>\n"
        "<table><thead><tr><th>Paper</th><th>Conference</th></tr></thead>\n<tbody>\n"
        "<tr><td><a href='https://arxiv.org/abs/2401.00001'>A Paper</a></td><td>ACL 2024</td></tr>\n"
        "</tbody></table></body></html>\n"
    )
    (paper,) = read(page).papers
    assert (paper.id, paper.title, paper.venue, paper.year) == ("arxiv:2401.00001", "A Paper", "ACL", 2024)
    assert paper.section == ("Tiny",)


# --- rows of many shapes

HEADER = "| Title | Venue |\n|---|---|\n"


def rows(body: str, header: str = HEADER) -> Whole:
    return parse(f"# Tiny\n\n{header}{body}", "list.md")


def html_rows(*body: str) -> Whole:
    return rows("".join(body) + "</table>\n", "<table>\n<tr><th>Title</th><th>Venue</th></tr>\n")


@pytest.mark.parametrize(
    ("badge", "venue", "year"),
    [
        ("PDF-ICML 2024-10868", "ICML", 2024),
        ("PDF-ICML%202024-10868", "ICML", 2024),
        ("PDF-ICML_2024-10868", "ICML", 2024),
        ("PDF-LREC--COLING_2024-blue.svg?style=flat", "LREC-COLING", 2024),
        ("ICML 2024-10868", "ICML", 2024),
        ("PDF-Findings of ACL 2024-1", "ACL", 2024),
    ],
)
def test_a_badge_tells_venue_and_year(badge: str, venue: str, year: int) -> None:
    (paper,) = html_rows(f'<tr><td>A Paper</td><td><img src="https://img.shields.io/badge/{badge}"></td></tr>').papers
    assert (paper.venue, paper.year) == (venue, year)


@pytest.mark.parametrize(
    "address", ["http://[bad", "https://example.org/badge/PDF-ACL 2020-1", "badge.svg", "//", "\\"]
)
def test_an_image_that_is_no_badge_tells_nothing(address: str) -> None:
    (paper,) = html_rows(f'<tr><td>A Paper</td><td><img src="{address}"></td></tr>').papers
    assert (paper.venue, paper.year) == (None, None)


def test_a_row_with_a_bad_link_is_refused_and_named() -> None:
    reading = rows(
        "| A Paper | [ACL](#top) |\n| B Paper | [ACL](http://[bad) |\n| C Paper | <a href='http://[x'>A</a> |\n"
    )
    assert reading.rows_read == len(reading.papers) + len(reading.refused) == 3
    assert [remark.line for remark in reading.refused] in ([5, 7], [5, 6, 7])
    assert "#top" in reading.refused[0].reason


def test_a_row_with_too_few_or_too_many_cells_is_read() -> None:
    reading = html_rows("<tr><td>A Paper</td></tr>\n<tr><td>B Paper</td><td>ACL 2020</td><td>x</td><td>y</td></tr>\n")
    assert [(p.title, p.venue) for p in reading.papers] == [("A Paper", None), ("B Paper", "ACL")]


def test_columns_are_found_by_name_in_any_order() -> None:
    reading = rows("| code | ACL 2020 | A Paper | X |\n", "| Github | Conference | Paper | Category |\n|--|--|--|--|\n")
    (paper,) = reading.papers
    assert (paper.title, paper.venue, paper.topic) == ("A Paper", "ACL", "X")


def test_the_title_column_is_title_where_there_is_a_name_column_too() -> None:
    (paper,) = rows("| TinyGPT | A Paper | ACL 2020 |\n", "| Name | Title | Venue |\n|--|--|--|\n").papers
    assert paper.title == "A Paper"


def test_a_line_break_tag_in_a_title_is_a_blank() -> None:
    assert rows("| Part one:<br>part two | ACL 2020 |\n").papers[0].title == "Part one: part two"
    assert html_rows("<tr><td>Part one:<br/>part two</td></tr>").papers[0].title == "Part one: part two"


def test_a_table_in_a_comment_or_in_code_is_not_read() -> None:
    table = "<table>\n<tr><th>Title</th></tr>\n<tr><td>Hidden</td></tr>\n</table>\n"
    for hidden in (f"<!--\n{table}\n-->\n", f"```\n{table}```\n", f"~~~html\n{HEADER}| Hidden | ACL |\n~~~\n"):
        assert [p.title for p in parse(f"{hidden}\n{HEADER}| Seen | ACL |\n", "x").papers] == ["Seen"]


def test_a_table_that_does_not_list_papers_is_not_read() -> None:
    reading = parse(f"| Model | Size |\n|--|--|\n| Gemma | 2B |\n\n{HEADER}| Seen | ACL |\n", "list.md")
    assert [p.title for p in reading.papers] == ["Seen"] and reading.rows_read == 1


def test_a_row_of_header_cells_within_a_table_does_not_end_it() -> None:
    reading = html_rows("<tr><td>A Paper</td></tr>", "<tr><th colspan=2>2024</th></tr>", "<tr><td>B Paper</td></tr>")
    assert [p.title for p in reading.papers] == ["A Paper", "B Paper"]


def test_a_table_without_a_header_is_not_dropped_silently() -> None:
    page = f"{HEADER}| A Paper | ACL |\n\n## More\n\n<table>\n<tr><td>B Paper</td><td>ACL 2020</td></tr>\n</table>\n"
    reading = parse(page, "list.md")
    titles = [p.title for p in reading.papers]
    told = [remark for remark in (*reading.warnings, *reading.refused) if remark.line in (7, 8)]
    assert titles == ["A Paper", "B Paper"] or told


def test_rows_of_a_table_within_a_cell_are_not_dropped_silently() -> None:
    inner = "<table><tr><th>Title</th></tr><tr><td>A Paper</td></tr></table>"
    outer = f"<table><tr><td>\n{inner}\n</td><td>\n{inner.replace('A Paper', 'B Paper')}\n</td></tr></table>\n"
    reading = parse(f"{HEADER}| Seen | ACL |\n\n# More\n\n{outer}", "x")
    assert [p.title for p in reading.papers] == ["Seen", "A Paper", "B Paper"] or reading.warnings or reading.refused


@pytest.mark.parametrize("mark", ["> ", "- "], ids=["quote", "list"])
def test_a_table_under_a_heading_in_a_quote_or_list_belongs_to_that_heading(mark: str) -> None:
    table = ["## Inner", "", "<table>", "<tr><th>Title</th></tr>", "<tr><td>A Paper</td></tr>", "</table>"]
    rest = "> " if mark == "> " else "  "
    page = "# Outer\n\n" + mark + table[0] + "".join(f"\n{rest}{line}" for line in table[1:]) + "\n"
    reading = parse(page, "list.md")
    assert [p.section for p in reading.papers] == [("Outer", "Inner")]
    assert not reading.warnings


def test_a_heading_without_text_is_no_section() -> None:
    reading = parse(f'# <img src="logo.png">\n\n{HEADER}| A Paper | ACL |\n\n# Tiny\n\n{HEADER}| B | ACL |\n', "x")
    assert [p.section for p in reading.papers] == [(), ("Tiny",)]
    assert [section.name for section in reading.sections] == ["Tiny"]


def test_a_section_with_text_of_its_own_is_not_called_empty() -> None:
    reading = parse(f"# Tiny\n\n{HEADER}| A Paper | ACL |\n\n# License\n\nApache-2.0\n", "list.md")
    assert not reading.warnings
    assert [section.name for section in reading.sections] == ["Tiny"]


def test_one_section_name_under_two_parents_is_two_sections() -> None:
    page = "".join(f"# {parent}\n\n## Data\n\n{HEADER}| {parent} Paper | ACL |\n\n" for parent in ("One", "Two"))
    assert list(leaves(parse(page, "x").sections)) == [(("One", "Data"), 1), (("Two", "Data"), 1)]


def test_a_paper_listed_twice_is_named_the_second_time_with_the_first_line() -> None:
    reading = rows("| A Paper | ACL 2020 |\n| Other | ACL 2020 |\n| a paper! | ACL 2020 |\n")
    assert [p.title for p in reading.papers] == ["A Paper", "Other"]
    assert not reading.refused
    (again,) = reading.repeated
    assert again.line == 7 and again.reason == "the same paper as line 5: 'a paper!'"


def test_a_paper_under_two_headings_keeps_the_first_and_the_second_is_not_called_empty() -> None:
    row = "| A Paper | ACL 2020 |\n"
    reading = parse(f"# List\n\n## One\n\n{HEADER}{row}\n## Two\n\n{HEADER}{row}", "x")
    assert [paper.section for paper in reading.papers] == [("List", "One")]
    (again,) = reading.repeated
    assert "it stays in its section there, not in 'List > Two'" in again.reason and not reading.warnings


def test_the_third_row_of_one_link_is_told_from_the_second() -> None:
    link = "[ACL](https://arxiv.org/abs/2401.00001)"
    reading = rows(f"| A Paper | {link} |\n| B Paper | {link} |\n| B paper | {link} |\n| C Paper | {link} |\n")
    assert [p.title for p in reading.papers] == ["A Paper", "B Paper", "C Paper"]
    assert len({p.id for p in reading.papers}) == 3
    assert [(r.line, "line 6" in r.reason) for r in reading.repeated] == [(7, True)]
    assert warned(reading, "the same arxiv:2401.00001") == [6, 8]


# --- ids

LISTED = [
    ("A Paper", "https://arxiv.org/abs/2401.00001"),
    ("B Paper", "https://arxiv.org/abs/2401.00002"),
    ("C Paper", "https://doi.org/10.1145/1.2"),
    ("D Paper", "https://aclanthology.org/2024.acl-long.1/"),
    ("E Paper", "https://openreview.net/forum?id=E"),
    ("F Paper", "https://example.org/f"),
]


def ids(listed: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {p.title: p.id for p in rows("".join(f"| {title} | [ACL 2024]({url}) |\n" for title, url in listed)).papers}


def test_ids_are_the_same_when_a_list_is_read_again(small: Whole) -> None:
    assert parse(README, "list.md") == small
    moved = parse(f"# Another title\n\nMore words.\n\n{README}", "elsewhere.md")
    assert [p.id for p in moved.papers] == [p.id for p in small.papers]


@settings(deadline=None, max_examples=30)
@given(st.permutations(LISTED))
def test_ids_do_not_depend_on_the_order_of_rows(listed: list[tuple[str, str]]) -> None:
    assert ids(listed) == ids(LISTED)


def test_the_first_of_two_titles_that_share_a_link_keeps_its_id() -> None:
    shared = ids([*LISTED, ("Another Paper", LISTED[0][1])])
    assert shared.pop("Another Paper").startswith("title:")
    assert shared == ids(LISTED)


def test_ids_do_not_depend_on_which_other_rows_there_are() -> None:
    for at in range(len(LISTED)):
        rest = LISTED[:at] + LISTED[at + 1 :]
        assert ids(rest).items() <= ids(LISTED).items()


# --- the survey itself


@needs_survey
def test_the_survey_has_84_papers_and_no_row_is_refused(real: Whole) -> None:
    assert real.rows_read == len(real.papers) == 84
    assert not real.refused
    assert [p.source.row for p in real.papers] == list(range(1, 85))
    assert len({p.id for p in real.papers}) == 84


@needs_survey
def test_the_survey_has_16_leaf_sections_with_these_counts(real: Whole) -> None:
    counts = [count for path, count in leaves(real.sections) if path[0] != "Competition"]
    assert counts == [5, 3, 6, 9, 3, 5, 3, 2, 6, 6, 3, 4, 9, 5, 6, 9]
    in_order = list(dict.fromkeys(p.section for p in real.papers))
    assert [sum(p.section == path for p in real.papers) for path in in_order] == counts


@needs_survey
def test_the_papers_of_the_survey_have_these_section_paths(real: Whole) -> None:
    small, large = ("Collaboration", "SMs Enhance LLMs"), ("Collaboration", "LLMs Enhance SMs")
    assert list(dict.fromkeys(p.section for p in real.papers)) == [
        (*small, "Data Curation", "Curating pre-training data"),
        (*small, "Data Curation", "Curating Instruction-tuning Data"),
        (*small, "Weak-to-Strong Paradigm", "Using weaker (smaller) models to align stronger (larger) models"),
        (*small, "Efficient Inference", "Ensembling different-size models to reduce inference costs"),
        (*small, "Efficient Inference", "Speculative Decoding"),
        (*small, "Evaluating LLMs", "Using SMs to evaluate LLM's generations"),
        (
            *small,
            "Domain Adaptation",
            "Using domain-specific SMs to adjust token probability of LLMs at decoding time",
        ),
        (*small, "Domain Adaptation", "Using domain-specific SMs to generate knowledge for LLMs at reasoning time"),
        (*small, "Retrieval Augmented Generation", "Using SMs to retrieve knowledge for enhancing generations"),
        (*small, "Prompt-based Reasoning", "Using SMs to augment prompts for LLMs"),
        (*small, "Deficiency Repair", "Developing SM plugins to repair deficiencies"),
        (*small, "Deficiency Repair", "Contrasting LLMs and SMs for better generations"),
        (*large, "Knowledge Distillation", "Black-box Distillation"),
        (*large, "Knowledge Distillation", "White-box Distillation"),
        (*large, "Data Synthesis", "Data Augmentation"),
        (*large, "Data Synthesis", "Training Data Generation"),
    ]


@needs_survey
def test_52_papers_of_the_survey_have_code_links(real: Whole) -> None:
    assert sum(p.has_code for p in real.papers) == 52
    assert all(p.code_url is None or p.code_url.startswith("https://github.com/") for p in real.papers)


@needs_survey
def test_every_paper_of_the_survey_has_venue_year_topic_and_link(real: Whole) -> None:
    for paper in real.papers:
        assert paper.venue and paper.topic and paper.url, paper
        assert paper.year in range(2019, 2025), paper
        assert str(paper.year) not in paper.venue, paper
        assert (paper.venue_type == "preprint") == (paper.venue == "arXiv"), paper


@needs_survey
@pytest.mark.parametrize(
    ("row", "title", "topic", "venue", "year"),
    [
        (1, "Data selection for language models via importance resampling", "Data Selection", "NeurIPS", 2023),
        (
            23,
            "Fly-Swat or Cannon? Cost-Effective Language Model Choice via Meta-Modeling",
            "Model Routing",
            "WSDM",
            2024,
        ),
        (40, "DocPrompting: Generating Code by Retrieving the Docs", "Codes", "ICLR", 2023),
        (
            57,
            "Distilling Step-by-Step! Outperforming Larger Language Models with Less Training Data "
            "and Smaller Model Sizes",
            "Chain-Of-Thought Distillation",
            "ACL",
            2023,
        ),
        (
            84,
            "ToxiGen: A Large-Scale Machine-Generated Dataset for Adversarial and Implicit Hate Speech Detection",
            "Dataset Generation",
            "ACL",
            2022,
        ),
    ],
)
def test_these_rows_of_the_survey_are_read_so(
    real: Whole, row: int, title: str, topic: str, venue: str, year: int
) -> None:
    paper = real.papers[row - 1]
    assert (paper.title, paper.topic, paper.venue, paper.year) == (title, topic, venue, year)


@needs_survey
def test_the_five_routing_papers_of_the_survey_are_rows_19_to_23(real: Whole) -> None:
    assert [p.source.row for p in real.papers if p.topic == "Model Routing"] == [19, 20, 21, 22, 23]


@needs_survey
def test_white_space_of_the_survey_is_folded(real: Whole) -> None:
    for paper in real.papers:
        for text in (paper.title, paper.topic or "", paper.venue or "", paper.url or "", *paper.section):
            assert text == " ".join(text.split())


@needs_survey
def test_the_preface_of_the_survey_names_gael(real: Whole) -> None:
    assert "Gaël Varoquaux" in real.preface
    assert "Ã" not in real.preface and "nbsp" not in real.preface


@needs_survey
def test_the_survey_gives_these_four_warnings(real: Whole) -> None:
    twice, *empty = real.warnings
    assert twice.line == 636  # the <tr> of LOVE, row 51
    assert "LOVE" in twice.reason and "arxiv:2305.08848" in twice.reason
    assert "line 572" in twice.reason and "Plug-ins" in twice.reason  # SuperICL, row 45
    page = SURVEY.read_text("utf-8")
    assert [(w.line, w.reason) for w in empty] == [
        (line_of(f"## {name} <a name", page), f"the section '{name}' is empty")
        for name in (
            "Computation-constrained Environment",
            "Task-specific Environment",
            "Interpretability-required Environment",
        )
    ]


@needs_survey
def test_papers_read_from_the_survey_survive_json(real: Whole) -> None:
    assert tuple(Paper.from_dict(p.to_dict()) for p in real.papers) == real.papers
