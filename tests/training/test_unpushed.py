"""Releases that wait to be pushed: in order, on disk, bounded."""

from __future__ import annotations

import pytest

from amgan.release.folder import RELEASE_FILES
from amgan.training import unpushed
from amgan.training.unpushed import UnpushedReleases, step_of, step_tag


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release"
    folder.mkdir()
    for name in RELEASE_FILES:
        (folder / name).write_text(f"this is {name}")
    (folder / "optimizer.bin").write_text("stays here")
    return folder


@pytest.mark.parametrize(
    ("step", "tag"), [(0, "step-0000000"), (10_000, "step-0010000"), (12_345_678, "step-12345678")]
)
def test_a_step_and_its_tag(step, tag):
    assert step_tag(step) == tag
    assert step_of(tag) == step


@pytest.mark.parametrize(
    "tag",
    [
        "v1",
        "step-1",
        "step-000000a",
        "step-0000001\n",
        "x-step-0000001",
        "step-\u0660\u0660\u0660\u0660\u0660\u0660\u0661",
    ],
)
def test_a_tag_of_something_else_has_no_step(tag):
    assert step_of(tag) is None


def test_they_are_taken_in_the_order_of_their_steps(release, tmp_path):
    waiting = UnpushedReleases(tmp_path)
    assert waiting.take() is None
    steps = [5, 12_345_678, 9_999_999]
    for step in steps:
        assert waiting.add(release, step_tag(step)) is None
    taken = []
    while tag := waiting.take():
        taken.append(step_of(tag))
        waiting.put_back()
        assert waiting.take() == tag
        waiting.remove(tag)
    assert taken == sorted(steps)
    assert not waiting.folder.exists()


def test_a_copy_holds_the_files_of_a_release_and_no_others(release, tmp_path):
    waiting = UnpushedReleases(tmp_path)
    waiting.add(release, "step-0000001")
    for file in release.iterdir():
        file.write_text("the next release")
    copied = {file.name: file.read_text() for file in (waiting.folder / "step-0000001").iterdir()}
    assert copied == {name: f"this is {name}" for name in RELEASE_FILES}


def test_a_later_part_of_the_run_finds_them_and_no_half_written_one(release, tmp_path):
    before = UnpushedReleases(tmp_path)
    for tag in ("step-0000002", "step-0000001"):
        before.add(release, tag)
    (before.folder / "step-0000001").rename(before.folder / "writing-step-0000001")
    (before.folder / "notes").mkdir()
    after = UnpushedReleases(tmp_path)
    assert after.tags == ["step-0000002"]
    assert {path.name for path in after.folder.iterdir()} == {"step-0000002", "notes"}


def test_a_release_takes_the_place_of_one_of_its_step_unless_that_is_in_work(release, tmp_path):
    waiting = UnpushedReleases(tmp_path)
    card = waiting.folder / "step-0000001" / "README.md"
    waiting.add(release, "step-0000001")
    (release / "README.md").write_text("second")
    waiting.add(release, "step-0000001")
    assert card.read_text() == "second"
    waiting.take()
    (release / "README.md").write_text("third")
    waiting.add(release, "step-0000001")
    assert card.read_text() == "second"
    assert waiting.tags == ["step-0000001"]
    assert [path.name for path in waiting.folder.iterdir()] == ["step-0000001"]


def test_the_oldest_that_is_not_in_work_gives_way_to_more_than_a_disk_should_hold(release, tmp_path, monkeypatch):
    monkeypatch.setattr(unpushed, "MAX_WAITING", 2)
    waiting = UnpushedReleases(tmp_path)
    waiting.add(release, step_tag(1))
    waiting.take()
    assert [waiting.add(release, step_tag(step)) for step in (2, 3, 4)] == [None, None, step_tag(2)]
    assert waiting.tags == [step_tag(1), step_tag(3), step_tag(4)]
    assert {path.name for path in waiting.folder.iterdir()} == set(waiting.tags)
