"""/window over HTTP: pieces of a way that goes on where the last one ended, and nonsense is refused."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from amgan.model import AMGAN
from amgan.sampling.marking import XMP
from amgan.sampling.media import grid
from amgan.server.window.routes import COLUMNS, FRAMES
from tests.models import saved
from tests.server.running import empty_page, problem, running


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("window")
    saved(folder / "dynamic", index_seeds=20)
    saved(folder / "predefined", labeling="predefined", channels=3)
    card = "---\nclass_names: {ja: {Bag: バッグ}}\n---\n"
    (folder / "predefined" / "README.md").write_text(card, encoding="utf-8")
    saved(folder / "classless", objective="gan")
    return folder


@pytest.fixture(scope="module")
def client(weights):
    with running(weights, page_of=empty_page, max_pictures=64, max_frames=64) as client:
        yield client


def piece(client, **query):
    answer = client.get("/window/piece", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def sheet(found):
    content = base64.b64decode(found["sheet"])
    assert XMP in content
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.mark.parametrize("name", ["dynamic", "predefined", "classless"])
def test_a_piece_goes_on_where_the_last_one_ended(client, weights, name):
    first = piece(client, model=name)
    assert (first["frames"], first["columns"], first["size"], first["model"]) == (FRAMES, COLUMNS, 32, name)
    assert sheet(first).shape == (32 * FRAMES // COLUMNS, 32 * COLUMNS, 3)
    model = AMGAN.from_pretrained(weights / name)
    assert first["label"] in ((None,) if name == "classless" else model.class_names)
    named = {} if first["label"] is None else {"start_label": first["label"]}
    second = piece(client, model=name, start=first["seed"], **named)
    frames = model.interpolate(
        first["seed"], second["seed"], FRAMES, labels=[first["label"], second["label"]]
    )  # fmt: skip
    drawn = grid(frames, COLUMNS, gap=0)
    # The file is lossy, and the colours of noise are what it keeps worst; of other pictures' frames this is about 0.
    shades = [shown.astype(float).mean(axis=2).ravel() for shown in (sheet(second), drawn)]
    assert np.corrcoef(*shades)[0, 1] > 0.3


def test_of_the_classes_that_are_asked_for(client):
    labels = {piece(client, model="predefined", label=["Bag", "Sneaker"], start=1, start_label="Bag")["label"]}
    assert labels == {"Sneaker"}  # another one than the last
    assert piece(client, model="predefined", label="Bag", start=1, start_label="Bag")["label"] == "Bag"


def test_a_class_is_found_by_what_readers_are_shown_and_answered_by_its_own_name(client):
    assert piece(client, model="predefined", label="バッグ", start=1, start_label="バッグ")["label"] == "Bag"


@pytest.mark.parametrize(
    "query",
    [{"label": "cat"}, {"start": -1}, {"start": 2**32}, {"start": "7~12-3"}, {"start": 1, "start_label": "cat"},
     {"model": "x" * 301}, {"label": "x" * 301}, {"label": ["Bag"] * 65}, {"model": "classless", "label": "Bag"}],
)  # fmt: skip
def test_nonsense_is_refused(client, query):
    answer = client.get("/window/piece", params={"model": "predefined", **query})
    assert answer.status_code == 422
    assert len(answer.text) < 3000


def test_no_such_model(client):
    problem(client.get("/window/piece", params={"model": "nobody"}), 404)
    assert client.get("/window/page/0/window.js").status_code == 404


def test_pieces_cost_what_pictures_cost(weights):
    settings = {"pictures_per_second": 1, "max_pictures": 100, "max_frames": 100}
    with running(weights, page_of=empty_page, **settings) as client:
        answers = [client.get("/window/piece", params={"model": "predefined"}) for _ in range(5)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
