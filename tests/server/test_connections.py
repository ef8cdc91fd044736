"""Clients that send nothing, or hardly anything, beside one that wants its pictures."""

from __future__ import annotations

import contextlib
import socket
import time

import httpx
import pytest

from tests.server.running import problem, running, wait_until

ASKED = {"n": 2, "seeds": [1, 2], "format": "npz"}


@pytest.fixture
def served(weights, request):
    with running(weights, **getattr(request, "param", {})) as client:
        yield client


@contextlib.contextmanager
def connected(client, count, source="127.0.0.1", sent=b""):
    """So many connections from an address, each with so much sent."""
    with contextlib.ExitStack() as stack:
        made = []
        for _ in range(count):
            made.append(stack.enter_context(dial(client, source)))
            with contextlib.suppress(OSError):
                made[-1].sendall(sent)
        yield made


def dial(client, source="127.0.0.1"):
    url = client.base_url
    return socket.create_connection((url.host, url.port), timeout=20, source_address=(source, 0))


def ends(connection):
    """Whether the server hung up, within the socket's time."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def head(client, path="/v1/images", method="POST", **fields):
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{client.base_url.port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def draw(client):
    answer = client.post("/v1/images", json=ASKED)
    assert answer.is_success, answer.text
    return answer.content


@pytest.mark.parametrize("served", [{"max_connections": 20, "max_connections_of_one": 1000}], indirect=True)
def test_idle_connections_give_way(served):
    drawn = draw(served)
    with connected(served, 60) as idle:
        with httpx.Client(base_url=served.base_url, timeout=60) as newcomer:
            assert draw(newcomer) == drawn
        assert draw(served) == drawn, "one that was there before and asks again keeps its place"
        assert all(ends(connection) for connection in idle[:40])


def test_a_low_limit_of_open_files_is_a_limit_of_connections(weights, monkeypatch):
    """Else nobody gives way: what could not be opened is not accepted."""
    monkeypatch.setattr("amgan.server.listening._allow_open_files", lambda wanted: 40)
    with running(weights, max_connections_of_one=1000) as client:
        assert client.connections.most == 20
        with connected(client, 60), httpx.Client(base_url=client.base_url, timeout=60) as newcomer:
            draw(newcomer)
    monkeypatch.setattr("amgan.server.listening._allow_open_files", lambda wanted: None)
    with running(weights, max_connections=7) as client:
        assert client.connections.most == 7


@pytest.mark.parametrize("served", [{"max_connections": 20, "max_connections_of_one": 1000}], indirect=True)
def test_half_sent_requests_give_way(served):
    half = head(served, Content_Type="application/json", Content_Length=100) + b"{"
    with connected(served, 60, sent=half), httpx.Client(base_url=served.base_url, timeout=60) as newcomer:
        draw(newcomer)


@pytest.mark.parametrize("served", [{"max_connections": 1000, "max_connections_of_one": 5}], indirect=True)
def test_one_address_takes_its_own_places_only(served):
    with connected(served, 30, "127.0.0.9") as idle:
        # Proxies speak for many; 127.0.0.1 is one as long as nothing else is said.
        with connected(served, 30) as others:
            time.sleep(0.2)
            draw(served)
            others[0].settimeout(0.2)
            assert not ends(others[0])
        assert all(ends(connection) for connection in idle[:25])
        idle[-1].sendall(head(served, "/healthz", "GET"))
        assert b"200 OK" in idle[-1].recv(1000)


@pytest.mark.parametrize("served", [{"max_connections": 3, "max_connections_of_one": 1000}], indirect=True)
def test_only_who_waits_for_an_answer_takes_a_place(served):
    body = b'{"n": 200, "format": "npz", "seeds": null}'
    asked = head(served, Content_Type="application/json", Content_Length=len(body)) + body
    with connected(served, 8, sent=asked) as waiting:
        answers = [connection.recv(65536) for connection in waiting]
    assert all(answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 503")) for answer in answers if answer)
    assert any(answer.startswith(b"HTTP/1.1 200") for answer in answers)


@pytest.mark.parametrize("served", [{"client_seconds": 1}], indirect=True)
def test_heads_and_bodies_have_their_time(served):
    host = f"Host: 127.0.0.1:{served.base_url.port}\r\n".encode()
    begun = [b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\n" + host, b"\r\n\r\n"]
    begun.append(head(served, Content_Type="application/json", Content_Length=100) + b"{")
    begun.append(head(served, Content_Type="application/json", Transfer_Encoding="chunked") + b"1\r\n{\r\n")
    with contextlib.ExitStack() as stack:
        slow = [(sent, *stack.enter_context(connected(served, 1, sent=sent))) for sent in begun]
        # After an answer the time begins anew with the next request.
        [answered] = stack.enter_context(connected(served, 1, sent=head(served, "/healthz", "GET")))
        assert b"200 OK" in answered.recv(1000)
        answered.sendall(b"\r\n")
        for sent, connection in [*slow, (b"after an answer", answered)]:
            assert ends(connection), sent
    draw(served)


@pytest.mark.parametrize("served", [{"client_seconds": 1, "max_pictures": 10_000}], indirect=True)
def test_who_does_not_take_an_answer_is_hung_up_on(served):
    body = b'{"n": 10000, "format": "npz"}'
    with dial(served) as slow:
        slow.sendall(head(served, Content_Type="application/json", Content_Length=len(body)) + body)
        wait_until(lambda: len(served.connections) == 2)
        wait_until(lambda: len(served.connections) < 2, 60)
        received = 0
        while got := slow.recv(1_000_000):
            received += len(got)
    assert received < 10_000 * 28 * 28


def test_a_head_has_a_length(client):
    with dial(client) as long:
        with contextlib.suppress(ConnectionError):
            long.sendall(b"GET /healthz HTTP/1.1\r\n" + b"X: " + b"y" * 1_000_000)
        assert ends(long)


def test_a_body_has_no_endless_trailer(client):
    sent = head(client, Content_Type="application/json", Transfer_Encoding="chunked") + b"2\r\n{}\r\n0\r\n"
    with dial(client) as long:
        with contextlib.suppress(ConnectionError):
            long.sendall(sent + b"X: " + b"y" * 5_000_000)
        assert ends(long)


@pytest.mark.parametrize("protocol", ["websocket", "h2c", "nonsense"])
def test_a_wish_for_another_protocol_is_passed_over(client, protocol):
    upgrade = {"Upgrade": protocol, "Connection": "Upgrade", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
    assert client.get("/healthz", headers=upgrade).is_success
    problem(client.get("/v1/nothing", headers=upgrade), 404)
    refused = client.post("/v1/images", json=ASKED, headers=upgrade)
    assert refused.status_code == 400
    assert "without Upgrade" in refused.text
    draw(client)


def test_requests_may_be_sent_one_behind_the_other(client):
    with dial(client) as pipelined:
        pipelined.sendall(head(client, "/healthz", "GET") * 20)
        received = b""
        while received.count(b"HTTP/1.1 200 OK") < 20:
            received += pipelined.recv(65536)


@pytest.mark.parametrize("count", [40, 5000])
def test_a_client_that_left_leaves_no_trace(served, count, caplog):
    """Many requests one behind the other, and no wait for the answers."""
    body = b'{"n": 200, "format": "npz"}'
    asked = head(served, Content_Type="application/json", Content_Length=len(body)) + body
    for _ in range(5):
        with dial(served) as left:
            left.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with contextlib.suppress(OSError):
                left.sendall(asked * count)
            time.sleep(0.1)
    wait_until(lambda: len(served.connections) <= 1)
    draw(served)
    assert [record for record in caplog.records if record.exc_info] == []


def test_only_so_many_requests_wait_behind_another(client):
    with dial(client) as pipelined:
        pipelined.sendall(head(client, "/v1/models", "GET") * 5000)
        received = b""
        with contextlib.suppress(ConnectionError):
            while got := pipelined.recv(65536):
                received += got
    assert received.count(b"HTTP/1.1 200 OK") <= 65
