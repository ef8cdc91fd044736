"""Pictures over HTTP are byte for byte those that the model draws for their names."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from amgan.bounds import MAX_SEED
from amgan.sampling.marking import name_in
from amgan.sampling.media import grid
from amgan.sampling.picture_row import NamedPicture
from tests.models import NAMES
from tests.server.running import problem

MODELS = ("dynamic", "predefined")
# On most seeds beyond the index a search is needed, which costs the test more than it shows.
SEEDS = st.integers(0, 19) | st.just(MAX_SEED) | st.sampled_from(["7~12-3", "0~6-1~25-40"])
LABELS = st.none() | st.sampled_from(NAMES) | st.integers(0, 2)


def pixels(png):
    array = np.asarray(Image.open(io.BytesIO(png)))
    return array[..., None] if array.ndim == 2 else array


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(MODELS),
    pairs=st.lists(st.tuples(SEEDS, LABELS), min_size=1, max_size=9),
    truncation=st.just(1.0) | st.floats(0.3, 1.5),
    form=st.sampled_from(["json", "npz", "png"]),
)
def test_any_names(client, name, pairs, truncation, form):
    seeds, labels = [seed for seed, _ in pairs], [label for _, label in pairs]
    model = client.shelf.model(name)
    expected, samples = model.sampler.sample(seeds, labels, truncation, 0.3)
    asked = {"model": name, "labels": labels, "seeds": seeds, "truncation": truncation, "confidence": 0.3}
    answer = client.post("/v1/images", json=asked | {"format": form})
    assert answer.status_code == 200, answer.text
    assert answer.headers["amgan-model-revision"] == model.revision
    if form == "json":
        content = answer.json()
        assert (content["model"], content["revision"]) == (name, model.revision)
        assert [image.get("variation", image["seed"]) for image in content["images"]] == seeds
        assert [image["draw"] for image in content["images"]] == [sample.draw for sample in samples]
        assert [image["class"] for image in content["images"]] == [NAMES[sample.label] for sample in samples]
        drawn = np.stack([pixels(base64.b64decode(image["png"])) for image in content["images"]])
        assert np.array_equal(drawn, expected)
    elif form == "npz":
        arrays = np.load(io.BytesIO(answer.content), allow_pickle=False)
        assert np.array_equal(arrays["images"], expected)
        assert arrays["seeds"].tolist() == [sample.seed for sample in samples]
        assert arrays["variations"].tolist() == [sample.variation or "" for sample in samples]
        assert arrays["labels"].tolist() == [sample.label for sample in samples]
        assert arrays["class_names"].tolist() == list(NAMES)
        assert str(arrays["revision"]) == model.revision
    else:
        columns = int(np.ceil(np.sqrt(len(seeds))))
        assert np.array_equal(pixels(answer.content), grid(expected, columns))


@pytest.mark.parametrize(
    ("asked", "seeds", "labels"),
    [
        ({}, [0], [None]),
        ({"n": 3}, [0, 1, 2], [None] * 3),
        ({"seeds": 5, "n": 3}, [5, 6, 7], [None] * 3),
        ({"seeds": [5], "n": 2, "labels": "Bag"}, [5, 6], ["Bag"] * 2),
        ({"seeds": [5, 9]}, [5, 9], [None] * 2),
        ({"seeds": [5, 9], "n": 2, "labels": 1}, [5, 9], [1, 1]),
        ({"labels": ["Bag", None, 0]}, [0, 1, 2], ["Bag", None, 0]),
        ({"labels": ["Bag", "Sneaker"], "seeds": 7}, [7, 8], ["Bag", "Sneaker"]),
        ({"labels": " bag "}, [0], ["Bag"]),
        ({"seeds": "7~12-3", "n": 2}, ["7~12-3", "7~12-4"], [None] * 2),
        ({"seeds": ["7~12-3", 7], "labels": "Bag"}, ["7~12-3", 7], ["Bag"] * 2),
    ],
)
def test_ways_to_say_which(client, asked, seeds, labels):
    arrays = np.load(io.BytesIO(client.post("/v1/images", json=asked | {"format": "npz"}).content))
    named = zip(arrays["seeds"].tolist(), arrays["variations"].tolist())
    assert [variation or seed for seed, variation in named] == seeds
    assert np.array_equal(arrays["images"], client.shelf.model("dynamic").sample(labels, seeds))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"labels": "Hat"}, "labels"), ({"labels": [0, 3]}, "labels"), ({"labels": []}, "labels"),
        ({"labels": ["Bag", "Bag"], "n": 3}, "labels"), ({"labels": True}, "labels"), ({"labels": -1}, "labels"),
        ({"seeds": [1, 2], "n": 3}, "n"), ({"n": 0}, "n"), ({"n": 1.5}, "n"), ({"n": "3"}, "n"),
        ({"seeds": -1}, "seeds"), ({"seeds": 2**32}, "seeds"), ({"seeds": [0.5]}, "seeds"), ({"seeds": []}, "seeds"),
        ({"seeds": MAX_SEED, "n": 2}, "seeds"), ({"seeds": "7"}, "seeds"), ({"seeds": "7~0-1"}, "seeds"),
        ({"seeds": "7" + "~12-1" * 10**3}, "seeds"), ({"seeds": f"7~12-{MAX_SEED}", "n": 2}, "seeds"),
        ({"truncation": 0}, "truncation"), ({"truncation": 2.1}, "truncation"),
        ({"confidence": 1}, "confidence"), ({"format": "bmp"}, "format"), ({"seed": 3}, "seed"),
        ({"model": 3}, "model"),
        ({"labels": "Bag", "seeds": 1000, "confidence": 0.9999999}, "labels"),
    ],
)  # fmt: skip
def test_what_is_refused_names_the_field(client, asked, field):
    wrong = problem(client.post("/v1/images", json=asked), 422)
    assert wrong["loc"][:2] == ["body", field]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"3", b'{"truncation": NaN}', b'{"truncation": 1e999}', b'{"n": ' + b"9" * 6000 + b"}",
     b"[" * 9000, b'{"labels": "\xff"}', b'{"labels": "\\ud800"}', b"\x00"],
)  # fmt: skip
def test_odd_bodies(client, body):
    answer = client.post("/v1/images", content=body, headers={"content-type": "application/json"})
    problem(answer, answer.status_code)
    assert answer.status_code in (400, 422)


def test_too_many(client):
    assert "200" in problem(client.post("/v1/images", json={"n": 201}), 413)
    assert "200" in problem(client.post("/v1/images", json={"seeds": [1] * 201}), 413)
    assert client.post("/v1/images", json={"n": 200}).status_code == 200


def test_models_that_are_not_there(client):
    assert "dynamic" in problem(client.post("/v1/images", json={"model": "../dynamic"}), 404)
    problem(client.post("/v1/images", json={"model": "user/none"}), 404)
    problem(client.post("/v1/images", json={"revision": "0" * 40}), 404)
    problem(client.post("/v1/images", json={"revision": "main"}), 404)
    problem(client.post("/v1/images", json={"model": "broken"}), 503)


def one(client, name, revision, rest):
    return client.get(f"/v1/images/{name}/{revision}/{rest}")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("label", [None, "Bag", "Ankle boot", "2"])
def test_one_picture_for_ever(client, name, label):
    model = client.shelf.model(name)
    query = {} if label is None else {"label": label}
    expected = model.sample(None if label is None else int(label) if label == "2" else label, 7)[0]
    for revision in (model.revision, model.revision[:8]):
        answer = client.get(f"/v1/images/{name}/{revision}/7.png", params=query)
        assert np.array_equal(pixels(answer.content), expected)
        named = NamedPicture.of(name_in(answer.content))
        asked = None if label is None else model.class_names[model.sampler.classes.number(label)]
        assert (named.model, named.revision, named.seed, named.asked) == (name, model.revision, 7, asked)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        again = client.get(
            f"/v1/images/{name}/{revision}/7.png",
            params=query,
            headers={"if-none-match": f'"other", W/{answer.headers["etag"]}'},
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]
    head = client.head(f"/v1/images/{name}/{model.revision}/7.png", params=query)
    assert (head.status_code, head.content) == (200, b"")


def test_a_variation_is_a_picture_as_any_other(client):
    model = client.shelf.model("dynamic")
    answer = one(client, "dynamic", model.revision, "7~12-3~25-1.png?label=Bag")
    assert np.array_equal(pixels(answer.content), model.sample("Bag", "7~12-3~25-1")[0])
    assert NamedPicture.of(name_in(answer.content)).seed == "7~12-3~25-1"


def test_a_picture_along_a_direction_is_one_as_well(client):
    model = client.shelf.model("dynamic")
    name = f"7~20-d{model.directions.end_numbers[0][0]}"
    answer = one(client, "dynamic", model.revision, f"{name}.png?label=Bag")
    assert np.array_equal(pixels(answer.content), model.sample("Bag", name)[0])
    assert NamedPicture.of(name_in(answer.content)).seed == name
    asked = {"model": "dynamic", "seeds": name, "n": 3, "format": "json"}
    following = client.post("/v1/images", json=asked).json()["images"]
    assert [image["variation"] for image in following] == [name, name.replace("~20", "~21"), name.replace("~20", "~22")]
    for model_name, words in (("dynamic", "no direction of the number 17"), ("predefined", "no directions")):
        asked = {"model": model_name, "seeds": "7~20-d17"}
        assert words in problem(client.post("/v1/images", json=asked), 422)["msg"]


def test_different_pictures_have_different_tags(client):
    revision = client.shelf.model("dynamic").revision

    def tags(*rests):
        return {one(client, "dynamic", revision, rest).headers["etag"] for rest in rests}

    assert len(tags("7.png", "8.png", "7.png?label=Bag", "7.png?label=0", "7.png?truncation=0.5", "7~12-1.png")) == 6
    assert len(tags("7.png?label=Bag", "7.png?label=1", "7.png?label=bag&truncation=1&confidence=0.5")) == 1


def test_addresses_that_are_none(client):
    revision = client.shelf.model("dynamic").revision
    for name, shown, rest in [
        ("dynamic", revision[:7], "7.png"), ("dynamic", "f" * 40, "7.png"), ("none", revision, "7.png"),
        ("dynamic", revision.upper(), "7.png"), ("dynamic", "main", "7.png"), ("user/dynamic", revision, "7.png"),
        ("dynamic", revision, "7.gif"), ("..%2fdynamic", revision, "7.png"),
    ]:  # fmt: skip
        problem(one(client, name, shown, rest), 404)
    for rest in ("x.png", "-1.png", "4294967296.png", "7.png?truncation=nan", "7.png?truncation=3", "7.png?label=Hat"):
        problem(one(client, "dynamic", revision, rest), 422)
    assert "cache-control" not in one(client, "none", revision, "7.png").headers
