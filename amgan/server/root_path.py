"""Below which path of its host the server is found, once for whatever says an address: page, links, jobs, reviews.

It is the path set, or else the X-Forwarded-Prefix of a proxy that is believed; the proxy may cut it off or pass it on.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette._utils import get_route_path
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from amgan.errors import ConfigError
from amgan.server.middleware import header

VARIABLE = "GRADIO_ROOT_PATH"
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+){1,8}")
_LONGEST = 200


def checked_root_path(given: str) -> str:
    """A path such as /demo, without a slash at its end; of an address that is given in its place, its path.

    Raises:
        ConfigError: it is no path.
    """
    path = _path_in(given)
    if not path and given.strip("/"):
        raise ConfigError(f"the root path ({VARIABLE} or --root-path): {given!r:.80} is no path; write /demo")
    return path


class RootPath(ProxyHeadersMiddleware):
    """Middleware before all others: who asks, by uvicorn's rule for proxies, and below which path."""

    def __init__(self, app: ASGIApp, root_path: str, trusted_hosts: str) -> None:
        """Wrap an app.

        Args:
            app: What answers.
            root_path: As `checked_root_path` gives it; empty to believe proxies.
            trusted_hosts: The proxies that are believed, as uvicorn takes them.
        """
        super().__init__(app, trusted_hosts)  # type: ignore[arg-type]
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]
        """See ASGI: a path holds the one of the root."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)  # type: ignore[arg-type]
            return
        client = scope.get("client")
        believed = client is not None and client[0] in self.trusted_hosts
        forwarded = (header(scope, b"x-forwarded-prefix") or b"").decode("latin-1") if believed else ""
        if root := self._root_path or _path_in(forwarded):
            scope["root_path"] = root
            if get_route_path(scope) == scope["path"]:
                scope["path"] = root + scope["path"]
            elif scope["path"] == root:
                scope["path"] = f"{root}/"
        await super().__call__(scope, receive, send)  # type: ignore[arg-type]


def base_address(request: Request) -> str:
    """Where the server is found, as a proxy calls it, with a slash at its end; `Hosts` knows the name."""
    host = request.headers.get("x-forwarded-host", "").split(",")[0].strip()
    return str(request.base_url.replace(netloc=host) if host else request.base_url)


def _path_in(text: str) -> str:
    """The path of an address or a header, empty if there is none that can be one."""
    try:
        path = urlsplit(text[:_LONGEST]).path.rstrip("/")
    except ValueError:  # brackets, which only an address of IPv6 may have
        return ""
    return path if _PATH.fullmatch(path) and not {".", ".."} & {*path.split("/")} else ""
