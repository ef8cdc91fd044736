"""metrics.jsonl of a run: every number that was logged, a line each time, which a resume continues without a seam."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from accelerate.tracking import GeneralTracker

from amgan.whole_files import write_whole

LOG_FILE = "metrics.jsonl"


class RunLog(GeneralTracker):
    """A tracker of Accelerate that appends what is logged to a file of lines; only the main process calls it."""

    name = "metrics"
    requires_logging_directory = False
    main_process_only = True

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    @property
    def tracker(self) -> Path:
        """The file, as Accelerate asks for it."""
        return self._file

    def log(self, values: dict[str, Any], step: int | None = None, **_: object) -> None:
        """Append one line: the step and the numbers."""
        with self._file.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps({"step": step, **values}) + "\n")


def forget_after(file: Path, step: int) -> None:
    """Drop the lines of later steps, which a run that goes on from `step` does again, and one that a kill cut off."""
    kept = [row for row in read_run_log(file) if row["step"] <= step]
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, "".join(json.dumps(row) + "\n" for row in kept).encode())


def read_run_log(file: Path) -> list[dict[str, Any]]:
    """The lines of a run's log, each with its "step"; none if there is no such file.

    A line that a kill cut off is left out.
    """
    rows = []
    if file.exists():
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and isinstance(row.get("step"), int):
                rows.append(row)
    return rows
