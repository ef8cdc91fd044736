"""A class's name as a folder: on every file system, never that of another class, and back."""

from __future__ import annotations

import os
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.data.class_folders import MOST_BYTES, class_folder, class_of_folder

PARTS = [".", " ", "%", "%2E", "/", "\\", "train", "CON", "nul", ".txt", "\u00e9", "e\u0301", "\u732b", "a", "A", "\t"]
names = st.text(min_size=1, max_size=250) | st.lists(st.sampled_from(PARTS), min_size=1, max_size=80).map("".join)


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@given(names)
def test_a_folder_is_safe_everywhere_and_leads_back_to_its_name(name):
    folder = class_folder(name)
    assert folder == composed(folder) == class_folder(composed(name))
    assert 0 < len(folder.encode()) <= MOST_BYTES
    assert not re.search(r'[\x00-\x1f"*/:<>?\\|]', folder)
    assert not folder.startswith(".")
    assert not folder.endswith((".", " "))
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\s*(\..*)?", folder)
    assert os.path.basename(folder) == folder  # noqa: PTH119
    if "%~" not in folder:
        assert class_of_folder(folder) == composed(name)


@given(names, names)
def test_two_classes_have_two_folders(one, other):
    assert (class_folder(one) == class_folder(other)) == (composed(one) == composed(other))


def test_two_long_names_that_begin_alike_have_two_folders():
    one, other = "\u732b" * 100 + "a", "\u732b" * 100 + "b"
    assert class_folder(one) != class_folder(other)
    assert class_folder(one)[:30] == class_folder(other)[:30] == "\u732b" * 30


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("\u732b", "\u732b"), ("\u041a\u0440\u0443\u0436\u043a\u0430", "\u041a\u0440\u0443\u0436\u043a\u0430"),
        ("cafe\u0301", "caf\u00e9"), ("\u2615 mug", "\u2615 mug"), ("C", "C"), ("C++", "C++"), ("C#", "C#"),
        ("Ankle boot", "Ankle boot"), ("T-shirt/top", "T-shirt%2Ftop"), ("100%", "100%25"), (".NET", "%2ENET"),
        ("..", "%2E%2E"), ("etc. ", "etc%2E%20"), ("con", "%63on"), ("COM1.x", "%43OM1.x"), ("Train", "%54rain"),
        ("__MACOSX", "%5F_MACOSX"), ("a:b", "a%3Ab"), ("manifest.json", "%6Danifest.json"),
    ],
)  # fmt: skip
def test_what_is_escaped(name, folder):
    assert class_folder(name) == folder
    assert class_of_folder(folder) == composed(name)


@pytest.mark.parametrize("folder", ["50%20off", "100%25off%", "a%2fb", "%41pple", "%C3%A9", " mug ", "train"])
def test_a_folder_that_only_looks_escaped_is_left_as_it_is(folder):
    assert class_of_folder(folder) == folder
