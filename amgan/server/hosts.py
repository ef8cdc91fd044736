"""By which names the server answers: a site that points its own name at this machine gets nothing from it.

Else a page of any site, seen by somebody on this machine, could read the server through a name of its own (DNS
rebinding), and what is built from the name of a request, such as the address in a shared link, would say any name.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from amgan.errors import ConfigError
from amgan.server.middleware import refuse

VARIABLE = "AMGAN_ALLOWED_HOSTS"
_HOST = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9_.-]+))(?::[0-9]{1,5})?")
_CARRIERS = (b"host", b"x-forwarded-host")


def allowed_hosts(given: Iterable[str], environment: Mapping[str, str]) -> tuple[str, ...]:
    """The names of a server beside its address: those given, and a Space's own.

    Args:
        given: Names such as example.com, ``*.example.com``, or ``*`` for any.
        environment: Of the process, in which a Space says its name.

    Raises:
        ConfigError: one is no name of a host.
    """
    names = list(given)
    for name in names:
        if name != "*" and _name_in(f"{name.removeprefix('*.')}:80") is None:
            raise ConfigError(
                f"allowed hosts ({VARIABLE} or --allowed-hosts): {name!r:.80} is no name; write example.com, "
                "*.example.com, or * for any, without http:// and port"
            )
    space = environment.get("SPACE_HOST", "")
    return (*(name.lower().strip("[]") for name in names), *([space.lower()] if space else []))


class Hosts:
    """Middleware that answers 421 to requests for another host.

    A server answers to localhost, to the address that a connection came to, and to the names it was given. Starlette's
    middleware for this knows neither such an address nor X-Forwarded-Host, which the page believes, and says only that
    the host is invalid.
    """

    def __init__(self, app: ASGIApp, allowed: Iterable[str]) -> None:
        """Wrap an app.

        Args:
            app: What answers.
            allowed: As `allowed_hosts` gives them.
        """
        self._app = app
        self._any = "*" in allowed
        self._names = frozenset(allowed) | {"localhost"}
        self._endings = tuple(name[1:] for name in allowed if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http":
            for key, value in scope["headers"]:
                if key in _CARRIERS and not all(
                    self._is_ours(host, scope) for host in value.decode("latin-1").split(",")
                ):
                    sentence = "this server does not answer to that name; whoever runs it may add the name to"
                    await refuse(send, 421, f"{sentence} --allowed-hosts or {VARIABLE}", connection="close")
                    return
        await self._app(scope, receive, send)

    def _is_ours(self, host: str, scope: Scope) -> bool:
        name = _name_in(host.strip())
        if name is None:
            return False
        if self._any or name in self._names or name.endswith(self._endings or "\n"):
            return True
        with contextlib.suppress(ValueError):
            address = _address(name)
            return address.is_loopback or address == _address((scope.get("server") or ("",))[0])
        return False


def _name_in(host: str) -> str | None:
    """The name or address in a Host header, in lower case and without the port; None if there is none."""
    found = _HOST.fullmatch(host)
    if found is None:
        return None
    if found["address"]:
        try:  # what reads the whole address later would fail on anything else
            ipaddress.IPv6Address(found["address"])
        except ValueError:
            return None
    return (found["address"] or found["name"].rstrip(".")).lower() or None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address
