"""Pictures of a data set as they are decoded: what they become at one size, and which cannot be read and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from amgan.data.decoding import Fit, Picture, decode_picture
from amgan.data.evening_out import Background, put_on_ground, undo_uneven_borders
from amgan.data.picture_files import is_unread_heic
from amgan.data.reasons import Reason, UnusableFileError
from amgan.errors import DataError, one_line, some_of

DECODE_CHUNK = 128
"""So many files are in memory at once."""

MOST_BROKEN = 100
"""So many pictures that cannot be read are named."""


@dataclass(frozen=True)
class BrokenPicture:
    """A picture that could not be decoded, and why."""

    name: str
    reason: Reason


def decoded_or_broken(name: str, file: bytes | Path, size: int) -> Picture | BrokenPicture:
    """A picture of a file, or why there is none; within `quiet_pillow` nothing else is said of it."""
    try:
        if not (content := file if isinstance(file, bytes) else file.read_bytes()):
            return BrokenPicture(name, Reason("empty"))
        return decode_picture(content, size)
    except UnidentifiedImageError:
        return BrokenPicture(name, Reason("no_heic" if is_unread_heic(name) else "no_picture"))
    except MemoryError:
        return BrokenPicture(name, Reason("no_memory"))
    except UnusableFileError as error:
        return BrokenPicture(name, Reason.of(error))
    except Exception as error:  # whatever a decoder makes of broken bytes
        kind = "unreadable" if getattr(error, "errno", None) else "damaged"
        return BrokenPicture(name, Reason(kind, {"sentence": f"{one_line(error):.300}"}))


class DecodedPictures:
    """The pictures of a set at one size, as they come, and which cannot be read.

    Attributes:
        rows: The row in the set of each that is kept.
        names: Its name.
        sizes: Its (width, height) as it was stored.
        broken: Those that cannot be read.
    """

    def __init__(self, count: int, channels: int | None, size: int) -> None:
        """Room for a set.

        Args:
            count: How many will come at most.
            channels: 1 or 3; None takes 1 as long as all are grey.
            size: Their side in pixels.
        """
        self.rows: list[int] = []
        self.names: list[str] = []
        self.sizes: list[tuple[int, int]] = []
        self.broken: list[BrokenPicture] = []
        self._takes_colour = channels is None
        self._images = np.empty((count, channels or 1, size, size), dtype=np.uint8)
        self._alphas: dict[int, np.ndarray] = {}
        self._bordered: dict[int, int] = {}
        self._was_cropped = False

    def add(self, row: int, name: str, picture: Picture | BrokenPicture) -> None:
        """Take the next one."""
        if isinstance(picture, BrokenPicture):
            self.broken.append(picture)
            return
        if self._takes_colour and len(picture.pixels) > self._images.shape[1]:
            self._images = np.repeat(self._images, len(picture.pixels), axis=1)  # the first one in colour
        number = len(self.rows)
        self._images[number] = _with_channels(picture.pixels, self._images.shape[1])
        if picture.alpha is not None:
            self._alphas[number] = picture.alpha
        if picture.fit == "pad":
            self._bordered[number] = picture.original[0]
        self._was_cropped |= picture.fit == "crop"
        self.rows.append(row)
        self.names.append(name)
        self.sizes.append(picture.original)

    def check(self, source: str, skip_broken: bool) -> None:
        """Refuse a set without pictures and, unless such are to be left out, one with broken ones.

        Raises:
            DataError: naming them, and why they cannot be read.
        """
        count = len(self.rows) + len(self.broken)
        if self.broken and not skip_broken:
            raise DataError(f"{source}: {_in_words(self.broken, count)}, or leave such pictures out with --skip-broken")
        if not self.rows:
            raise DataError(f"{source}: none of its {count} pictures can be read; check the column or the files")

    def evened_out(self, background: Background | None) -> tuple[np.ndarray, str, Fit]:
        """All in one array, those with a transparent background or a border like the others.

        Returns:
            uint8 (N, C, size, size); in words, what stands behind transparent ones, or ""; what was done to the sizes.
        """
        images = self._images[: len(self.rows)]
        ground = put_on_ground(images, self._alphas, background)
        is_cropped = self._was_cropped
        if self._bordered and not undo_uneven_borders(images, self._bordered):
            is_cropped = True
        return images, ground, "crop" if is_cropped else "pad" if self._bordered else "none"


def _in_words(broken: list[BrokenPicture], count: int) -> str:
    if len(broken) == 1:
        return f"picture {broken[0].name} cannot be read ({broken[0].reason}); mend or remove it"
    names = some_of([f"{picture.name} ({picture.reason})" for picture in broken], MOST_BROKEN, english=True)
    return f"{len(broken)} of {count} pictures cannot be read: {names}; mend or remove them"


def _with_channels(picture: np.ndarray, channels: int) -> np.ndarray:
    if len(picture) == channels:
        return picture
    if channels == 3:
        return np.repeat(picture, 3, axis=0)
    grey = Image.fromarray(picture.transpose(1, 2, 0)).convert("L")
    return np.asarray(grey, dtype=np.uint8)[None]
