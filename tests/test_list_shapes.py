# ruff: noqa: E501 (lists have long lines)
"""Reading lists of more shapes, as they are met on the web, in made-up words: each with its papers beside it."""

import pytest

from .test_lists import arxiv, read_as
from .whole import parse

L = "https://arxiv.org/abs/2401.0000"

# shape -> (page, the titles of papers 1, 2, ... in order; what else is there is none)
SHAPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "a number in brackets, a colon, and prose between": (
        f"""# Rivers to read
## Fully measured
Methods fall into two kinds; both need much water.

 - [3] : [Measuring a whole river from one bridge]({L}1) -CVPR 2017
 - [17] : [Rivers in video and shape]({L}2) - CVPR 2020
 -
A long memory is proposed to use [3], which [A simple baseline for rivers](https://arxiv.org/abs/2409.00001) does not.

 [3] uses a loss that asks for the whole path; the others do not ask for it.
 - [Can a delta be learned from its shadow alone?]({L}3) – ICCV 2019
""",
        (
            "Measuring a whole river from one bridge",
            "Rivers in video and shape",
            "Can a delta be learned from its shadow alone?",
        ),
    ),
    "a table of badges, with a remark and other papers under the title": (
        f"""# Pruned rivers
| [![Type](https://img.shields.io/badge/Type-blue)](https://github.com/a/b/blob/main/types.md) | [![Data](https://img.shields.io/badge/Data-green)](https://github.com/a/b/blob/main/data.md) |
|:--:|:--:|
| `Dammed` | `Taylor e.g.` [`Hessian`](https://arxiv.org/abs/2409.00001) |

### 2024
| <div style="width: 150px">Title & Take-away </div> | <dir>Tags</dir> | <div>Note</div> | <div>Code</div> |
|:--|:--:|:--:|:--:|
| [![Star](https://img.shields.io/github/stars/a/dam.svg?style=social&label=Star)](https://github.com/a/dam) [![Publish](https://img.shields.io/badge/Conference-MLSys'24-blue)]() <br> [Damformer: Rivers Cut by Attention]({L}1) <br> A successor to [H2O](https://arxiv.org/abs/2409.00002) that uses a *score* of [Sparse Rivers](https://arxiv.org/abs/2409.00003). | [![Type](https://img.shields.io/badge/Type-Other-blue)](https://github.com/a/b/blob/main/types.md) | [Blog](https://blog.example.org/dam) | [PyTorch](https://github.com/a/dam) |
| [![Publish](https://img.shields.io/badge/Arxiv'24-blue)]() <br> [The Era of Narrow Rivers]({L}2) <br> Rivers of one bit. | x | [Reviews](https://openreview.net/forum?id=PxoFut3dWW) | |
""",
        ("Damformer: Rivers Cut by Attention", "The Era of Narrow Rivers"),
    ),
    "short years and code behind a mark": (
        f"""# Rivers
| Title | Venue | Year | Code |
|-|-|-|-|
| [LoRiA: Low-Rank Adaptation of Rivers]({L}1) | ICLR | '22 | [✓](https://github.com/a/loria) |
| [Rivers and Context for the Next Item]({L}2) | RecSys | ['21](https://recsys.example.org/accepted) | - |
""",
        ("LoRiA: Low-Rank Adaptation of Rivers", "Rivers and Context for the Next Item"),
    ),
    "folded sections in HTML": (
        f"""# Rivers
<details open>
<summary><b>Flow (2 papers)</b></summary>

- [A Survey of Rivers]({L}1), TMLR 2024

<ul><li><b>Learning to Flow</b>, Ann Author et al., ICML 2023. <a href="{L}2">paper</a> / <a href="https://github.com/a/b">code</a></li></ul>
</details>
""",
        ("A Survey of Rivers", "Learning to Flow"),
    ),
    "a heading for each paper and its fields as bullets": (
        f"""# Rivers
## 1. A Survey of Rivers and their Deltas
- **Authors:** Ann Author, Ben Other
- **Venue:** ACL 2023
- **Paper:** [{L}1]({L}1)
- **Summary:** All the water there is, seen from above.

## 2. Learning to Flow in Shallow Water
- **Authors:** Cem Third, Ben Other
- **Paper:** [Link]({L}2)
""",
        ("A Survey of Rivers and their Deltas", "Learning to Flow in Shallow Water"),
    ),
    "a name, the title in quotation marks, the venue, the place": (
        f"""# Rivers
* **RiverNet**: "Learning to Flow with Nets", CVPR, 2024 (*Lake Lab*). [[Paper]({L}1)][[PyTorch](https://github.com/a/b)]
* **?**: "What Do Rivers See?", arXiv, 2023 (*ETH*). [[Paper]({L}2)]
* **FLOW-2**: "FLOW-2: Faster Flows through Better Beds", NeurIPS, 2023 (*Delta*). [[Paper]({L}3)][[Code (in construction)](https://github.com/a/c)]
""",
        ("Learning to Flow with Nets", "What Do Rivers See?", "FLOW-2: Faster Flows through Better Beds"),
    ),
    "links defined at the end": (
        f"""# Rivers
- [A Survey of Rivers][1], Ann Author, Ben Other, TMLR 2024
- [Learning to Flow in Beds][flow] ([code][c])

[1]: {L}1
[flow]: {L}2 "arXiv"
[c]: https://github.com/a/b
""",
        ("A Survey of Rivers", "Learning to Flow in Beds"),
    ),
    "references as journals print them": (
        f"""# References
- Author, A., & Other, B. (2020). A survey of rivers and their deltas. *Journal of Water*, 3(1), 1-20. {L}1
- Third, C. (2021). Learning to flow in shallow water. In *Proceedings of ICML*. {L}2
- Author, A., Other, B., & Third, C. (2019). Flow matching for braided rivers. arXiv preprint. [{L}3]({L}3)
""",
        (
            "A survey of rivers and their deltas",
            "Learning to flow in shallow water",
            "Flow matching for braided rivers",
        ),
    ),
    "a quotation under each entry": (
        f"""# Rivers
- [A Survey of Rivers]({L}1) (ACL 2023)
  > TL;DR: We look at all the rivers, and at [one lake](https://arxiv.org/abs/2409.00001).
- **Learning to Flow in Beds** [[arXiv]({L}2)]

  > *Abstract*: Rivers flow. In this paper we show how they do.
""",
        ("A Survey of Rivers", "Learning to Flow in Beds"),
    ),
    "boxes to tick": (
        f"""# Reading this month
- [x] [A Survey of Rivers]({L}1)
- [ ] [Learning to Flow in Beds]({L}2) (ICML 2024)
- [ ] buy milk
""",
        ("A Survey of Rivers", "Learning to Flow in Beds"),
    ),
    "dates in front, months as headings": (
        f"""# Rivers
### 2024.05
- [05/12] **A Survey of Rivers** ([arXiv]({L}1))
- (2024-05-03) Learning to Flow in Beds. [[paper]({L}2)] [[project](https://flow.github.io)]
### April 2024
- 2024-04-01, **Flow Matching Rivers**, Ann Author et al., [link]({L}3)
""",
        ("A Survey of Rivers", "Learning to Flow in Beds", "Flow Matching Rivers"),
    ),
    "in Chinese": (
        f"""# 河流论文列表
## 综述
- **A Survey of Rivers** [[论文]({L}1)] [[代码](https://github.com/a/b)] (ACL 2023)
- Learning to Flow in Beds，NeurIPS 2022，[论文地址]({L}2)
## 参考
- 欢迎贡献 [见这里](https://github.com/a/b/pulls)
""",
        ("A Survey of Rivers", "Learning to Flow in Beds"),
    ),
    "several papers in one cell": (
        f"""# Rivers by year
| Year | Papers |
|---|---|
| 2023 | [A Survey of Rivers]({L}1) (ACL)<br>[Learning to Flow in Beds]({L}2) (ICML) |
| 2024 | [Flow Matching Rivers]({L}3) |
""",
        ("A Survey of Rivers", "Learning to Flow in Beds", "Flow Matching Rivers"),
    ),
    "an HTML table with a picture beside": (
        f"""<h2 align="center">Rivers</h2>
<table>
<tr><th>Teaser</th><th>Paper</th></tr>
<tr><td rowspan="1"><img src="teaser.png" width="200"></td>
<td><b>A Survey of Rivers</b><br><i>Ann Author, Ben Other</i><br>ECCV 2022<br><a href="{L}1">[PDF]</a> <a href="https://github.com/a/b">[Code]</a></td></tr>
<tr><td><img src="flow.gif"></td><td><b><a href="{L}2">Learning to Flow in Beds</a></b><br>Cem Third<br>SIGGRAPH 2023</td></tr>
</table>
""",
        ("A Survey of Rivers", "Learning to Flow in Beds"),
    ),
    "a conference's papers with a line for each field": (
        f"""## [200] Rivers Decoded with Two Priors

**Authors**: *Ann Author, Ben Other*

**Conference**: *aaai 2024*

**URL**: [{L}1]({L}1)

**Abstract**:

Rivers are hard to decode. Many methods find tails difficult, see [one of them](https://arxiv.org/abs/2409.00001) for more.

----

## [201] Controllable Rivers

        **Authors**: *Cem Third, Dee Fourth*

        **Conference**: *nips 2022*

        **URL**: [{L}2]({L}2)
""",
        ("Rivers Decoded with Two Priors", "Controllable Rivers"),
    ),
    "words to the reader beside the tables": (
        f"""# Rivers
- **"If you only read 2 papers":** [RNet](https://arxiv.org/abs/2409.00001) (Foundation) + [Damformer](https://arxiv.org/abs/2409.00002).
- **If you work on lakes:** look into [LNet](https://arxiv.org/abs/2409.00003) (step by step).

| Paper | Why Read It |
|---|---|
| [**RNet: The First River Net**]({L}1) | The canonical river. See [its blog](https://blog.example.org). |
| [**Damformer**]({L}2) | A template for dams. |

For a guide that asks four questions of you, see the [survey paper](https://arxiv.org/abs/2409.00004).
""",
        ("RNet: The First River Net", "Damformer"),
    ),
    "titles with an acronym in brackets, and titles over two lines": (
        f"""# Molecules
- Molecular Rivers (MORI): A Platform for Generated Rivers (Front Rivers 2020) [[Paper]]({L}1) [[Code]](https://github.com/a/b)

- A Real-Time Filtering Method for Referring
Water Comprehension (CVPR 2020) [[paper]]({L}2)

- Chemical Rivers: a deep network with minimal knowledge (aka: Chemriver; arXiv 2017) [[Paper]]({L}3) (Techs - CNN + SVM)
""",
        (
            "Molecular Rivers (MORI): A Platform for Generated Rivers",
            "A Real-Time Filtering Method for Referring Water Comprehension",
            "Chemical Rivers: a deep network with minimal knowledge",
        ),
    ),
    "titles that ask, and the venue after a stop": (
        f"""# Worlds
1. RiverWorld: Is your Boat Faster than a Swan?. EMNLP 2022. [[Paper]]({L}1) [[Code]](https://github.com/a/b)
1. InterRiver: Standardizing Floods with Feedback. arXiv 2023. [[Paper]]({L}2)
1. Fiction Rivers: A Colossal Adventure (Amazon). AAAI 2020. [[Paper]]({L}3)
""",
        (
            "RiverWorld: Is your Boat Faster than a Swan?",
            "InterRiver: Standardizing Floods with Feedback",
            "Fiction Rivers: A Colossal Adventure",
        ),
    ),
    "the venue first, in code, and stars": (
        f"""# Rivers
- ⭐ `[NeurIPS 2023]` **A Survey of Rivers**, *Ann Author, Ben Other* [[pdf]({L}1)]
- ⭐⭐⭐ `ICLR'24 oral` [Learning to Flow in Beds]({L}2) [![](https://img.shields.io/github/stars/a/b)](https://github.com/a/b)
- **`CVPR'24`** Flow Matching Rivers [`Paper`]({L}3) [`Code`](https://github.com/a/c)
""",
        ("A Survey of Rivers", "Learning to Flow in Beds", "Flow Matching Rivers"),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_list_of_this_shape_gives_its_papers_and_nothing_else(shape: str) -> None:
    page, titles = SHAPES[shape]
    assert read_as(page) == [(title, arxiv(number)) for number, title in enumerate(titles, 1)]


NO_LINKS = """\
# Anomalous Rivers Reading List
## [Contents](#contents)
  - ICML-2026 [KDD-2025](#kdd-2025)

### [ICML-2026](#contents)

1. **Learning from river-river relationship: a new perspective**

    *Ann Author, Ben Other, Cem Third*

1. **Defending Dams With Generative Representations**

    *Dee Fourth, Ben Other*

### [KDD-2025](#contents)

1. **How to Use River Data in the Wild?**

    *Ann Author, Ben van Other*

## Tips
1. **Read the papers twice before you cite them**

2. **Ask Ann Author, Ben Other**
"""


def test_a_list_without_links_whose_headings_are_venues() -> None:
    papers = parse(NO_LINKS, "list.md").papers
    assert [(paper.title, paper.url, paper.venue, paper.year) for paper in papers] == [
        ("Learning from river-river relationship: a new perspective", None, "ICML", 2026),
        ("Defending Dams With Generative Representations", None, "ICML", 2026),
        ("How to Use River Data in the Wild?", None, "KDD", 2025),
    ]
    assert papers[0].authors == ("Ann Author", "Ben Other", "Cem Third")


def test_what_these_shapes_say_beside_the_title() -> None:
    def facts(shape: str) -> list[tuple[str | None, int | None]]:
        return [(paper.venue, paper.year) for paper in parse(SHAPES[shape][0], "list.md").papers]

    assert facts("a number in brackets, a colon, and prose between") == [("CVPR", 2017), ("CVPR", 2020), ("ICCV", 2019)]
    assert facts("short years and code behind a mark") == [("ICLR", 2022), ("RecSys", 2021)]
    assert facts("a heading for each paper and its fields as bullets")[0] == ("ACL", 2023)
    assert facts("a name, the title in quotation marks, the venue, the place") == [
        *(("CVPR", 2024), ("arXiv", 2023), ("NeurIPS", 2023))
    ]
    assert [year for _, year in facts("references as journals print them")] == [2020, 2021, 2019]
    assert facts("the venue first, in code, and stars") == [("NeurIPS", 2023), ("ICLR", 2024), ("CVPR", 2024)]
    first, second, *_ = parse(SHAPES["short years and code behind a mark"][0], "list.md").papers
    assert (first.code_url, second.code_url) == ("https://github.com/a/loria", None)
