"""Where reviews are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from amgan.reviews.store.place import default_path


@pytest.mark.parametrize(
    ("chosen", "data", "place"),
    [
        ("votes/mine.sqlite", "/data", "votes/mine.sqlite"),
        ("", "/data", "/data/amgan/reviews.sqlite"),
        (None, "/data", "/data/amgan/reviews.sqlite"),
        (None, "", "/home/eve/.local/share/amgan/reviews.sqlite"),
        (None, "relative", "/home/eve/.local/share/amgan/reviews.sqlite"),
        (None, None, "/home/eve/.local/share/amgan/reviews.sqlite"),
    ],
)
def test_the_variable_else_the_users_data_folder(monkeypatch, chosen, data, place):
    monkeypatch.setenv("HOME", "/home/eve")
    for name, value in (("AMGAN_REVIEWS", chosen), ("XDG_DATA_HOME", data)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert default_path() == Path(place)
