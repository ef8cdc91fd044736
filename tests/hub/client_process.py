"""A process of its own in which the real client of the Hub runs: a call a line on its input, its outcome a line back.

One process serves many tests, because to import the package takes seconds and the client reads its settings then.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, constants

import amgan.hub.commit
import amgan.hub.fetching
from amgan import AMGAN
from amgan.hub.fetching import fetch_release, forget_release, newest_commit
from amgan.hub.publishing import push_release
from amgan.hub.space import push_space
from amgan.hub.static_space import push_static_space


def push(folder: str, repo: str, **options: Any) -> dict[str, Any]:
    """What `push_release` returns."""
    return vars(push_release(Path(folder), repo, **options))


def push_model(folder: str, repo: str, **options: Any) -> dict[str, Any]:
    """What the model's own method returns."""
    return vars(AMGAN.from_pretrained(folder).push_to_hub(repo, **options))


def space(repo: str, **options: Any) -> dict[str, Any]:
    """What `push_space` returns."""
    return asdict(push_space(repo, **options))


def static_space(repo: str, folder: str, **options: Any) -> dict[str, Any]:
    """What `push_static_space` returns."""
    return asdict(push_static_space(repo, Path(folder), "files", **options))


def fetch(repo: str, **options: Any) -> dict[str, Any]:
    """Where `fetch_release` put the files, and their commit."""
    folder, commit = fetch_release(repo, **options)
    return {"folder": str(folder), "commit": commit}


def pull(repo: str, **options: Any) -> dict[str, Any]:
    """What a model loaded from the Hub says and draws."""
    model = AMGAN.from_pretrained(repo, **options)
    pictures = hashlib.sha256(model.sample("Bag", seeds=range(4)).tobytes()).hexdigest()
    return {"revision": model.revision, "pictures": pictures}


def forget(repo: str, commit: str, **options: Any) -> None:
    """Remove a commit from the cache."""
    forget_release(repo, commit, **options)


def newest(repo: str, **options: Any) -> dict[str, Any]:
    """What `newest_commit` returns."""
    return {"commit": newest_commit(repo, **options)}


def whoami(**options: Any) -> dict[str, Any]:
    """Whose a token is."""
    return HfApi().whoami(**options)


def delete(repo: str, **options: Any) -> None:
    """Take a repository away."""
    HfApi().delete_repo(repo, **options)


def train(**settings: Any) -> dict[str, Any]:
    """What a tiny training prints, and the releases that it left waiting."""
    from tests.training.runs import printed_run  # imports more than the other calls need

    return printed_run(**settings)


CALLS: dict[str, Callable[..., dict[str, Any] | None]] = {
    "push": push, "space": space, "static_space": static_space,
    "fetch": fetch, "pull": pull, "newest": newest, "whoami": whoami, "delete": delete,
    "train": train, "forget": forget, "push_model": push_model,
}  # fmt: skip


def outcome(call: str, seconds: float, options: dict[str, Any]) -> dict[str, Any]:
    """A call's result, or its error with the message and all that a traceback would show."""
    amgan.hub.fetching.ANSWER_SECONDS = amgan.hub.commit.ANSWER_SECONDS = seconds
    constants.HF_HUB_DOWNLOAD_TIMEOUT = constants.DEFAULT_ETAG_TIMEOUT = seconds
    try:
        return {"result": CALLS[call](**options)}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error), "traceback": traceback.format_exc()}


if __name__ == "__main__":
    time.sleep = lambda _: None  # the client's waits before it tries again
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        print(json.dumps(outcome(**json.loads(line))), file=answers, flush=True)
