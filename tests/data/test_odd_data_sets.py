"""Two hundred and more odd data sets: each is read as a careful person expects, and says so, or is refused in one line.

A picture of one grey stands for a photo: its level tells it from the others wherever it turns up.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from amgan.data.labelled_images import load_labelled_images
from amgan.data.picture_files import is_picture
from amgan.networks.objectives import UNLABELLED
from tests.data.data_sets import refusal
from tests.data.odd_case import Case, Link, lay
from tests.data.odd_folders import ARCHIVES, LINKS, NAMES, SPLITS, STRAY
from tests.data.odd_labels import SIDECARS, TABLES
from tests.data.odd_pictures import BROKEN, PICTURES, SIZES, TURNED

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


COUNTED = re.compile(r"(?:Skipped   |Left out  |, )(\d+) (?:broken |unlabelled )?(?:picture|file|link)")
"""What a summary says of pictures that are not read."""


def laid(case: Case) -> list[str]:
    """The pictures and links that somebody put into a set, but for what is not asked for."""
    other = "train" if case.options.get("split") == "test" else "test"
    return [
        name
        for name, content in case.files.items()
        if (isinstance(content, Link) or is_picture(Path(name)))
        and name.split("/")[0].lower() != other
        and name.startswith(case.options.get("config", ""))
    ]


def test_there_are_a_hundred_of_them():
    assert len(CASES) >= 100


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
    if isinstance(case.files, dict):
        assert len(wanted) + sum(map(int, COUNTED.findall(data.summary()))) >= len(laid(case))
    assert all(line.isprintable() for line in data.summary().splitlines())
