"""The pusher beside a training: it never stops or holds up what it serves. tests/hub has the rest, against a server."""

from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from amgan.errors import PublishError, ReleaseError
from amgan.hub.publishing import PushedRelease
from amgan.training import pushing
from amgan.training.pushing import BackgroundPusher
from amgan.training.unpushed import step_tag


class Hub:
    """What the pusher calls: pushes that succeed, fail as told, or wait."""

    def __init__(self, monkeypatch):
        self.tags = set()
        self.pushed = []
        self.failures = []
        self.gate = threading.Event()
        self.gate.set()
        self.called = threading.Event()
        monkeypatch.setattr(pushing, "prepare_repository", self.prepare)
        monkeypatch.setattr(pushing, "push_release", self.push)

    def prepare(self, repo_id, *, private):
        assert (repo_id, private) == ("user/name", False)
        return frozenset(self.tags)

    def push(self, folder, repo_id, *, private, tag, title):
        self.called.set()
        assert self.gate.wait(30)
        assert tag in (folder.name, None)
        if self.failures and (error := self.failures.pop(0)):
            raise error
        self.tags.add(tag)
        self.pushed.append(tag or f"untagged {folder.name}")
        return PushedRelease("0123456789" * 4, "https://hub/user/name", ("config.json",), tag == step_tag(9), True)


@pytest.fixture
def hub(monkeypatch):
    made = Hub(monkeypatch)
    yield made
    made.gate.set()


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=80)


@pytest.fixture
def pusher(tmp_path, console):
    return BackgroundPusher("user/name", False, tmp_path, console)


def said(console):
    return console.file.getvalue().splitlines()


def test_steps_go_up_in_order_while_the_training_goes_on(hub, pusher, release, console):
    hub.gate.clear()
    with pusher:
        for step in (1, 2, 9):
            pusher.add(release, step)  # returns while the first push waits
        assert hub.called.wait(30)
        assert not hub.pushed
        hub.gate.set()
    assert hub.pushed == [step_tag(1), step_tag(2), step_tag(9)]
    assert said(console)[-1] == "user/name: 3 pushed, 0 failed"
    assert "Pushed step-0000001 to https://hub/user/name (commit 01234567)" in said(console)
    assert any(line.endswith("its card was edited there and is kept") for line in said(console))


def test_the_end_waits_no_longer_than_it_says(hub, pusher, release, console, monkeypatch, tmp_path):
    monkeypatch.setattr(pushing, "LAST_PUSH_SECONDS", 0.05)
    hub.gate.clear()
    with pusher:
        pusher.add(release, 1)
        assert hub.called.wait(30)
    assert any(line.startswith("Waiting at most 0 s for the last push to user/name") for line in said(console))
    assert said(console)[-1] == (
        "user/name: 0 pushed, 1 failed; step-0000001: not published (no answer yet); "
        f"kept in {tmp_path / 'unpushed'}: the same command with --resume pushes them"
    )
    assert (tmp_path / "unpushed" / "step-0000001" / "config.json").exists()


def test_a_failure_is_said_once_for_each_release_and_ends_in_the_summary(hub, pusher, release, console, monkeypatch):
    monkeypatch.setattr(pushing, "RETRY_SECONDS", 0.001)
    hub.failures = [PublishError("user/name: not published (the Hub is on fire)")] * 50
    with pusher:
        pusher.add(release, 1)
        while hub.failures:
            assert hub.called.wait(30)
    failing = [line for line in said(console) if "on fire" in line]
    assert failing[0] == (
        "user/name: not published (the Hub is on fire); step-0000001 waits, training goes on, it is tried again later"
    )
    assert len(failing) == 1
    assert said(console)[-1] == "user/name: 1 pushed, 0 failed"


@pytest.mark.parametrize(
    "error", [RuntimeError("several\nlines"), MemoryError(), OSError(28, "No space left on device")]
)
def test_whatever_goes_wrong_is_a_line(hub, pusher, release, console, error):
    hub.failures = [error] * 1000
    with pusher:
        pusher.add(release, 1)
    last = said(console)[-1]
    assert last.startswith("user/name: 0 pushed, 1 failed; step-0000001: not published (")
    assert " ".join(str(error).split()) in last


def test_a_release_that_is_not_sound_does_not_hold_up_the_next(hub, pusher, release, console, tmp_path):
    hub.failures = [ReleaseError(f"{tmp_path / 'unpushed' / 'step-0000001'}: it is broken")]
    with pusher:
        pusher.add(release, 1)
        pusher.add(release, 2)
    assert hub.pushed == [step_tag(2)]
    assert said(console)[-1].startswith(
        "user/name: 1 pushed, 1 failed; step-0000001: not published (step-0000001: it is"
    )


def test_a_release_that_cannot_be_copied_is_said(hub, pusher, console, release, tmp_path):
    (tmp_path / "unpushed").write_text("a file where the folder should be")
    with pusher:
        pusher.add(release, 1)
    assert said(console)[-1].startswith("user/name: 0 pushed, 1 failed; step-0000001: not copied (")


def test_an_interrupt_ends_without_a_wait(hub, pusher, release, console):
    hub.gate.clear()

    def interrupted():
        with pusher:
            pusher.add(release, 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not any(line.startswith("Waiting") for line in said(console))
    assert "0 pushed, 1 failed" in said(console)[-1]


def test_what_an_earlier_part_of_the_run_left_goes_first(hub, pusher, release, console, tmp_path):
    hub.failures = [PublishError("user/name: not published (away)")] * 1000
    with pusher:
        pusher.add(release, 1)
    hub.failures = []
    with BackgroundPusher("user/name", False, tmp_path, console) as resumed:
        resumed.add(release, 2)
    assert hub.pushed == [step_tag(1), step_tag(2)]
    assert not (tmp_path / "unpushed").exists()


def test_a_step_that_is_there_is_not_pushed_again(hub, pusher, release, console):
    hub.tags = {"v1", step_tag(1), step_tag(7)}
    with pusher:
        pusher.add(release, 1)
        pusher.add(release, 2)
    assert hub.pushed == [step_tag(2)]
    assert said(console)[0] == "Pushing to user/name, where steps up to 7 are tagged; those there are not pushed again"
    assert said(console)[-1] == "user/name: 1 pushed, 0 failed, 1 there before"


def test_the_last_step_goes_up_without_a_tag_that_another_training_took(hub, pusher, release, console, tmp_path):
    hub.tags = {step_tag(step) for step in (1, 2, 3)}
    with pusher:
        for step in (1, 2, 3):
            pusher.add(release, step)
    assert hub.pushed == [f"untagged {step_tag(3)}"]
    assert said(console)[-2] == (
        "Pushed step 3 to https://hub/user/name (commit 01234567) without a tag, "
        "as step-0000003 there is of another training"
    )
    assert said(console)[-1] == "user/name: 1 pushed, 0 failed, 2 there before"
    assert not (tmp_path / "unpushed").exists()


def test_a_resume_knows_the_tags_of_its_own_run(hub, pusher, release, console, tmp_path):
    with pusher:
        pusher.add(release, 1)
    with BackgroundPusher("user/name", False, tmp_path, console) as resumed:
        resumed.add(release, 1)
    assert hub.pushed == [step_tag(1)]
    assert said(console)[-1] == "user/name: 0 pushed, 0 failed, 1 there before"
