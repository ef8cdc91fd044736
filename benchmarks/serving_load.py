"""A load of callers on keep-alive sockets, cheap enough that the server is what is measured.

Each caller sends its next call when the last one is answered. As a process of its own, so that it can be put on
another core than the server: ``python -m benchmarks.serving_load < plan.json``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

CALL_SECONDS = 30


@dataclass(frozen=True)
class Plan:
    """What to send.

    Attributes:
        port: Of the server on 127.0.0.1.
        callers: How many callers at once.
        seconds: How long.
        method: GET or POST.
        path: Path of a call; `{i}` in it becomes another number for each call.
        body: JSON text of a POST, with `{i}` likewise, and `{c}` for the number of the caller.
        follow: If not empty: the answer's "event_id" is put to the end of this path, which is then read to its end
            (Gradio's calls).
    """

    port: int
    callers: int
    seconds: float
    method: str = "GET"
    path: str = "/"
    body: str = ""
    follow: str = ""


@dataclass
class Outcome:
    """What came back.

    Attributes:
        calls: Answered with 200.
        errors: Other answers and broken connections.
        seconds: How long it took.
        latencies: Seconds of each good call.
    """

    calls: int = 0
    errors: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """Calls a second, the median and the 99th percentile in milliseconds, and errors."""
        times = np.array(self.latencies or [float("nan")]) * 1e3
        return {
            "rate": self.calls / self.seconds,
            "p50": float(np.median(times)),
            "p99": float(np.percentile(times, 99)),
            "errors": self.errors,
        }


async def run(plan: Plan) -> Outcome:
    """Send the load."""
    outcome = Outcome()
    numbers = iter(range(10**9))
    started = time.perf_counter()
    until = started + plan.seconds
    await asyncio.gather(*(_caller(plan, c, outcome, numbers, until) for c in range(plan.callers)))
    outcome.seconds = time.perf_counter() - started
    return outcome


async def _caller(plan: Plan, caller: int, outcome: Outcome, numbers: Iterator[int], until: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port, limit=2**24)
    own_body = plan.body.replace("{c}", str(caller))
    while (sent := time.perf_counter()) < until:
        number = str(next(numbers))
        call = _call(reader, writer, plan, plan.path.replace("{i}", number), own_body.replace("{i}", number))
        try:
            status = await asyncio.wait_for(call, CALL_SECONDS)
        except (OSError, EOFError, TimeoutError):
            outcome.errors += 1
            break
        if status == 200:
            outcome.calls += 1
            outcome.latencies.append(time.perf_counter() - sent)
        else:
            outcome.errors += 1
    writer.close()


async def _call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, plan: Plan, path: str, body: str) -> int:
    writer.write(_request(plan.method, path, body))
    status, content = await _answer(reader)
    if status == 200 and plan.follow:
        writer.write(_request("GET", plan.follow + json.loads(content)["event_id"], ""))
        status, content = await _answer(reader)
        return status if b"event: complete" in content else 500
    return status


def _request(method: str, path: str, body: str) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if method == "POST":
        head += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    return (head + "\r\n" + body).encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        parts = []
        while size := int(await reader.readuntil(b"\r\n"), 16):
            parts.append((await reader.readexactly(size + 2))[:-2])
        await reader.readexactly(2)
        return status, b"".join(parts)
    start = lower.index(b"content-length:") + 15
    return status, await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))


if __name__ == "__main__":
    try:
        import uvloop

        loop = uvloop.run
    except ImportError:
        loop = asyncio.run
    print(json.dumps(loop(run(Plan(**json.load(sys.stdin)))).summary()))
