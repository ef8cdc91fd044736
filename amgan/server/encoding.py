"""Pictures as files, made beside the event loop where that would hold others up."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from amgan.sampling.archive import write_npz
from amgan.sampling.marking import MADE_UP, made_up
from amgan.sampling.media import encode_png, grid
from amgan.sampling.picture_row import KnownPicture, picture_row
from amgan.sampling.sampler import Sample
from amgan.server.model_room import OpenModel

THREADS = 2
SMALL_BYTES = 16_384


class Encoders:
    """A few threads that encode."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="encoding")

    async def run(self, encode: Callable[[], bytes], at_once: bool = False) -> bytes:
        """What `encode` gives.

        Args:
            encode: Makes a file; in another thread, unless
            at_once: it takes so little time that nobody notices; see `is_small`.
        """
        if at_once:
            return encode()
        return await asyncio.get_running_loop().run_in_executor(self._pool, encode)

    def close(self) -> None:
        """Let the threads end; what waits for them is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def is_small(pictures: np.ndarray) -> bool:
    """Whether to encode them as PNG takes less than to hand them to a thread: one picture of few bytes does."""
    return len(pictures) == 1 and pictures.nbytes <= SMALL_BYTES


def sheet_png(pictures: np.ndarray, samples: Sequence[Sample], opened: OpenModel) -> bytes:
    """All pictures, uint8 (N, H, W, C), as one sheet, about as wide as high; one alone is itself, with its name."""
    if len(pictures) == 1:
        names = (opened.model.class_names, opened.name, opened.model.revision)
        return encode_png(pictures[0], made_up(picture_row("", samples[0], *names)))
    return encode_png(grid(pictures, columns=math.isqrt(len(pictures) - 1) + 1), MADE_UP)


def arrays_npz(pictures: np.ndarray, samples: Sequence[Sample], opened: OpenModel) -> bytes:
    """Pictures and all that is known of them as arrays, not compressed."""
    out, model = io.BytesIO(), opened.model
    write_npz(out, pictures, samples, model.class_names, opened.name, model.revision)
    return out.getvalue()


def named_json(pictures: np.ndarray, samples: Sequence[Sample], opened: OpenModel) -> bytes:
    """Each picture as a PNG file in base64 beside its name, as `amgan.server.schemas.ImagesAnswer` says."""
    model = {"model": opened.name, "revision": opened.model.revision}
    known = [KnownPicture.of(sample, opened.model.class_names).model_dump() for sample in samples]
    images = [
        {**row, "png": base64.b64encode(encode_png(picture, made_up({**row, **model}))).decode()}
        for picture, row in zip(pictures, known, strict=True)
    ]
    content = {**model, "images": images}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
