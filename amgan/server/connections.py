"""Connections that cost others nothing: who sends nothing, or hardly anything, gives way and is hung up on.

uvicorn counts a connection that has sent nothing like one that waits for pictures, and gives a client any time for the
head and the body of its request and for taking its answer. A proxy in front does this as well, where there is one.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST_HEAD_BYTES = 64 * 1024
LEAST_BODY_BYTES = 1000
"""A second, on the average, once a body has had its first time."""
MOST_PIPELINED = 64
"""Requests that wait behind another one of their connection; one read could bring ten thousand."""
MOST_FRAMING = 8
"""Times the bytes of a body that may come with it: a chunk of one byte takes six."""
_LOGGER = logging.getLogger(__name__)
# A line for each malformed request would let anybody fill the log.
_LOGGER.setLevel(logging.ERROR)
_OF_BODY = (b"content-length", b"transfer-encoding")
_FULL = json.dumps({"detail": "the server has as many connections as it takes; try again soon"}).encode()
_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 5\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b" % (len(_FULL), _FULL)
)


class Connections:
    """Those of a server: how many there may be, and which gives way for a new one.

    A connection is closed for a new one if its client owes the next step: first those that never asked for anything,
    then idle ones, then those whose request is not whole, of each kind the oldest. None that waits for its answer is.
    """

    def __init__(self, most: int, most_of_one: int, most_body: int, seconds: float, proxies: str = "") -> None:
        """Start with none.

        Args:
            most: At once.
            most_of_one: At once of one address; those of proxies, who speak for many, do not count.
            most_body: Bytes of a body; what an app counts as one has no chunks and trailers any more.
            seconds: So long a client may take for the head of a request, before a body flows, and without taking
                any of its answer.
            proxies: Addresses and networks with commas between, or * for all.
        """
        self.seconds = seconds
        self.most_body_bytes = MOST_FRAMING * most_body + MOST_HEAD_BYTES
        self.most = most
        self._most_of_one = most_of_one
        self._everyone_is_proxy = proxies.strip() == "*"
        self._proxies = []
        for each in proxies.split(","):
            # Else it is the path of a Unix socket, or nothing that a connection could come from.
            with contextlib.suppress(ValueError):
                self._proxies.append(ipaddress.ip_network(each.strip()))
        # Dictionaries keep the order of arrival, and lose one of thousands at once.
        self._open: dict[Connection, None] = {}
        self._of_address: dict[str, dict[Connection, None]] = {}

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def admit(self, new: Connection, address: str | None) -> bool:
        """Take a new connection, if need be in place of another; False if all others wait for their answers."""
        of_one = self._of_address.get(address, {}) if address and not self._is_proxy(address) else {}
        if len(of_one) >= self._most_of_one and not _close_one(of_one):
            return False
        if len(self._open) >= self.most and not _close_one(self._open):
            return False
        self._open[new] = None
        if address:
            self._of_address.setdefault(address, {})[new] = None
        return True

    def release(self, closed: Connection, address: str | None) -> None:
        """Forget a connection."""
        self._open.pop(closed, None)
        of_one = self._of_address.get(address or "", {})
        of_one.pop(closed, None)
        if address and not of_one:
            self._of_address.pop(address, None)

    def hang_up_on_slow(self) -> None:
        """Close those whose clients are slower than allowed; to be called about once a second."""
        for connection in list(self._open):
            connection.close_if_slow()

    def _is_proxy(self, address: str) -> bool:
        if self._everyone_is_proxy or not self._proxies:
            return self._everyone_is_proxy
        with contextlib.suppress(ValueError):
            found = ipaddress.ip_address(address)
            return any(found in network for network in self._proxies)
        return False


def _close_one(among: dict[Connection, None]) -> bool:
    owing = {connection: stage for connection in among if (stage := connection.owes) is not None}
    if not owing:
        return False
    # The first of the smallest, and so the oldest of its kind.
    min(owing, key=owing.__getitem__).hang_up()
    return True


class Connection(HttpToolsProtocol):
    """uvicorn's, with an eye on the time that its client takes."""

    def __init__(self, *args: Any, connections: Connections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _LOGGER
        self._all = connections
        self._address: str | None = None
        self._answering: RequestResponseCycle | None = None
        self._head_bytes = 0
        self._body_bytes = 0
        # Since when the client owes the rest of a head, or a body; None if it does not.
        self._head_since: float | None = None
        self._body_since = 0.0
        self._unsent: tuple[int, float] | None = None

    @property
    def owes(self) -> int | None:
        """What the client owes: 0 its first request, 1 the next one, 2 the rest of one; None if it waits for us."""
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn's own hint leaves None out
        if cycle is None:
            return 0
        if cycle.response_complete and not self.pipeline:
            return 1
        return 2 if cycle.more_body and not self.pipeline else None

    def connection_made(self, transport: Any) -> None:
        """See asyncio."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else None
        self._head_since = self.loop.time()
        if not self._all.admit(self, self._address):
            transport.write(_REFUSAL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._all.release(self, self._address)
        self._owe_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if self._head_since is None and self.owes == 1:
            self._head_since = self.loop.time()
        super().data_received(data)
        if self._head_since is None:
            self._body_bytes += len(data)
            if self._body_bytes > self._all.most_body_bytes:
                self.hang_up()
        else:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("The head of this request is too long.")

    def on_headers_complete(self) -> None:
        """See httptools."""
        if self.parser.should_upgrade() and any(name in _OF_BODY for name, _ in self.headers):
            # A server may pass over a wish for another protocol, but the parser takes the body for the other's.
            self.send_400_response("This server speaks HTTP/1.1 only: send the request without Upgrade.")
            return
        if len(self.pipeline) >= MOST_PIPELINED:
            raise ValueError("too many requests one behind the other")  # the parser stops, and the client is told
        super().on_headers_complete()
        self._head_since, self._head_bytes = None, 0
        self._body_since, self._body_bytes = self.loop.time(), 0

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read, and close."""
        self._owe_nothing()
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def hang_up(self) -> None:
        """Close at once, whatever is still to be sent."""
        # Not only when the loop comes to it: the place is needed now.
        self._all.release(self, self._address)
        self._owe_nothing()
        self.transport.abort()

    def _owe_nothing(self) -> None:
        """Let the answer that is under way end; uvicorn tells only the last one of a pipeline that nobody is there."""
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()
            self.flow.resume_writing()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def close_if_slow(self) -> None:
        """Hang up if the client took longer than allowed."""
        now, seconds = self.loop.time(), self._all.seconds
        if self._head_since is not None:
            is_slow = now - self._head_since > seconds
        else:
            is_slow = (
                self.owes == 2
                and not self.flow.read_paused
                and now - self._body_since > seconds + self._body_bytes / LEAST_BODY_BYTES
            )
        if self._is_stuck(now) or is_slow:
            self.hang_up()

    def _is_stuck(self, now: float) -> bool:
        """Whether the client has taken nothing of what waits for it."""
        size = self.transport.get_write_buffer_size()
        if not size or self._unsent is None or self._unsent[0] != size:
            self._unsent = (size, now) if size else None
            return False
        return now - self._unsent[1] > self._all.seconds

    def _unsupported_upgrade_warning(self) -> None:
        # What follows such a request cannot be read as the next one.
        if self.owes in (0, 1):
            self.transport.close()
        else:
            self.cycle.keep_alive = False
