"""Drafts in Markdown, plain text, Word and PDF, and the papers that their references are."""

import io
import json
from pathlib import Path

import pytest

from assistant.drafts import Draft, Match, Matcher, Place, Reference, read
from assistant.drafts.bib import bibliography
from ingest import catalogue
from ingest.paper import Paper, Source

from .draft_files import column, docx, encrypted, pdf

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SURVEY = list(catalogue.load().papers)


def cited(draft: Draft) -> dict[str, tuple[str, ...]]:
    return {sentence.text: sentence.citations for sentence in draft.sentences}


MARKDOWN = b"""---
title: "A draft of mine"
bibliography: refs.bib
---

# Introduction

Small models are cheap [@ong2024; see @lu2024, p. 3]. As @xie2023 [p. 2] show, **data** matters.
It was [measured before](https://arxiv.org/abs/2302.03169v2) and in <https://doi.org/10.1000/ABC>.[^note]

## Related *work*

- A first `item` [-@du2023].
- Mail me@example.org about [this page](https://example.org) or [that one][there].

[there]: https://aclanthology.org/2020.lrec-1.494/

[^note]: A note says so [@note1].

```python
code = "[@nocode]"
```
"""


def test_markdown(tmp_path: Path) -> None:
    (tmp_path / "draft.md").write_bytes(MARKDOWN)
    (tmp_path / "refs.bib").write_text("@misc{xie2023, title={Data}, author={Xie, Sang and Ma, T.}, year=2023}")
    draft = read(tmp_path / "draft.md")
    assert draft.title == "A draft of mine"
    assert cited(draft) == {
        "Small models are cheap.": ("ong2024", "lu2024"),
        "As Xie and Ma show, data matters.": ("xie2023",),
        "It was measured before and in.": ("arxiv:2302.03169", "doi:10.1000/abc"),
        "A first item.": ("du2023",),
        "Mail me@example.org about this page or that one.": (),
        "A note says so.": ("note1",),
    }
    places = {s.text.split()[0]: s.place.line for s in draft.sentences}
    assert places == {"Small": 8, "As": 8, "It": 9, "A": 18, "Mail": 14}
    assert {p.section for p in draft.paragraphs} == {("Introduction",), ("Introduction", "Related work")}
    assert draft.bibliography["arxiv:2302.03169"].arxiv_id == "2302.03169"
    assert draft.bibliography["doi:10.1000/abc"].doi == "10.1000/abc"


NOTES = b"""![A picture](a_(b).png "x") A claim.[^1] Another.^[@c] A third^[See @d, p. 3.].
A fourth[^4] one ![as [@k] has it](c.png) is![one][x].

[^1]: [@b]
[^4]: It says [@e]
    more.

## Of tables [@g]

| Work | Result |
|------|--------|
| [@u; @b] | [Data](https://arxiv.org/abs/2302.03169) says so |

The end[^5] is here, as \\citet{h} and others say \\citep[see][p. 3]{i, j}.

[^5]: cf. @f.
"""


def test_notes_that_only_cite_belong_to_their_sentence_and_tables_are_known() -> None:
    draft = read(NOTES, "draft.md")
    assert [(s.text, s.citations, s.place.line) for s in draft.sentences] == [
        ("A claim.", ("b",), 1),
        ("Another.", ("c",), 1),
        ("A third.", ("d",), 1),
        ("A fourth one is.", ("k",), 2),
        ("It says more.", ("e",), 5),
        ("The end is here, as H and others say.", ("f", "h", "i", "j"), 14),
    ]
    assert draft.uncited == ("g", "u", "b", "arxiv:2302.03169")
    assert draft.bibliography["arxiv:2302.03169"].arxiv_id == "2302.03169"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"So \parencite[3]{a}, \autocite{b} \footcite*{c} and \Parencites(see)[1]{d}[2]{e, f} say.", "a b c d e f"),
        (r"So \textcite{a} and \Citet{b} and \volcite{2}[3]{c} \nocite{d} \citestyle{x} say.", "a b c"),
        (r"So \cite{a}{b} say.", "a"),
        ("So <b>say @a</b> and ~~it @b~~ and [@c]{.x} and @d's, @e--f [@{g.}].", "a b c d e g."),
        ("So @https://x.org/y, say @h: it, @doi:10.1/x_(2).", "https://x.org/y h doi:10.1/x_"),
        ("As @fig:one and @tbl-two [@sec:x; @tab:y] show [@eq:z; @a] and @figure2020.", "a figure2020"),
    ],
)  # fmt: skip
def test_what_is_a_citation_in_markdown(text: str, expected: str) -> None:
    draft = read(text.encode(), "draft.md")
    (sentence,) = draft.sentences
    assert sentence.citations == tuple(expected.split())
    assert draft.uncited == (("d",) if "nocite" in text else ())


def test_a_key_of_the_bibliography_is_no_cross_reference(tmp_path: Path) -> None:
    (tmp_path / "draft.md").write_text("---\nbibliography: a.bib\n---\nAs @sec-lee and @sec-two say.")
    (tmp_path / "a.bib").write_text("@misc{sec-lee, author={Ann Lee}}")
    assert cited(read(tmp_path / "draft.md")) == {"As Lee and sec-two say.": ("sec-lee",)}


@pytest.mark.parametrize("heading", ["# References {.unnumbered}", "References {#refs .x}\n===", "# References {-}"])
def test_headings_have_attributes(heading: str) -> None:
    draft = read(f"# Of it {{#one}}\n\nIt is cheap [1].\n\n{heading}\n\n[1] I. Ong. RouteLLM. 2024.\n".encode(), "x.md")
    assert [(p.section, p.sentences[0].citations) for p in draft.paragraphs] == [(("Of it",), ("1",))]
    assert list(draft.bibliography) == ["1"]


@pytest.mark.parametrize(
    "front", ["% Small\n  models\n% Ann Lee\n", "Title: Small\n  models\nAuthor: Ann Lee\nMode: any\n\n"]
)
def test_what_stands_before_a_page_is_no_claim(front: str) -> None:
    draft = read(f"{front}They are cheap.".encode(), "draft.md")
    assert (draft.title, cited(draft)) == ("Small models", {"They are cheap.": ()})
    assert next(draft.sentences).place.line == front.count("\n") + 1


NUMBERED = """A Title of the Draft

1 Introduction

Small models are cheap [1]. They are fast [2, 3-4], and more.
See Fig. 3 and Ong et al. (2025) for a table [12]. Array x[2] is code? [99]

References

[1] I. Ong and V. Wu. RouteLLM: Learning to Route LLMs from Preference
    Data. ICLR, 2025.
[2] Lu, K., Yuan, H.: Routing to the Expert. In: NAACL (2024). doi:10.1000/X.2
[3] Xie, S. M. (2023). Data selection for language models. arXiv preprint arXiv:2302.03169v3.
[4] G. Wenzek, "CCNet: Extracting High Quality Datasets," in LREC, 2020.
[12] Du, Q. 2023. MoDS: Model-oriented Data Selection. arXiv:2311.15653.
"""


def test_numbers_and_their_list() -> None:
    draft = read(NUMBERED.encode(), "draft.txt")
    assert draft.title == "A Title of the Draft"
    found = cited(draft)
    assert found["Small models are cheap."] == ("1",)
    assert found["They are fast, and more."] == ("2", "3", "4")
    assert found["See Fig. 3 and Ong et al. for a table."] == ("1", "12")
    assert found["Array x[2] is code?"] == ()
    titles = {key: reference.title for key, reference in draft.bibliography.items()}
    assert titles == {
        "1": "RouteLLM: Learning to Route LLMs from Preference Data",
        "2": "Routing to the Expert",
        "3": "Data selection for language models",
        "4": "CCNet: Extracting High Quality Datasets",
        "12": "MoDS: Model-oriented Data Selection",
    }
    first, second, third = (draft.bibliography[key] for key in "123")
    assert (first.authors, first.year, first.place) == (("I. Ong", "V. Wu"), 2025, Place("draft.txt", 10))
    assert (second.authors, second.year, second.doi) == (("K. Lu", "H. Yuan"), 2024, "10.1000/x.2")
    assert (third.authors, third.year, third.arxiv_id) == (("S. M. Xie",), 2023, "2302.03169")


NAMES = """Small models are cheap (Ong et al., 2024; Lu and Yuan, 2023b). As van den Oord et al. (2018) show,
it works (see also Xie, 2023; it is 2024). The model (GPT-4, released 2023) is large.

References

Keming Lu and Hongyi Yuan. 2023a. The first paper of that year. ACL.

Keming Lu and Hongyi Yuan. 2023b. The second paper of that year. ACL.

Isaac Ong, Amjad Almahairi, and Vincent Wu. 2024. RouteLLM. ICLR.

Aaron van den Oord. 2018. Representation learning. arXiv:1807.03748.

Sang Michael Xie. 2023. Data selection. NeurIPS.
"""


def test_names_and_years_and_their_list() -> None:
    draft = read(NAMES.encode(), "draft.txt")
    titles = [[draft.bibliography[key].title for key in sentence.citations] for sentence in draft.sentences]
    assert titles == [["RouteLLM", "The second paper of that year"], ["Representation learning", "Data selection"], []]


def test_without_a_list_citations_still_are_citations() -> None:
    draft = read(b"Small models are cheap (Ong et al., 2024). They are fast [3].")
    assert cited(draft) == {"Small models are cheap.": ("ong2024",), "They are fast.": ("3",)}
    assert draft.bibliography == {} and draft.warnings == () and draft.name == "standard input"


def test_what_stands_in_a_paragraph_without_a_sentence_is_known() -> None:
    page = b"Words [@a].\n\n[@b; @a]\n\n- [@c]\n\n![As @d has it](x.png)\n\n[1]\n\n[^1]: See [@e].\n"
    draft = read(page, "draft.md")
    assert (cited(draft), draft.uncited) == ({"Words.": ("a",)}, ("b", "c", "d", "1", "e"))


def test_a_single_abstract() -> None:
    text = SURVEY[0].text
    draft = read(text.encode())
    assert draft.text == text and len(draft.paragraphs) == 1


def field(instruction: str, shown: str) -> str:
    import html

    return (
        '<w:r><w:t xml:space="preserve">Small models are cheap </w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{html.escape(instruction)}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{shown}</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>.</w:t></w:r>'
    )


def test_word_with_a_citation_of_zotero() -> None:
    item = {
        "id": "http://zotero.org/users/1/items/A", "title": "Routing to the Expert", "DOI": "10.1000/Z",
        "author": [{"family": "Lu", "given": "Keming"}, {"literal": "OpenAI"}], "issued": {"date-parts": [["2024", 5]]},
    }  # fmt: skip
    instruction = "ADDIN ZOTERO_ITEM CSL_CITATION " + json.dumps({"citationItems": [{"id": 1, "itemData": item}]})
    content = docx(("Heading 1", "Introduction"), "First words [3] stand here.", xml=field(instruction, "(Lu 2024)"))
    draft = read(content, "draft.docx")
    assert draft.counted == "paragraph"
    (first, second) = draft.paragraphs
    assert first.section == second.section == ("Introduction",)
    assert (second.text, second.sentences[0].place) == ("Small models are cheap.", Place("draft.docx", 3))
    (key,) = second.sentences[0].citations
    reference = draft.bibliography[key]
    assert (reference.title, reference.doi, reference.year) == ("Routing to the Expert", "10.1000/z", 2024)
    assert reference.authors == ("Keming Lu", "OpenAI")


def test_word_with_a_reference_list_and_native_citations() -> None:
    content = docx(
        ("Title", "My draft"), "Small models are cheap [1].", ("Heading 1", "References"),
        "[1] I. Ong. RouteLLM: Learning to Route. ICLR, 2024.",
    )  # fmt: skip
    draft = read(content, "draft.docx")
    assert cited(draft) == {"Small models are cheap.": ("1",)}
    assert draft.bibliography["1"].title == "RouteLLM: Learning to Route"
    native = read(docx(xml=field(" CITATION Ong24 \\l 1033 \\m Lu23", "(Ong, 2024)")), "draft.docx")
    assert cited(native) == {"Small models are cheap.": ("Ong24", "Lu23")}


@pytest.mark.parametrize("switches", [r'\p "12 - 13" \l 1033', r"\n \l 1033", r"\n  \t  \l 1033", ""])
def test_word_with_a_native_citation_of_several(switches: str) -> None:
    draft = read(docx(xml=field(rf" CITATION Bar22 {switches} \m Baz21", "(2022)")), "draft.docx")
    assert cited(draft) == {"Small models are cheap.": ("Bar22", "Baz21")}


def test_word_with_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent><w:p>{said('A box speaks.')}</w:p></w:txbxContent>"
    xml = (
        f'{said("Outside.")}<w:r><mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="wps"><w:drawing>{box}'
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    draft = read(docx(xml=xml), "draft.docx")
    assert [(s.text, s.place.line) for s in draft.sentences] == [("Outside.", 1), ("A box speaks.", 2)]


def test_word_knows_what_tables_headings_notes_and_silent_paragraphs_cite() -> None:
    import docx as word
    from docx.oxml import parse_xml

    def cites(key: str) -> str:
        return f'<w:fldSimple w:instr=" CITATION {key} "><w:r><w:t>(it)</w:t></w:r></w:fldSimple>'

    body = (
        f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{said("Head")}{cites("a")}</w:p><w:p>{said("Words.")}</w:p>'
        f"<w:tbl><w:tr><w:tc><w:p>{said('A cell claims it.')}{cites('b')}</w:p></w:tc></w:tr></w:tbl>"
        f"<w:p>{cites('c')}</w:p>"
    )
    document = word.Document(io.BytesIO(docx(footnotes=note("footnote", 1, said("See ") + cites("d")))))
    for element in parse_xml(f'<w:body xmlns:w="{W}">{body}</w:body>'):
        document.element.body.insert(len(document.element.body) - 1, element)
    out = io.BytesIO()
    document.save(out)
    draft = read(out.getvalue(), "draft.docx")
    assert cited(draft) == {"Words.": ()}
    assert set(draft.uncited) == {"a", "b", "c", "d"}


def noted(kind: str, number: int) -> str:
    return f'<w:r><w:t xml:space="preserve">Claim {number} holds. </w:t><w:{kind}Reference w:id="{number}"/></w:r>'


def note(kind: str, number: int, *paragraphs: str) -> str:
    return f'<w:{kind} w:id="{number}">{"".join(f"<w:p>{one}</w:p>" for one in paragraphs)}</w:{kind}>'


def said(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_word_with_footnotes_and_endnotes() -> None:
    cites = '<w:fldSimple w:instr=" CITATION Ong24 "><w:r><w:t>(Ong)</w:t></w:r></w:fldSimple>'
    footnotes = note("footnote", -1) + note("footnote", 1, said("See ") + cites + said(".")) + note(
        "footnote", 2, said("A note says so [3]."), said("It goes on.") + '<w:r><w:footnoteReference w:id="2"/></w:r>'
    )  # fmt: skip
    xml = "".join((noted("footnote", 1), noted("footnote", 2), noted("endnote", 1), noted("footnote", 9)))
    content = docx("First.", xml=xml, footnotes=footnotes, endnotes=note("endnote", 1, said("The end [4].")))
    draft = read(content, "draft.docx")
    assert [(s.text, s.citations, s.place.line) for s in draft.sentences if s.text != "First."] == [
        ("Claim 1 holds.", ("Ong24",), 2),
        ("Claim 2 holds.", (), 2),
        ("Claim 1 holds.", (), 2),
        ("Claim 9 holds.", (), 2),
        ("A note says so.", ("3",), 2),
        ("It goes on.", (), 2),
        ("The end.", ("4",), 2),
    ]
    assert draft.warnings == ()


@pytest.mark.parametrize("damage", ["<w:footnote", '<!DOCTYPE a [<!ENTITY b "bb">]>&b;'])
def test_damaged_footnotes_are_left_out_and_said(damage: str) -> None:
    draft = read(docx(xml=noted("footnote", 1), footnotes=damage), "draft.docx")
    assert [sentence.text for sentence in draft.sentences] == ["Claim 1 holds."]
    assert [warning.reason for warning in draft.warnings] == ["its footnotes are damaged, and were left out"]


PAGE = """
1 Introduction
Small models are cheap [1], and a lot of work has gone into the distil-
lation of large ones, which is state-of-
the-art in many tasks. We do
the same here, with state-of-the-art data and distillation in one pass [2].
"""
LIST = """
References
[1] I. Ong. RouteLLM: Learning to Route LLMs. ICLR, 2024.
[2] K. Lu. Routing to the Expert. NAACL, 2024.
"""


def test_pdf() -> None:
    head = [(72, 760, "A running head of ours"), (300, 30, "7")]
    draft = read(
        pdf([*head, *column(PAGE)], [*head, *column("Page two goes on here. It ends.")], [*head, *column(LIST)])
    )
    assert cited(draft) == {
        "Small models are cheap, and a lot of work has gone into the distillation of large ones, which is "
        "state-of-the-art in many tasks.": ("1",),
        "We do the same here, with state-of-the-art data and distillation in one pass.": ("2",),
        "Page two goes on here.": (),
        "It ends.": (),
    }
    assert draft.counted == "page" and [s.place.line for s in draft.sentences] == [1, 1, 2, 2]
    assert draft.bibliography["2"].title == "Routing to the Expert"


def test_pdf_in_two_columns() -> None:
    left = (
        "1 Introduction\nSmall models are cheap, and we show in this\npaper that they are good enough for most tasks."
    )
    right = "They route queries between other models as\nwell, which saves a lot of money and of time."
    draft = read(pdf([*column(left), *column(right, x=320)]))
    assert list(cited(draft)) == [
        "Small models are cheap, and we show in this paper that they are good enough for most tasks.",
        "They route queries between other models as well, which saves a lot of money and of time.",
    ]


def test_a_pdf_that_only_an_owner_password_protects_is_read() -> None:
    assert "cheap" in read(encrypted(pdf(column("Small models are cheap.")), "")).text


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"doi": "10.1/ONE"}, ("doi:10.1/one", "doi")),
        ({"arxiv_id": "2302.03169v7"}, ("arxiv:2302.03169", "arxiv")),
        ({"title": "Attention is all you NEED!"}, ("b", "title")),
        ({"text": "A. Vaswani et al. Attention is all you need. In NeurIPS, 2017."}, ("b", "title")),
        ({"text": "Vaswani, A.: Attention is all you need. NIPS (2017)"}, ("b", "title")),
        ({"text": "A. Vaswani. Attention is all you need in speech separation. ICASSP, 2021."}, None),
        ({"title": "Attention is all you need: a survey"}, None),
        ({"title": "Another title", "authors": ("Ashish Vaswani",), "year": 2017}, None),
        ({"authors": ("Ashish Vaswani",), "year": 2017, "text": "Vaswani, 2017"}, None),
        ({"title": "Editorial"}, None),
        ({"title": "Editorial", "authors": ("Ann Lee",), "year": 2021}, ("e1", "title")),
        ({"title": "Editorial", "authors": ("Lee, A.", "Bob Kim"), "year": 2024}, None),
        ({"title": "Editorial", "authors": ("Ann Lee",)}, None),
    ],
)
def test_a_reference_is_matched_by_what_names_a_work(reference: dict, expected: tuple[str, str] | None) -> None:
    def paper(title: str, author: str, **fields: object) -> Paper:
        return Paper.create(title=title, authors=[author], source=Source("list", 1), **fields)

    papers = [
        paper("A first paper", "Ann One", doi="10.1/one"),
        paper("Data selection", "Sang Xie", url="https://arxiv.org/abs/2302.03169"),
        paper("Attention Is All You Need", "Ashish Vaswani", year=2017, id="b"),
        paper("Editorial", "Ann Lee", year=2020, id="e1"),
        paper("Editorial", "Ann Lee", year=2024, id="e2"),
    ]
    found = Matcher(papers).match(Reference("k", Place("refs.bib", 1), **reference))
    assert (found and (found.paper.id, found.by)) == expected


@pytest.mark.parametrize(
    ("title", "here"),
    [
        (r"Na\"ive {B}ayes and Co --- Fine-Tuning \textsc{Bert}", "Naïve Bayes & Co: Finetuning BERT"),
        ("Don't Stop Pre-training: Adapt Eﬃciently.", "Don’t stop pretraining: Adapt efficiently"),
        (r"{H$_2$O}: A {H}eavy--{H}itter Oracle in $O(n^{2})$ Time", "H2O: A Heavy-Hitter Oracle in O(n²) Time"),
        (r"Learning $\lambda$-Calculus by Multiagent {LLM}s", "Learning λ-Calculus by Multi-Agent LLMs"),
    ],
)
def test_titles_are_compared_by_their_letters(title: str, here: str) -> None:
    paper = Paper.create(title=here, source=Source("list", 1))
    (reference,) = bibliography(f"@misc{{k, title = {{{title}}}}}", "x.bib")
    assert Matcher([paper]).match(reference) == Match(paper, "title")
    item = r"So \cite{k}. \begin{thebibliography}{9} \bibitem{k} A. Lee. " + title + r". ACL. \end{thebibliography}"
    assert Matcher([paper]).match(read(item.encode(), "x.tex").bibliography["k"]) == Match(paper, "title")


def test_the_survey_is_matched_by_titles_and_by_free_text() -> None:
    matcher = Matcher(SURVEY)
    for paper in SURVEY:
        title = Reference("k", Place("x.bib", 1), title=paper.title.upper())
        assert matcher.match(title) == Match(paper, "title")
        text = f"{', '.join(paper.authors[:3])}. {paper.title}. In {paper.venue}, {paper.year}."
        assert matcher.match(Reference("k", Place("x.txt", 1), text=text)) == Match(paper, "title"), text
