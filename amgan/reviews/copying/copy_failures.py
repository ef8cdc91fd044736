"""What a server's log says when reviews and votes cannot be copied to the Hub or read back, once for each reason."""

from __future__ import annotations

import logging

from amgan.hub.commit import publishing_reason

logger = logging.getLogger(__name__)


class CopyFailures:
    """Logs why copying to a data set fails, once for each reason in a row, and that it works again."""

    def __init__(self, repo_id: str, token: str | bool | None) -> None:
        self._repo_id = repo_id
        self._token = token
        self._said = ""

    def not_copied(self, error: Exception) -> None:
        """What is new did not go up."""
        self._say("reviews and votes are not copied", "it is tried again", error)

    def not_read_back(self, error: Exception) -> None:
        """What was copied did not come back."""
        then = "it is tried again; until then links to reviews that are only there do not work, and nothing is copied"
        self._say("reviews and votes cannot be read back", then, error)

    def _say(self, what: str, then: str, error: Exception) -> None:
        reason = publishing_reason(error, self._token).removeprefix(f"{self._repo_id}: ")
        if reason != self._said:
            self._said = reason
            logger.warning("%s: %s (%s); %s", self._repo_id, what, reason, then)

    def over(self) -> None:
        """It works."""
        if self._said:
            self._said = ""
            logger.warning("%s: reviews and votes are copied again", self._repo_id)
