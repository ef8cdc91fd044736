"""The handler of an Inference Endpoint, called as the endpoint's toolkit calls it."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from amgan import AMGAN
from amgan.endpoint import MOST_PICTURES, EndpointHandler
from amgan.errors import AmganError
from amgan.sampling.marking import name_in
from tests.models import message, saved


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("endpoint") / "m", index_seeds=4)


@pytest.fixture(scope="module")
def handler(release):
    return EndpointHandler(str(release))


def pictures(answer):
    return np.stack([np.asarray(Image.open(io.BytesIO(base64.b64decode(one["png"])))) for one in answer["images"]])


@pytest.mark.parametrize(
    ("data", "labels", "seeds"),
    [
        ({"inputs": "bag"}, ["Bag"], [0]),
        ({"inputs": ""}, [None], [0]),
        ({"inputs": None, "parameters": {"n": 3, "seeds": 5}}, [None] * 3, [5, 6, 7]),
        ({"inputs": ["Sneaker", 1, None]}, ["Sneaker", 1, None], [0, 1, 2]),
        ({"inputs": "Sneaker", "parameters": {"seeds": [9, 2], "truncation": 0.8}}, ["Sneaker"] * 2, [9, 2]),
        ({"inputs": ["Bag", 0], "parameters": {"seeds": 4, "n": 2, "confidence": 0.4}}, ["Bag", "Sneaker"], [4, 5]),
    ],
)
def test_a_request_gives_the_pictures_that_it_names(handler, release, data, labels, seeds):
    answer = json.loads(json.dumps(handler(data)))
    model = AMGAN.from_pretrained(release)
    asked = {name: value for name, value in data.get("parameters", {}).items() if name in ("truncation", "confidence")}
    expected = model.sample(labels, seeds, **asked)
    assert np.array_equal(pictures(answer), expected.reshape(len(seeds), *expected.shape[1:3]))
    assert answer["revision"] == model.revision
    assert [row["seed"] for row in answer["images"]] == seeds
    assert name_in(base64.b64decode(answer["images"][0]["png"]))["revision"] == model.revision


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"inputs": "Boat"}, "no class 'Boat'"),
        ({"inputs": {"class": "Bag"}}, "inputs must be a class by name or number"),
        ({"inputs": True}, "inputs must be a class"),
        ({"inputs": 1.5}, "inputs must be a class"),
        ({"inputs": []}, f"inputs must name 1 to {MOST_PICTURES} classes, not 0"),
        ({"inputs": [None] * (MOST_PICTURES + 1)}, "inputs must name 1 to"),
        ({"inputs": None, "parameters": {"n": 10**9}}, "parameters.n: Input should be less than or equal to 1024"),
        ({"inputs": None, "parameters": {"n": True}}, "parameters.n: Input should be a valid integer"),
        ({"inputs": None, "parameters": {"n": 2, "seeds": 2**32 - 1}}, "a seed must be"),
        ({"inputs": None, "parameters": {"n": 2, "seeds": [1, 2, 3]}}, "3 seeds do not go with 2 of n"),
        ({"inputs": ["Bag", "Bag"], "parameters": {"n": 3}}, "3 seeds do not go with 2 of inputs"),
        ({"inputs": None, "parameters": {"seeds": []}}, "parameters.seeds"),
        ({"inputs": None, "parameters": {"truncation": float("nan")}}, "parameters.truncation"),
        ({"inputs": None, "parameters": {"steps": 20}}, "parameters.steps: Extra inputs are not permitted"),
        ({"inputs": None, "parameters": [1]}, "parameters: Input should be a valid dictionary"),
        ({"inputs": "Bag", "parameters": {"confidence": 0.9999999}}, "'Bag'"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(handler, data, words):
    with pytest.raises(AmganError) as caught:
        handler(data)
    assert words in message(caught.value)
