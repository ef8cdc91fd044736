"""Photos sent to a project over HTTP: in parts, within bounds, brought in by a process that may be killed."""

from __future__ import annotations

import io
import subprocess
import zipfile

import pytest

from amgan.projects import uploads
from tests.projects.photos import photo
from tests.server.projects.conftest import LIST
from tests.server.running import problem, wait_until

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
    monkeypatch.setattr(subprocess, "Popen", lambda *rest, **more: started.append(start(*rest, **more)) or started[-1])

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
    assert (state()["uploaded"], state()["photos"]) == (1, 0)

    assert client.post(f"{project}/photos", json={}).status_code == 200
    wait_until(lambda: state()["arrival"]["step"] in ("done", "failed"), SECONDS)
    now = state()
    assert now["arrival"]["problem"] == ""
    arrived = now["arrival"]["arrived"]
    assert (arrived["added"], now["photos"], now["uploaded"]) == (4, 4, 0)
    assert [one["name"] for one in arrived["broken"]] == ["broken.png"]
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


def test_a_small_picture_is_one_of_the_project(client, pilot):
    for name in ("nothing.png", "..%2fproject.json", "..%2f..%2flabels.jsonl", "%2fetc%2fpasswd"):
        assert client.get(f"{pilot}/photos/{name}").status_code == 404
