"""Paper, its id, its validation and its JSON; the links and venue labels it is read from."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import DamageError, FootnoteError, InputError, NotAPaper, Paper, Source
from ingest.links import clean_doi, identify, is_paper_host, is_web_link
from ingest.paper import title_id
from ingest.text import fold, normalised_title, repair
from ingest.venue import Venue, parse_venue

SOURCE = Source("list.md", 1)
ARXIV = "https://arxiv.org/abs/2401.00001"


def paper(title: str = "Routing queries between models", **fields: Any) -> Paper:
    return Paper.create(**{"title": title, "source": SOURCE, **fields})


# --- ids


def test_the_id_is_the_arxiv_id_before_everything_else() -> None:
    assert paper(url=ARXIV, doi="10.1/x").id == "arxiv:2401.00001"
    assert paper(url="https://aclanthology.org/2024.acl-long.1/", arxiv_id="2401.00001").id == "arxiv:2401.00001"


def test_the_id_is_the_doi_before_the_acl_and_openreview_ids() -> None:
    assert paper(url="https://aclanthology.org/2024.acl-long.1/", doi="10.18653/v1/X").id == "doi:10.18653/v1/x"
    assert paper(url="https://openreview.net/forum?id=AbC", doi="10.1234/x").id == "doi:10.1234/x"
    assert paper(url="https://dl.acm.org/doi/10.1145/3616855.3635825").id == "doi:10.1145/3616855.3635825"


def test_the_id_is_the_acl_or_openreview_id_before_the_title() -> None:
    assert paper(url="https://aclanthology.org/2024.acl-long.1/").id == "acl:2024.acl-long.1"
    assert paper(url="https://openreview.net/forum?id=AbC").id == "openreview:AbC"


def test_the_id_is_a_hash_of_the_title_where_nothing_else_is_known() -> None:
    for url in (None, "https://example.org/paper.pdf"):
        assert paper(url=url).id == title_id("Routing queries between models")


def test_the_title_id_never_changes() -> None:
    # Written down, because collections on disk hold it: a new hash would make every paper new.
    assert title_id("Routing queries between models") == "title:c2f6222af60fd8f5"


@pytest.mark.parametrize(
    "variant",
    [
        "routing  Queries\nbetween models",
        "Routing queries, between models.",
        "Routing queries – between “models”",
        "Röuting queries between models",
        "Routing\u00a0queries\u200b between\tmodels ",
    ],
)
def test_one_title_written_differently_has_one_id(variant: str) -> None:
    assert paper(variant).id == paper().id


def test_different_titles_have_different_ids() -> None:
    assert paper("Routing queries between model").id != paper().id
    assert paper("小型模型").id != paper("大型模型").id


def test_a_given_id_is_kept() -> None:
    assert paper(id="mine:1", url=ARXIV).id == "mine:1"


# --- validation


@pytest.mark.parametrize("title", ["", "   ", "\u200b", "123", "!?", "\n\t", "\0"])
def test_a_title_without_letters_is_no_paper(title: str) -> None:
    with pytest.raises(NotAPaper, match="no title"):
        paper(title)


def test_a_title_as_long_as_a_page_is_no_paper() -> None:
    assert len(paper("a" * 1000).title) == 1000
    with pytest.raises(NotAPaper, match="1001 characters"):
        paper("a" * 1001)


@pytest.mark.parametrize("year", [1499, 2101, -1, "2024", 2024.0, True])
def test_a_year_that_is_none_is_no_paper(year: object) -> None:
    with pytest.raises(NotAPaper, match="year"):
        paper(year=year)


@pytest.mark.parametrize("field", ["url", "code_url"])
@pytest.mark.parametrize(
    "link",
    ["", "#top", "papers/a.pdf", "javascript:alert(1)", "file:///etc/passwd", "http://", "http://[bad", "ftp://a.b"],
)
def test_a_link_that_is_not_a_web_link_is_no_paper(field: str, link: str) -> None:
    with pytest.raises(NotAPaper, match=field):
        paper(**{field: link})


def test_text_needs_its_kind_and_the_kind_its_text() -> None:
    with pytest.raises(NotAPaper, match="go together"):
        paper(text="Words.")
    with pytest.raises(NotAPaper, match="go together"):
        paper(text_kind="summary")
    with pytest.raises(NotAPaper, match="text_kind"):
        paper(text="Words.", text_kind="blurb")


def test_blank_text_is_no_text() -> None:
    with pytest.raises(NotAPaper, match="go together"):
        paper(text=" \n ", text_kind="abstract")


@pytest.mark.parametrize(
    "broken",
    [
        {"title": None},
        {"title": 5},
        {"source": None},
        {"source": {"file": "a"}},
        {"source": {"file": "a", "row": "first"}},
        {"source": {"file": "a", "row": 1, "page": 2}},
        {"colour": "red"},
        {"year": "2024"},
        {"url": 5},
        {"venue": 5},
        {"venue_type": "blog"},
        {"topic": ["a"]},
        {"text": 5, "text_kind": "abstract"},
        {"text": "a", "text_kind": ["abstract"]},
        {"text": "a", "text_kind": "summary", "text_basis": "hearsay"},
        {"authors": "Jane Doe"},
        {"authors": [5]},
        {"authors": None},
        {"section": "Together"},
        {"section": [None]},
        {"doi": 5},
        {"arxiv_id": 5},
        {"id": 5},
        {"corrections": [{"field": "year"}]},
        {"corrections": 5},
    ],
    ids=str,
)
def test_a_record_with_a_wrong_field_is_no_paper(broken: dict[str, Any]) -> None:
    with pytest.raises(NotAPaper) as error:
        Paper.from_dict({**paper().to_dict(), **broken})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("record", [{}, {"title": "A title"}, {"source": {"file": "a", "row": 1}}], ids=str)
def test_a_record_with_a_field_missing_is_no_paper(record: dict[str, Any]) -> None:
    with pytest.raises(NotAPaper, match="not a paper record"):
        Paper.from_dict(record)


def test_what_is_wrong_with_a_record_is_told_on_one_line() -> None:
    with pytest.raises(NotAPaper) as error:
        paper(url="no\nlink")
    assert "\n" not in str(error.value)


def test_an_error_is_an_input_error_is_a_footnote_error() -> None:
    assert issubclass(NotAPaper, InputError) and issubclass(InputError, FootnoteError)
    assert issubclass(DamageError, FootnoteError) and not issubclass(DamageError, InputError)


# --- values


def test_white_space_is_folded_in_every_text() -> None:
    read = paper(
        " Routing\n  queries ",
        authors=[" Ada\nLovelace ", "  ", "Alan  Turing"],
        section=["Together\n", " ", "Small  helps"],
        topic="Model\tRouting",
        venue=" ACL\u00a0",
        text="One.\n\nTwo.\0",
        text_kind="abstract",
    )
    assert read.title == "Routing queries"
    assert read.authors == ("Ada Lovelace", "Alan Turing")
    assert read.section == ("Together", "Small helps")
    assert (read.topic, read.venue, read.text) == ("Model Routing", "ACL", "One. Two.")


def test_identifiers_are_read_off_the_link_and_do_not_replace_given_ones() -> None:
    assert paper(url=ARXIV).arxiv_id == "2401.00001"
    assert paper(url=ARXIV, arxiv_id="2402.00002").arxiv_id == "2402.00002"
    assert paper(url="https://doi.org/10.1/A.").doi is None  # a registrant has four digits or more
    assert paper(url="https://doi.org/10.1145/A.").doi == "10.1145/a"
    assert paper(doi=" 10.1145/B/ ").doi == "10.1145/b"


def test_a_paper_has_code_where_the_list_links_some() -> None:
    assert not paper().has_code
    assert paper(code_url="https://github.com/a/b").has_code


def test_a_paper_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        paper().title = "Another"  # type: ignore[misc]


def test_json_has_the_names_that_the_design_gives_it() -> None:
    record = paper().to_dict()
    names = "id title authors year venue topic section text text_kind url code_url arxiv_id doi source corrections"
    assert set(names.split()) <= set(record)
    assert record["source"] == {"file": "list.md", "row": 1}


# --- the round trip

words = st.text(max_size=40)
links = st.sampled_from(
    [
        ARXIV,
        "https://doi.org/10.48550/arXiv.2401.00001",
        "https://dl.acm.org/doi/10.1145/1.2",
        "https://aclanthology.org/2024.acl-long.1/",
        "https://openreview.net/forum?id=AbC",
        "http://example.org/ä?a=b#c",
    ]
)
corrections = st.fixed_dictionaries(
    {
        "field": st.sampled_from(["title", "year", "url"]),
        "listed": st.none() | words | st.integers(),
        "now": st.none() | words | st.integers(),
        "reason": words,
    }
)
fields = st.fixed_dictionaries(
    {"title": words.filter(lambda title: any(c.isalpha() for c in title))},
    optional={
        "authors": st.lists(words, max_size=4),
        "year": st.none() | st.integers(1500, 2100),
        "venue": st.none() | words,
        "venue_type": st.sampled_from([None, "findings", "workshop", "preprint", "journal"]),
        "topic": st.none() | words,
        "section": st.lists(words, max_size=4),
        "url": st.none() | links,
        "code_url": st.none() | links,
        "arxiv_id": st.none() | st.just("2402.00002"),
        "doi": st.none() | words | st.builds("10.1145/{}".format, words),
    },
)
texts = st.just({}) | st.fixed_dictionaries(
    {
        "text": st.text(min_size=1, max_size=200),
        "text_kind": st.sampled_from(["abstract", "summary"]),
        "text_basis": st.sampled_from([None, "abstract", "part of the abstract", "title"]),
    }
)


@settings(max_examples=300, deadline=None)
@given(fields, texts, st.lists(corrections, max_size=2), st.integers(1, 10**6))
def test_json_reads_back_as_the_same_paper(
    fields: dict[str, Any], text: dict[str, Any], corrected: list[dict[str, Any]], row: int
) -> None:
    try:
        made = paper(**fields, **text, source=Source("list.md", row))
    except NotAPaper:  # a title or text of invisible characters only
        return
    record = {**made.to_dict(), "corrections": corrected}
    first = Paper.from_dict(record)
    through_json = Paper.from_dict(json.loads(json.dumps(first.to_dict())))
    assert through_json == first
    assert dataclasses.replace(first, corrections=()) == made


# --- links


@pytest.mark.parametrize(
    ("url", "arxiv_id"),
    [
        ("https://arxiv.org/abs/2302.03169", "2302.03169"),
        ("http://www.arxiv.org/pdf/2302.03169v12", "2302.03169"),
        ("https://arxiv.org/pdf/2302.03169v2.pdf", "2302.03169"),
        ("https://arxiv.org/html/2302.03169v1/", "2302.03169"),
        ("https://arxiv.org/abs/2302.03169?context=cs#a", "2302.03169"),
        ("https://doi.org/10.48550/arXiv.2302.03169", "2302.03169"),
        ("https://doi.org/10.48550/arXiv.2302.03169v1", "2302.03169"),
        ("https://export.arxiv.org/abs/cs/0112017", "cs/0112017"),
        ("https://arxiv.org/list/cs.CL/2401", None),
        ("https://notarxiv.org/abs/2302.03169", None),
        ("https://example.org/2302.03169", None),
    ],
)
def test_an_arxiv_id_is_read_without_its_version(url: str, arxiv_id: str | None) -> None:
    assert identify(url).arxiv_id == arxiv_id


def test_acl_and_openreview_ids_are_the_same_from_every_form_of_the_link() -> None:
    for ending in ("", "/", ".pdf"):
        assert identify(f"https://aclanthology.org/2024.naacl-long.109{ending}").acl_id == "2024.naacl-long.109"
    for page in ("forum?id=AbC", "pdf?id=AbC", "forum?noteId=x&id=AbC"):
        assert identify(f"https://openreview.net/{page}").openreview_id == "AbC"
    assert identify("https://aclanthology.org/").acl_id is None


def test_a_doi_is_lower_case_without_trailing_marks() -> None:
    assert identify("https://DOI.org/10.1609/AAAI.v38i16.29782.").doi == "10.1609/aaai.v38i16.29782"
    assert identify("https://doi.org/10.1016%2Fj.neunet.2022").doi == "10.1016/j.neunet.2022"


@given(st.text(alphabet="10./aA ;,", max_size=12))
def test_cleaning_a_doi_twice_is_cleaning_it_once(doi: str) -> None:
    assert clean_doi(clean_doi(doi)) == clean_doi(doi)


@pytest.mark.parametrize("nothing", ["", " ", ".", " ; "])
def test_a_doi_of_marks_only_is_none(nothing: str) -> None:
    assert paper(doi=nothing).doi is None


def test_a_known_host_is_one_or_a_domain_above_it_is() -> None:
    for url in (ARXIV, "https://www.sciencedirect.com/a", "https://proceedings.neurips.cc/a", "https://ojs.aaai.org/a"):
        assert is_paper_host(url)
    for url in ("https://example.org/a", "https://notarxiv.org/a", "https://arxiv.org.evil.com/a", "https://10.0.0.1/"):
        assert not is_paper_host(url)


@pytest.mark.parametrize("url", ["", "http://", "//a.b", "http://[bad", "mailto:a@b.c", "http:a.b"])
def test_a_link_without_scheme_and_host_is_no_web_link(url: str) -> None:
    assert not is_web_link(url)


# --- venues and text


@pytest.mark.parametrize(
    ("label", "venue"),
    [
        ("NeurIPS 2023", Venue("NeurIPS", 2023, None)),
        ("arXiv 2024", Venue("arXiv", 2024, "preprint")),
        ("Findings of ACL 2024", Venue("ACL", 2024, "findings")),
        ("Findings of the ACL: EMNLP 2021", Venue("ACL: EMNLP", 2021, "findings")),
        ("EMNLP (Findings) 2021", Venue("EMNLP", 2021, "findings")),
        ("NeurIPS 2022 Workshop", Venue("NeurIPS Workshop", 2022, "workshop")),
        ("TMLR, 2024", Venue("TMLR", 2024, None)),
        ("(ICML 2020)", Venue("ICML", 2020, None)),
        ("2024", Venue(None, 2024, None)),
        ("ICLR", Venue("ICLR", None, None)),
        ("", Venue(None, None, None)),
    ],
)
def test_a_venue_label_is_split_into_name_year_and_type(label: str, venue: Venue) -> None:
    assert parse_venue(label) == venue


def test_a_wrong_decoding_is_undone_and_right_text_left_alone() -> None:
    assert repair("GaÃ«l") == "Gaël"
    for right in ("Gaël, naïve “quotes” – 数据 🔥", "Ça ira", "x² ≤ y", "line\nline\r\n"):
        assert repair(right) == right
    assert repair("Gaël 🔥 数据\nGaÃ«l\n") == "Gaël 🔥 数据\nGaël\n"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert "\n" not in fold(text)


@given(st.text())
def test_a_normalised_title_is_letters_digits_and_single_blanks(title: str) -> None:
    normalised = normalised_title(title)
    assert all(c.isalnum() or c == " " for c in normalised)
    assert "  " not in normalised and normalised == normalised.strip()
