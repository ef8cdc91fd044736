"""Who may reach the projects: who sits at the machine, or who has a token; and no other site through their browser."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from amgan.data.reasons import Reason
from amgan.errors import (
    AmganError,
    ConfigError,
    DataError,
    DiskError,
    PublishError,
    ReleaseError,
    RequestError,
    TrainingError,
)
from amgan.projects.acts import user_name
from amgan.projects.room import ProjectRoom
from amgan.server.language import language_of
from amgan.server.settings import ServerConfig
from amgan.server.tokens import Tokens
from amgan.whole_files import FULL

COOKIE = "amgan-create"
READING = ("GET", "HEAD")
SENT_AS = ("application/json", "application/octet-stream")
"""What a form of another site cannot send."""

PASSED_ON = ("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
             "x-forwarded-prefix")  # fmt: skip
"""Headers of which a proxy sends one or more; who comes through one need not sit at this machine."""

logger = logging.getLogger(__name__)


class ProjectDoor:
    """The rights of a server's projects.

    Attributes:
        tokens: Those that open them.
        language: What is spoken to who asks for none of the languages.
    """

    def __init__(self, config: ServerConfig, room: ProjectRoom) -> None:
        """Decide by the settings.

        Args:
            config: Of the server.
            room: The projects, of whose place nobody is told.

        Raises:
            ConfigError: a token is too short or malformed.
        """
        self.tokens = Tokens(config.project_tokens)
        self._is_private = _is_private(config)
        self._room, self.language = room, config.language

    def is_open_to(self, request: Request) -> bool:
        """Whether this server has projects for whoever asks, perhaps for a token."""
        return bool(self.tokens) or (self._is_private and _sits_here(request))

    def sits_here(self, request: Request) -> bool:
        """Whether whoever asks sits at the machine, where its commands read any folder and publish, too."""
        return self._is_private and not self.tokens and _sits_here(request)

    def check_sits_here(self, request: Request) -> None:
        """Let a request pass of who sits at the machine.

        Raises:
            HTTPException: it comes from elsewhere, or nobody can say.
        """
        if not self.sits_here(request):
            raise HTTPException(403, self.in_words(Reason("only_here"), request))

    def who(self, request: Request) -> str:
        """Who is at work, for the log of a project."""
        number = self._token_of(request)
        return user_name() if number is None else f"guest {number + 1}"

    def check(self, request: Request) -> None:
        """Let a request pass.

        Raises:
            HTTPException: it may not, and why.
        """
        if not self.is_open_to(request):
            raise HTTPException(403, self.in_words(Reason("closed"), request))
        self.check_site(request)
        if self.tokens and self._token_of(request) is None:
            needs = self.in_words(Reason("needs_token"), request)
            raise HTTPException(401, needs, {"WWW-Authenticate": "Bearer"})

    def check_site(self, request: Request) -> None:
        """Let a request pass that no other site had a browser send.

        Raises:
            HTTPException: one did, or a form of one could have.
        """
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        is_reading = request.method in READING
        if site is None:
            is_elsewhere = origin is not None and origin.partition("://")[2] not in _own_names(request)
        else:
            is_elsewhere = site != "same-origin" and not (site == "none" and is_reading)
        if is_elsewhere:
            raise HTTPException(403, self.in_words(Reason("other_site"), request))
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not is_reading and media_type not in SENT_AS:
            raise HTTPException(415, f"send it as {' or '.join(SENT_AS)}")

    def route_class(self) -> type[APIRoute]:
        """The class of the routes behind the door: nothing of a request is read before it may pass."""
        door = self

        class GuardedRoute(APIRoute):
            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                handle = super().get_route_handler()

                async def handled(request: Request) -> Response:
                    door.check(request)
                    try:
                        answer = await handle(request)
                    except (AmganError, OSError) as error:
                        raise door.told(error, request) from error
                    answer.headers.setdefault("Cache-Control", "no-store")
                    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
                    return answer

                return handled

        return GuardedRoute

    def told(self, error: Exception, request: Request) -> Exception:
        """What is told of an error of a project: its reason to whoever asks, without the place of the folder."""
        if isinstance(error, OSError):
            logger.warning("a project cannot be read or written: %s", error)
            if error.errno in FULL or isinstance(error, DiskError):
                return HTTPException(507, self.in_words(Reason("disk_full"), request))
            return HTTPException(503, self.in_words(Reason("project_away"), request))
        sentence = self.in_words(Reason.of(error), request)
        if isinstance(error, (ConfigError, DataError, TrainingError, ReleaseError, PublishError)):
            return RequestError(sentence)
        error.args = (sentence, *error.args[1:])  # of any other kind, which says the status
        return error

    def language_of(self, request: Request) -> str:
        """The language of whoever asks, by its code."""
        return language_of(request, self.language)

    def in_words(self, reason: Reason, request: Request) -> str:
        """A reason in the language of whoever asks, without the place of the folder."""
        text = reason.in_language(self.language_of(request))
        return text.replace(f"{self._room.folder.absolute()}/", "").replace(f"{self._room.folder}/", "")

    def _token_of(self, request: Request) -> int | None:
        given = request.headers.get("authorization")
        token = f"Bearer {request.cookies.get(COOKIE, '')}" if given is None else given
        return self.tokens.number_of(token.encode("latin-1", "replace"))


def offers_project_models(config: ServerConfig) -> bool:
    """Whether a server shows the models of its projects: it was told where they are, or they are open to somebody."""
    return not config.api_only and (config.projects is not None or bool(config.project_tokens) or _is_private(config))


def _is_private(config: ServerConfig) -> bool:
    # Whoever gives it another name or path has a proxy in front, through which others come.
    return _is_loopback(config.host) and not config.allowed_hosts and not config.root_path


def _sits_here(request: Request) -> bool:
    return (
        request.client is not None
        and _is_loopback(request.client.host)
        and not any(name in request.headers for name in PASSED_ON)
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _own_names(request: Request) -> set[str]:
    names = (request.headers.get("host", ""), request.headers.get("x-forwarded-host", "").split(",")[0].strip())
    return set(filter(None, names))
