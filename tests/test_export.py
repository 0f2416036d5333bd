"""Every format gives back the papers that went in, whatever signs their titles and names hold."""

import csv
import io
import json
import re
import tracemalloc
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import bibtexparser
import hypothesis
import pytest
import rispy
from hypothesis import settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from assistant.answer import Answer, Citation, Sentence
from assistant.export import FORMATS, citation_keys, export
from assistant.export.names import Name, split
from assistant.export.tex import escaped, title
from ingest import catalogue
from ingest.paper import Paper, Source

SURVEY = list(catalogue.load().papers)
SPECIAL = "%&_#~\\{}$^<>|\"'`-?!,=+@[]*"
LETTERS = "aBcDé Üßøłñçőž αΔ≤ 漢字 مرحبا שלום 😀\u202e\u0301\x00\x1b\t—–“”…"


def paper(title: str = "A plain title", *authors: str, **fields: object) -> Paper:
    return Paper.create(title=title, authors=authors, source=Source("list.md", 1), **fields)


TEXT = st.text(st.sampled_from(SPECIAL + LETTERS), min_size=1, max_size=40).map(lambda text: f"T{text}")
PAPERS = st.builds(
    lambda title, authors, year, venue, url, arxiv: paper(
        title, *authors, year=year, venue=venue, url=url, arxiv_id=arxiv
    ),
    TEXT,
    st.lists(TEXT, max_size=4),
    st.none() | st.integers(1900, 2100),
    st.none() | TEXT,
    st.none() | TEXT.map(lambda text: "https://example.org/" + text.replace("[", "").replace("]", "")),
    st.none() | st.just("2302.03169"),
)


def decoder() -> LatexNodes2Text:
    """Return pylatexenc's reading of TeX, with five commands of LaTeX itself that it does not know."""
    names = {"textless": "<", "textgreater": ">", "textbar": "|", "textasciicircum": "^"}
    braces = {"textbraceleft": "{", "textbraceright": "}"}
    known = get_default_latex_context_db()
    known.add_context_category(
        "more", macros=[MacroTextSpec(name, sign) for name, sign in {**names, **braces}.items()], prepend=True
    )
    return LatexNodes2Text(known, math_mode="verbatim", keep_braced_groups=False, strict_latex_spaces=True)


def read_tex(tex: str) -> str:
    return decoder().latex_to_text(tex)


def same(read: str, written: str) -> bool:
    """Whether two texts are one, for a reader: in one Unicode form, and apart from math's dollars and blanks."""
    first, second = ("".join(unicodedata.normalize("NFKC", text).replace("$", "").split()) for text in (read, written))
    return first == second


def text_of(papers: list[Paper] | tuple[Paper, ...], format: str) -> str:
    return "".join(export(papers, format))


def by_bibtexparser(text: str) -> list[dict[str, str]]:
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return [
        {"key": e.key, "type": e.entry_type, **{k: f.value for k, f in e.fields_dict.items()}} for e in library.entries
    ]


def by_pybtex(text: str) -> list[dict[str, str]]:
    read = parse_string(text, "bibtex")
    return [
        {
            "key": key,
            "type": entry.type,
            **{name.lower(): value for name, value in entry.fields.items()},
            **({"author": " and ".join(map(str, entry.persons["author"]))} if "author" in entry.persons else {}),
        }
        for key, entry in read.entries.items()
    ]


@pytest.mark.parametrize("read", [by_bibtexparser, by_pybtex])
@hypothesis.given(papers=st.lists(PAPERS, min_size=1, max_size=5, unique_by=lambda paper: paper.id))
@settings(max_examples=150, deadline=None)
def test_bibtex_comes_back_from_two_parsers(read, papers: list[Paper]) -> None:
    entries = read(text_of(papers, "bibtex"))
    assert len(entries) == len(papers)
    for entry, given in zip(entries, papers, strict=True):
        assert same(read_tex(entry["title"]), given.title), (entry["title"], given.title)
        assert entry.get("year") == (str(given.year) if given.year else None)
        assert entry.get("eprint") == given.arxiv_id
        names = re.split(r" and ", entry["author"]) if "author" in entry else []
        assert len(names) == len(given.authors)


@pytest.mark.parametrize("read", [by_bibtexparser, by_pybtex])
def test_the_survey_comes_back_from_bibtex(read) -> None:
    entries = read(text_of(SURVEY, "bibtex"))
    assert len({entry["key"].casefold() for entry in entries}) == len(SURVEY) == 84
    for entry, given in zip(entries, SURVEY, strict=True):
        assert read_tex(entry["title"]) == given.title
        assert entry.get("url") == given.url
        read_names = [read_tex(name) for name in entry["author"].split(" and ")]
        expected = [
            ", ".join(filter(None, [f"{n.particle} {n.family}".strip(), n.suffix, n.given]))
            for n in map(split, given.authors)
        ]
        assert read_names == expected


def test_pybtex_sees_the_parts_of_a_name() -> None:
    names = ["Laurens van der Maaten", "Sammy Davis Jr.", "V. W. Liang", "Luc Van Gool", "OpenAI", "Gemma Team"]
    people = parse_string(text_of([paper("T", *names)], "bibtex"), "bibtex").entries["maatenndt"].persons["author"]
    assert (people[0].prelast_names, people[0].last_names) == (["van", "der"], ["Maaten"])
    assert (people[1].last_names, people[1].lineage_names) == (["Davis"], ["Jr."])
    assert (people[2].first_names + people[2].middle_names, people[2].last_names) == (["V.", "W."], ["Liang"])
    assert people[3].last_names == ["Van", "Gool"]
    assert [str(person) for person in people[4:]] == ["{OpenAI}", "{Gemma Team}"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Isaac Ong", Name("Ong", "Isaac")),
        ("V. W. Liang", Name("Liang", "V. W.")),
        ("Aaron van den Oord", Name("Oord", "Aaron", "van den")),
        ("Daniel de Freitas Adiwardana", Name("Freitas Adiwardana", "Daniel", "de")),
        ("Luc Van Gool", Name("Van Gool", "Luc")),
        ("Laurens Van Der Maaten", Name("Van Der Maaten", "Laurens")),
        ("John von Neumann", Name("Neumann", "John", "von")),
        ("José Ortega y Gasset", Name("Ortega y Gasset", "José")),
        ("Martin Luther King Jr.", Name("King", "Martin Luther", suffix="Jr.")),
        ("Sammy Davis, Jr.", Name("Davis", "Sammy", suffix="Jr.")),
        ("Davis, Jr., Sammy", Name("Davis", "Sammy", suffix="Jr.")),
        ("van der Berg, Jan", Name("Berg", "Jan", "van der")),
        ("Henry Ford II", Name("Ford", "Henry", suffix="II")),
        ("bell hooks", Name("hooks", "bell")),
        ("{OpenAI}", Name("OpenAI", whole=True)),
        ("OpenAI", Name("OpenAI", whole=True)),
        ("The Llama Team", Name("The Llama Team", whole=True)),
        ("Meta AI", Name("Meta AI", whole=True)),
        ("Barnes and Noble", Name("Barnes and Noble", whole=True)),
        ("李明", Name("李明", whole=True)),
        ("محمد علي", Name("علي", "محمد")),
    ],
)
def test_names_are_split_as_a_librarian_would(name: str, expected: Name) -> None:
    assert split(name) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("RouteLLM: Learning to Route LLMs", "{RouteLLM}: Learning to Route {LLMs}"),
        ("Learning with BERT and T5", "Learning with {BERT} and {T5}"),
        ("Models of the Chinese language for small devices", "Models of the {Chinese} language for small devices"),
        ("A fast $O(n \\log n)$ method", "A fast {$O(n \\log n)$} method"),
        ("$k$-means at $5 or $10", r"{$k$}-means at \$5 or \$10"),
        ("100% of R&D_#1 ~ {x}", r"100\% of {R}\&{D}\_\#1 {\textasciitilde} {\textbraceleft}x{\textbraceright}"),
        ("Schrödinger’s naïve Ørsted", r"Schr{\"o}dinger’s na{\"\i}ve {\O}rsted"),
        ("The α of it — 漢 😀", r"The {\ensuremath{\alpha}} of it — 漢 😀"),
    ],
)
def test_titles_are_tex(given: str, expected: str) -> None:
    assert title(given) == expected


def test_half_open_math_and_broken_braces_are_text() -> None:
    assert escaped("a $b") == r"a \$b"
    assert "$" not in title("from $x}$ to $y").replace(r"\$", "")


def test_entry_types_follow_the_venue() -> None:
    kinds = {
        "article": paper("One", venue="Nature", year=2024),
        "article ": paper("Two", venue="TMLR", venue_type="journal"),
        "inproceedings": paper("Three", venue="ACL", venue_type="findings"),
        "misc": paper("Four", url="https://arxiv.org/abs/2302.03169", venue="arXiv", venue_type="preprint"),
        "misc ": paper("Five"),
    }
    entries = by_bibtexparser(text_of(list(kinds.values()), "bibtex"))
    assert [entry["type"] for entry in entries] == [kind.strip() for kind in kinds]
    assert entries[2]["booktitle"] == "Findings of ACL"
    assert (entries[3]["eprint"], entries[3]["archiveprefix"]) == ("2302.03169", "arXiv")


def test_keys_are_author_year_word() -> None:
    keys = {
        "ong2024routellm": paper("RouteLLM: Learning to Route", "Isaac Ong", year=2024),
        "ustun2024less": paper("When Less is More", "Ahmet Üstün", year=2024),
        "openai2023gpt": paper("GPT-4 Technical Report", "OpenAI", year=2023),
        "anonndattention": paper("On the Attention of It"),
        "llama2024herd": paper("The Herd of Models", "The Llama Team", year=2024),
    }
    assert sorted(citation_keys(keys.values()).values()) == sorted(keys)
    for key, given in keys.items():
        assert citation_keys([given]) == {given.id: key}
    assert re.fullmatch(r"paper[0-9a-f]{8}", citation_keys([paper("漢字", "李明")])[paper("漢字").id])


@hypothesis.given(st.lists(PAPERS, max_size=12, unique_by=lambda paper: paper.id), st.randoms())
@settings(deadline=None)
def test_keys_never_clash_nor_depend_on_the_order(papers: list[Paper], random) -> None:
    keys = citation_keys(papers)
    assert len({key.casefold() for key in keys.values()}) == len(papers)
    assert all(re.fullmatch(r"[a-z0-9]+", key) for key in keys.values())
    random.shuffle(papers)
    assert citation_keys(papers) == keys


def test_a_thousand_clashes() -> None:
    papers = [replace(paper("Same words", "Ann Lee", year=2020), id=f"x:{i}") for i in range(1000)]
    papers.append(paper("Sameb thing", "Ann Lee", year=2020))  # whose own key looks like one with a letter
    assert len(set(citation_keys(papers).values())) == 1001


@hypothesis.given(papers=st.lists(PAPERS, max_size=5, unique_by=lambda paper: paper.id))
@settings(max_examples=100, deadline=None)
def test_ris_comes_back(papers: list[Paper]) -> None:
    records = rispy.loads(text_of(papers, "ris").replace("\r\n", "\n")) if papers else []
    assert [record.get("primary_title", record.get("title")) for record in records] == [p.title for p in papers]
    for record, given in zip(records, papers, strict=True):
        assert len(record.get("authors", [])) == len(given.authors)
        assert record.get("year") == (str(given.year) if given.year else None)


@hypothesis.given(papers=st.lists(PAPERS, max_size=5, unique_by=lambda paper: paper.id))
@settings(max_examples=100, deadline=None)
def test_csl_comes_back(papers: list[Paper]) -> None:
    items = json.loads(text_of(papers, "csl"))
    assert [item["title"] for item in items] == [p.title for p in papers]
    for item, given in zip(items, papers, strict=True):
        assert len(item.get("author", [])) == len(given.authors)
        assert all(name.get("family") or name.get("literal") for name in item.get("author", []))
        assert item.get("issued") == ({"date-parts": [[given.year]]} if given.year else None)


@hypothesis.given(papers=st.lists(PAPERS, max_size=5, unique_by=lambda paper: paper.id))
@settings(max_examples=100, deadline=None)
def test_csv_comes_back_and_holds_no_formula(papers: list[Paper]) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(papers, "csv"), newline="")))
    assert [row["title"].removeprefix("'") for row in rows] == [p.title.removeprefix("'") for p in papers]
    assert not [c for row in rows for c in row.values() if c.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("title", ["=1+1 is two", "+1", "-1", "@SUM(A1)", "＝cmd"])
def test_a_title_that_looks_like_a_formula_is_made_text(title: str) -> None:
    given = paper(f"{title} x", "=HYPERLINK(0)")
    (row,) = csv.DictReader(io.StringIO(text_of([given], "csv"), newline=""))
    assert row["title"] == f"'{title} x" and row["authors"] == "'=HYPERLINK(0)"


@hypothesis.given(given=PAPERS)
@settings(max_examples=100, deadline=None)
def test_markdown_shows_the_title_as_it_is(given: Paper) -> None:
    (item,) = text_of([given], "markdown").splitlines()
    inline = next(t for t in MarkdownIt("commonmark", {"html": True}).parse(item) if t.type == "inline")
    shown = "".join(child.content for child in inline.children)
    assert shown.startswith(given.title)
    links = [child.attrs["href"] for child in inline.children if child.type == "link_open"]
    assert len(links) == (given.url is not None)


def test_json_is_the_papers_as_a_list() -> None:
    assert json.loads(text_of(SURVEY, "json")) == [paper.to_dict() for paper in SURVEY]


@pytest.mark.parametrize("format", FORMATS)
def test_control_characters_never_get_out(format: str) -> None:
    odd = replace(paper("A\x00\x1b[31m title\x85", "Ann\x07 Lee"), url="https://x.org/a\x00b", doi="10.1/\x1b")
    text = text_of([odd], format)
    assert not [c for c in text if (ord(c) < 32 and c not in "\r\n") or 127 <= ord(c) < 160]


@pytest.mark.parametrize("format", FORMATS)
def test_forty_authors_an_empty_list_and_a_paper_twice(format: str) -> None:
    authors = [f"Given{i} Family{i}" for i in range(40)]
    given = paper("Many hands", *authors, year=2024)
    text = text_of([given, given], format)
    assert text.count("Many hands") == 1
    assert all(f"Family{i}" in text for i in range(40))
    empty = text_of([], format)
    assert empty.strip() in ("", "[]") or empty.startswith("rank,")


def test_an_iterator_and_an_unknown_format_are_refused() -> None:
    with pytest.raises(TypeError):
        export(iter(SURVEY), "bibtex")
    with pytest.raises(Exception, match="no format 'word'; expected one of bibtex"):
        export(SURVEY, "word")


def test_an_answers_papers_as_bibtex() -> None:
    first, second = Citation(1, SURVEY[0]), Citation(2, SURVEY[1])
    sentences = (Sentence("One.", (second,), "quoted"), Sentence("Two.", (first, second), "quoted"))
    answer = Answer("q", "extractive", False, 0.9, "", sentences=sentences)
    assert [entry["key"] for entry in by_bibtexparser(answer.to_bibtex())] == ["xie2023data", "marion2023less"]


def test_an_export_is_streamed() -> None:
    class Many:
        """Papers made one by one, as a collection reads them from disk."""

        def __iter__(self) -> Iterator[Paper]:
            for i in range(3_000):
                yield replace(SURVEY[i % 84], id=f"x:{i}", text="word " * 400)

    tracemalloc.start()
    size = sum(map(len, export(Many(), "csv")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 6_000_000 and peak < 2_000_000
