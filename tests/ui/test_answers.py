"""What the page asks for is answered, also when it was asked just as the server closed the stream of its answers."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.ui.browsing import open_page, tiles, wait_until
from tests.ui.language import PAGE

SLOW_CLOSE = """
const { fetch } = window;
const CLOSE = 'data: {"msg":"close_stream"';
window.fetch = async (...given) => {
  const answer = await fetch(...given);
  const url = String(given[0].url ?? given[0]);
  // The server's word that it is closed comes after the answer to what was asked next, as on a busy machine.
  if (url.includes('/queue/join')) setTimeout(() => window.release?.(), 200);
  if (!url.includes('/queue/data')) return answer;
  const reader = answer.body.getReader();
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      const [before, ...close] = new TextDecoder().decode(value).split(CLOSE);
      if (!close.length) return controller.enqueue(value);
      controller.enqueue(new TextEncoder().encode(before));
      if (window.isSlow) {
        window.isHeld = true;
        await new Promise(resolve => { window.release = resolve; });
        window.isHeld = false;
      }
      controller.enqueue(new TextEncoder().encode(CLOSE + close.join(CLOSE)));
    },
  });
  return new Response(body, { headers: answer.headers });
};
"""


def test_what_is_asked_while_the_stream_closes_is_answered(page: Page, app_url: str) -> None:
    page.add_init_script(SLOW_CLOSE)
    open_page(page, f"{app_url}?n=9&seed=5", 9)
    expect(tiles(page).first).to_have_attribute("data-seed", "5")
    page.evaluate("window.isSlow = true")
    seed = "5"
    for _ in range(3):
        page.locator("#new-pictures").click()
        expect(tiles(page).first).not_to_have_attribute("data-seed", seed)
        seed = str(tiles(page).first.get_attribute("data-seed"))
        wait_until(page, lambda: page.evaluate("window.isHeld"))


def test_once_the_server_is_back_the_page_goes_on_with_what_it_showed(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}?n=9&seed=5", 9)
    page.wait_for_url(lambda url: "seed=5" in url)
    page.context.set_offline(True)
    page.locator("#new-pictures").click()
    expect(page.get_by_test_id("toast-text").first).to_have_text(PAGE.server_away)
    with page.expect_event("load"):
        page.context.set_offline(False)
    expect(page.locator("gradio-app .ag-tile").first).to_have_attribute("data-seed", "5")
    expect(page.get_by_test_id("toast-text")).to_have_count(0)
    page.locator("#new-pictures").click()
    expect(tiles(page).first).not_to_have_attribute("data-seed", "5")
