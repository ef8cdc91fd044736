"""Data sets in a .zip or a .tar, as people make them and as an attacker does."""

from __future__ import annotations

import io
import os
import shutil
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from amgan.data import archives
from amgan.data.labelled_images import load_labelled_images
from amgan.data.reasons import Reason
from amgan.errors import DataError
from tests.data.data_sets import IMAGE, LABELS, TWO_CLASSES, cells, levels, png, put, put_table, refusal

FILES = {"apple/0.png": 0, "apple/1.png": 1, "été/2.png": 2, "notes.txt": b"mine"}


@pytest.fixture(autouse=True)
def nothing_stays(tmp_path_factory, monkeypatch):
    """Whatever an archive does, what came out of it is gone in the end."""
    place = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield
    assert list(place.iterdir()) == []


def packed(archive: Path, files: dict[str, int | bytes], mode: str = "") -> Path:
    archive.parent.mkdir(parents=True, exist_ok=True)
    contents = {name: content if isinstance(content, bytes) else png(content) for name, content in files.items()}
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in contents.items():
                file.writestr(name, content)
        return archive
    with tarfile.open(archive, f"w:{mode}") as file:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return archive


def check(source: Path, left_out: str = "") -> None:
    data = load_labelled_images(str(source), 32)
    assert (data.source, data.class_names, data.class_counts) == (str(source), ("apple", "été"), {"apple": 2, "été": 1})
    assert (levels(data), data.names) == ([0, 1, 2], ("apple/0.png", "apple/1.png", "été/2.png"))
    assert data.left_out == left_out


KINDS = [
    ("x.zip", ""),
    ("x.ZIP", ""),
    ("x.tar", ""),
    ("x.tar.gz", "gz"),
    ("x.tgz", "gz"),
    ("x.tar.bz2", "bz2"),
    ("x.tar.xz", "xz"),
]


@pytest.mark.parametrize(("name", "mode"), KINDS)
@pytest.mark.parametrize("inside", ["", "photos/", "my/photos/", "./"])
def test_every_kind_with_and_without_a_folder_round_it(tmp_path, name, mode, inside):
    if name == "x.ZIP":
        packed(tmp_path / "x.zip", {inside + file: content for file, content in FILES.items()}).rename(tmp_path / name)
    else:
        packed(tmp_path / name, {inside + file: content for file, content in FILES.items()}, mode)
    check(tmp_path / name)


def test_a_folder_that_holds_only_a_zip(tmp_path):
    archive = packed(tmp_path / "download" / "photos.zip", FILES)
    put(tmp_path / "download", {"README.md": b"read me", ".DS_Store": b"x", "__MACOSX/._photos.zip": b"x"})
    data = load_labelled_images(str(archive.parent), 32)
    assert (data.source, len(data)) == (str(archive.parent), 3)
    packed(tmp_path / "download" / "more.zip", FILES)
    assert "holds several archives (more.zip, photos.zip) and no pictures; give one of them" in refusal(archive.parent)
    shutil.rmtree(tmp_path / "download" / "__MACOSX")
    put(tmp_path / "download", {"a/0.png": 0, "b/1.png": 1})
    assert len(load_labelled_images(str(archive.parent), 32)) == 2


def test_what_macos_adds_is_left_out_and_counted(tmp_path):
    helpers = {"__MACOSX/apple/._0.png": b"\0\5\x16\7", "apple/._1.png": b"\0\5\x16\7", "apple/.DS_Store": b"x"}
    check(packed(tmp_path / "x.zip", FILES | helpers), "2 pictures hidden or in helper folders")


def test_links_in_an_archive_are_counted(tmp_path):
    archive = packed(tmp_path / "x.tar", FILES)
    with tarfile.open(archive, "a") as file:
        for name, kind in (
            ("apple/3.png", tarfile.SYMTYPE),
            ("apple/4.png", tarfile.LNKTYPE),
            ("apple", tarfile.DIRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "apple/0.png"
            file.addfile(info)
    check(archive, "2 links in the archive")


def test_names_in_utf_8_that_a_zip_does_not_say(tmp_path):
    """As the Finder writes them: the flag is cleared in both places where it stands."""
    archive = packed(tmp_path / "x.zip", FILES)
    content = bytearray(archive.read_bytes())
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.find(magic)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", content, at + offset)
            struct.pack_into("<H", content, at + offset, flags & ~0x800)
            at = content.find(magic, at + 4)
    archive.write_bytes(content)
    check(archive)


def test_splits_and_tables(tmp_path):
    splits = {
        f"data/{split}/{name}/{number}.png": number for split in ("train", "test") for name in "ab" for number in (1, 2)
    }
    archive = packed(tmp_path / "x.zip", splits)
    assert len(load_labelled_images(str(archive), 32, split="test")) == 4
    assert "no split 'val'; it has test, train" in refusal(archive, split="val")
    assert len(load_labelled_images(str(packed(tmp_path / "t.zip", {"train/a/0.png": 0, "train/b/1.png": 1})), 32)) == 2
    put_table(tmp_path, {"image": cells(), "label": LABELS}, image=IMAGE, label=TWO_CLASSES)
    table = packed(tmp_path / "table.tar", {"train.parquet": (tmp_path / "train.parquet").read_bytes()})
    assert load_labelled_images(str(table), 32).labels.tolist() == LABELS


def test_bad_pictures_are_named_by_their_place_in_the_archive(tmp_path):
    archive = packed(
        tmp_path / "x.zip",
        {f"photos/{name}": content for name, content in FILES.items()} | {"photos/apple/bad.png": b"x"},
    )
    assert "picture apple/bad.png cannot be read" in refusal(archive)
    assert f"{archive}: class 'b' is empty" in refusal(packed(archive, FILES | {"b/notes.txt": b"x"}))


def linked(kind: bytes, target: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        with tarfile.open(folder / "x.tar", "w") as file:
            info = tarfile.TarInfo("apple")
            info.type, info.linkname = kind, target
            file.addfile(info)
            content = tarfile.TarInfo("apple/0.png")
            content.size = 3
            file.addfile(content, io.BytesIO(b"bad"))
        return folder / "x.tar"

    return make


def lying_zip(folder: Path) -> Path:
    """Says of a file that it has ten bytes."""
    archive = packed(folder / "x.zip", FILES | {"apple/large.bmp": bytes(5_000_000)})
    content = archive.read_bytes()
    archive.write_bytes(content.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 10)))
    return archive


def holding(name: str, files: dict[str, int | bytes], mode: str = "") -> Callable[[Path], Path]:
    return lambda folder: packed(folder / name, FILES | files, mode)


ZEROS = bytes(9_000_000)

ATTACKS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "up": (holding("x.zip", {"../out.png": 1}), "leads out of it"),
    "up and down": (holding("x.tar", {"a/../../out.png": 1}), "leads out of it"),
    "up in Windows": (holding("x.zip", {"a\\..\\..\\out.png": 1}), "leads out of it"),
    "from the root": (holding("x.zip", {"/out.png": 1}), "leads out of it"),
    "absolute": (holding("x.tar", {"/tmp/out.png": 1}), "leads out of it"),
    "link out": (linked(tarfile.SYMTYPE, "/etc"), "only one class"),
    "hard link": (linked(tarfile.LNKTYPE, "/etc/passwd"), "only one class"),
    "device": (linked(tarfile.CHRTYPE, ""), "only one class"),
    "bomb": (holding("x.zip", {"apple/z.bmp": ZEROS}), "more comes out of it"),
    "bomb in a tar": (holding("x.tgz", {"z.bmp": ZEROS}, "gz"), "more comes out of it"),
    "hidden bomb": (holding("x.tgz", {".z": ZEROS}, "gz"), "more comes out of it"),
    "lying": (lying_zip, "cannot be unpacked"),
    "members": (holding("x.zip", {f"a/{number}.txt": b"" for number in range(60)}), "more than 50 files"),
    "long": (holding("x.zip", {"a" * 300 + "/0.png": 1}), "too long a name"),
    "deep": (holding("x.zip", {"a/" * 60 + "0.png": 1}), "too long a name"),
    "file and folder": (holding("x.zip", {"a/0.png": 1, "a/0.png/1.png": 1}), "cannot be unpacked"),
    "text": (lambda folder: put(folder, {"x.zip": b"no archive"}) / "x.zip", "cannot be unpacked"),
    "empty": (lambda folder: put(folder, {"x.tar": b""}) / "x.tar", "cannot be unpacked"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_archive_breaks_out_or_fills_the_disk(tmp_path, monkeypatch, attack):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 50)
    monkeypatch.setattr(archives, "SMALL", 1_000_000)
    monkeypatch.setattr(archives, "MOST_RATIO", 2)
    make, words = ATTACKS[attack]
    (tmp_path / "in").mkdir()
    archive = make(tmp_path / "in")
    message = refusal(archive)
    assert words in message
    assert str(tempfile.gettempdir()) not in message
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "in", archive]


@pytest.mark.parametrize(("name", "mode"), KINDS[2:])
def test_a_torn_download(tmp_path, name, mode):
    archive = packed(tmp_path / name, {f"a/{number}.png": os.urandom(5000) for number in range(9)}, mode)
    archive.write_bytes(archive.read_bytes()[:20_000])
    assert "cannot be unpacked" in refusal(archive)


def test_a_zip_with_a_password(tmp_path):
    archive = packed(tmp_path / "x.zip", FILES)
    content = bytearray(archive.read_bytes())
    content[content.find(b"PK\1\2") + 8] |= 1
    archive.write_bytes(content)
    assert "encrypted, and its password is not known" in refusal(archive)


@pytest.mark.parametrize("content", [b"no archive", b"", b"PK\3\4" + bytes(200)])
def test_what_is_wrong_with_an_archive_is_told_in_words_of_every_language(tmp_path, content):
    archive = tmp_path / "x.zip"
    archive.write_bytes(content)
    with pytest.raises(DataError) as caught, archives.at_hand(str(archive)):
        pass
    reason = Reason("archive_not_unpacked", {"archive": str(archive), "reason": Reason("archive_damaged")})
    assert Reason.of(caught.value) == reason
    assert "it is damaged, cut off" in str(reason)
    assert "壊れているか" in reason.in_language("ja")
