"""The list of this browser's reviews: drawn from what the browser remembers, and what its buttons do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import gradio as gr

from amgan.errors import UnknownReviewError
from amgan.reviews.store.store import ReviewStore
from amgan.ui.handlers import AT_ONCE, carried, guarded
from amgan.ui.pictures import message_html
from amgan.ui.review_cards import MOST_LISTED, cards_html, cards_of, remembered
from amgan.ui.words import Words

# Keys are in the browser only, so what loses one, or ends the votes, takes a second click; that of a double click is
# none. Whoever comes back from voting in another window finds the list as it is by then.
_LIST_SCRIPT = """
const calm = except => {
  for (const button of element.querySelectorAll('[data-asked]')) {
    if (button === except) continue;
    button.textContent = button.dataset.asked;
    delete button.dataset.asked;
  }
};
document.addEventListener('click', event => calm(event.target.closest('[data-asked]')));
element.addEventListener('click', event => {
  const button = event.target.closest('[data-review][data-ag]');
  if (!button || event.detail > 1) return;
  const { ag, review, sure, asked } = button.dataset;
  if (sure && asked === undefined) {
    button.dataset.asked = button.textContent;
    button.textContent = sure;
    return;
  }
  calm();
  if (ag === 'end') trigger('end', { id: review });
  if (ag === 'reopen') trigger('reopen', { id: review });
  if (ag === 'forget') {
    window.amgan.forget('reviews', [review]);
    trigger('look', {});
  }
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden || !element.offsetParent) return;
  calm();
  trigger('look', {});
});
"""


class ReviewList:
    """The list's components and what they do.

    The browser's memory comes in with every event and never goes back, since another window may have changed it
    meanwhile: a review that was made is added to it by the page's script, and one taken off is removed there.

    Attributes:
        added: Hidden, id and key of the review made last as JSON. As an input it is the whole memory.
        list: The cards.
        recall: The script that puts the memory in place of the first input.
    """

    recall = f"(added, ...rest) => [window.amgan.remembered('reviews', {MOST_LISTED}), ...rest]"

    def __init__(self, reviews: ReviewStore, added: gr.Textbox, words: Words) -> None:
        self.reviews = reviews
        self.added = added
        self._words = words
        # What is wrong with the list, which is looked through at any time, and wipes no other message.
        self.message = gr.HTML(message_html(""), apply_default_css=False)
        self.list = gr.HTML(
            cards_html([], words), js_on_load=_LIST_SCRIPT, apply_default_css=False, elem_id="reviews",
            elem_classes="ag-busy",
        )  # fmt: skip

    def wire(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """Connect the components."""
        words, store = self._words, self.reviews

        def cards(mine: Any) -> list[Any]:
            return [cards_html(cards_of(store, remembered(mine)), words)]

        def changed(change: Callable[[str], object], mine: Any, review_id: Any) -> list[Any]:
            for own, key in remembered(mine):
                if own == review_id:
                    with contextlib.suppress(UnknownReviewError):
                        store.owned(own, key)
                        change(own)
            return cards(mine)

        # The store may wait for another process, which must hold up nobody else.
        @guarded(words, 1)
        async def ended(mine: Any, event: gr.EventData) -> list[Any]:
            return await asyncio.to_thread(changed, store.close_review, mine, carried(event).get("id"))

        @guarded(words, 1)
        async def reopened(mine: Any, event: gr.EventData) -> list[Any]:
            return await asyncio.to_thread(changed, store.reopen_review, mine, carried(event).get("id"))

        @guarded(words, 1)
        async def looked(mine: Any) -> list[Any]:
            return await asyncio.to_thread(cards, mine)

        outputs = [self.message, self.list]
        quiet = AT_ONCE | {"queue": True, "concurrency_limit": None, "js": self.recall}
        add = f"pair => (window.amgan.add('reviews', pair), [window.amgan.remembered('reviews', {MOST_LISTED})])"
        come = self.added.change(looked, [self.added], outputs, **quiet | {"js": add})
        # On a phone it stands below a long form.
        come.then(None, None, None, js="() => window.amgan.focus('#reviews .ag-job')", **AT_ONCE)
        self.list.end(ended, [self.added], outputs, **quiet)
        self.list.reopen(reopened, [self.added], outputs, **quiet)
        self.list.look(looked, [self.added], outputs, **quiet)
        tab.select(looked, [self.added], outputs, **quiet)
        page.load(looked, [self.added], outputs, **quiet)
