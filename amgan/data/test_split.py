"""The pictures that no training saw, or a sentence that says how to go without them."""

from __future__ import annotations

from collections.abc import Callable

from amgan.data.labelled_images import LabelledImages
from amgan.errors import DataError


def load_test_split(load: Callable[[str], LabelledImages], split: str) -> LabelledImages:
    """Load the split of a data set that real pictures are scored from.

    Args:
        load: Loads the split of a name.
        split: Its name.

    Raises:
        DataError: it cannot be used; the message names the flag that does without it.
    """
    try:
        return load(split)
    except DataError as error:
        raise DataError(f"{error}; name another with --test-split, or none with --test-split ''") from error
