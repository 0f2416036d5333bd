"""The rules of the house, read off the code: arrows run one way, and nothing unsafe is called."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"ingest": 0, "index": 1, "assistant": 2, "app": 3}
MODULES = sorted(p for room in ("ingest", "index", "assistant") for p in (ROOT / room).rglob("*.py")) + [
    ROOT / "app.py"
]
SHELLS = ("app.py", "assistant/page/")
DOORS = ("assistant.page", "assistant.cli", "assistant.server", "assistant.mcp", "assistant.turns", "assistant.tools")
FOR_DOORS = ("fastapi", "starlette", "uvicorn", "mcp", "mcp_types", "anyio", "pydantic")  # libraries


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports, anywhere in it."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*base, *([node.module] if node.module else [])])


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_arrows_run_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for imported in imports(path):
        target = imported.split(".")[0]
        if name(path) == "assistant/cli/serve.py" and target == "app":
            continue  # one shell starts another
        assert ROOMS.get(target, 0) <= ROOMS[room], f"{name(path)} imports {imported}"


@pytest.mark.parametrize("path", [p for p in MODULES if name(p).startswith("index/")], ids=name)
def test_index_knows_only_papers_and_errors_of_ingest(path: Path) -> None:
    known = {"ingest.paper", "ingest.errors"}
    assert {i for i in imports(path) if i.split(".")[0] == "ingest"} <= known


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_page_imports_gradio(path: Path) -> None:
    if not name(path).startswith(SHELLS):
        assert not any(i.split(".")[0].startswith("gradio") for i in imports(path))


@pytest.mark.parametrize("path", [p for p in MODULES if name(p) != "app.py"], ids=name)
def test_nothing_points_back_at_a_shell(path: Path) -> None:
    own = name(path).removesuffix(".py").replace("/", ".")
    if own.startswith(DOORS) or own == "assistant.shapes":
        return
    assert not any(i.startswith(DOORS) or i.split(".")[0] in FOR_DOORS for i in imports(path))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_unsafe_is_loaded_or_evaluated(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not {"pickle", "joblib", "dill", "marshal", "shelve"} & {i.split(".")[0] for i in imports(path)}
    for call in (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)):
        called = ast.unparse(call.func)
        assert called not in ("eval", "exec", "torch.load", "yaml.load"), f"{name(path)}:{call.lineno}"
        for keyword in call.keywords:
            assert keyword.arg != "trust_remote_code", f"{name(path)}:{call.lineno}"
            if keyword.arg == "allow_pickle":
                assert ast.unparse(keyword.value) == "False", f"{name(path)}:{call.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_stay_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300
