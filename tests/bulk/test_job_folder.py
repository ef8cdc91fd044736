"""A job's folder: nobody else's files are touched, and one run at a time."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from amgan.bulk.job_folder import CHUNKS, JOB_FILE, JobFolder
from amgan.errors import RequestError
from amgan.whole_files import replacing
from tests.bulk.jobs import contents, done, job
from tests.models import message


def refusal(folder, spec=None):
    with pytest.raises(RequestError) as caught:
        JobFolder(folder).claim(spec or job())
    return message(caught.value)


def test_a_new_an_empty_and_the_same_folder_are_claimed(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "new" / "deep", tmp_path / "empty"):
        JobFolder(folder).claim(job())
        before = contents(folder)
        JobFolder(folder).claim(job())
        assert contents(folder) == before
        assert json.loads(before[JOB_FILE])["job"] == job().to_json()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 1}, "with seed 0, not 1"),
        ({"n": 301}, "with n 300, not 301"),
        ({"format": "png"}, "with format 'zip', not 'png'"),
        ({"revision": "ffff"}, "with revision '0123abcd', not 'ffff'"),
        ({"n": None, "labels": {"Bag": 300}}, "with n 300, not None"),
    ],
)
def test_another_job_is_refused(tmp_path, change, words):
    JobFolder(tmp_path).claim(job())
    before = contents(tmp_path)
    assert f"holds another job ({words}); choose another folder" in refusal(tmp_path, replace(job(), **change))
    assert contents(tmp_path) == before


@pytest.mark.parametrize("change", [{"chunk_pictures": 7}, {"layout": 1}, {"added": True}])
def test_what_an_older_version_began_is_drawn_anew(tmp_path, change):
    place = JobFolder(tmp_path / "begun")
    place.claim(job())
    found = json.loads((place.folder / JOB_FILE).read_text())
    (place.folder / JOB_FILE).write_text(json.dumps(found | change))
    place.scratch.rename(place.folder / ".unfinished")
    (place.folder / ".unfinished" / "chunk-0000000").write_bytes(b"of another layout")
    done(job(), place.folder)
    done(job(), tmp_path / "new")
    assert contents(place.folder) == contents(tmp_path / "new")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"job": 3}', "\ud800", "[" * 100_000])
def test_a_job_file_that_says_nothing_is_refused(tmp_path, text):
    (tmp_path / JOB_FILE).write_bytes(text.encode(errors="surrogatepass"))
    assert "choose another folder" in refusal(tmp_path)


def test_foreign_files_are_refused_and_kept(tmp_path):
    (tmp_path / "pictures.zip").write_text("mine")
    assert "holds other files; choose an empty folder" in refusal(tmp_path)
    assert "is a file; name a folder" in refusal(tmp_path / "pictures.zip")
    assert contents(tmp_path) == {"pictures.zip": b"mine"}


def test_two_runs_at_once_are_refused_and_a_later_one_is_not(tmp_path):
    one, other = JobFolder(tmp_path), JobFolder(tmp_path)
    one.claim(job())
    with one.locked():
        with pytest.raises(RequestError) as caught, other.locked():
            pass
        assert "another run is at work here" in message(caught.value)
        with other.locked(rank=1):
            pass
    with other.locked():
        pass


def test_chunks_that_are_done(tmp_path):
    place = JobFolder(tmp_path)
    place.claim(job())
    assert place.done() == {}
    place.write_chunk(7, b"seven")
    place.write_chunk(0, b"zero")
    (tmp_path / CHUNKS / "chunk-0000003-0123456789abcdef.123.writing").write_bytes(b"half")
    assert sorted(place.done()) == [0, 7]
    assert place.done()[7].read_bytes() == b"seven"
    place.clear()
    assert sorted(contents(tmp_path)) == [JOB_FILE]


def test_a_file_takes_its_place_whole_or_not_at_all(tmp_path):
    place = tmp_path / "x"
    place.write_bytes(b"before")

    def fail_half_way() -> None:
        with replacing(place, tmp_path) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert contents(tmp_path) == {"x": b"before"}
    with replacing(place, tmp_path) as file:
        file.write(b"after")
    assert place.read_bytes() == b"after"
