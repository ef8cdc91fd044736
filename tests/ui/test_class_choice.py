"""The choice of classes in Batch and Review: chips for a few, a list to search for many; nothing sent is trusted."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.ui.class_choice import MOST_CHIPS, ClassChoice
from amgan.ui.words import ENGLISH
from tests.models import tiny_model
from tests.ui.language import PAGE
from tests.ui.models import NAMES

FEW = tiny_model(class_names=NAMES)
MANY = tiny_model(class_names=tuple(f"class {number}" for number in range(MOST_CHIPS + 1)))


def shown(model: AMGAN, *chosen: str, is_seen: bool = True) -> list[Any]:
    chips, listed = ClassChoice("tab", ENGLISH).update(model, chosen, is_seen)
    return [(update["visible"], len(update["choices"]), update["value"]) for update in (chips, listed)]


def test_few_classes_are_chips_and_many_a_list() -> None:
    assert shown(FEW, NAMES[1]) == [(True, 3, [NAMES[1]]), (False, 0, [])]
    assert shown(MANY, "class 7") == [(False, 0, []), (True, MOST_CHIPS + 1, ["class 7"])]
    assert [visible for visible, *_ in shown(FEW, is_seen=False)] == [False, False]
    assert [visible for visible, *_ in shown(MANY, is_seen=False)] == [False, False]


@pytest.mark.parametrize("model", [FEW, MANY])
def test_what_is_sent_is_looked_up_in_the_models_order(model: AMGAN) -> None:
    choice = ClassChoice("tab", ENGLISH)
    last, first = model.class_names[-1], model.class_names[0]
    for chips, listed in (([last, first], ["gone"]), (["gone"], [last, first])):
        if (model is FEW) == (chips == ["gone"]):
            with pytest.raises(RequestError, match="gone"):
                choice.read(model, "m", chips, listed)
        else:
            assert choice.read(model, "m", chips, listed) == (first, last)
    for odd in (None, "Sneaker", {"a": 1}, 7, []):
        assert choice.read(model, "m", odd, odd) == ()
    for odd in ([None, ["x"]], [{}], [2**70]):
        with pytest.raises(RequestError):
            choice.read(model, "m", odd, odd)


def test_a_class_of_many_is_searched_for_in_both_tabs(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}?model=many&tab=batch&n=3")
    for tab, place in (("batch", 3), ("review", 4)):
        page.get_by_role("tab").nth(place).click()
        field = page.locator(f"#{tab}-class-list input")
        expect(field).to_have_attribute("placeholder", PAGE.search_classes)
        expect(page.locator(f"#{tab}-classes")).to_be_hidden()
        field.fill("19")
        page.get_by_role("option", name="class 19", exact=True).click()
        page.wait_for_url(f"**tab={tab}&classes=class+19**")
