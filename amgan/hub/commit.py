"""Writing to a repository of the Hub: made if it is not there, then changed by one commit or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    CommitOperationDelete,
    DatasetInfo,
    HfApi,
    ModelInfo,
    SpaceInfo,
    get_session,
    get_token,
    set_client_factory,
)
from huggingface_hub.errors import RepositoryNotFoundError

from amgan.data.reasons import Reason
from amgan.errors import AmganError, PublishError
from amgan.hub.client import is_away, is_sendable, reason_of
from amgan.hub.fetching import COMMIT
from amgan.hub.names import REPOSITORY

# The client's own calls wait for ever where they name no limit.
ANSWER_SECONDS = 60.0

RepoType = Literal["model", "space", "dataset"]
SpaceSdk = Literal["gradio", "static"]
Operations = Sequence[CommitOperationAdd | CommitOperationDelete | CommitOperationCopy]


def check_repository_name(repo_id: str) -> None:
    """Check a repository's name, without a request.

    Raises:
        PublishError: it is no name that the Hub could know.
    """
    if not REPOSITORY.fullmatch(repo_id):
        raise PublishError(Reason("bad_repository", {"name": f"{repo_id!r:.100}"}))


def open_hub(repo_id: str, token: str | bool | None) -> HfApi:
    """The Hub's client for writing to "user/name", whose calls end in time.

    Raises:
        PublishError: no such name or token can be.
    """
    check_repository_name(repo_id)
    if not is_sendable(token):
        raise PublishError(Reason("bad_hub_token"))
    _limit_waiting()
    return HfApi(token=token)


def writer_of(token: str | None) -> str | None:
    """The name of whoever a token may write for.

    Args:
        token: An access token; None for the one saved on this machine.

    Returns:
        None without a token, for one that only reads or is not known, and where the Hub gives no answer.
    """
    if (token or get_token()) is None or not is_sendable(token):
        return None
    _limit_waiting()
    try:
        account = HfApi(token=token).whoami()
        return str(account["name"]) if account["auth"]["accessToken"]["role"] != "read" else None
    except Exception:  # errors of the client's HTTP library too; whoever publishes all the same is told
        return None


def open_repository(
    api: HfApi, repo_id: str, repo_type: RepoType, private: bool, space_sdk: SpaceSdk = "gradio"
) -> ModelInfo | SpaceInfo | DatasetInfo:
    """What is known of the repository, which is made if it is not there; a Space for Gradio, or of static files.

    Raises:
        PublishError: `private` is asked, and the repository is public.
    """
    try:
        found = _information(api, repo_id, repo_type)
    except RepositoryNotFoundError:
        # Where private is not asked, an organisation's own default counts.
        api.create_repo(
            repo_id, repo_type=repo_type, space_sdk=space_sdk if repo_type == "space" else None,
            private=True if private else None, exist_ok=True,
        )  # fmt: skip
        found = _information(api, repo_id, repo_type)
    if private and not found.private:
        raise PublishError(Reason("public_already", {"repo": repo_id}))
    return found


def commit_once(
    api: HfApi, repo_id: str, repo_type: RepoType, operations: Operations, title: str, parent: str | None
) -> str:
    """Make one commit upon `parent`; none if it would change nothing.

    Returns:
        The commit that holds the content now, 40 hex digits; `parent` if nothing changed.

    Raises:
        PublishError: it is not known whether the commit was made, or the answer names none.
        HfHubHTTPError: what else the client raises: no commit was made.
    """
    try:
        made = api.create_commit(
            repo_id, operations, commit_message=title, parent_commit=parent, repo_type=repo_type
        )  # fmt: skip
    except Exception as error:
        if is_away(error) and _head(api, repo_id, repo_type) != parent:  # it may be there, only its answer got lost
            reason = publishing_reason(error, api.token)
            raise PublishError(Reason("perhaps_published", {"repo": repo_id, "reason": reason})) from error
        raise
    if not COMMIT.fullmatch(made.oid):
        raise PublishError(f"{repo_id}: the Hub's answer names no commit; see there whether it was published")
    return made.oid


@contextmanager
def refusals_in_a_line(repo_id: str, token: str | bool | None, refused: str = "not_published") -> Iterator[None]:
    """Meanwhile, what the Hub refuses or its client raises becomes one line that names the repository.

    Args:
        repo_id: "user/name".
        token: That is used, so that the line can say what it lacks.
        refused: What did not come about, by the name of a `Reason`.

    Raises:
        PublishError: that line; one that was raised within stays as it is.
    """
    try:
        yield
    except PublishError:
        raise
    except Exception as error:  # errors of the client's HTTP library too, whose name changes with its version
        reason = publishing_reason(error, token)
        raise PublishError(Reason(refused, {"repo": repo_id, "reason": reason})) from error


def publishing_reason(error: Exception, token: str | bool | None) -> Reason:
    """Why, as one short line; the package's own errors say it already."""
    return Reason.of(error) if isinstance(error, AmganError) else reason_of(error, token)


def _limit_waiting() -> None:
    # After a refused connection the client makes a new session, so its maker must know the limit too.
    session = get_session()

    def limited() -> Any:
        return type(session)(
            event_hooks=session.event_hooks, follow_redirects=session.follow_redirects, timeout=ANSWER_SECONDS
        )

    set_client_factory(limited)


def _information(api: HfApi, repo_id: str, repo_type: RepoType) -> ModelInfo | SpaceInfo | DatasetInfo:
    if repo_type == "space":
        return api.space_info(repo_id, timeout=ANSWER_SECONDS)
    if repo_type == "dataset":
        return api.dataset_info(repo_id, timeout=ANSWER_SECONDS)
    return api.model_info(repo_id, timeout=ANSWER_SECONDS)


def _head(api: HfApi, repo_id: str, repo_type: RepoType) -> str | None:
    try:
        return _information(api, repo_id, repo_type).sha
    except Exception:  # no answer again
        return None
