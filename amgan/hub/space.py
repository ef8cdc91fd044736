"""A Space on the Hugging Face Hub that shows this app: its code and the names of the models it offers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, hf_hub_download

from amgan.data.reasons import Reason
from amgan.errors import ConfigError, PublishError
from amgan.hub.commit import (
    ANSWER_SECONDS,
    commit_once,
    open_hub,
    open_repository,
    publishing_reason,
    refusals_in_a_line,
)
from amgan.hub.fetching import COMMIT
from amgan.hub.names import split_model_name
from amgan.hub.space_files import (
    CARD,
    PACKAGE,
    RECORD,
    SpaceModel,
    is_ours,
    project_folder,
    recorded_weights,
    space_files,
)
from amgan.release.folder import CONFIG_FILE, RELEASE_FILES, WEIGHTS_FILE

MODELS_VARIABLE = "AMGAN_MODELS"
OWN_SIGN = f"{PACKAGE}/__init__.py"
"""A Space that holds files but not this one is of somebody else's making."""


@dataclass(frozen=True)
class PushedSpace:
    """A Space that was made or updated.

    Attributes:
        url: Its page.
        commit: The commit that holds the code, 40 hex digits.
        is_new: Whether a commit was made; not if the Space held just this code.
        files: How many files it is made of.
        models: Those of the Hub that it shows.
    """

    url: str
    commit: str
    is_new: bool
    files: int
    models: tuple[SpaceModel, ...]


def push_space(
    repo_id: str, models: Sequence[str] = (), *, private: bool = False, token: str | bool | None = None
) -> PushedSpace:
    """Make or update a Space with this code: all files in one commit, or nothing.

    Files that an earlier update put there and the code has no more are removed; others, such as packages.txt or a model
    that was added to weights/, stay.
    The names of the models go into the Space's variable AMGAN_MODELS as they are given, so that the app sees when one
    has moved; the commits they stand for now are what the Space preloads.

    Args:
        repo_id: "user/name"; the Space is made if it is not there.
        models: "user/name", or "user/name@revision" to stay there; none: the Space shows only weights/.
        private: Make it private; a public Space of that name is refused.
        token: Access token with write right, None for the one saved on this machine.

    Raises:
        PublishError: in one line, what is wrong or why the Hub refused it. No commit was made, unless the message says
            that it was or may have been.
    """
    project = project_folder()
    api = open_hub(repo_id, token)
    asked = {name: _parted(name) for name in models}
    with refusals_in_a_line(repo_id, token):
        found = tuple(_model(api, name, repo, revision) for name, (repo, revision) in asked.items())
        files = space_files(project, found)
        before = open_repository(api, repo_id, "space", private)
        there = {sibling.rfilename for sibling in before.siblings or []}
        if _is_foreign(there, getattr(before, "sdk", None)):
            raise PublishError(Reason("other_app", {"repo": repo_id}))
        operations: list[CommitOperationAdd | CommitOperationDelete] = [
            CommitOperationAdd(path, content) for path, content in files.items()
        ]
        weights = _earlier_weights(api, repo_id, before.sha) if RECORD in there else frozenset()
        gone = sorted(path for path in there if path not in files and is_ours(path, weights))
        operations += [CommitOperationDelete(path) for path in gone]
        commit = commit_once(api, repo_id, "space", operations, "Update the app", before.sha)
    _set_models(api, repo_id, commit, ",".join(asked))
    return PushedSpace(f"{api.endpoint}/spaces/{repo_id}", commit, commit != before.sha, len(files), found)


def _parted(name: str) -> tuple[str, str | None]:
    try:
        return split_model_name(name)
    except ConfigError as error:
        raise PublishError(str(error)) from error


def _is_foreign(there: set[str], sdk: str | None) -> bool:
    # A Space that was only just made, on its page or by us, holds these two files.
    return OWN_SIGN not in there and (not there <= {".gitattributes", CARD} or sdk not in (None, "gradio"))


def _earlier_weights(api: HfApi, repo_id: str, commit: str | None) -> frozenset[str]:
    with tempfile.TemporaryDirectory() as cache:
        file = hf_hub_download(
            repo_id, RECORD, repo_type="space", revision=commit, token=api.token, cache_dir=cache
        )  # fmt: skip
        return recorded_weights(Path(file))


def _model(api: HfApi, name: str, repo: str, revision: str | None) -> SpaceModel:
    try:
        info = api.model_info(repo, revision=revision, timeout=ANSWER_SECONDS)
    except Exception as error:
        raise PublishError(f"model {name}: {publishing_reason(error, api.token)}") from error
    there = {sibling.rfilename for sibling in info.siblings or []}
    for needed in (CONFIG_FILE, WEIGHTS_FILE):
        if needed not in there:
            raise PublishError(f"model {name}: the repository holds no {needed}, so no model of this package")
    if info.sha is None or not COMMIT.fullmatch(info.sha):
        raise PublishError(f"model {name}: the Hub's answer names no commit")
    files = tuple(file for file in RELEASE_FILES if file in there)
    return SpaceModel(name, repo, info.sha, files, is_open=not info.private and not info.gated)


def _set_models(api: HfApi, repo_id: str, commit: str, value: str) -> None:
    # Only if it is another one: to set it restarts the Space.
    try:
        variables = api.get_space_variables(repo_id)
        current = variables[MODELS_VARIABLE].value if MODELS_VARIABLE in variables else ""
        if value and value != current:
            api.add_space_variable(repo_id, MODELS_VARIABLE, value, description="Models of the Hub that the app shows")
        elif current and not value:
            api.delete_space_variable(repo_id, MODELS_VARIABLE)
    except Exception as error:
        reason = publishing_reason(error, api.token)
        raise PublishError(
            f"{repo_id}: published as commit {commit}, but its variable {MODELS_VARIABLE} was not set ({reason})"
        ) from error
