"""Models from the Hugging Face Hub: a revision is resolved once to a commit, and that commit's files are fetched."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
from dataclasses import replace
from pathlib import Path

from huggingface_hub import (
    HfApi,
    ModelInfo,
    hf_hub_download,
    scan_cache_dir,
    snapshot_download,
    try_to_load_from_cache,
)
from huggingface_hub.errors import CacheNotFound, LocalEntryNotFoundError
from huggingface_hub.hf_api import RepoSibling

from amgan.errors import ReleaseError
from amgan.hub.client import is_away, is_sendable, reason_of
from amgan.hub.names import NO_REVISION
from amgan.release.checked_files import MAX_JSON_BYTES
from amgan.release.directions import MAX_DIRECTIONS_BYTES
from amgan.release.folder import (
    CARD_FILE,
    CONFIG_FILE,
    DIRECTIONS_FILE,
    FIGURE_FILE,
    FILM_FILE,
    MAP_FILE,
    METRICS_FILE,
    REAL_FILE,
    RELEASE_FILES,
    SAMPLES_FILE,
    SEEDS_FILE,
    WEIGHTS_FILE,
)
from amgan.release.real_pictures import MAX_REAL_BYTES
from amgan.release.seed_index import MAX_INDEX_BYTES
from amgan.release.seed_map import MAX_MAP_BYTES
from amgan.release.training_film import MAX_FILM_BYTES
from amgan.whole_files import write_whole

COMMIT = re.compile(r"[0-9a-f]{40}")
ANSWER_SECONDS = 10.0

# What is fetched of a repository, in this order, and at most how many bytes. The weights come last: where they are
# cached, all else of that commit is cached as well.
MAX_BYTES = {
    CARD_FILE: MAX_JSON_BYTES,
    SAMPLES_FILE: 64_000_000,
    FIGURE_FILE: 64_000_000,
    FILM_FILE: MAX_FILM_BYTES,
    METRICS_FILE: MAX_JSON_BYTES,
    REAL_FILE: MAX_REAL_BYTES,
    DIRECTIONS_FILE: MAX_DIRECTIONS_BYTES,
    MAP_FILE: MAX_MAP_BYTES,
    SEEDS_FILE: MAX_INDEX_BYTES,
    CONFIG_FILE: MAX_JSON_BYTES,
    WEIGHTS_FILE: 2_000_000_000,
}

logger = logging.getLogger(__name__)


def fetch_release(
    repo_id: str,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: str | Path | None = None,
    local_files_only: bool = False,
) -> tuple[Path, str]:
    """Bring a model repository's release files into the local cache.

    Every file is compared with the digest that the Hub names it by, when it is fetched and when it is taken from the
    cache. If the Hub is away, what is cached of the branch or tag is taken, and a warning logged.

    Args:
        repo_id: "user/name".
        revision: Branch, tag or commit; None for the main branch. A cached full commit needs no network.
        token: Access token, False for none, None for the one saved on this machine.
        cache_dir: Another cache than the Hub client's own.
        local_files_only: Take what is cached, without any request.

    Returns:
        The folder that holds the files, and the commit they are of.

    Raises:
        ReleaseError: no such repository or revision, no model in it, files too large or damaged on the way, or the
            Hub cannot be reached and nothing is cached.
    """
    try:
        # The snapshot's folder is named by the commit it holds.
        folder = _fetch(repo_id, revision, token, cache_dir, local_files_only)
        return folder, folder.name
    except Exception as error:  # errors of the client's HTTP library too, whose name changes with its version
        at = f" at revision {revision!r:.80}".replace("'", "") if revision else ""
        reason = reason_of(error, token)
        raise ReleaseError(
            f"{repo_id}{at}: no such folder here, and it could not be fetched from the Hub ({reason})"
        ) from error


def newest_commit(repo_id: str, timeout: float, token: str | bool | None = None) -> str:
    """The commit that the main branch of a model repository is at, asked of the Hub in one request.

    Args:
        repo_id: "user/name".
        timeout: Seconds without a byte from the Hub after which it counts as away.
        token: Access token, False for none, None for the one saved on this machine.

    Raises:
        ReleaseError: the Hub gives no such answer.
    """
    try:
        commit = HfApi(token=token).model_info(repo_id, timeout=timeout).sha or ""
        if not COMMIT.fullmatch(commit):
            raise ReleaseError("the Hub's answer names no commit")
        return commit
    except Exception as error:  # errors of the HTTP library as well
        raise ReleaseError(
            f"{repo_id}: the Hub did not say what its newest commit is ({reason_of(error, token)})"
        ) from error


def forget_release(repo_id: str, commit: str, cache_dir: str | Path | None = None) -> None:
    """Remove a commit's files from the cache, those left out that other commits share. Nothing, if it is not there.

    Args:
        repo_id: "user/name".
        commit: A full commit.
        cache_dir: Another cache than the Hub client's own.
    """
    with contextlib.suppress(CacheNotFound, OSError):
        cache = scan_cache_dir(cache_dir)
        own = frozenset(repo for repo in cache.repos if (repo.repo_id, repo.repo_type) == (repo_id, "model"))
        commits = {revision.commit_hash for repo in own for revision in repo.revisions}
        if commit in commits:
            replace(cache, repos=own).delete_revisions(commit).execute()


def _fetch(
    repo_id: str, revision: str | None, token: str | bool | None, cache_dir: str | Path | None, local_files_only: bool
) -> Path:
    name = revision or "main"
    if NO_REVISION.search(name):
        raise ReleaseError("a revision is the name of a branch or a tag, or a commit")
    if not is_sendable(token):
        raise ReleaseError("the token holds characters that no token has")
    if local_files_only or COMMIT.fullmatch(name):
        cached = _cached(repo_id, name, cache_dir)
        if cached is not None:
            return cached
        if local_files_only:
            raise ReleaseError("it is not in the local cache, and no more was asked for")
    try:
        info = HfApi(token=token).model_info(repo_id, revision=revision, files_metadata=True, timeout=ANSWER_SECONDS)
        return _download(repo_id, name, info, token, cache_dir)
    except Exception as error:
        cached = _cached(repo_id, name, cache_dir) if is_away(error) else None
        if cached is None:
            raise
        logger.warning("%s: the Hub is away (%s); taking the cached commit %s", repo_id, reason_of(error), cached.name)
        return cached


def _cached(repo_id: str, revision: str, cache_dir: str | Path | None) -> Path | None:
    try:
        folder = Path(
            snapshot_download(
                repo_id,
                revision=revision,
                allow_patterns=list(RELEASE_FILES),
                cache_dir=cache_dir,
                local_files_only=True,
            )
        )
    except LocalEntryNotFoundError:  # of it or of a part of it
        return None
    if not (folder / CONFIG_FILE).exists() or not (folder / WEIGHTS_FILE).exists():
        return None
    # The cache holds links to files that are named by their digest; without links there is nothing to compare with.
    links = [folder / name for name in MAX_BYTES if (folder / name).is_symlink()]
    damaged = [link for link in links if not link.exists() or not is_intact(link, link.readlink().name)]
    for link in damaged:
        _drop(link)
    if damaged:
        # What is left must not pass for the whole of it; the weights themselves stay, and are linked again.
        (folder / WEIGHTS_FILE).unlink(missing_ok=True)
        return None
    return folder


def _download(
    repo_id: str, revision: str, info: ModelInfo, token: str | bool | None, cache_dir: str | Path | None
) -> Path:
    commit = info.sha or ""
    if not COMMIT.fullmatch(commit) or (COMMIT.fullmatch(revision) and commit != revision):
        raise OSError("the Hub's answer names no commit")
    there = {sibling.rfilename: sibling for sibling in info.siblings or []}
    for name in (CONFIG_FILE, WEIGHTS_FILE):
        if name not in there:
            raise ReleaseError(f"it holds no {name}, so no model of this package")
    wanted = [there[name] for name in MAX_BYTES if name in there]
    for sibling in wanted:
        if sibling.size is None or sibling.size > MAX_BYTES[sibling.rfilename]:
            raise ReleaseError(f"{sibling.rfilename} has more than {MAX_BYTES[sibling.rfilename]} bytes")
    _announce(repo_id, commit, wanted, cache_dir)
    for sibling in wanted:
        name = sibling.rfilename
        file = Path(
            hf_hub_download(
                repo_id, name, revision=commit, token=token, cache_dir=cache_dir, etag_timeout=ANSWER_SECONDS
            )
        )
        if not is_intact(file, digest_of(sibling)):
            _drop(file)
            raise OSError(f"{name} arrived damaged: try again")
    if revision != commit:
        _remember(file.parents[2] / "refs", revision, commit)
    return file.parent


def _announce(repo_id: str, commit: str, wanted: list[RepoSibling], cache_dir: str | Path | None) -> None:
    missing = [
        sibling.size or 0
        for sibling in wanted
        if not isinstance(try_to_load_from_cache(repo_id, sibling.rfilename, cache_dir, revision=commit), str)
    ]
    if missing:
        logger.info("fetching %s at %s, %.1f MB", repo_id, commit[:8], sum(missing) / 1e6)


def digest_of(sibling: RepoSibling) -> str:
    """The digest that the Hub names a file by, "" if it names none; `files_metadata` must have been asked for."""
    return (sibling.lfs.sha256 if sibling.lfs else sibling.blob_id) or ""


def is_intact(file: Path, digest: str) -> bool:
    """Whether a file has that digest."""
    # Large files are named by their SHA-256, the others by git's SHA-1 of a blob.
    found = hashlib.sha256() if len(digest) == 64 else hashlib.sha1(b"blob %d\0" % file.stat().st_size)
    with file.open("rb") as opened:
        while part := opened.read(1 << 20):
            found.update(part)
    return found.hexdigest() == digest


def _drop(file: Path) -> None:
    # With the blob behind the link, or the next attempt would find it again; the link first, or it might be left alone.
    blob = file.resolve()
    file.unlink(missing_ok=True)
    blob.unlink(missing_ok=True)


def _remember(refs: Path, revision: str, commit: str) -> None:
    # As the Hub's client does, but only now that every file of the commit is there.
    with contextlib.suppress(OSError):  # a cache that is not writable
        ref = refs / revision
        ref.parent.mkdir(parents=True, exist_ok=True)
        write_whole(ref, commit.encode())
