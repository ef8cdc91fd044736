"""Fetching from the Hub without a network: what is cached is found, all else is one line."""

from __future__ import annotations

import huggingface_hub.constants
import pytest
from huggingface_hub import HfApi

from amgan import AMGAN
from amgan.errors import ReleaseError
from amgan.hub.fetching import fetch_release
from tests.models import message, saved

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def cache(tmp_path):
    """A Hub cache that holds one release as branch main and tag v1 of user/shoes."""
    repo = tmp_path / "models--user--shoes"
    saved(repo / "snapshots" / COMMIT)
    (repo / "refs").mkdir()
    for name in ("main", "v1"):
        (repo / "refs" / name).write_text(COMMIT)
    return tmp_path


def test_the_tests_are_offline():
    assert huggingface_hub.constants.HF_HUB_OFFLINE


@pytest.mark.parametrize("revision", [None, "main", "v1", COMMIT])
@pytest.mark.parametrize("local_files_only", [False, True])
def test_what_is_cached_needs_no_network(cache, revision, local_files_only):
    folder, commit = fetch_release("user/shoes", revision, cache_dir=cache, local_files_only=local_files_only)
    assert commit == COMMIT
    assert (folder / "model.safetensors").exists()


def test_a_model_from_the_cache_is_named_by_its_commit(cache):
    model = AMGAN.from_pretrained("user/shoes", revision="v1", cache_dir=cache)
    assert model.revision == COMMIT
    assert model.sample(seeds=[1]).shape == (1, 32, 32, 1)


@pytest.mark.parametrize(("repo", "revision"), [("user/shoes", "v2"), ("user/shoes", "f" * 40), ("user/hats", None)])
@pytest.mark.parametrize("local_files_only", [False, True])
def test_what_is_not_cached_is_one_line(cache, repo, revision, local_files_only):
    with pytest.raises(ReleaseError, match="could not be fetched from the Hub") as caught:
        fetch_release(repo, revision, cache_dir=cache, local_files_only=local_files_only)
    text = message(caught.value)
    assert text.startswith(repo)
    assert revision is None or f"at revision {revision}" in text


@pytest.mark.parametrize("repo", ["", "a/b/c", "../x", "a b", "-", "a\nb", "a--b/c", "x" * 97])
def test_what_is_no_repository_name_is_one_line(cache, repo):
    with pytest.raises(ReleaseError) as caught:
        fetch_release(repo, cache_dir=cache)
    assert "could not be fetched" in str(caught.value)


class _NoAnswerError(Exception):
    """As the HTTP library under the Hub's client raises: neither an OSError nor one of the client's own."""


def test_an_error_of_the_http_library_falls_back_to_the_cache(cache, monkeypatch):
    def fails(*args, **options):
        raise _NoAnswerError("connection\nrefused")

    monkeypatch.setattr(HfApi, "model_info", fails)
    assert fetch_release("user/shoes", "v1", cache_dir=cache)[1] == COMMIT
    with pytest.raises(ReleaseError, match=r"\(connection refused\)") as caught:
        fetch_release("user/hats", cache_dir=cache)
    message(caught.value)


def test_an_incomplete_snapshot_is_one_line(cache):
    (cache / "models--user--shoes" / "snapshots" / COMMIT / "model.safetensors").unlink()
    with pytest.raises(ReleaseError) as caught:
        AMGAN.from_pretrained("user/shoes", cache_dir=cache)
    message(caught.value)
