"""The Hub's client beside our own words: silenced, and why a call failed in a few of them, without any token."""

from __future__ import annotations

import logging
import re
from json import JSONDecodeError

from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils.tqdm import disable_progress_bars

from amgan.errors import AmganError, one_line

LOGIN = "`hf auth login` or HF_TOKEN sets one"
BY_KIND = (
    (GatedRepoError, "access is restricted: ask for it on the repository's page"),
    (RepositoryNotFoundError, f"there is no such repository, or it is private and needs the right token: {LOGIN}"),
    (RevisionNotFoundError, "the repository has no such revision"),
    (RemoteEntryNotFoundError, "the repository has no such file at that revision"),
    ((JSONDecodeError, UnicodeDecodeError), "the Hub's answer could not be read"),
    (OfflineModeIsEnabled, "offline mode is on: HF_HUB_OFFLINE is set"),
)
BY_STATUS = {
    401: f"the Hub refused the token, or there is none: {LOGIN}",
    403: "the token has no right to do that: check its permissions and whose repository it is",
    409: "it conflicts with what is there already",
    412: "the repository changed meanwhile: try again",
    429: "the Hub asks for fewer requests: try again later",
}
# Links to large files are signed: who has one needs no token.
LINK = re.compile(r"(https?://[^/\s]+)\S*")
TOKEN = re.compile(r"hf_\w+|(?i:bearer)\s+[^\s'\"]+")
VISIBLE = re.compile(r"[!-~]+")


def reason_of(error: BaseException, token: str | bool | None = None) -> str:
    """One short line that says why.

    Args:
        error: What the Hub's client raised; its own text may have many lines, an address and a request's id.
        token: The access token of the call, removed from the text should it be in there.
    """
    # The client wraps some of its errors into ones that say only what was being done.
    if type(error) in (RuntimeError, LocalEntryNotFoundError) and error.__cause__ is not None:
        error = error.__cause__
    for kind, reason in BY_KIND:
        if isinstance(error, kind):
            return reason
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        later = ": try again later" if status >= 500 else ""
        return BY_STATUS.get(status, f"the Hub answered with error {status}{later}")
    text = one_line(error)
    if isinstance(token, str) and token:
        text = text.replace(token, "***")
    return TOKEN.sub("***", LINK.sub(r"\1", text))[:200]


def is_away(error: BaseException) -> bool:
    """Whether the Hub gave no answer to the question, in contrast to one that says no, or one that we refuse."""
    if isinstance(error, HfHubHTTPError):
        return error.response.status_code >= 500 or error.response.status_code in (408, 429)
    return not isinstance(error, (HFValidationError, AmganError))


def is_sendable(token: str | bool | None) -> bool:
    """Whether a token can stand in a request; what cannot would be quoted in the HTTP library's error."""
    return not isinstance(token, str) or VISIBLE.fullmatch(token) is not None


def silence_hub_client() -> None:
    """Turn off the client's bars, one a file, and its notices of each retry; what is wrong in the end is raised."""
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    disable_progress_bars()
