"""How many reviews one address may make."""

from __future__ import annotations

import pytest

from amgan.errors import BusyError
from amgan.ui.review_rate import ReviewRate
from tests.models import message


def test_each_address_has_its_share_and_is_told_when_there_is_room_again() -> None:
    rate = ReviewRate(3)
    for _ in range(3):
        rate.take("192.0.2.1")
    with pytest.raises(BusyError) as raised:
        rate.take("192.0.2.1")
    assert "more than 3 reviews in an hour" in message(raised.value)
    assert "20 minutes" in message(raised.value)
    assert raised.value.retry_after == pytest.approx(1200, abs=60)
    rate.take("192.0.2.2")
    for _ in range(3):
        rate.take("")  # of whom nothing is known, together
    with pytest.raises(BusyError):
        rate.take("")
