"""Lists at web addresses: fetched within bounds, asked for again only if changed, never from a private network."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant.library import add_file
from index.collection import Collection
from ingest import FootnoteError, InputError
from ingest.call import is_public
from ingest.fetch import Fetcher, addresses

from .conftest import Run

LIST = b"# Rivers\n- [A Survey of Rivers](https://arxiv.org/abs/2401.00001)\n- [Lakes and Seas](https://arxiv.org/abs/2401.00002)\n"


class Handler(BaseHTTPRequestHandler):
    """Answers as `server.answer` says, and notes what was asked."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        self.server.answer(self)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        pass

    def send(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Server:
    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._server.asked = self.asked  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answers(self, answer: Callable[[Handler], None]) -> None:
        self._server.answer = answer  # type: ignore[attr-defined]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.close()


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path / "fetched", loopback=True, seconds=3)


def with_etag(handler: Handler) -> None:
    if handler.headers.get("If-None-Match") == '"one"':
        handler.send(304, ETag='"one"')
    else:
        handler.send(200, LIST, ETag='"one"', Last_Modified="Sun, 22 Nov 2026 10:00:00 GMT")


def test_it_is_fetched_once_and_then_asked_only_whether_it_changed(server: Server, fetcher: Fetcher) -> None:
    server.answers(with_etag)
    first = fetcher.fetch(server.url + "/README.md")
    assert first.changed and first.path.read_bytes() == LIST and first.path.suffix == ".md"
    second = fetcher.fetch(server.url + "/README.md")
    assert not second.changed and second.path == first.path
    assert [headers.get("If-None-Match") for _, headers in server.asked] == [None, '"one"']
    assert server.asked[1][1]["If-Modified-Since"].endswith("GMT")
    server.answers(lambda handler: handler.send(200, LIST + b"\n", ETag='"two"'))
    assert fetcher.fetch(server.url + "/README.md").changed
    server.answers(lambda handler: handler.send(200, LIST + b"\n"))
    assert not fetcher.fetch(server.url + "/README.md").changed


def test_a_host_is_told_nothing_but_what_is_asked_for(server: Server, fetcher: Fetcher) -> None:
    server.answers(with_etag)
    fetcher.fetch(server.url + "/a%20list.md?x=1#part")
    ((path, headers),) = server.asked
    assert path == "/a%20list.md?x=1"
    assert {name.lower() for name in headers} == {"host", "accept", "accept-encoding", "user-agent", "connection"}
    assert headers["User-Agent"] == "footnote" and headers["Accept-Encoding"] == "identity"


def test_a_cached_file_that_was_changed_is_fetched_anew(server: Server, fetcher: Fetcher) -> None:
    server.answers(with_etag)
    path = fetcher.fetch(server.url + "/a.md").path
    path.write_bytes(b"something else")
    assert fetcher.fetch(server.url + "/a.md").path.read_bytes() == LIST


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b", "a/b/HEAD/README.md"),
        ("https://www.github.com/a/b.git/", "a/b/HEAD/README.md"),
        ("https://github.com/a/b?tab=readme-ov-file#papers", "a/b/HEAD/README.md"),
        ("https://github.com/a/b/blob/main/docs/a list.md#x", "a/b/main/docs/a%20list.md"),
        ("https://github.com/a/b/raw/dev/refs.bib", "a/b/dev/refs.bib"),
        ("https://github.com/a/b/tree/main/nlp", "a/b/main/nlp/README.md"),
        ("https://github.com/a/b/tree/main", "a/b/main/README.md"),
    ],
)
def test_pages_of_github_mean_the_raw_file(url: str, expected: str) -> None:
    assert addresses(url)[0] == f"https://raw.githubusercontent.com/{expected}"


@pytest.mark.parametrize(
    "url",
    [
        "https://raw.githubusercontent.com/a/b/main/README.md",
        "https://github.com/a",
        "https://github.com/a/b/issues",
        "https://github.com:444/a/b",
        "https://github.com.example.org/a/b",
        "https://example.org/list.bib?x=%20y",
    ],
)
def test_other_addresses_stand_as_they_are(url: str) -> None:
    assert addresses(url) == [url]


def test_of_several_names_the_first_that_is_there_is_kept(
    server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{server.url}/o/r/HEAD/{name}" for name in ("README.md", "readme.md", "Readme.md")]
    monkeypatch.setattr("ingest.fetch.addresses", lambda url: names)
    server.answers(lambda h: h.send(404) if "README.md" in h.path else h.send(200, LIST, ETag='"x"'))
    assert fetcher.fetch(server.url + "/o/r").path.read_bytes() == LIST
    assert [path for path, _ in server.asked] == ["/o/r/HEAD/README.md", "/o/r/HEAD/readme.md"]
    fetcher.fetch(server.url + "/o/r")
    assert [path for path, _ in server.asked][2:] == ["/o/r/HEAD/readme.md"]


# --- hosts that hurt


def redirected(to: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(302, Location=to)


@pytest.mark.parametrize(
    "to",
    [
        "http://10.0.0.1/x",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0:1/",
        "//172.16.0.1/x",
    ],
)
def test_redirects_to_private_networks_are_not_followed(to: str, server: Server, fetcher: Fetcher) -> None:
    server.answers(redirected(to))
    with pytest.raises(InputError, match=r"on this machine or a private network; expected an address on the web"):
        fetcher.fetch(server.url + "/a.md")


def test_without_the_tests_leave_this_machine_is_not_asked(server: Server, tmp_path: Path, footnote: Run) -> None:
    server.answers(with_etag)
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(InputError, match="on this machine or a private network"):
            Fetcher(tmp_path).fetch(server.url.replace("127.0.0.1", host) + "/a.md")
    done = footnote("add", server.url + "/a.md", "--collection", "mine", home=tmp_path / "home")
    assert done.returncode == 2 and "private network" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not server.asked


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *[(a, False) for a in ("127.0.0.1", "10.1.2.3", "100.64.0.1", "169.254.0.1", "224.0.0.1", "0.0.0.0")],
        *[(a, False) for a in ("::1", "fe80::1%eth0", "fc00::1", "::ffff:192.168.0.1", "2002:c0a8:0001::", "::")],
        *[(a, True) for a in ("8.8.8.8", "2606:4700::1111")],
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("to", ["ftp://example.org/x", "file:///etc/passwd", "javascript:1", "http://[x"])
def test_redirects_to_what_is_no_web_address(to: str, server: Server, fetcher: Fetcher) -> None:
    server.answers(redirected(to))
    with pytest.raises(InputError, match="is no address; expected http"):
        fetcher.fetch(server.url + "/a.md")


def test_redirects_are_followed_a_few_times(server: Server, fetcher: Fetcher) -> None:
    server.answers(lambda h: h.send(200, LIST) if h.path == "/3" else h.send(307, Location=f"/{len(server.asked)}"))
    assert fetcher.fetch(server.url + "/a.md").path.read_bytes() == LIST
    server.answers(redirected("/round"))
    with pytest.raises(InputError, match="leads on more than 5 times"):
        fetcher.fetch(server.url + "/b.md")


def test_a_file_that_is_too_large_is_not_kept(server: Server, tmp_path: Path) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            pass

    server.answers(endless)
    with pytest.raises(InputError, match="has more than 1 MiB; fetch it by hand"):
        Fetcher(tmp_path / "f", loopback=True, largest=2**20).fetch(server.url + "/a.md")
    assert list((tmp_path / "f").iterdir()) == []


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_slow_drip_ends(where: str, server: Server, tmp_path: Path) -> None:
    def drip(handler: Handler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n" if where == "head" else b"HTTP/1.1 200 OK\r\n\r\n")
            for n in range(200):
                handler.wfile.write(f"X-{n}: y\r\n".encode())
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    server.answers(drip)
    began = time.monotonic()
    with pytest.raises(FootnoteError, match=r"cannot be fetched \((it took more than 1 seconds|timed out|it does not)"):
        Fetcher(tmp_path, loopback=True, seconds=1).fetch(server.url + "/a.md")
    assert time.monotonic() - began < 4


def raw(content: bytes) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        handler.wfile.write(content)
        handler.close_connection = True

    return answer


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be fetched"),
        (b"garbage\r\n\r\n", "cannot be fetched"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "cannot be fetched"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n", "cannot be fetched"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx", "comes packed as 'br'"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", r"has no file for us \(status 404\)"),
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "answers with status 503; try again later"),
        (b"HTTP/1.1 304 No\r\n\r\n", "answers with status 304"),
        (b"HTTP/1.1 302 No\r\nContent-Length: 0\r\n\r\n", "answers with status 302"),
    ],
)
def test_answers_that_are_none(content: bytes, message: str, server: Server, fetcher: Fetcher) -> None:
    server.answers(raw(content))
    with pytest.raises(FootnoteError, match=message) as refused:
        fetcher.fetch(server.url + "/a.md")
    assert len(str(refused.value).splitlines()) == 1


def test_nobody_there(fetcher: Fetcher) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(FootnoteError, match="cannot be fetched"):
        fetcher.fetch(f"http://127.0.0.1:{port}/a.md")


@pytest.mark.parametrize(
    "url", ["http://", "https:///x", "http://a b/", "http://[::1", "ftp://x/y", "http://x:99999/", "http://" + "a" * 99]
)
def test_what_is_no_address(url: str, fetcher: Fetcher) -> None:
    with pytest.raises(InputError, match="is no address; expected http"):
        fetcher.fetch(url)


def test_a_name_and_password_are_not_sent(fetcher: Fetcher) -> None:
    with pytest.raises(InputError, match="holds a name or password, which are not sent") as refused:
        fetcher.fetch("https://me:secret@example.org/x.bib")
    assert "secret" not in str(refused.value)


def test_a_gzip_file_and_packed_content_are_read_and_a_bomb_is_not(
    server: Server, fetcher: Fetcher, tiny_home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_MODEL", str(tiny_model))
    for n, headers in enumerate([{}, {"Content_Encoding": "gzip"}]):
        server.answers(lambda handler, more=headers: handler.send(200, gzip.compress(LIST), **more))  # type: ignore[misc]
        reading, _ = add_file(f"{server.url}/{n}/list.md.gz", "mine", fetcher=fetcher)
        assert reading.papers_read == 2
    server.answers(lambda handler: handler.send(200, gzip.compress(bytes(200 * 2**20)), Content_Encoding="gzip"))
    with pytest.raises(InputError, match="a reading list has at most 4 MiB"):
        add_file(server.url + "/bomb.md", "mine", fetcher=fetcher)


# --- as a source


def test_the_address_is_recorded_as_the_source(
    server: Server, fetcher: Fetcher, tiny_home: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_MODEL", str(tiny_model))
    server.answers(with_etag)
    url = server.url + "/README.md"
    reading, change = add_file(url, "mine", fetcher=fetcher)
    assert (reading.file, change.added) == (url, 2)
    assert {paper.source.file for paper in Collection.open("mine").papers()} == {url}
    _, again = add_file(url, "mine", fetcher=fetcher)
    assert (again.added, again.unchanged, again.encoded) == (0, 2, 0)
    server.answers(lambda handler: handler.send(200, b"Just prose.", ETag='"three"'))
    with pytest.raises(InputError, match=f"{url} has no paper in it"):
        add_file(url, "mine", fetcher=fetcher)


def test_nothing_is_fetched_where_everything_stays_here(footnote: Run, tmp_path: Path) -> None:
    done = footnote("add", "https://github.com/a/b", home=tmp_path / "home", FOOTNOTE_LOCAL_ONLY="on")
    assert done.returncode == 2 and "local_only is on, so https://github.com/a/b is not fetched" in done.stderr
    done = footnote("add", "https://github.com/a/b", "--json", home=tmp_path / "home")
    assert done.returncode == 1 and "cannot be fetched (blocked by the tests" in done.stderr
    assert json.dumps(done.stdout) == '""'
