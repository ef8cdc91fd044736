"""The bare sampler in a process of its own on the server's core: what no server can be faster than."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import torch

from amgan import AMGAN
from amgan.sampling.media import encode_png
from benchmarks.pinned import SERVER_CORE, on

SECONDS = 1.0


class RawSampler:
    """Context in which the sampler's speed can be asked for at any time."""

    def __init__(self, folder: Path) -> None:
        command = on(SERVER_CORE, [sys.executable, "-m", "benchmarks.serving_raw", str(folder)])
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def __enter__(self) -> RawSampler:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def rate(self, batch: int) -> float:
        """Pictures a second, `batch` at once."""
        return self._ask(str(batch))

    def png_rate(self) -> float:
        """Pictures encoded a second."""
        return self._ask("png")

    def _ask(self, question: str) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(question + "\n")
        return float(self._process.stdout.readline())


def answer(folder: str) -> None:
    """Answer the questions that come by standard input."""
    torch.set_num_threads(1)
    sampler = AMGAN.from_pretrained(folder).sampler
    for question in sys.stdin:
        count = 64 if question.strip() == "png" else int(question)
        pictures = sampler.sample(range(count), [None] * count)[0]
        times: list[float] = []
        while sum(times) < SECONDS:
            started = time.perf_counter()
            if question.strip() == "png":
                [encode_png(picture) for picture in pictures]
            else:
                sampler.sample(range(count), [None] * count)
            times.append(time.perf_counter() - started)
        print(count / statistics.median(times), flush=True)


if __name__ == "__main__":
    answer(sys.argv[1])
