"""A server in a process of its own stops in good order: what runs is answered, and nothing keeps it for long."""

from __future__ import annotations

import json
import re
import signal
import socket
from http.client import HTTPResponse

import httpx
import pytest

from amgan.engine.shelf import Shelf
from amgan.errors import ConfigError
from amgan.server.run import serve
from amgan.server.settings import ServerConfig
from tests.server.running import wait_until
from tests.server.serve_command import SECONDS_TO_STOP, ServeCommand


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
    with dialed(server) as drawing:
        drawing.sendall(request_for(800))
        was_read(client)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_refused(client))
        answer = HTTPResponse(drawing)
        answer.begin()
        assert answer.status == 200
        assert len(answer.read()) > 800 * 32 * 32
    assert server.process.wait(SECONDS_TO_STOP) == 0
    said = re.sub(" +", " ", server.printed())
    assert "timeout exceeded" not in said
    assert "| gradio" in said
    assert "| matplotlib.pyplot" not in said, "the first event would wait a second for it"


def is_refused(client):
    try:
        return client.get("/v1/models").status_code == 503
    except httpx.TransportError:
        return True


def was_read(client):
    """Return when the server has read what was sent to it before: a connection that is made now comes after it."""
    assert httpx.get(f"{client.base_url}/v1/models", timeout=60).is_success


def dialed(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def request_for(pictures):
    body = json.dumps({"n": pictures, "format": "npz"})
    head = "POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


HALF = b"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"


def test_a_stuck_client_does_not_keep_it(server):
    server, client = server
    with dialed(server) as never_finishes, dialed(server) as never_reads:
        never_finishes.sendall(HALF)
        never_reads.sendall(request_for(20_000))
        was_read(client)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(SECONDS_TO_STOP)


def test_a_second_signal_does_not_wait(server):
    server, client = server
    with dialed(server) as stuck:
        stuck.sendall(HALF)
        was_read(client)
        server.process.send_signal(signal.SIGINT)
        wait_until(lambda: is_refused(client))
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(SECONDS_TO_STOP) == 128 + signal.SIGINT


def test_a_port_that_is_taken_is_said(weights):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} on 127.0.0.1"):
            serve(Shelf(weights), ServerConfig(port=port))
