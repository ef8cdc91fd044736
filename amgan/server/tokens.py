"""Bearer tokens: read once, compared in constant time, never shown."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Iterable
from pathlib import Path

from amgan.errors import ConfigError
from amgan.private_files import open_to_others

LEAST_LENGTH = 16
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")

logger = logging.getLogger(__name__)


class Tokens:
    """The tokens that open the programs' routes; without any they are open to all."""

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        """Keep digests of the tokens.

        Raises:
            ConfigError: one is too short or holds what a header cannot carry; it is not shown.
        """
        self._digests = []
        for number, token in enumerate(dict.fromkeys(tokens), start=1):
            if len(token) < LEAST_LENGTH or not _TOKEN.fullmatch(token):
                raise ConfigError(
                    f"token number {number} must be {LEAST_LENGTH} or more letters, digits or characters of ._~+/=-"
                )
            self._digests.append(hashlib.sha256(token.encode()).digest())

    @classmethod
    def read(cls, file: Path | None, others: Iterable[str] = ()) -> Tokens:
        """The tokens of a file, one a line, and others.

        Raises:
            ConfigError: the file cannot be read or holds no token, or a token is malformed.
        """
        found = list(others)
        if file is not None:
            try:
                lines = file.read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"{file}: the tokens cannot be read ({type(error).__name__})") from error
            lines = [line.strip() for line in lines if not line.lstrip().startswith("#")]
            if not any(lines):
                # To serve everyone is not what somebody who names a file of tokens wants.
                raise ConfigError(f"{file}: there is no token in it; write one a line")
            if open_to_others(file):
                # Not refused: where secrets are mounted for a container, everyone in it may read them.
                logger.warning("%s is open to other users of this machine; chmod 600 keeps the tokens from them", file)
            found += lines
        return cls(token for token in found if token)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._digests)

    def number_of(self, authorization: bytes) -> int | None:
        """Which token, from 0, an Authorization header holds; None if it holds none of them.

        All are compared, each in constant time, so that the time tells nothing of them.
        """
        scheme, _, token = authorization.partition(b" ")
        digest = hashlib.sha256(token.strip()).digest()
        number = None
        for index, known in enumerate(self._digests):
            if hmac.compare_digest(known, digest):
                number = index
        return number if scheme.lower() == b"bearer" else None
