"""/guess over HTTP: nothing tells the answer before the guess, and nobody bends what guesses come to."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from amgan.model import AMGAN
from amgan.release.folder import digest_of
from amgan.reviews.guessing.round import GUESSES, Rounds
from amgan.reviews.store import guesses
from amgan.reviews.store.store import ReviewStore
from tests.models import saved, tiny_model
from tests.real_pictures import some_real
from tests.server.running import running


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guessing")
    saved(folder / "without")
    model = tiny_model(channels=3)
    model.real_pictures = some_real(model.config)
    model.save_pretrained(folder / "with")
    return folder


@pytest.fixture
def store(tmp_path):
    opened = ReviewStore(tmp_path / "reviews.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def client(weights, store):
    with running(weights, reviews=store) as client:
        yield client


def begin(client):
    answer = client.post("/guess/rounds", json={"model": "with"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def guess(client, token, place, real=True):
    return client.post(f"/guess/rounds/{token}/guesses", json={"place": place, "real": real})


def test_a_round_from_its_begin_to_the_results(client, store, weights):
    model = AMGAN.from_pretrained(weights / "with")
    began = begin(client)
    assert (began["count"], began["model"], began["licence"]) == (GUESSES, "with", "MIT")
    files = [client.get(f"/guess/rounds/{began['round']}/{place}.png") for place in range(GUESSES)]
    # Of one length, with the same headers, without a mark or a name, and nothing else than what was begun.
    assert len({len(file.content) for file in files}) == 1
    assert len({str(sorted((k, v) for k, v in file.headers.items() if k != "date")) for file in files}) == 1
    assert all(re.findall(b"IHDR|tEXt|iTXt|eXIf|zTXt|tIME|sRGB|gAMA", file.content) == [b"IHDR"] for file in files)
    assert all(file.headers["cache-control"] == "no-store" for file in files)
    rounds = Rounds(store.guesses.secret())
    shown = rounds.shown(rounds.read(began["round"]), 12)
    real = model.real_pictures
    assert real is not None
    for place, (one, file) in enumerate(zip(shown, files, strict=True)):
        picture = np.asarray(Image.open(io.BytesIO(file.content)))
        own = real.pictures[one.number].numpy() if one.is_real else model.sample(None, one.number)[0]
        assert np.array_equal(picture, own)
        answer = guess(client, began["round"], place, real=place % 2 == 0).json()
        assert (answer["real"], answer["said_real"]) == (one.is_real, place % 2 == 0)
        assert answer["label"] in model.class_names
    results = client.get("/guess/results", params={"model": "with"}).json()
    fooled = [place % 2 == 0 for place, one in enumerate(shown) if not one.is_real]
    assert (results["rounds"], results["revision"]) == (1, model.revision)
    if fooled:
        assert results["fooled"]["share"] == pytest.approx(sum(fooled) / len(fooled))
        assert results["fooled"]["guesses"] == len(fooled)


def test_who_guesses_twice_has_said_the_first(client, store, weights):
    token = begin(client)["round"]
    first = guess(client, token, 0, real=True).json()
    assert guess(client, token, 0, real=False).json() == first
    assert len(store.guesses.guesses("with", digest_of(weights / "with"))) == 1


def test_forged_tokens_and_other_nonsense(client, store, weights):
    token = begin(client)["round"]
    text, digest = token.split(".")
    for forged in ("x", f"{text}.{'0' * 32}", f"{text}x.{digest}", "a" * 2000, "..%2f..", f"{text}.{digest[::-1]}"):
        assert client.get(f"/guess/rounds/{forged}/0.png").status_code in (404, 422)
        assert guess(client, forged, 0).status_code in (404, 422)
    for name in ("10.png", "-1.png", "00.png", "0", "0.webp", "%30.pn"):
        assert client.get(f"/guess/rounds/{token}/{name}").status_code == 404
    for body in (
        {}, [], {"place": 0}, {"place": 10, "real": True}, {"place": -1, "real": True}, {"place": "0", "real": True},
        {"place": 0, "real": 1}, {"place": 0, "real": True, "more": 1}, {"place": True, "real": True},
        {"place": 0.5, "real": True},
    ):  # fmt: skip
        assert client.post(f"/guess/rounds/{token}/guesses", json=body).status_code == 422
    assert client.post("/guess/rounds", json={"model": "x" * 301}).status_code == 422
    assert client.post("/guess/rounds", json={"model": "nobody"}).status_code == 404
    assert client.post("/guess/rounds", json={"model": "without"}).status_code == 422
    assert client.get("/guess/results", params={"model": "without"}).status_code == 422
    assert client.get("/guess/page/0/guess.js").status_code == 404
    # Another server's token is none here.
    other = Rounds(b"another secret").begin("with", digest_of(weights / "with"))
    assert guess(client, other, 0).status_code == 422
    assert store.guesses.guesses("with", digest_of(weights / "with")) == []


def test_a_flood_is_told_to_wait(client, monkeypatch):
    monkeypatch.setattr(guesses, "MOST_ROUNDS", 3)
    tokens = [begin(client)["round"] for _ in range(4)]
    answers = [guess(client, token, 0) for token in tokens]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["retry-after"]) > 0
    assert guess(client, tokens[0], 1).status_code == 200


def test_drawing_rounds_costs_what_pictures_cost(weights, store):
    with running(weights, reviews=store, pictures_per_second=1, max_pictures=16, max_frames=16) as client:
        answers = [client.post("/guess/rounds", json={"model": "with"}).status_code for _ in range(4)]
    assert answers[0] == 200
    assert 429 in answers


def test_the_page_says_nothing_of_what_is_shown(client):
    for lang, words in (("en", "Real or made up?"), ("ja", "本物")):
        answer = client.get("/guess", params={"lang": lang, "model": '"><script>alert(1)</script>'})
        assert words in answer.text
        assert "alert(1)" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for path in re.findall(r'(?:href|src)="(guess/[^"]+)"', answer.text):
            assert client.get(f"/{path}").status_code == 200
