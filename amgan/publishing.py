"""A release folder becomes one commit of a model repository on the Hugging Face Hub."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    ModelInfo,
    get_session,
    hf_hub_download,
)
from huggingface_hub.errors import RepositoryNotFoundError

from amgan.card import NO_PLACE, model_card
from amgan.card_seal import is_sealed, sealed
from amgan.errors import AmganError, PublishError, ReleaseError
from amgan.hub import COMMIT
from amgan.hub_reason import is_away, is_sendable, reason_of
from amgan.release import CARD_FILE, MAX_JSON_BYTES, RELEASE_FILES, Release, digest_of, read_release

# The client's own calls wait for ever where they name no limit.
ANSWER_SECONDS = 60.0

REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
TAG = re.compile(r"[A-Za-z0-9](?:[\w-]|\.(?!\.)){0,99}(?<!\.lock)(?<!\.)", re.ASCII)


@dataclass(frozen=True)
class PushedRelease:
    """A published release.

    Attributes:
        commit: The commit that holds it, 40 hex digits.
        url: The repository's page.
        files: Names of the release's files in that commit.
        card_kept: The card there was edited on the Hub and left as it is.
        is_new: Whether the push made a commit; not if the repository held just this release.
    """

    commit: str
    url: str
    files: tuple[str, ...]
    card_kept: bool
    is_new: bool


def push_release(
    folder: Path,
    repo_id: str,
    *,
    private: bool = False,
    tag: str | None = None,
    token: str | bool | None = None,
    title: str = "Publish a release",
) -> PushedRelease:
    """Publish a release folder: all of its files in one commit, or nothing.

    The folder is checked first, and only the files of a release leave the machine. A file of an earlier release that
    this one does not have is removed in the same commit. A card that was edited on the Hub is kept; otherwise the
    folder's goes up, with the repository's name in its example.

    Args:
        folder: A release folder.
        repo_id: "user/name"; the repository is made if it is not there.
        private: Make it private; a public repository of that name is refused.
        tag: Name the commit so; a tag is never moved.
        token: Access token with write right, None for the one saved on this machine.
        title: Of the commit.

    Raises:
        ReleaseError: the folder holds no sound release.
        PublishError: in one line, what the Hub refused or why it did not answer. No commit was made, unless the
            message says that it was or may have been.
    """
    if not REPOSITORY.fullmatch(repo_id):
        raise PublishError(f"{repo_id!r:.100} is no name of a repository: write user/name")
    if tag is not None and (not TAG.fullmatch(tag) or COMMIT.fullmatch(tag) or tag in ("main", "HEAD")):
        raise PublishError(f"{tag!r:.120} cannot be a tag: take letters, digits and .-_ as in v1.0")
    if not is_sendable(token):
        raise PublishError("the token holds characters that no token has")
    with tempfile.TemporaryDirectory() as scratch:
        # A copy, so that what was checked is what goes up, whatever a training writes meanwhile.
        copy = Path(scratch) / "release"
        _write_card(copy, _copied(folder, copy), repo_id)
        try:
            return _push(copy, repo_id, private, tag, token, title)
        except PublishError:
            raise
        except Exception as error:  # errors of the client's HTTP library too, whose name changes with its version
            raise PublishError(f"{repo_id}: not published ({_reason(error, token)})") from error


def _copied(folder: Path, copy: Path) -> Release:
    release = read_release(folder)
    copy.mkdir()
    for name in RELEASE_FILES:
        file = folder / name
        if file.is_file():
            shutil.copyfile(file, copy / name)
    # What was checked is what was copied: no other release took the folder's place in between.
    if digest_of(copy) != release.digest or digest_of(folder) != release.digest:
        raise ReleaseError(f"{folder}: another release took its place while it was read; push again")
    return release


def _push(
    folder: Path, repo_id: str, private: bool, tag: str | None, token: str | bool | None, title: str
) -> PushedRelease:
    api = HfApi(token=token)
    get_session().timeout = ANSWER_SECONDS
    before = _repository(api, repo_id, private)
    tagged = _tagged(api, repo_id, tag)
    if tagged not in (None, before.sha):
        raise PublishError(f"{repo_id}: not published (tag {tag} names commit {tagged} already; take another)")
    there = {sibling.rfilename for sibling in before.siblings or []}
    card_kept = CARD_FILE in there and not is_sealed(_card_there(repo_id, before, token))
    files = [name for name in RELEASE_FILES if (folder / name).exists()]
    operations: list[CommitOperationAdd | CommitOperationDelete] = [
        CommitOperationAdd(name, folder / name) for name in files if not (card_kept and name == CARD_FILE)
    ]
    operations += [CommitOperationDelete(name) for name in RELEASE_FILES if name in there and name not in files]
    try:
        made = api.create_commit(repo_id, operations, commit_message=title, parent_commit=before.sha)
    except Exception as error:
        if is_away(error) and _head(api, repo_id) != before.sha:  # the commit may be there, only its answer got lost
            raise PublishError(
                f"{repo_id}: it is not known whether it was published ({_reason(error, token)}); "
                "push again, nothing is published twice"
            ) from error
        raise
    if not COMMIT.fullmatch(made.oid):
        raise PublishError(f"{repo_id}: the Hub's answer names no commit; see there whether it was published")
    if tag is not None and tagged != made.oid:
        try:
            if tagged is not None:
                raise PublishError(f"it names commit {tagged} already")
            api.create_tag(repo_id, tag=tag, revision=made.oid)
        except Exception as error:
            raise PublishError(
                f"{repo_id}: published as commit {made.oid}, but without the tag {tag} ({_reason(error, token)})"
            ) from error
    return PushedRelease(made.oid, f"{api.endpoint}/{repo_id}", tuple(files), card_kept, made.oid != before.sha)


def _repository(api: HfApi, repo_id: str, private: bool) -> ModelInfo:
    try:
        found = api.model_info(repo_id, timeout=ANSWER_SECONDS)
    except RepositoryNotFoundError:
        # Where private is not asked, an organisation's own default counts.
        api.create_repo(repo_id, private=True if private else None, exist_ok=True)
        found = api.model_info(repo_id, timeout=ANSWER_SECONDS)
    if private and not found.private:
        raise PublishError(f"{repo_id}: not published (it is public already; make it private on its page first)")
    return found


def _head(api: HfApi, repo_id: str) -> str | None:
    try:
        return api.model_info(repo_id, timeout=ANSWER_SECONDS).sha
    except Exception:  # no answer again
        return None


def _tagged(api: HfApi, repo_id: str, tag: str | None) -> str | None:
    if tag is None:
        return None
    return next((ref.target_commit for ref in api.list_repo_refs(repo_id).tags if ref.name == tag), None)


def _card_there(repo_id: str, info: ModelInfo, token: str | bool | None) -> bytes:
    with tempfile.TemporaryDirectory() as cache:
        file = Path(hf_hub_download(repo_id, CARD_FILE, revision=info.sha, token=token, cache_dir=cache))
        # One that is too long to be ours was written by someone else.
        return file.read_bytes() if file.stat().st_size <= MAX_JSON_BYTES else b""


def _write_card(folder: Path, release: Release, repo_id: str) -> None:
    file = folder / CARD_FILE
    card = file.read_bytes().decode(errors="replace") if file.exists() else ""
    if not card.strip():
        card = str(model_card(release.config, release.metrics))
    # The card of a folder does not know yet where the model will be.
    file.write_bytes(sealed(card.replace(f'"{NO_PLACE}"', f'"{repo_id}"')).encode())


def _reason(error: Exception, token: str | bool | None) -> str:
    return str(error) if isinstance(error, AmganError) else reason_of(error, token)
