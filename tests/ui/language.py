"""The language in which the tests see the pages: that of `pytest --lang`. A word is asked for by its name.

It is known when pytest has read its options. A conftest.py whose folder is named on the command line is imported before
that, so it imports this in its fixtures.
"""

from __future__ import annotations

import os
import re

from amgan.languages.reading import Texts
from amgan.ui.words import words_in

LANG = os.environ["AMGAN_TEST_LANGUAGE"]
PAGE = words_in(LANG)
VOTE, CREATE, RESULTS, REASONS = (Texts(LANG, name) for name in ("vote", "create", "results", "reasons"))


def together(*sentences: str) -> str:
    """Sentences that follow each other; Japanese has no space between them."""
    return ("" if LANG == "ja" else " ").join(sentences)


def saying(text: str, **values: object) -> re.Pattern[str]:
    """A template with some of its values, as a pattern; a value may be one itself, and those not given may be any."""
    parts = re.split(r"\{(\w+)\}", text)
    # A page's text is looked at with plain spaces in place of those at which no line ends.
    names, plain = parts[1::2], (re.escape(part).replace("\N{NO-BREAK SPACE}", r"\s") for part in parts[::2])
    given = [str(values.get(name, ".*")) for name in names]
    return re.compile("".join(part for pair in zip(plain, [*given, ""], strict=True) for part in pair), re.DOTALL)
