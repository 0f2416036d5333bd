# ruff: noqa: E501 (real lists have long lines)
"""Reading lists of other shapes than the survey's: each shape in little, and two real lists counted by hand."""

from pathlib import Path

import pytest

from benchmarks.lists import measure

from .conftest import SHARED
from .whole import parse, read

LISTS = SHARED / "lists"
SPECULATIVE = LISTS / "speculative-decoding-papers.md"
DISTILLATION = LISTS / "knowledge-distillation-of-llms.md"
needs_lists = pytest.mark.skipif(not SPECULATIVE.is_file(), reason=f"needs two real lists ({LISTS} is not there)")


def read_as(page: str) -> list[tuple[str, str | None]]:
    return [(paper.title, paper.url) for paper in parse(page, "list.md").papers]


def arxiv(number: int) -> str:
    return f"https://arxiv.org/abs/2401.{number:05}"


def listed(*titles: str) -> list[tuple[str, str | None]]:
    """Return papers with these titles, linked to arXiv 2401.00001 and up."""
    return [(title, arxiv(number)) for number, title in enumerate(titles, 1)]


# --- shapes; each page lists papers 1, 2, ... and what is none

LINKED_TITLES = """\
# Awesome Rivers

[![Awesome](https://awesome.re/badge.svg)](https://awesome.re) [![PDF](https://img.shields.io/badge/PDF-x-green)](https://arxiv.org/abs/2409.00001)

A list of papers, kept with our survey [Rivers: A Survey](https://arxiv.org/abs/2409.00001). Please cite it.

## Contents
- [Surveys](#surveys)
- [Flow](#flow)

## News
- **2024-05**: our survey [Rivers: A Survey](https://arxiv.org/abs/2409.00001) is accepted!

## Surveys
- [A Survey of Rivers](https://arxiv.org/abs/2401.00001), Ann Author, Ben Other, *TMLR 2024*
- [Rivers, Lakes and Seas](https://arxiv.org/abs/2401.00002) - All the water there is.

## Flow
* [Learning to Flow](https://arxiv.org/abs/2401.00003). Ann Author, Ben Other. NeurIPS 2023. [[code](https://github.com/a/flow)]
* [Flow](https://arxiv.org/abs/2401.00004)

## Tools
- [FlowKit](https://github.com/a/flowkit): a library of flows
- [RiverLib](https://riverlib.org) - flows too [[paper](https://arxiv.org/abs/2409.00003)]
- [RiverLib: A Library of Flows for Everyone](https://arxiv.org/abs/2401.00005)

## Blogs
- [How Rivers Flow, Explained with Pictures](https://blog.example.org/rivers), May 2023

## Contributing
- See [the guide](https://github.com/a/b/blob/main/guide.md) and [this paper](https://arxiv.org/abs/2409.00002)
"""

BOLD_OVER_LINES = """\
# Rivers

- **A Survey of Rivers**  \n  *Ann Author, Ben Other.* [[pdf](https://arxiv.org/abs/2401.00001)], [[code](https://github.com/a/b)], 2024.01. ![](https://img.shields.io/badge/ACL2024--findings-orange) ![](https://img.shields.io/badge/Wet-blue)
- **Learning to Flow.**<br>*Ann Author*<br>ICLR 2024 [Paper](https://arxiv.org/abs/2401.00002) | [Code](https://github.com/a/c)
- **Flow Matching Rivers** Ann Author, Ben Other NeurIPS 2023 [[paper]](https://arxiv.org/abs/2401.00003) [[slides]](https://a.org/s)
"""

TAGS_FIRST = """\
# Rivers
* **[NeurIPS 2023]** A Survey of Rivers [[Paper]](https://arxiv.org/abs/2401.00001) [[Code]](https://github.com/q/w)
* [CVPR 2023] Learning to Flow [[Paper](https://arxiv.org/abs/2401.00002)] [[Project](https://x.github.io)]
* (ICML'23) [Flow Matching Rivers](https://arxiv.org/abs/2401.00003) | [code](https://github.com/e/r)
* `ICLR 2023` [Prompting Rivers](https://arxiv.org/abs/2401.00004)
* [2023/05] [ICCV 23] [Rivers in Motion](https://arxiv.org/abs/2401.00005) [[🌐 Page](https://m.github.io)]
* [[AAAI 2023](https://arxiv.org/abs/2401.00006)] Rethinking Rivers - Ann Author, Ben Other [[code](https://github.com/t/y)]
* 2023-07 | Big Rivers | [arXiv](https://arxiv.org/abs/2401.00007)
* 📄 [arXiv:2401.00008](https://arxiv.org/abs/2401.00008) River Transformers for Everyone, Jane Doe, Ron Roe, ACL 2023
"""

NUMBERED = """\
# Rivers
1. **A Survey of Rivers.** *Ann Author, Ben Other.* ICLR 2017. [paper](https://arxiv.org/abs/2401.00001)
2. Learning to Flow. Ann Author, Ben Other. ICLR 2018. [[PDF](https://arxiv.org/abs/2401.00002)]
3. Author et al. "Flow Matching Rivers." ICLR 2019. [link](https://arxiv.org/abs/2401.00003)
4. Rethinking the Role of Rivers in Vision, A. Author, B. Other and C. Third, CVPR 2020: [paper](https://arxiv.org/abs/2401.00004), [code](https://github.com/u/i)
"""

NESTED = """\
# Rivers
- **A Survey of Rivers**
  - Authors: Ann Author, Ben Other
  - Paper: https://arxiv.org/abs/2401.00001
  - Code: https://github.com/a/b
- Learning to Flow, EMNLP 2022
  * [[Paper]](https://arxiv.org/abs/2401.00002)
  * Keywords: water, flow
- By kind
  - [Flow Matching Rivers](https://arxiv.org/abs/2401.00003)
    - It matches flows to rivers.
  - [Prompting Rivers](https://arxiv.org/abs/2401.00004)
"""

HEADINGS = """\
# Rivers
## Methods
### [A Survey of Rivers](https://arxiv.org/abs/2401.00001)
*Ann Author*, SIGIR 2022

### Learning to Flow without a Link
Ann Author, Ben Other. [[paper]](https://arxiv.org/abs/2401.00002) [[code]](https://github.com/z/z)
"""

PARAGRAPHS = """\
# Rivers
[1] Doe, Jane and Roe, Ron. "**A Survey of Rivers**." Nature (2015). [[pdf]](https://arxiv.org/abs/2401.00001) :star:

**[Learning to Flow](https://arxiv.org/abs/2401.00002)**  \nAnn Author, Ben Other  \nNeurIPS 2022

[Flow Matching Rivers](https://arxiv.org/abs/2401.00003), ACL 2022<br>
[Prompting Rivers](https://arxiv.org/abs/2401.00004), EMNLP 2022<br>

We thank the authors of [Rivers in Motion](https://arxiv.org/abs/2409.00005) for their code.
"""

BADGES = """\
# Rivers
- **A Survey of Rivers**, CVPR 2024 <br> [![arXiv](https://img.shields.io/badge/arXiv-2401.00001-b31b1b.svg)](https://arxiv.org/abs/2401.00001) [![Star](https://img.shields.io/github/stars/a/b.svg?style=social)](https://github.com/a/b)
- Learning to Flow [![Paper](https://img.shields.io/badge/Paper-NeurIPS_2023-blue)](https://arxiv.org/abs/2401.00002) [![Code](https://img.shields.io/badge/Code-GitHub-green)](https://github.com/a/c)
"""

COLUMNS = """\
# Rivers
| Paper | Link | Code | Venue |
|---|---|---|---|
| A Survey of Rivers | [paper](https://arxiv.org/abs/2401.00001) | [link](https://github.com/a/1) | ICLR'21 |

| Date | Keywords | Institute | Paper | Publication |
|---|---|---|---|---|
| 2017-06 | Flow | Lake | [Learning to Flow](https://arxiv.org/abs/2401.00002) | NeurIPS<br>[![b](https://img.shields.io/badge/x-y)](https://www.semanticscholar.org/paper/204e) |

| Model | Paper | Params |
|---|---|---|
| FMR | [Flow Matching Rivers](https://arxiv.org/abs/2401.00003) | 110M |

| Title & Authors | Introduction | Links |
|:--|:--|:--|
|[![Star](https://img.shields.io/github/stars/a/b.svg)](https://github.com/a/b) [![Publish](https://img.shields.io/badge/Conference-NeurIPS'23-blue)]()<br>**Prompting Rivers** <br> Ann Author, Ben Other |<img width="300" src="x.png"> |[Github](https://github.com/a/b) [paper](https://arxiv.org/abs/2401.00004)|
|[Rivers in Motion](https://arxiv.org/abs/2401.00005) <br> Ann Author, Ben Other |x |[Github](https://github.com/m/s)|

| Language | Stars |
|---|---|
| Python | 20 |

| Contributor | Name | Link |
|---|---|---|
| 1 | Jane Doe | [home](https://jane.example.org) |
"""

LOOSE_NUMBERS = """\
# Rivers
1. **A Survey of Rivers.** Preprint.

   *Ann Author, Ben Other* [[pdf](https://arxiv.org/abs/2401.00001)] [[project](https://github.com/a/b)], 2021.11

2.  **Learning to Flow?** EMNLP 2019. ![](https://img.shields.io/badge/Wet-blue)
   *Ann Author, Ben Other.* [[pdf](https://arxiv.org/abs/2401.00002)], 2019.9

3. Ann Author, Ben Other: *Flow Matching Rivers*. ICML 2019. https://arxiv.org/abs/2401.00003
"""

DESCRIBED = """\
# Rivers of the week
| **Paper** | **Links** |
|---|---|
| 1) **A Survey of Rivers** - asks in many ways, which are no part of the title, what rivers are. | [Paper](https://arxiv.org/abs/2401.00001), [Tweet](https://x.com/a/status/1) |
| 2) **RiverNet** - a model. | [Paper](https://arxiv.org/abs/2401.00002), [Tweet](https://x.com/a/status/2) |
"""

HTML = """\
<h1>Rivers</h1>
<ul>
<li><a href="https://arxiv.org/abs/2401.00001">A Survey of Rivers</a> <i>Ann Author, Ben Other</i>, ACL 2023
<li><b>Learning to Flow</b>, <em>Ann Author, Ben Other</em> [<a href="https://arxiv.org/abs/2401.00002">pdf</a>] [<a href="https://github.com/a/b">code</a>]
<li><a href="#top">Back to the top of this page</a>
</ul>
<table><tr><td><b>Flow Matching Rivers</b><br>Ann Author, Ben Other<br>CVPR 2021</td>
<td><a href="https://arxiv.org/abs/2401.00003">Paper</a></td></tr></table>
"""

SHAPES = {
    "linked titles": (
        LINKED_TITLES,
        ("A Survey of Rivers", "Rivers, Lakes and Seas", "Learning to Flow", "Flow")
        + ("RiverLib: A Library of Flows for Everyone",),
    ),
    "bold over lines": (BOLD_OVER_LINES, ("A Survey of Rivers", "Learning to Flow", "Flow Matching Rivers")),
    "tags first": (
        TAGS_FIRST,
        ("A Survey of Rivers", "Learning to Flow", "Flow Matching Rivers", "Prompting Rivers", "Rivers in Motion")
        + ("Rethinking Rivers", "Big Rivers", "River Transformers for Everyone"),
    ),
    "numbered": (
        NUMBERED,
        ("A Survey of Rivers", "Learning to Flow", "Flow Matching Rivers", "Rethinking the Role of Rivers in Vision"),
    ),
    "nested": (NESTED, ("A Survey of Rivers", "Learning to Flow", "Flow Matching Rivers", "Prompting Rivers")),
    "headings": (HEADINGS, ("A Survey of Rivers", "Learning to Flow without a Link")),
    "paragraphs": (PARAGRAPHS, ("A Survey of Rivers", "Learning to Flow", "Flow Matching Rivers", "Prompting Rivers")),
    "badges": (BADGES, ("A Survey of Rivers", "Learning to Flow")),
    "columns": (
        COLUMNS,
        ("A Survey of Rivers", "Learning to Flow", "Flow Matching Rivers", "Prompting Rivers", "Rivers in Motion"),
    ),
    "loose numbers": (LOOSE_NUMBERS, ("A Survey of Rivers", "Learning to Flow?", "Flow Matching Rivers")),
    "described": (DESCRIBED, ("A Survey of Rivers", "RiverNet")),
    "html": (HTML, ("A Survey of Rivers", "Learning to Flow", "Flow Matching Rivers")),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_list_of_this_shape_gives_its_papers_and_nothing_else(shape: str) -> None:
    page, titles = SHAPES[shape]
    assert read_as(page) == listed(*titles)


@pytest.mark.parametrize(
    ("badge", "venue", "year"),
    [
        ("ACL-2024-blue", "ACL", 2024),
        ("EMNLP-2023-blue", "EMNLP", 2023),
        ("NeurIPS-2022-red", "NeurIPS", 2022),
        ("Paper-NeurIPS_2023-blue", "NeurIPS", 2023),
        ("Paper-2024-blue", None, 2024),
        ("Code-2024-blue", None, 2024),
    ],
)
def test_a_badge_of_a_venue_and_a_year_is_read(badge: str, venue: str | None, year: int) -> None:
    image = f"![](https://img.shields.io/badge/{badge})"
    pages = (
        f"# Rivers\n- [A Survey of Rivers]({arxiv(1)}) {image}\n",
        f"# Rivers\n\n| Title | Venue |\n|---|---|\n| [A Survey of Rivers]({arxiv(1)}) | {image} |\n",
    )
    for page in pages:
        (paper,) = parse(page, "list.md").papers
        assert (paper.title, paper.venue, paper.year) == ("A Survey of Rivers", venue, year)


def test_what_else_an_entry_says_is_read() -> None:
    survey, _, flow, *_ = parse(LINKED_TITLES, "list.md").papers
    assert (survey.authors, survey.venue, survey.year) == (("Ann Author", "Ben Other"), "TMLR", 2024)
    assert (flow.authors, flow.venue, flow.year) == (("Ann Author", "Ben Other"), "NeurIPS", 2023)
    assert flow.code_url == "https://github.com/a/flow" and flow.section == ("Awesome Rivers", "Flow")
    first, second, third = parse(BOLD_OVER_LINES, "list.md").papers
    assert (first.venue, first.venue_type, first.year) == ("ACL", "findings", 2024)
    assert [p.code_url for p in (first, second, third)] == ["https://github.com/a/b", "https://github.com/a/c", None]
    assert [p.venue for p in parse(TAGS_FIRST, "list.md").papers] == [
        *("NeurIPS", "CVPR", "ICML", "ICLR", "ICCV", "AAAI", "arXiv", "ACL")
    ]
    assert [p.year for p in parse(NUMBERED, "list.md").papers] == [2017, 2018, 2019, 2020]
    assert [p.venue for p in parse(COLUMNS, "list.md").papers] == ["ICLR", "NeurIPS", None, "NeurIPS", None]


def test_entries_with_links_that_are_no_papers_are_refused_with_their_line() -> None:
    refused = parse(LINKED_TITLES, "list.md").refused
    assert {LINKED_TITLES.splitlines()[remark.line - 1].split("]")[0] for remark in refused} == {
        *("- [FlowKit", "- [RiverLib", "- [How Rivers Flow, Explained with Pictures")
    }
    assert all("no paper" in remark.reason for remark in refused)


# --- two real lists, by a count made by hand (benchmarks/lists.json)


@needs_lists
@pytest.mark.parametrize("list", [SPECULATIVE, DISTILLATION], ids=lambda path: path.stem)
def test_the_papers_that_a_person_counts_are_read_and_no_others(list: Path) -> None:
    found = measure(list)
    assert found.counted == {SPECULATIVE: 44, DISTILLATION: 72}[list]
    assert found.recall >= 0.97 and found.precision == 1


@needs_lists
def test_what_else_a_list_of_bullets_holds_is_not_taken() -> None:
    reading = read(SPECULATIVE)
    # The tutorial in line 72 is none; nor are the 15 blog posts and projects from line 803 on, and the list's own citation.
    assert reading.refused[0].line == 72
    titles = {paper.title for paper in reading.papers}
    for other in ("Speculative Decoding for Efficient LLM Inference", "Prompt Lookup Decoding", "Abbreviation"):
        assert other not in titles
    assert not any("SGLang" in title or "vLLM Performance" in title for title in titles)


@needs_lists
def test_a_list_of_bullets_has_as_many_papers_as_bullets_in_bold() -> None:
    reading = read(SPECULATIVE)
    bullets = sum(line.startswith("- **") for line in SPECULATIVE.read_text("utf-8").splitlines())
    twice = sum("the same paper" in remark.reason for remark in reading.repeated)
    assert bullets == 344
    assert 0.99 * bullets <= len(reading.papers) + twice <= bullets - 1  # one is the tutorial


@needs_lists
def test_what_else_a_list_of_tables_holds_is_not_taken() -> None:
    titles = {paper.title for paper in read(DISTILLATION).papers}
    for other in ("A Survey on Knowledge Distillation of Large Language Models", "② Compression", "Encoder-based KD"):
        assert other not in titles


@needs_lists
def test_a_list_of_tables_has_as_many_papers_as_rows() -> None:
    reading = read(DISTILLATION)
    lines = DISTILLATION.read_text("utf-8").splitlines()
    rows = sum(line.startswith("|") and not line.startswith("|:") and "Venue" not in line for line in lines)
    assert rows - 4 == 345  # the table on the roles of distillation has a header and three rows
    assert reading.rows_read == 345
    assert not reading.refused
