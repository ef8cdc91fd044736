"""A hundred and more odd data sets: each is read as a careful person expects, and says so, or is refused in one line.

A picture of one grey stands for a photo: its level tells it from the others wherever it turns up.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from amgan.data.labelled_images import load_labelled_images
from amgan.networks.objectives import UNLABELLED
from tests.data.data_sets import grey_of, put, put_table, refusal
from tests.data.icc import ADOBE_RGB, DISPLAY_P3, grey_profile, press_profile, rgb_profile, stored_in

Level = int | tuple[int, int, int]


class Link(str):
    """What a link leads to."""


Content = int | bytes | Image.Image | Link
Files = dict[str, Content]


@dataclass(frozen=True)
class Read:
    """What is read of a set.

    Attributes:
        classes: The levels of each class's pictures, the classes in their order.
        lines: What the summary says besides where from, classes and sizes.
        done: How the pictures were brought to their size.
        unlabelled: The levels of pictures without a class.
        at: Where in a picture the level is looked at.
        tolerance: By how much it may be off.
    """

    classes: dict[str, list[Level]]
    lines: tuple[str, ...] = ()
    done: str = "as they are"
    unlabelled: list[Level] = field(default_factory=list)
    at: tuple[int, int] = (16, 16)
    tolerance: int = 0


@dataclass(frozen=True)
class Case:
    """A data set and what is to come of it: what is read, or words of the refusal."""

    files: Files | Callable[[Path], Any]
    expected: Read | str
    options: dict[str, Any] = field(default_factory=dict)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def lay(root: Path, files: Files) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_bytes(encoded(grey_of(content) if isinstance(content, int) else content))


def left_out(words: str) -> tuple[str, ...]:
    return (f"Left out  {words}",)


PETS: Files = {"cat/0.png": 10, "cat/1.png": 11, "dog/2.png": 20}
PETS_READ = {"cat": [10, 11], "dog": [20]}


def pets(more: Files, *lines: str) -> Case:
    """Two classes and something more, which is left out with these words."""
    return Case(PETS | more, Read(PETS_READ, lines))


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

LOOSE: Files = {"0.png": 10, "1.png": 11, "2.png": 20}
ROWS = [("0.png", "cat"), ("1.png", "cat"), ("2.png", "dog")]


def csv(head: str, rows: Iterable[tuple[object, ...]] = ROWS, separator: str = ",", end: str = "\n") -> bytes:
    return end.join([head, *(separator.join(map(str, row)) for row in rows), ""]).encode()


def parquet(columns: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def beside(name: str, content: bytes, expected: Read | str | None = None, **options: Any) -> Case:
    return Case(LOOSE | {name: content}, Read(PETS_READ) if expected is None else expected, options)


FILE, KIND = zip(*ROWS)
GOOD = csv("file_name,label")
SIDECARS = {
    "metadata.csv": beside("metadata.csv", GOOD),
    "labels.csv": beside("labels.csv", csv("filename,class")),
    "in capitals": beside("Labels.CSV", csv("File_Name,Label")),
    "of Excel": beside("labels.csv", b"\xef\xbb\xbf" + csv("file_name;label", separator=";", end="\r\n")),
    "of Excel as Unicode": beside("labels.csv", csv("file_name\tlabel", separator="\t").decode().encode("utf-16")),
    "quoted": beside("metadata.csv", csv('"file_name","label"', [(f'"{file}"', f'"{kind}"') for file, kind in ROWS])),
    "a comma in a class": beside(
        "metadata.csv",
        csv("file_name,label", [*ROWS[:2], ("2.png", '"dog, wet"')]),
        Read({"cat": [10, 11], "dog, wet": [20]}),
    ),
    "other columns": beside("metadata.csv", csv("id,file_name,label,note", [(7, *row, "x") for row in ROWS])),
    "metadata.jsonl": beside(
        "metadata.jsonl",
        b"".join(b'{"file_name": "%b", "label": "%b"}\n' % (file.encode(), kind.encode()) for file, kind in ROWS),
    ),
    "metadata.parquet": beside("metadata.parquet", parquet({"file_name": FILE, "label": KIND})),
    "dataset.json": beside("dataset.json", json.dumps({"labels": ROWS}).encode()),
    "numbers": beside(
        "dataset.json",
        json.dumps({"labels": [["0.png", 10], ["1.png", 10], ["2.png", 9]]}).encode(),
        Read({"9": [20], "10": [10, 11]}),
    ),
    "numbers of pandas": beside(
        "metadata.csv",
        csv("file_name,label", [("0.png", "1.0"), ("1.png", ""), ("2.png", 2.0)]),
        Read({"1": [10], "2": [20]}, unlabelled=[11]),
    ),
    "numbers as names": beside(
        "labels.csv",
        csv("file_name,label", [("0.png", "007"), ("1.png", "007"), ("2.png", "x")]),
        Read({"007": [10, 11], "x": [20]}),
    ),
    "spaces round everything": beside("labels.csv", csv("file_name , label", [(a, f" {b} ") for a, b in ROWS])),
    "capitals only": beside(
        "labels.csv",
        csv("file_name,label", [*ROWS[:1], ("1.png", "Cat"), ROWS[2]]),
        "'Cat' and 'cat' in column 'label' differ in capitals or spaces only",
        label_column="label",
    ),
    "no names of files": beside(
        "labels.csv", csv("picture,label"), "list them in a labels.csv with the columns file_name"
    ),
    "yes and no": beside(
        "metadata.jsonl",
        b"".join(
            b'{"file_name": "%b", "label": %b}\n' % row
            for row in ((b"0.png", b"true"), (b"1.png", b"true"), (b"2.png", b"false"))
        ),
        Read({"False": [20], "True": [10, 11]}),
    ),
    "without a class": beside(
        "metadata.csv",
        csv("file_name,label", [*ROWS[:1], ("1.png", ""), ROWS[2]]),
        Read({"cat": [10], "dog": [20]}, unlabelled=[11]),
    ),
    "pictures and rows that do not fit": beside(
        "metadata.csv",
        csv("file_name,label", [*ROWS[:1], ("gone.png", "cat"), ROWS[2]]),
        Read(
            {"cat": [10], "dog": [20]},
            left_out("1 picture without a row in metadata.csv, 1 row of metadata.csv without a picture"),
        ),
    ),
    "other spellings of a path": Case(
        {"Cafe\u0301/a b.png": 10, "x/1.png": 11, "x/2.png": 20}
        | {"metadata.csv": csv("file_name,label", zip(["Caf\u00e9/a b.png", "./x/1.png", "x\\2.png"], KIND))},
        Read(PETS_READ),
    ),
    "folders by month": Case(
        {"05/0.png": 10, "06/1.png": 11, "06/2.png": 20}
        | {"metadata.csv": csv("file_name,label", zip(["05/0.png", "06/1.png", "06/2.png"], KIND))},
        Read(PETS_READ),
    ),
    "in train": Case(
        {f"train/{name}": level for name, level in LOOSE.items()} | {"train/metadata.csv": GOOD, "test/9.png": 9},
        Read(PETS_READ),
    ),
    "a note": Case(PETS | {"metadata.csv": b"who,when\nme,now\n"}, Read(PETS_READ)),
    "an empty note": Case(PETS | {"labels.csv": b""}, Read(PETS_READ)),
    "settings of somebody": Case(PETS | {"dataset.json": b'{"labels": {"0": "cat"}}'}, Read(PETS_READ)),
    "two of them": Case(LOOSE | {"metadata.csv": GOOD, "labels.csv": GOOD}, "keep one of them"),
    "no class at all": beside("metadata.csv", csv("file_name", zip(FILE)), "no column but file_name"),
    "a row twice": beside("metadata.csv", csv("file_name,label", [*ROWS, ROWS[0]]), "it has two rows for 0.png"),
    "no row fits": beside(
        "metadata.csv", csv("file_name,label", [("x.png", "cat")]), "none of its 1 row names a picture"
    ),
    "a way out": beside("metadata.csv", csv("file_name,label", [("../secret.png", "cat")]), "leads out of the folder"),
    "too long a row": beside("metadata.csv", GOOD + b"3.png,eel,more\n", "metadata.csv cannot be read"),
    "an old code page": beside("metadata.csv", GOOD + b"3.png,caf\xe9\n", "is not in UTF-8"),
    "cut short": beside(
        "metadata.jsonl", b'{"file_name": "0.png", "label": "cat"}\n{"file', "metadata.jsonl cannot be read"
    ),
    "cut JSON": beside("dataset.json", b'{"labels": [["0.png", 0], ["1.p', "dataset.json cannot be read"),
    "captions": beside(
        "metadata.csv",
        csv("file_name,text", [(file, f"photo {file}") for file in FILE]),
        "so it looks like a caption, an id or a file name",
    ),
    "captions that are classes": beside(
        "metadata.csv",
        csv("file_name,text", [(file, file[0]) for file in FILE]),
        Read({"0": [10], "1": [11], "2": [20]}),
        label_column="text",
    ),
    "several classes of a picture": beside(
        "metadata.jsonl",
        b'{"file_name": "0.png", "label": ["cat", "pet"]}\n',
        "a picture of several classes is not supported",
    ),
}


def deep_rgb(colour: tuple[int, int, int]) -> bytes:
    """A PNG of 16 bits a channel, which Pillow reads and does not write."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    lines = (b"\0" + struct.pack(">3H", *colour) * 32) * 32
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 16, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def plain(mode: str, colour: Any, size: int = 32) -> Image.Image:
    return Image.new(mode, (size, size), colour)


def framed(mode: str, edge: Any, middle: Any, size: int = 32) -> Image.Image:
    image = plain(mode, edge, size)
    image.paste(middle, (8, 8, size - 8, size - 8))
    return image


def picture(content: bytes, level: Level, *lines: str, ending: str = "png", tolerance: int = 0, **more: Any) -> Case:
    """A set of two such pictures."""
    files: Files = {f"a/0.{ending}": content, f"b/1.{ending}": content}
    return Case(files, Read({"a": [level], "b": [level]}, lines, tolerance=tolerance, **more))


TEAL = (30, 150, 140)
INKS = press_profile({(0, 0, 0, 0): (255, 128, 128), (1, 0, 0, 0): (137, 128, 128)})
PALETTE = plain("P", 1)
PALETTE.putpalette([0, 0, 0, 10, 20, 30])
ON_WHITE = "Ground    2 pictures with transparency, on white"
RED = plain("RGB", (255, 0, 0))


def then_blue(kind: str, **options: Any) -> bytes:
    """A red picture with a blue one behind it in the same file."""
    return encoded(RED.copy(), kind, save_all=True, append_images=[plain("RGB", (0, 0, 255))], **options)


PICTURES = {
    "Display P3": picture(
        encoded(plain("RGB", stored_in(DISPLAY_P3, TEAL)), icc_profile=rgb_profile(DISPLAY_P3)), TEAL, tolerance=5
    ),
    "Adobe RGB": picture(
        encoded(plain("RGB", stored_in(ADOBE_RGB, TEAL)), icc_profile=rgb_profile(ADOBE_RGB)), TEAL, tolerance=3
    ),
    "linear grey": picture(encoded(plain("L", 55), icc_profile=grey_profile(1.0)), 128, tolerance=2),
    "a press": picture(
        encoded(plain("CMYK", (255, 0, 0, 0)), "JPEG", icc_profile=INKS), (128, 128, 128), ending="jpg", tolerance=4
    ),
    "inks without a profile": picture(
        encoded(plain("CMYK", (255, 0, 0, 0)), "JPEG"), (0, 255, 255), ending="jpg", tolerance=4
    ),
    "a broken profile": picture(encoded(plain("RGB", TEAL), icc_profile=b"no profile"), TEAL),
    "half a profile": picture(encoded(plain("RGB", TEAL), icc_profile=rgb_profile(DISPLAY_P3)[:99]), TEAL),
    "a profile of another kind": picture(encoded(plain("RGB", TEAL), icc_profile=grey_profile(1.0)), TEAL),
    "one bit": picture(encoded(plain("1", 1)), 255),
    "grey": picture(encoded(plain("L", 99)), 99),
    "16 bits": picture(encoded(Image.fromarray(np.full((32, 32), 257 * 77, np.uint16))), 77),
    "16 bits of a TIFF": picture(
        encoded(Image.fromarray(np.full((32, 32), 257 * 77, np.uint16)), "TIFF"), 77, ending="tif"
    ),
    "16 bits and colours": picture(deep_rgb((257 * 30, 257 * 150, 257 * 140)), TEAL),
    "16 bits of a camera": picture(b"P5 32 32 65535\n" + struct.pack(">H", 257 * 77) * 1024, 77, ending="pgm"),
    "32 bits": Case({"a/0.tif": encoded(plain("I", 9), "TIFF"), "b/1.png": 1}, "save it with 8 or 16 bits"),
    "palette": picture(encoded(PALETTE), (10, 20, 30)),
    "palette with nothing": picture(encoded(PALETTE, transparency=1), (255, 255, 255), ON_WHITE),
    "grey with a veil": picture(encoded(plain("LA", (100, 51))), 224, ON_WHITE),
    "a veil": picture(encoded(plain("RGBA", (200, 0, 100, 51))), (244, 204, 224), ON_WHITE),
    "opaque all over": picture(encoded(plain("RGBA", (200, 0, 100, 255))), (200, 0, 100)),
    "white on nothing": picture(
        encoded(framed("LA", (0, 0), (255, 255))),
        255,
        "Ground    2 pictures with transparency, on black, since 2 could "
        "hardly be seen on white; --background says another",
    ),
    "YCbCr": picture(encoded(plain("YCbCr", (128, 128, 128)), "JPEG"), (128, 128, 128), ending="jpg", tolerance=1),
    "Lab": picture(encoded(plain("LAB", (255, 128, 128)), "TIFF"), (255, 255, 255), ending="tiff", tolerance=5),
    "an animated GIF": picture(then_blue("GIF"), (255, 0, 0), ending="gif"),
    "an animated WebP": picture(then_blue("WEBP", lossless=True), (255, 0, 0), ending="webp"),
    "an animated PNG": picture(then_blue("PNG"), (255, 0, 0), ending="png"),
    "a phone's two in one": picture(then_blue("MPO"), (254, 0, 0), ending="jpg", tolerance=2),
    "pages": picture(then_blue("TIFF"), (255, 0, 0), ending="tif"),
    "an icon": picture(encoded(RED, "ICO", sizes=[(32, 32)]), (255, 0, 0), ending="ico"),
    "another name than its format": picture(encoded(RED, "BMP"), (255, 0, 0), ending="jpeg"),
    "capitals": picture(encoded(RED, "TGA"), (255, 0, 0), ending="TGA"),
    "one grey and one in colour": Case({"a/0.png": 99, "b/1.png": RED}, Read({"a": [(99,) * 3], "b": [(255, 0, 0)]})),
    "in colour, as grey": Case({"a/0.png": 99, "b/1.png": RED}, Read({"a": [99], "b": [76]}), {"channels": 1}),
    "grey, as in colour": Case(
        {"a/0.png": 99, "b/1.png": 9}, Read({"a": [(99,) * 3], "b": [(9,) * 3]}), {"channels": 3}
    ),
    "floating point": Case({"a/0.tif": encoded(plain("F", 0.5), "TIFF"), "b/1.png": 1}, "save it with 8 or 16 bits"),
}


def oddly_turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 9
    return exif


def turned(orientation: int) -> bytes:
    """White in its top left corner, as a camera stores it that was held so."""
    upright = np.zeros((32, 32), dtype=np.uint8)
    upright[:8, :16] = 255
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.T, 6: np.rot90(upright), 7: upright[::-1, ::-1].T, 8: np.rot90(upright, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(Image.fromarray(stored.copy()), exif=exif)


TURNED: dict[str, Case] = {"by no known way": picture(encoded(framed("L", 0, 255), exif=oddly_turned()), 255)}
TURNED |= {f"turned {way}": picture(turned(way), 255, at=(4, 12)) for way in range(1, 9)}


def huge_png() -> bytes:
    """Says that it has 40,000 x 40,000 pixels."""
    content = bytearray(encoded(plain("L", 0)))
    content[16:24] = struct.pack(">II", 40_000, 40_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


def huge_jpeg(side: int) -> bytes:
    content = encoded(plain("L", 0), "JPEG")
    return content.replace(struct.pack(">HH", 32, 32), struct.pack(">HH", side, side), 1)


BORDER, RESIZED = "with a black border", "centre square, resized"
SIZES = {
    "one pixel": picture(encoded(plain("L", 99, 1)), 99, done=RESIZED),
    "a strip": picture(
        encoded(Image.new("L", (2000, 10), 99)),
        99,
        "Shapes    2 pictures more than 3 times as long as wide, of which only "
        "the middle is kept: a/0.png (2000x10), b/1.png (2000x10)",
        done=RESIZED,
    ),
    "a photo": picture(encoded(Image.new("L", (300, 200), 99)), 99, done=RESIZED),
    **{
        f"{32 - side} too small, white": picture(encoded(plain("L", 255, side)), 255, done=RESIZED, at=(0, 0))
        for side in range(27, 32)
    },
    **{
        f"{32 - side} too small, black": picture(encoded(framed("L", 0, 99, side)), 99, done=BORDER)
        for side in range(28, 32)
    },
    "5 too small, black": picture(encoded(framed("L", 0, 99, 27)), 99, done=RESIZED),
    "one of them too small": Case(
        {"a/0.png": plain("L", 99, 30), "b/1.png": 98}, Read({"a": [99], "b": [98]}, (), RESIZED, at=(0, 0))
    ),
    "20 megapixels": picture(
        encoded(Image.new("L", (5000, 4000), 90), "JPEG"), 90, ending="jpg", tolerance=1, done=RESIZED
    ),
    "too many": Case(PETS | {"cat/x.png": huge_png()}, "x.png cannot be read (it has too many pixels to read; save it"),
    "too many for a JPEG": Case(PETS | {"cat/x.jpg": huge_jpeg(60_000)}, "too many pixels to read; save it smaller)"),
}

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8))
BROKEN = {
    f"{name}{', skipped' if skip else ''}": Case(
        PETS | {f"cat/{file}": content},
        Read(PETS_READ, ("Skipped   1 broken picture",)) if skip else f"picture cat/{file} cannot be read ({why}",
        {"skip_broken": skip},
    )
    for skip in (False, True)
    for name, file, content, why in [
        ("empty", "x.png", b"", "the file is empty"),
        ("text", "x.jpg", b"<html>Not found</html>", "no picture, a damaged one, or"),
        ("cut", "x.png", encoded(RED)[:50], "damaged or cut short: "),
        ("half a JPEG", "x.jpg", encoded(NOISE, "JPEG")[:2000], "damaged or cut short: "),
        ("half a GIF", "x.gif", encoded(NOISE, "GIF")[:500], "no picture, a damaged one, or"),
        ("a page of Git LFS", "x.webp", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "no picture"),
    ]
}
BROKEN |= {
    "several": Case(PETS | {"cat/x.png": b"", "dog/y.png": b"x"}, "2 of 5 pictures cannot be read: cat/x.png ("),
    "two lines in its name": Case(PETS | {"cat/a\nb\x1b.png": b""}, "picture cat/a\ufffdb\ufffd.png cannot be read ("),
    "all": Case({"a/0.png": b"x", "b/1.png": b"x"}, "none of its 2 pictures can be read", {"skip_broken": True}),
    "a whole class": Case({"a/0.png": 0, "b/1.png": b"x"}, "class 'b' is empty", {"skip_broken": True}),
    "a folder called so": pets({"cat/x.png/3.txt": b""}),
    "letters of another code": Case(
        PETS | {os.fsdecode(b"cat/caf\xe9.png"): 1}, r"the name 'caf\udce9.png' is not in UTF-8"
    ),
}

HIDDEN = left_out("1 picture hidden or in helper folders")
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

IMAGE, TEXT, WHOLE, FLOAT = datasets.Image(), *(datasets.Value(kind) for kind in ("string", "int64", "float64"))
TWO = datasets.ClassLabel(names=["cat", "dog"])
CELLS = [{"bytes": encoded(grey_of(level)), "path": None} for level in (10, 11, 20)]


def table(expected: Read | str, kind: Any = None, values: Any = None, columns: Any = (), **options: Any) -> Case:
    def make(folder: Path) -> None:
        features = {"image": IMAGE, "label": kind, **{name: kind for name, kind, _ in columns}}
        values_of = {"image": CELLS, "label": values, **{name: cells for name, _, cells in columns}}
        given = [name for name, kind in features.items() if kind is not None]
        put_table(folder, {name: values_of[name] for name in given}, **{name: features[name] for name in given})

    return Case(make, expected, options)


TABLES = {
    "names": table(Read(PETS_READ), TWO, [0, 0, 1]),
    "words": table(Read(PETS_READ), TEXT, ["cat", "cat", "dog"]),
    "numbers": table(Read({"9": [20], "10": [10, 11]}), WHOLE, [10, 10, 9]),
    "numbers of pandas": table(Read({"1": [10], "2": [20]}, unlabelled=[11]), FLOAT, [1.0, None, 2.0]),
    "without a class": table(Read({"cat": [10], "dog": [20]}, unlabelled=[11]), TWO, [0, -1, 1]),
    "fractions": table("no label column", FLOAT, [0.5, 1.5, 2.5]),
    "no class": table("no label column; its columns are image"),
    "captions": table("it looks like a caption", TEXT, ["a cat", "my cat", "a dog"]),
    "lists": table("a picture of several classes is not supported", [TEXT], [["cat"], ["cat"], ["dog", "wet"]]),
    "two columns": table("(label, class)", TEXT, ["cat", "cat", "dog"], [("class", TEXT, ["x", "x", "y"])]),
    "one of two": table(
        Read(PETS_READ), TEXT, ["cat", "cat", "dog"], [("class", TEXT, list("xxy"))], label_column="label"
    ),
    "a column that is not there": table("no column 'kind'", TWO, [0, 0, 1], label_column="kind"),
    "one class": table("only one class ('cat')", TEXT, ["cat"] * 3),
    "a name without pictures": table("class 'dog' is empty", TWO, [0, 0, 0]),
    "accents of a Mac": table(Read({"Caf\u00e9": [10, 11], "dog": [20]}), TEXT, ["Cafe\u0301", "Caf\u00e9", "dog"]),
    "spaces round everything": table(Read(PETS_READ), TEXT, ["cat", " cat", "dog\n"]),
    "spaces alone": table(Read({"cat": [10], "dog": [20]}, unlabelled=[11]), TEXT, ["cat", " ", "dog"]),
    "capitals only": table("differ in capitals or spaces only", TEXT, ["cat", "Cat", "dog"], label_column="label"),
    "capitals only, with numbers": table(
        Read({"cat": [10, 11], "Cat": [20]}), datasets.ClassLabel(names=["cat", "Cat"]), [0, 0, 1]
    ),
    "a name that cannot be shown": table(r"no class can be called 'a\nb'", TEXT, ["a\nb", "a\nb", "dog"]),
    "of another program": Case(
        {"train.parquet": parquet({"image": [cell["bytes"] for cell in CELLS], "label": KIND})}, Read(PETS_READ)
    ),
    "no table": Case({"train.parquet": b"none"}, "arquet"),
}

GROUPS = {
    "names": NAMES,
    "links": LINKS,
    "splits": SPLITS,
    "labels beside": SIDECARS,
    "picture": PICTURES,
    "turned": TURNED,
    "sizes": SIZES,
    "broken": BROKEN,
    "stray": STRAY,
    "archives": ARCHIVES,
    "tables": TABLES,
}
CASES = {f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()}


def test_there_are_a_hundred_of_them():
    assert len(CASES) >= 100


@pytest.fixture(autouse=True)
def private_cache(tmp_path_factory, monkeypatch):
    """`datasets` keeps what it reads in a cache: not in the user's."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("name", CASES)
def test_an_odd_data_set_is_read_as_expected_or_refused_in_a_line(tmp_path, name):
    case, source = CASES[name], tmp_path / "set"
    lay(tmp_path, {"photo.png": 99, "elsewhere/0.png": 98})
    source.mkdir()
    if callable(case.files):
        source = case.files(source) or source
    else:
        lay(source, case.files)
    if isinstance(case.expected, str):
        message = refusal(source, **case.options)
        assert case.expected in message
        assert message.isprintable()
        return
    expected = case.expected
    data = load_labelled_images(str(source), 32, **case.options)
    assert data.class_names == tuple(expected.classes)
    wanted = [(UNLABELLED, level) for level in expected.unlabelled]
    wanted += [(label, level) for label, levels in enumerate(expected.classes.values()) for level in levels]
    (row, column), grey = expected.at, isinstance(wanted[-1][1], int)
    assert data.images.shape == (len(wanted), 1 if grey else 3, 32, 32)
    found = sorted(zip(data.labels.tolist(), data.images[:, :, row, column].tolist()))
    assert [label for label, _ in found] == [label for label, _ in sorted(wanted)]
    for (_, pixel), (_, level) in zip(found, sorted(wanted)):
        np.testing.assert_allclose(pixel, level, atol=expected.tolerance)
    first, classes, sizes, *more = data.summary().splitlines()
    known = f" ({len(expected.unlabelled)} of them unlabelled)" if expected.unlabelled else ""
    assert first == f"Data      {source}: {len(wanted)} pictures{known}, {len(expected.classes)} classes"
    assert classes == "Classes   " + ", ".join(f"{name} {len(levels)}" for name, levels in expected.classes.items())
    assert sizes.endswith(f" -> 32x32 {'grey' if grey else 'RGB'}, {expected.done}")
    assert more == list(expected.lines)
    assert all(line.isprintable() for line in data.summary().splitlines())
