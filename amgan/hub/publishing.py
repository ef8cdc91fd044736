"""A release folder becomes one commit of a model repository on the Hugging Face Hub; an edited card there is kept."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError

from amgan.errors import PublishError, ReleaseError
from amgan.hub.card import NO_PLACE, model_card
from amgan.hub.commit import commit_once, open_hub, open_repository, publishing_reason, refusals_in_a_line
from amgan.hub.endpoint_files import HANDLER, endpoint_files, is_ours, outdated
from amgan.hub.fetching import COMMIT
from amgan.release.checked_files import MAX_JSON_BYTES
from amgan.release.folder import CARD_FILE, RELEASE_FILES, Release, digest_of, read_release

TAG = re.compile(r"[A-Za-z0-9](?:[\w-]|\.(?!\.)){0,99}(?<!\.lock)(?<!\.)", re.ASCII)

SEAL = re.compile(r"\n*<!-- amgan card [0-9a-f]{64}; edit it as you like: what was edited is kept -->\n*\Z")


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
    endpoint: bool = False,
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
        endpoint: Put the handler of an Inference Endpoint beside the release, and what it needs.

    Raises:
        ReleaseError: the folder holds no sound release.
        PublishError: in one line, what the Hub refused or why it did not answer. No commit was made, unless the
            message says that it was or may have been.
    """
    api = open_hub(repo_id, token)
    if tag is not None and (not TAG.fullmatch(tag) or COMMIT.fullmatch(tag) or tag in ("main", "HEAD")):
        raise PublishError(f"{tag!r:.120} cannot be a tag: take letters, digits and .-_ as in v1.0")
    beside = endpoint_files() if endpoint else {}
    with tempfile.TemporaryDirectory() as scratch:
        # A copy, so that what was checked is what goes up, whatever a training writes meanwhile.
        copy = Path(scratch) / "release"
        _write_card(copy, _copied(folder, copy), repo_id)
        with refusals_in_a_line(repo_id, token):
            return _push(api, copy, repo_id, private, tag, title, beside)


def prepare_repository(repo_id: str, *, private: bool) -> frozenset[str]:
    """Make sure that releases can be pushed to a repository, which is made if it is not there.

    Args:
        repo_id: "user/name".
        private: Make it private; a public repository of that name is refused.

    Returns:
        The tags that it has.

    Raises:
        PublishError: in one line, why a push would be refused, or why the Hub did not answer.
    """
    api = open_hub(repo_id, None)
    with refusals_in_a_line(repo_id, None, "no_right_there"):
        open_repository(api, repo_id, "model", private)
        try:
            api.auth_check(repo_id, write=True)
        except HfHubHTTPError as error:
            if error.response.status_code != 404:  # a mirror of the Hub need not have that question
                raise
        return frozenset(ref.name for ref in api.list_repo_refs(repo_id).tags)


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
    api: HfApi,
    folder: Path,
    repo_id: str,
    private: bool,
    tag: str | None,
    title: str,
    beside: Mapping[str, Path | bytes],
) -> PushedRelease:
    before = open_repository(api, repo_id, "model", private)
    tagged = _tagged(api, repo_id, tag)
    if tagged not in (None, before.sha):
        raise PublishError(f"{repo_id}: not published (tag {tag} names commit {tagged} already; take another)")
    there = {sibling.rfilename for sibling in before.siblings or []}
    card_kept = CARD_FILE in there and not is_sealed(_file_there(api, repo_id, before.sha, CARD_FILE))
    if beside and HANDLER in there and not is_ours(_file_there(api, repo_id, before.sha, HANDLER)):
        raise PublishError(f"{repo_id}: not published (its {HANDLER} is somebody's own; remove it there first)")
    files = [name for name in RELEASE_FILES if (folder / name).exists()]
    operations: list[CommitOperationAdd | CommitOperationDelete] = [
        CommitOperationAdd(name, folder / name) for name in files if not (card_kept and name == CARD_FILE)
    ]
    operations += [CommitOperationDelete(name) for name in RELEASE_FILES if name in there and name not in files]
    operations += [CommitOperationAdd(name, content) for name, content in beside.items()]
    operations += [CommitOperationDelete(name) for name in (outdated(there, beside) if beside else [])]
    commit = commit_once(api, repo_id, "model", operations, title, before.sha)
    if tag is not None and tagged != commit:
        try:
            if tagged is not None:
                raise PublishError(f"it names commit {tagged} already")
            api.create_tag(repo_id, tag=tag, revision=commit)
        except Exception as error:
            reason = publishing_reason(error, api.token)
            raise PublishError(
                f"{repo_id}: published as commit {commit}, but without the tag {tag} ({reason})"
            ) from error
    return PushedRelease(commit, f"{api.endpoint}/{repo_id}", tuple(files), card_kept, commit != before.sha)


def _tagged(api: HfApi, repo_id: str, tag: str | None) -> str | None:
    if tag is None:
        return None
    return next((ref.target_commit for ref in api.list_repo_refs(repo_id).tags if ref.name == tag), None)


def _file_there(api: HfApi, repo_id: str, commit: str | None, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as cache:
        file = Path(hf_hub_download(repo_id, name, revision=commit, token=api.token, cache_dir=cache))
        # One that is too long to be ours was written by someone else.
        return file.read_bytes() if file.stat().st_size <= MAX_JSON_BYTES else b""


def _write_card(folder: Path, release: Release, repo_id: str) -> None:
    file = folder / CARD_FILE
    card = file.read_bytes().decode(errors="replace") if file.exists() else ""
    if not card.strip():
        card = str(model_card(release.config, release.metrics))
    # The card of a folder does not know yet where the model will be.
    file.write_bytes(sealed(card.replace(f'"{NO_PLACE}"', f'"{repo_id}"')).encode())


def sealed(card: str) -> str:
    """A card with a seal under it, in place of one that is there."""
    text = SEAL.sub("", card).rstrip("\n")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text}\n\n<!-- amgan card {digest}; edit it as you like: what was edited is kept -->\n"


def is_sealed(card: bytes) -> bool:
    """Whether a card is, to the byte, as `sealed` gave it."""
    try:
        text = card.decode()
    except UnicodeDecodeError:
        return False
    return text == sealed(text)
