"""Every format but lists: what is read of it, what is refused, and how one is told from another."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest import InputError, readers
from ingest.fields import names, web_link
from ingest.latex import decode
from ingest.readers.openalex import abstract

from .conftest import ROOT
from .whole import read


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def one(path: Path) -> dict[str, Any]:
    """Return what a file's only paper says, without what it does not say."""
    (paper,) = read(path).papers
    return {key: value for key, value in paper.to_dict().items() if value not in (None, "", []) and key != "source"}


# --- BibTeX

BIBTEX = r"""% my library
@string{acl = "ACL"}
@string(ws = {Workshop on } # acl)

@inproceedings{doe2020,
  title     = {{A}ccents in {\TeX}: G{\"o}del, \v{S}koda and $\alpha$-th\'eorie},
  author    = {Doe, Jane and van der Berg, Jan and {The {TeX} Project and Friends} and Fran\c{c}ois Ch{\^a}teau},
  booktitle = acl # { 2020},
  year      = 2020,
  doi       = {10.18653/v1/2020.acl-main.1},
  url       = {https://aclanthology.org/2020.acl-main.1/},
  abstract  = {We show 50\% of it. Some {\em braces {nest}}.}
}

@Article ( roe:21 ,
  Title = "A {"}quoted{"} title" ,
  AUTHOR = "Ron Roe and others",
  journal = {Neural Networks}, year = "2021" )

@misc{arx, title={A preprint}, eprint={2302.03169}, archivePrefix={arXiv}, author={A. Author}, date = {2023-02-07}}
@article{corr, title={Another preprint}, journal={CoRR}, volume={abs/1706.03762}, year=2017}
@inproceedings{child, title = {A child}, author = {C. Child}, crossref = {parent}}
@inproceedings{other, title = {An orphan}, crossref = {nobody}, year = {soon}, url = {not a link}}
@proceedings{parent, title = {Proceedings of the 9th Thing}, year = 2019}
@misc{untitled, year = 2020}
@article{open, title = {It never closes,
@article{last, title = {After the broken one}, year = 1999}
"""


def test_bibtex_is_read_with_strings_accents_names_and_crossrefs(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "a.bib", BIBTEX))
    papers = {paper.title: paper for paper in reading.papers}
    first = papers["Accents in TeX: Gödel, Škoda and α-théorie"]
    assert first.authors == ("Jane Doe", "Jan van der Berg", "The TeX Project and Friends", "François Château")
    assert (first.venue, first.year, first.doi) == ("ACL", 2020, "10.18653/v1/2020.acl-main.1")
    assert (first.text, first.text_kind) == ("We show 50% of it. Some braces nest.", "abstract")
    roe = papers['A "quoted" title']
    assert (roe.authors, roe.venue, roe.venue_type, roe.year) == (("Ron Roe",), "Neural Networks", "journal", 2021)
    assert (papers["A preprint"].id, papers["A preprint"].year) == ("arxiv:2302.03169", 2023)
    assert papers["A preprint"].venue_type == papers["Another preprint"].venue_type == "preprint"
    assert papers["Another preprint"].id == "arxiv:1706.03762"
    assert (papers["A child"].venue, papers["A child"].year) == ("Proceedings of the 9th Thing", 2019)
    assert papers["After the broken one"].year == 1999


def test_what_bibtex_does_not_say_is_refused_or_warned_of_with_its_line(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "a.bib", BIBTEX))
    lines = BIBTEX.splitlines()

    def line(words: str) -> int:
        return next(number for number, text in enumerate(lines, 1) if words in text)

    assert [remark.line for remark in reading.refused] == [line("@proceedings"), line("untitled"), line("{open")]
    assert {remark.line for remark in reading.warnings} == {line("{other")}
    assert len(reading.warnings) == 3  # the crossref, the year, the link
    assert "nobody" in " ".join(remark.reason for remark in reading.warnings)


def test_bibtex_in_latin_1_is_read_with_a_warning(tmp_path: Path) -> None:
    reading = read(
        written(tmp_path, "a.bib", "@misc{a, title = {Thé Café}}\n@misc{b, title = {B}}\n".encode("latin-1"))
    )
    assert [paper.title for paper in reading.papers] == ["Thé Café", "B"]
    assert "UTF-8" in reading.warnings[0].reason


def test_two_entries_with_one_key_are_both_read(tmp_path: Path) -> None:
    page = "@misc{a, title = {One}}\n@misc{a, title = {Two}} @misc{a, title = {Three}}\n"
    assert [paper.title for paper in read(written(tmp_path, "a.bib", page)).papers] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"{\'E}l{\`e}ve Stra\ss e {\o} \L{}ukasz \aa", "Élève Straße ø Łukasz å"),
        (r"Erd\H{o}s, \c{S}ener, na{\"\i}ve, \u{g}", "Erdős, Şener, naïve, ğ"),
        (r"``quotes'' -- and --- dashes~here", "“quotes” – and — dashes here"),
        (r"\emph{Emph} \textbf{bold {nested}} \unknown{kept}", "Emph bold nested kept"),
        (r"5\% \& \$3 \_ \# \{x\}", "5% & $3 _ # {x}"),
        (r"$O(n^2)$ and $\mathcal{L}$", "O(n^2) and L"),
        (r"costs $5 or 50% of a_b", "costs $5 or 50% of a_b"),
        (r"see \url{http://a.b/c_d} \cite{x}", "see http://a.b/c_d"),
        ("plain", "plain"),
        ("\\", ""),
        ("{" * 500 + "deep" + "}" * 500, "deep"),
    ],
)
def test_tex_becomes_the_text_it_stands_for(tex: str, text: str) -> None:
    assert decode(tex) == text


# --- RIS

RIS = """\ufeffTY  - JOUR
TI  - A title
  that goes on
AU  - Doe, Jane
AU  - Roe, R.
PY  - 2020/05/01
JO  - Neural Networks
DO  - 10.1016/j.neunet.2020.1
UR  - https://arxiv.org/abs/2001.00001
AB  - What it says.
ER  -\x20

TY  - CONF
T1  - No end
Y1  - 2019
T2  - Proceedings of ACL
TY  - DATA
TI  - A data set
ER  -\x20
TI  - outside
TY  - JOUR
AU  - Nobody
ER  - \r
"""


def test_ris_is_read_and_what_is_no_paper_refused_with_its_line(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "a.ris", RIS))
    first, second = reading.papers
    assert (first.title, first.authors) == ("A title that goes on", ("Jane Doe", "R. Roe"))
    assert (first.year, first.venue, first.venue_type) == (2020, "Neural Networks", "journal")
    assert (first.id, first.doi, first.text) == ("arxiv:2001.00001", "10.1016/j.neunet.2020.1", "What it says.")
    assert (second.title, second.year, second.venue) == ("No end", 2019, "Proceedings of ACL")
    assert [remark.line for remark in reading.refused] == [17, 20, 21]


# --- JSON

CSL = {
    "id": "doe", "type": "article-journal", "title": "A <i>CSL</i> title &amp; more", "container-title": "Nature",
    "author": [{"family": "Doe", "given": "Jane"}, {"literal": "The Group"}], "issued": {"date-parts": [[2020, 5]]},
    "DOI": "10.1038/X", "abstract": "<jats:p>Words.</jats:p>",
}  # fmt: skip
OPENALEX = {
    "id": "https://openalex.org/W1", "title": "An OpenAlex work", "publication_year": 2021,
    "doi": "https://doi.org/10.1145/1.2", "authorships": [{"author": {"display_name": "Jane Doe"}}],
    "abstract_inverted_index": {"small": [1], "Two": [0], "words": [2]},
    "primary_location": {"landing_page_url": "https://doi.org/10.1145/1.2", "source": {"display_name": "KDD"}},
    "primary_topic": {"display_name": "Routing"},
}  # fmt: skip
SCHOLAR = {
    "paperId": "a", "title": "A Scholar paper", "authors": [{"name": "Jane Doe"}], "year": 2022, "venue": "ICLR",
    "externalIds": {"ArXiv": "2201.00001", "DOI": "10.1145/3.4"}, "abstract": "Words.", "journal": None,
}  # fmt: skip
ARXIV = {
    "id": "0704.0001", "authors_parsed": [["Bal\\'azs", "C.", ""], ["Berger", "E. L.", "Jr"]],
    "title": "An arXiv\n  title", "abstract": "  We use $\\alpha$.\n", "categories": "hep-ph hep-th", "doi": None,
    "journal-ref": None, "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
    "update_date": "2008-11-26",
}  # fmt: skip


def test_csl_json_is_read(tmp_path: Path) -> None:
    assert one(written(tmp_path, "a.json", json.dumps([CSL], indent=1))) == {
        "id": "doi:10.1038/x", "title": "A CSL title & more", "authors": ["Jane Doe", "The Group"], "year": 2020,
        "venue": "Nature", "venue_type": "journal", "text": "Words.", "text_kind": "abstract", "doi": "10.1038/x",
        "url": "https://doi.org/10.1038/X",
    }  # fmt: skip


def test_openalex_works_are_read_with_their_abstract_in_order(tmp_path: Path) -> None:
    page = {"meta": {"count": 1}, "results": [OPENALEX]}
    assert one(written(tmp_path, "a.json", json.dumps(page))) == {
        "id": "doi:10.1145/1.2", "title": "An OpenAlex work", "authors": ["Jane Doe"], "year": 2021, "venue": "KDD",
        "topic": "Routing", "text": "Two small words", "text_kind": "abstract", "doi": "10.1145/1.2",
        "url": "https://doi.org/10.1145/1.2",
    }  # fmt: skip
    assert abstract({"a": ["x", None, 1], "b": 3, "c": [True]}) in ("a", "c a", "a c")


def test_semantic_scholars_papers_are_read(tmp_path: Path) -> None:
    expected = {
        "id": "arxiv:2201.00001", "title": "A Scholar paper", "authors": ["Jane Doe"], "year": 2022, "venue": "ICLR",
        "text": "Words.", "text_kind": "abstract", "url": "https://arxiv.org/abs/2201.00001",
        "arxiv_id": "2201.00001", "doi": "10.1145/3.4",
    }  # fmt: skip
    assert one(written(tmp_path, "a.json", json.dumps({"total": 1, "data": [SCHOLAR]}))) == expected
    assert one(written(tmp_path, "a.jsonl", json.dumps({"citedPaper": SCHOLAR, "externalIds": None}))) == expected


def test_arxivs_snapshot_is_read(tmp_path: Path) -> None:
    assert one(written(tmp_path, "arxiv-metadata.json", json.dumps(ARXIV) + "\n")) == {
        "id": "arxiv:0704.0001", "title": "An arXiv title", "authors": ["C. Balázs", "E. L. Berger Jr"], "year": 2007,
        "venue": "arXiv", "venue_type": "preprint", "topic": "hep-ph", "text": "We use α.", "text_kind": "abstract",
        "url": "https://arxiv.org/abs/0704.0001", "arxiv_id": "0704.0001",
    }  # fmt: skip


def test_plain_records_are_read_whatever_their_fields_are_called(tmp_path: Path) -> None:
    lines = [
        {"title": "One", "abstract": "Words.", "authors": ["A. B.", {"first": "C", "last": "D"}], "year": "2020"},
        {
            "Paper_Title": "Two",
            "author": "Doe, Jane; Roe, Ron",
            "Publication Year": 2021.0,
            "link": "arxiv.org/abs/2001.00002",
        },
        {"_id": "3", "text": "Words.", "metadata": {"title": "Three", "url": "https://example.org/x"}},
        {"colour": "red"},
        [1],
        "not json",
    ]
    page = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    reading = read(written(tmp_path, "a.jsonl", page))
    assert [(p.title, p.authors, p.year) for p in reading.papers] == [
        ("One", ("A. B.", "C D"), 2020),
        ("Two", ("Jane Doe", "Ron Roe"), 2021),
        ("Three", (), None),
    ]
    assert reading.papers[1].id == "arxiv:2001.00002"
    assert [remark.line for remark in reading.refused] == [4, 5, 6]


@pytest.mark.parametrize("layout", ["lines", "array", "indented", "wrapped", "deep", "concatenated", "alone"])
def test_records_are_found_however_they_are_laid_out(tmp_path: Path, layout: str) -> None:
    records = [{**CSL, "title": f'Title {n} with ] }} and "quotes\\"', "note": {"a": [{"b": 1}]}} for n in range(5)]
    page = {
        "lines": "\n\n".join(map(json.dumps, records)),
        "array": json.dumps(records),
        "indented": json.dumps(records, indent=2),
        "wrapped": json.dumps({"next": None, "items": records, "more": [{"title": "none"}]}),
        "deep": json.dumps({"status": "ok", "message": {"facets": {}, "items": records}}, indent=1),
        "concatenated": "\n".join(json.dumps(record, indent=1) for record in records),
        "alone": json.dumps(records[0], indent=1),
    }[layout]
    found = read(written(tmp_path, "a.json", page)).papers
    assert [paper.title for paper in found] == [record["title"] for record in records[: len(found)]]
    assert len(found) == (1 if layout == "alone" else 5)


def test_a_record_that_is_no_json_costs_only_itself_and_is_named_with_its_line(tmp_path: Path) -> None:
    page = '[\n{"title": "One"},\n{"title": Two},\n{"title": "Three",}\n, {"title": "Four"}]'
    reading = read(written(tmp_path, "a.json", page))
    assert [paper.title for paper in reading.papers] == ["One", "Four"]
    assert [remark.line for remark in reading.refused] == [3, 4]


def test_a_json_file_that_breaks_off_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="breaks off at line 3"):
        read(written(tmp_path, "a.json", '[\n{"title": "One"},\n{"title": "Tw'))


# --- tables

CSV = """\
Zotero export
Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Url,Abstract Note
K1,journalArticle,2020,"Doe, Jane; Roe, Ron","A title, with a comma",Nature,10.1038/x,,"Two
lines"
K2,preprint,2021,,Another,,,https://arxiv.org/abs/2101.00001,
K3,book,,,,,,,
K4,x,1,2,3,4,5,6,7,8,9
"""


@pytest.mark.parametrize(("suffix", "separator"), [("csv", ","), ("tsv", "\t"), ("csv", ";")])
def test_tables_as_text_are_read_by_their_header(tmp_path: Path, suffix: str, separator: str) -> None:
    page = CSV if separator == "," else CSV.replace("Doe, Jane; Roe, Ron", "Jane Doe | Ron Roe")
    if separator != ",":
        page = (
            page.replace("title, with a comma", "title_ with a comma")
            .replace(",", separator)
            .replace("title_", "title,")
        )
    reading = read(written(tmp_path, f"a.{suffix}", page))
    first, second = reading.papers
    assert (first.title, first.authors) == ("A title, with a comma", ("Jane Doe", "Ron Roe"))
    assert (first.year, first.venue, first.doi, first.text) == (2020, "Nature", "10.1038/x", "Two lines")
    assert second.id == "arxiv:2101.00001"
    assert [remark.line for remark in reading.refused] == [6, 7]


def test_a_table_without_a_column_for_titles_is_refused_with_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column for titles \(found 'a, b'\)"):
        read(written(tmp_path, "a.csv", "a,b\n1,2\n"))


def workbook(path: Path) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    first.append(["Remarks"])
    second = book.create_sheet("papers")
    second.append(["Nr", "Paper title", "Year", "Link", "Authors"])
    second.append([1, "A title", 2020, "https://arxiv.org/abs/2001.00001", "Jane Doe, Ron Roe"])
    second.append([2, None, 2021])
    second.append([3, "Another", 2021.0, None, None])
    book.save(path)
    return path


@pytest.mark.parametrize("zipped", [False, True])
def test_workbooks_are_read_sheet_by_sheet(tmp_path: Path, zipped: bool) -> None:
    path = workbook(tmp_path / "a.xlsx")
    if zipped:
        path = written(tmp_path, "a.xlsx.gz", gzip.compress(path.read_bytes()))
    reading = read(path)
    assert [(p.title, p.year, p.id.split(":")[0]) for p in reading.papers] == [
        ("A title", 2020, "arxiv"),
        ("Another", 2021, "title"),
    ]
    assert reading.papers[0].authors == ("Jane Doe", "Ron Roe")
    assert [remark.line for remark in reading.refused] == [3]
    assert "no column for titles" in reading.warnings[0].reason


# --- which format, packed files, folders

PAGES = {
    "list.md": "- [A paper about things](https://arxiv.org/abs/2001.00001)\n",
    "lib.bib": "@misc{a, title = {Bib}}\n",
    "lib.ris": "TY  - JOUR\nTI  - Ris\nER  - \n",
    "lib.json": json.dumps([CSL]),
    "lib.jsonl": '{"title": "Line"}\n',
    "lib.csv": "Title,Year\nRow,2020\n",
    "lib.tsv": "Title\tYear\nTab,2020\n",
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("under", ["{}", "{}.gz", "{}.txt", "wrong.md", "noname"])
def test_a_format_is_told_by_content_where_the_suffix_is_silent_or_wrong(tmp_path: Path, name: str, under: str) -> None:
    content = PAGES[name].encode()
    if under.endswith(".gz"):
        content = gzip.compress(content)
    if under == "wrong.md" and name.endswith(("csv", "tsv")):
        content = PAGES[name].replace("Year", "Authors").encode()
    assert len(read(written(tmp_path, under.format(name), content)).papers) == 1


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    for name, page in PAGES.items():
        written(tmp_path / "lib", f"sub/{name}" if name.endswith("v") else name, page)
    written(tmp_path / "lib", "broken.json", "[")
    written(tmp_path / "lib", "paper.pdf", "%PDF")
    written(tmp_path / "lib", ".hidden.md", PAGES["list.md"])
    written(tmp_path / "lib", "bad.jsonl", '{"title": "Fine"}\n{"title": 1}\n{"title": ""}\n')
    reading = read(tmp_path / "lib")
    assert {paper.source.file for paper in reading.papers} == {
        *("list.md", "lib.bib", "lib.ris", "lib.json", "lib.jsonl", "sub/lib.csv", "sub/lib.tsv", "bad.jsonl")
    }
    assert reading.title == "lib" and len(reading.papers) == 8
    assert [remark.line for remark in reading.refused] == [2, 3]
    assert all(remark.reason.startswith("bad.jsonl") for remark in reading.refused)
    told = " ".join(remark.reason for remark in reading.warnings)
    assert "1 files of other kinds" in told and "broken.json" in told


def test_a_file_that_breaks_off_leaves_collections_as_they_were(
    tmp_path: Path, tiny_home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.library import add_file
    from index.collection import Collection

    monkeypatch.setenv("FOOTNOTE_MODEL", str(tiny_model))
    broken = written(tmp_path, "broken.json", '[{"title": "One paper"}, {"title": "Two')
    with pytest.raises(InputError, match="breaks off"):
        add_file(broken, "mine")
    assert not (tiny_home / "collections" / "mine").exists()
    _, change = add_file(written(tmp_path, "a.bib", "@misc{a, title = {A paper}}"), "mine")
    assert change.added == 1
    with pytest.raises(InputError, match="breaks off"):
        add_file(broken, "mine")
    assert [paper.title for paper in Collection.open("mine").papers()] == ["A paper"]


def test_progress_is_told_in_bytes_up_to_all_of_them(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", '{"title": "A title"}\n' * 50_000)
    seen: list[tuple[int, int]] = []
    for _ in readers.read(path, lambda done, total: seen.append((done, total))).papers:
        pass
    assert len(seen) > 3 and seen == sorted(seen) and seen[-1] == (path.stat().st_size,) * 2


PLUGIN = """
from ingest.reading import Reading, Refusal, Row
from ingest.readers.formats import Format

def events(document):
    for number, line in document.text_lines():
        yield Row(number, {"title": line.strip()}) if line.strip() else Refusal(number, "empty")

def read(document):
    return Reading(document.name, events(document), title="By a plugin")

FORMAT = Format("Titles", (".titles",), lambda head: head.startswith(b"#titles"), read)
NOTHING = 5
"""


def install(folder: Path, entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a package with an entry point where Python finds it."""
    written(folder, "footnote_titles.py", PLUGIN)
    written(
        folder, "footnote_titles-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: footnote-titles\nVersion: 1\n"
    )
    written(folder, "footnote_titles-1.dist-info/entry_points.txt", f"[footnote.readers]\ntitles = {entry}\n")
    monkeypatch.syspath_prepend(folder)


def test_another_package_adds_a_reader_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", "footnote_titles:FORMAT", monkeypatch)
    reading = read(written(tmp_path, "a.titles", "One title\n\nAnother title\n"))
    assert [paper.title for paper in reading.papers] == ["One title", "Another title"]
    assert reading.title == "By a plugin" and [remark.line for remark in reading.refused] == [2]
    assert len(read(written(tmp_path, "noname", "#titles\nOne\n")).papers) == 2
    assert len(read(written(tmp_path, "a.bib", PAGES["lib.bib"])).papers) == 1


@pytest.mark.parametrize("entry", ["footnote_titles:ABSENT", "footnote_absent:FORMAT", "footnote_titles:NOTHING"])
def test_a_reader_that_cannot_be_loaded_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    install(tmp_path / "site", entry, monkeypatch)
    with pytest.raises(InputError, match="'titles' of footnote-titles"):
        read(written(tmp_path, "a.titles", "One title\n"))


# --- files made to hurt


def test_a_gzip_bomb_is_refused_before_it_fills_anything(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b'{"title": "A title"}\n')
        for _ in range(400):
            file.write(b"\n" * 2**20)
    with pytest.raises(InputError, match="grows more than 200 times"):
        read(path)


@pytest.mark.parametrize("cut", [5, 20, -4])
def test_a_damaged_gzip_file_is_named(tmp_path: Path, cut: int) -> None:
    content = gzip.compress(b'{"title": "A title"}\n' * 1000)
    with pytest.raises(InputError, match="damaged gzip"):
        read(written(tmp_path, "a.jsonl.gz", content[:cut]))


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.bib", "a.ris", "a.csv"])
@pytest.mark.parametrize("filler", [b"a", b"{"])
def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path, name: str, filler: bytes) -> None:
    start = {"a.bib": b"@misc{a, title={", "a.ris": b"TY  - JOUR\n", "a.csv": b"Title,Year\n"}.get(
        name, b'[{"title": "'
    )
    with pytest.raises(InputError) as error:
        read(written(tmp_path, name, start + filler * (20 * 2**20 // len(filler))))
    assert len(str(error.value).splitlines()) == 1


def test_what_is_not_utf8_is_named_with_byte_offset_and_cure(tmp_path: Path) -> None:
    content = b"Title,Year\n" + b"A title,2020\n" * 100_000 + "Café,2020\n".encode("latin-1")
    with pytest.raises(InputError, match=rf"0xe9 at offset {content.index(0xE9)}\).*iconv -f latin1"):
        read(written(tmp_path, "a.csv", content))
    with pytest.raises(InputError, match="iconv -f utf-16"):
        read(written(tmp_path, "b.csv", "Title,Year\nA title,2020\n".encode("utf-16")))


def test_memory_does_not_grow_with_the_records_and_all_remarks_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        for number in range(15_000):
            file.write('{"title": ""}\n' if number % 3 else f'{{"title": "Title {number}", "year": "soon"}}\n')
    code = (
        "import sys, tracemalloc, pathlib\n"
        "from ingest import readers\n"
        "reading = readers.read(pathlib.Path(sys.argv[1]))\n"
        "next(reading.papers)\n"
        "tracemalloc.start()\n"
        "made = 1 + sum(1 for _ in reading.papers)\n"
        "peak = tracemalloc.get_traced_memory()[1]\n"
        "assert (made, reading.refused.total, reading.warnings.total) == (5_000, 10_000, 5_000)\n"
        "assert len(reading.refused) == len(reading.warnings) == 1_000\n"
        "print(peak)"
    )  # a process of its own: what other tests left running allocates too
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 4 * 2**20  # bytes, and no more for a million


# --- small parts


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Jane Doe, Ron Roe and Max Moe", ("Jane Doe", "Ron Roe", "Max Moe")),
        ("Doe, Jane and Roe, Ron", ("Jane Doe", "Ron Roe")),
        ("Doe, J., Roe, R.", ("J. Doe", "R. Roe")),
        ("Doe, Jane", ("Jane Doe",)),
        ("Jane Doe", ("Jane Doe",)),
        ("Doe, Jane; Roe, Ron; et al.", ("Jane Doe", "Ron Roe")),
        ([{"family": "Doe", "given": "Jane"}, "Roe, Ron", {"name": "M"}, 5, None], ("Jane Doe", "Ron Roe", "M")),
        (None, ()),
        (5, ("5",)),
    ],
)
def test_names_are_separated_and_put_in_order(said: Any, expected: tuple[str, ...]) -> None:
    assert names(said) == expected


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ("https://a.b/c", "https://a.b/c"),
        ("arxiv.org/abs/2001.00001", "https://arxiv.org/abs/2001.00001"),
        ("10.1038/x", "https://doi.org/10.1038/x"),
        ("doi: 10.1038/x", "https://doi.org/10.1038/x"),
        ("arXiv:2001.00001v2", "https://arxiv.org/abs/2001.00001"),
        ("paper.pdf", None),
        ("../a", None),
        ("C:\\papers\\a.pdf", None),
    ],
)
def test_a_link_may_lack_its_scheme(said: str, link: str | None) -> None:
    assert web_link(said) == link
