"""What the server says of itself, and what it says of what is not there."""

from __future__ import annotations

import re

import httpx
import pytest

from amgan.languages.reading import DEFAULT
from amgan.networks.architectures import ARCHITECTURES
from tests.models import NAMES
from tests.server.running import problem, running


def test_models(client):
    models = client.get("/v1/models").json()["models"]
    assert [model["name"] for model in models] == ["dynamic", "broken", "predefined"]
    dynamic, broken, predefined = models
    assert dynamic["revision"] == client.shelf.model("dynamic").revision
    assert predefined["revision"] == client.shelf.model("predefined").revision
    assert dynamic["classes"] == predefined["classes"] == list(NAMES)
    assert (dynamic["labeling"], dynamic["confidence"], dynamic["channels"]) == ("dynamic", 0.5, 1)
    assert (predefined["labeling"], predefined["confidence"], predefined["image_size"]) == ("predefined", None, 32)
    assert [model["architecture"] for model in models] == ["dcgan", None, "dcgan"]
    assert broken["problem"]
    assert broken["revision"] is None
    assert str(client.shelf.folder) not in broken["problem"]


def test_the_document_says_what_each_architecture_is(client):
    info = client.get("/openapi.json").json()["components"]["schemas"]["ModelInfo"]["properties"]["architecture"]
    assert all(
        f"{name}: {ARCHITECTURES[name].sentence(DEFAULT)}" in info["description"] for name in ("dcgan", "features")
    )


def test_the_revision_of_a_model_is_known_before_it_is_loaded(weights):
    with running(weights) as client:
        shown = {model["name"]: model["revision"] for model in client.get("/v1/models").json()["models"]}
        assert client.shelf.loaded("predefined") is None
        assert shown["predefined"] == client.shelf.model("predefined").revision


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1", 404), ("GET", "/v1/", 404), ("GET", "/v1/nothing", 404), ("POST", "/v1/models", 405),
     ("GET", "/v1/images", 405), ("DELETE", "/v1/images", 405), ("PUT", "/v1/images/a/b/1.png", 405),
     ("POST", "/healthz", 405), ("GET", "/nothing", 404)],
)  # fmt: skip
def test_what_is_not_there(client, method, path, status):
    answer = client.request(method, path)
    problem(answer, status)
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("path", ["/healthz", "/v1/models", "/metrics", "/docs", "/openapi.json"])
def test_who_only_looks_whether_it_is_up(client, path):
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == client.get(path).headers["content-type"]
    assert "head" not in client.get("/openapi.json").json()["paths"].get(path, {})


def errors(client):
    return float(re.search(r"^amgan_errors_total (\S+)$", client.get("/metrics").text, re.MULTILINE)[1])


def test_an_error_that_nobody_thought_of(client, monkeypatch):
    def fail(*rest):
        raise RuntimeError("secret of /home/user")

    before = errors(client)
    monkeypatch.setattr(client.shelf.model("dynamic").sampler, "sample_recipe", fail)
    # The server closes this connection, which is none of the client's that the other tests use.
    answer = httpx.post(f"{client.base_url}/v1/images".replace("//v1", "/v1"), json={}, timeout=60)
    assert "secret" not in problem(answer, 500)
    assert errors(client) == before + 1


def test_counts(weights):
    with running(weights) as client:
        before = numbers(client)
        client.post("/v1/images", json={"n": 5})
        client.post("/v1/images", json={"n": -5})
        client.get("/v1/nothing/of/this/name")
        after = numbers(client)
        images = "amgan_images_total"
        assert after[images] - before[images] == 5
        assert after['amgan_requests_total{method="POST",route="/v1/images",status="200"}'] == 1
        assert after['amgan_requests_total{method="POST",route="/v1/images",status="422"}'] == 1
        assert after['amgan_requests_total{method="GET",route="other",status="404"}'] == 1
        assert after["amgan_batch_images_sum"] == after[images]
        assert after["amgan_wait_seconds_count"] >= 1
        assert after["amgan_device_seconds_total"] > 0
        assert after["amgan_queue_images"] == 0
        assert "this/name" not in client.get("/metrics").text


def numbers(client):
    lines = client.get("/metrics").text.splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}


def test_a_server_without_a_model_is_not_healthy(tmp_path):
    with pytest.raises(AssertionError, match="in time"), running(tmp_path, seconds=1) as _:
        pass
