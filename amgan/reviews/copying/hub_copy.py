"""Copies reviews and votes to a private data set of the Hub, for a machine that loses its disk at a restart.

The store is the truth, and nobody waits for the Hub: what it does not hold yet goes up with the next push, and what it
holds is read back at the start. A data set consists of append-only files, some for each start of a process, so several
processes may use one; a line that stands there twice counts once.
"""

from __future__ import annotations

import logging
import re
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from huggingface_hub import DatasetInfo
from huggingface_hub.hf_api import RepoSibling

from amgan.errors import ConfigError, PublishError
from amgan.hub.commit import ANSWER_SECONDS, open_hub, open_repository
from amgan.hub.fetching import digest_of, is_intact
from amgan.reviews.copying.pusher import FOLDER, CopyFailures, VotePusher
from amgan.reviews.copying.read_back import Copied, Filling, read_back
from amgan.reviews.store.store import ReviewStore

REPOSITORY_VARIABLE = "AMGAN_REVIEWS_REPO"
TOKEN_VARIABLE = "HF_TOKEN"
MAX_FILE_BYTES = 64_000_000
MAX_BYTES = 1_000_000_000
"""More than that is not read back."""
START_SECONDS = 10.0
LAST_PUSH_SECONDS = 5.0
_FETCHED_AT_ONCE = 8

_FILE = re.compile(rf"{FOLDER}/[\w-]{{1,100}}\.jsonl", re.ASCII)

logger = logging.getLogger(__name__)


def configured_copy(
    store: ReviewStore, repo_id: str | None, token: str | None, environment: Mapping[str, str]
) -> HubCopy | None:
    """The copy that is asked for: user/name and a token that may write there. A Space without is told what it loses.

    Raises:
        ConfigError: there can be no such repository or token.
    """
    if repo_id:
        return HubCopy(store, repo_id, token)
    if environment.get("SPACE_ID"):
        logger.warning(
            "reviews and votes are lost when this Space restarts: set the variable %s to user/name, a private data set "
            "that is made for them, and the secret %s to a token that may write there",
            REPOSITORY_VARIABLE, TOKEN_VARIABLE,
        )  # fmt: skip
    return None


class HubCopy:
    """The copy of one store, made by threads of its own. A failure is logged once, and what failed is tried again."""

    def __init__(
        self, store: ReviewStore, repo_id: str, token: str | bool | None = None, every_minutes: float = 1.0
    ) -> None:
        """Prepare it, without a request.

        Args:
            store: What is copied.
            repo_id: "user/name" of the data set, made if it is not there. Nothing is written to one that is public.
            token: Access token, None for the one saved on this machine.
            every_minutes: So often what is new is pushed, and what failed tried again.

        Raises:
            ConfigError: there can be no such repository or token.
        """
        try:
            self._api = open_hub(repo_id, token)
        except PublishError as error:
            raise ConfigError(f"{REPOSITORY_VARIABLE}: {error}") from error
        self._store = store
        self._repo_id = repo_id
        self._every_minutes = every_minutes
        self._pushing: VotePusher | None = None
        self._filling = Filling.BEGUN
        self._failures = CopyFailures(repo_id, token)
        self._tried = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._begin, name="votes-copy", daemon=True)

    @property
    def filling(self) -> Filling:
        """How far what the data set held is read back: until it is, reviews and votes may be missing."""
        return self._filling

    def start(self, wait_seconds: float = START_SECONDS) -> None:
        """Begin to read back what the data set holds, and wait so long for it at most; then copy what is new."""
        self._thread.start()
        self._tried.wait(wait_seconds)

    def stop(self, wait_seconds: float = LAST_PUSH_SECONDS) -> None:
        """Push for the last time, and wait so long for it at most. The store must be open until then."""
        until = time.monotonic() + wait_seconds
        self._stopping.set()
        if self._thread.ident is None:
            return
        self._thread.join(wait_seconds)
        if self._pushing is None or not self._pushing.finish(max(0.0, until - time.monotonic())):
            logger.warning("%s: the newest reviews and votes may not have been copied before the end", self._repo_id)

    def _begin(self) -> None:
        while not self._stopping.is_set():
            try:
                copied = self._read_back()
                self._filling = Filling.DONE
                self._failures.over()
                if not self._stopping.is_set():
                    self._pushing = VotePusher(
                        self._store, copied, self._api, self._repo_id, self._every_minutes, self._failures
                    )
                return
            except Exception as error:  # whatever it is, the server goes on
                if self._filling is Filling.DONE:
                    self._failures.not_copied(error)
                else:
                    self._failures.not_read_back(error)
                    self._filling = Filling.FAILED
            finally:
                self._tried.set()
            self._stopping.wait(self._every_minutes * 60)

    def _read_back(self) -> Copied:
        open_repository(self._api, self._repo_id, "dataset", private=True)
        information = self._api.dataset_info(self._repo_id, files_metadata=True, timeout=ANSWER_SECONDS)
        with tempfile.TemporaryDirectory(prefix="amgan-votes-") as folder:
            copied = read_back(self._fetch(information, Path(folder)), self._store)
        logger.info(
            "%s: %d reviews and %d votes were read back, %d lines skipped",
            self._repo_id, len(copied.reviews), len(copied.votes), copied.skipped,
        )  # fmt: skip
        if copied.skipped:
            logger.warning("%s: %d lines say nothing that could be read back", self._repo_id, copied.skipped)
        return copied

    def _fetch(self, information: DatasetInfo, folder: Path) -> list[Path]:
        wanted = self._wanted(information)

        def fetch(sibling: RepoSibling) -> Path:
            path = self._api.hf_hub_download(
                self._repo_id, sibling.rfilename, repo_type="dataset", revision=information.sha, local_dir=folder,
                etag_timeout=ANSWER_SECONDS,
            )  # fmt: skip
            if not is_intact(Path(path), digest_of(sibling)):  # or its votes would be taken for malformed lines
                raise PublishError(f"{self._repo_id}: {sibling.rfilename} arrived damaged")
            return Path(path)

        with ThreadPoolExecutor(_FETCHED_AT_ONCE) as pool:
            return list(pool.map(fetch, wanted))

    def _wanted(self, information: DatasetInfo) -> list[RepoSibling]:
        wanted, total = [], 0
        for sibling in information.siblings or []:
            if not _FILE.fullmatch(sibling.rfilename):
                continue
            size = sibling.size if sibling.size is not None else MAX_FILE_BYTES + 1
            if size > MAX_FILE_BYTES or total + size > MAX_BYTES:
                logger.warning("%s: %s is not read back, it is too large", self._repo_id, sibling.rfilename)
                continue
            wanted.append(sibling)
            total += size
        return wanted
