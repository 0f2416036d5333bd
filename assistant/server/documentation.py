"""The API's page: its OpenAPI description as HTML, with no script and nothing from elsewhere."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
section { margin-top: 2.5rem; }
dt { margin-top: 0.5rem; }
dd { margin-left: 1.5rem; }
"""


_PARTS = ("Hit", "Passage", "Paper", "Sentence", "Reference")  # of what is given, described once


def page(described: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI description."""
    info = described["info"]
    schemas = described.get("components", {}).get("schemas", {})
    parts = [
        f"<h1>{escape(info['title'])}: the HTTP API</h1><p>{escape(info['description'])}</p>",
        '<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a>. An error is an object with a line '
        "<code>error</code>. The Model Context Protocol is served at <code>/mcp</code>.</p>",
    ]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(method.upper(), path, operation, schemas))
    for name in _PARTS:
        fields = "".join(_fields({"$ref": name}, schemas, given=True))
        parts.append(f"<section><h2><code>{name}</code></h2><dl>{fields}</dl></section>")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{escape(info["title"])} API</title><style>{_STYLE}</style></head>'
        f"<body>{''.join(parts)}</body></html>"
    )


def _operation(method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    taken = [
        _field(one["name"], one["schema"], one.get("required", False), one.get("description", ""))
        for one in sorted(operation.get("parameters", ()), key=lambda one: not one.get("required", False))
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    taken += _fields(body, schemas)
    given = _fields(operation["responses"]["200"]["content"]["application/json"]["schema"], schemas, given=True)
    summary, description = operation["summary"], operation.get("description", "")
    return (
        f"<section><h2><code>{method} {escape(path)}</code></h2><p><strong>{escape(summary)}.</strong> "
        f"{escape(description)}</p>"
        + (f"<h3>Takes{' (JSON)' if body else ''}</h3><dl>{''.join(taken)}</dl>" if taken else "")
        + f"<h3>Gives</h3><dl>{''.join(given)}</dl></section>"
    )


def _fields(schema: Mapping[str, Any] | None, schemas: Mapping[str, Any], given: bool = False) -> list[str]:
    """Return the fields of an object's schema as entries of a list, those first without which there is no call."""
    if schema is None:
        return []
    shape = schemas[schema["$ref"].rpartition("/")[2]]
    required = () if given else shape.get("required", ())
    fields = sorted(shape["properties"].items(), key=lambda field: field[0] not in required)
    return [_field(name, one, name in required, one.get("description", "")) for name, one in fields]


def _field(name: str, schema: Mapping[str, Any], required: bool, description: str) -> str:
    about = ", ".join(
        [" or ".join(dict.fromkeys(_types(schema))), *(["required"] if required else []), *_bounds(schema)]
    )
    return f"<dt><code>{escape(name)}</code> {escape(about)}</dt>" + (
        f"<dd>{escape(description)}</dd>" if description else ""
    )


def _types(schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    elif "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from _types(one)
    elif "enum" in schema:
        yield " | ".join(map(str, schema["enum"]))
    elif schema.get("type") == "array":
        yield "list of " + " or ".join(_types(schema.get("items", {})))
    else:
        yield schema.get("type", "anything")


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    if "minimum" in schema:
        yield f"from {schema['minimum']}"
    if "maximum" in schema:
        yield f"up to {schema['maximum']}"
    if schema.get("default") is not None:
        yield f"default {schema['default']}"
