"""kill -9 at each write of Look, Feed back and Report: what was acknowledged stays, the rest comes through."""

from __future__ import annotations

import contextlib
import json
import signal

import pytest

from amgan.cli import main
from amgan.projects import looking
from amgan.projects.asking import ask_of_classes
from amgan.projects.feedback import bring_votes, judged_of, keep_review, run_with_votes
from amgan.projects.folder import Project
from amgan.projects.looking import PAIRS_FILE, PHOTOS_FILE, look_at, read_look
from amgan.projects.queue import TrainingQueue
from amgan.projects.room import ProjectRoom
from amgan.projects.runs import Run, run_of, runs_of
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from tests.models import saved
from tests.projects.kills import killed_at_each_write
from tests.projects.photos import KINDS
from tests.projects.trainings import labelled_project, see_little

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """One with a finished training."""
    see_little(monkeypatch)
    project = labelled_project(ProjectRoom(tmp_path / "room"), tmp_path)
    run = Run(project.runs / "1-first-look", "first-look", 32, project.log.read()[-1].id, is_finished=True)
    run.write()
    saved(run.folder / "release", labeling="predefined", channels=3, class_names=KINDS)
    looking.look(project, list(project_names(project)))  # as labelling does
    return project


@pytest.fixture
def store(tmp_path):
    with contextlib.closing(ReviewStore(tmp_path / "server.sqlite")) as store:
        yield store


def project_names(project):
    return [name for act in project.log.read() for name in act.added]


def seeing_little(work, *arguments):
    """In a process of its own, whose modules nobody has changed."""
    with pytest.MonkeyPatch.context() as patching:
        see_little(patching)
        work(*arguments)


def looks(folder):
    project = Project.open(folder)
    seeing_little(look_at, project, run_of(project, "1-first-look"))


def test_a_look_is_whole_or_begins_anew(project):
    run, kills = run_of(project, "1-first-look"), 0
    for kills, _ in enumerate(killed_at_each_write(looks, project.folder), 1):  # noqa: B007
        if read_look(run_of(project, run.folder.name)):  # which is said only when the pictures are there
            assert all(
                (run.folder / file).read_bytes().endswith(b"IEND\xaeB`\x82") for file in (PAIRS_FILE, PHOTOS_FILE)
            )
    assert kills >= 6
    assert read_look(run).pictures
    assert not list(run.folder.glob(".*writing"))


def feeds_back(folder, votes):
    """What the server does, and says then."""
    project = Project.open(folder)
    with contextlib.closing(ReviewStore(votes)) as store:
        bring_votes(project, store)
    run = TrainingQueue(lambda: [project], folder.parent / ".lock").begin(project, run_with_votes(project))
    (folder / "acknowledged").write_text(run.folder.name)


def test_votes_stay_and_a_training_with_them_is_there_once_it_was_said_to_be(project, store, tmp_path):
    run = run_of(project, "1-first-look")
    review = store.create(ask_of_classes(project, run, 6, 0.6))
    keep_review(project, review)
    said = [Vote(f"vote-{n:05}", n, "reviewer-1", "keep" if n % 2 else "reject") for n in range(6)]
    store.add(review.id, said)
    kills = 0
    for kills, _ in enumerate(killed_at_each_write(feeds_back, project.folder, tmp_path / "server.sqlite"), 1):  # noqa: B007
        assert runs_of(project)[0].folder.name == "1-first-look"
        assert len(store.votes(review.id)) == 6
        assert all(run.kept(project).is_dir() for run in runs_of(project) if run.kept_weight)
    assert kills >= 6
    acknowledged = run_of(project, (project.folder / "acknowledged").read_text())
    assert acknowledged.wanted_since
    assert len(list(acknowledged.kept(project).glob("*/*.png"))) == 3
    (judged,) = judged_of(project)
    assert judged.results.votes == 6


def reports(folder):
    seeing_little(main, ["project", "report", str(folder)])


def test_a_report_is_the_one_before_or_the_new_one(project):
    look_at(project, run_of(project, "1-first-look"))
    page = project.folder / "report.html"
    page.write_text("the one before")
    before = {file: file.read_bytes() for file in (project.log.file, project.folder / "project.json")}
    kills, pages = 0, set()
    for kills, _ in enumerate(killed_at_each_write(reports, project.folder), 1):  # noqa: B007
        pages.add("the one before" if page.read_text() == "the one before" else page.read_text()[-8:])
        assert {file: file.read_bytes() for file in before} == before
    assert kills >= 2
    assert pages <= {"the one before", "</html>\n", "\n</html>", "</html>"}
    assert "1: A first look" in page.read_text()
    assert json.loads((project.folder / "project.json").read_bytes())["title"] == project.title
