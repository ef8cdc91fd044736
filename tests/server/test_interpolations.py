"""Morphs over HTTP are those that the model draws."""

from __future__ import annotations

import io

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from amgan.sampling.media import enlarge, film_strip
from amgan.server.routes import interpolations
from tests.server.running import problem, running

ASKED = {"start": 1, "end": 3, "through": [2], "labels": ["Bag", None, "Sneaker"], "frames": 7}


@pytest.mark.parametrize("name", ["dynamic", "predefined"])
@pytest.mark.parametrize("more", [{}, {"loop": True}, {"method": "lerp", "truncation": 0.7}, {"easing": "resting"}])
def test_frames(client, name, more):
    model = client.shelf.model(name)
    expected = model.interpolate(1, 3, 7, labels=ASKED["labels"], through=[2], **more)
    content = client.post("/v1/interpolations", json=ASKED | more | {"model": name, "format": "npz"}).content
    arrays = np.load(io.BytesIO(content), allow_pickle=False)
    assert np.array_equal(arrays["images"], expected)
    assert str(arrays["revision"]) == model.revision


def test_forms(client):
    expected = client.shelf.model("dynamic").interpolate(1, 3, 7, labels=ASKED["labels"], through=[2])
    for form in ("webp", "gif"):
        asked = ASKED | {"format": form, "milliseconds": 50, "scale": 2}
        animation = Image.open(io.BytesIO(client.post("/v1/interpolations", json=asked).content))
        assert (animation.format, animation.n_frames, animation.size) == (form.upper(), 7, (64, 64))
    strip = Image.open(io.BytesIO(client.post("/v1/interpolations", json=ASKED | {"format": "png"}).content))
    assert np.array_equal(np.asarray(strip), enlarge(film_strip(expected), 1)[..., 0])


def test_a_video(client, tmp_path):
    expected = client.shelf.model("dynamic").interpolate(1, 3, 7, labels=ASKED["labels"], through=[2])
    answer = client.post("/v1/interpolations", json=ASKED | {"format": "mp4", "milliseconds": 50})
    assert answer.headers["Content-Type"] == "video/mp4"
    (tmp_path / "x.mp4").write_bytes(answer.content)
    reader = imageio_ffmpeg.read_frames(str(tmp_path / "x.mp4"))
    facts, *frames = reader
    assert (facts["size"], facts["fps"], len(frames)) == ((256, 256), 20, 7)
    shown = np.stack([np.frombuffer(frame, np.uint8).reshape(256, 256, 3) for frame in frames])
    assert np.abs(shown.astype(int) - enlarge(expected, 8)).mean() < 3


def test_a_server_without_ffmpeg_says_so(weights, monkeypatch):
    monkeypatch.setattr(interpolations, "has_ffmpeg", lambda: False)
    with running(weights) as client:
        refused = problem(client.post("/v1/interpolations", json=ASKED | {"format": "mp4"}), 422)
        assert refused["loc"] == ["body", "format"]
        assert "pip install imageio-ffmpeg" in refused["msg"]
        assert client.post("/v1/interpolations", json=ASKED | {"format": "gif"}).is_success


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"frames": 2}, "frames"), ({"frames": 1001}, "frames"), ({"labels": ["Bag"]}, "labels"),
     ({"labels": "Hat"}, "labels"),
     ({"start": -1}, "start"), ({"through": [2.5]}, "through"), ({"method": "arc"}, "method"),
     ({"loop": 1}, "loop"), ({"easing": "slow"}, "easing"),
     ({"scale": 0}, "scale"), ({"milliseconds": 0}, "milliseconds"), ({"format": "avi"}, "format"), ({"x": 1}, "x")],
)  # fmt: skip
def test_what_is_refused_names_the_field(client, changes, field):
    assert problem(client.post("/v1/interpolations", json=ASKED | changes), 422)["loc"][:2] == ["body", field]


def test_too_many_frames(client):
    assert "100" in problem(client.post("/v1/interpolations", json=ASKED | {"frames": 101}), 413)


def test_a_file_of_too_many_pixels_is_refused_before_anything_is_drawn(client, monkeypatch):
    monkeypatch.setattr(interpolations, "MOST_PIXELS", 7 * 64 * 64)
    assert client.post("/v1/interpolations", json=ASKED | {"scale": 2}).is_success
    monkeypatch.setattr(interpolations, "draw", None)
    for more in ({"scale": 2, "frames": 8}, {"scale": 3}, {"format": "mp4"}):
        assert "too much for one file" in problem(client.post("/v1/interpolations", json=ASKED | more), 413)
    monkeypatch.undo()
    assert client.post("/v1/interpolations", json=ASKED | {"scale": 8, "format": "npz"}).is_success
