"""Where a job's chunks come from: drawn here, or wherever else somebody makes the same bytes of the same numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeAlias

import numpy as np

from amgan.bulk.drawing import Draw, draw_chunk
from amgan.bulk.formats import FORMS
from amgan.bulk.names import PictureNames
from amgan.bulk.spec import JobSpec
from amgan.sampling.sampler import Sample

Drawn: TypeAlias = tuple[np.ndarray, list[Sample]]
Content: TypeAlias = Callable[[], bytes]
"""Gives the bytes of a chunk; called once, in a thread of its own, while the next chunk is being drawn."""
Chunks: TypeAlias = Generator[tuple[int, Content], None, None]


class ChunkSource(Protocol):
    """Makes chunks."""

    def chunks(self, numbers: Iterable[int]) -> Chunks:
        """The chunks of some numbers, each with its number, in any order; closed early, it stops what is under way."""


class ChunkMaker:
    """What a chunk of a job is made of, the same wherever it is made."""

    def __init__(self, spec: JobSpec, class_names: Sequence[str]) -> None:
        """Look the job's classes up.

        Raises:
            RequestError: the model has no such class.
        """
        self.spec = spec
        self.names = PictureNames(spec, class_names)
        self.form = FORMS[spec.format](class_names, spec.model, spec.revision)

    def draw(self, draw: Draw, number: int) -> Drawn:
        """Draw the pictures of a chunk.

        Raises:
            ClassSearchError: a dynamic model does not draw a class often enough.
        """
        return draw_chunk(draw, self.names.chunk(number), self.spec.truncation, self.spec.confidence)

    def encode(self, drawn: Drawn) -> bytes:
        """The bytes to keep of a chunk."""
        return self.form.encode(*drawn)


class DrawnHere:
    """Chunks that this process draws, one after the other or some at once, in order."""

    def __init__(self, maker: ChunkMaker, draw: Draw, abreast: int = 1) -> None:
        """Draw with `draw`, so many chunks at once in threads."""
        self._maker = maker
        self._draw = draw
        self._abreast = abreast

    def chunks(self, numbers: Iterable[int]) -> Chunks:
        """See `ChunkSource`."""
        if self._abreast == 1:
            for number in numbers:
                yield number, self._encoding(self._maker.draw(self._draw, number))
            return
        with ThreadPoolExecutor(self._abreast, "amgan-bulk-drawer") as drawers:
            coming: deque[tuple[int, Future[Drawn]]] = deque()
            try:
                for number in numbers:
                    coming.append((number, drawers.submit(self._maker.draw, self._draw, number)))
                    if len(coming) == self._abreast:
                        first, drawing = coming.popleft()
                        yield first, self._encoding(drawing.result())
                for number, drawing in coming:
                    yield number, self._encoding(drawing.result())
            finally:
                for _, drawing in coming:
                    drawing.cancel()

    def _encoding(self, drawn: Drawn) -> Content:
        return partial(self._maker.encode, drawn)
