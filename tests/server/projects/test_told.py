"""What goes wrong is told in the language of whoever reads it."""

from __future__ import annotations

import errno
import json
import re
import shutil
from dataclasses import asdict

import pytest

from amgan.data.reasons import Reason
from amgan.errors import DataError
from amgan.languages.reading import LANGUAGES, Texts
from amgan.projects import queue, runs, uploads
from amgan.projects.labelling import Labelling
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import new_run
from amgan.projects.uploads import Uploads
from amgan.server.projects import asking_routes
from tests.server.projects.conftest import LIST
from tests.server.running import running

ID = "0123456789abcdef"
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}", re.IGNORECASE)
"""Two words that follow each other; names of files and of commands are one."""

BYTES = {"Content-Type": "application/octet-stream"}


def told(answer):
    """The sentence of an answer that refuses."""
    assert answer.status_code >= 400, answer.text
    detail = answer.json()["detail"]
    return detail if isinstance(detail, str) else detail[0]["msg"]


def check(ask, kind):
    """That it says this reason to whoever reads English, and has no word of it for whoever does not."""
    english, japanese = told(ask("en")), told(ask("ja"))
    for lang, sentence in (("en", english), ("ja", japanese)):
        start = Texts(lang, "reasons")._texts[kind].split("{")[0]
        assert sentence.startswith(start), (kind, sentence)
    assert not ENGLISH.search(japanese), japanese
    assert re.search("[ぁ-ん]", japanese), japanese


def act(**content):
    return "POST", "/labels/acts", content


FILE = {"id": ID, "name": "a.png", "size": 5}
SOON = ("POST", "/runs", {"choice": "first-look"})


@pytest.mark.parametrize(
    ("asked", "kind", "bounds"),
    [
        (("POST", "/photos", {}), "nothing_uploaded", {}),
        (("POST", "/uploads", {"files": [FILE]}), "many_photos", {(uploads, "MOST_PHOTOS"): 2}),
        (("POST", "/uploads", {"files": [FILE]}), "many_bytes", {(uploads, "MOST_PROJECT_BYTES"): 2}),
        (("POST", "/uploads", {"files": [FILE]}), "little_room", {(uploads, "LEFT_FREE"): 2**60}),
        (("PUT", f"/uploads/{ID}?offset=0", b"x"), "not_expected", {}),
        (("POST", "/sources", {"source": "/nowhere/at/all"}), "no_path", {}),
        (("POST", "/sources", {"source": "photos"}), "whole_path", {}),
        (act(do="name", photos=["PHOTO"], label="\x01"), "bad_class", {}),
        (act(do="name", photos=["nothing"], label="disc"), "no_photo", {}),
        (act(do="keep", photos=["PHOTO"]), "has_no_class", {}),
        (act(do="keep"), "name_photos", {}),
        (act(do="confirm"), "nothing_proposed", {}),
        (act(do="groups", count=4000), "bad_groups", {}),
        (act(do="undo"), "nothing_to_undo", {}),
        (SOON, "few_classes", {}),
        (("POST", "/runs/7-good/stop", {}), "no_training", {}),
        (("GET", "/runs/7-good/look", None), "no_training", {}),
        (("POST", "/reviews", {"run": "7-good"}), "no_training", {}),
        (("POST", "/reviews", {"run": "7-good"}), "many_reviews", {(asking_routes, "MOST_REVIEWS"): 0}),
        (("POST", "/feedback", {}), "nobody_judged", {}),
        (("POST", "/runs/7-good/publish", {"repo": "a/b", "what": "space", "private": True}), "space_of_private", {}),
    ],
)
def test_what_cannot_be_done_in_a_project(client, room, pilot, monkeypatch, asked, kind, bounds):
    for (module, name), value in bounds.items():
        monkeypatch.setattr(module, name, value)
    method, path, content = asked
    photo = next(iter(client.get(f"{pilot}/labels").json()["photos"]))

    def ask(lang):
        if isinstance(content, bytes):
            return client.request(
                method, pilot + path, params={"lang": lang, "offset": 0}, content=content, headers=BYTES
            )
        sent = content and {**content, **({"photos": [photo]} if content.get("photos") == ["PHOTO"] else {})}
        return client.request(method, pilot + path, params={"lang": lang}, json=sent)

    check(ask, kind)


def test_trainings_that_cannot_be_asked_for(client, room, pilot, monkeypatch):
    project = room.open(pilot.split("/")[-1])
    first, second, *_ = client.get(f"{pilot}/labels").json()["photos"]
    Labelling(project, "ann").move("disc", [first])
    Labelling(project, "ann").move("ring", [second])

    def ask(path, content):
        return lambda lang: client.post(pilot + path, params={"lang": lang}, json=content)

    check(ask("/labels/acts", {"do": "name", "photos": [first], "label": "disc"}), "all_have_class")
    monkeypatch.setattr(queue, "MOST_WAITING", 0)
    check(ask("/runs", {"choice": "first-look"}), "many_waiting")
    monkeypatch.setattr(runs, "MOST_RUNS", 0)
    check(ask("/runs", {"choice": "first-look"}), "many_trainings")


@pytest.mark.parametrize(
    "problem",
    [
        Reason("training_killed"),
        Reason("training_silent", {"sentence": "", "file": "output.txt"}),
        "kept by an older one",
    ],
)
def test_a_training_that_failed_is_told_as_it_is_read(client, room, pilot, problem):
    project = room.open(pilot.split("/")[-1])
    first, second, *_ = client.get(f"{pilot}/labels").json()["photos"]
    Labelling(project, "ann").move("disc", [first])
    Labelling(project, "ann").move("ring", [second])
    run = new_run(project, "first-look", 32)
    run.write()
    file = run.folder / runs.RUN_FILE
    content = json.loads(file.read_text())
    file.write_text(json.dumps(content | {"problem": problem if isinstance(problem, str) else asdict(problem)}))
    for lang in LANGUAGES:
        (shown,) = client.get(f"{pilot}/runs", params={"lang": lang}).json()["runs"]
        assert shown["state"] == "failed"
        wanted = problem if isinstance(problem, Reason) else Reason("said", {"sentence": problem})
        assert shown["problem"] == wanted.in_language(lang)


def test_the_list_and_what_is_not_there(client, room, monkeypatch):
    def ask(method, path, content=None):
        return lambda lang: client.request(method, LIST + path, params={"lang": lang}, json=content)

    check(ask("GET", "/nothing"), "no_project")
    for title in ("", "  ", "\x01"):
        check(ask("POST", "", {"title": title}), "bad_title")
    monkeypatch.setattr("amgan.projects.room.MOST_PROJECTS", 0)
    check(ask("POST", "", {"title": "One more"}), "many_projects")
    broken = room.folder / "broken-one"
    broken.mkdir()
    (broken / "project.json").write_text("{")
    check(ask("GET", "/broken-one"), "file_broken")
    listed = client.get(LIST, params={"lang": "ja"}).json()["projects"]
    (problem,) = [one["problem"] for one in listed if one["problem"]]
    assert problem == Reason("file_broken", {"file": "broken-one/project.json"}).in_language("ja")
    shutil.rmtree(broken)


def test_a_disk_that_takes_no_more(client, pilot, monkeypatch):
    def ask(lang):
        return client.post(f"{pilot}/uploads", params={"lang": lang}, json={"files": [FILE]})

    for number, kind in ((errno.ENOSPC, "disk_full"), (errno.EACCES, "project_away")):

        def fail(*rest, number=number):
            raise OSError(number, "No")

        monkeypatch.setattr(Uploads, "expect", fail)
        check(ask, kind)


def test_the_door_and_a_sentence_that_is_english(weights, tmp_path, monkeypatch):
    place = ProjectRoom(tmp_path)
    name = place.create("One").folder.name
    with running(weights, projects=place, project_tokens=("a-token-of-the-team",)) as client:

        def ask(method, path, **more):
            return lambda lang: client.request(method, f"/create/api{path}", params={"lang": lang}, **more)

        check(ask("GET", "/projects"), "needs_token")
        check(ask("POST", "/session", json={"token": "wrong"}), "wrong_token")
        check(ask("GET", "/projects", headers={"Sec-Fetch-Site": "cross-site"}), "other_site")
        client.headers["Authorization"] = "Bearer a-token-of-the-team"
        check(ask("POST", f"/projects/{name}/sources", json={"source": "/etc"}), "only_here")

        def fail(*rest):
            raise DataError("what only a library says")

        monkeypatch.setattr(Uploads, "expect", fail)
        said = ask("POST", f"/projects/{name}/uploads", json={"files": [FILE]})
        assert told(said("en")) == "what only a library says"
        assert told(said("ja")) == Reason("said", {"sentence": "what only a library says"}).in_language("ja")
    with running(weights, projects=place) as client:
        elsewhere = {"X-Forwarded-For": "127.0.0.1"}
        check(lambda lang: client.get(LIST, params={"lang": lang}, headers=elsewhere), "closed")
