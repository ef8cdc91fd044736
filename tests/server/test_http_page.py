"""docs/http.md names every path of /openapi.json, every field, and what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.documents import table_rows, text_of

PAGE = text_of("docs/http.md")
TABLES = {
    "ModelInfo": "GET /v1/models",
    "ImagesRequest": "POST /v1/images",
    "NamedImage": "The answer as json",
    "InterpolationRequest": "POST /v1/interpolations",
    "JobRequest": "POST /v1/jobs",
    "JobAnswer": "GET /v1/jobs/{job_id}",
}
"""Which heading the table of a schema's fields stands below; the other schemas have few, which the text names."""


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


def test_every_path_has_its_heading(document):
    for path, operations in document["paths"].items():
        for method in operations:
            if method == "delete":
                assert "`DELETE` on the same path" in PAGE
            else:
                assert any(f"{method.upper()} {path}" in line for line in PAGE.splitlines() if line.startswith("## "))


def test_every_field_is_named(document):
    for name, schema in document["components"]["schemas"].items():
        for field in schema["properties"]:
            assert f"`{field}`" in PAGE, f"{field} of {name}"


@pytest.mark.parametrize("name", TABLES)
def test_every_field_has_its_row_and_each_row_its_bounds(document, name):
    rows, fields = table_rows(PAGE, TABLES[name]), document["components"]["schemas"][name]["properties"]
    assert rows.keys() == fields.keys()
    for field, schema in fields.items():
        if name.endswith("Request"):
            _check(rows[field], schema)


def test_every_part_of_an_address_has_its_bounds(document):
    rows = table_rows(PAGE, "GET /v1/images/{model}/{revision}/{seed}.png")
    parameters = document["paths"]["/v1/images/{model}/{revision}/{seed}.png"]["get"]["parameters"]
    assert {parameter["name"] for parameter in parameters} == rows.keys()
    for parameter in parameters:
        _check(rows[parameter["name"]], parameter["schema"])


def test_every_status_is_explained(document):
    statuses = {
        status
        for operations in document["paths"].values()
        for operation in operations.values()
        for status in operation["responses"]
        if status >= "400"
    }
    explained = {line.split("|")[1].strip() for line in PAGE.splitlines() if line.startswith(("| 4", "| 5"))}
    assert statuses <= explained


def test_every_metric_is_named(client):
    kinds = {line.split()[2] for line in client.get("/metrics").text.splitlines() if line.startswith("# TYPE")}
    named = table_rows(PAGE, "GET /healthz, GET /metrics").keys()
    assert {kind for kind in kinds if not kind.endswith("_created")} == named


def _check(row, schema):
    for said in _said(schema):
        assert re.search(rf"(?<![\w,.]){re.escape(said)}(?![\w]|[,.]\d)", row), f"{said} is not in{row}"


def _said(schema: dict[str, Any]) -> Iterator[str]:
    """What a row has to say of a schema: its bounds, choices and default."""
    inner = [schema.get(key) for key in ("items", "additionalProperties", "propertyNames")]
    for kind in (*schema.get("anyOf", ()), *(each for each in inner if isinstance(each, dict))):
        yield from _said(kind)
    for bound in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minLength", "maxLength", "maxItems"):
        if bound in schema:
            yield f"{schema[bound]:,.0f}"
    yield from schema.get("enum", ())
    if "default" in schema:
        default = schema["default"]
        yield default if isinstance(default, str) else json.dumps(default)
