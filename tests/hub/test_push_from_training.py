"""Training with --push-to-hub against a Hub that fails: training ends well, and what was missed is brought later."""

from __future__ import annotations

import re

import pytest
import torch

from amgan.release.folder import (
    FIGURE_FILE,
    FILM_FILE,
    METRICS_FILE,
    REAL_FILE,
    RELEASE_FILES,
    SEEDS_FILE,
    WEIGHTS_FILE,
)
from tests.hub.client import client_environment
from tests.hub.server import OWNER, READER
from tests.training.runs import finish, make_pictures, start_worker, tiny

STEPS = ["step-0000002", "step-0000004"]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return make_pictures(tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def name(hub):
    """A repository that is not there yet."""
    return f"user/trained-{len(hub.requests)}"


@pytest.fixture
def train(client, pictures, tmp_path, name):
    """Train 4 steps and push every second one; returns what was printed."""

    def run(token=OWNER, seconds=30, waiting=(), **changes):
        settings = {"push_to_hub": name, "push_every": 2, "out": tmp_path / "run"} | changes
        done = client.call("train", seconds=seconds, data=pictures, token=token, **settings)
        assert "The model is in" in done["printed"]
        assert (settings["out"] / "release" / WEIGHTS_FILE).exists()
        assert done["unpushed"] == list(waiting)
        return done["printed"]

    return run


def commits_of(repository):
    """The commits that hold a release, by the tag that names them, in their order."""
    names = {sha: tag for tag, sha in repository.tags.items()}
    return [names.get(commit.sha) for commit in repository.commits[1:]]


def test_each_push_step_and_the_finished_release_are_commits_with_their_tags(hub, client, train, name, tmp_path):
    before = len(hub.requests)
    printed = train(push_every=3, index_seeds=2)
    repository = hub.repositories[name]
    assert commits_of(repository) == ["step-0000003", "step-0000004"]
    first, last = repository.commits[1:]
    assert SEEDS_FILE not in first.files
    assert set(last.files) == {".gitattributes", *RELEASE_FILES} - {FIGURE_FILE, FILM_FILE, REAL_FILE}
    assert last.files[METRICS_FILE].content == (tmp_path / "run" / "release" / METRICS_FILE).read_bytes()
    assert [commit.title for commit in (first, last)] == ["Step 3 of a training", "Step 4 of a training"]
    assert f"Pushed step-0000004 to {hub.endpoint}/{name} (commit {last.sha[:8]})" in printed
    assert printed.endswith(f"{name}: 2 pushed, 0 failed\n")
    assert client.call("fetch", repo=name, revision="step-0000003", cache_dir=tmp_path)["commit"] == first.sha
    # What a resume needs stays here.
    optimizers = [file.read_bytes() for file in (tmp_path / "run" / "checkpoints").rglob("optimizer*")]
    assert optimizers
    assert not {request.body for request in hub.requests[before:]} & set(optimizers)


def test_nothing_is_pushed_twice_by_a_resume(hub, train, name):
    train()
    printed = train(resume=True)
    assert "steps up to 4 are tagged" in printed
    assert printed.endswith(f"{name}: 0 pushed, 0 failed, 1 there before\n")
    assert commits_of(hub.repositories[name]) == STEPS
    train_on = train(resume=True, steps=5, push_every=0)
    assert commits_of(hub.repositories[name]) == [*STEPS, "step-0000005"]
    assert train_on.endswith(f"{name}: 1 pushed, 0 failed\n")


@pytest.mark.parametrize(
    ("method", "path", "fault", "says"),
    [
        ("GET", "/api/models", {"status": 401, "times": 1}, "refused the token"),
        ("GET", "/auth-check", {"status": 403, "times": 1}, "no right"),
        ("POST", "/preupload/", {"status": 429, "retry_after": 1, "times": 6}, "fewer requests"),
        ("PUT", "", {"status": 403, "times": 1}, "no right"),
        ("POST", "/commit/", {"status": 503, "times": 1}, "error 503"),
        ("POST", "/commit/", {"cut": -1, "times": 1}, "disconnected"),
        ("POST", "/commit/", {"lose": True, "times": 1}, "not known whether"),
        ("POST", "/tag/", {"lose": True, "times": 1}, "without the tag step-0000002"),
    ],
)
def test_the_next_push_brings_what_a_fault_held_up(hub, train, name, method, path, fault, says):
    # Pictures of another seed each time: the server keeps large files once for all repositories.
    with hub.fault(method, path, **fault) as switched:
        printed = train(seed=len(hub.requests))
    assert switched.hits == fault["times"]
    (line,) = [line for line in printed.splitlines() if "training goes on" in line]
    assert line.startswith(f"{name}: ")
    assert says in line
    assert printed.endswith(f"{name}: 2 pushed, 0 failed\n")
    assert commits_of(hub.repositories[name]) == STEPS


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"status": 403}, "cannot publish there (the token has no right"),
        ({"status": 404, "code": "RepoNotFound"}, "cannot publish there (there is no such repository"),
        ({"slow": True}, "cannot publish there (timed out)"),
    ],
)
def test_a_fault_that_lasts_is_counted_and_a_resume_brings_all(hub, train, name, tmp_path, fault, says):
    with hub.fault("", "/api/", **fault):
        printed = train(seconds=0.3 if "slow" in fault else 30, waiting=STEPS)
    assert name not in hub.repositories
    last = printed.splitlines()[-1]
    assert last.startswith(f"{name}: 0 pushed, 2 failed; {STEPS[0]} to {STEPS[1]} (2): {says}")
    assert last.endswith(f"kept in {tmp_path / 'run' / 'unpushed'}: the same command with --resume pushes them")
    missed = {tag: (tmp_path / "run" / "unpushed" / tag / WEIGHTS_FILE).read_bytes() for tag in STEPS}
    printed = train(resume=True)
    assert f"{name}: 2 pushed, 0 failed" in printed.splitlines()[-1]
    repository = hub.repositories[name]
    assert commits_of(repository) == STEPS
    assert {tag: repository.at(tag).files[WEIGHTS_FILE].content for tag in STEPS} == missed


def test_a_commit_that_is_never_answered_ends_in_time(hub, train, name):
    with hub.fault("POST", "/commit/", slow=True):
        printed = train(seconds=1.0, waiting=STEPS)
    assert re.search(r"0 pushed, 2 failed; step-0000002 to step-0000004 \(2\): not published \([^)]*timed out", printed)


def test_without_a_hub_or_a_right_it_is_said_before_the_first_push(hub, train, name):
    with hub.stopped():
        printed = train(push_every=0, waiting=STEPS[1:])
    assert f"{name}: cannot publish there (" in printed
    assert "1 failed" in printed.splitlines()[-1]
    assert name not in hub.repositories


def test_a_token_that_may_only_read(hub, train, name, pictures):
    printed = train(token=READER, push_every=0, waiting=STEPS[1:])
    assert "the token has no right to do that" in printed
    assert READER not in printed
    assert name not in hub.repositories


def test_a_private_repository_is_made_and_a_public_one_is_not_used(hub, train, name, tmp_path):
    train(private=True)
    assert hub.repositories[name].private
    hub.repositories[name].private = False
    before = hub.repositories[name].head
    printed = train(private=True, waiting=STEPS, out=tmp_path / "other")
    assert "it is public already" in printed.splitlines()[-1]
    assert hub.repositories[name].head == before


def test_steps_of_another_training_are_not_run_over(hub, train, name, tmp_path):
    train()
    before = hub.repositories[name].head
    printed = train(out=tmp_path / "other", seed=9)
    assert f"Pushing to {name}, where steps up to 4 are tagged; those there are not pushed again" in printed
    assert printed.splitlines()[-1] == f"{name}: 1 pushed, 0 failed, 1 there before"
    repository = hub.repositories[name]
    assert repository.tags == {"step-0000002": repository.commits[1].sha, "step-0000004": before.sha}
    # What the training came to is the newest all the same.
    assert repository.commits[-2:] == [before, repository.head]
    weights = (tmp_path / "other" / "release" / WEIGHTS_FILE).read_bytes()
    assert repository.head.files[WEIGHTS_FILE].content == weights
    assert f"(commit {repository.head.sha[:8]}) without a tag, as step-0000004 there is of another training" in printed


@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="this torch has no gloo to connect processes")
def test_two_processes_push_once_from_the_main_one(hub, pictures, name, tmp_path):
    config = tiny(pictures, tmp_path / "run", push_to_hub=name, push_every=2, batch_size=8)
    environment = client_environment(hub.endpoint, tmp_path / "home") | {"HF_TOKEN": OWNER}
    before = len(hub.requests)
    process = start_worker(config, tmp_path / "settings.json", processes=2, environment=environment)
    printed = finish(process)
    assert process.returncode == 0, printed
    sent = [request.path for request in hub.requests[before:]]
    assert sum("/commit/main" in path for path in sent) == 2
    assert sum("/api/repos/create" in path for path in sent) == 1
    assert commits_of(hub.repositories[name]) == STEPS
    assert printed.count(f"{name}: 2 pushed, 0 failed") == 1
