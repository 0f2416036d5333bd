"""The tools over HTTP: JSON in, JSON out, described by an OpenAPI page of our own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Body, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from ingest.errors import FootnoteError, InputError

from .. import mcp, shapes
from ..pipeline import Assistant
from ..tools import INSTRUCTIONS, TOOLS, VERSION, Ask, Export, NotHere, Related, Search
from ..turns import Turns
from .documentation import page
from .hosts import Hosts

_PATH = f"/api/v{VERSION}"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": shapes.Problem, "description": "What was given cannot be used."},
    404: {"model": shapes.Problem, "description": "It is not in this collection."},
    500: {"model": shapes.Problem, "description": "A fault of ours, or of a file on disk."},
}


def application(assistant: Assistant, hosts: Hosts) -> FastAPI:
    """Return the API of one collection at /api, with the Model Context Protocol at /mcp.

    Args:
        hosts: the hosts that /mcp answers to.
    """
    turns = Turns()
    protocol = mcp.server(lambda: assistant, turns)
    # Without sessions nothing is kept for a client, and a server that was restarted goes on where it was.
    served = protocol.streamable_http_app(
        stateless_http=True, json_response=True, transport_security=hosts.for_mcp, streamable_http_path="/mcp"
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with protocol.session_manager.run():
            yield

    app = FastAPI(
        title="Footnote",
        version=VERSION,
        description=INSTRUCTIONS,
        openapi_url=f"{_PATH}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        exception_handlers={
            InputError: _refused,
            FootnoteError: _failed,
            RequestValidationError: _invalid,
            HTTPException: _other,
            Exception: _bug,
        },
    )
    app.include_router(_router(assistant, turns))
    app.add_api_route("/api", lambda: HTMLResponse(page(app.openapi())), include_in_schema=False)
    app.add_api_route("/api/{rest:path}", _nothing, methods=_METHODS, include_in_schema=False)
    app.router.routes.extend(served.routes)
    return app


def _router(assistant: Assistant, turns: Turns) -> APIRouter:
    router = APIRouter(prefix=_PATH, responses=_PROBLEMS, default_response_class=JSONResponse)

    async def called(name: str, asked: Any) -> JSONResponse:
        return JSONResponse(await turns.run(name, lambda: TOOLS[name].run(assistant, asked)))

    def described(name: str) -> dict[str, Any]:
        tool = TOOLS[name]
        return {
            "operation_id": name,
            "summary": tool.title,
            "description": tool.description,
            "responses": {200: {"model": tool.gives}},
        }

    @router.get("/search", **described("search"))
    async def search(asked: Annotated[Search, Query()]) -> JSONResponse:
        return await called("search", asked)

    @router.post("/ask", **described("ask"))
    async def ask(asked: Annotated[Ask, Body()]) -> JSONResponse:
        return await called("ask", asked)

    @router.post("/related", **described("related"))
    async def related(asked: Annotated[Related, Body()]) -> JSONResponse:
        return await called("related", asked)

    @router.get("/papers/{id:path}", **described("get_paper"))
    async def paper(id: str) -> JSONResponse:
        asked = {"id": id}
        return JSONResponse(await turns.run("get_paper", lambda: TOOLS["get_paper"].call(assistant, asked)))

    @router.post("/export", **described("export_citations"))
    async def export(asked: Annotated[Export, Body()]) -> JSONResponse:
        return await called("export_citations", asked)

    @router.get("/status", summary="What the collection is and holds", responses={200: {"model": shapes.Status}})
    def status() -> JSONResponse:
        found = assistant.collection.status()
        found.pop("folder")  # where it lies is nobody's business but this machine's
        return JSONResponse(found)

    return router


def _nothing(request: Request) -> JSONResponse:
    return problem(404, f"no {request.method} {request.url.path[:80]}; expected one of those that GET /api lists")


async def _refused(_: Request, error: InputError) -> JSONResponse:
    return problem(404 if isinstance(error, NotHere) else 400, str(error))


async def _failed(_: Request, error: FootnoteError) -> JSONResponse:
    return problem(500, str(error))


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    return problem(400, TOOLS[request.scope["route"].operation_id].explained(error.errors()))


async def _other(_: Request, error: HTTPException) -> JSONResponse:
    if error.status_code == 413:
        return problem(413, "the request is too large; expected at most 4 MiB of JSON")
    return problem(error.status_code, f"{error.detail}; GET /api says what is here")


async def _bug(_: Request, error: Exception) -> JSONResponse:
    return problem(500, f"a fault of ours ({type(error).__name__}); the terminal in which the server runs says more")


def problem(status: int, message: str) -> JSONResponse:
    """Return an error as every route of the server says it."""
    return JSONResponse({"error": message}, status)
