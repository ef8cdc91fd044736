"""At every width nothing on the page covers anything else, and no caption is cut."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.ui.browsing import TIMEOUT, is_empty, open_page
from tests.ui.language import PAGE

MEASURE = """() => {
  const troubles = [];
  const named = part => `${part.className} ${(part.alt || part.textContent || part.type).trim().slice(0, 30)}`;
  const seen = selector => [...document.querySelectorAll(selector)].filter(part =>
    part.checkVisibility({ opacityProperty: true }) && !part.closest('.tab-container, .ag-strip, .ag-sheet')
    && getComputedStyle(part).position !== 'fixed');
  const controls = seen('.ag-stage img, .ag-end img, button, input, .ag-classes label, .ag-segments label');
  const owners = new Map(controls.map(part => [part, part.closest('label')]));
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
  const measure = (what, pictures) => {
    const found = new Set();
    const parts = [...pictures, ...controls];
    const boxes = parts.map(part => part.getBoundingClientRect());
    if (document.documentElement.scrollWidth > innerWidth) found.add('sideways scroll');
    parts.forEach((part, i) => {
      for (let j = i + 1; j < parts.length; j++) {
        if (!over(boxes[i], boxes[j]) || part.contains(parts[j]) || parts[j].contains(part)) continue;
        const owner = owners.get(part);
        if (!owner || owner !== owners.get(parts[j])) found.add(`${named(part)} / ${named(parts[j])}`);
      }
    });
    for (const picture of pictures) for (const caption of picture.parentElement.querySelectorAll('small')) {
      const room = picture.parentElement.getBoundingClientRect().right + 0.5;
      if (caption.getBoundingClientRect().right > room) found.add(`cut: ${named(caption)}`);
    }
    if (found.size) troubles.push(what, ...[...found].slice(0, 3));
  };
  const sheet = document.querySelector('.ag-sheet');
  if (!sheet.checkVisibility()) {
    measure('morph', []);
    // The fields of a picture stand in one row, under names of one line each.
    for (const name of document.querySelectorAll('.ag-end-card [data-testid="block-info"]')) {
      const lines = document.createRange();
      lines.selectNodeContents(name);
      if (name.checkVisibility() && lines.getClientRects().length > 1) troubles.push(`broken: ${named(name)}`);
    }
    return troubles;
  }
  const tiles = [...sheet.children];
  const images = [...sheet.querySelectorAll('img')];
  for (const pixels of [32, 64]) for (const count of [1, 9, 16, 25, 64, 'each']) {
    sheet.className = `ag-sheet ag-count-${count} ag-size-${pixels}`;
    const most = count === 'each' ? 36 : count;
    sheet.replaceChildren(...tiles.slice(0, most));
    measure(`${count} of ${pixels} pixels`, images.slice(0, most));
    const side = images[0].getBoundingClientRect().width;
    if (side % pixels) troubles.push(`${side} for ${pixels} pixels`);
  }
  return troubles;
}"""

OVER = """() => {
  const seen = selector => [...document.querySelectorAll(selector)].filter(part => part.checkVisibility());
  const [button] = seen('#new-pictures, #make-review');
  return seen('[data-testid="block-info"]').flatMap(name => {
    const { x, y, height } = button.getBoundingClientRect();
    scrollBy(0, name.getBoundingClientRect().y - y - height / 2);
    return document.elementFromPoint(x + 8, y + height / 2) === button ? [] : [name.textContent.trim()];
  });
}"""


def test_nothing_covers_anything_at_any_width(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}?model=many&n=64&seed=4294967000", 64)
    for tab, widths in (
        (PAGE.tab_sample, (*range(320, 1101, 20), 1280, 1600)),
        (PAGE.tab_interpolate, range(320, 1001, 40)),
    ):
        page.get_by_role("tab", name=tab).click()
        if tab == PAGE.tab_interpolate:
            expect(page.locator(".ag-strip img").first).to_be_visible(timeout=TIMEOUT)
        troubles = {}
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(MEASURE):
                troubles[width] = found
        assert not troubles, json.dumps(troubles, indent=1)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_on_a_phone_the_primary_action_is_above_all_that_scrolls_below_it(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    open_page(page, f"{app_url}?n=1", 1)
    for tab in (PAGE.tab_sample, PAGE.tab_review):
        page.get_by_role("tab", name=tab).click()
        expect(page.locator("#new-pictures, #make-review").locator("visible=true")).to_have_count(1)
        assert page.evaluate(OVER) == []
    # What has nothing to say takes no room above the pictures.
    page.get_by_role("tab", name=PAGE.tab_sample).click()
    menu, tabs, sheet = (
        page.locator(part).evaluate("part => part.getBoundingClientRect().toJSON()")
        for part in ("#model", ".tab-wrapper", ".ag-sheet")
    )
    assert tabs["top"] - menu["bottom"] <= 20
    assert sheet["top"] - tabs["bottom"] <= 20
    # The tabs stand in one row; what scrolls behind the primary action is not seen around it.
    page.set_viewport_size({"width": 320, "height": 640})
    assert is_empty(page, 0, 584, 12, 44)
    assert is_empty(page, 0, 632, 320, 8)
    for width in (320, 345, 360, 390, 420):
        page.set_viewport_size({"width": width, "height": 640})
        places = [tab.bounding_box() for tab in page.get_by_role("tab").all()]
        assert len(places) == 6
        assert len({place["y"] for place in places}) == 1
        assert all(place["x"] >= 0 and place["x"] + place["width"] <= width for place in places)
    # A morph is seen at once with what plays it.
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("tab", name=PAGE.tab_interpolate).click()
    play, main = page.locator(".ag-controls button").first, page.locator("#new-pair")
    expect(play).to_be_visible(timeout=TIMEOUT)
    assert play.bounding_box()["y"] + play.bounding_box()["height"] <= main.bounding_box()["y"]
    page.get_by_role("tab", name=PAGE.tab_sample).click()
    # What is wrong is seen where it was typed.
    seed = page.locator("#seed textarea, #seed input")
    seed.fill("no number")
    seed.press("Enter")
    message = page.locator(".ag-status .ag-message")
    expect(message).to_be_visible()
    seed.evaluate("field => field.scrollIntoView({block: 'center'})")
    expect(message).to_be_in_viewport(ratio=0.9)
    # Nor need one scroll for it on a desk.
    page.set_viewport_size({"width": 1280, "height": 700})
    page.get_by_role("tab", name=PAGE.tab_review).click()
    expect(page.locator("#make-review")).to_be_in_viewport(ratio=1)
