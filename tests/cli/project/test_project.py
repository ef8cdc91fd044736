"""``project``: photos to labels to a model to a report, by commands alone."""

from __future__ import annotations

import io
import sys

import pytest

from tests.projects.photos import pile


@pytest.fixture
def folder(tmp_path):
    pile(tmp_path / "pile", each=8)
    return tmp_path / "pilot"


@pytest.fixture
def told(run, fail, folder, monkeypatch):
    """Acts of a person, over a pipe."""

    def tell(*lines: str, by=run):
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
        return by("project", "label", folder, "--who", "ann")

    tell.fail = lambda *lines: tell(*lines, by=fail)
    return tell


def test_photos_are_labelled_over_a_pipe_and_by_single_acts(run, fail, told, folder, tmp_path):
    printed = run("project", "new", folder, "--photos", tmp_path / "pile", "--title", "<b>Pilot</b>")
    assert "24 photos added" in printed
    assert "error: " in fail("project", "new", tmp_path / "pile", "--photos", tmp_path / "pile")
    printed = told(
        "# what is alike", "groups 3", "", "status", "move Fruit @1", "undo", "name 1 'Ripe fruit'", "problems"
    )
    assert "looks at 24 photos Group 1: 8 photos, 8 open" in printed
    assert "undone: label of 8 photos" in printed
    assert "8 photos of group 1: Ripe fruit" in printed
    assert "Classes of few photos (Ripe fruit 8)" in printed
    assert (folder / "sheet.html").read_text().count("<h2>") == printed.count("Classes of few") + printed.count(
        "photos unlike"
    )
    run("project", "label", folder, "name", "2", "Bars")
    told("leave-out @3", "keep @1", "doubts", "export", f"export {tmp_path / 'out'}")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["Bars", "Ripe fruit"]
    assert "Bars 8, Ripe fruit 8 Open 0 photos of 16 Left out 8 photos" in run("project", "label", folder, "status")
    for line, words in (
        ("paint 3", "no act"),
        ("name 9 x", "1 to 3"),
        ("move Bars @shown", "stands for no photos"),
        ("move 'Bars", "quotation mark"),
        ("name x y", "no number"),
        ("move Bars fff", "no photo"),
    ):
        assert words in told.fail(line)
    assert "leave-out PHOTO" in told("help")
