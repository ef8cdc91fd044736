"""Who asks: a token or an address. Programs without a token they need are turned away here, before anything is read."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from amgan.server.plain_answers import header, refuse
from amgan.server.tokens import Tokens

GUARDED = ("/v1/", "/metrics")
_KEY = "amgan.caller"


def caller_of(request: Request) -> str:
    """The name by which a caller gets a fair share; not for the eyes of others."""
    return str(request.scope.get(_KEY, ""))


class Callers:
    """Middleware that names each request's caller, and asks for a token where one is needed."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http":
            client = scope.get("client")
            scope[_KEY] = _known_as(client[0]) if client else ""
            if self._tokens and scope["path"].startswith(GUARDED):
                number = self._tokens.number_of(header(scope, b"authorization") or b"")
                if number is None:
                    sentence = "send one of this server's tokens, as the header Authorization: Bearer TOKEN"
                    await refuse(send, 401, sentence, www_authenticate="Bearer")
                    return
                scope[_KEY] = f"token {number}"
        await self._app(scope, receive, send)


def _known_as(host: str) -> str:
    """By what an address counts; all that is none, as a proxy's header may hold in any length, counts as one.

    A single line has 2^64 addresses of IPv6, which begin alike.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))
