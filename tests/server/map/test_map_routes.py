"""/map over HTTP: the places, the thumbnails, and at each point the picture that its name is."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from amgan.model import AMGAN
from amgan.sampling.map_making import make_map
from amgan.sampling.map_mixture import mixture_name, seeds_around
from amgan.sampling.marking import XMP, name_in
from amgan.ui.links import from_text
from tests.models import saved, tiny_model
from tests.server.running import empty_page, problem, running

ROWS, COLUMNS = 4, 6
SETTINGS = {
    "dynamic": {"index_seeds": 5}, "predefined": {"labeling": "predefined", "channels": 3, "image_size": 64},
    "classless": {"objective": "gan"},
}  # fmt: skip


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("map")
    for name, settings in SETTINGS.items():
        model = tiny_model(**settings)
        model.seed_map = make_map(model.sampler, ROWS, COLUMNS)
        model.save_pretrained(folder / name)
    saved(folder / "without")
    return folder


@pytest.fixture(scope="module")
def client(weights):
    with running(weights, page_of=empty_page, tokens=["a-token-of-programs"]) as client:
        yield client


@pytest.fixture(scope="module", params=SETTINGS)
def model(request, weights):
    return AMGAN.from_pretrained(weights / request.param), request.param


def named(model, name):
    return {"model": name, "revision": model.revision}


def test_the_page_is_open_to_all_and_runs_nothing_but_its_own(client):
    answer = client.get("/map", headers={"Accept-Language": "ja"})
    assert answer.status_code == 200
    assert 'lang="ja"' in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert client.get("/map/page/0/map.js").status_code == 404
    # Of the routes for programs it opens none.
    problem(client.get("/v1/models"), 401)


def test_places_and_thumbnails(client, model):
    opened, name = model
    places = client.get("/map/places", params={"model": name})
    assert places.json() == {
        "model": name, "revision": opened.revision, "rows": ROWS, "columns": COLUMNS, "thumbnail": 32,
    }  # fmt: skip
    assert places.headers["cache-control"] == "no-store"
    sprite = client.get("/map/sprite.webp", params=named(opened, name))
    assert sprite.headers["content-type"] == "image/webp"
    assert "immutable" in sprite.headers["cache-control"]
    assert sprite.content == opened.seed_map.sprite
    assert XMP in sprite.content


@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (2.3, 1.7), (4.99, 3.1), (0, 0), (COLUMNS + 0.5, ROWS), (129, 129)])
def test_a_point_shows_the_picture_that_its_name_is(client, model, x, y):
    opened, name = model
    answer = client.get("/map/point", params={**named(opened, name), "x": x, "y": y, "lang": "en"})
    assert answer.status_code == 200, answer.text
    assert "immutable" in answer.headers["cache-control"]
    point = answer.json()
    assert point["name"] == str(mixture_name(seeds_around(opened.seed_map.seeds, x, y)))
    state, problems = from_text(point["link"])
    assert problems == []
    seed = state.sample.seed
    assert str(seed) == point["name"]
    assert (state.model, state.sample.count, state.sample.label) == (name, 1, None)
    content = base64.b64decode(point["png"])
    shown = np.asarray(Image.open(io.BytesIO(content)))
    (drawn,), (sample,) = opened.sampler.sample([seed], [None])
    assert np.array_equal(shown if shown.ndim == 3 else shown[..., None], drawn)
    assert point["size"] == opened.config.image_size
    assert name_in(content)["model"] == name
    if name == "classless":
        assert point["label"] == point["sure"] == ""
    else:
        assert point["label"] == opened.class_names[sample.label]
        assert point["label"] in point["sure"]


def test_what_is_said_is_in_the_language_that_is_asked_for(client, weights):
    opened = AMGAN.from_pretrained(weights / "predefined")
    query = {**named(opened, "predefined"), "x": 1, "y": 1}
    said = [client.get("/map/point", params={**query, "lang": lang}).json()["sure"] for lang in ("en", "ja")]
    assert said[0] != said[1]
    assert "モデル" in said[1]


@pytest.mark.parametrize(
    "change",
    [{"x": -1}, {"x": "nan"}, {"y": "inf"}, {"y": 10**30}, {"x": "1,5"}, {"x": None}, {"model": "x" * 301},
     {"revision": "y" * 301}, {"revision": None}],
)  # fmt: skip
def test_nonsense_is_refused(client, weights, change):
    opened = AMGAN.from_pretrained(weights / "dynamic")
    query = {**named(opened, "dynamic"), "x": 1, "y": 1, **change}
    answer = client.get("/map/point", params={key: value for key, value in query.items() if value is not None})
    assert answer.status_code == 422
    assert len(answer.text) < 3000


def test_what_is_not_there(client, weights):
    opened = AMGAN.from_pretrained(weights / "without")
    point = {"x": 1, "y": 1}
    assert "no map" in problem(client.get("/map/places", params={"model": "without"}), 422)["msg"]
    problem(client.get("/map/sprite.webp", params=named(opened, "without")), 422)
    problem(client.get("/map/point", params={**named(opened, "without"), **point}), 422)
    problem(client.get("/map/places", params={"model": "nobody"}), 404)
    for revision in ("0" * 40, "../../x", "zz"):
        wrong = {"model": "dynamic", "revision": revision}
        problem(client.get("/map/sprite.webp", params=wrong), 404)
        problem(client.get("/map/point", params={**wrong, **point}), 404)


def test_points_cost_what_pictures_cost_and_a_server_without_a_page_has_none(weights):
    opened = AMGAN.from_pretrained(weights / "dynamic")
    settings = {"pictures_per_second": 1, "max_pictures": 2, "max_frames": 2}
    with running(weights, page_of=empty_page, **settings) as client:
        asked = {**named(opened, "dynamic"), "x": 1, "y": 1}
        assert client.get("/map/point", params=asked).status_code == 200
        refused = next(answer for _ in range(20) if (answer := client.get("/map/point", params=asked)).is_error)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
    with running(weights) as client:
        for path in ("/map", "/map/places", "/map/point", "/map/sprite.webp"):
            assert client.get(path).status_code == 404
