"""`footnote related`: what a draft should cite, where, and what it cites that does not hold."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.drafts import Matcher, read
from assistant.library import open_collection
from assistant.related import Related, related
from index.filters import Filters
from index.ranking import diverse
from ingest.errors import InputError
from ingest.paper import Paper, Source

from .conftest import ROOT, Run, environment
from .test_drafts_tex import draft, folder  # noqa: F401 (fixtures)

MAIN = r"""\documentclass{article}
\title{Small Models in Support Desks}
\begin{document}
\section{Introduction}
Sending every customer message to the most capable model is wasteful.
Routers learn from human preference data whether a strong or a weak model should answer a query \cite{ong}.
Speculative decoding lets a small draft model propose tokens that the large one verifies in parallel.
\section{Method}
\input{method}
\bibliography{refs}
\end{document}
"""
METHOD = r"""We study a policy that hands a session up to a larger model.
Small proxy models can filter pretraining data by perplexity.

Distilling rationales step by step into small models needs less training data \cite{burns}.
"""
REFS = r"""
@article{ong, title={{RouteLLM}: Learning to route LLMs from preference data}, author={Ong, Isaac}, year={2024}}
@article{burns, title={Weak-to-Strong}, author={Burns, Collin}, year={2023}, eprint={2312.09390},
  archiveprefix={arXiv}}
@book{knuth, title={The TeXbook}, author={Knuth, Donald}, year={1984}}
"""


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lies = tmp_path_factory.mktemp("draft")
    for name, text in (("main.tex", MAIN), ("method.tex", METHOD), ("refs.bib", REFS)):
        (lies / name).write_text(text)
    return lies / "main.tex"


@pytest.fixture
def found(paper: Path, use_survey: Path) -> Related:
    return related(open_collection(), read(paper))


def titles(papers: object) -> list[str]:
    return [one.paper.title for one in papers]  # type: ignore[attr-defined]


def test_each_paragraph_gets_the_papers_of_its_sentences(found: Related) -> None:
    introduction, filtering, distilling = found.paragraphs
    assert "Fast Inference from Transformers via Speculative Decoding" in titles(introduction.suggestions[:5])
    assert any("Data Pruning" in title for title in titles(filtering.suggestions[:5]))
    assert any(title.startswith("Distilling Step-by-Step") for title in titles(distilling.suggestions))
    assert distilling.paragraph.section == ("Method",)


def test_a_suggestion_says_who_wants_it_and_what_answers(found: Related) -> None:
    best = next(one for one in found.papers if "Fast Inference" in one.paper.title)
    assert [str(wanted.sentence.place) for wanted in best.wanted_by] == ["main.tex:7"]
    assert best.confidence > 0.8
    assert best.passage and best.passage.text in best.paper.text


def test_what_the_bibliography_names_is_cited_already(found: Related) -> None:
    assert {key: paper.id for key, paper in found.cited.items()} == {
        "ong": "arxiv:2406.18665",
        "burns": "arxiv:2312.09390",
    }
    introduction = {one.paper.id: one.cited_as for one in found.paragraphs[0].suggestions}
    assert introduction["arxiv:2406.18665"] == "ong"
    assert not {one.paper.id for one in found.missing} & {paper.id for paper in found.cited.values()}


def test_missing_papers_are_sure_and_in_order_of_want(found: Related) -> None:
    assert found.missing and all(one.confidence >= 0.5 for one in found.missing)
    weights = [one.weight for one in found.missing]
    assert weights == sorted(weights, reverse=True)


def test_claims_without_a_citation_have_papers_that_support_them(found: Related) -> None:
    claims = {str(claim.sentence.place): claim for claim in found.claims}
    assert "main.tex:7" in claims and "method.tex:2" in claims
    assert all(check.verdict == "supported" for claim in found.claims for check in claim.checks)
    assert "method.tex:1" not in claims  # what the authors do themselves
    assert "main.tex:6" not in claims  # it has its citation


def test_a_citation_that_does_not_hold_is_doubted_with_a_better_one(found: Related) -> None:
    (doubt,) = found.doubtful
    assert (doubt.key, str(doubt.sentence.place)) == ("burns", "method.tex:4")
    assert doubt.check.reason and doubt.better
    assert doubt.better.paper.title.startswith("Distilling Step-by-Step")


def test_right_citations_are_left_in_peace(use_survey: Path, tmp_path: Path) -> None:
    collection = open_collection()
    chosen = [paper for paper in collection.papers() if paper.text_basis == "abstract"][:60:4]
    entries = "".join(f"@misc{{k{i}, title={{{paper.title}}}, year={{2024}}}}\n" for i, paper in enumerate(chosen))
    # Each paper's own second sentence, cited rightly.
    text = "\n\n".join(f"{paper.text.split('. ')[1].rstrip('.')} [@k{i}]." for i, paper in enumerate(chosen))
    (tmp_path / "right.bib").write_text(entries)
    (tmp_path / "right.md").write_text(f"---\nbibliography: right.bib\n---\n\n{text}\n")
    found = related(collection, read(tmp_path / "right.md"))
    assert len(found.cited) == len(chosen)
    assert found.doubtful == ()


def test_breadth_filters_and_diversity(paper: Path, use_survey: Path) -> None:
    collection, read_draft = open_collection(), read(paper)
    recent = related(collection, read_draft, breadth=7, filters=Filters.create(year="2024-"))
    assert len(recent.papers) == 7 and all((one.paper.year or 0) >= 2024 for one in recent.papers)
    usual, varied = (titles(related(collection, read_draft, 10, diversity).papers) for diversity in (0.0, 0.7))
    assert usual[0] == varied[0] and usual != varied
    for wrong in ({"breadth": 0}, {"diversity": 1.5}):
        with pytest.raises(InputError, match="expected"):
            related(collection, read_draft, **wrong)  # type: ignore[arg-type]


def test_diverse_is_maximal_marginal_relevance() -> None:
    same, other = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    vectors = np.array([same, same, other])
    assert diverse(vectors, [0.9, 0.8, 0.3], 3, 0.0) == [0, 1, 2]
    assert diverse(vectors, [0.9, 0.8, 0.3], 3, 0.5) == [0, 2, 1]
    assert diverse(vectors, [0.9, 0.8, 0.3], 1, 0.5) == [0]


def test_a_draft_does_not_cite_itself(use_survey: Path) -> None:
    own = "RouteLLM: Learning to Route LLMs from Preference Data"
    text = f"\\title{{{own}}}\\begin{{document}}We route queries between models by preferences.\\end{{document}}"
    found = related(open_collection(), read(text.encode(), "own.tex"))
    assert own not in titles(found.papers)


def test_of_sixty_references_each_is_matched_with_its_own_paper(draft) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    """Beside every right paper stands one of the same authors and year, and one with the title but for a word."""
    papers = []
    for n in range(1, 61):
        title, authors = f"The BERT of Case {n}: Über Small Models & More", (f"Ada Author{n}", f"Émile Coauthor{n}")
        right = {
            0: {"arxiv_id": f"23{n:02d}.01234v3"},
            1: {"doi": f"10.1234/ab.{n}"},
            2: {"arxiv_id": f"24{n:02d}.56789"},
        }.get(n % 6, {})
        # A publisher may print another title under the same DOI or arXiv id.
        stated = title if not right else f"The published title number {n}"
        source = Source("papers.bib", n)
        papers.append(Paper.create(title=stated, authors=authors, year=1960 + n, source=source, **right))
        papers.append(Paper.create(title=f"Another work {n} of theirs", authors=authors, year=1960 + n, source=source))
        papers.append(Paper.create(title=title.replace("Small", "Large"), authors=authors, source=source))
    matches = Matcher(papers).matches(draft.bibliography.values())
    assert {key: match.paper for key, match in matches.items()} == {f"k{n}": papers[3 * (n - 1)] for n in range(1, 61)}


def test_in_the_terminal(footnote: Run, paper: Path) -> None:
    ran = footnote("related", str(paper))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Read main.tex and 2 more files: 6 sentences, 2 citations, 3 references, 2 of them")
    for heading in (
        "Missing from your references, most wanted first",
        "Citations to look at",
        "Claims with no citation",
    ):
        assert f"\n{heading}\n" in ran.stdout
    assert "method.tex:4 cites [burns] for" in ran.stdout
    end = f"Write the section: footnote related {paper} --write related.tex --bib footnote.bib"
    assert " ".join(ran.stdout.split()).endswith(end)


def test_what_could_not_be_read_is_said_whatever_is_written(footnote: Run, paper: Path, tmp_path: Path) -> None:
    paper.write_text(paper.read_text().replace("\\begin{document}", "\\begin{document}\\input{nowhere}"))
    ran = footnote("related", str(paper), "--export", str(tmp_path / "found.ris"))
    assert "'nowhere' " in ran.stdout and "Wrote 20 papers to" in ran.stdout


def test_a_long_draft_says_where_its_paragraphs_are(footnote: Run, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("\n\n".join([f"Case {n}: routers choose a model." for n in range(8)]))
    ran = footnote("related", str(tmp_path / "long.txt"), "--breadth", "1")
    assert "\nThe papers of each of 8 paragraphs: --json\n" in ran.stdout


def test_json_has_the_objects_that_the_design_names(footnote: Run, paper: Path) -> None:
    told = json.loads(footnote("related", str(paper), "--json", "--breadth", "12").stdout)
    assert {"papers", "paragraphs", "missing", "doubtful", "claims", "warnings"} <= set(told)
    assert len(told["papers"]) == 12
    assert {"paper", "score", "confidence", "wanted_by", "passage", "already_cited"} <= set(told["papers"][0])
    assert told["draft"]["files"] == ["main.tex", "method.tex", "refs.bib"]
    assert told["doubtful"][0]["better"]["paper"]["title"].startswith("Distilling")


def test_text_on_standard_input(survey_home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "related", "-", "--json"],
        input="Routers send easy queries to a small model and hard ones to a large model.",
        env=environment(survey_home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert json.loads(ran.stdout)["papers"][0]["paper"]["topic"] in ("Model Routing", "Model Cascading")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.tex", None, "gone.tex"),
        ("empty.md", b"", "empty"),
        ("only.tex", b"\\section{Nothing}", "no text that could be searched"),
        ("bad.pdf", b"%PDF-1.4 nonsense", "PDF"),
        ("old.doc", b"\xd0\xcf\x11\xe0", "old Word file"),
    ],
)
def test_a_draft_that_cannot_be_read_is_one_line(
    footnote: Run, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = footnote("related", str(tmp_path / name))
    assert ran.returncode == 2 and ran.stdout == ""
    assert said in ran.stderr and ran.stderr.count("\n") == 1


def test_a_stop_leaves_nothing_behind(survey_home: Path, tmp_path: Path) -> None:
    text = "\n\n".join(
        f"Small models of kind {n} can route queries, filter data and draft tokens." for n in range(4_000)
    )
    (tmp_path / "long.md").write_text(text)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = sorted(survey_home.rglob("*"))
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "related", str(tmp_path / "long.md")],
        env=environment(survey_home, TMPDIR=str(scratch)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and out == ""
    assert "stopped" in errors and "Traceback" not in errors
    assert list(scratch.iterdir()) == [] and [path.name for path in tmp_path.glob("long*")] == ["long.md"]
    assert sorted(survey_home.rglob("*")) == before


def test_a_draft_needs_no_heavy_library(survey_home: Path, paper: Path) -> None:
    script = (
        "import sys; from assistant.cli import main; main(['related', sys.argv[1], '--json']); "
        "print([m for m in ('torch', 'sentence_transformers', 'llama_index', 'gradio') if m in sys.modules], "
        "file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(paper)],
        env=environment(survey_home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.stderr.strip() == "[]"
