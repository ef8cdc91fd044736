"""Files on their way into a project: said first, sent in parts, and what means harm or does not fit turned away."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from amgan.data.reasons import Reason
from amgan.errors import DataError, RequestError, UnknownProjectError
from amgan.projects import uploads as module
from amgan.projects.folder import Project
from amgan.projects.uploads import KEPT_SECONDS, MOST_PHOTO_BYTES, Refused, Upload, Uploads, safe_name


@pytest.fixture
def uploads(tmp_path):
    return Uploads(Project.create(tmp_path / "pilot", "A pilot"))


def of(number, name="a.png", size=10):
    return Upload(f"{number:016x}", name, size)


def test_a_file_comes_in_parts_and_goes_on_after_a_broken_line(uploads):
    assert uploads.expect([of(1)], 0) == [of(1)]
    assert uploads.add(of(1).id, 0, b"01234") == 5
    # A part that was sent twice, or one that does not follow, changes nothing.
    assert uploads.add(of(1).id, 0, b"xxxxx") == 5
    assert uploads.add(of(1).id, 7, b"789") == 5
    assert uploads.whole == []
    assert uploads.expect([of(1)], 0)[0].received == 5
    assert uploads.add(of(1).id, 5, b"56789") == 10
    assert [upload.name for upload in uploads.whole] == ["a.png"]
    assert (uploads.folder / of(1).id).read_bytes() == b"0123456789"
    uploads.remove(uploads.all)
    assert uploads.all == []
    with pytest.raises(UnknownProjectError, match="bring the photos again"):
        uploads.add(of(1).id, 0, b"0")


def test_a_part_that_comes_after_a_stop_leaves_nothing(uploads, monkeypatch):
    uploads.expect([of(1)], 0)
    lock = uploads._lock()
    monkeypatch.setattr(uploads, "_lock", lambda: uploads.remove(uploads.all) or lock)  # just before it is taken
    uploads_again = Uploads(uploads._project)
    monkeypatch.setattr(uploads, "remove", uploads_again.remove)
    with pytest.raises(UnknownProjectError, match="bring the photos again"):
        uploads.add(of(1).id, 0, b"01234")
    assert not [file for file in uploads.folder.iterdir() if file.name != ".lock"]


def test_more_than_was_said_is_refused(uploads):
    uploads.expect([of(1, size=3)], 0)
    with pytest.raises(RequestError, match="more comes than the 3 bytes"):
        uploads.add(of(1).id, 0, b"0123")
    assert uploads.all == [of(1, size=3)]
    refused = uploads.expect([of(1, name="b.png", size=3), of(1, size=4)], 0)
    assert [str(one.reason) for one in refused] == ["another file is on its way under the same id; try again"] * 2


@pytest.mark.parametrize(
    "upload_id", ["../../x", "..", "", "0" * 65, "000000000000000G", "0000000000000001.json", ".lock"]
)
def test_an_id_is_no_path(uploads, upload_id):
    uploads.expect([of(1)], 0)
    with pytest.raises(UnknownProjectError):
        uploads.add(upload_id, 0, b"x")
    assert uploads.expect([Upload(upload_id, "a.png", 1)], 0) == [Refused("a.png", Reason("bad_id"))]


@pytest.mark.parametrize(
    "name",
    [
        *("../a.png", "a/../../b.png", "..\\a.png", "a/b\x00.png", "", "/", ".", "a\n.png", "a\u202egnp.exe"),
        *("d/" * 40 + "a.png", "x" * 300 + ".png"),
    ],
)
def test_a_name_leads_nowhere_else(name):
    with pytest.raises(DataError, match="rename it"):
        safe_name(name)


def test_names_are_kept_as_far_as_they_may_be(uploads, tmp_path):
    assert safe_name("/photos//Äpfel /./a b.png") == "photos/Äpfel/a b.png"
    names = ["one.png", "one.png", "Apple/1.png", "Milk/1.png", "pile.zip"]
    coming = [of(number, name, 1) for number, name in enumerate(names)]
    uploads.expect(coming, 0)
    for upload in coming:
        uploads.add(upload.id, 0, b"x")
    files, folders, packed = uploads.laid_out(uploads.whole, tmp_path / "out")
    assert {Path(file).name for file in files} == {"one.png", "one-1.png"}
    assert folders == [str(tmp_path / "out" / "folders")]  # two folders of photos are two classes
    assert [Path(file).name for file in packed] == ["pile.zip"]
    deeper = of(9, "photos/Apple/1.png", 1)
    uploads.remove(uploads.all)
    uploads.expect([deeper], 0)
    uploads.add(deeper.id, 0, b"x")
    assert uploads.laid_out(uploads.whole, tmp_path / "deep") == [[str(tmp_path / "deep" / "folders" / "photos")]]
    assert len(uploads.whole) == 1  # until it is known that it was brought in


def test_what_is_no_photo_or_too_large_is_named(uploads, monkeypatch):
    monkeypatch.setattr(module, "picture_suffixes", lambda: frozenset({".png"}))
    reasons = [
        str(answer.reason)
        for answer in uploads.expect(
            [of(1, "a.exe"), of(2, "b.heic"), of(3, "c.png", MOST_PHOTO_BYTES + 1), of(4, "d.zip", 2**50)], 0
        )
    ]
    assert reasons == [
        "no photo and no zip",
        "the server does not read HEIC; save it as JPEG, or on the server, to read them, pip install pillow-heif",
        "0.1 GB is too large for a photo here",
        "1125899.9 GB is too large for a zip here",
    ]
    assert uploads.all == []


def test_there_is_an_end_to_what_a_project_and_a_disk_take(uploads, monkeypatch):
    with pytest.raises(RequestError, match=r"takes 5,000 photos, and with these it would have 5,001; leave some out"):
        uploads.expect([of(1), of(2)], 4999)
    with pytest.raises(RequestError, match=r"10\.7 GB of photos, and with these it would have 12\.0"):
        uploads.expect([of(number, "a.zip", 4 * 10**9) for number in range(3)], 0)
    free = shutil.disk_usage(uploads.folder)._replace(free=module.LEFT_FREE + 5)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: free)
    with pytest.raises(RequestError, match=r"disk has 1\.1 GB left, too little for 0\.0 GB more"):
        uploads.expect([of(1)], 0)
    assert uploads.all == []


@pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX's")
def test_a_part_for_which_there_is_no_room_leaves_what_was_there(uploads):
    import resource

    uploads.expect([of(1, size=100_000)], 0)
    assert uploads.add(of(1).id, 0, b"x" * 1000) == 1000
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(OSError):
            uploads.add(of(1).id, 1000, b"y" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert uploads.all[0].received == 1000
    assert uploads.add(of(1).id, 1000, b"y" * 99_000) == 100_000


def test_a_file_whose_rest_does_not_come_is_removed_after_days(uploads):
    uploads.expect([of(1), of(2, size=1)], 0)
    uploads.add(of(1).id, 0, b"x")
    uploads.add(of(2).id, 0, b"x")
    past = time.time() - KEPT_SECONDS - 60
    for file in uploads.folder.iterdir():
        os.utime(file, (past, past))
    uploads.expect([of(3)], 0)
    assert {upload.id for upload in uploads.all} == {of(2).id, of(3).id}
