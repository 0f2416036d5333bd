"""The metadata services, stood in for on loopback: what is asked, what is read, and what their faults may do."""

import itertools
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import InputError, NotAPaper
from ingest.paper import Paper, Source
from ingest.providers import (
    Answers,
    ArXiv,
    Connection,
    Crossref,
    Finding,
    Lookup,
    Mismatch,
    OpenAlex,
    Patience,
    Provider,
    ProviderFailed,
    SemanticScholar,
)
from ingest.providers.connection import MOST_BYTES
from ingest.providers.provider import Refused, Unreadable

from . import metadata
from .metadata import LANTERN, ROPE, TIDE, Work, World

QUICK = Patience(attempts=4, first=0.01, longest=1.5, deadline=1.0)
KEY = "a-made-up-key-0123456789"
SERVICES = ("arxiv", "openalex", "semantic_scholar", "crossref")


@pytest.fixture
def world() -> Iterator[World]:
    with metadata.services() as world:
        yield world


def provider(world: World, name: str, pause: float = 0.0) -> Provider:
    base = world.base(name)
    made: dict[str, Provider] = {
        "arxiv": ArXiv(base, pause),
        "openalex": OpenAlex(KEY, base, pause),
        "semantic_scholar": SemanticScholar(KEY, base, pause),
        "crossref": Crossref(base, pause),
    }
    return made[name]


def paper(work: Work, **fields: Any) -> Paper:
    """Return a paper as a list with identifiers has it."""
    known: dict[str, Any] = {"arxiv_id": work.arxiv, "doi": work.doi}
    if work.acl and "url" not in fields:
        known["url"] = f"https://aclanthology.org/{work.acl}/"
    return Paper.create(title=work.title, source=Source("list.md", 1), **{**known, **fields})


def ask(
    world: World, name: str, papers: list[Paper], tmp_path: Path, patience: Patience = QUICK, pause: float = 0.0
) -> dict[str, Finding | Mismatch]:
    service = provider(world, name, pause)
    with Connection(service.label, service.base, service.pause, service.headers, patience) as connection:
        return dict(Lookup(service, connection, Answers(tmp_path / "answers.sqlite")).fetch(papers))


def found(world: World, name: str, one: Paper, tmp_path: Path) -> Finding:
    answer = ask(world, name, [one], tmp_path)[one.id]
    assert isinstance(answer, Finding), answer
    return answer


# --- what they say


def test_arxiv_gives_what_its_feed_has(world: World, tmp_path: Path) -> None:
    one = found(world, "arxiv", paper(LANTERN, doi=None), tmp_path)
    assert (one.title, one.authors, one.year) == (LANTERN.title, LANTERN.authors, 2024)
    assert (
        one.abstract.startswith("We study how") and "12% of the rows & answers α-questions as well as" in one.abstract
    )
    assert (one.doi, one.arxiv_id) == (LANTERN.doi, "2401.00001")
    assert (one.venue, one.venue_type, one.citations, one.retracted) == ("arXiv", "preprint", None, None)


def test_openalex_gives_abstract_citations_and_retractions(world: World, tmp_path: Path) -> None:
    one = found(world, "openalex", paper(ROPE), tmp_path)
    assert one.abstract == ROPE.abstract and one.authors == ROPE.authors
    assert (one.year, one.venue, one.doi) == (2022, ROPE.venue, ROPE.doi)
    assert (one.citations, one.retracted) == (41, True)
    assert world.queries["openalex"]["api_key"] == KEY


def test_openalex_knows_papers_by_the_dois_of_arxiv(world: World, tmp_path: Path) -> None:
    one = found(world, "openalex", paper(TIDE, doi=None), tmp_path)
    assert one.doi == TIDE.doi and list(world.asked["openalex"]) == ["10.48550/arxiv.2305.00002"]


def test_semantic_scholar_is_asked_by_the_ids_there_are(world: World, tmp_path: Path) -> None:
    by_acl = paper(ROPE, doi=None)
    answers = ask(world, "semantic_scholar", [paper(LANTERN), by_acl], tmp_path)
    one = answers[by_acl.id]
    assert isinstance(one, Finding)
    assert (one.abstract, one.doi, one.citations, one.retracted) == (ROPE.abstract, ROPE.doi, 42, None)
    assert set(world.asked["semantic_scholar"]) == {"ARXIV:2401.00001", "ACL:2022.inv-main.9"}
    assert world.headers["semantic_scholar"]["x-api-key"] == KEY and len(world.requests) == 1


def test_crossref_gives_jats_abstracts_as_text(world: World, tmp_path: Path) -> None:
    one = found(world, "crossref", paper(ROPE), tmp_path)
    assert one.abstract == ROPE.abstract
    assert (one.authors, one.venue, one.citations, one.retracted) == (ROPE.authors, ROPE.venue, 43, True)
    tide = found(world, "crossref", paper(TIDE), tmp_path)
    assert tide.retracted is False


def test_a_withdrawal_is_no_abstract(world: World, tmp_path: Path) -> None:
    notice = "This paper has been withdrawn by the authors, because the ropes of Section 3 were measured wet."
    world.works = [replace(TIDE, abstract=notice)]
    one = found(world, "arxiv", paper(TIDE), tmp_path)
    assert (one.abstract, one.retracted) == ("", True)


@pytest.mark.parametrize("words", ["Abstract not available.", "No abstract.", "Too short.", "word " * 5000])
def test_what_is_no_abstract_is_left_out(words: str, world: World, tmp_path: Path) -> None:
    world.works = [replace(TIDE, abstract=words)]
    assert found(world, "semantic_scholar", paper(TIDE), tmp_path).abstract == ""


def test_text_from_a_service_is_cleaned(world: World, tmp_path: Path) -> None:
    world.works = [replace(TIDE, abstract="Abstract: \u202eTides\u200b of <b>tokens</b> &amp; \x1b[31mbudgets. " * 3)]
    assert found(world, "semantic_scholar", paper(TIDE), tmp_path).abstract.startswith("Tides of tokens & budgets.")


# --- which paper it is


def test_a_paper_without_ids_is_found_by_its_title(world: World, tmp_path: Path) -> None:
    bare = Paper.create(
        title="ROPE WALKS - distilling a riggers judgement", authors=["da Costa, Maria"], year=2021,
        url="https://openreview.net/forum?id=rope", source=Source("list.md", 1),
    )  # fmt: skip
    for name in ("semantic_scholar", "crossref"):
        assert found(world, name, bare, tmp_path).doi == ROPE.doi
    assert world.queries["crossref"]["query.bibliographic"] == bare.title
    assert ask(world, "arxiv", [bare], tmp_path) == ask(world, "openalex", [bare], tmp_path) == {}


@pytest.mark.parametrize(
    ("title", "authors", "year", "reason"),
    [
        ("Rope Walks: Distilling a Sailor's Judgment of Knots", ["Maria da Costa"], 2022, "alike; expected 92"),
        (ROPE.title, ["Maria Acosta"], 2022, "is by Maria da Costa, not by Maria Acosta"),
        (ROPE.title, ["Maria da Costa"], 2019, "is of 2022, not of 2019"),
        (ROPE.title, [], None, "states neither authors nor year"),
        ("Rope Walks 2: Distilling a Rigger's Judgement", ["Maria da Costa"], 2022, "has other numbers in its title"),
        ("Rope Walks: Distilling the Rigger's Judgement", [], 2022, "not the very same title"),
    ],
)
def test_a_near_title_is_another_paper(
    title: str, authors: list[str], year: int | None, reason: str, world: World, tmp_path: Path
) -> None:
    world.works = [ROPE]
    bare = Paper.create(title=title, authors=authors, year=year, source=Source("list.md", 1))
    for name in ("semantic_scholar", "crossref"):
        answer = ask(world, name, [bare], tmp_path)[bare.id]
        assert isinstance(answer, Mismatch) and reason in answer.reason


def test_the_very_same_long_title_may_stand_for_an_author_or_a_year_that_is_not_stated(
    world: World, tmp_path: Path
) -> None:
    for stated in ({"year": 2022}, {"authors": ["M. da Costa"]}):
        bare = Paper.create(title=ROPE.title, source=Source("list.md", 1), **stated)
        assert found(world, "crossref", bare, tmp_path).doi == ROPE.doi


def test_a_wrong_link_takes_nothing_from_the_other_paper(world: World, tmp_path: Path) -> None:
    linked_wrongly = Paper.create(title=TIDE.title, arxiv_id=LANTERN.arxiv, source=Source("list.md", 1))
    answer = ask(world, "arxiv", [linked_wrongly], tmp_path)[linked_wrongly.id]
    assert isinstance(answer, Mismatch) and "Lantern" in answer.reason


def test_a_paper_that_has_got_another_title_is_known_by_its_first_author(world: World, tmp_path: Path) -> None:
    before = Paper.create(title="Harbour QA", arxiv_id=LANTERN.arxiv, source=Source("list.md", 1))
    for stated in (
        {"authors": ("Quill, Ada",), "year": 2023},
        {"authors": ("A. Quill", "B. Mårtensson")},
        {"title": "Lantern"},
    ):
        assert found(world, "arxiv", replace(before, **stated), tmp_path).title == LANTERN.title
    for unlike in ({}, {"authors": ("A. Quill",)}, {"authors": ("A. Quill",), "year": 2019}, {"title": "Lan"}):
        assert isinstance(ask(world, "arxiv", [replace(before, **unlike)], tmp_path)[before.id], Mismatch)


@pytest.mark.parametrize("name", SERVICES)
def test_papers_that_were_not_asked_for_are_dropped(name: str, world: World, tmp_path: Path) -> None:
    def others(handler: metadata.Handler) -> None:
        asked = {"arxiv": LANTERN.arxiv, "semantic_scholar": f"DOI:{LANTERN.doi}"}.get(name, LANTERN.doi)
        _, kind, body = metadata.SPEAKS[name](world.works, [asked], "/paper/batch")
        handler.send(body, kind)

    world.faults[name] = [others]
    assert ask(world, name, [paper(TIDE)], tmp_path) == {}
    assert isinstance(ask(world, name, [paper(TIDE)], tmp_path)[paper(TIDE).id], Finding), (
        "what was missing is asked again"
    )


# --- nothing is asked twice


@pytest.mark.parametrize("name", SERVICES)
def test_what_was_answered_is_never_asked_again_nor_what_was_not_found(name: str, world: World, tmp_path: Path) -> None:
    unknown = Paper.create(title="Nowhere", arxiv_id="2402.09999", doi="10.5555/nowhere", source=Source("l", 1))
    papers = [paper(LANTERN), unknown]
    first = ask(world, name, papers, tmp_path)
    asked = world.count(name)
    assert list(first) == [paper(LANTERN).id] and asked >= 1
    assert ask(world, name, papers, tmp_path) == first and world.count(name) == asked


def many(n: int) -> list[Paper]:
    works = [replace(LANTERN, title=f"Lantern number {i}", arxiv=f"2403.{i:05}", doi="") for i in range(n)]
    return [paper(work) for work in works]


def test_a_run_that_is_cut_off_by_429_goes_on_where_it_was_stopped(world: World, tmp_path: Path) -> None:
    papers = many(250)
    world.works = [replace(LANTERN, title=one.title, arxiv=one.arxiv_id or "", doi="") for one in papers]
    world.faults["arxiv"] = [None, *[metadata.status(429)] * QUICK.attempts]
    with pytest.raises(ProviderFailed, match=r"arXiv gave no answer: it is asked too much \(429\) \(4 times"):
        ask(world, "arxiv", papers, tmp_path)
    first, tried = papers[:100], papers[100:200]
    assert {world.asked["arxiv"][one.arxiv_id or ""] for one in first} == {1}
    world.asked.clear()
    assert len(ask(world, "arxiv", papers, tmp_path)) == 250
    assert not any(world.asked["arxiv"][one.arxiv_id or ""] for one in first)
    assert {world.asked["arxiv"][one.arxiv_id or ""] for one in tried} == {1}


def test_who_stops_reading_findings_loses_none(world: World, tmp_path: Path) -> None:
    papers = many(150)
    world.works = [replace(LANTERN, title=one.title, arxiv=one.arxiv_id or "", doi="") for one in papers]
    service = provider(world, "arxiv")
    with Connection("arXiv", service.base, 0, {}, QUICK) as connection:
        next(Lookup(service, connection, Answers(tmp_path / "answers.sqlite")).fetch(papers))
    assert len(ask(world, "arxiv", papers, tmp_path)) == 150
    assert set(world.asked["arxiv"].values()) == {1}


def test_one_bad_id_does_not_spoil_its_batch(world: World, tmp_path: Path) -> None:
    bad = Paper.create(title="Bad", arxiv_id="2499.00001", source=Source("l", 1))
    papers = [paper(LANTERN), bad, paper(TIDE)]
    assert set(ask(world, "arxiv", papers, tmp_path)) == {paper(LANTERN).id, paper(TIDE).id}
    before = world.count("arxiv")
    ask(world, "arxiv", papers, tmp_path)
    assert world.count("arxiv") == before, "that the bad one is unknown is remembered"


def test_a_service_that_refuses_everything_is_not_taken_to_know_nothing(world: World, tmp_path: Path) -> None:
    world.faults["openalex"] = [metadata.status(400)] * 100
    papers = [paper(replace(TIDE, title=f"Tide {i}", doi=f"10.5555/t{i}", arxiv="")) for i in range(20)]
    with pytest.raises(ProviderFailed, match="refuses whatever it is asked"):
        ask(world, "openalex", papers, tmp_path)
    assert Answers(tmp_path / "answers.sqlite").get("openalex", [one.doi or "" for one in papers]) == {}


def test_an_empty_page_for_many_ids_is_not_believed(world: World, tmp_path: Path) -> None:
    world.faults["arxiv"] = [metadata.says(metadata.feed("", 0), "application/atom+xml")]
    assert len(ask(world, "arxiv", [paper(LANTERN), paper(TIDE)], tmp_path)) == 2


def test_damaged_answers_are_set_aside_and_asked_again(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ask(world, "arxiv", [paper(LANTERN)], tmp_path)
    (tmp_path / "answers.sqlite").write_bytes(b"no database at all" * 500)
    assert len(ask(world, "arxiv", [paper(LANTERN)], tmp_path)) == 1
    assert (tmp_path / "answers.damaged").is_file() and "set aside" in caplog.text


# --- their pace


def test_requests_to_a_host_keep_their_distance_whoever_makes_them(world: World, tmp_path: Path) -> None:
    def one(n: int) -> None:
        ask(world, "arxiv", [paper(LANTERN)], tmp_path / str(n), pause=0.3)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [when for _, when in world.requests]
    assert len(times) == 4
    assert all(later - earlier >= 0.3 for earlier, later in itertools.pairwise(times))


def test_the_services_own_limits_are_the_default() -> None:
    assert (ArXiv().pause, SemanticScholar(KEY).pause) == (3.0, 1.0)
    assert all(one.base.startswith("https://") for one in (ArXiv(), OpenAlex(KEY), SemanticScholar(), Crossref()))


@pytest.mark.parametrize("asks", [lambda: "1", lambda: formatdate(time.time() + 2, usegmt=True)], ids=["s", "date"])
def test_retry_after_is_kept(asks: Callable[[], str], world: World, tmp_path: Path) -> None:
    world.faults["crossref"] = [metadata.status(429, Retry_After=asks())]
    assert len(ask(world, "crossref", [paper(TIDE)], tmp_path, Patience(first=0.01, deadline=5))) == 1
    (_, first), (_, second) = world.requests
    assert 0.9 <= second - first < 4


def test_a_wait_that_is_too_long_ends_the_run_with_a_line(world: World, tmp_path: Path) -> None:
    world.faults["openalex"] = [metadata.status(429, Retry_After="86400")]
    with pytest.raises(ProviderFailed, match=r"asks to wait 86400 s: run this again then"):
        ask(world, "openalex", [paper(TIDE)], tmp_path)
    assert len(world.requests) == 1


# --- their faults


PASSING = {
    "503": metadata.status(503),
    "500": metadata.status(500),
    "429": metadata.status(429),
    "half a body": metadata.half,
    "no JSON": metadata.says(b'{"results": [{"doi": '),
    "no object": metadata.says(b"null"),
    "deep JSON": metadata.says(b"[" * 200_000),
    "half a gzip": metadata.says(b"\x1f\x8b\x08\x00", Content_Encoding="gzip"),
    "no gzip": metadata.says(b"not packed at all", Content_Encoding="gzip"),
    "drip": metadata.drip,
    "header drip": metadata.drip_header,
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("name", ["arxiv", "openalex"])
def test_a_fault_that_passes_is_waited_out(name: str, fault: metadata.Fault, world: World, tmp_path: Path) -> None:
    world.faults[name] = [fault, fault]
    assert isinstance(ask(world, name, [paper(TIDE)], tmp_path)[paper(TIDE).id], Finding)
    assert len(world.requests) == 3


LASTING = {
    "429 storm": ([metadata.status(429)] * 9, r"it is asked too much \(429\) \(4 times"),
    "503 storm": ([metadata.status(503)] * 9, r"out of order \(503\) \(4 times"),
    "half bodies": ([metadata.half] * 9, r"broke off \(4 times"),
    "drip": ([metadata.drip] * 9, r"nothing whole came within 1 s \(4 times"),
    "web page": ([metadata.page], "a web page came in place of data"),
    "unlabelled page": ([metadata.says(b"  <!DOCTYPE html>...")], "a web page came in place of data"),
    "key": ([metadata.status(401)], r"refuses the key, wants one, or has had enough for today \(401\)"),
    "moved": ([metadata.status(404)], r"refuses the request \(404\)"),
    "bomb": ([metadata.packed(64)], "more than 16 MiB came"),
    "flood": ([metadata.says(b" " * (MOST_BYTES + 1))], "more than 16 MiB came"),
    "other packing": ([metadata.says(b"x", Content_Encoding="br")], "which was not asked for"),
}


@pytest.mark.parametrize(
    ("name", "fault"),
    [(name, fault) for name in SERVICES for fault in LASTING if name == "openalex" or len(LASTING[fault][0]) == 1],
)
def test_a_fault_that_lasts_is_one_line_without_the_key(name: str, fault: str, world: World, tmp_path: Path) -> None:
    faults, words = LASTING[fault]
    world.faults[name] = list(faults)
    with pytest.raises(ProviderFailed, match=words) as caught:
        ask(world, name, [paper(TIDE)], tmp_path)
    said = str(caught.value)
    assert KEY not in said and "\n" not in said and said.startswith(f"{provider(world, name).label} gave no answer: ")
    assert len(world.requests) <= QUICK.attempts


def test_a_gzip_bomb_takes_no_memory(world: World, tmp_path: Path) -> None:
    import tracemalloc

    world.faults["crossref"] = [metadata.packed(150)]
    tracemalloc.start()
    with pytest.raises(ProviderFailed, match="more than 16 MiB"):
        ask(world, "crossref", [paper(TIDE)], tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 * 2**20  # the stand-in's own packed body among it


def test_a_packed_answer_is_unpacked(world: World, tmp_path: Path) -> None:
    import gzip

    _, kind, body = metadata.crossref(world.works, [TIDE.doi], "")
    world.faults["crossref"] = [metadata.says(gzip.compress(body), kind, Content_Encoding="gzip")]
    assert found(world, "crossref", paper(TIDE), tmp_path).abstract == TIDE.abstract
    assert world.headers["crossref"]["accept-encoding"] == "gzip"


def test_a_service_that_is_not_there(tmp_path: Path) -> None:
    service = Crossref("http://127.0.0.1:9", 0)
    with (
        Connection("Crossref", service.base, 0, {}, QUICK) as connection,
        pytest.raises(ProviderFailed, match="Crossref gave no answer: it cannot be reached: is there a network"),
    ):
        list(Lookup(service, connection, Answers(tmp_path / "a.sqlite")).fetch([paper(TIDE)]))


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:9/",
        "https://127.0.0.1:9/",
        "https://[::1]:9/",
        "https://10.0.0.1/",
        "https://192.168.1.1/works",
        "https://localhost/",
        "https://example.org/works",
        "file:///etc/passwd",
        "ftp://example.org/",
        "//10.1.2.3/works",
        "https://",
        "",
    ],
)
def test_redirects_lead_nowhere_else(location: str, world: World, tmp_path: Path) -> None:
    world.faults["crossref"] = [metadata.redirect(location)] * 5
    with pytest.raises(ProviderFailed, match="it points "):
        ask(world, "crossref", [paper(TIDE)], tmp_path)


def test_redirects_within_the_service_are_followed_but_not_for_ever(world: World, tmp_path: Path) -> None:
    there = f"/crossref/works?filter=doi:{TIDE.doi}&rows=1"
    world.faults["crossref"] = [metadata.redirect(there)]
    assert len(ask(world, "crossref", [paper(TIDE)], tmp_path)) == 1
    world.faults["openalex"] = [metadata.redirect(f"/openalex/works?filter=doi:{TIDE.doi}")] * 9
    with pytest.raises(ProviderFailed, match="more than 3 times"):
        ask(world, "openalex", [paper(TIDE)], tmp_path)


@pytest.mark.parametrize("host", ["10.0.0.1", "127.0.0.1", "169.254.1.1", "::1", "fe80::1", "0.0.0.0", "224.0.0.1x"])
def test_a_name_of_the_services_own_that_stands_for_a_private_address_is_refused(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def resolve(*_: Any, **__: Any) -> list[Any]:
        if host.endswith("x"):
            raise OSError("no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", host)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    connection = Connection("arXiv", "https://export.arxiv.org", 3, {}, QUICK)
    with pytest.raises(ProviderFailed, match=r"points to mirror\.arxiv\.org"):
        connection._redirected("https://export.arxiv.org/api/query", "https://mirror.arxiv.org/api/query")


def test_only_https_or_this_machine_may_be_asked() -> None:
    for base in ("http://export.arxiv.org", "http://10.0.0.1", "file:///tmp", "ftp://arxiv.org"):
        with pytest.raises(InputError, match="expected an https address"):
            Connection("arXiv", base, 3, {})


# --- XML


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2305.00002v1</id><title>&b;</title></entry></feed>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/2305.00002v1</id><title>&x;</title></entry></feed>"""


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        OUTSIDE,
        OUTSIDE.decode().encode("utf-16"),
        metadata.feed(metadata.entry(TIDE), 1)[:-200],
        b"<feed><entry/></feed>",
        b"Rate exceeded.",
        b"",
        b"\xff\xfe\x00",
    ],
    ids=["entities", "outside entity", "UTF-16", "half", "another feed", "words", "nothing", "bytes"],
)
def test_xml_that_is_no_feed_is_never_read(body: bytes, world: World, tmp_path: Path) -> None:
    world.faults["arxiv"] = [metadata.says(body, "application/atom+xml")] * 4
    with pytest.raises(ProviderFailed, match="arXiv gave no answer: what came"):
        ask(world, "arxiv", [paper(TIDE)], tmp_path)
    assert Answers(tmp_path / "answers.sqlite").get("arxiv", [TIDE.arxiv]) == {}


# --- records of any shape


@pytest.mark.parametrize("name", SERVICES[1:])
@pytest.mark.parametrize("junk", [None, 5, "x", [], {}, [[]], {"name": None}, True, 1e308, "\ud800"])
def test_a_record_with_any_value_anywhere_is_a_finding_or_none(name: str, junk: Any, world: World) -> None:
    service = provider(world, name)
    whole = {
        "openalex": metadata.openalex_work,
        "semantic_scholar": metadata.s2_paper,
        "crossref": metadata.crossref_work,
    }[name](ROPE)
    for field in whole:
        record = json.loads(json.dumps({**whole, field: junk}))
        body = {
            "openalex": {"results": [record]},
            "semantic_scholar": [record],
            "crossref": {"message": {"items": [record]}},
        }[name]
        keys = {"semantic_scholar": f"DOI:{ROPE.doi}"}.get(name, ROPE.doi)
        for records in service.read(200, json.dumps(body).encode(), [keys]).values():
            for one in records:
                finding = service.finding(one)
                assert finding is None or re.search(r"\w", finding.title)


SAMPLES = {
    "arxiv": metadata.feed(metadata.entry(LANTERN) + metadata.entry(TIDE), 2),
    "openalex": metadata.openalex([ROPE, TIDE], [ROPE.doi, TIDE.doi], "")[2],
    "semantic_scholar": metadata.semantic_scholar([ROPE, TIDE], [f"DOI:{ROPE.doi}", f"DOI:{TIDE.doi}"], "")[2],
    "crossref": metadata.crossref([ROPE, TIDE], [ROPE.doi, TIDE.doi], "")[2],
}


@pytest.mark.parametrize("name", SERVICES)
def test_mutated_answers_are_read_or_said_to_be_unreadable(name: str) -> None:
    """FOOTNOTE_MUTATIONS sets how many."""
    chance, whole = random.Random(0), SAMPLES[name]
    service = {
        "arxiv": ArXiv(), "openalex": OpenAlex(KEY), "semantic_scholar": SemanticScholar(), "crossref": Crossref()
    }[name]  # fmt: skip
    keys = [LANTERN.arxiv, TIDE.arxiv] if name == "arxiv" else [ROPE.doi, TIDE.doi]
    if name == "semantic_scholar":
        keys = [f"DOI:{key}" for key in keys]
    for _ in range(int(os.environ.get("FOOTNOTE_MUTATIONS", "200"))):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(body))
            end = at + chance.choice((0, 1, 1, 5, 60))
            body[at:end] = chance.choice(
                (b"", b"<", b'"', b"}", b"]", b"null", b"-1", b"&x;", body[at : at + 90], b"\0")
            )
        try:
            records = service.read(200, bytes(body), keys)
        except (Unreadable, Refused):
            continue
        for one in itertools.chain.from_iterable(records.values()):
            finding = service.finding(one)
            if finding is not None:
                enriched_by(finding)


def enriched_by(finding: Finding) -> None:
    """What a finding says must be what a paper can hold, or be refused as such."""
    try:
        Paper.create(
            title=finding.title, authors=finding.authors, year=finding.year, venue=finding.venue, doi=finding.doi,
            citations=finding.citations, retracted=finding.retracted, source=Source("list.md", 1),
        )  # fmt: skip
    except NotAPaper:
        return
