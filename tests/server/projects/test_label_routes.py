"""Labels over HTTP: groups named, photos moved, proposals, doubts and problems, undo, and the way out."""

from __future__ import annotations

import io
import zipfile
from threading import Thread

import httpx
import pytest

from amgan.data.labelled_images import load_labelled_images
from amgan.projects import acts
from amgan.projects.thumbs import thumb_file
from tests.projects.photos import KINDS
from tests.server.running import problem


def act(client, pilot, do, **content):
    answer = client.post(f"{pilot}/labels/acts", json={"do": do, **content})
    assert answer.status_code == 200, answer.text
    return answer.json()


def labels(client, pilot):
    return client.get(f"{pilot}/labels").json()


def kind(board, photo):
    return board["photos"][photo]["name"].split("-")[0]


def test_photos_are_labelled_with_few_acts_and_leave_as_a_data_set(client, pilot, tmp_path):
    board = labels(client, pilot)
    assert board["ready"]
    assert len(board["photos"]) == sum(map(len, board["groups"])) == 30
    for group in board["groups"]:
        act(client, pilot, "name", photos=group, label=kind(board, group[0]))
    board = labels(client, pilot)
    assert (sum(board["classes"].values()), set(board["classes"]), board["acts"]) == (
        30,
        set(KINDS),
        len(board["groups"]),
    )
    help_ = client.get(f"{pilot}/labels/help").json()
    assert help_["proposals"] == []
    assert {one["kind"] for one in help_["problems"]} >= {"few"}
    few = next(one for one in help_["problems"] if one["kind"] == "few")
    assert set(few["classes"]) == set(KINDS)
    assert {one["photo"] for one in help_["doubts"]} <= board["photos"].keys()

    first, second, *_ = board["photos"]
    assert act(client, pilot, "leave-out", photos=[first]) == {"do": "leave-out", "photos": 1}
    act(client, pilot, "open", photos=[second])
    assert labels(client, pilot)["photos"][first]["out"]
    help_ = client.get(f"{pilot}/labels/help").json()
    assert [(one["photo"], one["label"]) for one in help_["proposals"]] == [(second, kind(board, second))]
    act(client, pilot, "confirm", least=0.0)
    act(client, pilot, "keep", photos=[second])
    act(client, pilot, "move", photos=[second], label="  DISC ")  # as it is called already
    assert labels(client, pilot)["photos"][second]["label"] == "disc"
    for _ in range(3):
        act(client, pilot, "undo")
    assert labels(client, pilot)["photos"][second]["label"] is None

    for form in ("folders", "dataset"):
        answer = client.get(f"{pilot}/labels/{form}.zip")
        assert answer.headers["Content-Disposition"].endswith(f'-{form}.zip"')
        folder = tmp_path / form
        with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
            zipped.extractall(folder)
        data = load_labelled_images(str(folder), 32)
        assert (len(data), data.unlabelled) == (29, 1)
        assert data.class_counts == labels(client, pilot)["classes"]


def test_the_number_of_groups_is_asked_for(client, pilot):
    act(client, pilot, "groups", count=5)
    assert len(labels(client, pilot)["groups"]) == 5
    act(client, pilot, "undo")
    assert labels(client, pilot)["acts"] == 0


@pytest.mark.parametrize(
    "content",
    [
        {"do": "remove"},
        {"do": "move", "photos": ["nothing.png"], "label": "Apple"},
        {"do": "move", "photos": [], "label": "Apple"},
        {"do": "move", "photos": ["../../x"], "label": "Apple"},
        {"do": "name", "photos": ["nothing.png"]},
        {"do": "move", "photos": "all", "label": "Apple"},
        {"do": "groups", "count": 0},
        {"do": "groups", "count": 10**9},
        {"do": "confirm"},
        {"do": "confirm", "least": 2},
        {"do": "undo"},
        {"do": "keep", "photos": [], "who": "somebody"},
    ],
)
def test_acts_that_cannot_be_change_nothing(client, pilot, content):
    before = labels(client, pilot)
    problem(client.post(f"{pilot}/labels/acts", json=content), 422)
    assert labels(client, pilot) == before


def test_a_name_that_is_none_is_refused(client, pilot):
    photo = next(iter(labels(client, pilot)["photos"]))
    for name in ("", " ", "\x00", "x" * 201, "unlabelled"):
        problem(client.post(f"{pilot}/labels/acts", json={"do": "move", "photos": [photo], "label": name}), 422)
    act(client, pilot, "move", photos=[photo], label="</script><b>../../猫")
    assert "</script><b>../../猫" in labels(client, pilot)["classes"]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{pilot}/labels/folders.zip").content)) as zipped:
        assert not [name for name in zipped.namelist() if ".." in name.split("/") or name.startswith("/")]


def test_two_who_label_at_once_lose_nothing(client, pilot):
    board = labels(client, pilot)
    photos = list(board["photos"])

    def label(name, mine):
        with httpx.Client(base_url=client.base_url, timeout=30) as own:
            for photo in mine:
                act(own, pilot, "move", photos=[photo], label=name)

    people = [Thread(target=label, args=(name, photos[start::2])) for start, name in enumerate(("Apple", "Milk"))]
    for one in people:
        one.start()
    for one in people:
        one.join()
    after = labels(client, pilot)
    assert [after["photos"][photo]["label"] for photo in photos] == ["Apple", "Milk"] * 15
    assert after["acts"] == 30


def test_there_is_an_end_to_what_is_done(client, pilot, monkeypatch):
    photo = next(iter(labels(client, pilot)["photos"]))
    act(client, pilot, "move", photos=[photo], label="Apple")
    monkeypatch.setattr(acts, "MOST_BYTES", 4500)
    answers = [client.post(f"{pilot}/labels/acts", json={"do": "keep", "photos": [photo]}) for _ in range(30)]
    assert "begin a new project" in problem(answers[-1], 422)["msg"]
    assert labels(client, pilot)["ready"]


def test_links_in_a_folder_from_anywhere_show_no_other_file(client, pilot, room, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    project = room.open(pilot.rpartition("/")[2])
    photo = next(iter(labels(client, pilot)["photos"]))
    for file in (project.photos / photo, thumb_file(project, photo)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.symlink_to(tmp_path / "secret")
    for path in (f"photos/{photo}", "labels/folders.zip", "labels/dataset.zip"):
        assert "no such file" in problem(client.get(f"{pilot}/{path}"), 422)["msg"]


def test_another_name_of_the_server_shows_no_project(client, pilot):
    """A site whose name is made to lead to this machine cannot ask in its visitors' browsers."""
    assert client.get(f"{pilot}/labels", headers={"Host": "evil.example"}).status_code in (400, 403, 421)
