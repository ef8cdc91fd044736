"""Odd folders and archives: names, links, splits, helper folders and stray files."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.data.data_sets import grey_of, put
from tests.data.odd_case import (
    GOOD,
    HIDDEN,
    LOOSE,
    PETS,
    PETS_READ,
    Case,
    Files,
    Link,
    Read,
    encoded,
    lay,
    left_out,
    pets,
)


def named(folder: str, name: str | None = None) -> Case:
    """A class in a folder of that name; of the other one the name is later in any order."""
    return Case({f"{folder}/0.png": 10, "\U0001f9ff/1.png": 20}, Read({name or folder: [10], "\U0001f9ff": [20]}))


NAMES = {
    "words with spaces": named("Ankle boot"), "a space before": named(" mug"), "a space behind": named("mug "),
    "capitals": named("MUG"), "one letter": named("x"), "accents": named("Caf\u00e9"),
    "accents of a Mac": named("Cafe\u0301", "Caf\u00e9"), "Hangul of a Mac": named("\u1100\u1161", "\uac00"),
    "Chinese": named("\u732b"), "right to left": named("\u05db\u05dc\u05d1"), "emoji": named("\U0001f431"),
    "a flag of two signs": named("\U0001f1eb\U0001f1f7"), "C++": named("C++"), "C#": named("C#"), "dots": named("v1.2"),
    "a dot behind": named("etc."), "two dots inside": named("a..b"), "looks like a picture": named("cat.png"),
    "looks like an archive": named("cat.zip"), "looks like a table": named("cat.csv"), "quotes": named("\"it's\""),
    "a name of Windows": named("CON"), "another": named("nul.txt"), "a third": named("LPT1"),
    "what Windows refuses": named('a:b?c*"<>|'), "a backslash": named("a\\b"),
    "an escape of ours": named("a%2Fb", "a/b"),
    "no escape of ours": named("a%20b"), "a percent": named("100%"), "brackets": named("[red]cat"),
    "braces": named("{name}"), "a dash before": named("-n"), "a dollar": named("$HOME"), "a number": named("7"),
    "a fraction": named("0.5"), "zeros before": named("007"), "called null": named("null"), "called NaN": named("NaN"),
    "200 letters": named("l" * 200), "80 letters of 3 bytes": named("\u9577" * 80), "called test": named("test"),
    "called data": named("data"), "called default": named("default"),
    "numbers in order": Case(
        {f"{number}/0.png": number for number in range(12)}, Read({str(number): [number] for number in range(12)})
    ),
    "the same number twice": Case({"01/0.png": 10, "1/0.png": 20}, Read({"01": [10], "1": [20]})),
    "both forms of an accent": Case(
        {"Cafe\u0301/0.png": 10, "Caf\u00e9/1.png": 11, "The/2.png": 20}, Read({"Caf\u00e9": [10, 11], "The": [20]})
    ),
    "capitals only": Case({"Mug/0.png": 1, "mug/1.png": 2}, "differ in capitals or spaces only"),
    "a space at the end only": Case({"mug/0.png": 1, "mug /1.png": 2}, "differ in capitals or spaces only"),
    "spaces only": Case({"red mug/0.png": 1, "red  mug/1.png": 2}, "differ in capitals or spaces only"),
    "two lines": Case(PETS | {"a\nb/0.png": 1}, r"no class can be called 'a\nb';"),
    "an order to the terminal": Case(PETS | {"\x1b[31m/0.png": 1}, r"no class can be called '\x1b[31m';"),
    "nothing to be seen": Case(PETS | {"\u200b/0.png": 1}, r"no class can be called '\u200b';"),
    "spaces alone": Case(PETS | {"  /0.png": 1}, "no class can be called '  ';"),
    "letters of another code": Case(PETS | {os.fsdecode(b"caf\xe9/0.png"): 1}, r"the name 'caf\udce9' is not in UTF-8"),
    "201 letters": Case(PETS | {"l" * 201 + "/0.png": 1}, "a name has 1 to 200 letters"),
    "a hidden class": pets({".secret/0.png": 1}, *left_out("1 picture hidden or in helper folders")),
    "unlabelled": Case(PETS | {"UnLabeled/3.png": 30}, Read(PETS_READ, unlabelled=[30])),
    "one class": Case({"cat/0.png": 1}, "only one class ('cat')"),
    "no class": Case({"0.png": 1, "1.png": 2}, "no pictures in subfolders; put those of each class into a subfolder"),
    "unlabelled alone": Case({"unlabelled/0.png": 1}, "no pictures in subfolders but unlabelled"),
    "parts of a set": Case({"train/0.png": 1, "Test/1.png": 2}, "Test, train are no classes but parts of a data set"),
    "classes of an export that are called so": Case(
        {"%74rain/0.png": 10, "%54est/1.png": 20}, Read({"Test": [20], "train": [10]})
    ),
    "years of one class": Case({"cat/2020/0.png": 1, "cat/2021/1.png": 2},
        "only one class ('cat'); if 2020, 2021 are the"),
    "an empty class": Case(PETS | {"eel/notes.txt": b""}, "class 'eel' is empty"),
}  # fmt: skip

LINKED = "to nowhere or to what is read already"

LINKS = {
    "to a file": Case(PETS | {"dog/3.png": Link("../../photo.png")}, Read({"cat": [10, 11], "dog": [20, 99]})),
    "to a class": Case(PETS | {"eel": Link("../elsewhere")}, Read(PETS_READ | {"eel": [98]})),
    "in a class": Case(PETS | {"dog/more": Link("../../elsewhere")}, Read({"cat": [10, 11], "dog": [20, 98]})),
    "to another class": Case(PETS | {"eel": Link("dog")}, Read(PETS_READ | {"eel": [20]})),
    "to a link": Case(
        PETS | {"eel": Link("other"), ".x": b"", "other": Link("../elsewhere")},
        Read(PETS_READ | {"eel": [98], "other": [98]}),
    ),
    "to itself": pets({"eel": Link("eel")}, *left_out(f"1 link {LINKED}")),
    "to itself in a class": pets({"cat/x.png": Link("x.png")}, *left_out(f"1 link {LINKED}")),
    "a circle": pets({"cat/a": Link("b"), "cat/b": Link("a")}, *left_out(f"2 links {LINKED}")),
    "to its own folder": pets({"cat/again": Link(".")}, *left_out(f"1 link {LINKED}")),
    "to the folder above": pets({"cat/again": Link("..")}, *left_out(f"1 link {LINKED}")),
    "to the folder above that": pets({"cat/again": Link("../..")}, *left_out(f"1 link {LINKED}")),
    "to the whole set": pets({"eel": Link(".")}, *left_out(f"1 link {LINKED}")),
    "to what holds the set": pets({"eel": Link("..")}, *left_out(f"1 link {LINKED}")),
    "to a folder beside it": pets({"cat/again": Link("old"), "cat/old/n.txt": b""}, *left_out(f"1 link {LINKED}")),
    "to nowhere": pets({"cat/gone.png": Link("/no/such.png"), "gone": Link("no")}, *left_out(f"2 links {LINKED}")),
}

SPLITS = {
    "train and test": Case(
        {"train/a/0.png": 10, "train/b/1.png": 20, "test/a/2.png": 30, "test/b/3.png": 40}, Read({"a": [10], "b": [20]})
    ),
    "in capitals": Case(
        {"TRAIN/a/0.png": 10, "Train2/x.txt": b"", "TRAIN/b/1.png": 20, "Test/a/2.png": 3}, Read({"a": [10], "b": [20]})
    ),
    "the other one": Case(
        {"Train/a/0.png": 1, "Train/b/1.png": 2, "TEST/a/2.png": 30, "TEST/b/3.png": 40},
        Read({"a": [30], "b": [40]}),
        {"split": "test"},
    ),
    "one of its own name": Case(
        {"fold1/a/0.png": 10, "fold1/b/1.png": 20, "fold2/a/2.png": 3, "fold2/b/2.png": 3},
        Read({"a": [10], "b": [20]}, left_out("2 pictures beside the class folders")),
        {"split": "fold1"},
    ),
    "not there": Case({"training/a/0.png": 1, "val/b/1.png": 2}, "no split 'train'; it has training, val"),
    "none": Case(PETS, "no split 'test'; it has none, so it is all train", {"split": "test"}),
    "twice": Case({"train/a/0.png": 1, "Train/b/1.png": 2}, "'Train' and 'train' differ in capitals only"),
    "what lies beside them": Case(
        {"train/a/0.png": 10, "train/b/1.png": 20, "test/a/x.png": 1, "3.png": 3, "new/a/4.png": 4, "new/5.cr2": b""},
        Read({"a": [10], "b": [20]}, left_out("1 file (.cr2), 2 pictures beside the class folders")),
    ),
    "several sets": Case(
        {f"{x}/{y}/0.png": 1 for x in ("pets", "cars") for y in "ab"}, "several data sets (cars, pets)"
    ),
    "one of several sets": Case(
        {f"{x}/{y}/0.png": ord(y) for x in ("pets", "cars") for y in "ab"},
        Read({"a": [97], "b": [98]}),
        {"config": "cars"},
    ),
    "no such set": Case(PETS, "no configuration 'cars'; it has none", {"config": "cars"}),
}

STRAY = {
    folder: pets({f"{folder}/9.png": 9}, *HIDDEN)
    for folder in (
        ".AppleDouble",
        "cat/@eaDir",
        "__MACOSX",
        "$RECYCLE.BIN",
        "lost+found",
        "cat/.ipynb_checkpoints",
        "System Volume Information",
        "dog/#recycle",
        "#snapshot",
    )
}

STRAY |= {
    "files of systems": pets(
        {"cat/._0.png": b"x", "Thumbs.db": b"", "dog/.DS_Store": b"", "desktop.ini": b""}, *HIDDEN
    ),
    "raw photos": pets({"cat/2.CR2": b"", "cat/3.cr2": b""}, *left_out("2 files (.cr2)")),
    "films and drawings": pets(
        {"a.mov": b"", "cat/b.svg": b"", "c": b""}, *left_out("3 files (.mov 1, .svg 1, no ending 1)")
    ),
    "two lines in an ending": pets({"cat/x.a\nb": b""}, *left_out("1 file (.a\ufffdb)")),
    "an archive": pets({"cat/more.zip": b""}, *left_out("1 file (.zip)")),
    "loose": pets({"3.png": 3}, *left_out("1 picture beside the class folders")),
    "notes": pets({"README.md": b"# Pets", "cat/0.txt": b"", "LICENSE": b"", "dog/boxes.xml": b"", "x.yaml": b""}),
    "deep": Case({"cat/a/b/c/0.png": 10, "cat/1.png": 11, "dog/x y/2.png": 20}, Read(PETS_READ)),
}


def zipped(files: Files, name: str = "x.zip") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        lay(folder / "in", files)
        kind = {"zip": "zip", "tar": "tar", "tgz": "gztar"}[name.rsplit(".", 1)[1]]
        made = Path(shutil.make_archive(str(folder / "made"), kind, folder / "in"))
        shutil.rmtree(folder / "in")
        return made.rename(folder / name)

    return make


def written(folder: Path, names: dict[str, int], flag: int | None = None) -> Path:
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        for name, level in names.items():
            archive.writestr(name, encoded(grey_of(level)))
    return folder / "x.zip"


INSIDE: Files = {f"photos/{name}": content for name, content in PETS.items()}

ARCHIVES = {
    "zip": Case(zipped(PETS), Read(PETS_READ)),
    "zip in capitals": Case(zipped(PETS, "X.zip"), Read(PETS_READ)),
    "tar": Case(zipped(PETS, "x.tar"), Read(PETS_READ)),
    "tgz": Case(zipped(PETS, "x.tgz"), Read(PETS_READ)),
    "a folder and a note in it": Case(zipped(INSIDE | {"README.txt": b""}), Read(PETS_READ)),
    "an archive in it": Case(zipped({"more.zip": b""}), "no pictures in subfolders"),
    "a folder in it": Case(zipped(INSIDE), Read(PETS_READ)),
    "of macOS": Case(
        zipped(INSIDE | {"__MACOSX/photos/._0.png": b"x", "photos/cat/.DS_Store": b"x"}), Read(PETS_READ, HIDDEN)
    ),
    "links in it": Case(
        zipped(PETS | {"cat/l.png": Link("0.png")}, "x.tar"), Read(PETS_READ, left_out("1 link in the archive"))
    ),
    "an empty class": Case(zipped(PETS | {"eel/x.txt": b""}), "class 'eel' is empty"),
    "names of Windows": Case(
        lambda folder: written(folder, {"a\\0.png": 1, "b\\1.png": 2}), Read({"a": [1], "b": [2]})
    ),
    "splits": Case(
        zipped({"d/train/a/0.png": 10, "d/train/b/1.png": 20, "d/test/a/2.png": 3}), Read({"a": [10], "b": [20]})
    ),
    "labels beside": Case(
        zipped({f"d/{name}": level for name, level in LOOSE.items()} | {"d/metadata.csv": GOOD}), Read(PETS_READ)
    ),
    "a broken picture": Case(zipped(INSIDE | {"photos/cat/x.png": b""}), "picture cat/x.png cannot be read ("),
    "nothing in it": Case(zipped({"notes.txt": b""}), "no pictures in subfolders"),
    "no archive": Case(lambda folder: put(folder, {"x.zip": b"none"}) / "x.zip", "x.zip cannot be unpacked"),
    "one that leads out": Case(lambda folder: written(folder, {"../a/0.png": 1}), "leads out of it"),
    "one alone in a folder": Case(lambda folder: zipped(PETS)(folder).parent, Read(PETS_READ)),
    "of another kind": Case(
        lambda folder: put(folder, {"x.rar": b""}) / "x.rar", "is a file; give the folder that holds"
    ),
    "a picture": Case(lambda folder: put(folder, {"x.png": 1}) / "x.png", "is a file; give the folder that holds"),
}
