"""The language in which someone reads: what the address asks for, or else what the browser says."""

from __future__ import annotations

import math
from collections.abc import Collection

from starlette.requests import Request

from amgan.languages.reading import DEFAULT, LANGUAGES

MOST_READ = 500
"""Letters of the header: browsers send some dozens."""


def language_of(request: Request, default: str = DEFAULT, offered: Collection[str] = LANGUAGES) -> str:
    """The one of the offered languages, by codes such as "ja", that suits a request best; else the default.

    `?lang=` in the address comes first, then Accept-Language (RFC 9110, 12.5.4) without regions.
    """
    asked = request.query_params.get("lang")
    if asked in offered:
        return str(asked)
    accepted = request.headers.get("accept-language", "")[:MOST_READ].split(",")
    wanted = {weight: code for code, weight in map(_weighed, reversed(accepted)) if code in offered and weight > 0}
    return wanted[max(wanted)] if wanted else default


def _weighed(part: str) -> tuple[str, float]:
    tag, _, weight = part.partition(";")
    try:
        number = float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        number = 0.0
    return tag.strip().partition("-")[0].lower(), number if math.isfinite(number) else 0.0
