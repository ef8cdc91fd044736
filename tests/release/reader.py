"""A process of its own that opens release folders, one a line of its input, and says what came of it and at what cost.

The address space is bounded, so that a reader that asks for much memory fails instead of filling the machine.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from amgan import AMGAN
from amgan.errors import ReleaseError
from amgan.ui.about_tab import card_markdown, facts_html
from amgan.ui.words import ENGLISH

MEGABYTE = 1 << 20
SPARE_BYTES = 1 << 30
"""So much address space is left to the process once it is warm; mapped files count as well."""


def peak() -> int:
    """The most memory that this process ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def read(folder: str) -> dict[str, Any]:
    """What happens to who loads a model from the folder, draws a picture and reads of it on the page."""
    try:
        model = AMGAN.from_pretrained(folder)
        pictures = model.sample(seeds=[1])
        facts_html("a model", model, ENGLISH)
        card_markdown(Path(folder))
    except ReleaseError as error:
        return {"refused": str(error)}
    except BaseException as error:  # a panic of the safetensors library is no Exception
        return {"broken": f"{type(error).__name__}: {error}"[:2000]}
    return {"drawn": pictures.shape == (1, 32, 32, 1)}


def serve() -> None:
    """Warm up with a sound folder, the first line, then answer line by line."""
    warm = sys.stdin.readline().strip()
    assert read(warm) == {"drawn": True}
    if sys.platform == "linux":
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + SPARE_BYTES, resource.RLIM_INFINITY))
    baseline = peak()
    print(json.dumps({"baseline": baseline}), flush=True)
    for line in sys.stdin:
        outcome = read(line.strip())
        print(json.dumps(outcome | {"megabytes": (peak() - baseline) / MEGABYTE}), flush=True)


class Reader:
    """The tests' side; a process that is done for is replaced by the next call."""

    def __init__(self, sound: Path) -> None:
        self._sound = sound
        self._process: subprocess.Popen[str] | None = None

    def read(self, folder: Path) -> dict[str, Any]:
        """What came of a folder: "refused", "drawn" or "broken"; "megabytes" is the peak of all calls so far."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.release.reader"],
                cwd=Path(__file__).parents[2], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            assert "baseline" in self._ask(self._sound)
        return self._ask(folder)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.close()
            self._process.wait(240)
            self._process.stdout.close()
            self._process = None

    def _ask(self, folder: Path) -> dict[str, Any]:
        assert self._process
        assert self._process.stdin
        assert self._process.stdout
        print(folder, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            return {"broken": f"the process ended with {self._process.wait(240)}", "megabytes": 0.0}
        found: dict[str, Any] = json.loads(line)
        return found


if __name__ == "__main__":
    serve()
