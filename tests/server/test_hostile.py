"""Requests that mean harm, beside a client that wants its pictures: it gets them, and nothing breaks.

Three times five hundred of them by default; ``pytest tests/server/test_hostile.py --hostile-requests 10000`` for more.
"""

from __future__ import annotations

import asyncio
import collections
import json
import random
import resource
import string
import sys
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np
import pytest

from amgan.model import AMGAN
from tests.models import saved
from tests.server.serve_command import ServeCommand
from tests.server.test_soak import decoded
from tests.ui.app_process import failures

SENDERS = 32
SEEDS = 200
MOST_GROWTH = 50 * 2**20
SECONDS = 60

FILE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
TEXTS = (
    "", "\0", "é" * 50, "../" * 30, "%00", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "=cmd|' /C calc'!A0",
    "\r\nX: y", "A" * 5000, "NaN", "1e999", "-0", "0x10", "\ud83d\ude00", "a" * 300 + ".png", "${jndi:ldap://x}",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, -1, 0, 1.5, 10**30, -(10**400), [], {}, [[]], [None] * 2000, {"a": {"b": {}}}, FILE, [FILE],
    *TEXTS,
)  # fmt: skip
PATHS = (
    "/", "/config", "/v1/models", "/v1/images", "/v1/interpolations", "/v1/jobs", "/v1/jobs/x", "/v1/jobs/x/result",
    "/v1/images/dynamic/x/1.png", "/share", "/share/preview.png", "/healthz", "/metrics", "/docs", "/openapi.json",
    "/review/x", "/review/x/pictures/1", "/review/x/votes", "/guess", "/guess/results", "/guess/rounds",
    "/guess/rounds/x/0.png", "/guess/rounds/x/guesses", "/gradio_api/queue/join", "/gradio_api/queue/data",
    "/gradio_api/cancel", "/gradio_api/run/predict", "/gradio_api/call/sample", "/gradio_api/call/v2/sample",
    "/gradio_api/call/sample/abc", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/upload",
    "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=%00", "/gradio_api/deep_link", "/gradio_api/component_server",
    "/gradio_api/stream/a", "/gradio_api/reset", "/gradio_api/vibe-code", "/gradio_api/process_recording",
    "/static/img/logo.svg", "/static/" + "1" * 4000, "/assets/x.js", "/theme.css", "/manifest.json", "/pwa_icon/9",
    "/monitoring", "/login", "//", "/..", "/%2e%2e/%2e%2e/etc/passwd", "/v1%2fmodels", "/v1/images/%ff", "*",
)  # fmt: skip
POSTED = (
    "/v1/images", "/v1/interpolations", "/v1/jobs", "/gradio_api/queue/join", "/gradio_api/run/predict",
    "/gradio_api/call/sample", "/gradio_api/call/v2/sample", "/review/x/votes", "/guess/rounds",
    "/guess/rounds/x/guesses",
)  # fmt: skip
METHODS = ("GET", "GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW")
FIELDS = (
    "model", "labels", "label", "seeds", "seed", "n", "truncation", "format", "confidence", "frames", "start", "end",
    "data", "fn_index", "session_hash", "event_data", "trigger_id", "event_id", "picture", "vote", "reviewer",
)  # fmt: skip
HEADERS = (
    ("Host", "evil.example"), ("Host", ""), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-For", "1, 2, 3, x"),
    ("X-Forwarded-Proto", "javascript"), ("Authorization", "Bearer " + "x" * 3000), ("Range", "bytes=0-0," * 500),
    ("Cookie", "a=" + "b" * 4000), ("Content-Length", "-1"), ("Content-Length", "9" * 30), ("Content-Length", "5, 6"),
    ("Transfer-Encoding", "chunked, identity"), ("Transfer-Encoding", "chunked"), ("Expect", "100-continue"),
    ("Expect", "nothing"), ("Upgrade", "websocket"), ("Connection", "Upgrade, close"), ("Accept-Encoding", "br;q=x"),
    ("If-None-Match", "*"), ("Origin", "null"), ("Content-Type", "multipart/form-data"), ("Content-Encoding", "gzip"),
    ("Content-Type", "application/json; charset=utf-16"), ("X" * 2000, "y"), ("X-A", "\x01\x02"), ("X-B", "ÿ"),
)  # fmt: skip
GARBAGE = (
    b"", b"\r\n" * 50, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET", b"GET / HTTP/9.9\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\0" * 1000, b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: localhost\r\n\r\nzz\r\n", b"A" * 200_000,
    b"GET /healthz HTTP/1.1\nHost: localhost\n\n", b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
)  # fmt: skip


def quoted(text: str, safe: str = "") -> str:
    return quote(text, safe, errors="surrogatepass")


def json_body(choice: random.Random, path: str, listeners: list[tuple[int, int]]) -> bytes:
    kind = choice.randrange(10)
    if kind == 0:
        return choice.choice((b"{", b"[" * 50_000, b'{"n": NaN}', b"\xff\xfe\x00", b'"', b"null", b"0" * 5000))
    if kind == 1 and choice.random() < 0.3:
        return b'{"data": "' + b"x" * choice.choice((300_000, 1_200_000)) + b'"}'
    if path.startswith("/gradio_api"):
        # Most are as many plain values as the listener takes, so that they reach its handler.
        number, count = choice.choice(listeners)
        values = VALUES if kind == 2 else (None, True, -1, 2.5, *TEXTS)
        data = [choice.choice(values) for _ in range(count if kind > 3 else choice.randint(0, 24))]
        session = f"session{choice.randrange(50)}"
        asked = {"data": data, "fn_index": number, "session_hash": session, "event_data": choice.choice(values)}
        if "/v2/" in path:
            asked = {name: choice.choice(values) for name in ("model", "label", "n", "seed", "truncation")}
    else:
        asked = {name: choice.choice(VALUES) for name in choice.sample(FIELDS, choice.randint(1, 5))}
        if kind > 4:
            # One field of a good request is wrong.
            asked = {"model": "dynamic", "n": 3, "seeds": [1, 2, 3], "format": "npz"}
            asked |= {choice.choice((*asked, "labels", "truncation")): choice.choice(VALUES)}
    return json.dumps(asked).encode()


def hostile_request(choice: random.Random, port: int, listeners: list[tuple[int, int]]) -> bytes:
    """One request, as bytes; listeners of the page by their number, and how many values each takes."""
    if choice.random() < 0.08:
        return choice.choice(GARBAGE)
    method, path = choice.choice(METHODS), choice.choice(POSTED if choice.random() < 0.4 else PATHS)
    if path in POSTED and choice.random() < 0.8:
        method = "POST"
    if choice.random() < 0.2:
        path += quoted(choice.choice(TEXTS)[:1500], choice.choice(("", "/%", string.punctuation)))
    if choice.random() < 0.3:
        pairs = ((choice.choice(FIELDS), quoted(str(choice.choice(VALUES))[:500])) for _ in range(choice.randint(1, 6)))
        path += "?" + "&".join(f"{name}={value}" for name, value in pairs)
    fields = [("Host", f"127.0.0.1:{port}")]
    body = b""
    if method in ("POST", "PUT", "PATCH"):
        body = json_body(choice, path, listeners)
        fields += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    fields += choice.sample(HEADERS, choice.choice((0, 0, 0, 0, 1, 2)))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"{method} {path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode() + body


async def status_of(port: int, request: bytes) -> str:
    """What a hostile request is answered with: a status, or that it was hung up on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(100_000), SECONDS)
        while answer.startswith(b"HTTP/1.1 100"):
            answer = answer.partition(b"\r\n\r\n")[2] or await asyncio.wait_for(reader.read(100_000), SECONDS)
        return answer[9:12].decode() if answer else "hung up on"
    except ConnectionError:
        return "hung up on"
    except TimeoutError:
        return "not answered"
    finally:
        writer.close()


async def attack(port: int, requests: int, truth: np.ndarray, revision: str) -> tuple[collections.Counter[str], int]:
    """Send them all; the statuses, and how many pictures were right beside them."""
    numbers = iter(range(requests))
    statuses: collections.Counter[str] = collections.Counter()
    unanswered: list[bytes] = []
    config = httpx.get(f"http://127.0.0.1:{port}/config", timeout=60).json()
    listeners = [(each["id"], len(each["inputs"])) for each in config["dependencies"] if each["backend_fn"]]
    done, right = False, 0

    async def send_hostile() -> None:
        for number in numbers:
            request = hostile_request(random.Random(number), port, listeners)
            status = await status_of(port, request)
            statuses[status] += 1
            if status in ("500", "not answered"):
                unanswered.append(request[:300])

    async def want_pictures() -> int:
        compared = 0
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            while not done:
                seed = compared % SEEDS
                answer = await client.get(f"/v1/images/dynamic/{revision}/{seed}.png")
                assert answer.status_code == 200, answer.text
                assert np.array_equal(decoded(answer.content), truth[seed])
                compared += 1
        return compared

    client = asyncio.ensure_future(want_pictures())
    await asyncio.gather(*(send_hostile() for _ in range(SENDERS)))
    done = True
    right = await client
    assert not unanswered, unanswered[:5]
    return statuses, right


def resident_bytes(server: ServeCommand) -> int:
    assert server.process is not None
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
@pytest.mark.timeout(1800)
def test_hostile_requests_harm_nobody(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    saved(tmp_path / "weights" / "dynamic", index_seeds=12)
    model = AMGAN.from_pretrained(tmp_path / "weights" / "dynamic")
    truth = model.sample(None, list(range(SEEDS)))
    count = request.config.getoption("--hostile-requests")
    server = ServeCommand(tmp_path / "weights", tmp_path / "jobs", "--client-seconds", "2")
    server.start()
    try:
        for _ in range(2):
            # What is kept of sessions and of answers that nobody fetched has a bound, which is reached meanwhile.
            asyncio.run(attack(server.port, count, truth, model.revision))
        before = resident_bytes(server)
        statuses, right = asyncio.run(attack(server.port, count, truth, model.revision))
        metrics = httpx.get(f"{server.url}/metrics", timeout=60).text
        grown = resident_bytes(server) - before
        server.stop()
    finally:
        server.kill()
    print(dict(statuses), f"{right} pictures compared, {grown / 2**20:.1f} MB more memory")
    assert right > 50
    assert statuses["200"] > 0
    assert failures(server.printed()) == []
    assert "amgan_errors_total 0.0" in metrics
    assert grown < MOST_GROWTH
