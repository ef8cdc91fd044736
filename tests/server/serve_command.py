"""``python -m amgan serve`` as a process that can be stopped and started again at the same address."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.ports import free_port
from tests.server.running import wait_until

SECONDS_TO_START, SECONDS_TO_STOP = 240, 60
"""A process that hangs is ended then; a busy machine may need some of it."""


class ServeCommand:
    """The command with its flags, and the process while it runs; what it prints goes to a log beside its jobs."""

    def __init__(self, weights: Path, jobs: Path, *flags: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = jobs.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None
        self._command = [
            sys.executable, "-m", "amgan", "serve", "--weights", str(weights), "--jobs", str(jobs),
            "--reviews", str(jobs.with_suffix(".sqlite")), "--port", str(self.port), *flags,
        ]  # fmt: skip

    def start(self) -> None:
        """Until it listens."""
        environment = os.environ | {
            "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "GRADIO_TEMP_DIR": str(self.log.with_suffix(".gradio")),
        }  # fmt: skip
        said = f"Serving at {self.url} "
        begun = self.printed().count(said)
        with self.log.open("a") as output:
            self.process = subprocess.Popen(self._command, env=environment, stdout=output, stderr=subprocess.STDOUT)

        def is_listening() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.printed()
            return self.printed().count(said) > begun

        wait_until(is_listening, SECONDS_TO_START)

    def stop(self) -> None:
        """SIGTERM; the process must end in time, and in good order."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(SECONDS_TO_STOP) == 0

    def kill(self) -> None:
        """At once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def printed(self) -> str:
        """All that it has said so far."""
        return self.log.read_text() if self.log.exists() else ""
