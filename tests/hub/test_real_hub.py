"""Push and pull against huggingface.co itself, for who runs the tests with a token that may write."""

from __future__ import annotations

import os
import uuid

import pytest

from tests.hub.client import HubClient

TOKEN = os.environ.get("HF_TOKEN")


@pytest.mark.skipif(not TOKEN, reason="needs HF_TOKEN: makes a private repository of its own and deletes it again")
def test_push_and_pull(release, tmp_path):
    other = os.environ.get("HF_ENDPOINT")
    client = HubClient(other or "https://huggingface.co", tmp_path / "home", xet=not other)
    user = client.call("whoami", token=TOKEN)["name"]
    repo = f"{user}/amgan-test-{uuid.uuid4().hex[:12]}"
    try:
        pushed = client.call("push", folder=release, repo=repo, tag="v1", private=True, token=TOKEN)
        pulled = client.call("pull", repo=repo, revision="v1", token=TOKEN, cache_dir=tmp_path)
        assert pulled["revision"] == pushed["commit"]
        assert pulled["pictures"] == client.call("pull", repo=str(release))["pictures"]
        assert not client.call("push", folder=release, repo=repo, token=TOKEN)["is_new"]
        client.error("ReleaseError", "pull", repo=repo, token=False, cache_dir=tmp_path / "other")
    finally:
        client.call("delete", repo=repo, token=TOKEN)
        client.close()
