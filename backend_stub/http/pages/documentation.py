"""The API's documentation for people, made of its OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from fastapi.responses import HTMLResponse

from backend_stub.http.pages.html import page

_CODE: Final = re.compile(r"`([^`]+)`")
_REFERENCE: Final = "#/components/schemas/"


def documentation_page(openapi: Mapping[str, Any]) -> HTMLResponse:
    """Every operation by its tag, then every shape."""
    by_tag: dict[str, list[str]] = {}
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            article = _operation(method, path, operation)
            by_tag.setdefault(operation.get("tags", ["other"])[0], []).append(article)
    info = openapi["info"]
    links = "".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in (*by_tag, "shapes"))
    shapes = "".join(
        _shape(name, schema) for name, schema in sorted(openapi["components"]["schemas"].items())
    )
    body = (
        f"<header><div><div><h1>{escape(info['title'])}</h1><p>{escape(info['version'])}</p></div>"
        '<a href="/openapi.json">openapi.json</a></div></header>'
        f"<main><p>{_prose(info['description'])}</p><nav>{links}</nav>"
        + "".join(
            f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(articles)}'
            for tag, articles in by_tag.items()
        )
        + f'<h2 id="shapes">shapes</h2>{shapes}</main>'
    )
    return page(
        language="en",
        title=info["title"],
        styles=("style.css", "documentation.css"),
        body=body,
        cache_control="public, max-age=300",
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    rows = [
        (
            f"{parameter['name']} ({parameter['in']})",
            " ".join((_type(parameter["schema"]), _prose(parameter.get("description", "")))),
        )
        for parameter in operation.get("parameters", ())
    ]
    body = operation.get("requestBody")
    if body:
        rows.append(("body", _content(body["content"])))
    rows += [
        (status, f"{_prose(reply['description'])} {_content(reply.get('content', {}))}")
        for status, reply in operation["responses"].items()
    ]
    access = [name for entry in operation.get("security", ()) for name in entry]
    if access:
        rows.insert(0, ("access", " or ".join(map(escape, access))))
    text = _prose(operation.get("description", operation.get("summary", "")))
    heading = f"<h3><b>{method.upper()}</b> {escape(path)}</h3>"
    return f"<article>{heading}<p>{text}</p>{_table(rows)}</article>"


def _shape(name: str, schema: Mapping[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            field if field in required else f"{field} (optional)",
            f"{_type(inner)} {_prose(inner.get('description', ''))}",
        )
        for field, inner in schema.get("properties", {}).items()
    ]
    if "enum" in schema:
        rows.append(("one of", _type(schema)))
    text = _prose(schema.get("description", ""))
    return (
        f'<article id="{escape(name)}"><h3>{escape(name)}</h3><p>{text}</p>{_table(rows)}</article>'
    )


def _content(content: Mapping[str, Any]) -> str:
    return ", ".join(
        f"<code>{escape(kind)}</code> {_type(inner.get('schema', {}))}"
        for kind, inner in content.items()
    )


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REFERENCE)
        return f'<a href="#{escape(name)}">{escape(name)}</a>'
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_type(inner) for inner in schema[several])
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    limits = ("format", "pattern", "const", "minimum", "maximum", "minLength", "maxLength")
    notes = [
        f"{limit} <code>{escape(str(schema[limit]))}</code>" for limit in limits if limit in schema
    ]
    return ", ".join([escape(str(schema.get("type", "anything"))), *notes])


def _table(rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{html}</td></tr>" for name, html in rows)
    return f"<table>{cells}</table>"


def _prose(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text.strip(), quote=False))
