"""Switches that make the tests' Hub fail as servers and networks do."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field


@dataclass
class Fault:
    """What goes wrong with the requests that fit.

    Attributes:
        method: HTTP method that fits; "" for every one.
        path: Regular expression searched in the path.
        status: Answer with this code instead.
        code: X-Error-Code of that answer.
        retry_after: Retry-After of that answer, seconds.
        cut: Close the connection after this many bytes of the body; negative: before any answer.
        lose: Do what is asked, then close the connection without an answer.
        wrong: Send other bytes, as many.
        slow: Wait until the fault is switched off before answering.
        times: How many requests it hits; None for all.
        hits: How many it has hit.
        over: Set when it is switched off.
    """

    method: str = ""
    path: str = ""
    status: int | None = None
    code: str | None = None
    retry_after: int | None = None
    cut: int | None = None
    lose: bool = False
    wrong: bool = False
    slow: bool = False
    times: int | None = None
    hits: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def fits(self, method: str, path: str) -> bool:
        """Whether it hits this request."""
        if self.times is not None and self.hits >= self.times:
            return False
        return self.method in ("", method) and re.search(self.path, path) is not None
