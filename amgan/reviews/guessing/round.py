"""A round of guesses: ten pictures, each real or made up by the toss of a coin, as a secret says that nobody is told.

Nothing of a round is stored until somebody guesses. Its token names the model and is signed; which pictures it shows
follows from the token by the secret, so that neither tells the other one.
"""

from __future__ import annotations

import base64
import hmac
import json
import random
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from amgan.errors import RequestError

GUESSES = 10
"""Pictures of a round."""
MOST_SECONDS = 6 * 3600.0
"""So long a round can be played."""
TOKEN = re.compile(r"([A-Za-z0-9_-]{1,1200})\.([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True)
class Round:
    """A round.

    Attributes:
        id: Names it in the store.
        begun: Seconds since 1970.
        model: Whose pictures are the made-up ones.
        revision: That model's revision.
    """

    id: str
    begun: int
    model: str
    revision: str


@dataclass(frozen=True)
class Shown:
    """A picture of a round.

    Attributes:
        is_real: Whether it is a real one.
        number: Which of the real ones, or the seed of the one that is made up.
    """

    is_real: bool
    number: int


class Rounds:
    """Begins rounds and knows them again."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        """Take the secret, which must stay the same while rounds are played."""
        self._secret = secret
        self._clock = clock

    def begin(self, model: str, revision: str) -> str:
        """The token of a new round."""
        fields = [secrets.token_hex(12), int(self._clock()), model, revision]
        text = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")
        return f"{text}.{self._digest('token', text)[:32]}"

    def read(self, token: str) -> Round:
        """The round of a token.

        Raises:
            RequestError: this server did not make it, or too long ago.
        """
        found = TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(found[2], self._digest("token", found[1])[:32]):
            raise RequestError("this is no round that was begun here; begin another")
        text = found[1]
        begun = Round(*json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        if not 0 <= self._clock() - begun.begun <= MOST_SECONDS:
            raise RequestError("this round was begun too long ago; begin another")
        return begun

    def shown(self, begun: Round, real_pictures: int) -> list[Shown]:
        """The pictures of a round, in their order, none twice.

        As many different ones are made up as there are real ones, seeds 0, 1, ...: else who plays often would know the
        real ones by seeing them again.
        """
        choice = random.Random(self._digest("pictures", f"{begun.id} {real_pictures}"))
        pools = {is_real: choice.sample(range(real_pictures), GUESSES) for is_real in (True, False)}
        coins = [choice.random() < 0.5 for _ in range(GUESSES)]
        return [Shown(is_real, pools[is_real][place]) for place, is_real in enumerate(coins)]

    def _digest(self, purpose: str, text: str) -> str:
        return hmac.new(self._secret, f"{purpose} {text}".encode(), "sha256").hexdigest()
