"""A server in a process of its own stops in good order: what runs is answered, and nothing keeps it for long."""

from __future__ import annotations

import re
import signal
import socket
import threading
import time

import httpx
import pytest

from amgan.engine.shelf import Shelf
from amgan.errors import ConfigError
from amgan.server.run import serve
from amgan.server.settings import ServerConfig
from tests.server.running import wait_until
from tests.server.serve_command import ServeCommand


@pytest.fixture
def server(weights, tmp_path, monkeypatch, request):
    """The process of `python -m amgan serve`, and a client of it."""
    flags = getattr(request, "param", ["--drain-seconds", "2", "--api-only"])
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    server = ServeCommand(weights, tmp_path / "jobs", "--max-pictures", "20000", *flags)
    server.start()
    try:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            yield server, client
    finally:
        server.kill()
    assert "Traceback" not in server.printed()
    if "--api-only" in flags:
        assert "| torch" in re.sub(" +", " ", server.printed())
        assert "gradio" not in server.printed(), "its import takes seconds"


@pytest.mark.parametrize("server", [["--drain-seconds", "15"]], indirect=True)
def test_what_runs_is_answered_and_what_is_new_is_not(server):
    server, client = server
    assert client.post("/gradio_api/call/models", json={"data": []}).status_code == 200
    answers = []
    asked = {"n": 800, "format": "npz"}
    thread = threading.Thread(target=lambda: answers.append(client.post("/v1/images", json=asked)))
    thread.start()
    wait_until(lambda: "amgan_queue_images 0.0" not in client.get("/metrics").text)
    server.process.send_signal(signal.SIGTERM)
    stops_in_order(server, client, thread)
    assert answers[0].status_code == 200
    assert len(answers[0].content) > 800 * 32 * 32
    said = re.sub(" +", " ", server.printed())
    assert "timeout exceeded" not in said
    assert "| gradio" in said
    assert "| matplotlib.pyplot" not in said, "the first event would wait a second for it"


def stops_in_order(server, client, thread):
    def is_refused():
        try:
            return client.get("/v1/models").status_code == 503
        except httpx.TransportError:
            return True

    wait_until(is_refused)
    thread.join(60)
    assert server.process.wait(20) == 0


def dialed(server):
    return socket.create_connection(("127.0.0.1", server.port))


def test_a_stuck_client_does_not_keep_it(server):
    server, _ = server
    with dialed(server) as never_finishes, dialed(server) as never_reads:
        never_finishes.sendall(b"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        body = b'{"n": 20000, "format": "npz"}'
        head = "POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        never_reads.sendall(head.encode() + body)
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(20)


def test_a_second_signal_does_not_wait(server):
    server, _ = server
    with dialed(server) as stuck:
        stuck.sendall(b"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(5) == 128 + signal.SIGINT


def test_a_port_that_is_taken_is_said(weights):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} on 127.0.0.1"):
            serve(Shelf(weights), ServerConfig(port=port))
