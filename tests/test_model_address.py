"""Which LLM, and where: addresses, keys, prices, `local_only`, and what is installed."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.models import Address, Model, ModelFailed, Price, complete, open_model
from assistant.models.keys import read_key
from assistant.settings import Settings
from assistant.testing import ScriptedServer
from ingest.errors import InputError

from .conftest import ROOT, Run, environment

KEY = "sk-footnote-0123456789abcdef"


@pytest.fixture
def gguf_file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny model.GGUF"
    path.write_bytes(b"GGUF")
    return path


@pytest.mark.parametrize(
    ("text", "kind", "model", "url"),
    [
        ("qwen2.5-3b@http://127.0.0.1:8080/v1", "openai", "qwen2.5-3b", "http://127.0.0.1:8080/v1"),
        ("m@https://api.example.org/v1/", "openai", "m", "https://api.example.org/v1"),
        ("@cf/meta/llama@https://api.example.org/v1", "openai", "@cf/meta/llama", "https://api.example.org/v1"),
        # A router's own names look like two of our forms; with a URL, they are names.
        (
            "anthropic/claude@https://router.example.org/v1",
            "openai",
            "anthropic/claude",
            "https://router.example.org/v1",
        ),
        ("ollama/llama3.2:3b", "ollama", "llama3.2:3b", "http://127.0.0.1:11434"),
        ("anthropic/claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5", "https://api.anthropic.com"),
    ],
)
def test_an_address_is_read(text: str, kind: str, model: str, url: str) -> None:
    address = Address.parse(text)
    assert (address.kind, address.model, address.url) == (kind, model, url)
    assert Address.parse(str(address)) == address


def test_a_gguf_file_is_kept_by_its_whole_path(gguf_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(gguf_file.parent)
    address = Address.parse(gguf_file.name)
    assert (address.kind, address.model, address.url) == ("gguf", str(gguf_file), None)
    assert address.is_local and Address.parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("m@http://[bad", "no server's address"),
        ("m@http://h:port/v1", "no server's address"),
        ("m@http:///v1", "no server's address"),
        ("m@ftp://x/y", "no server's address"),
        ("qwen", "expected MODEL@URL"),
        ("http://127.0.0.1/v1", "names no model"),
        ("qwen@", "expected MODEL@URL"),
        ("@http://127.0.0.1/v1", "names no model"),
        ("ollama/", "expected MODEL@URL"),
        ("", "expected MODEL@URL"),
        ("absent.gguf", "no file absent.gguf"),
    ],
)
def test_what_is_no_address_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        Address.parse(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", [f"https://user:{KEY}@api.example.org/v1", f"https://api.example.org/v1?key={KEY}"])
def test_a_key_in_an_address_is_refused_and_not_repeated(url: str, footnote: Run, home: Path) -> None:
    done = footnote("config", "large", f"m@{url}", home=home)
    assert done.returncode == 2 and "FOOTNOTE_LARGE_KEY" in done.stderr
    assert KEY not in done.stdout + done.stderr
    assert not (home / "settings.json").exists()
    for text in (f"m@{url}", url):
        for verb in (["config"], ["config", "--json"], ["doctor"], ["status"]):
            done = footnote(*verb, home=home, FOOTNOTE_LARGE=text)
            assert KEY not in done.stdout + done.stderr and len(done.stderr.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("m@http://localhost:8080/v1", True),
        ("m@http://127.8.0.1/v1", True),
        ("m@http://[::1]:8080/v1", True),
        ("m@https://api.example.org/v1", False),
        ("m@http://192.168.1.4/v1", False),
        ("m@http://127.0.0.1.example.org/v1", False),
        ("m@http://localhost.example.org/v1", False),
        ("ollama/llama3.2", True),
        ("ollama/gpt-oss:120b-cloud", False),  # Ollama forwards these to its own service
        ("anthropic/claude-sonnet-4-5", False),
    ],
)
def test_what_stays_on_this_machine_is_told_from_what_leaves_it(text: str, local: bool) -> None:
    assert Address.parse(text).is_local is local


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("127.0.0.1:9999", "http://127.0.0.1:9999"),
        ("http://box.example.org", "http://box.example.org:80"),
        ("https://box.example.org/ollama", "https://box.example.org:443/ollama"),
        ("[::1]:77", "http://[::1]:77"),
    ],
)
def test_ollama_is_looked_for_where_its_own_client_looks(given: str, url: str, monkeypatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", given)
    address = Address.parse("ollama/llama3.2")
    assert address.url == url and address.is_local is ("example" not in given)


def test_the_roles_are_settings_and_the_environment_wins(footnote: Run, home: Path) -> None:
    footnote("config", "small", "ollama/llama3.2", home=home)
    footnote("config", "large", "big@https://api.example.org/v1", home=home)
    footnote("config", "large_price", "3/15 EUR", home=home)
    shown = footnote("config", home=home).stdout
    assert "ollama/llama3.2   (on this machine)" in shown and "leave this machine" in shown
    values = json.loads(footnote("config", "--json", home=home, FOOTNOTE_SMALL="other@http://127.0.0.1:1/v1").stdout)
    assert values == {
        "model": None,
        "small": "other@http://127.0.0.1:1/v1",
        "large": "big@https://api.example.org/v1",
        "small_price": None,
        "large_price": "3/15 EUR",
        "judge": None,
        "cap": None,
        "local_only": False,
        "enrich": False,
    }
    footnote("config", "large", home=home)
    assert json.loads(footnote("config", "--json", home=home).stdout)["large"] is None


@pytest.mark.parametrize(
    ("name", "value"), [("small_price", "cheap"), ("local_only", "maybe"), ("cap", "much"), ("large", "nonsense")]
)
def test_a_setting_that_cannot_be_is_refused(name: str, value: str, footnote: Run, home: Path) -> None:
    done = footnote("config", name, value, home=home)
    assert done.returncode == 2 and "expected" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (home / "settings.json").exists()


def test_local_only_refuses_before_any_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were it asked, the blocked network would raise another error."""
    with pytest.raises(InputError, match="not on this machine, and local_only is on") as caught:
        open_model("large", Settings(large="m@https://api.example.org/v1", local_only=True))
    assert "\n" not in str(caught.value)
    assert open_model("small", Settings(small="ollama/llama3.2", local_only=True)) is not None


@pytest.mark.parametrize("value", ["on", "1", "true"])
def test_local_only_is_kept_by_every_command_that_would_ask(value: str, footnote: Run) -> None:
    question = ("ask", "which papers route queries between models?")
    done = footnote(*question, FOOTNOTE_LARGE="m@https://api.example.org/v1", FOOTNOTE_LOCAL_ONLY=value)
    assert done.returncode == 2 and "local_only is on" in done.stderr


def test_a_redirect_to_another_machine_is_not_followed() -> None:
    with ScriptedServer("Fine [1].", "redirect") as server, pytest.raises(ModelFailed, match="points elsewhere"):
        complete(Model(Address.parse(server.address)), "s", "p")


def test_a_proxy_does_not_get_what_is_meant_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with ScriptedServer("Fine [1].") as server:
        assert complete(Model(Address.parse(server.address)), "s", "p").text == "Fine [1]."


def test_a_key_comes_from_the_environment_or_from_a_file_of_mode_600(home: Path, monkeypatch) -> None:
    assert read_key("large") is None
    home.mkdir()
    path = home / "large.key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    assert read_key("large") == KEY and read_key("small") is None
    monkeypatch.setenv("FOOTNOTE_LARGE_KEY", "from-the-environment")
    assert read_key("large") == "from-the-environment"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused_with_the_command_that_mends_it(mode: int, footnote: Run, home) -> None:
    home.mkdir()
    path = home / "small.key"
    path.write_text(KEY)
    path.chmod(mode)
    done = footnote("ask", "anything", home=home, FOOTNOTE_SMALL="m@http://127.0.0.1:9/v1")
    assert done.returncode == 2 and f"chmod 600 {path}" in done.stderr
    assert KEY not in done.stdout + done.stderr
    subprocess.run(["chmod", "600", path], check=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and read_key("small") == KEY


@pytest.mark.parametrize("content", ["", "two words", f"{KEY}\n{KEY}", "ключ"])
def test_what_cannot_be_a_key_is_refused_and_not_shown(content: str, home: Path, monkeypatch) -> None:
    monkeypatch.setenv("FOOTNOTE_SMALL_KEY", content or " ")
    with pytest.raises(InputError, match="holds no key") as caught:
        read_key("small")
    assert not content or content not in str(caught.value)


def test_a_missing_extra_is_the_pip_command(gguf_file: Path, tmp_path: Path) -> None:
    """In a process in which the packages of the extras cannot be found."""
    code = (
        "import sys, importlib.util as u\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name in ('ollama', 'anthropic', 'xllamacpp') else found(name, *a)\n"
        "from assistant.models import Address, Model\n"
        "from ingest.errors import InputError\n"
        f"for text in ('ollama/m', 'anthropic/m', {str(gguf_file)!r}):\n"
        "    try: Model(Address.parse(text))\n"
        "    except InputError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), cwd=ROOT, capture_output=True, text=True
    )
    lines = done.stdout.splitlines()
    packages = ("llama-index-llms-ollama", "llama-index-llms-anthropic 'anthropic<1'", "xllamacpp")
    assert len(lines) == 3, done.stderr
    for line, package in zip(lines, packages, strict=True):
        assert line.endswith(f"-m pip install {package}")


def test_configuring_a_model_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from assistant.models import open_model\n"
        "from assistant.settings import Settings\n"
        "open_model('small', Settings.load())\n"
        "heavy = ('torch', 'llama_index', 'openai', 'ollama', 'anthropic', 'xllamacpp', 'httpx', 'httpx2', 'gradio')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    for text in ("m@http://127.0.0.1:9/v1", "ollama/m", "anthropic/m"):
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment(tmp_path, FOOTNOTE_SMALL=text), cwd=ROOT, capture_output=True
        )
        assert done.stdout == b"[]\n", done.stderr.decode()


@pytest.mark.parametrize("text", ["1/2/3", "free", "-1/2", "1/2 euros", "1"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"0\.15/0\.60"):
        Price.parse(text)


def test_a_price_is_that_of_a_million_tokens() -> None:
    price = Price.parse("3/15 EUR")
    assert (price.of(1_000_000, 0), price.of(2_000, 1_000), price.currency) == (3.0, 0.021, "EUR")
    assert Price.parse("0.15 / 0.6").currency == "USD"


def test_no_environment_of_another_library_reaches_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", "my-organisation")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.example.org/v1")
    with ScriptedServer("Fine [1].") as server:
        complete(Model(Address.parse(server.address)), "s", "p")
    (request,) = server.requests
    assert KEY not in str(request) and "my-organisation" not in str(request)
    assert not any("stainless" in name for name in request.headers) and "authorization" not in request.headers
    assert os.environ["OPENAI_API_KEY"] == KEY
