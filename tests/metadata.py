"""A stand-in for the four metadata services: one server on loopback that speaks as each does, of made-up papers.

Faults are queued by service: each is called with the request's handler in place of the answer.
"""

import gzip
import json
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

Fault = Callable[["Handler"], None]


@dataclass(frozen=True)
class Work:
    """A made-up paper as the services know it."""

    title: str
    abstract: str
    authors: tuple[str, ...]
    year: int
    venue: str = ""
    doi: str = ""
    arxiv: str = ""
    acl: str = ""
    citations: int = 0
    retracted: bool = False


LANTERN = Work(
    "Lantern: Reading Long Ledgers with Short Models",
    "We study how a short model reads a long ledger. Lantern keeps 12% of the rows & answers \\alpha-questions as well "
    "as models of ten times its size, on three collections of harbour ledgers.",
    ("Ada Quill", "Björn Mårtensson"),
    2024,
    "Journal of Made-up Results",
    "10.5555/lantern.1",
    "2401.00001",
    citations=17,
)
TIDE = Work(
    "Tide Tables for Token Budgets",
    "Token budgets rise and fall with the hour. Tide Tables predicts the budget that a question needs, and spends a "
    "third less than a fixed budget on the harbour questions.",
    ("Chidi Okafor",),
    2023,
    "Conference on Invented Methods",
    "10.5555/tide.7",
    "2305.00002",
    citations=3,
)
ROPE = Work(
    "Rope Walks: Distilling a Rigger's Judgement",
    "A rigger judges a rope at a glance. Rope Walks distils that judgement into a model that fits a deckhand's "
    "telephone, and agrees with the rigger on nine ropes of ten.",
    ("Maria da Costa", "Wei Zhang"),
    2022,
    "Conference on Invented Methods",
    "10.5555/rope.9",
    acl="2022.inv-main.9",
    citations=41,
    retracted=True,
)
WORKS = (LANTERN, TIDE, ROPE)


class World:
    """What the stand-in knows, what it was asked, and the faults that it has yet to commit."""

    def __init__(self) -> None:
        self.works: list[Work] = list(WORKS)
        self.asked: dict[str, Counter[str]] = defaultdict(Counter)  # service -> id or title -> times
        self.requests: list[tuple[str, float]] = []  # service, when
        self.headers: dict[str, dict[str, str]] = {}
        self.queries: dict[str, dict[str, str]] = {}
        self.faults: dict[str, list[Fault | None]] = defaultdict(list)
        self.address = ""

    def base(self, service: str) -> str:
        return f"{self.address}/{service}"

    def count(self, service: str) -> int:
        return sum(name == service for name, _ in self.requests)


class Handler(BaseHTTPRequestHandler):
    world: World

    def do_GET(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _serve(self, posted: Any) -> None:
        parts = urlsplit(self.path)
        service = parts.path.split("/")[1]
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.world.requests.append((service, time.monotonic()))
        self.world.headers[service] = {name.lower(): value for name, value in self.headers.items()}
        self.world.queries[service] = query
        keys = KEYS[service](query, posted)
        self.world.asked[service].update(keys)
        faults = self.world.faults[service]
        fault = faults.pop(0) if faults else None
        if fault is not None:
            fault(self)
            return
        status, kind, body = SPEAKS[service](self.world.works, keys, parts.path)
        self.send(body, kind, status)

    def send(self, body: bytes, kind: str = "application/json", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def services() -> Iterator[World]:
    world = World()
    handler = type("Bound", (Handler,), {"world": world})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    world.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()


# --- what is asked


def _dois(query: dict[str, str]) -> list[str]:
    return [part.removeprefix("doi:") for part in re.split(r"[|,]", query["filter"])]


KEYS: dict[str, Callable[[dict[str, str], Any], list[str]]] = {
    "arxiv": lambda query, _: query["id_list"].split(","),
    "openalex": lambda query, _: _dois(query),
    "semantic_scholar": lambda query, posted: posted["ids"] if posted else [query["query"]],
    "crossref": lambda query, _: _dois(query) if "filter" in query else [query.get("query.bibliographic", "")],
}


# --- what is answered


def feed(entries: str, total: int) -> bytes:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" \
xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/made-up</id>
  <title>arXiv Query: search_query=&amp;id_list=</title>
  <updated>2026-01-01T00:00:00Z</updated>
  <link href="https://arxiv.org/api/query?search_query=&amp;start=0" type="application/atom+xml"/>
  <opensearch:itemsPerPage>{total}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
{entries}</feed>""".encode()


def entry(work: Work) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in work.authors)
    doi = f"<arxiv:doi>{work.doi}</arxiv:doi>" if work.doi else ""
    title = escape(work.title).replace(": ", ":\n  ")  # arXiv breaks lines in titles and abstracts
    wrapped = escape(work.abstract).replace(". ", ".\n")
    return f"""  <entry>
    <id>http://arxiv.org/abs/{work.arxiv}v2</id>
    <title>{title}</title>
    <updated>{work.year + 1}-02-03T04:05:06Z</updated>
    <link href="https://arxiv.org/abs/{work.arxiv}v2" rel="alternate" type="text/html"/>
    <summary>  {wrapped}
</summary>
    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
    <published>{work.year}-01-02T03:04:05Z</published>
    <arxiv:comment>12 pages</arxiv:comment>
    <arxiv:primary_category term="cs.CL"/>
    {authors}{doi}
  </entry>
"""


def arxiv(works: list[Work], keys: list[str], _: str) -> tuple[int, str, bytes]:
    if bad := [key for key in keys if not re.fullmatch(r"\d{4}\.\d{4,5}", key) or key[2:4] == "99"]:
        wrong = f"incorrect id format for {bad[0]}"
        error = f"<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><summary>{wrong}</summary></entry>"
        return 400, "application/atom+xml", feed(error, 1)
    found = [work for work in reversed(works) if work.arxiv in keys]
    return 200, "application/atom+xml; charset=utf-8", feed("".join(map(entry, found)), len(found))


def openalex_work(work: Work) -> dict[str, Any]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(work.abstract.split()):
        places[word].append(place)
    arxiv = {"landing_page_url": f"http://arxiv.org/abs/{work.arxiv}", "source": {"display_name": "arXiv (Cornell)"}}
    home = {"landing_page_url": f"https://doi.org/{work.doi}", "source": {"display_name": work.venue}}
    return {
        "id": f"https://openalex.org/W{abs(hash(work.title)) % 10**9}",
        "doi": f"https://doi.org/{work.doi}" if work.doi else f"https://doi.org/10.48550/arxiv.{work.arxiv}",
        "title": work.title,
        "display_name": work.title,
        "type": "article",
        "publication_year": work.year,
        "authorships": [
            {"author_position": "first", "author": {"id": "https://openalex.org/A1", "display_name": name}}
            for name in work.authors
        ],
        "primary_location": home if work.doi else arxiv,
        "best_oa_location": None,
        "locations": [home] * bool(work.doi) + [arxiv] * bool(work.arxiv),
        "abstract_inverted_index": dict(places),
        "cited_by_count": work.citations,
        "is_retracted": work.retracted,
    }


def openalex(works: list[Work], keys: list[str], _: str) -> tuple[int, str, bytes]:
    found = [w for w in works if {w.doi, f"10.48550/arxiv.{w.arxiv}"} & set(keys)]
    meta = {"count": len(found), "db_response_time_ms": 9, "page": 1, "per_page": 100, "groups_count": None}
    return _json({"meta": meta, "results": [openalex_work(work) for work in found], "group_by": []})


def s2_paper(work: Work) -> dict[str, Any]:
    outside = {"ArXiv": work.arxiv, "DOI": work.doi.upper(), "ACL": work.acl}
    return {
        "paperId": f"{abs(hash(work.title)):040x}",
        "externalIds": {**{name: value for name, value in outside.items() if value}, "CorpusId": 5},
        "title": work.title,
        "abstract": work.abstract,
        "venue": work.venue or "arXiv.org",
        "year": work.year,
        "citationCount": work.citations + 1,
        "publicationDate": f"{work.year}-06-01",
        "authors": [{"authorId": str(n), "name": name} for n, name in enumerate(work.authors)],
    }


def semantic_scholar(works: list[Work], keys: list[str], path: str) -> tuple[int, str, bytes]:
    if path.endswith("/paper/search/match"):
        words = set(keys[0].lower().split()) - {"a", "for", "of"}
        near = sorted(works, key=lambda work: -len(words & set(work.title.lower().split())))
        near = near if words & set(near[0].title.lower().split()) else []
        if not near:
            return _json({"error": "Title match not found"}, 404)
        return _json({"data": [{**s2_paper(near[0]), "matchScore": 174.2}]})
    by_name = {
        f"{scheme}:{value}".casefold(): work
        for work in works
        for scheme, value in (("arxiv", work.arxiv), ("doi", work.doi), ("acl", work.acl))
        if value
    }
    found = [by_name.get(key.casefold()) for key in keys]
    if not any(found):
        return _json({"error": "No valid paper ids given"}, 400)
    return _json([s2_paper(work) if work else None for work in found])


def crossref_work(work: Work) -> dict[str, Any]:
    updates = [{"updated": {"date-parts": [[work.year + 1]]}, "DOI": "10.5555/notice", "type": "retraction"}]
    first, _, rest = work.abstract.partition(". ")
    text = f"{escape(first)}. <jats:italic>{escape(rest)}</jats:italic>"
    jats = f"<jats:title>Abstract</jats:title><jats:p>{text}</jats:p>"
    return {
        "DOI": work.doi.upper(),
        "type": "proceedings-article",
        "title": [work.title],
        "author": [
            {"given": name.rpartition(" ")[0], "family": name.rpartition(" ")[2], "sequence": "first"}
            for name in work.authors
        ],
        "container-title": [work.venue],
        "issued": {"date-parts": [[work.year, 6, 1]]},
        "abstract": jats,
        "is-referenced-by-count": work.citations + 2,
        "reference": [{"key": "ref1", "unstructured": "A reference that nobody needs here"}],
        **({"updated-by": updates} if work.retracted else {}),
    }


def crossref(works: list[Work], keys: list[str], _: str) -> tuple[int, str, bytes]:
    known = [work for work in works if work.doi]
    found = [work for work in known if work.doi in [key.lower() for key in keys]]
    if not keys[0].startswith("10."):
        words = set(keys[0].lower().split())
        found = sorted(known, key=lambda work: -len(words & set(work.title.lower().split())))
    items = [crossref_work(work) for work in found]
    message = {"facets": {}, "total-results": len(items), "items": items, "items-per-page": 20}
    return _json({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})


def _json(value: Any, status: int = 200) -> tuple[int, str, bytes]:
    return status, "application/json;charset=utf-8", json.dumps(value).encode()


SPEAKS = {"arxiv": arxiv, "openalex": openalex, "semantic_scholar": semantic_scholar, "crossref": crossref}


# --- faults


def status(code: int, **headers: str) -> Fault:
    return lambda handler: handler.send(b'{"message": "no"}', status=code, **headers)


def page(handler: Handler) -> None:
    handler.send(b"<!doctype html><title>Sign in to the harbour's net</title>", "text/html")


def half(handler: Handler) -> None:
    """Send half of what is promised, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    handler.wfile.write(b'{"results": [')
    handler.close_connection = True


def says(body: bytes, kind: str = "application/json", **headers: str) -> Fault:
    return lambda handler: handler.send(body, kind, **headers)


def packed(size: int) -> Fault:
    """Send `size` MB of blanks in a few KB."""
    return says(gzip.compress(b" " * 2**20 * size), Content_Encoding="gzip")


def redirect(location: str) -> Fault:
    return lambda handler: handler.send(b"", status=302, Location=location)


def drip(handler: Handler) -> None:
    """Send a byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True


def drip_header(handler: Handler) -> None:
    """Send the header itself a byte at a time."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True
