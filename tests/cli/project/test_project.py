"""``project``: photos to labels to a model to a report, by commands alone."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import sys

import pytest

from amgan.cli import main
from amgan.projects.feedback import KEPT_WEIGHT
from amgan.projects.folder import Project
from amgan.projects.runs import Run, runs_of
from amgan.reviews.store.store import ReviewStore
from amgan.reviews.vote import Vote
from tests.projects.photos import pile

TINY = (
    "--architecture dcgan --steps 4 --batch-size 8 --latent-dim 6 --generator-width 4 --discriminator-width 4 "
    "--index-seeds 0 --log-every 2 --precision fp32 --confidence 0"
)


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


def test_labels_become_a_model_votes_and_a_report(run, fail, told, folder, tmp_path, monkeypatch):
    run("project", "new", folder, "--photos", tmp_path / "pile", "--title", "<b>Pilot</b>")
    assert "0 classes have photos" in fail("project", "train", folder)
    assert "no model yet" in fail("project", "review", folder)
    told("groups 3", "name 1 Fruit", "name 2 Bars")
    assert "train a first model" in report(run, folder)

    trained = run("project", "train", folder, "--image-size", 32, f"--options={TINY}")
    assert f"Model {folder / 'runs/1-first-look/release'}" in trained
    (first,) = runs_of(Project.open(folder))
    assert first.is_finished
    assert first.facts["training"]["steps"] == 4
    assert (first.facts["training"]["pictures"], first.facts["training"]["unlabelled"]) == (24, 8)

    told("name 3 Dusk")
    dataclasses.replace(first, is_finished=False).write()  # as a kill would have left it
    assert first.command(Project.open(folder))[-1] == "--resume"
    monkeypatch.setattr(Run, "command", lambda *_: [sys.executable, "-c", ""])
    assert "with the labels and settings that it began with" in run("project", "train", folder)
    assert runs_of(Project.open(folder)) == [first]
    assert "Dusk" not in (folder / "photos/metadata.jsonl").read_text()
    run("project", "train", folder, "--choice", "good")
    assert "Dusk" in (folder / "photos/metadata.jsonl").read_text()

    looked = run("project", "look", folder)
    assert "of 48 pictures are as near to a photo" in looked
    assert "Fruit: Only 8 photos; bring more." in looked
    assert "nobody has judged" in fail("project", "train", folder, "--with-votes", "--anew")
    assert "does not go on from another" in fail("project", "review", folder, "--pairs")
    assert "too few votes" in fail("project", "review", folder, "--liked")

    run("project", "review", folder, "--n", 8, "--target", 0.5)
    assert "more votes" in report(run, folder)
    votes = ["keep", "reject", "reject", "reject"]
    with contextlib.closing(ReviewStore(folder / "reviews.sqlite")) as store:
        (review,) = store.reviews()
        said = [Vote(f"vote-{n:05}", n, "reviewer-1", votes[n % 4], at=float(n)) for n in range(8)]
        store.add(review.id, said)
    run("project", "train", folder, "--with-votes")
    *_, last = runs_of(Project.open(folder))
    assert (last.starts_from, last.kept_weight, last.options, last.image_size) == (
        "1-first-look", KEPT_WEIGHT, first.options, 32,
    )  # fmt: skip
    kept = sorted(path.parent.name for path in (folder / "kept" / last.folder.name).glob("*/*.png"))
    assert kept == ["Bars", "Fruit"]
    monkeypatch.undo()
    trained_on = last.command(Project.open(folder))
    main(trained_on[trained_on.index("train") :])  # here, as PyTorch takes seconds to import
    assert last.facts["training"]["pictures"] == 26
    assert last.facts["training"]["started_from"]["steps"] == 4
    run("project", "review", folder, "--n", 2, "--pairs")
    page = report(run, folder)
    assert "&lt;b&gt;Pilot&lt;/b&gt; (1: A first look)" in page
    assert "Not met so far" in page
    for part in ("<th>Dusk</th><td>8</td>", "data:image/png", "Labelled by ann", "The closest pairs"):
        assert part in page
    assert "<b>Pilot" not in page
    page = report(run, folder, "--lang", "ja")
    for part in ('<html lang="ja">', "24\N{NO-BREAK SPACE}枚から", "最も近い組です", "未達成", "使ってはいけない場面"):
        assert part in page
    assert re.findall(r">[^<]*\b(?:the|was|of|photos?)\b[^<]*<", page) == []


def report(run, folder, *flags):
    run("project", "report", folder, *flags)
    return (folder / "report.html").read_text(encoding="utf-8")
