"""Filters: what a person types, and which papers then pass, alone and together."""

import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from index.collection import Collection
from index.filters import Filters
from ingest.errors import InputError
from ingest.paper import Paper, Source

QUERY = "small models"
AUTHORS = {
    1: ["Sang Michael Xie", "Li Xu"],
    2: ["Xu Li", "Marija Šakota"],
    3: ["Sean O'Brien"],
    4: ["Cheng-Yu Hsieh", "LI  Wei."],
    5: ["Jean-Luc Straße"],
    6: [],
}


def listed(n: int, section: str, topic: str | None, venue: str | None, kind: str | None, year: int | None) -> Paper:
    """Return a paper; every other one has code."""
    return Paper.create(
        id=f"p{n}",
        title=f"Small models {n}",
        source=Source("list.md", n),
        section=section.split(" > "),
        topic=topic,
        venue=venue,
        venue_type=kind,
        year=year,
        authors=AUTHORS[n],
        code_url=f"https://github.com/a/{n}" if n % 2 else None,
    )


PAPERS = [
    listed(1, "Collaboration > Data Curation > Pre-training data", "Data Selection", "ACL", None, 2023),
    listed(2, "Collaboration > Data Curation > Instruction data", "Data Selection", "ACL", "findings", 2024),
    listed(3, "Collaboration > Efficient Inference > Ensembling", "Model Routing", "NeurIPS", None, 2023),
    listed(4, "Collaboration > Efficient Inference > Speculative decoding", None, "arXiv", "preprint", 2022),
    listed(5, "Competition", "Straße", "ICLR", "workshop", None),
    listed(6, "Collaboration > Efficient Inference > Ensembling", "Model Routing", None, None, 2024),
]


@pytest.fixture(scope="module")
def collection(tiny_export: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """The papers above, indexed once; after its first search a collection needs its home no more."""
    home = tmp_path_factory.mktemp("filters") / "home"
    shutil.copytree(tiny_export, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_HOME", str(home))
        made = Collection.create("c", str(tiny_model))
        made.add(PAPERS)
        made.search(QUERY)
    return made


@pytest.fixture
def found(collection: Collection) -> Callable[[Filters], set[str]]:
    return lambda filters: {hit.paper.id for hit in collection.search(QUERY, 100, filters).hits}


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        ("2024", (2024, 2024)),
        ("2021-2023", (2021, 2023)),
        ("2023-", (2023, None)),
        ("-2020", (None, 2020)),
        (" 2024 ", (2024, 2024)),
        (None, (None, None)),
    ],
)
def test_a_year_is_one_year_or_a_span(typed: str | None, years: tuple[int | None, int | None]) -> None:
    filters = Filters.create(year=typed)
    assert (filters.year_from, filters.year_to) == years


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "-",
        " - ",
        "24",
        "20245",
        "20232024",
        "20 24",
        "2021-2023-",
        "2021--2023",
        "2021-23",
        "-2021-",
        "2024.5",
        "2024\n2025",
        "٢٠٢٤-x",
        ">2020",
        "last",
    ],
)
def test_any_other_year_is_refused_in_one_line(typed: str) -> None:
    with pytest.raises(InputError, match="expected 2024, 2021-2023, 2023- or -2020") as refused:
        Filters.create(year=typed)
    assert "\n" not in str(refused.value)


def test_filters_are_true_where_one_is_set_and_show_only_those() -> None:
    assert not Filters()
    assert not Filters.create()
    filters = Filters.create(year="2023-", topic="routing", has_code=False)
    assert filters
    assert filters.to_dict() == {"topic": "routing", "year_from": 2023, "has_code": False}
    assert str(filters) == "topic routing, 2023 or later, without code"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(), ""),
        (Filters(section="Data", topic="routing"), "section Data, topic routing"),
        (Filters(venue="ACL", author="Xu"), "ACL, by Xu"),
        (Filters.create(year="2024"), "2024"),
        (Filters.create(year="2021-2023"), "2021-2023"),
        (Filters.create(year="-2020"), "2020 or earlier"),
        (Filters(has_code=True), "with code"),
        (Filters(among=("p1",)), "of 1 paper"),
        (Filters(among=("p1", "p2"), venue="ACL", has_code=True), "of 2 papers, ACL, with code"),
    ],
)
def test_filters_say_what_they_ask(filters: Filters, said: str) -> None:
    assert str(filters) == said


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), "123456"),
        (Filters(section="Ensembling"), "36"),
        (Filters(section="efficient inference"), "346"),
        (Filters(section="Data Curation > Instruction data"), "2"),
        (Filters(section="Compet"), "5"),
        (Filters(topic="Model Routing"), "36"),
        (Filters(topic="ROUTING"), "36"),
        (Filters(topic="selection"), "12"),
        (Filters(topic="STRASSE"), "5"),
        (Filters(venue="ACL"), "12"),
        (Filters(venue="acl"), "12"),
        (Filters(venue="AC"), ""),
        (Filters(venue="findings"), "2"),
        (Filters(venue="Workshop"), "5"),
        (Filters(venue="preprint"), "4"),
        (Filters(author="Xie"), "1"),
        (Filters(author="michael xie"), "1"),
        (Filters(author="Sang Xie"), ""),
        (Filters(author="Li"), "124"),
        (Filters(author="Xu Li"), "2"),
        (Filters(author="li wei"), "4"),
        (Filters(author="L"), ""),
        (Filters(author="Xi"), ""),
        (Filters(author="O’Brien"), "3"),
        (Filters(author="o brien"), "3"),
        (Filters(author="Cheng Yu Hsieh"), "4"),
        (Filters(author="ŠAKOTA"), "2"),
        (Filters(author="jean-luc STRASSE"), "5"),
        (Filters(author="Xu Marija"), ""),
        (Filters(author="%"), ""),
        (Filters(author="nobody"), ""),
        (Filters.create(year="2023"), "13"),
        (Filters.create(year="2023-"), "1236"),
        (Filters.create(year="-2022"), "4"),
        (Filters.create(year="2022-2023"), "134"),
        (Filters(has_code=True), "135"),
        (Filters(has_code=False), "246"),
        (Filters(among=("p2", "p5")), "25"),
        (Filters(among=("p2", "p2", "elsewhere")), "2"),
        (Filters(among=()), ""),
        (Filters(among=("p1", "p2", "p3"), topic="selection", has_code=True), "1"),
        (Filters(among=("p1'; --", 'p"')), ""),
        (Filters(section="no such"), ""),
        (Filters(topic="no such"), ""),
        (Filters(venue="no such"), ""),
        (Filters.create(year="1999"), ""),
        (Filters(topic="100% 'quoted' \"\\_*?"), ""),
        (Filters(section="%"), ""),
    ],
    ids=str,
)
def test_exactly_the_papers_that_pass_are_found(found: Callable, filters: Filters, ids: str) -> None:
    assert found(filters) == {f"p{n}" for n in ids}


def test_a_filter_by_author_holds_beside_others(found: Callable) -> None:
    assert found(Filters(author="Li", year_from=2023)) == {"p1", "p2"}
    assert found(Filters(author="Li", venue="ACL", has_code=True)) == {"p1"}


def test_any_number_of_papers_can_be_named(found: Callable) -> None:
    many = tuple(f"elsewhere-{n}" for n in range(100_000))
    assert found(Filters(among=(*many, "p4", *many))) == {"p4"}


def passes(paper: Paper, filters: Filters) -> bool:
    section, topic = " > ".join(paper.section).casefold(), (paper.topic or "").casefold()
    return all(
        [
            not filters.section or filters.section.casefold() in section,
            not filters.topic or filters.topic.casefold() in topic,
            not filters.venue or filters.venue.casefold() in ((paper.venue or "").casefold(), paper.venue_type),
            filters.year_from is None or (paper.year is not None and paper.year >= filters.year_from),
            filters.year_to is None or (paper.year is not None and paper.year <= filters.year_to),
            filters.has_code is None or paper.has_code == filters.has_code,
        ]
    )


def test_all_conditions_must_hold_together(found: Callable) -> None:
    choices = product(
        (None, "Collaboration", "Ensembling"),
        (None, "Data", "Routing"),
        (None, "ACL", "findings", "NeurIPS"),
        (None, "2023", "2023-", "-2023"),
        (None, True, False),
    )
    for section, topic, venue, year, has_code in choices:
        filters = Filters.create(section=section, topic=topic, venue=venue, year=year, has_code=has_code)
        assert found(filters) == {paper.id for paper in PAPERS if passes(paper, filters)}, filters


def test_results_carry_the_filters_they_were_found_with(collection: Collection) -> None:
    filters = Filters.create(year="2023", topic="routing")
    assert collection.search(QUERY, 10, filters).filters == filters
    assert collection.search(QUERY, 10, filters).to_dict()["filters"] == filters.to_dict()


def test_nothing_found_is_an_answer_and_no_error(collection: Collection) -> None:
    results = collection.search(QUERY, 10, Filters(topic="no such"))
    assert results.hits == ()
    assert results.confidence == 0
    assert results.unknown_words == ()


@pytest.mark.parametrize(
    ("field", "counts"),
    [
        ("topic", [("Data Selection", 2), ("Model Routing", 2), ("Straße", 1)]),
        ("venue", [("ACL", 2), ("NeurIPS", 1), ("arXiv", 1), ("ICLR", 1)]),
        ("year", [("2022", 1), ("2023", 2), ("2024", 2)]),
    ],
)
def test_values_to_filter_by_are_counted_in_order(collection: Collection, field: str, counts: list) -> None:
    assert collection.counts(field) == counts


def test_the_section_tree_counts_whole_branches(collection: Collection) -> None:
    def shown(tree: list[dict]) -> list:
        return [(section["name"], section["papers"], shown(section["children"])) for section in tree]

    assert shown(collection.status()["sections"]) == [
        (
            "Collaboration",
            5,
            [
                ("Data Curation", 2, [("Pre-training data", 1, []), ("Instruction data", 1, [])]),
                ("Efficient Inference", 3, [("Ensembling", 2, []), ("Speculative decoding", 1, [])]),
            ],
        ),
        ("Competition", 1, []),
    ]
