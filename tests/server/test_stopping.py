"""A server in a process of its own stops in good order: what runs is answered, and nothing keeps it for long."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest

from amgan.engine.shelf import Shelf
from amgan.errors import ConfigError
from amgan.server.run import serve
from amgan.server.settings import ServerConfig
from tests.server.running import wait_until


@pytest.fixture
def server(weights, tmp_path, request):
    """The process of `python -m amgan serve`, its address and its log."""
    command = [sys.executable, "-m", "amgan", "serve", "--weights", str(weights), "--port", "0"]
    command += getattr(request, "param", ["--drain-seconds", "2", "--api-only"])
    environment = os.environ | {"OMP_NUM_THREADS": "1", "XDG_CACHE_HOME": str(tmp_path)}
    environment["AMGAN_REVIEWS"] = str(tmp_path / "reviews.sqlite")
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(
            [*command, "--max-pictures", "20000"], stdout=log, stderr=subprocess.STDOUT, env=environment
        )
        try:
            found = []

            def is_listening():
                found[:] = re.findall(r"http://127\.0\.0\.1:\d+", (tmp_path / "log").read_text())
                assert process.poll() is None, (tmp_path / "log").read_text()
                return found

            wait_until(is_listening, 90)
            wait_until(lambda: httpx.get(f"{found[0]}/healthz").is_success)
            yield process, found[0], tmp_path / "log"
        finally:
            process.kill()
            process.wait()
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("server", [["--drain-seconds", "15"]], indirect=True)
def test_what_runs_is_answered_and_what_is_new_is_not(server):
    process, url, log = server
    answers = []
    asked = {"n": 800, "format": "npz"}
    thread = threading.Thread(target=lambda: answers.append(httpx.post(f"{url}/v1/images", json=asked, timeout=60)))
    thread.start()
    wait_until(lambda: "amgan_queue_images 0.0" not in httpx.get(f"{url}/metrics").text)
    process.send_signal(signal.SIGTERM)
    stops_in_order(process, url, thread)
    assert answers[0].status_code == 200
    assert len(answers[0].content) > 800 * 32 * 32
    assert "timeout" not in log.read_text()


def stops_in_order(process, url, thread):
    def is_refused():
        try:
            return httpx.get(f"{url}/v1/models").status_code == 503
        except httpx.TransportError:
            return True

    wait_until(is_refused)
    thread.join(60)
    assert process.wait(20) == 0


def test_a_stuck_client_does_not_keep_it(server):
    process, url, _ = server
    host, port = url.removeprefix("http://").split(":")
    with (
        socket.create_connection((host, int(port))) as never_finishes,
        socket.create_connection((host, int(port))) as never_reads,
    ):
        never_finishes.sendall(b"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        body = b'{"n": 20000, "format": "npz"}'
        head = "POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        never_reads.sendall(head.encode() + body)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_a_second_signal_does_not_wait(server):
    process, url, _ = server
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as stuck:
        stuck.sendall(b"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 128 + signal.SIGINT


def test_a_port_that_is_taken_is_said(weights):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} on 127.0.0.1"):
            serve(Shelf(weights), ServerConfig(port=port))
