"""What a server is asked to do: every field is a flag of ``python -m amgan serve`` and of ``app.py``, or a variable.

A flag wins over its variable, and a variable over the default. docs/settings.md has the table.
"""

# ruff: noqa: RUF009 - what is called in the defaults gives a field each time

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import tyro
from annotated_types import Ge, Le

from amgan.bounds import Frames, JobPictures, check_fields
from amgan.bulk.job_room import JobLimits
from amgan.engine.batcher import QUEUE_PICTURES
from amgan.errors import ConfigError
from amgan.languages.reading import DEFAULT, LANGUAGES, LanguageCode

MOST_PICTURES = 100_000
MOST_RATE = 10_000_000
DAY_SECONDS = 24 * 3600.0

T = TypeVar("T")


def listed(text: str) -> tuple[str, ...]:
    """The words of a variable, with commas between them."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def variable_number(name: str, least: int, most: int, text: str) -> int:
    """The number that the text of a variable is.

    Raises:
        ConfigError: it is none, or out of these bounds.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most):
        raise ConfigError(f"{name} must be a number from {least} to {most}, not {text!r:.40}")
    return int(text)


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ConfigError(f"AMGAN_MCP must be 0 or 1, not {text!r:.40}")
    return text == "1"


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ConfigError(f"AMGAN_LANGUAGE must be {' or '.join(LANGUAGES)}, not {text!r:.40}")
    return text


def _or_variable(name: str, read: Callable[[str], T], default: T, **options: Any) -> T:
    """A field that a variable of the process gives if no flag does; one that is empty gives nothing."""

    def value() -> T:
        text = os.environ.get(name, "").strip()
        return read(text) if text else default

    return field(default_factory=value, metadata={"variable": name, "default": default}, **options)


def _number(name: str, least: int, most: int, default: int) -> int:
    return _or_variable(name, partial(variable_number, name, least, most), default)


_secret = partial(_or_variable, repr=False)
"""One that is no flag, as other users of a machine see the flags."""


@dataclass(frozen=True)
class ServerConfig:
    """Serve models over HTTP, to programs and, in the page, to people.

    Attributes:
        host: Address to listen on; 0.0.0.0 opens it to other machines.
        port: Port to listen on; 0 for any that is free.
        weights: Folder with a release folder for each model, or a release folder; ./weights if a model is in it, or
            else that of this project, if not given.
        models: Models of the Hub to offer as well: user/name, or user/name@revision.
        devices: Where to draw, such as cuda:0 cuda:1, a thread for each; all GPUs, or else the CPU, if not given.
        api_only: Leave the page out.
        mcp: Offer the pictures to language models as well, as tools at /v1/mcp; needs the extra mcp.
        tokens_file: File of bearer tokens, one a line, of which programs must send one. Without tokens everyone may
            ask.
        tokens: Such tokens, beside those of the file.
        max_pictures: Most pictures of one call.
        max_frames: Most frames of one interpolation.
        max_body_bytes: Largest body of a request.
        max_connections: So many connections at once. One that waits for nothing gives way to a new one; if all wait
            for their answers, those beyond are answered 503.
        max_connections_of_one: The same for one address; those of proxies (see forwarded_allow_ips) are not counted.
        client_seconds: So long a client may take for the head of a request, before a body flows, and without taking
            any of its answer.
        allowed_hosts: Names by which the server may be asked for besides localhost and its address, such as
            example.com, *.example.com, or * for any. A Space's own is among them.
        frame_ancestors: Sites that may show the page within theirs, such as https://example.com; in a Space Hugging
            Face if not given.
        queue_pictures: So many pictures may wait before callers are refused with 429.
        pictures_per_second: So many a caller of /v1 (a token, or else an address) may ask for in the long run, jobs and
            the page left out; 0 for any number.
        jobs: Folder of bulk jobs and their results; one for this port in the user's cache if not given.
        reviews: SQLite file of reviews and their votes; one in the user's data folder if not given.
        reviews_repo: A private data set of the Hub, user/name, to which reviews and votes are copied, and from which
            they are read back.
        state: Address of a PostgreSQL database, postgresql://user:password@host/database, that keeps reviews and
            jobs for several servers, in place of the file; the folder of jobs must be one that all of them see.
        limits: Address of a Redis, redis://:password@host:port/number, in which several servers count the pictures per
            second of a caller together. While it does not answer, each counts for itself.
        hub_token: Access token that may write there; the one saved on this machine if not given.
        projects: Folder of the projects that the page's Create makes, a folder each; one in the user's data folder if
            not given.
        project_tokens: Tokens with which people open the projects in their browsers. Without any, projects are open
            only to who sits at the machine, if the server listens on its own address alone.
        max_job_pictures: Most pictures of one job.
        max_jobs: So many jobs may wait or run; those beyond are refused with 429.
        results_gigabytes: What jobs and their results may take on disk together, an unfinished job twice its result.
            The oldest results make room for new jobs, but none of the last hour: what does not fit is refused with 429.
        results_days: How long a finished job is kept, if there are not 10,000 later ones.
        language: Of the page for who asks for none that it speaks, by its code, such as ja.
        root_path: Below which path of its host a proxy offers the server, such as /demo; what the proxy says in
            X-Forwarded-Prefix, if not given.
        drain_seconds: How long what is running may go on after SIGTERM.
        forwarded_allow_ips: Addresses of proxies whose X-Forwarded-For, -Proto and -Prefix are believed, with commas
            between, or * for all; this machine's own if not given.
    """

    host: str = _or_variable("GRADIO_SERVER_NAME", str, "127.0.0.1")
    port: Annotated[int, Ge(0), Le(65535)] = _number("GRADIO_SERVER_PORT", 1, 65535, 7860)
    weights: Path | None = _or_variable("AMGAN_WEIGHTS", Path, None)
    models: tuple[str, ...] = _or_variable("AMGAN_MODELS", listed, ())
    devices: tuple[str, ...] = ()
    api_only: bool = False
    mcp: bool = _or_variable("AMGAN_MCP", _switch, False)
    tokens_file: Path | None = None
    tokens: tyro.conf.Suppress[tuple[str, ...]] = _secret("AMGAN_TOKENS", listed, ())
    max_pictures: Annotated[int, Ge(1), Le(MOST_PICTURES)] = 1024
    max_frames: Frames = 256
    max_body_bytes: Annotated[int, Ge(1000), Le(2**30)] = 1_000_000
    max_connections: Annotated[int, Ge(1), Le(1_000_000)] = 1000
    max_connections_of_one: Annotated[int, Ge(1), Le(1_000_000)] = 250
    client_seconds: Annotated[int, Ge(1), Le(3600)] = 30
    allowed_hosts: tuple[str, ...] = _or_variable("AMGAN_ALLOWED_HOSTS", listed, ())
    frame_ancestors: tuple[str, ...] = _or_variable("AMGAN_FRAME_ANCESTORS", listed, ())
    queue_pictures: Annotated[int, Ge(1), Le(10_000_000)] = QUEUE_PICTURES
    pictures_per_second: Annotated[int, Ge(0), Le(MOST_RATE)] = _number("AMGAN_PICTURES_PER_SECOND", 0, MOST_RATE, 0)
    jobs: Path | None = _or_variable("AMGAN_JOBS", Path, None)
    reviews: Path | None = _or_variable("AMGAN_REVIEWS", Path, None)
    reviews_repo: str | None = _or_variable("AMGAN_REVIEWS_REPO", str, None)
    state: tyro.conf.Suppress[str | None] = _secret("AMGAN_STATE", str, None)
    limits: tyro.conf.Suppress[str | None] = _secret("AMGAN_LIMITS", str, None)
    hub_token: tyro.conf.Suppress[str | None] = _secret("HF_TOKEN", str, None)
    projects: Path | None = _or_variable("AMGAN_PROJECTS", Path, None)
    project_tokens: tyro.conf.Suppress[tuple[str, ...]] = _secret("AMGAN_PROJECT_TOKENS", listed, ())
    max_job_pictures: JobPictures = JobLimits.pictures
    max_jobs: Annotated[int, Ge(1), Le(10_000)] = JobLimits.waiting
    results_gigabytes: Annotated[int, Ge(1), Le(1_000_000)] = JobLimits.bytes // 2**30
    results_days: Annotated[int, Ge(1), Le(36_500)] = int(JobLimits.keep_seconds // DAY_SECONDS)
    language: LanguageCode = _or_variable("AMGAN_LANGUAGE", _language, DEFAULT)
    root_path: str = _or_variable("GRADIO_ROOT_PATH", str, "")
    drain_seconds: Annotated[int, Ge(0), Le(15)] = 12
    forwarded_allow_ips: str | None = _or_variable("FORWARDED_ALLOW_IPS", str, None)

    def __post_init__(self) -> None:
        """Check every bound.

        Raises:
            ConfigError: naming the field and what is allowed.
        """
        check_fields(self)
        if not self.host:
            raise ConfigError("host must be an address to listen on, such as 127.0.0.1 or 0.0.0.0")
