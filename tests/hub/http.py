"""HTTP of the tests' Hub below its routes: whole answers in one write, request bodies, faults, a log of requests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.hub.server import HubServer


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    authorization: str | None
    from_bytes_port: bool
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Any, status: int = 200, **headers: str) -> Answer:
        """An answer in JSON; `_` in a header's name stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, json.dumps(content).encode(), {"Content-Type": "application/json"} | named)


def handler_for(hub: HubServer, from_bytes_port: bool) -> type[BaseHTTPRequestHandler]:
    """The request handler of one of the two ports."""
    route = hub.serve_bytes if from_bytes_port else hub.serve_hub

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            self.close_connection = True  # so that a stopped server is silent at once
            request = Request(
                self.command, self.path, self.headers.get("Authorization"), from_bytes_port,
                {name.lower(): value for name, value in self.headers.items()}, self.read_body(),
            )  # fmt: skip
            hub.requests.append(request)
            fault = hub.fault_of(request)
            if fault is not None and fault.slow:
                fault.over.wait(60)
                return
            if fault is not None and fault.cut is not None and fault.cut < 0:
                return
            if fault is not None and fault.status is not None:
                answer = Answer.of({"error": "switched on by the test"}, fault.status)
                if fault.code:
                    answer.headers["X-Error-Code"] = fault.code
                if fault.retry_after is not None:
                    answer.headers["Retry-After"] = str(fault.retry_after)
                self.send(answer)
                return
            answer = route(request)
            if fault is not None and fault.lose:
                return
            if fault is not None and fault.wrong:
                answer.body = bytes(byte ^ 1 for byte in answer.body)
            self.send(answer, None if fault is None else fault.cut)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

        def read_body(self) -> bytes:
            if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def send(self, answer: Answer, cut: int | None = None) -> None:
            lines = [f"HTTP/1.1 {answer.status} -"]
            headers = {"Content-Length": str(len(answer.body)), "Connection": "close"} | answer.headers
            lines += [f"{name}: {value}" for name, value in headers.items()]
            body = b"" if self.command == "HEAD" else answer.body[:cut]
            try:
                self.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            except OSError:  # a client that gave up waiting
                return

        def log_message(self, *_: object) -> None:
            pass

    return Handler
