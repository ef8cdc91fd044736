"""What a push checks before it calls the Hub; tests/hub has the rest, against a server.

A seal tells every edit, and no text that is sealed again changes.
"""

from __future__ import annotations

import shutil

import pytest
from huggingface_hub import HfApi
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import PublishError, ReleaseError
from amgan.hub import publishing
from amgan.hub.card import model_card
from amgan.hub.commit import writer_of
from amgan.hub.publishing import is_sealed, push_release, sealed
from tests.models import message, saved, tiny_config

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
CARD = str(model_card(tiny_config(), {}))


@pytest.fixture(autouse=True)
def _no_call(monkeypatch):
    def called(*_, **__):
        raise AssertionError("the Hub was called")

    monkeypatch.setattr(HfApi, "model_info", called)


@pytest.mark.parametrize(
    "repo", ["", "user", "user/", "/name", "a/b/c", "user/na me", "user/näme", "https://x/y", "a/b\n"]
)
def test_a_repository_has_a_user_and_a_name(tmp_path, repo):
    with pytest.raises(PublishError, match="write user/name") as caught:
        push_release(tmp_path, repo)
    message(caught.value)


@pytest.mark.parametrize(
    "tag", ["", "-v", ".v", "v.", "v..1", "v 1", "v/1", "v1\n", "v1.lock", "main", "HEAD", "0" * 40, "v" * 101, "é"]
)
def test_a_tag_is_one_that_git_takes_and_no_other_name(tmp_path, tag):
    with pytest.raises(PublishError, match="cannot be a tag") as caught:
        push_release(tmp_path, "user/name", tag=tag)
    message(caught.value)


@pytest.mark.parametrize("tag", ["v1", "v1.0", "step-0010000", "2030_01", "a", "v" * 100])
def test_a_good_tag_gets_as_far_as_the_folder(tmp_path, tag):
    with pytest.raises(ReleaseError):
        push_release(tmp_path / "none", "user/name", tag=tag)


@pytest.mark.parametrize("token", ["", "hf_a b", "hf_ab\n", "hf_ä"])
def test_a_token_that_cannot_be_sent_is_not_quoted(tmp_path, token):
    with pytest.raises(PublishError, match="the token holds characters") as caught:
        push_release(tmp_path, "user/name", token=token)
    assert "hf_" not in message(caught.value)


@pytest.mark.parametrize("at", ["config.json", "model.safetensors", "README.md"])
def test_a_release_that_is_replaced_while_it_is_read_is_not_pushed(tmp_path, monkeypatch, at):
    folder, other = saved(tmp_path / "one"), saved(tmp_path / "other", seed=1)
    copyfile = shutil.copyfile

    def copy_and_replace(source, target):
        copyfile(source, target)
        if source.name == at:
            shutil.rmtree(folder)
            shutil.copytree(other, folder, copy_function=copyfile)

    monkeypatch.setattr(publishing.shutil, "copyfile", copy_and_replace)
    with pytest.raises(ReleaseError, match="another release took its place") as caught:
        push_release(folder, "user/name")
    message(caught.value)


def test_a_generated_card():
    assert not is_sealed(CARD.encode())
    card = sealed(CARD)
    assert is_sealed(card.encode())
    assert card.startswith(CARD.rstrip("\n"))
    assert not is_sealed(card.replace("\n", "\r\n").encode())
    assert not is_sealed(b"")
    assert not is_sealed(b"\xff" + card.encode())


@given(TEXTS)
def test_what_is_sealed_is_sealed_once(text):
    assert is_sealed(sealed(text).encode())
    assert sealed(sealed(text)) == sealed(text)


@given(st.data())
def test_any_edit_breaks_it(data):
    card = sealed(CARD)
    at = data.draw(st.integers(0, len(card)))
    end = data.draw(st.integers(at, min(len(card), at + 20)))
    edited = card[:at] + data.draw(TEXTS) + card[end:]
    assert is_sealed(edited.encode()) == (edited == card)


@given(TEXTS)
def test_an_edited_card_can_be_sealed_anew(text):
    edited = sealed(CARD).replace("## Use", f"{text}\n\n## Use")
    assert is_sealed(sealed(edited).encode())
    assert sealed(edited).count("<!-- amgan card") == 1 + text.count("<!-- amgan card")


@pytest.mark.parametrize(("role", "writer"), [("write", "ann"), ("fineGrained", "ann"), ("read", None), (None, None)])
def test_who_may_write_is_asked_of_the_hub(monkeypatch, role, writer):
    def whoami(api):
        if role is None:
            raise OSError("away")
        return {"name": "ann", "auth": {"accessToken": {"role": role}}}

    monkeypatch.setattr(HfApi, "whoami", whoami)
    assert writer_of("hf_token") == writer
    monkeypatch.setattr("amgan.hub.commit.get_token", lambda: None)
    assert writer_of(None) is None
