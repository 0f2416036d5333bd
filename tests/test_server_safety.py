"""What the server must not do: be read from another site, give away files, fetch addresses, let strangers in."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, expect
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from assistant.drafts import reading
from assistant.server.hosts import HostCheck, Hosts
from assistant.server.uploads import DRAFTS

from .browser import served, visit
from .conftest import Run

SECRET = "seven-blue-herons"
PASSWORD = "correct-horse-battery"
KEY = "sk-never-to-be-seen"


@pytest.fixture(scope="module")
def home(survey_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the survey's with a key, and with a secret in its settings."""
    folder = tmp_path_factory.mktemp("home")
    for part in ("collections", "models"):
        (folder / part).symlink_to(survey_home / part)
    (folder / "large.key").write_text(KEY)
    (folder / "large.key").chmod(0o600)
    (folder / "settings.json").write_text(json.dumps({"judge": SECRET}))
    return folder


@pytest.fixture(scope="module")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server is started in, with a secret, and links to it."""
    folder = tmp_path_factory.mktemp("launch")
    (folder / "secret.txt").write_text(SECRET)
    (folder / ".env").write_text(f"TOKEN={SECRET}")
    (folder / "link.txt").symlink_to(folder / "secret.txt")
    (folder / "static").mkdir()
    (folder / "static" / "secret.txt").write_text(SECRET)
    return folder


@pytest.fixture(scope="module")
def url(home: Path, launch: Path) -> Iterator[str]:
    with served(home, cwd=launch) as address:
        yield address


def raw(
    url: str,
    target: str,
    method: str = "GET",
    headers: Mapping[str, str] = MappingProxyType({}),
    body: bytes | str = b"",
) -> tuple[int, dict[str, str], bytes]:
    """Send a request whose target nothing puts in order; return status, headers and body."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.putrequest(method, target, skip_host="Host" in headers)
        sent = body.encode() if isinstance(body, str) else body
        for name, value in headers.items():
            connection.putheader(name, value)
        if sent:
            connection.putheader("Content-Length", str(len(sent)))
        connection.endheaders(sent or None)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def upload(url: str, name: str, content: bytes) -> httpx.Response:
    return httpx.post(f"{url}/gradio_api/upload", files={"files": (name, content)}, trust_env=False, timeout=60)


ROUTES = """/gradio_api/file= /gradio_api/file/ /file= /static/ /assets/ /svelte/ /gradio_api/proxy= /gradio_api/stream/
/gradio_api/custom_component/x/client/ /api/v1/papers/ /gradio_api/deep_link?id=""".split()
CLOSED = """/config /monitoring /monitoring/summary /login /logout /docs /redoc /openapi.json /gradio_api/info
/gradio_api/openapi.json /gradio_api/mcp /gradio_api/mcp/sse /gradio_api/token /gradio_api/user /gradio_api/runs
/gradio_api/vibe-code/ /gradio_api/vibe-edit/ /gradio_api/dev/reload /gradio_api/component_server /gradio_api/run/ask
/gradio_api/api/ask /gradio_api/call/ask /gradio_api/call/v2/ask /gradio_api/process_recording //gradio_api/info
/gradio_api/profiling/traces /gradio_api/../gradio_api/info /gradio_api//info /pwa_icon /mcp/ /mcp/x /.env
/assets/../../../app.py /static/..%2f..%2fversion.txt""".split()
HOSTS = """evil.example evil.example:7860 127.0.0.1.evil.example localhost.evil.example 0.0.0.0 192.168.0.1
127.0.0.1@evil.example localhost:80:80""".split()


def test_no_file_of_the_machine_is_given_away(url: str, home: Path, launch: Path) -> None:
    uploaded = Path(upload(url, "note.txt", b"mine").json()[0])
    uploads = uploaded.parent.parent
    (uploads / "link.txt").symlink_to(launch / "secret.txt")
    (uploads / "folder").symlink_to(launch)
    files = ["secret.txt", ".env", "link.txt", "./secret.txt"]
    for file in (launch / "secret.txt", launch / ".env", home / "large.key", home / "settings.json"):
        files += [str(file), f"file://{file}", f"{uploads}/../..{file}", "../" * 12 + str(file).lstrip("/")]
    files += [f"{uploads}/link.txt", f"{uploads}/folder/secret.txt", f"{uploads}/..//../{launch}/secret.txt"]
    files += ["/etc/passwd", "/proc/self/environ", "/proc/self/cwd/secret.txt", "/dev/fd/0", "\0", "a" * 5000]
    tried = 0
    for route in ROUTES:
        for file in files:
            for written in (file, quote(file, safe=""), quote(quote(file, safe=""), safe=""), file.replace("/", "\\")):
                target = route + written
                if re.search(r"[\s\0]", target):
                    continue
                status, _, body = raw(url, target)
                assert status in (400, 403, 404), f"{target}: {status}"
                assert not any(word.encode() in body for word in (SECRET, KEY, "root:")), target
                tried += 1
    assert tried > 1000
    status, _, body = raw(url, f"/gradio_api/file={uploaded}")
    assert (status, body) == (200, b"mine")  # what was uploaded can be had


def test_a_question_cannot_name_a_file(url: str, launch: Path) -> None:
    """What a browser sends to the page's functions is looked through by Gradio for files to take in."""
    page = raw(url, "/")[2].decode()
    config = json.loads(page.partition("window.gradio_config = ")[2].partition(";</script>")[0])
    file = {"path": str(launch / "secret.txt"), "meta": {"_type": "gradio.FileData"}}
    for function in config["dependencies"]:
        for data in ([file] * len(function["inputs"]), [[file]] * len(function["inputs"])):
            asked = {"data": data, "fn_index": function["id"], "session_hash": "abc", "trigger_id": None}
            kind = {"Content-Type": "application/json"}
            status, _, body = raw(url, "/gradio_api/queue/join", "POST", kind, json.dumps(asked))
            assert SECRET.encode() not in body
            if status != 200:
                continue
            with httpx.stream(
                "GET", f"{url}/gradio_api/queue/data?session_hash=abc", timeout=60, trust_env=False
            ) as stream:
                for line in stream.iter_lines():
                    assert SECRET not in line
                    if "process_completed" in line or "close_stream" in line:
                        break


class Listener(BaseHTTPRequestHandler):
    """Notes who comes by, and serves a page that attacks."""

    seen: list[str]
    attack = ""

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.attack.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, type[Listener]]]:
    """Another server, on loopback: its address and what came to it."""
    handler = type("Elsewhere", (Listener,), {"seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    server.server_close()


def test_no_address_is_fetched(url: str, elsewhere: tuple[str, type[Listener]]) -> None:
    address, listener = elsewhere
    for route in ("/gradio_api/proxy=", "/gradio_api/file=", "/gradio_api/file/", "/proxy=", "/gradio_api/runs?url="):
        for written in (f"{address}/x", quote(f"{address}/x", safe=""), f"{address}/x".replace("//", "/")):
            assert raw(url, route + written)[0] == 404
    assert listener.seen == []


@pytest.mark.parametrize("target", CLOSED)
def test_what_the_page_does_not_need_is_closed(url: str, target: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        status, headers, body = raw(url, target, method, {"Content-Type": "application/json"}, "{}")
        assert status == 404 and headers["content-type"] == "application/json"
        assert "expected" in json.loads(body)["error"]


def test_uploads_are_limited_and_named_harmlessly(url: str) -> None:
    for name in (
        "../../../../tmp/evil.txt",
        "/etc/cron.d/evil.md",
        "..\\..\\evil.bib",
        "a/../../list.json.gz",
        "a b.PDF",
    ):
        (path,) = map(Path, upload(url, name, b"x").json())
        assert re.fullmatch(r"/.*/footnote-\w+/[0-9a-f]{64}/[\w. ]+", str(path.resolve())), path
    page = upload(url, "x.html", b"<script>1</script>").json()[0]
    status, headers, _ = raw(url, f"/gradio_api/file={page}")
    assert status == 200 and headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff" and "script-src" in headers["content-security-policy"]
    large = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(65 * 2**20)}
    status, _, body = raw(url, "/gradio_api/upload", "POST", large)
    assert status == 413 and "expected at most" in json.loads(body)["error"]


@pytest.mark.parametrize(
    "name", ["evil.exe", ".bashrc", "evil", "list.bib.sh", "x.svg", "x.gz", "a\u202eb.bib", "x" * 300 + ".md"]
)
def test_what_is_no_list_and_no_draft_is_not_taken_in(url: str, name: str) -> None:
    answer = upload(url, name, b"x")
    assert answer.status_code == 415 and "expected" in answer.json()["detail"]
    several = [("files", ("a.bib", b"x")), ("files", (name, b"x"))]
    assert httpx.post(f"{url}/gradio_api/upload", files=several, trust_env=False).status_code == 415


def test_a_form_is_a_form_of_few_files(url: str) -> None:
    many = [("files", (f"{i}.bib", b"x")) for i in range(301)]
    assert httpx.post(f"{url}/gradio_api/upload", files=many, trust_env=False).status_code == 413
    for kind in ("text/plain", "multipart/form-data", "application/json"):
        assert raw(url, "/gradio_api/upload", "POST", {"Content-Type": kind}, "x")[0] == 415
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    assert raw(url, "/gradio_api/upload", "POST", form, "no form at all")[0] == 400


def test_all_that_can_be_read_can_be_uploaded() -> None:
    beside = {".bib", ".bbl", ".zip"}  # what comes with a draft's text
    assert {*reading._TEXTS, *reading._BINARY, *beside} == DRAFTS


def test_an_upload_that_hides_its_size_is_cut_off(url: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.bib"\r\n\r\n'
        for _ in range(70):
            yield bytes(2**20)
        yield b"\r\n--x--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    try:
        answer = httpx.post(f"{url}/gradio_api/upload", content=pieces(), headers=kind, trust_env=False, timeout=60)
    except httpx.WriteError:  # the server hung up before the end
        return
    assert answer.status_code == 413


@pytest.mark.parametrize("host", ["", *HOSTS])
@pytest.mark.parametrize("target", ["/", "/api/v1/status", "/mcp", "/gradio_api/queue/join", "/theme.css"])
def test_another_host_is_not_served(url: str, host: str, target: str) -> None:
    status, headers, _ = raw(url, target, headers={"Host": host})
    assert status == 421 and "content-security-policy" in headers


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_this_machine_is_served_under_its_names(url: str, name: str) -> None:
    port = urlsplit(url).port
    own = {"Host": f"{name}:{port}", "Origin": f"http://{name}:{port}"}
    assert raw(url, "/api/v1/status", headers=own)[0] == 200
    other = own | {"Origin": f"https://{name}:{port}"}  # another origin: this server speaks no TLS
    assert raw(url, "/api/v1/status", headers=other)[0] == 403


@pytest.mark.parametrize(("origin", "status"), [("https://a.example", 200), ("https://b.example", 403)])
def test_a_public_server_may_stand_behind_a_proxy_that_speaks_tls(origin: str, status: int) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("in")(scope, receive, send)

    client = TestClient(HostCheck(app, Hosts(public=True)), "http://a.example")
    assert client.get("/", headers={"Origin": origin}).status_code == status


def test_a_websocket_is_refused_in_silence(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with served(home) as address:
        asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        assert raw(address, "/gradio_api/queue/join", headers=asked)[0] == 404
    assert "WebSocket" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "/"), ("GET", "/api/v1/status"), ("POST", "/api/v1/ask"), ("POST", "/mcp"), ("OPTIONS", "/api/v1/ask"),
     ("POST", "/gradio_api/queue/join"), ("POST", "/gradio_api/upload"), ("GET", "/gradio_api/queue/data")],
)  # fmt: skip
def test_another_sites_page_is_refused(url: str, origin: str, method: str, target: str) -> None:
    status, headers, body = raw(url, target, method, {"Origin": origin})
    assert status == 403 and "access-control-allow-origin" not in headers
    assert "another site" in json.loads(body)["error"]


def test_a_hostile_page_in_the_browser_gets_nowhere(
    url: str, browser: Browser, elsewhere: tuple[str, type[Listener]]
) -> None:
    """From another port of this very machine, which a browser takes for the same site."""
    address, listener = elsewhere
    socket = url.replace("http", "ws")
    listener.attack = f"""<a href="{url}/api">follow</a><img src="{url}/api/v1/status"><script>
      window.read = [];
      const tell = what => window.read.push(what);
      const json = {{method: "POST", headers: {{"content-type": "application/json"}}, body: "{{}}"}};
      const all = [fetch("{url}/api/v1/status"), fetch("{url}/gradio_api/queue/join", json),
        fetch("{url}/api/v1/ask", {{method: "POST", mode: "no-cors", body: "{{}}"}})];
      Promise.all(all.map(one => one.then(answer => answer.text()).then(tell, () => tell("")))).then(() => {{
        const open = new WebSocket("{socket}/gradio_api/queue/join");
        open.onopen = () => tell("open"); open.onerror = () => {{ tell(""); window.done = true; }};
      }});</script>"""
    page = browser.new_context().new_page()
    page.goto(address)
    page.wait_for_function("window.done")
    assert set(page.evaluate("window.read")) == {""}
    page.click("a")  # following a link is no attack
    expect(page.locator("h1")).to_contain_text("HTTP API")
    page.context.close()


def test_every_answer_carries_the_headers(url: str) -> None:
    for target in ("/", "/api", "/api/v1/status", "/mcp", "/nowhere", "/theme.css", "/gradio_api/file=/etc/passwd"):
        _, headers, _ = raw(url, target)
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
        assert policy["connect-src"] == policy["base-uri"] == policy["form-action"] == "'self'"
        scripts = re.sub(r" 'sha256-[\w+/=]{44}'", "", policy["script-src"])
        assert scripts == "'self' 'unsafe-eval'"  # no inline script but those whose hashes are given
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"] and headers["x-frame-options"] == "DENY"
        assert "server" not in headers


def test_words_that_become_elements_run_nothing_and_reach_nobody(
    url: str, browser: Browser, elsewhere: tuple[str, type[Listener]]
) -> None:
    address, listener = elsewhere
    with visit(browser, url) as tab:
        tab.page.evaluate(
            """address => {
              const element = document.createElement("div");
              element.innerHTML = `<img src=x onerror="window.hit = 1"><a id=j href="javascript:window.hit = 2">j</a>
                <img src="${address}/image"><iframe src="${address}/frame"></iframe>
                <object data="${address}/object"></object><form action="${address}/form"><button id=f>f</button></form>
                <link rel=stylesheet href="${address}/style"><style>@import "${address}/import";</style>`;
              document.body.append(element);
              const script = document.createElement("script");
              script.textContent = "window.hit = 3";
              document.body.append(script);
              document.querySelector("#j").click();
              document.querySelector("#f").click();
              return Promise.allSettled([fetch(`${address}/fetch`), import(`${address}/module.js`)]);
            }""",
            address,
        )
        tab.page.wait_for_timeout(300)
        assert tab.page.evaluate("window.hit") is None
    assert listener.seen == []


def test_two_people_at_once_see_their_own_only(url: str, browser: Browser) -> None:
    with visit(browser, url) as one, visit(browser, url) as other:
        for tab, question in (
            (one, "Which papers route queries between models?"),
            (other, "What is knowledge distillation?"),
        ):
            tab.page.locator("#box textarea").fill(question)
            tab.page.keyboard.press("Enter")  # and nobody waits
        for tab, own, foreign in ((one, "route queries", "distillation?"), (other, "distillation?", "route queries")):
            tab.answered(1)
            expect(tab.page.locator("#chat h2")).to_have_count(1)
            expect(tab.page.locator("#chat h2")).to_contain_text(own)
            assert foreign not in tab.page.locator("#chat h2").inner_text()
            assert tab.hosts == {"127.0.0.1"} and not tab.errors


@pytest.mark.parametrize(
    ("options", "variables", "missing"),
    [
        (["--host", "0.0.0.0"], {}, "FOOTNOTE_PASSWORD and --public"),
        (["--host", "0.0.0.0", "--public"], {}, "FOOTNOTE_PASSWORD"),
        (["--host", "0.0.0.0"], {"FOOTNOTE_PASSWORD": PASSWORD}, "--public"),
        (["--public"], {}, "FOOTNOTE_PASSWORD"),
        (["--host", "::"], {}, "FOOTNOTE_PASSWORD and --public"),
        (["--host", "192.168.7.7", "--public"], {}, "FOOTNOTE_PASSWORD"),
        (["--host", "0.0.0.0", "--public"], {"FOOTNOTE_PASSWORD": "short"}, "at least 12"),
        (["--host", "example.org", "--public"], {"FOOTNOTE_PASSWORD": PASSWORD}, "no IP address"),
    ],
)
def test_other_machines_are_kept_out_unless_it_was_meant(
    footnote: Run, options: list[str], variables: dict[str, str], missing: str
) -> None:
    ended = footnote("serve", *options, **variables)
    assert ended.returncode == 2 and ended.stdout == ""
    assert missing in ended.stderr and ended.stderr.count("\n") == 1 and "expected" in ended.stderr
    assert not any(password in ended.stderr for password in variables.values())


def test_a_password_that_others_can_read_is_refused(footnote: Run, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o644)
    ended = footnote("serve", home=tmp_path)
    assert ended.returncode == 2 and "chmod 600" in ended.stderr and PASSWORD not in ended.stderr


def test_every_route_asks_for_the_password(survey_home: Path, browser: Browser) -> None:
    with served(survey_home, "survey", "--host", "0.0.0.0", "--public", FOOTNOTE_PASSWORD=PASSWORD) as url:
        for target in ("/", "/api", "/api/v1/status", "/api/v1/openapi.json", "/mcp", "/theme.css", "/favicon.ico",
                       "/assets/x", "/gradio_api/queue/data", "/gradio_api/upload", "/nowhere"):  # fmt: skip
            for method in ("GET", "POST"):
                status, headers, body = raw(url, target, method)
                assert status == 401 and headers["www-authenticate"].startswith("Basic")
                assert "expected" in json.loads(body)["error"]
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert client.get("/api/v1/status", auth=("", "wrong" * 4)).status_code == 401
            assert client.get("/api/v1/status", auth=("anybody", PASSWORD)).status_code == 200
            assert client.get("/api/v1/status", headers={"Authorization": f"Bearer {PASSWORD}"}).status_code == 200
            assert client.get("/api/v1/status", headers={"Authorization": f"Basic {PASSWORD}"}).status_code == 401
        context = browser.new_context(http_credentials={"username": "me", "password": PASSWORD})
        page = context.new_page()
        page.goto(url)
        page.locator("#box textarea").fill("Which papers route queries between models?")
        page.keyboard.press("Enter")
        expect(page.locator("#chat .notes").first).to_be_visible()
        context.close()
