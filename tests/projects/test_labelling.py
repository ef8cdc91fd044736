"""From a pile of photos to labels: brought in, grouped, named, proposed, corrected, and out again."""

from __future__ import annotations

import io
import shutil
import zipfile

import pytest
from PIL import Image, ImageFilter
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from amgan.data.labelled_images import load_labelled_images
from amgan.errors import ConfigError, DataError, RequestError
from amgan.projects import bringing, labelling, looks
from amgan.projects.bringing import bring
from amgan.projects.folder import Project
from amgan.projects.labelling import Labelling
from amgan.projects.leaving import write_class_folders, write_metadata
from amgan.projects.words import ProjectWords
from tests.projects.photos import KINDS, photo, pile


def kind_of(labels, name):
    return labels.names[name].split("-")[0]


@pytest.fixture(scope="module")
def brought(tmp_path_factory):
    """A project of 30 photos that were looked at, to be copied."""
    place = tmp_path_factory.mktemp("projects")
    project = Project.create(place / "pilot", "A pilot")
    assert bring(project, [str(pile(place / "pile"))], "ann").added == 30
    Labelling(project, "ann").groups()
    return project.folder


def test_of_no_photos_nothing_is_said(tmp_path):
    found = looks.look(Project.create(tmp_path / "empty", "Empty"), [])
    assert [len(column) for column in (found.features, found.thumbs, found.sharpness, found.sizes)] == [0] * 4
    assert found.centre.isfinite().all()
    assert found.spread.isfinite().all()


@pytest.fixture
def project(brought, tmp_path):
    return Project.open(shutil.copytree(brought, tmp_path / "pilot"))


def test_groups_named_and_proposals_confirmed_label_everything_and_train_reads_it(project, tmp_path):
    told = []
    ann, bo = Labelling(project, "ann", told.append), Labelling(project, "bo")
    groups = ann.groups()
    labels = ann.labels
    assert not told  # they were looked at before
    assert sorted(map(len, groups), reverse=True) == list(map(len, groups))
    assert {kind_of(labels, name) for name in groups[0]} < set(KINDS)
    named = {}
    for number, group in enumerate(groups, 1):
        kind = kind_of(labels, group[0])
        if kind not in named:
            named[kind] = ann.name(number, kind)
    assert set(named) == set(KINDS)
    odd = photo("disc", 0).convert("L")
    odd.save(tmp_path / "disc-100.png")
    assert bring(project, [str(tmp_path / "disc-100.png")], "bo").added == 1
    assert [(bo.labels.names[one.photo], one.label) for one in bo.proposals() if one.photo not in labels.names] == [
        ("disc-100.png", "disc")
    ]
    with pytest.raises(RequestError, match="nothing is proposed"):
        bo.confirm("dusk", 1.0)
    bo.confirm()
    assert not ann.labels.open
    assert all(name == kind_of(ann.labels, photo) for photo, name in ann.labels.classes.items())

    first, second, *_ = ann.labels.photos
    ann.leave_out([first[:8]])
    bo.move(None, [second])
    data = load_labelled_images(str(write_metadata(project, ann.labels)), 32)
    assert (len(data), data.unlabelled, data.class_counts) == (30, 1, ann.labels.counts)
    folders = load_labelled_images(str(write_class_folders(project, ann.labels, tmp_path / "out")), 32)
    assert (len(folders), folders.unlabelled, folders.class_counts) == (30, 1, data.class_counts)
    with pytest.raises(ConfigError, match="there already"):
        write_class_folders(project, ann.labels, tmp_path / "out")

    assert ann.undo().do == "leave-out"  # each undoes what is theirs
    assert bo.undo().labels == {second: None}
    assert not ann.labels.open
    assert len(ann.labels.labelled) == 31


def test_a_group_names_only_what_is_open_and_says_what_it_cannot(project):
    ann = Labelling(project, "ann")
    ann.set_groups(2)
    first, *others = ann.groups()[0]
    ann.move("Odd", [first])
    assert set(ann.name(1, "even").labels) == set(others)
    for wrong, words in (
        (lambda: ann.name(1, "again"), "have a class"),
        (lambda: ann.name(3, "none"), "1 to 2"),
        (lambda: ann.set_groups(31), "1 to 30"),
        (lambda: ann.move("Odd", []), "name one"),
        (lambda: ann.keep([ann.labels.open[0]]), "no class"),
        (lambda: ann.undo("00000000"), "no act"),
    ):
        with pytest.raises(RequestError, match=words):
            wrong()


def test_labels_are_checked_until_a_page_of_them_was_right(project, monkeypatch):
    monkeypatch.setattr(labelling, "PAGE", 4)
    monkeypatch.setattr(labelling, "SURE", 0.0)  # all are borne out
    ann = Labelling(project, "ann")
    labels = ann.labels
    of_kinds = {photo: kind_of(labels, photo) for photo in labels.photos}
    for kind in KINDS:
        ann.name_photos(kind, [photo for photo, own in of_kinds.items() if own == kind])
    first, *others = [one.photo for one in ann.to_check()]
    assert [first, *others] == [one.photo for one in ann.doubts()][:4]
    moved = ann.move("disc" if of_kinds[first] == "bars" else "bars", [first])
    assert len(ann.to_check()) == 4
    ann.keep([one.photo for one in ann.to_check()])
    assert len(ann.to_check()) == 4  # one was wrong, so there may be more
    ann.keep([one.photo for one in ann.to_check()])
    assert not ann.to_check()
    ann.undo(moved.id)
    assert not ann.to_check()


def test_what_was_kept_of_the_photos_is_made_anew_where_it_is_not_as_it_was(project):
    file = project.cache / looks.FILE
    kept = load_file(file)
    with safe_open(file, "pt") as content:
        about = content.metadata()
    for wrong, names in (
        ({"features": kept["features"][:, 1:].contiguous()}, about["names"]),
        ({"sizes": kept["sizes"][1:]}, about["names"]),
        ({"sharpness": kept["sharpness"] / 0}, about["names"]),
        ({}, "7"),
    ):
        save_file(kept | wrong, file, about | {"names": names})
        told = []
        assert Labelling(project, "ann", told.append).groups()
        assert told == [30]


def test_problems_are_shown_with_what_to_do(project, tmp_path):
    ann = Labelling(project, "ann")
    more = tmp_path / "more"
    pile(more, each=15, first=20)
    for name in ("disc-1", "disc-2"):
        Image.open(tmp_path / "pilot/photos" / ann.labels.photo(f"{name}.png")).save(more / f"{name}-again.webp")
    photo("bars", 7).filter(ImageFilter.GaussianBlur(6)).save(more / "bars-blurred.png")
    photo("disc", 8, side=40).save(more / "disc-tiny.png")
    bring(project, [str(more)], "ann")
    labels = ann.labels
    for kind in KINDS:
        ann.move(kind, [name for name in labels.photos if kind_of(labels, name) == kind])
    wrong = labels.photo("bars-3.png")
    ann.undo()
    ann.move("dusk", [name for name in labels.photos if kind_of(labels, name) == "dusk"][:3])
    ann.project.log.add("label", "ann", labels={wrong: "disc"})
    found = {problem.kind: problem for problem in ann.problems()}
    called = {kind: [labels.names[name] for name in problem.photos] for kind, problem in found.items()}
    assert called["doubtful"][0] == "bars-3.png"
    assert ann.doubts()[0].label == "bars"
    assert {name[:6] for name in called["repeated"]} == {"disc-1", "disc-2"}
    assert len(called["repeated"]) == 2
    assert "bars-blurred.png" in called["blurred"]
    assert called["tiny"] == ["disc-tiny.png"]
    said = {
        kind: ProjectWords().problem(problem, ann.labels).replace("\N{NO-BREAK SPACE}", " ")
        for kind, problem in found.items()
    }
    assert said["few"] == "Classes of few photos (dusk 3): bring more, to 20 at least."
    assert "against dusk 3: bring more of dusk" in said["uneven"]
    assert said["tiny"].startswith("Very small photos: 1.")
    assert all(ProjectWords("ja").problem(problem, ann.labels) for problem in found.values())
    ann.keep([wrong])
    assert "doubtful" not in {problem.kind for problem in ann.problems()}


def test_photos_are_read_as_training_reads_them(tmp_path, monkeypatch):
    project = Project.create(tmp_path / "p", "t")
    lying = photo("disc", 1, side=64)
    exif = Image.Exif()
    exif[0x0112] = 6
    files = {"a/one.png": photo("bars", 1), "a/two.png": photo("bars", 2), "b/three.png": photo("disc", 2)}
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as zipped:
        for name, image in files.items():
            buffer = io.BytesIO()
            image.save(buffer, "PNG")
            zipped.writestr(f"shop/{name}", buffer.getvalue())
        buffer = io.BytesIO()
        lying.save(buffer, "JPEG", exif=exif)
        zipped.writestr("shop/b/lying.jpg", buffer.getvalue())
        zipped.writestr("shop/b/broken.jpg", buffer.getvalue()[:200])
        zipped.writestr("shop/b/clip.mp4", b"film")
        zipped.writestr("__MACOSX/shop/a/._one.png", b"x")
    came = bring(project, [str(tmp_path / "photos.zip")], "ann")
    assert (came.added, came.labelled, came.there) == (4, 4, 0)
    assert [broken.name for broken in came.broken] == ["b/broken.jpg"]
    assert ".mp4" in str(came.left_out)
    labels = Labelling(project, "ann").labels
    assert labels.counts == {"a": 2, "b": 2}
    assert (project.photos / labels.photo("b/lying.jpg")).read_bytes() == buffer.getvalue()
    assert bring(project, [str(tmp_path / "photos.zip")], "ann").there == 4

    (tmp_path / "none.png").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/clip.mp4").write_bytes(b"film")
    for source, words in (
        (tmp_path / "none.png", "none of 1"),
        (tmp_path / "nowhere", "no such folder"),
        (tmp_path / "empty", "no photos in .*, only 1 file"),
    ):
        with pytest.raises(DataError, match=words):
            bring(project, [str(source)], "ann")
    monkeypatch.setattr(bringing, "MOST_PHOTOS", 5)
    for each, words in ((1, "would have more"), (2, "not 6")):
        with pytest.raises(DataError, match=f"takes 5 photos.*{words}"):
            bring(project, [str(pile(tmp_path / f"many-{each}", each))], "ann")
    assert len(Labelling(project, "ann").labels.names) == len(list(project.photos.iterdir())) == 4
    with pytest.raises(ConfigError, match="something else"):
        Project.create(tmp_path, "t")
    with pytest.raises(ConfigError, match="no project"):
        Project.open(tmp_path)
