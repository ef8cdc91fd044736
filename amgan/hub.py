"""Models from the Hugging Face Hub: a revision is resolved once to a commit, and that commit's files are fetched."""

from __future__ import annotations

import re
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from amgan.errors import ReleaseError
from amgan.release import RELEASE_FILES

COMMIT = re.compile(r"[0-9a-f]{40}")


def fetch_release(
    repo_id: str,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: str | Path | None = None,
    local_files_only: bool = False,
) -> tuple[Path, str]:
    """Bring a model repository's release files into the local cache.

    Args:
        repo_id: "user/name".
        revision: Branch, tag or commit; None for the main branch. A cached full commit needs no network.
        token: Access token, False for none, None for the one saved on this machine.
        cache_dir: Another cache than the Hub client's own.
        local_files_only: Take what is cached, without any request.

    Returns:
        The folder that holds the files, and the commit they are of.

    Raises:
        ReleaseError: no such repository or revision, or the Hub cannot be reached and nothing is cached.
    """
    commit = revision or "main"
    unreachable: Exception | None = None
    try:
        if not COMMIT.fullmatch(commit) and not local_files_only:
            try:
                commit = str(HfApi(token=token).model_info(repo_id, revision=revision).sha)
            except (HfHubHTTPError, HFValidationError):
                raise
            except Exception as error:  # no answer at all: what is cached of the branch or tag may do
                unreachable, local_files_only = error, True
        folder = Path(
            snapshot_download(
                repo_id,
                revision=commit,
                allow_patterns=list(RELEASE_FILES),
                token=token,
                cache_dir=cache_dir,
                local_files_only=local_files_only,
            )
        )
    except Exception as error:  # errors of the client's HTTP library too, whose name changes with its version
        reason = " ".join(str(unreachable or error).split())[:200] or type(error).__name__
        at = f" at revision {revision}" if revision else ""
        raise ReleaseError(
            f"{repo_id}{at}: no such folder here, and it could not be fetched from the Hub ({reason})"
        ) from error
    # The snapshot's folder is named by the commit it holds.
    return folder, folder.name
