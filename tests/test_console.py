"""What commands say of pictures."""

from __future__ import annotations

import pytest

from amgan.console import pictures_named


@pytest.mark.parametrize(
    ("count", "classes", "seeds", "said"),
    [
        (1, ["apple"], [7], "1 picture of apple, seed 7"),
        (4, ["apple", "milk"], [7, 8], "4 pictures of apple, milk, seeds 7 to 8"),
        (
            9,
            list("abcdefgh"),
            ["7~12-1", "7~12-2"],
            "9 pictures of a, b, c, d, e, f and 2 more, seeds 7~12-1 to 7~12-2",
        ),
    ],
)
def test_pictures_are_named_by_their_parts(count, classes, seeds, said):
    assert pictures_named(count, classes, seeds, "0123456789ab") == f"{said}, revision 01234567"
