"""The bundled survey: its papers, their corrections, their summaries, and the tree of sections."""

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest import Paper, Section, catalogue
from ingest.catalogue.copies import as_listed, edited, is_copy
from ingest.readers import read as read_file

from .conftest import SHARED
from .whole import Whole, read, whole

FACTS = SHARED / "survey"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason=f"needs the facts about the survey ({FACTS} is not there)")

COUNTS = [5, 3, 6, 9, 3, 5, 3, 2, 6, 6, 3, 4, 9, 5, 6, 9]  # papers a leaf section, in the order of the list
TITLE_ONLY = {39, 70, 75}  # rows whose abstract is missing
ABSTRACT_CUT = {11, 23, 50}  # rows whose abstract breaks off
ERRATA_ROWS = {
    *(10, 13, 16, 18, 22, 23, 24, 25, 26, 30, 31, 35, 41, 45, 46, 47, 49, 50, 51, 53, 56, 57, 58, 62, 64),
    *range(69, 77),
}

# What the errata say of each row, in the fields of Paper.
CORRECTED: list[tuple[int, dict[str, Any]]] = [
    (10, {"venue": "NeurIPS", "year": 2024, "venue_type": None}),
    (13, {"venue": "NeurIPS", "year": 2024, "venue_type": None}),
    (16, {"venue": "TMLR", "year": 2024, "venue_type": "journal"}),
    (18, {"venue": "NeurIPS", "year": 2024, "venue_type": None}),
    (22, {"venue": "ICLR", "year": 2025, "title": "RouteLLM: Learning to Route LLMs from Preference Data"}),
    (24, {"venue": "ICML", "year": 2023}),
    (25, {"venue": "ACL", "year": 2024, "venue_type": "findings"}),
    (26, {"venue": "arXiv", "year": 2023, "venue_type": "preprint", "arxiv_id": "2302.01318", "code_url": None}),
    (30, {"venue": "EMNLP", "year": 2023}),
    (31, {"venue": "NAACL", "year": 2025, "venue_type": "findings"}),
    (45, {"venue": "ACL", "year": 2024, "venue_type": "findings", "arxiv_id": "2305.08848"}),
    (46, {"venue": "LREC-COLING", "year": 2024}),
    (47, {"venue": "ACL", "year": 2024, "venue_type": "findings"}),
    (49, {"venue": "EMNLP", "year": 2024, "venue_type": None}),
    (50, {"venue": "EMNLP", "year": 2024, "venue_type": "findings"}),
    (51, {"venue": "ACL", "year": 2022, "arxiv_id": "2203.07860", "url": "https://arxiv.org/abs/2203.07860"}),
    (53, {"venue": "NAACL", "year": 2025, "venue_type": "findings"}),
    (56, {"venue": "arXiv", "year": 2022, "venue_type": "preprint", "arxiv_id": "2210.06726"}),
    (57, {"venue": "ACL", "year": 2023, "venue_type": "findings"}),
    (58, {"venue": "ACL", "year": 2023, "venue_type": "findings"}),
    (64, {"venue": "ACL", "year": 2024, "venue_type": "findings"}),
    (69, {"venue": "ACL", "year": 2024, "venue_type": "findings"}),
    (70, {"venue": "Neural Networks", "year": 2022, "venue_type": "journal", "doi": "10.1016/j.neunet.2022.01.016"}),
    (71, {"year": 2019, "venue_type": "workshop"}),
    (72, {"title": "Query Rewriting in Retrieval-Augmented Large Language Models"}),
    (73, {"venue": "AAAI", "year": 2024, "arxiv_id": "2403.07581", "doi": "10.1609/aaai.v38i16.29782"}),
    (74, {"venue": "NLP4ConvAI", "year": 2022, "venue_type": "workshop", "arxiv_id": "2204.01959"}),
    (75, {"year": 2022, "venue_type": "workshop", "arxiv_id": "2210.14169"}),
    (76, {"venue": "EMNLP", "year": 2021, "venue_type": "findings"}),
]

# A sentence ends with its mark, and what follows begins with a capital, a figure, a quote or a bracket.
_SENTENCE_END = re.compile(r"""(?<=[.!?])["'”’)\]]*\s+(?=["'“‘(\[]?[A-Z0-9])""")


@pytest.fixture(scope="module")
def bundled() -> Whole:
    return whole(catalogue.load())


def row(reading: Whole, number: int) -> Paper:
    return reading.papers[number - 1]


def readme(rows: list[dict[str, Any]]) -> str:
    """Return a copy of the survey's list, with these rows."""
    lines, before = ["# The Role of Small Models", "", "By Lihu Chen and Gaël Varoquaux."], None
    for one in rows:
        if one["section"] != before:
            lines += [f"\n{'#' * depth} {name}" for depth, name in enumerate(one["section"], 1)]
            lines += ["\n| Title | Topic | Venue | Code |", "|---|---|---|---|"]
        before = one["section"]
        code = f"[code]({one['code_url']})" if one["code_url"] else ""
        lines.append(f"| [{one['title']}]({one['url']}) | {one['topic']} | {one['venue']} {one['year']} | {code} |")
    return "\n".join(lines) + "\n"


def tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = tokens(text)
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def figures(text: str) -> set[str]:
    """Return the numbers of a text; a comma within one ("200, 000") is left out."""
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),\s?(?=\d{3}\b)", "", text)))


def paths(sections: tuple[Section, ...] | list[Section], above: tuple[str, ...] = ()) -> Iterator[tuple[Any, Section]]:
    for section in sections:
        here = (*above, section.name)
        yield here, section
        yield from paths(section.children, here)


# --- the papers


def test_the_catalogue_has_84_papers_in_the_order_of_the_list(bundled: Whole) -> None:
    assert bundled.rows_read == len(bundled.papers) == 84
    assert [p.source.row for p in bundled.papers] == list(range(1, 85))
    assert not bundled.refused


def test_no_two_papers_share_an_id_an_arxiv_id_a_doi_or_a_link(bundled: Whole) -> None:
    for field in ("id", "title", "arxiv_id", "doi", "url", "text"):
        values = [value for p in bundled.papers if (value := getattr(p, field)) is not None]
        assert len(set(values)) == len(values), field


def test_every_id_is_the_best_that_the_paper_offers(bundled: Whole) -> None:
    for paper in bundled.papers:
        fields = {key: value for key, value in paper.to_dict().items() if key not in ("id", "source", "corrections")}
        assert Paper.create(**fields, source=paper.source).id == paper.id
        if paper.arxiv_id:
            assert paper.id == f"arxiv:{paper.arxiv_id}"


def test_every_paper_has_venue_year_topic_and_link(bundled: Whole) -> None:
    for paper in bundled.papers:
        assert paper.venue and paper.topic and paper.url and paper.year in range(2019, 2026), paper.source.row
        assert (paper.venue_type == "preprint") == (paper.venue == "arXiv"), paper.source.row


def test_every_paper_has_its_authors(bundled: Whole) -> None:
    for paper in bundled.papers:
        assert paper.authors, paper.source.row


@needs_facts
def test_the_authors_are_those_of_the_facts(bundled: Whole) -> None:
    for line in (FACTS / "abstracts.jsonl").read_text("utf-8").splitlines():
        fact = json.loads(line)
        assert list(row(bundled, fact["row"]).authors) == fact["authors"], fact["row"]


def test_the_survey_says_what_it_is() -> None:
    about = catalogue.about()
    assert about.title == "What is the Role of Small Models in the LLM Era: A Survey"
    assert about.authors == ("Lihu Chen", "Gaël Varoquaux")
    assert (about.year, about.url) == (2024, "https://arxiv.org/abs/2409.06857")
    assert about.list_url.startswith("https://github.com/")


def test_the_digest_is_the_same_twice() -> None:
    assert catalogue.digest() == catalogue.digest()
    assert re.fullmatch("[0-9a-f]{64}", catalogue.digest())


def test_the_records_are_written_as_they_are_read(bundled: Whole) -> None:
    lines = (catalogue._PAPERS).read_text("utf-8").splitlines()
    for line, paper in zip(map(json.loads, lines), bundled.papers, strict=True):
        said = paper.to_dict()
        assert {**said, **line} == said
        assert not any(value for name, value in said.items() if name not in line)  # what is left out is empty


# --- corrections


def test_every_row_of_the_errata_carries_a_correction_and_no_other_row_does(bundled: Whole) -> None:
    assert {p.source.row for p in bundled.papers if p.corrections} == ERRATA_ROWS


@needs_facts
def test_the_rows_of_the_errata_are_these() -> None:
    lines = (FACTS / "errata.md").read_text("utf-8").splitlines()
    firsts = [line.split("|")[1] for line in lines if re.match(r"\|[ \d,]+\|", line)]
    assert {int(number) for first in firsts for number in first.split(",")} == ERRATA_ROWS


@pytest.mark.parametrize(("number", "fields"), CORRECTED, ids=[f"row {number}" for number, _ in CORRECTED])
def test_the_errata_are_applied(bundled: Whole, number: int, fields: dict[str, Any]) -> None:
    record = row(bundled, number).to_dict()
    assert {field: record[field] for field in fields} == fields


@pytest.mark.parametrize(
    ("number", "field", "word"),
    [
        (23, "title", "CELMOC"),
        (24, "code_url", "third party"),
        (35, "title", "CooK"),
        (41, "code_url", "third party"),
        (62, "title", "Beyond Answers"),
    ],
)
def test_a_remark_leaves_the_value_and_says_what_to_know(bundled: Whole, number: int, field: str, word: str) -> None:
    (remark,) = [c for c in row(bundled, number).corrections if c.field == field]
    assert remark.listed == remark.now and word in remark.reason


def test_the_titles_of_rows_30_and_73_are_as_published(bundled: Whole) -> None:
    assert row(bundled, 30).title.startswith("SelfCheckGPT: Zero-Resource Black-Box Hallucination Detection for ")
    assert row(bundled, 73).title.startswith("LLM vs Small Model? Large Language Model Based Text Augmentation ")


def test_every_correction_names_a_field_its_present_value_and_a_reason(bundled: Whole) -> None:
    names = {field.name for field in dataclasses.fields(Paper)}
    for paper in bundled.papers:
        assert len({c.field for c in paper.corrections}) == len(paper.corrections), paper.source.row
        for correction in paper.corrections:
            assert correction.field in names
            assert getattr(paper, correction.field) == correction.now, (paper.source.row, correction)
            assert correction.reason and correction.reason == " ".join(correction.reason.split())


@needs_facts
def test_undoing_the_corrections_gives_what_the_reader_reads(bundled: Whole) -> None:
    listed = read(FACTS / "README.md")
    assert len(listed.papers) == len(bundled.papers)
    for paper, plain in zip(bundled.papers, listed.papers, strict=True):
        record, expected = as_listed(paper), plain.to_dict()
        for field in ("title", "venue", "year", "url", "code_url", "venue_type", "topic", "section"):
            assert record[field] == expected[field], (paper.source.row, field)
        assert paper.source.row == plain.source.row


@needs_facts
def test_an_identifier_that_the_list_gives_is_kept_or_its_correction_recorded(bundled: Whole) -> None:
    for paper, plain in zip(bundled.papers, read(FACTS / "README.md").papers, strict=True):
        record = as_listed(paper)
        for field in ("arxiv_id", "doi"):
            if (listed := getattr(plain, field)) is not None:
                assert record[field] == listed, (paper.source.row, field)


# --- copies of the list


def test_a_copy_of_the_list_is_told_by_its_title_and_its_authors(bundled: Whole, tmp_path: Path) -> None:
    text = readme([as_listed(paper) for paper in bundled.papers])
    for said, expected in (
        (text, True),
        (text.replace("# The Role of Small Models\n", "# Small Models\n"), False),
        (text.replace("By Lihu Chen and", "By"), False),
    ):
        (tmp_path / "README.md").write_text(said, "utf-8")
        assert is_copy(read_file(tmp_path / "README.md")) is expected


def test_an_unchanged_copy_gives_the_papers_as_they_are_bundled(bundled: Whole, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(readme([as_listed(paper) for paper in bundled.papers]), "utf-8")
    assert list(edited(read_file(tmp_path / "README.md"))) == list(bundled.papers)


@needs_facts
def test_so_does_the_list_itself(bundled: Whole) -> None:
    listed = read_file(FACTS / "README.md")
    assert is_copy(listed)
    assert list(edited(listed)) == list(bundled.papers)


def test_what_a_later_copy_says_anew_holds_and_the_rest_is_kept(bundled: Whole, tmp_path: Path) -> None:
    rows = [as_listed(paper) for paper in bundled.papers]
    rows[0]["topic"] = "Selection"
    rows[9] |= {"venue": "ICLR", "year": 2026}
    rows[21] |= {"title": rows[21]["title"] + " and Chatbots"}
    rows[50] |= {"url": "https://arxiv.org/abs/2203.07860"}  # the link that was corrected
    rows[1] |= {"title": "Quite another paper", "url": rows[0]["url"]}  # under the id of the first
    (tmp_path / "README.md").write_text(readme(rows), "utf-8")
    found = list(edited(read_file(tmp_path / "README.md")))
    first, tenth, routing, love = (found[at] for at in (0, 9, 21, 50))
    assert first == dataclasses.replace(bundled.papers[0], topic="Selection")
    assert (tenth.venue, tenth.year, tenth.text) == ("ICLR", 2026, bundled.papers[9].text)
    assert not {c.field for c in tenth.corrections} & {"venue", "year", "venue_type"}
    assert routing.title.endswith("and Chatbots") and routing.venue == "ICLR" and routing.id == bundled.papers[21].id
    assert (love.id, love.url) == (bundled.papers[50].id, "https://arxiv.org/abs/2203.07860")
    assert not love.corrections
    assert (found[1].title, found[1].text) == ("Quite another paper", "")
    changed = {0, 1, 9, 21, 50}
    assert [one for i, one in enumerate(found) if i not in changed] == [
        one for i, one in enumerate(bundled.papers) if i not in changed
    ]


def test_a_later_title_of_a_known_paper_leaves_it_its_summary_and_authors(bundled: Whole, tmp_path: Path) -> None:
    rows = [as_listed(paper) for paper in bundled.papers]
    titles = {4: "DoReMi: Faster pretraining by learned mixtures", 61: "Beyond Answers: Teaching by Many Teachers"}
    assert [bundled.papers[at].title.partition(":")[0] for at in titles] == ["DoReMi", "TinyLLM"]
    for at, title in titles.items():
        rows[at]["title"] = title
    (tmp_path / "README.md").write_text(readme(rows), "utf-8")
    found = list(edited(reading := read_file(tmp_path / "README.md")))
    for at, title in titles.items():
        known = bundled.papers[at]
        assert (found[at].id, found[at].title) == (known.id, title)
        assert (found[at].text, found[at].authors) == (known.text, known.authors)
    assert len({one.id for one in found}) == len(found) == 84
    assert not any("has the arxiv:" in warning.reason for warning in reading.warnings)


def test_another_title_under_a_known_identifier_is_warned_of(bundled: Whole, tmp_path: Path) -> None:
    rows = [as_listed(paper) for paper in bundled.papers]
    rows[4]["title"] = "Quite another paper"
    (tmp_path / "README.md").write_text(readme(rows), "utf-8")
    found = list(edited(reading := read_file(tmp_path / "README.md")))
    assert (found[4].title, found[4].text) == ("Quite another paper", "")
    (warning,) = (one for one in reading.warnings if "has the arxiv:" in one.reason)
    assert "row 5, 'Quite another paper', " in warning.reason and "DoReMi" in warning.reason


def test_a_known_paper_is_found_by_its_title_though_another_has_its_identifier_before(
    bundled: Whole, tmp_path: Path
) -> None:
    rows = [as_listed(paper) for paper in bundled.papers]
    rows[0] |= {"title": "DoReMi: The Next Part", "url": rows[4]["url"]}
    (tmp_path / "README.md").write_text(readme(rows), "utf-8")
    found = list(edited(read_file(tmp_path / "README.md")))
    assert found[4] == bundled.papers[4]
    assert found[0].title == "DoReMi: The Next Part" and not found[0].text
    assert len({one.id for one in found}) == 84


# --- summaries


def test_every_paper_has_a_summary_that_is_called_one(bundled: Whole) -> None:
    assert {p.text_kind for p in bundled.papers} == {"summary"}
    assert all(p.text for p in bundled.papers)


def test_what_a_summary_rests_on_is_marked(bundled: Whole) -> None:
    basis = {p.source.row: p.text_basis for p in bundled.papers}
    assert {number for number, kind in basis.items() if kind == "title"} == TITLE_ONLY
    assert {number for number, kind in basis.items() if kind == "part of the abstract"} == ABSTRACT_CUT
    assert all(kind == "abstract" for number, kind in basis.items() if number not in TITLE_ONLY | ABSTRACT_CUT)


def test_summaries_have_three_to_five_sentences_or_two_to_three_from_a_title(bundled: Whole) -> None:
    for paper in bundled.papers:
        sentences = _SENTENCE_END.split(paper.text)
        assert len(sentences) in ((2, 3) if paper.text_basis == "title" else (3, 4, 5)), (paper.source.row, sentences)
        assert all(len(sentence.split()) >= 5 for sentence in sentences), (paper.source.row, sentences)
        assert paper.text.endswith("."), paper.source.row


def test_no_two_summaries_share_a_sentence(bundled: Whole) -> None:
    sentences = Counter(sentence for p in bundled.papers for sentence in _SENTENCE_END.split(p.text))
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


@needs_facts
def test_no_summary_shares_eight_words_in_a_row_with_the_abstract(bundled: Whole) -> None:
    checked = set()
    for line in (FACTS / "abstracts.jsonl").read_text("utf-8").splitlines():
        fact = json.loads(line)
        shared = runs(row(bundled, fact["row"]).text, 8) & runs(fact["abstract"], 8)
        assert not shared, (fact["row"], shared)
        checked.add(fact["row"])
    assert checked == set(range(1, 85)) - TITLE_ONLY


@needs_facts
def test_the_figures_of_a_summary_stand_in_the_abstract(bundled: Whole) -> None:
    for line in (FACTS / "abstracts.jsonl").read_text("utf-8").splitlines():
        fact = json.loads(line)
        paper = row(bundled, fact["row"])
        known = figures(f"{fact['abstract']} {fact['title']} {paper.title}")
        assert figures(paper.text) <= known, (fact["row"], figures(paper.text) - known)


# --- sections


def test_the_leaf_sections_have_these_counts_in_order(bundled: Whole) -> None:
    leaves = [section.papers for _, section in paths(bundled.sections) if not section.children]
    assert leaves == [*COUNTS, 0, 0, 0]


def test_the_tree_counts_the_papers_that_stand_under_each_heading(bundled: Whole) -> None:
    known = dict(paths(bundled.sections))
    for path, section in known.items():
        under = sum(p.section[: len(path)] == path for p in bundled.papers)
        assert under == section.papers, path
    assert all(p.section in known for p in bundled.papers)


def test_the_tree_has_the_empty_competition_branch(bundled: Whole) -> None:
    competition = bundled.sections[-1]
    assert (competition.name, competition.papers) == ("Competition", 0)
    assert [child.to_dict() for child in competition.children] == [
        {"name": f"{kind} Environment", "papers": 0, "children": []}
        for kind in ("Computation-constrained", "Task-specific", "Interpretability-required")
    ]


def test_the_tree_survives_json(bundled: Whole) -> None:
    for section in bundled.sections:
        assert Section.from_dict(json.loads(json.dumps(section.to_dict()))) == section


@needs_facts
def test_the_tree_is_the_one_that_the_reader_reads(bundled: Whole) -> None:
    assert bundled.sections == read(FACTS / "README.md").sections
