# ruff: noqa: E501 (real lists have long lines)
"""Reading lists of other shapes than the survey's: each shape in little, and two real lists counted by hand."""

import pytest

from .conftest import SHARED
from .whole import Whole, parse, read

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


# --- two real lists, by hand: what a person counts in 100 lines of each (line, first words of the title, end of the link)

SPECULATIVE_72_TO_171 = """\
79 | Unlocking Efficiency in Large | 2024.findings-acl.456.pdf
81 | Beyond the Speculative Game: | 2404.14897.pdf
83 | Closer Look at Efficient | 2411.13157
85 | Speculative Decoding and Beyond: | 2502.19732
87 | A Survey on Parallel | 2508.08712
92 | Blockwise Parallel Decoding for | 1811.03115.pdf
94 | Speculative Decoding: Exploiting Speculative | 2023.findings-emnlp.257.pdf
96 | Speculative Decoding with Big | pdf?id=EfMyf9MC3t
98 | Accelerating Transformer Inference for | 2023.acl-long.689.pdf
100 | SPEED: Speculative Pipelined Execution | 2310.12072.pdf
102 | Fast and Robust Early-Exiting | 2023.emnlp-main.362.pdf
107 | Fast Inference from Transformers | 2211.17192.pdf
109 | Accelerating Large Language Model | 2302.01318
111 | Inference with Reference: Lossless | 2304.04487.pdf
113 | SpecInfer: Accelerating Generative LLM | 2305.09781.pdf
115 | Predictive Pipelined Decoding: A | 2307.05908.pdf
117 | Accelerating LLM Inference with | 2308.04623.pdf
119 | SpecTr: Fast Speculative Decoding | pdf?id=SdYHLTCC5J
121 | Draft & Verify: Lossless | 2309.08168.pdf
123 | Online Speculative Decoding | 2310.07177.pdf
125 | DistillSpec: Improving Speculative Decoding | 2310.08461.pdf
127 | REST: Retrieval-Based Speculative Decoding | 2311.08252.pdf
129 | Speculative Contrastive Decoding | 2024.acl-short.5.pdf
131 | PaSS: Parallel Speculative Sampling | 2311.13581.pdf
133 | Cascade Speculative Drafting for | 2312.11462.pdf
135 | SLiM: Speculative Decoding with | pdf?id=aPOFpNWwzl
137 | Graph-Structured Speculative Decoding | pdf?id=KSq0Gwyl_sL
139 | Multi-Candidate Speculative Decoding | 2401.06706.pdf
141 | Medusa: Simple LLM Inference | 2401.10774.pdf
143 | BiTA: Bi-Directional Tuning for | 2401.12522.pdf
145 | EAGLE: Speculative Sampling Requires | 2401.15077.pdf
147 | GliDe with a CaPE: | 2402.02082.pdf
149 | Break the Sequential Dependency | 2402.02057.pdf
151 | Hydra: Sequentially-Dependent Draft Heads | 2402.05109.pdf
153 | Speculative Streaming: Efficient and | 2025.emnlp-main.986.pdf
155 | Generation Meets Verification: Accelerating | 2402.11809.pdf
157 | Sequoia: Scalable, Robust, and | 2402.12374.pdf
159 | ProPD: Dynamic Token Tree | 2402.13485.pdf
161 | Ouroboros: Speculative Decoding with | 2402.13720.pdf
163 | Recursive Speculative Decoding: Accelerating | 2402.14160.pdf
165 | Chimera: A Lossless Decoding | 2402.15758.pdf
167 | Speculative Decoding via Early-exiting | 2406.03853
169 | Minions: Accelerating Large Language | 2402.15678.pdf
171 | CLLMs: Consistency Large Language | 2403.00835.pdf
"""

DISTILLATION_143_TO_242 = """\
154 | Evidence-Focused Fact Summarization for | 2403.02966.pdf
155 | Aligning Large and Small | 2024.eacl-long.109.pdf
156 | Divide-or-Conquer? Which Part Should | 2402.15000.pdf
157 | Miko: Multimodal Intention Knowledge | 2402.18169.pdf
158 | KnowTuning: Knowledge-aware Fine-tuning for | 2402.11176.pdf
159 | TinyLLM: Learning a Small | 2402.04616.pdf
160 | Mixed Distillation Helps Smaller | 2312.10730.pdf
161 | Tailoring Self-Rationalizers with Multi-Reward | 2311.02805.pdf
162 | Orca 2: Teaching Small | 2311.11045.pdf
163 | Mammoth: Building Math Generalist | 2309.05653
164 | PandaLM: An Automatic Evaluation | 2306.05087
165 | Symbolic Chain-of-Thought Distillation: Small | 2306.14050
166 | Orca: Progressive Learning from | 2306.02707
167 | Distilling Step-by-Step! Outperforming Larger | 2305.02301
168 | Impossible Distillation: from Low-Quality | 2305.16635
169 | Baize: An Open-Source Chat | 2304.01196
170 | ChatGPT outperforms crowd workers | 2303.15056.pdf
171 | Annollm: Making large language | 2303.16854
172 | GPT-4All: Training an Assistant-Style | 2023_GPT4All_Technical_Report.pdf
173 | Specializing Smaller Language Models | 2301.12726
174 | Is GPT-3 a Good | 2212.10450.pdf
175 | Large Language Models Are | 2212.10071
176 | Teaching Small Language Models | 2212.08410
177 | Explanations from Large Language | 2210.06726
178 | Want To Reduce Labeling | 2021.findings-emnlp.354
185 | Instruction Fusion: Advancing Prompt | 2312.15692.pdf
186 | An Empirical Study of | 2310.07328.pdf
187 | PromptMix: A Class Boundary | 2310.14192.pdf
188 | Wizardmath: Empowering mathematical reasoning | 2308.09583
189 | Code Llama: Open Foundation | 2308.12950.pdf
190 | WizardCoder: Empowering Code Large | 2306.08568
191 | Principle-Driven Self-Alignment of Language | 0764db1151b936aca59249e2c1386101-Abstract-Conference.html
192 | Targeted Data Generation: Finding | 2305.17804.pdf
193 | Wizardlm: Empowering large language | 2304.12244
194 | LaMini-LM: A Diverse Herd | 2304.14402
195 | Alpaca: Aligning Language Model | alpaca.html
197 | Exploring the Impact of | 2303.14742
198 | AugGPT: Leveraging ChatGPT for | 2302.13007.pdf
199 | Self-instruct: Aligning language model | 2212.10560
200 | Symbolic Knowledge Distillation: from | 2110.07178.pdf
206 | Synthetic Data (Almost) from | 2402.13064
207 | Phi-2: The surprising power | phi-2-the-surprising-power-of-small-language-models
208 | WaveCoder: Widespread And Versatile | 2312.14187
209 | Magicoder: Source Code Is | 2312.02120.pdf
210 | MFTCoder: Boosting Code LLMs | 2311.02303.pdf
211 | Textbooks Are All You | 2309.05463.pdf
212 | Neural Machine Translation Data | 2307.05779.pdf
213 | Textbooks Are All You | 2306.11644.pdf
214 | Enhancing Chat Language Models | 2305.14233
215 | AugTriever: Unsupervised Dense Retrieval | 2212.08841.pdf
216 | SunGen: Self-Guided Noise-Free Data | 2205.12679.pdf
217 | ZeroGen: Efficient Zero-shot Learning | 2202.07922.pdf
218 | InPars: Data Augmentation for | 2202.05144.pdf
219 | Towards Zero-Label Language Learning | 2109.09193.pdf
226 | PromptKD: Distilling Student-Friendly Knowledge | 2402.12842
227 | Rethinking Kullback-Leibler Divergence in | 2404.02657.pdf
228 | Direct Alignment of Draft | 2403.00858.pdf
229 | DB-LLM: Accurate Dual-Binarization for | 2402.11960.pdf
230 | BitDistiller: Unleashing the Potential | 2402.10631.pdf
231 | DISTILLM: Towards Streamlined Distillation | 2402.03898.pdf
232 | Towards Cross-Tokenizer Distillation: the | 2402.12030.pdf
233 | Revisiting Knowledge Distillation for | 2402.11890.pdf
234 | Knowledge Fusion of Large | 2401.10491
235 | Improving In-context Learning via | 2312.17055.pdf
236 | Towards the Fundamental Limits | 2310.07838
237 | Baby Llama: Knowledge Distillation | 2308.02019.pdf
238 | f-Divergence Minimization for Sequence-Level | 2307.15190.pdf
239 | MiniLLM: Knowledge Distillation of | 2306.08543.pdf
240 | On-Policy Distillation of Language | 2306.13649.pdf
241 | LLM-QAT: Data-Free Quantization Aware | 2305.17888.pdf
242 | Less is more: Task-aware | 2210.01351.pdf
196 | Code Alpaca: An Instruction-following | -
"""


def sample(text: str) -> list[tuple[int, str, str]]:
    rows = [line.split(" | ") for line in text.splitlines()]
    return [(int(line), title, link) for line, title, link in rows]


def share_read(reading: Whole, expected: list[tuple[int, str, str]]) -> float:
    """Return the share of the expected papers that were read with right title and link."""

    def is_read(title: str, link: str) -> bool:
        found = [paper for paper in reading.papers if paper.title.startswith(title)]
        return any((paper.url or "-").rstrip("/").endswith(link) for paper in found)

    return sum(is_read(title, link) for _, title, link in expected) / len(expected)


@needs_lists
def test_the_papers_that_a_person_counts_in_a_list_of_bullets_are_read() -> None:
    reading, expected = read(SPECULATIVE), sample(SPECULATIVE_72_TO_171)
    assert len(expected) == 44
    assert share_read(reading, expected) >= 0.97
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
    twice = sum("the same paper" in remark.reason for remark in reading.refused)
    assert bullets == 344
    assert 0.99 * bullets <= len(reading.papers) + twice <= bullets - 1  # one is the tutorial


@needs_lists
def test_the_papers_that_a_person_counts_in_a_list_of_tables_are_read() -> None:
    reading, expected = read(DISTILLATION), sample(DISTILLATION_143_TO_242)
    assert len(expected) == 72
    assert share_read(reading, expected) >= 0.97
    titles = {paper.title for paper in reading.papers}
    for other in ("A Survey on Knowledge Distillation of Large Language Models", "② Compression", "Encoder-based KD"):
        assert other not in titles


@needs_lists
def test_a_list_of_tables_has_as_many_papers_as_rows() -> None:
    reading = read(DISTILLATION)
    lines = DISTILLATION.read_text("utf-8").splitlines()
    rows = sum(line.startswith("|") and not line.startswith("|:") and "Venue" not in line for line in lines)
    assert rows - 4 == 345  # the table on the roles of distillation has a header and three rows
    assert reading.rows_read == 345
    assert all("the same paper" in remark.reason for remark in reading.refused)
