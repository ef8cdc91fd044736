"""The app through gradio_client, as a program uses it."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from amgan import AMGAN
from amgan.reviews.name_list import read_names
from tests.ui.models import NAMES


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


@pytest.fixture(scope="module")
def model(weights: Path) -> AMGAN:
    return AMGAN.from_pretrained(weights / "fashion-mnist")


def picture(png: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))))


def test_the_models_are_listed_with_their_classes(client: Client) -> None:
    rows = {row["name"]: row for row in client.predict(api_name="/models")}
    assert set(rows) == {"fashion-mnist", "a-predefined", "many"}
    assert rows["fashion-mnist"]["classes"] == list(NAMES)
    assert [row["default"] for row in rows.values()].count(True) == 1
    assert (rows["many"]["image_size"], rows["many"]["labeling"]) == (64, "predefined")


def test_a_sample_is_the_picture_that_python_gives(client: Client, model: AMGAN) -> None:
    answer = client.predict("fashion-mnist", NAMES[1], 4, 7, 0.8, api_name="/sample")
    assert answer["revision"] == model.revision
    expected = model.sample(NAMES[1], [7, 8, 9, 10], 0.8)
    assert np.array_equal(np.stack([picture(row["png"]) for row in answer["pictures"]]), expected[..., 0])
    assert [row["seed"] for row in answer["pictures"]] == [7, 8, 9, 10]
    for row in answer["pictures"]:
        assert row["class"] == row["asked_class"] == NAMES[1]
        assert row["class_probability"] >= model.config.confidence
        assert 0 <= row["real_probability"] <= 1


def test_a_kept_answer_is_a_list_of_names_for_a_review(client: Client, model: AMGAN, tmp_path: Path) -> None:
    answers = [
        client.predict("fashion-mnist", NAMES[1], 3, 7, 0.8, api_name="/sample"),
        client.predict("fashion-mnist", 7, 9, NAMES[1], NAMES[1], 3, 0.8, api_name="/interpolate"),
    ]
    for answer, rows, seeds in zip(answers, ("pictures", "ends"), ([7, 8, 9], [7, 9])):
        (tmp_path / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
        names = read_names(tmp_path / "answer.json")
        assert [(name.model, name.revision, name.seed) for name in names] == [
            ("fashion-mnist", model.revision, seed) for seed in seeds
        ]
        again = [model.sample(name.asked, name.seed, name.truncation, name.confidence)[0, ..., 0] for name in names]
        assert np.array_equal(np.stack(again), np.stack([picture(row["png"]) for row in answer[rows]]))


def test_the_least_that_can_be_asked(client: Client, model: AMGAN) -> None:
    answer = client.predict(api_name="/sample")
    assert answer["model"] == "fashion-mnist"
    assert np.array_equal(picture(answer["pictures"][0]["png"]), model.sample()[0, ..., 0])


def test_an_interpolation_is_the_one_that_python_gives(client: Client, model: AMGAN) -> None:
    answer = client.predict(
        start=3,
        end=5,
        start_label=NAMES[0],
        end_label=NAMES[2],
        frames=6,
        method="lerp",
        easing="resting",
        speed="slow",
        api_name="/interpolate",
    )
    expected = model.interpolate(3, 5, 6, [NAMES[0], NAMES[2]], method="lerp", easing="resting")
    assert np.array_equal(np.stack([picture(frame) for frame in answer["frames"]]), expected[..., 0])
    assert [row["class"] for row in answer["ends"]] == [NAMES[0], NAMES[2]]
    with Image.open(io.BytesIO(base64.b64decode(answer["webp"]))) as animation:
        assert animation.n_frames == 6  # type: ignore[attr-defined]
        animation.load()
        assert animation.info["duration"] == 160


@pytest.mark.parametrize(
    ("endpoint", "wrong", "message"),
    [
        ("/sample", {"seed": "abc"}, "abc"),
        ("/sample", {"seed": 1.5}, "1.5"),
        ("/sample", {"seed": -1}, "-1"),
        ("/sample", {"seed": 2**40}, str(2**40)),
        ("/sample", {"n": 0}, "0"),
        ("/sample", {"n": 10_000}, "10000"),
        ("/sample", {"n": None}, "None"),
        ("/sample", {"n": 2, "seed": 2**32 - 1}, "4294967295"),
        ("/sample", {"label": "Hat"}, "Hat"),
        ("/sample", {"label": ["Sneaker"]}, "Sneaker"),
        ("/sample", {"truncation": "much"}, "much"),
        ("/sample", {"model": "../../etc"}, "etc"),
        ("/sample", {"model": "broken"}, "format_version"),
        ("/interpolate", {"frames": 1}, "1"),
        ("/interpolate", {"frames": 129}, "129"),
        ("/interpolate", {"method": "magic"}, "magic"),
        ("/interpolate", {"loop": "yes"}, "yes"),
        ("/interpolate", {"easing": "cubic"}, "cubic"),
        ("/interpolate", {"speed": 80}, "80"),
        ("/interpolate", {"end_label": 7}, "7"),
    ],
)
def test_wrong_input_is_told_in_one_line(client: Client, endpoint: str, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(**wrong, api_name=endpoint)
    text = str(caught.value)
    assert message in text
    assert "\n" not in text
    assert "Traceback" not in text


def test_nothing_but_the_endpoints_is_offered(client: Client) -> None:
    offered = client.view_api(return_format="dict", print_info=False)
    assert set(offered["named_endpoints"]) == {"/models", "/sample", "/interpolate"}
    assert offered["unnamed_endpoints"] == {}
