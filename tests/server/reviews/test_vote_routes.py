"""``/review/{id}``: its page, its pictures and its votes, over HTTP."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from amgan.bounds import MAX_ITEMS
from amgan.reviews.blind import side_of_a
from amgan.reviews.review_spec import Item, Picture, ReviewSpec
from amgan.reviews.store.limits import ReviewLimits
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.titles import title_in
from amgan.reviews.usual_questions import usual_question
from amgan.reviews.vote import counted
from tests.models import saved
from tests.server.reviewing import ANN, BOB, picture, send, singles, state, vote
from tests.server.running import problem, running

SECRETS = ("aurora", "borealis")
SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def shelf_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("named")
    saved(folder / SECRETS[0], index_seeds=20)
    card = "---\nclass_names: {ja: {Sneaker: スニーカー, Bag: バッグ}}\n---\n"
    (folder / SECRETS[0] / "README.md").write_text(card, encoding="utf-8")
    saved(folder / SECRETS[1], labeling="predefined", seed=1)
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = ReviewStore(tmp_path_factory.mktemp("reviews") / "reviews.sqlite", ReviewLimits(votes_per_minute=150))
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(shelf_folder, store):
    with running(shelf_folder, reviews=store, max_body_bytes=100_000) as client:
        yield client


@pytest.fixture(scope="module")
def model(client):
    return client.shelf.model(SECRETS[0])


@pytest.fixture
def review(store, model):
    return store.create(singles(model, SECRETS[0]))


@pytest.fixture
def pairs(store, client):
    one, other = (client.shelf.model(name) for name in SECRETS)
    items = (Item(picture(one, SECRETS[0], seed, "Bag"), picture(other, SECRETS[1], seed, "Bag")) for seed in range(6))
    return store.create(ReviewSpec("A or B", tuple(items), question="Which one?"))


def verdicts(store, review):
    return {(one.item, one.reviewer): one.verdict for one in counted(store.votes(review.id))}


def test_the_page_and_its_files(client, store, model):
    review = store.create(singles(model, SECRETS[0], title=SCRIPT, question=f"{SCRIPT}?"))
    page = client.get(f"/review/{review.id}")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert SCRIPT not in page.text
    assert page.text.count("&lt;script&gt;alert") >= 2
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    # So strict a policy allows nothing within the page.
    assert not re.search(r"<style|style=|<script>|\son\w+=", page.text)
    files = re.findall(r'(?:src|href)="(page/[^"]+)"', page.text)
    assert {name.rsplit(".")[-1] for name in files} == {"js", "css"}
    assert len(set(files)) == len(files)
    imports = set()
    for name in files:
        answer = client.get(f"/review/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert re.match(r"text/(javascript|css)", answer.headers["content-type"])
        imports |= set(re.findall(r'from "\./([^"]+)"', answer.text))
    # The page names all of them, so none waits until the one that imports it has come; and none that is not needed.
    modules = {name.rsplit("/")[-1] for name in files if name.endswith(".js")}
    assert modules == imports | {"reviewer.js"}
    problem(client.get(f"/review/{files[0].replace('page/', 'page/x')}"), 404)
    problem(client.get("/review/page/x/page.html"), 404)


def test_state_of_a_new_review(client, review, model):
    shown = state(client, review)
    assert shown | {"order": sorted(shown["order"])} == {
        "title": "Spring", "question": "Is this one good enough?", "scale": "keep", "pairs": False, "count": 4,
        "closed": False, "order": [0, 1, 2, 3], "votes": {}, "name": "",
        "items": [{"label": model.class_names[number % 3]} for number in range(4)],
    }  # fmt: skip
    assert state(client, review) == shown


def test_a_reader_of_another_language_is_shown_what_classes_are_called_there(client, review, store, model, pairs):
    def labels(review, **asked):
        answer = client.get(f"/review/{review.id}/state", params={"reviewer": ANN, **asked})
        return [item["label"] for item in answer.json()["items"]]

    assert labels(review, lang="ja") == ["スニーカー", "バッグ", "Ankle boot", "スニーカー"]
    # Of a pair the class tells nothing of its models, also where one of them is not translated.
    assert labels(pairs, lang="ja") == ["バッグ"] * 6
    assert labels(pairs, lang="en") == ["Bag"] * 6
    gone = store.create(ReviewSpec("Gone", (Item(replace(picture(model, SECRETS[0]), model="gone")),)))
    assert labels(gone, lang="ja") == ["Sneaker"]


def test_pictures_of_a_project_are_told_of_by_their_training(client, store, model):
    review = store.create(singles(model, SECRETS[0], title="Bags: 2-first-look"))
    told = title_in("ja", review.spec.title)
    page = client.get(f"/review/{review.id}?lang=ja").text
    results = client.get(f"/review/{review.id}/results?key={review.key}&lang=ja").text
    asked = client.get(f"/review/{review.id}/state?reviewer={ANN}&lang=ja").json()
    for text in (page, results, asked["title"]):
        assert told in text
        assert "first-look" not in text


def test_a_reader_of_another_language_is_asked_the_usual_question_there(client, review, pairs):
    def asked(review):
        told = client.get(f"/review/{review.id}/state", params={"reviewer": ANN, "lang": "ja"}).json()["question"]
        assert f'<h1 tabindex="-1">{told}</h1>' in client.get(f"/review/{review.id}?lang=ja").text
        return told

    assert asked(review) == usual_question("ja")
    assert asked(pairs) == "Which one?"  # somebody's own


def test_pictures_are_those_of_the_names(client, review, model):
    for number, item in enumerate(review.spec.items):
        answer = client.get(f"/review/{review.id}/pictures/{number}.png")
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"].startswith("private")
        expected = model.sample([item.a.asked], [item.a.seed])[0]
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(answer.content))), expected[..., 0])
        assert client.get(f"/review/{review.id}/pictures/{number}.png").content == answer.content


@pytest.mark.parametrize(
    "name", ["4.png", "-1.png", "0-left.png", "x.png", "0.jpg", "99999999.png", "٣.png", "0.png.x"]
)
def test_pictures_that_are_not_in_the_review(client, review, name):
    problem(client.get(f"/review/{review.id}/pictures/{name}?reviewer={ANN}"), 404)


def test_votes_are_counted_once_and_the_last_one_counts(client, store, review):
    first, second = vote(0, "keep"), vote(1, "reject", " too plain ")
    answer = send(client, review, first, second)
    assert answer.json() == {"acknowledged": [first["id"], second["id"]]}
    assert send(client, review, first, second).json() == answer.json()
    assert len(store.votes(review.id)) == 2
    send(client, review, vote(0, "skip"), vote(1, "undo"), name="Ann B.")
    send(client, review, vote(0, "reject"), reviewer=BOB)
    assert verdicts(store, review) == {(0, ANN): "skip", (0, BOB): "reject"}
    shown = state(client, review)
    assert {item: one["verdict"] for item, one in shown["votes"].items()} == {"0": "skip"}
    assert shown["name"] == "Ann B."
    assert store.votes(review.id)[1].comment == "too plain"


def test_stars(client, store, model):
    review = store.create(singles(model, SECRETS[0], scale="stars"))
    assert send(client, review, *(vote(item, str(item + 1)) for item in range(4))).status_code == 200
    assert verdicts(store, review) == {(item, ANN): str(item + 1) for item in range(4)}
    assert "1, 2, 3, 4, 5" in problem(send(client, review, vote(0, "keep")), 422)["msg"]


def test_sides_of_pairs(client, store, pairs):
    for reviewer in (ANN, BOB):
        for number, item in enumerate(pairs.spec.items):
            shown = {}
            for side in ("left", "right"):
                answer = client.get(f"/review/{pairs.id}/pictures/{number}-{side}.png", params={"reviewer": reviewer})
                assert b"iTXt" not in answer.content  # what names the picture names its model
                shown[side] = np.asarray(Image.open(io.BytesIO(answer.content)))
            left = side_of_a(pairs, reviewer, number)
            expected = client.shelf.model(SECRETS[0]).sample(["Bag"], [item.a.seed])[0]
            assert np.array_equal(shown[left], expected[..., 0])
            assert not np.array_equal(shown["left"], shown["right"])
            send(client, pairs, vote(number, left), reviewer=reviewer)
    assert set(verdicts(store, pairs).values()) == {"a"}
    for reviewer in (ANN, BOB):
        mine = state(client, pairs, reviewer)["votes"]
        assert {int(item): one["verdict"] for item, one in mine.items()} == {
            item: side_of_a(pairs, reviewer, item) for item in range(6)
        }
    assert "left, right, same" in problem(send(client, pairs, vote(0, "a")), 422)["msg"]
    problem(client.get(f"/review/{pairs.id}/pictures/0-left.png"), 422)
    problem(client.get(f"/review/{pairs.id}/pictures/0.png", params={"reviewer": ANN}), 404)


def test_nothing_tells_a_reviewer_which_model_it_is(client, store, pairs):
    gone = Picture("vanished", "0123abcd", 0, None, "Bag", 0.9)
    old = Picture(SECRETS[0], "4567cdef", 0, None, "Bag", 0.9)
    broken = store.create(ReviewSpec("Gone", (Item(gone, old),)))
    base = f"/review/{pairs.id}"
    answers = [
        client.get(base), client.get(f"{base}/state", params={"reviewer": ANN}),
        send(client, pairs, vote(0, "left", "a"), vote(1, "right"), vote(2, "same")),
        client.get(f"{base}/state", params={"reviewer": ANN}),
        send(client, pairs, vote(0, "nonsense")), send(client, pairs, vote(17, "left")), client.post(f"{base}/votes"),
        client.get(f"{base}/pictures/9-left.png", params={"reviewer": ANN}), client.get(f"{base}/pictures/0-left.png"),
        client.get(f"{base}/results"), client.get(f"{base}/export.csv"), client.post(f"{base}/close"),
        *(client.get(f"{base}/pictures/{item}-{side}.png", params={"reviewer": reviewer})
          for item in range(6) for side in ("left", "right") for reviewer in (ANN, BOB)),
    ]  # fmt: skip
    broken_pictures = [
        client.get(f"/review/{broken.id}/pictures/0-{side}.png", params={"reviewer": ANN}) for side in ("left", "right")
    ]
    for answer in broken_pictures:
        assert "skip it" in problem(answer, 410)
    files = re.findall(r'(?:src|href)="(page/[^"]+)"', answers[0].text)
    answers += [*broken_pictures, *(client.get(f"/review/{name}") for name in files)]
    revisions = [client.shelf.model(name).revision[:8] for name in SECRETS]
    for answer in answers:
        told = f"{answer.url} {answer.headers} ".encode().lower() + answer.content.lower()
        for secret in (*SECRETS, "vanished", "0123abcd", "4567cdef", *revisions, pairs.key.lower()):
            assert secret.encode() not in told, (answer.url, secret)
    pictures = [one for one in answers if one.headers["content-type"] == "image/png"]
    assert len(pictures) == 24
    # Nor do the headers differ from one picture to the other.
    assert len({tuple(sorted(set(one.headers) - {"content-length", "date"})) for one in pictures}) == 1
    assert len({one.headers["cache-control"] for one in pictures}) == 1


def test_no_answer_is_told_to_other_sites(client, review):
    for path in ("", "/state", f"/state?reviewer={ANN}", "/pictures/0.png", "/pictures/77.png", "/results", "/nothing"):
        headers = client.get(f"/review/{review.id}{path}").headers
        assert headers["referrer-policy"] == "no-referrer"
        assert "noindex" in headers["x-robots-tag"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] in ("no-store", "private, max-age=86400")
    assert client.get("/healthz").headers["referrer-policy"] == "same-origin"


def test_reviews_that_are_not_there(client):
    page = client.get("/review/nothing")
    assert page.status_code == 404
    assert "the link may be cut off." in page.text
    assert page.headers["content-type"].startswith("text/html")
    for path in (f"state?reviewer={ANN}", "pictures/0.png", "export.csv?key=x", "kept.zip"):
        assert "no such review" in problem(client.get(f"/review/nothing/{path}"), 404)
    assert client.get("/review/%00%ff" + "x" * 5000).status_code == 404
    assert client.get("/openapi.json").json()["paths"].keys().isdisjoint({"/review/{review_id}"})


def test_a_closed_review(client, store, review):
    kept = vote(0, "keep")
    send(client, review, kept)
    store.close_review(review.id)
    assert state(client, review)["closed"] is True
    assert "closed" in problem(send(client, review, vote(1, "keep")), 409)
    # One that was taken before, but whose answer was lost on the way.
    assert send(client, review, kept).json() == {"acknowledged": [kept["id"]]}
    assert verdicts(store, review) == {(0, ANN): "keep"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"reviewer": "short"}, "reviewer"), ({"reviewer": f"{ANN}\n"}, "reviewer"), ({"reviewer": None}, "reviewer"),
        ({"name": "x" * 61}, "name"), ({"votes": []}, "votes"), ({"votes": [vote(0, "keep")] * 101}, "votes"),
        ({"votes": [vote(0, "keep", "x" * 501)]}, "comment"), ({"votes": [vote(True, "keep")]}, "item"),
        ({"votes": [vote(0, "keep") | {"at": 3}]}, "at"), ({"votes": [vote(0, "keep", vote_id="'; --")]}, "id"),
        ({"votes": [vote(4, "keep")]}, ""), ({"votes": [vote(-1, "keep")]}, ""), ({"votes": [vote(0, "left")]}, ""),
        ({"votes": [vote(MAX_ITEMS, "keep")]}, ""), ({"votes": [vote(0, "keep", "\ud800")]}, ""), ({"x": 1}, "x"),
    ],
)  # fmt: skip
def test_votes_that_are_none(client, store, review, change, place):
    body = {"reviewer": ANN, "name": "", "votes": [vote(0, "keep")]} | change
    # As ASCII, which can hold half a character.
    answer = client.post(
        f"/review/{review.id}/votes", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    found = problem(answer, 422)
    assert not place or found["loc"][-1] == place
    assert store.votes(review.id) == []


def test_one_bad_vote_takes_none_of_the_others(client, store, review):
    problem(send(client, review, vote(0, "keep"), vote(9, "keep")), 422)
    assert store.votes(review.id) == []


def test_bodies_that_are_no_votes(client, review):
    path = f"/review/{review.id}/votes"
    problem(client.post(path, json={"reviewer": ANN, "votes": [vote(0, "keep", "x" * 1_000_000)]}), 413)
    body = '{"reviewer": "reviewer-ann", "votes": [{"id": "12345678", "item": 0, "verdict": "keep"}]}'
    # A form of another site can send text, but not JSON.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert client.post(path, content=body, headers={"content-type": kind}).status_code == 422
    assert client.post(path, content=body, headers={"content-type": "application/json"}).status_code == 200
    assert client.get(path).status_code in (404, 405)


def test_too_many_votes_a_minute(client, review):
    assert send(client, review, *(vote(item % 4, "keep") for item in range(100))).status_code == 200
    answer = send(client, review, *(vote(item % 4, "keep") for item in range(60)))
    assert "votes in a minute" in problem(answer, 429)
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert send(client, review, vote(0, "keep"), reviewer=BOB).status_code == 200


def test_people_need_no_token(shelf_folder, store, review):
    with running(shelf_folder, reviews=store, tokens=["a-token-of-many-letters"]) as client:
        problem(client.get("/v1/models"), 401)
        assert client.get(f"/review/{review.id}").status_code == 200
        assert client.get(f"/review/{review.id}/pictures/0.png").status_code == 200
        assert send(client, review, vote(0, "keep")).status_code == 200


def test_a_server_without_reviews(shelf_folder):
    with running(shelf_folder) as client:
        assert client.get("/review/nothing").status_code == 404
