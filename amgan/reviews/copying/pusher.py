"""Pushes what is new in a store to a private data set of the Hub, at intervals, and logs why that fails."""

from __future__ import annotations

import logging
import tempfile
from concurrent.futures import wait
from pathlib import Path

from huggingface_hub import CommitInfo, CommitScheduler, HfApi

from amgan.errors import PublishError
from amgan.hub.commit import ANSWER_SECONDS, publishing_reason
from amgan.reviews.copying.log import VoteLog
from amgan.reviews.copying.read_back import Copied
from amgan.reviews.store.store import ReviewStore

FOLDER = "votes"
"""Where the files of all processes stand in the data set."""

logger = logging.getLogger(__name__)


class VotePusher(CommitScheduler):
    """Begins when it is made. Before each push, what is new in the store goes into the folder that is pushed."""

    def __init__(
        self,
        store: ReviewStore,
        copied: Copied,
        api: HfApi,
        repo_id: str,
        every_minutes: float,
        failures: CopyFailures,
    ) -> None:
        """Begin with a first push.

        Args:
            store: What is copied.
            copied: What the data set holds already.
            api: The Hub's client.
            repo_id: "user/name" of the data set.
            every_minutes: So often.
            failures: Is told how it went.

        Raises:
            Exception: of the Hub's client, if the data set cannot be opened.
        """
        self._files = tempfile.TemporaryDirectory(prefix="amgan-votes-", ignore_cleanup_errors=True)
        self._log = VoteLog(store, Path(self._files.name), copied)
        self._failures = failures
        self._waiting = False
        # Last, because its thread pushes at once.
        super().__init__(
            repo_id=repo_id, repo_type="dataset", private=True, folder_path=self._files.name, path_in_repo=FOLDER,
            every=every_minutes, hf_api=api,
        )  # fmt: skip

    def push_to_hub(self) -> CommitInfo | None:
        """One round; of a failure what was to be pushed waits for the next one."""
        # Nothing is raised: the scheduler would log the error's own text, in which signed links may stand.
        try:
            with self.lock:
                self._waiting = self._log.append_new() or self._waiting
            if not self._waiting:
                return None
            self._check_private()
            made = super().push_to_hub()
        except Exception as error:
            self._waiting = True
            self._failures.not_copied(error)
            return None
        self._waiting = False
        self._failures.over()
        return made

    def finish(self, wait_seconds: float) -> bool:
        """Push for the last time, and wait so long for it at most.

        Returns:
            Whether all that was new is there.
        """
        last = self.trigger()
        wait([last], wait_seconds)
        self.stop()
        if not last.done():
            return False
        self._files.cleanup()
        return not self._waiting

    def _check_private(self) -> None:
        # It was when copying began, but what people say and the keys of reviews must not go on into a public one.
        if not self.api.dataset_info(self.repo_id, timeout=ANSWER_SECONDS).private:
            raise PublishError("it is public now; make it private on its page")


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
        reason = str(publishing_reason(error, self._token)).removeprefix(f"{self._repo_id}: ")
        if reason != self._said:
            self._said = reason
            logger.warning("%s: %s (%s); %s", self._repo_id, what, reason, then)

    def over(self) -> None:
        """It works."""
        if self._said:
            self._said = ""
            logger.warning("%s: reviews and votes are copied again", self._repo_id)
