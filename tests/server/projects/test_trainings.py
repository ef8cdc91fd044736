"""From a training that is asked for over HTTP to a model, what is said of it, votes, and a training with them."""

from __future__ import annotations

import io
import zipfile
from types import SimpleNamespace

import pytest

from amgan.errors import PublishError
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import run_of
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from amgan.server.projects import publish_routes
from tests.projects.trainings import labelled_project, see_little, shorten_trainings
from tests.server.running import problem, running, wait_until

PUSHED = SimpleNamespace(url="https://hub.example/ann/bags")
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    store = ReviewStore(tmp_path_factory.mktemp("reviews") / "reviews.sqlite")
    yield store
    store.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("made")
    room = ProjectRoom(scratch / "projects")
    return room, labelled_project(room, scratch)


@pytest.fixture(scope="module")
def client(weights, made, reviews):
    with running(weights, reviews=reviews, projects=made[0]) as client:
        yield client


def refuse(*rest, **more):
    raise PublishError("ann/bags: no right to write there")


def refusal(answer):
    return problem(answer, 422)["msg"]


def test_a_model_is_made_looked_at_judged_and_trained_on(client, made, reviews, monkeypatch, tmp_path):
    gate = shorten_trainings(monkeypatch, tmp_path)
    see_little(monkeypatch)
    project = made[1]
    base = f"/create/api/projects/{project.folder.name}"

    def runs():
        return client.get(f"{base}/runs").json()["runs"]

    assert client.get(base).json()["models"] == 0
    begun = client.post(f"{base}/runs", json={"choice": "first-look", "image_size": 32}).json()
    assert (begun["name"], begun["minutes_planned"], begun["model"]) == ("1-first-look", 10, None)
    wait_until(lambda: runs()[0]["steps"])
    (run,) = runs()
    assert (run["state"], run["step"], run["minutes_left"], run["how"]) == ("training", 10, 7, "changing")
    assert client.get(f"{base}/runs/1-first-look/sheet.png").content.startswith(PNG)
    assert "no model yet" in refusal(client.get(f"{base}/runs/1-first-look/model.zip"))
    assert "stop it first" in refusal(client.post(f"{base}/runs/1-first-look/throw-away", json={}))
    assert "is at work" in refusal(client.post(f"{base}/runs/1-first-look/go-on", json={}))

    gate.touch()
    wait_until(lambda: runs()[0]["state"] == "finished")
    model = runs()[0]["model"]
    assert model == f"{project.folder.name}-1-first-look"
    wait_until(lambda: model in {one["name"] for one in client.get("/v1/models").json()["models"]})
    wait_until(lambda: client.get(f"{base}/runs/1-first-look/look").json()["ready"], 120)
    look = client.get(f"{base}/runs/1-first-look/look").json()
    assert {lack["kind"] for lack in look["lacks"]} >= {"few"}
    assert {pair["photo"] for pair in look["pairs"]} <= {path.name for path in project.photos.iterdir()}
    for picture in ("sheet.png", "pairs.png", "photos.png"):
        assert client.get(f"{base}/runs/1-first-look/{picture}").content.startswith(PNG)
    with zipfile.ZipFile(io.BytesIO(client.get(f"{base}/runs/1-first-look/model.zip").content)) as packed:
        assert f"{model}/model.safetensors" in packed.namelist()

    assert "nobody has judged" in refusal(client.post(f"{base}/feedback", json={}))
    asked = {"run": "1-first-look", "pictures": 24, "target": 0.6, "question": "Sell it?"}
    (review,) = client.post(f"{base}/reviews", json=asked).json()["reviews"]
    assert (review["pictures"], review["votes"], review["state"]) == (24, 0, "open")
    assert review["link"] == f"{client.base_url}/review/{review['id']}".replace("//review", "/review")
    assert "Sell it?" in client.get(review["link"]).text
    assert client.get(f"{review['link']}/pictures/0.png").content.startswith(PNG)
    assert client.get(review["results"]).status_code == 200
    assert client.get(f"{base}/reviews/{review['id']}/qr.svg").text.lstrip().startswith("<?xml")
    assert client.get(f"{base}/reviews/0123456789ab/qr.svg").status_code == 404
    for person in ("ann-12345", "bo-123456", "cleo-1234"):
        said = [Vote(f"{person}-{n}", n, person, "keep" if n % 3 == 0 else "reject") for n in range(24)]
        reviews.add(review["id"], said)
    (review,) = client.get(f"{base}/reviews").json()["reviews"]
    assert (review["votes"], review["people"], review["kept"]) == (72, 3, 8)
    assert len(review["failing"]) == 3

    published = []
    monkeypatch.setattr(publish_routes, "writer_of", lambda token: "ann")
    monkeypatch.setattr(publish_routes, "push_release", lambda *rest, **more: published.append(rest) or PUSHED)
    monkeypatch.setattr(publish_routes, "push_space", lambda *rest, **more: published.append(rest) or PUSHED)
    assert client.get(f"{base}/hub").json() == {"writer": "ann"}
    for what in ("model", "space"):
        asked = {"repo": "ann/bags", "what": what}
        assert client.post(f"{base}/runs/1-first-look/publish", json=asked).json() == {"url": PUSHED.url}
    folder = run_of(project, "1-first-look").model
    assert published == [(folder, "ann/bags"), (folder, "ann/bags"), ("ann/bags", ("ann/bags",))]
    assert "everyone may fetch" in refusal(
        client.post(f"{base}/runs/1-first-look/publish", json=asked | {"private": True})
    )
    monkeypatch.setattr(publish_routes, "push_release", refuse)
    assert refusal(client.post(f"{base}/runs/1-first-look/publish", json=asked)) == "ann/bags: no right to write there"

    trained_on = client.post(f"{base}/feedback", json={}).json()
    assert (trained_on["starts_from"], trained_on["with_votes"]) == ("1-first-look", True)
    wait_until(lambda: runs()[0]["state"] == "finished")
    kept = list(run_of(project, trained_on["name"]).kept(project).glob("*/*.png"))
    assert len(kept) == 8
    both = client.post(f"{base}/reviews", json={"kind": "pairs", "pictures": 3}).json()["reviews"][0]
    assert both["pairs"]
    assert client.get(f"{both['link']}/pictures/0-left.png?reviewer=somebody-1").content.startswith(PNG)
    reviews.add(review["id"], [Vote(f"dora-{n:05}", n, "dora-12345", "keep") for n in range(24)])  # just before
    report = client.get(f"{base}/report")
    assert "4 people" in report.text
    assert "Spring &lt;b&gt;bags&lt;/b&gt;" in report.text
    assert "script" not in report.headers["Content-Security-Policy"]
    assert "4\N{NO-BREAK SPACE}人" in client.get(f"{base}/report?lang=ja").text

    for name in (trained_on["name"], "1-first-look"):
        client.post(f"{base}/runs/{name}/throw-away", json={})
    assert not runs()
    assert not list(project.folder.glob("kept/*"))
    assert "gone or was trained on" in refusal(client.post(f"{base}/feedback", json={}))
    reviews.delete(review["id"])
    assert len(client.get(f"{base}/reviews").json()["reviews"]) == 1


@pytest.mark.parametrize(
    "asked",
    [{}, {"choice": "for-ever"}, {"choice": "good", "image_size": 4096}, {"choice": "good", "options": "--out /"}, []],
)
def test_what_is_no_training_is_refused(client, made, asked):
    assert client.post(f"/create/api/projects/{made[1].folder.name}/runs", json=asked).status_code == 422


@pytest.mark.parametrize("run", ["..", "%2e%2e", "1-first-look%2f..", ".lock", "9-good", "1-first-look%0a"])
def test_no_name_leads_out_of_the_trainings(client, made, run):
    base = f"/create/api/projects/{made[1].folder.name}/runs"
    for path in ("sheet.png", "pairs.png", "look", "model.zip"):
        assert client.get(f"{base}/{run}/{path}").status_code in (404, 422)


def test_a_link_in_a_folder_from_anywhere_shows_no_other_file(client, made, tmp_path):
    project = made[1]
    run = project.runs / "7-good"
    (run / "sheets").mkdir(parents=True)
    (run / "pilot.json").write_text('{"choice": "good", "image_size": 32, "last_act": ""}')
    (tmp_path / "secret").write_bytes(b"secret")
    (run / "sheets/step-1.png").symlink_to(tmp_path / "secret")
    (run / "pairs.png").symlink_to(tmp_path / "secret")
    base = f"/create/api/projects/{project.folder.name}/runs/7-good"
    for picture in ("sheet.png", "pairs.png"):
        assert "no such file" in refusal(client.get(f"{base}/{picture}"))
