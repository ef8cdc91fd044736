"""A static Space on the Hugging Face Hub: a folder of files that the Hub shows as they are, without a machine."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete

from amgan.errors import PublishError
from amgan.hub.commit import check_repository_name, commit_once, open_hub, open_repository, refusals_in_a_line

MADE_BY_THE_HUB = {".gitattributes", "README.md", "index.html", "style.css"}
"""In a static Space that was only just made, on its page or by us."""


@dataclass(frozen=True)
class PushedStaticSpace:
    """A static Space that was made or updated.

    Attributes:
        url: Its page on the Hub.
        commit: The commit that holds the files, 40 hex digits.
        is_new: Whether a commit was made; not if the Space held just these files.
        files: How many files it is made of.
    """

    url: str
    commit: str
    is_new: bool
    files: int


def static_address(repo_id: str) -> str:
    """Where a static Space "user/name" is seen by itself.

    Raises:
        PublishError: it is no name of a repository.
    """
    check_repository_name(repo_id)
    return f"https://{re.sub('[^a-z0-9]+', '-', repo_id.lower()).strip('-')}.static.hf.space/"


def push_static_space(
    repo_id: str, folder: Path, own: str, *, private: bool = False, token: str | bool | None = None
) -> PushedStaticSpace:
    """Make or update a static Space: all files of a folder in one commit, or nothing.

    Args:
        repo_id: "user/name"; the Space is made if it is not there.
        folder: The files.
        own: A subfolder of it that is ours alone: what an earlier update put there and the folder has no more is
            removed, and a Space that holds files but none there is of somebody else's making.
        private: Make it private; a public Space of that name is refused.
        token: Access token with write right, None for the one saved on this machine.

    Raises:
        PublishError: in one line, what is wrong or why the Hub refused it. No commit was made, unless the message says
            that it may have been.
    """
    api = open_hub(repo_id, token)
    files = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()}
    with refusals_in_a_line(repo_id, token):
        before = open_repository(api, repo_id, "space", private, "static")
        there = {sibling.rfilename for sibling in before.siblings or []}
        if _is_foreign(there, own, getattr(before, "sdk", None)):
            raise PublishError(f"{repo_id}: not published (it holds another app; take another name)")
        operations: list[CommitOperationAdd | CommitOperationDelete] = [
            CommitOperationAdd(path, file) for path, file in files.items()
        ]
        gone = sorted(path for path in there if path.startswith(f"{own}/") and path not in files)
        operations += [CommitOperationDelete(path) for path in gone]
        commit = commit_once(api, repo_id, "space", operations, "Update the page", before.sha)
    return PushedStaticSpace(f"{api.endpoint}/spaces/{repo_id}", commit, commit != before.sha, len(files))


def _is_foreign(there: Collection[str], own: str, sdk: str | None) -> bool:
    if sdk not in (None, "static"):
        return True
    return not any(path.startswith(f"{own}/") for path in there) and not MADE_BY_THE_HUB.issuperset(there)
