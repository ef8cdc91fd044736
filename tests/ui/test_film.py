"""Watch it learn: a slider through the sheets of a training, where a release has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from amgan.release.folder import digest_of
from amgan.ui.film import film_html
from amgan.ui.words import ENGLISH
from tests.ui.browsing import choose_model, expect_model, open_page, wait_until
from tests.ui.language import PAGE
from tests.ui.test_guessing import SIDEWAYS

SHADE = """() => {
  const [image] = [...document.querySelectorAll('.ag-film img')].filter(part => part.checkVisibility());
  const canvas = new OffscreenCanvas(1, 1).getContext('2d');
  canvas.drawImage(image, 0, 0);
  return canvas.getImageData(0, 0, 1, 1).data[0];
}"""


def near(page: Page, shade: int) -> None:
    wait_until(page, lambda: abs(page.evaluate(SHADE) - shade) <= 3)


def test_the_sheets_of_a_training(page: Page, app_url: str, weights: Path) -> None:
    open_page(page, f"{app_url}?model=a-predefined&n=1", 1)
    assert page.locator(".ag-film").count() == 0  # nothing of it is sent before the tab is opened
    page.get_by_role("tab", name=PAGE.tab_about).click()
    film, slider = page.locator(".ag-film"), page.get_by_role("slider", name=PAGE.film_scrub)
    expect(film).to_contain_text(PAGE.film_step.format(step="12,000"))
    near(page, 10)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(film.locator(".ag-frame")).to_have_text(PAGE.film_step.format(step="500"))
    expect(slider).to_have_attribute("aria-valuetext", PAGE.film_step.format(step="500"))
    near(page, 130)
    page.keyboard.press("Home")
    near(page, 250)
    film.get_by_role("button", name=PAGE.play).click()
    expect(film.locator(".ag-frame")).to_have_text(PAGE.film_step.format(step="12,000"))
    expect(film.get_by_role("button", name=PAGE.play)).to_be_visible()
    near(page, 10)
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate(SIDEWAYS), width
    # Another model has none.
    choose_model(page, "fashion-mnist")
    expect_model(page, "fashion-mnist", digest_of(weights / "fashion-mnist"))
    expect(page.locator(".ag-film")).to_have_count(0)


@pytest.mark.parametrize(
    "metrics",
    [{}, {"training": None}, {"training": {}}, {"training": {"sheets": [2, 1]}}, {"training": {"sheets": "x"}}],
)
def test_one_that_is_not_as_it_should_be_is_passed_over(weights: Path, metrics: dict) -> None:
    assert film_html(weights / "fashion-mnist", metrics, ENGLISH) == ""
    assert film_html(weights / "a-predefined", metrics, ENGLISH) == ""
