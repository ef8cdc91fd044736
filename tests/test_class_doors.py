"""A class is called the same at every door: Python, the command line, HTTP, the page's links and Gradio's endpoints."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from amgan import AMGAN
from amgan.cli import main
from amgan.ui.links import from_text
from amgan.ui.opening import fit_classes, open_link
from amgan.ui.page import build_page
from amgan.ui.words import ENGLISH
from tests.models import saved
from tests.server.running import running

MODELS = {
    "words": ("Sneaker", "Bag", "Café", "Ankle boot"),
    "digits": ("1", "0", "7"),
    "cases": ("bag", "Bag", "hat"),
    "fruit": ("apple", "なし", "plum"),
}
CARDS = {"fruit": "---\nclass_names: {ja: {apple: りんご, なし: みかん}, de: {apple: なし, なし: Orange}}\n---\n"}
"""What classes are called in other languages; no class of another own name is found by one of them."""
SEED = 5

MEANT = [
    ("words", "Sneaker", 0), ("words", "sneaker", 0), ("words", " SNEAKER ", 0), ("words", "Caf\u00e9", 2),
    ("words", "cafe\u0301", 2), ("words", "3", 3), ("words", 3, 3), ("digits", "1", 0), ("digits", "7", 2),
    ("digits", 1, 0), ("digits", 7, 2), ("cases", "bag", 0), ("cases", "Bag", 1), ("cases", "HAT", 2),
    ("fruit", "apple", 0), ("fruit", "りんご", 0), ("fruit", "なし", 1), ("fruit", "orange", 1),
]  # fmt: skip
REFUSED = [
    ("words", "sneakr", "Sneaker"), ("words", "4", "4"), ("words", 4, "4"), ("words", "-1", "-1"), ("digits", "2", "2"),
    ("digits", 2, "2"),
    ("cases", "BAG", "Bag"), ("fruit", "りんこ", "apple"),
]  # fmt: skip


class RefusedError(Exception):
    """What a door says to a class that is none."""


class House:
    """All doors to the same models."""

    def __init__(self, client: Any, weights: Path, out: Path) -> None:
        self.client, self.weights, self.out = client, weights, out
        self.gradio = Client(str(client.base_url), verbose=False)
        self.models = {name: AMGAN.from_pretrained(weights / name) for name in MODELS}

    def python(self, model: str, label: str | int) -> np.ndarray:
        return self.models[model].sample(label, SEED)[0]

    def python_interpolate(self, model: str, label: str | int) -> np.ndarray:
        return self.models[model].interpolate(SEED, SEED + 1, 2, label)[0]

    def sample(self, model: str, label: str | int) -> np.ndarray:
        return self._command("sample", model, "--label", label, "--seed", SEED, "--n", 1)

    def generate(self, model: str, label: str | int) -> np.ndarray:
        return self._command("generate", model, "--label", label, "--seed", SEED, "--n", 1)

    def interpolate(self, model: str, label: str | int) -> np.ndarray:
        return self._command("interpolate", model, "--labels", label, "--start", SEED, "--end", 6, "--scale", 1)

    def post_images(self, model: str, label: str | int) -> np.ndarray:
        asked = {"model": model, "labels": label, "seeds": SEED, "format": "npz"}
        return np.load(io.BytesIO(self._answer("POST", "/v1/images", json=asked)))["images"][0]

    def get_image(self, model: str, label: str | int) -> np.ndarray:
        address = f"/v1/images/{model}/{self.models[model].revision}/{SEED}.png"
        return pixels(self._answer("GET", address, params={"label": label}))

    def interpolations(self, model: str, label: str | int) -> np.ndarray:
        asked = {"model": model, "labels": [label, None], "start": SEED, "end": 6, "frames": 2, "format": "npz"}
        return np.load(io.BytesIO(self._answer("POST", "/v1/interpolations", json=asked)))["images"][0]

    def jobs(self, model: str, label: str | int) -> np.ndarray:
        asked = {"model": model, "labels": {str(label): 1}, "seed": SEED}
        job = json.loads(self._answer("POST", "/v1/jobs", json=asked))
        for _ in range(600):
            if (now := self.client.get(f"/v1/jobs/{job['id']}").json())["state"] == "done":
                break
            time.sleep(0.05)
        with zipfile.ZipFile(io.BytesIO(self._answer("GET", now["result"]))) as archive:
            return pixels(archive.read(next(name for name in archive.namelist() if name.endswith(".png"))))

    def link(self, model: str, label: str | int) -> np.ndarray:
        query = {"model": model, "class": str(label), "seed": str(SEED)}
        opening = open_link(query, self.client.shelf, ENGLISH)
        if opening.notes:
            raise RefusedError(*opening.notes)
        return self.models[model].sample(opening.state.sample.label, SEED)[0]

    def link_to_a_form(self, model: str, label: str | int) -> np.ndarray:
        opening = open_link({"model": model, "tab": "batch", "classes": f"\n{label}\n"}, self.client.shelf, ENGLISH)
        if opening.notes:
            raise RefusedError(*opening.notes)
        (name,) = opening.state.batch.labels
        return self.models[model].sample(name, SEED)[0]

    def gradio_sample(self, model: str, label: str | int) -> np.ndarray:
        return pixels(base64.b64decode(self._predict(model, label, 1, SEED, api_name="/sample")["pictures"][0]["png"]))

    def gradio_interpolate(self, model: str, label: str | int) -> np.ndarray:
        answer = self._predict(model, SEED, 6, label, label, 2, api_name="/interpolate")
        return pixels(base64.b64decode(answer["frames"][0]))

    def _command(self, name: str, model: str, *arguments: object) -> np.ndarray:
        out = self.out / f"{len(list(self.out.iterdir()))}"
        flags = ["--model", str(self.weights / model), *map(str, arguments), "--out", str(out)]
        main([name, *(["--frames", "2"] if name == "interpolate" else []), *flags])
        return pixels(sorted(out.rglob("*.png"))[0].read_bytes())

    def _answer(self, method: str, address: str, **asked: Any) -> bytes:
        answer = self.client.request(method, address, **asked)
        if answer.status_code == 422:
            raise RefusedError(answer.json()["detail"][0]["msg"])
        assert answer.is_success, answer.text
        return answer.content

    def _predict(self, *asked: Any, api_name: str) -> Any:
        try:
            return self.gradio.predict(*asked, api_name=api_name)
        except AppError as error:
            raise RefusedError(error.message) from error


PROGRAMS: list[Callable[[House, str, str | int], np.ndarray]] = [
    House.python, House.python_interpolate, House.post_images, House.interpolations, House.gradio_sample,
    House.gradio_interpolate,
]  # fmt: skip
"""The doors to which a number comes as one."""
DOORS = [
    *PROGRAMS, House.sample, House.generate, House.interpolate, House.get_image, House.jobs, House.link,
    House.link_to_a_form,
]  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    weights, out = tmp_path_factory.mktemp("weights"), tmp_path_factory.mktemp("out")
    for number, (name, classes) in enumerate(MODELS.items()):
        saved(weights / name, seed=number, class_names=classes, labeling="predefined")
        if name in CARDS:
            (weights / name / "README.md").write_text(CARDS[name], encoding="utf-8")
    with running(weights, page_of=build_page) as client:
        yield House(client, weights, out)


def pixels(png: bytes) -> np.ndarray:
    array = np.asarray(Image.open(io.BytesIO(png)))
    return array[..., None] if array.ndim == 2 else array


def doors_of(label: str | int) -> list[Callable[[House, str, str | int], np.ndarray]]:
    return PROGRAMS if isinstance(label, int) else DOORS


@pytest.mark.parametrize(
    ("door", "model", "label", "number"),
    [(door, *row) for row in MEANT for door in doors_of(row[1])],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_every_door_draws_the_class_that_is_meant(house, door, model, label, number):
    assert np.array_equal(door(house, model, label), house.models[model].sampler.sample([SEED], [number])[0][0])


@pytest.mark.parametrize(
    ("door", "model", "label", "said"),
    [(door, *row) for row in REFUSED for door in doors_of(row[1])],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_every_door_says_what_was_perhaps_meant(house, door, model, label, said, capsys):
    if door in (House.sample, House.generate, House.interpolate) and str(label).startswith("-"):
        label = f" {label}"  # or it would be a flag
    with pytest.raises((RefusedError, ValueError, SystemExit)) as caught:
        door(house, model, label)
    told = capsys.readouterr().err if caught.type is SystemExit else str(caught.value)
    assert said in told
    assert len(told.strip().splitlines()) == 1


def test_a_class_that_is_named_twice_is_refused(house):
    answer = house.client.post("/v1/jobs", json={"model": "words", "labels": {"Sneaker": 1, "sneaker": 2}})
    assert answer.status_code == 422
    assert "'Sneaker' is named twice" in answer.text
    query = "?model=words&tab=batch&classes=Sneaker%0Asneaker%0A0"
    opening = open_link(
        {"model": "words", "tab": "batch", "classes": "Sneaker\nsneaker\n0"}, house.client.shelf, ENGLISH
    )
    assert opening.state.batch.labels == ("Sneaker",)
    assert from_text(query)[0].batch.labels == ("Sneaker", "sneaker", "0")


def test_what_is_written_down_has_the_own_name(house):
    job = house.client.post("/v1/jobs", json={"model": "fruit", "labels": {"りんご": 2}}).json()
    assert house.client.jobs.job(job["id"]).spec.labels == {"apple": 2}
    asked = {"model": "fruit", "labels": "りんご", "n": 1, "format": "json"}
    assert house.client.post("/v1/images", json=asked).json()["images"][0]["asked_class"] == "apple"
    answer = house.client.post("/v1/jobs", json={"model": "fruit", "labels": {"apple": 1, "りんご": 2}})
    assert "'apple' is named twice" in answer.text


def test_a_class_of_another_model_is_no_number_of_this_one(house):
    """A page that shows "7" and is switched to a model without such a class shows any class, not the eighth one."""
    notes: list[str] = []
    state = from_text("?class=1&seed=3")[0]
    model = house.models["words"]
    assert fit_classes(state, "words", model, ENGLISH, notes, typed=False).sample.label is None
    assert len(notes) == 1
    assert fit_classes(state, "words", model, ENGLISH, notes).sample.label == "Bag"
