"""The OpenAPI document says what the server does: examples work, and nothing that is made up from it fails."""

from __future__ import annotations

import contextlib

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from amgan.errors import ConfigError
from amgan.server.settings import ServerConfig

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_examples_of_the_document_work(client):
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    tried = 0
    for path, name in (("/v1/images", "ImagesRequest"), ("/v1/interpolations", "InterpolationRequest")):
        for example in schemas[name]["examples"]:
            answer = client.post(path, json=example | ({"n": 3} if "n" in example else {}))
            # The class numbered 3 is beyond the three of the tests' models.
            assert answer.status_code == (
                422 if isinstance(example["labels"], list) and 3 in example["labels"] else 200
            ), answer.text
            tried += 1
    assert tried == 3


def test_a_server_that_is_open_to_all_asks_for_no_token(client):
    document = client.get("/openapi.json").json()
    assert "securitySchemes" not in document["components"]
    assert not any("security" in each for operations in document["paths"].values() for each in operations.values())


def test_nothing_made_up_from_the_document_fails(client):
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    base = str(client.base_url)
    tried = []
    for each in schema.get_all_operations():
        operation = each.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=12,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(mode))
            def check(case):
                case.call_and_validate(base_url=base, checks=CHECKS)

            with contextlib.suppress(Unsatisfiable):  # where there is nothing that could be wrong
                check()
        tried.append(operation.label)
    assert len(tried) >= 5, tried


@pytest.mark.parametrize(
    "settings_",
    [{"port": 70_000}, {"max_pictures": 0}, {"max_frames": 1001}, {"max_body_bytes": 1}, {"host": ""},
     {"drain_seconds": 16}, {"pictures_per_second": -1}, {"queue_pictures": 0}],
)  # fmt: skip
def test_settings_have_bounds(settings_):
    with pytest.raises(ConfigError, match=next(iter(settings_))):
        ServerConfig(**settings_)
