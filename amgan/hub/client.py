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

from amgan.data.reasons import Reason
from amgan.errors import AmganError, one_line

LOGIN = "`hf auth login` or HF_TOKEN sets one"
BY_KIND = (
    (GatedRepoError, Reason("hub_gated")),
    (RepositoryNotFoundError, Reason("hub_no_repository")),
    (RevisionNotFoundError, Reason("hub_no_revision")),
    (RemoteEntryNotFoundError, Reason("hub_no_file")),
    ((JSONDecodeError, UnicodeDecodeError), Reason("hub_unread")),
    (OfflineModeIsEnabled, Reason("hub_offline")),
)
BY_STATUS = {
    401: Reason("hub_token"),
    403: Reason("hub_no_right"),
    409: Reason("hub_conflict"),
    412: Reason("hub_changed"),
    429: Reason("hub_busy"),
}
# Links to large files are signed: who has one needs no token.
LINK = re.compile(r"(https?://[^/\s]+)\S*")
TOKEN = re.compile(r"hf_\w+|(?i:bearer)\s+[^\s'\"]+")
VISIBLE = re.compile(r"[!-~]+")


def reason_of(error: BaseException, token: str | bool | None = None) -> Reason:
    """Why, as one short line.

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
        other = Reason("hub_error_later" if status >= 500 else "hub_error", {"status": str(status)})
        return BY_STATUS.get(status, other)
    text = one_line(error)
    if isinstance(token, str) and token:
        text = text.replace(token, "***")
    return Reason("said", {"sentence": TOKEN.sub("***", LINK.sub(r"\1", text))[:200]})


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
