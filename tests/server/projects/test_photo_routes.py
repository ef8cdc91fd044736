"""Photos sent to a project over HTTP: in parts, within bounds, brought in by a process that may be killed."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest

from amgan.languages.reading import LANGUAGES, section
from amgan.projects import uploads
from amgan.projects.arrivals import Arrivals
from amgan.projects.room import ProjectRoom
from amgan.server.projects import photo_routes, publish_routes
from amgan.server.projects.door import PASSED_ON
from tests.projects.photos import photo
from tests.projects.test_faults import READS
from tests.server.projects.conftest import LIST
from tests.server.running import problem, running, wait_until

ID = "0123456789abcdef"
SECONDS = 100
"""A process that imports everything starts, on a machine that may be busy."""

PARTS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def project(client):
    return f"{LIST}/{client.post(LIST, json={'title': 'Photos'}).json()['name']}"


def packed():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipping:
        for number in range(4):
            picture = io.BytesIO()
            photo("disc", number, 48).save(picture, "PNG")
            zipping.writestr(f"disc-{number}.png", picture.getvalue())
        zipping.writestr("broken.png", b"nope")
    return file.getvalue()


def send(client, project, content, name="pile.zip", part=10_000):
    said = {"id": ID, "name": name, "size": len(content)}
    answer = client.post(f"{project}/uploads", json={"files": [said]})
    assert answer.json()["files"] == [{"received": 0, "refused": ""}], answer.text
    for offset in range(0, len(content), part):
        url, sent = f"{project}/uploads/{ID}?offset={offset}", content[offset : offset + part]
        answer = client.put(url, content=sent, headers=PARTS)
        assert answer.json() == {"received": offset + len(sent)}, answer.text


def test_a_zip_comes_in_parts_survives_a_kill_and_is_brought_in(client, project, monkeypatch):
    started, start = [], subprocess.Popen

    def first_waits(command, **more):
        if not started:  # the real one may have read all of it before it can be killed
            command = [sys.executable, "-c", READS, "no gate"]
        started.append(start(command, **more))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", first_waits)

    def state():
        return client.get(project).json()

    assert "choose photos first" in problem(client.post(f"{project}/photos", json={}), 422)["msg"]
    send(client, project, packed())
    assert state()["uploaded"] == 1
    assert client.post(f"{project}/photos", json={}).status_code == 200
    wait_until(lambda: state()["arrival"]["step"] == "reading", SECONDS)
    assert "wait for that" in problem(client.post(f"{project}/photos", json={}), 429)
    started[0].kill()
    wait_until(lambda: state()["arrival"]["step"] == "failed", SECONDS)
    assert "what was uploaded is kept" in state()["arrival"]["problem"]
    japanese = client.get(project, params={"lang": "ja"}).json()
    assert japanese["arrival"]["problem"] == section("ja", "reasons")["arrival_ended"]
    assert (state()["uploaded"], state()["photos"]) == (1, 0)

    assert client.post(f"{project}/photos", json={}).status_code == 200
    wait_until(lambda: state()["arrival"]["step"] in ("done", "failed"), SECONDS)
    now = state()
    assert now["arrival"]["problem"] == ""
    arrived = now["arrival"]["arrived"]
    assert (arrived["added"], now["photos"], now["uploaded"]) == (4, 4, 0)
    assert [one["name"] for one in arrived["broken"]] == ["broken.png"]
    for lang in LANGUAGES:
        (told,) = client.get(project, params={"lang": lang}).json()["arrival"]["arrived"]["broken"]
        assert told["reason"] == section(lang, "reasons")["no_picture"]
    labels = client.get(f"{project}/labels").json()
    assert labels["ready"]
    for name in labels["photos"]:
        answer = client.get(f"{project}/photos/{name}")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"].startswith("private")


def test_a_file_that_was_stopped_goes_on_or_is_forgotten(client, project):
    said = {"files": [{"id": ID, "name": "a.png", "size": 100}, {"id": ID[::-1], "name": "../b.png", "size": 1}]}
    first = client.post(f"{project}/uploads", json=said).json()["files"]
    assert first[0] == {"received": 0, "refused": ""}
    assert "leads out" in first[1]["refused"]
    japanese = client.post(f"{project}/uploads?lang=ja", json=said).json()["files"]
    assert japanese[1]["refused"] == section("ja", "reasons")["leads_out"]
    client.put(f"{project}/uploads/{ID}?offset=0", content=b"x" * 40, headers=PARTS)
    assert client.post(f"{project}/uploads", json=said).json()["files"][0]["received"] == 40
    assert client.request("DELETE", f"{project}/uploads", headers={"Content-Type": "application/json"}).is_success
    assert client.post(f"{project}/uploads", json=said).json()["files"][0]["received"] == 0


@pytest.mark.parametrize(
    ("url", "content", "status"),
    [
        ("uploads/0123?offset=0", b"x", 404),
        ("uploads/..%2f..%2fproject.json?offset=0", b"x", 404),
        (f"uploads/{ID}?offset=0", b"x", 404),
        (f"uploads/{ID}?offset=-1", b"x", 422),
        (f"uploads/{ID}", b"x", 422),
        (f"uploads/{ID}?offset=0", b"x" * 2_000_000, 413),
    ],
)
def test_parts_of_nothing_and_too_large_ones_are_refused(client, project, url, content, status):
    assert client.put(f"{project}/{url}", content=content, headers=PARTS).status_code == status


@pytest.mark.parametrize(
    "file",
    [
        {"id": "../../etc", "name": "a.png", "size": 1},
        {"id": ID, "name": "", "size": 1},
        {"id": ID, "name": "a.png", "size": -1},
        {"id": ID, "name": "a.png", "size": 2**60},
        {"id": ID, "name": "a.png", "size": 1, "more": 1},
        {"id": ID, "name": "a" * 5000, "size": 1},
    ],
)
def test_files_that_are_said_wrongly_are_refused(client, project, file):
    problem(client.post(f"{project}/uploads", json={"files": [file]}), 422)
    assert client.get(project).json()["uploaded"] == 0


def test_fifty_thousand_files_are_a_sentence(client, project, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_PHOTOS", 600)
    files = [{"id": f"{number:032x}", "name": f"{number}.png", "size": 1} for number in range(1000)]
    assert client.post(f"{project}/uploads", json={"files": files[:500]}).is_success
    more = client.post(f"{project}/uploads", json={"files": files[500:]})
    assert "takes 600 photos, and with these it would have 1,000; leave some out" in problem(more, 422)["msg"]
    assert "at most 500" in problem(client.post(f"{project}/uploads", json={"files": files}), 422)["msg"]
    assert "too large" in problem(client.post(f"{project}/uploads", json={"files": files * 50}), 413)


def test_who_sits_at_the_machine_names_a_folder_or_a_data_set(client, pilot, tmp_path, monkeypatch):
    named = []
    monkeypatch.setattr(Arrivals, "start", lambda arrivals, project, who, source="": named.append(source))
    assert client.get(pilot).json()["sits_here"]
    for source in (str(tmp_path), "user/photos", f" '{tmp_path}' "):
        assert client.post(f"{pilot}/sources", json={"source": source}).status_code == 200
    assert named == [str(tmp_path), "user/photos", str(tmp_path)]
    for source, words in (
        ("/nowhere/at/all", "no such folder or file on this machine"),
        ("../photos", "a whole path"),
        ("photos", "a whole path"),
        ("a/b/c", "a whole path"),
        ("user/\x00", "printable"),
        ("", "at least 1"),
        ("x" * 2000, "at most 1000"),
    ):
        assert words in problem(client.post(f"{pilot}/sources", json={"source": source}), 422)["msg"]
    for header in PASSED_ON:
        answer = client.post(f"{pilot}/sources", json={"source": str(tmp_path)}, headers={header: "127.0.0.1"})
        assert answer.status_code == 403
    assert len(named) == 3


def test_nobody_else_names_a_path_or_publishes(weights, tmp_path, monkeypatch):
    """On a server that has tokens, which others may have, nothing is even looked at."""
    monkeypatch.setattr(photo_routes, "named_source", lambda text: pytest.fail("it was looked at"))
    monkeypatch.setattr(publish_routes, "push_release", lambda *rest, **more: pytest.fail("it was published"))
    monkeypatch.setattr(publish_routes, "writer_of", lambda token: pytest.fail("it was asked"))
    room, token = ProjectRoom(tmp_path), "a-token-of-the-team"
    project = room.create("One").folder.name
    with running(weights, projects=room, project_tokens=(token,), hub_token="hf_secret") as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert not client.get(f"{LIST}/{project}").json()["sits_here"]
        assert client.get(f"{LIST}/{project}/hub").json() == {"writer": ""}
        for path, content in (("sources", {"source": "/etc"}), ("runs/1-good/publish", {"repo": "user/x"})):
            answer = client.post(f"{LIST}/{project}/{path}", json=content)
            assert "who sits at the machine" in problem(answer, 403)


def test_a_small_picture_is_one_of_the_project(client, pilot):
    for name in ("nothing.png", "..%2fproject.json", "..%2f..%2flabels.jsonl", "%2fetc%2fpasswd"):
        assert client.get(f"{pilot}/photos/{name}").status_code == 404
