"""The tests' side of the client process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.models import message

ROOT = Path(__file__).parents[2]


def client_environment(endpoint: str, home: Path, xet: bool = False) -> dict[str, str]:
    """The settings of a process whose Hub is `endpoint`; the client reads them when it is imported."""
    ours = {
        "HF_ENDPOINT": endpoint,
        "HF_HUB_DISABLE_XET": str(int(not xet)),
        "HF_HOME": str(home),
        "OMP_NUM_THREADS": "1",
    }
    dropped = {"HF_HUB_OFFLINE", "HF_TOKEN", "HF_HUB_CACHE", "HF_TOKEN_PATH", "HTTP_PROXY", "http_proxy", "ALL_PROXY"}
    return {name: value for name, value in os.environ.items() if name not in dropped} | ours


class HubClient:
    """Calls `push_release`, `fetch_release` and `AMGAN.from_pretrained` in a process that talks to a test's Hub."""

    def __init__(self, endpoint: str, home: Path, xet: bool = False) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.stderr = home / "stderr.txt"
        with self.stderr.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.hub.client_process"],
                cwd=ROOT, env=client_environment(endpoint, home, xet), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
            )  # fmt: skip

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(240)

    def call(self, call: str, seconds: float = 30, **options: Any) -> Any:
        """The result of a call that must succeed.

        Args:
            call: Name of the function in the client process.
            seconds: How long the client waits for an answer of the Hub.
            options: Of the function called.
        """
        outcome = self._outcome(call, seconds, options)
        assert "result" in outcome, outcome["traceback"]
        return outcome["result"]

    def error(self, kind: str, call: str, seconds: float = 30, **options: Any) -> str:
        """The one line of a call that must fail with an error of this name."""
        outcome = self._outcome(call, seconds, options)
        assert outcome.get("error") == kind, outcome
        token = options.get("token")
        assert not token or token.strip() not in outcome["traceback"]
        return message(ValueError(outcome["message"]))

    def _outcome(self, call: str, seconds: float, options: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps({"call": call, "seconds": seconds, "options": options}, default=str),
              file=self._process.stdin, flush=True)  # fmt: skip
        line = self._process.stdout.readline()
        assert line, self.stderr.read_text()
        found: dict[str, Any] = json.loads(line)
        return found
