"""What was uploaded is brought in by a process of its own: broken and hostile files cost only themselves."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import stat
import zipfile

import numpy as np
import pytest
from PIL import Image

from amgan.data import archives
from amgan.data.reasons import Reason
from amgan.projects import arriving, bringing, reading
from amgan.projects.arriving import main
from amgan.projects.folder import Project
from amgan.projects.labels import labels_of
from amgan.projects.reading import PhotoFile, ReadPhoto, reading_apart, reading_here
from amgan.projects.thumbs import SIDE, thumb_file
from amgan.projects.uploads import Upload, Uploads
from tests.projects.photos import photo


def png(kind="disc", number=0, side=96):
    file = io.BytesIO()
    photo(kind, number, side).save(file, "PNG")
    return file.getvalue()


def packed(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipping:
        for name, content in files.items():
            zipping.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(arriving, "look", lambda *rest, **more: None)  # test_labelling.py looks
    return Project.create(tmp_path / "pilot", "A pilot")


def arrive(project, capsys, **files):
    """Upload files and bring them in: what came of it."""
    uploads = Uploads(project)
    for number, (name, content) in enumerate(files.items()):
        upload = Upload(f"{number:016x}", name.replace("__", "/").replace("_", "."), len(content))
        uploads.expect([upload], 0)
        uploads.add(upload.id, 0, content)
    main(project.folder, "ann")
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert said[-1] == {"step": "done"}
    assert uploads.all == []
    assert [file.name for file in uploads.folder.iterdir()] in ([], [".lock"])
    (arrived,) = [one["arrived"] for one in said if "arrived" in one]
    for secret in (str(project.folder), "laid-out", "Traceback"):
        assert secret not in json.dumps(said)
    return arrived


def test_photos_come_with_labels_and_small_pictures_and_broken_ones_are_named(project, capsys):
    arrived = arrive(
        project, capsys, one_png=png(), same_png=png(), broken_png=b"nope", Apple__1_png=png("bars"),
        Milk__1_png=png("dusk"), pile_zip=packed(pile__disc_png=png("disc", 1), pile__bad_jpg=b"", pile__note_doc=b"x"),
    )  # fmt: skip
    broken = {one["name"]: str(Reason.read(one["reason"])) for one in arrived.pop("broken")}
    assert broken == {
        "broken.png": "no picture, a damaged one, or of a kind not known here",
        "pile/bad.jpg": "the file is empty",
    }
    left_out = {"kind": "left_files", "values": {"count": 1, "endings": ".doc"}}
    assert arrived == {"added": 4, "there": 1, "labelled": 2, "broken_count": 2, "left_out": left_out}
    labels = labels_of(project.log.read())
    assert labels.counts == {"Apple": 1, "Milk": 1}
    for name in labels.photos:
        with Image.open(thumb_file(project, name)) as thumb:
            assert (thumb.size, thumb.format) == ((SIDE, SIDE), "JPEG")
    # Small pictures are made anew where they are gone, as in a project that a zip carried here.
    shutil.rmtree(project.cache)
    main(project.folder, "ann")
    assert all(thumb_file(project, name).is_file() for name in labels.photos)


def test_a_folder_of_the_machine_is_brought_in_its_place(project, capsys, tmp_path):
    uploads = Uploads(project)
    uploads.folder.mkdir()
    for kind in ("Apple", "Milk"):
        (tmp_path / "shop" / kind).mkdir(parents=True)
        (tmp_path / "shop" / kind / "1.png").write_bytes(png("bars" if kind == "Milk" else "disc"))
    main(project.folder, "ann", str(tmp_path / "shop"))
    assert labels_of(project.log.read()).counts == {"Apple": 1, "Milk": 1}
    main(project.folder, "ann", str(tmp_path / "nowhere"))
    assert '"kind": "no_source"' in capsys.readouterr().out


def test_large_photos_are_read_and_larger_ones_named(project, capsys):
    huge = {}
    for name, side in (("large_png", 12_000), ("larger_png", 20_000)):
        file = io.BytesIO()
        Image.new("1", (side, side)).save(file, "PNG")
        huge[name] = file.getvalue()
    held = np.empty(3 * 2**30, np.uint8)  # what reads is a copy of this process, with all that it holds
    arrived = arrive(project, capsys, **huge)
    assert arrived["added"] == 1
    del held
    (broken,) = arrived["broken"]
    assert broken["name"] == "larger.png"
    assert Reason.read(broken["reason"]) == Reason("large_unless_jpeg")


def test_a_bomb_and_too_many_photos_are_a_sentence_each_and_keep_no_other_away(project, capsys, monkeypatch):
    monkeypatch.setattr(archives, "SMALL", 100_000)
    monkeypatch.setattr(archives, "MOST_RATIO", 2)
    monkeypatch.setattr(bringing, "MOST_PHOTOS", 3)
    bomb = packed(a_png=b"\0" * 10_000_000)
    many = packed(**{f"n{number}_png": png(number=number, side=16) for number in range(5)})
    outside = io.BytesIO()
    with zipfile.ZipFile(outside, "w") as zipping:
        zipping.writestr("../../outside.png", png())
    links = io.BytesIO()
    with zipfile.ZipFile(links, "w") as zipping:
        link = zipfile.ZipInfo("passwd.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipping.writestr(link, "/etc/passwd")
    arrived = arrive(
        project,
        capsys,
        bomb_zip=bomb,
        many_zip=many,
        none_zip=b"PK\3\4",
        out_zip=outside.getvalue(),
        links_zip=links.getvalue(),
        one_png=png("bars"),
    )
    reasons = {one["name"]: str(Reason.read(one["reason"])) for one in arrived["broken"]}
    assert arrived["added"] == 1
    assert "more comes out of it than an archive of pictures has" in reasons["bomb.zip"]
    assert "a project takes 3 photos, not 5; leave some out" in reasons["many.zip"]
    assert "none.zip cannot be unpacked" in reasons["none.zip"]
    assert "leads out of it" in reasons["out.zip"]
    assert "only 1 link in the archive" in reasons["links.zip"]
    assert not list(project.folder.parent.rglob("outside.png"))


def misbehave(file):
    """In place of a decoder."""
    if file.name == "crash.png":
        os.kill(os.getpid(), signal.SIGKILL)
    if file.name == "greedy.png":
        return ReadPhoto(f"{len(bytearray(8 * 2**30))}", b"")
    while file.name == "slow.png":
        pass
    return ReadPhoto(file.name, b"thumb")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="what a process of its own runs is changed by a copy of this one")
def test_a_file_that_ends_its_reader_costs_only_itself(monkeypatch):
    monkeypatch.setattr(reading, "read_photo", misbehave)
    monkeypatch.setattr(reading, "MOST_SECONDS", 1)
    names = ["a.png", "crash.png", "b.png", "greedy.png", "slow.png", "c.png"]
    with reading_apart() as reader:
        found = reader([PhotoFile(name, b"") for name in names])
        assert [one.name for one in found] == names
        for one in found:
            if one.name in ("crash.png", "greedy.png", "slow.png"):
                assert one.reason == Reason("too_much")
            else:
                assert one.thumb == b"thumb"
        (again,) = reader([PhotoFile("d.png", b"")])
        assert again.thumb == b"thumb"


def test_apart_and_here_read_the_same():
    files = [PhotoFile("a.png", png()), PhotoFile("b", png("bars")), PhotoFile("c.png", b"nope")]
    with reading_apart() as apart, reading_here() as here:
        assert apart(files) == here(files)
