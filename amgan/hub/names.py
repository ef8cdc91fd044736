"""How repositories of the Hub and their revisions are named: user/name, or user/name@revision."""

from __future__ import annotations

import re

from amgan.errors import ConfigError

# As the Hub's client checks it, but with a user.
REPOSITORY = re.compile(r"(?!.*(?:--|\.\.|\.git\Z))\b[\w.-]{1,96}\b/\b[\w.-]{1,96}\b", re.ASCII)
# What git forbids in names of branches and tags; the cache keeps a file for each.
NO_REVISION = re.compile(r"\.\.|^/|[\x00-\x20\x7f~^:?*\[\\]")
MOST_CHARACTERS = 100
"""Of a revision in a model's name."""


def split_model_name(text: str) -> tuple[str, str | None]:
    """The repository and the revision, None without one, of a model of the Hub.

    Raises:
        ConfigError: it is neither user/name nor user/name@revision.
    """
    repo_id, at, revision = text.partition("@")
    # Names stand in lists with commas between them.
    is_revision = 0 < len(revision) <= MOST_CHARACTERS and not NO_REVISION.search(revision) and "," not in revision
    if not REPOSITORY.fullmatch(repo_id) or (at and not is_revision):
        raise ConfigError(f"{text!r:.120} is no model on the Hub: write user/name or user/name@revision")
    return repo_id, revision or None
