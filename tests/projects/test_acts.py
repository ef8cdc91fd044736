"""The log of a project's labels: never half an act, two writers at once, every act undone."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from amgan.errors import DataError, RequestError
from amgan.projects.acts import BLOCK, ActLog
from amgan.projects.labels import labels_of

ONE, TWO, THREE = (f"{number:016x}.png" for number in (0xAAA111, 0xAAA222, 0xBBB333))
NAMES = {ONE: "IMG_1.png", TWO: "IMG_2.png", THREE: "IMG_3.png"}

WRITER = """
import sys
from pathlib import Path
from amgan.projects.acts import ActLog
print("ready", flush=True)
sys.stdin.readline()
for number in range(100):
    ActLog(Path(sys.argv[1])).add("groups", "ann", count=number + 1)
"""


@pytest.fixture
def log(tmp_path):
    return ActLog(tmp_path / "labels.jsonl")


def test_acts_come_to_labels_and_every_one_is_undone(log):
    log.add("add", "ann", added=NAMES)
    log.add("label", "ann", labels={ONE: "  Cafe\u0301  bag ", TWO: "Mug"})
    moved = log.add("label", "bo", labels={TWO: None}, looked=True)
    left = log.add("leave-out", "bo", photos=[ONE])
    labels = labels_of(log.read())
    assert (labels.photos, labels.open, labels.counts) == ([TWO, THREE], [TWO, THREE], {})
    log.add("undo", "ann", undoes=left.id)
    undone = log.add("undo", "ann", undoes=moved.id)
    labels = labels_of(log.read())
    assert labels.counts == {"Café bag": 1, "Mug": 1}
    log.add("undo", "ann", undoes=undone.id)
    assert labels_of(log.read()).open == [TWO, THREE]
    twice = [*log.read(), *log.read()]  # two copies of a project, put together
    assert labels_of(twice) == labels_of(log.read())


def test_photos_and_classes_are_found_by_what_people_type(log):
    log.add("add", "ann", added=NAMES)
    log.add("label", "ann", labels={ONE: "Mug"})
    labels = labels_of(log.read())
    assert (labels.class_of(" mUG "), labels.class_of("Bag")) == ("Mug", "Bag")
    assert (labels.photo("IMG_3.png"), labels.photo("0000000000BBB"), labels.photo(TWO)) == (THREE, THREE, TWO)
    for text, words in (("0000000000aaa", "may be"), ("IMG_4.png", "no photo"), ("", "no photo")):
        with pytest.raises(RequestError, match=words):
            labels.photo(text)
    for text in ("", " \t", "Unlabelled", "a\x07b", "x" * 201):
        with pytest.raises(RequestError, match="a class is called"):
            labels.class_of(text)


@pytest.mark.parametrize("torn", [b'{"id":"0123', b"x" * (2 * BLOCK + 5)])
def test_a_line_that_a_kill_cut_off_is_no_act_and_the_next_takes_its_place(log, torn):
    first = log.add("add", "ann", added=NAMES)
    log.file.write_bytes(log.file.read_bytes() + torn)
    assert log.read() == [first]
    second = log.add("leave-out", "ann", photos=[ONE])
    assert log.read() == [first, second]
    assert torn not in log.file.read_bytes()


def test_what_is_no_act_is_named_with_its_line(log):
    log.add("add", "ann", added=NAMES)
    whole = log.file.read_bytes()
    act = whole.decode().strip()
    for line in ("<<<<<<< HEAD", act.replace('"add"', '"paint"'), act.replace(ONE, f"../{ONE}"), "[]"):
        log.file.write_bytes(whole + line.encode() + b"\n")
        with pytest.raises(DataError, match="line 2 is no act") as caught:
            log.read()
        assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match="labels"):
        log.add("label", "ann", labels={ONE: "unlabelled"})


def test_a_full_disk_leaves_what_was_there(log, monkeypatch):
    first = log.add("add", "ann", added=NAMES)

    def refuse(handle):
        raise OSError(errno.ENOSPC, "the disk is full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="full"):
        log.add("leave-out", "ann", photos=[ONE])
    assert log.read() == [first]


def test_two_processes_that_add_at_once_lose_nothing(log):
    other = subprocess.Popen(
        [sys.executable, "-c", WRITER, log.file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "ready\n"
    other.stdin.write("\n")
    other.stdin.close()
    for number in range(100):
        log.add("groups", "bo", count=number + 1)
    assert other.wait(60) == 0
    for who in ("ann", "bo"):
        assert [act.count for act in log.read() if act.who == who] == list(range(1, 101))
