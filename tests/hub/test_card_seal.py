"""A seal tells every edit, and no text that is sealed again changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from amgan.hub.card import model_card
from amgan.hub.card_seal import is_sealed, sealed
from tests.models import tiny_config

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
CARD = str(model_card(tiny_config(), {}, "user/name"))


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
