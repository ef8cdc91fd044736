"""The page: the tabs put together, links opened, addresses kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from amgan.bulk.job_store import JobStore
from amgan.engine.engine import Engine
from amgan.engine.shelf import Shelf
from amgan.engine.shelf_entry import FolderEntry
from amgan.errors import ReleaseError
from amgan.languages.reading import LANGUAGES
from amgan.model import AMGAN
from amgan.reviews.store.store import ReviewStore
from amgan.ui import checks
from amgan.ui.about_tab import AboutTab
from amgan.ui.api import add_endpoints
from amgan.ui.arrival import ARRIVING, Arrival
from amgan.ui.batch_tab import BatchTab
from amgan.ui.handlers import AT_ONCE, Context, carried, drawing, guarded
from amgan.ui.interpolate_tab import InterpolateTab
from amgan.ui.kept_tab import KeptTab
from amgan.ui.links import from_text, pairs_of
from amgan.ui.newer_version import NewerVersion
from amgan.ui.opening import Opening, fit_classes, open_link
from amgan.ui.pictures import head_html, message_html, share_html, viewer_html
from amgan.ui.review_rate import ReviewRate
from amgan.ui.review_tab import ReviewTab
from amgan.ui.sample_tab import SampleTab
from amgan.ui.sending import wire_sending
from amgan.ui.sliders import Sliders
from amgan.ui.state import EndState, MorphState, PageState, Tab
from amgan.ui.theme import MOST_ACTIVE
from amgan.ui.words import ENGLISH, words_in

MAX_WAITING = 100
"""So many requests may wait; the next ones are told that the server is full."""
CACHE_SECONDS = 3600

_VIEWER_SCRIPT = """
element.addEventListener('click', event => {
  const button = event.target.closest('[data-ag]');
  if (!button) return;
  const { seed, label, truncation, query } = element.querySelector('dialog').dataset;
  if (button.dataset.ag === 'morph') trigger('morph', { end: button.dataset.end, seed, label, truncation });
  if (button.dataset.ag === 'alike') trigger('alike', { seed, label });
  if (button.dataset.ag === 'review') trigger('review', { query });
});
document.addEventListener('amgan-slide', event => trigger('slide', event.detail));
document.addEventListener('amgan-back', () => trigger('back', { query: location.search }));
document.addEventListener('amgan-kept', () => trigger('kept', {}));
"""


def build_pages(
    shelf: Shelf, engine: Engine, jobs: JobStore | None = None, reviews: ReviewStore | None = None
) -> dict[str, gr.Blocks]:
    """`build_page` in every language, by its code."""
    rate = ReviewRate()
    return {lang: _built(Context(shelf, engine, jobs, reviews, words_in(lang), rate)) for lang in LANGUAGES}


def build_page(
    shelf: Shelf, engine: Engine, jobs: JobStore | None = None, reviews: ReviewStore | None = None
) -> gr.Blocks:
    """The whole app on the models of a shelf, drawn by an engine; without any model it says so in a sentence."""
    return _built(Context(shelf, engine, jobs, reviews, ENGLISH))


def _built(context: Context) -> gr.Blocks:
    shelf, words = context.shelf, context.words
    with gr.Blocks(title=words.title, analytics_enabled=False, delete_cache=(CACHE_SECONDS, CACHE_SECONDS)) as page:
        if shelf.default is None:
            problems = [entry.problem for entry in shelf.entries if entry.problem is not None]
            text = (
                " ".join([words.broken_models, *problems])
                if problems
                else words.no_model.format(folder=shelf.folder.name)
            )
            gr.HTML(message_html(text, "note"), apply_default_css=False)
        else:
            _Page(page, context)
    # It is asked for by `queue`; only `launch` would set it later, and a mounted page is not launched.
    page.max_threads = MOST_ACTIVE
    # `launch` sets it, and only then does Gradio look whether a file named in an event's input is one that it may read:
    # a second lock behind `page_door`, which lets no such name through.
    page.has_launched = True
    page.queue(api_open=False, max_size=MAX_WAITING, status_update_rate=2)
    return page


class _Page:
    """Head, tabs and viewer, and the listeners that concern more than one of them."""

    def __init__(self, page: gr.Blocks, context: Context) -> None:
        self.context = context
        words = context.words
        hidden = partial(gr.Textbox, visible="hidden", show_label=False, container=False)
        sample_query, morph_query, batch_query, self.review_query, about_query = (hidden() for _ in range(5))
        kept_query, mine = hidden(), hidden()
        payload, taken, new_job, gone_jobs, new_review, card_read, self.tab_now = (hidden() for _ in range(7))
        # Name and revision of the model whose pictures are shown: another one may be on its way already.
        self.shown = [hidden(), hidden()]
        self.arrival = Arrival(context.shelf, words)
        with gr.Row(elem_classes="ag-top"):
            self.head = gr.HTML(apply_default_css=False, scale=3, min_width=280)
            # Without a value Gradio takes the first, before a link says which.
            self.model = gr.Dropdown(
                label=words.model, elem_id="model", value=None, scale=1, min_width=200, **self._menu()
            )
        self.notice = gr.HTML(message_html(""), apply_default_css=False)
        self.newer = NewerVersion(context, taken)
        self.notes = gr.HTML(message_html(""), apply_default_css=False)
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as self.tabs:
            with gr.Tab(words.tab_sample, id="sample") as sample_tab:
                self.sample = SampleTab(context, sample_query, payload)
            with gr.Tab(words.tab_interpolate, id="interpolate") as morph_tab:
                self.morph = InterpolateTab(context, morph_query, payload)
            with gr.Tab(words.tab_kept, id="kept") as kept_tab:
                self.kept = KeptTab(context, kept_query, mine, payload)
            self.batch = None
            if context.jobs is not None:
                with gr.Tab(words.tab_batch, id="batch") as batch_tab:
                    self.batch = BatchTab(context, context.jobs, batch_query, new_job, gone_jobs)
            self.review = None
            if context.reviews is not None:
                with gr.Tab(words.tab_review, id="review") as review_tab:
                    self.review = ReviewTab(context, context.reviews, self.review_query, new_review)
            with gr.Tab(words.tab_about, id="about") as about_tab:
                self.about = AboutTab(context, about_query, card_read)
        self.viewer = gr.HTML(
            viewer_html(words, self.review is not None), js_on_load=_VIEWER_SCRIPT, apply_default_css=False
        )
        self.sliders = Sliders(context)
        gr.HTML(share_html(words), apply_default_css=False)
        self.busy = (self.sample.sheet, self.morph.player)
        self.outputs = [
            self.head, self.model, *self.shown, self.sliders.offered, self.tabs,
            *self.sample.settings, *self.morph.settings, *self.kept.settings,
            *(self.batch.settings if self.batch else []), *(self.review.settings if self.review else []),
            *self.about.settings,
        ]  # fmt: skip

        self.sample.wire(self.shown)
        self.morph.wire(self.shown, morph_tab)
        self.kept.wire(self.shown, kept_tab, self.viewer)
        self.about.wire(self.shown, about_tab, self.notice)
        self.newer.wire(self.shown, self.busy, self.about.look)
        tabs = [
            ("sample", sample_tab, sample_query),
            ("interpolate", morph_tab, morph_query),
            ("kept", kept_tab, kept_query),
            ("about", about_tab, about_query),
        ]
        if self.batch:
            self.batch.wire(page, self.shown, batch_tab)
            tabs.append(("batch", batch_tab, batch_query))
        if self.review:
            self.review.wire(page, self.shown, review_tab)
            tabs.append(("review", review_tab, self.review_query))
            wire_sending(context, self.shown, self.review, self.sample, self.kept, self.batch, self.viewer, self.tabs)
        for name, tab, query in tabs:
            query.change(None, [query], None, js=f"query => window.amgan.remember('{name}', query)", **AT_ONCE)
            tab.select(None, None, None, js=f"() => window.amgan.front('{name}')", **AT_ONCE)
        self._wire_opening(page)
        self._wire_back()
        self._wire_menu()
        self._wire_viewer()
        add_endpoints(context)

    def _wire_opening(self, page: gr.Blocks) -> None:
        words = self.context.words

        @guarded(words, 1 + len(self.outputs))
        async def opened(request: gr.Request) -> list[Any]:
            query = dict(request.query_params)
            return await self._show(await asyncio.to_thread(open_link, query, self.context.shelf, words))

        async def arriving(request: gr.Request) -> AsyncIterator[str]:
            async for message in self.arrival.bring_linked(dict(request.query_params)):
                yield message

        arrived = page.load(arriving, None, self.notice, show_progress_on=list(self.busy), **ARRIVING)
        opening = arrived.then(opened, None, [self.notice, self.notes, *self.outputs], **drawing(*self.busy))
        self.newer.look_after(opening, self.shown)

    def _wire_back(self) -> None:
        words = self.context.words
        outputs = [self.notes, *self.outputs]

        @guarded(words, len(outputs))
        async def went_back(name: str, revision: str, event: gr.EventData) -> list[Any]:
            query = pairs_of(carried(event).get("query"))
            opening = await asyncio.to_thread(open_link, query, self.context.shelf, words)
            model, state = opening.model, opening.state
            if (opening.name, model.revision) != (name, revision):
                return await self._show(opening)
            # The same model: what stands in the other tabs stays, and so do the forms.
            values: dict[Component, Any] = {self.notes: _notes(opening), self.tabs: gr.update(selected=state.tab)}
            if state.tab == "sample":
                values |= zip(self.sample.settings, await self.sample.restore(name, model, state.sample), strict=True)
            elif state.tab == "interpolate":
                values |= zip(
                    self.morph.settings, await self.morph.restore(name, model, state.morph, True), strict=True
                )
            elif state.tab == "kept":
                values |= zip(self.kept.settings, await self.kept.restore(name, model, state.kept, True), strict=True)
            return [values.get(output, gr.skip()) for output in outputs]

        back = self.viewer.back(went_back, self.shown, [self.notice, *outputs], **drawing(*self.busy))
        back.then(None, None, None, js="() => window.amgan.restored()", **AT_ONCE)

    def _wire_menu(self) -> None:
        words = self.context.words
        outputs = [self.notes, *self.outputs]

        async def switched(
            name: str, model: AMGAN, tab: str, sample_query: str, morph_query: str, review_query: str
        ) -> list[Any]:
            sample, morph = from_text(sample_query)[0].sample, from_text(morph_query)[0].morph
            review = from_text(review_query)[0].review
            # What was typed there stays, and a class that is gone is seen where it was chosen.
            review = replace(review, labels=tuple(label for label in review.labels if label in model.class_names))
            front: Tab = "interpolate" if tab == "interpolate" else "sample"
            state = PageState(name, None, front, sample, morph, review=review)
            notes: list[str] = []
            state = fit_classes(state, name, model, words, notes, typed=False)
            values = await self._show(Opening(name, model, state, notes), reading=tab == "about")
            # Both stay where they are: somebody may have chosen something else meanwhile.
            values[1 + self.outputs.index(self.model)] = gr.update(**self._menu())
            values[1 + self.outputs.index(self.tabs)] = gr.skip()
            return values

        @guarded(words, len(outputs))
        async def chosen(name: str, shown: str, *state: str) -> list[Any]:
            if name == shown:  # Gradio tells of a choice whenever a list is left
                return [gr.skip()] * (1 + len(self.outputs))
            try:
                model = await self.context.model(name, fetch=False)
            except ReleaseError as error:
                # The menu goes back to the model whose pictures are shown.
                text = words.model_broken.format(name=name, problem=error)
                back = gr.update(value=from_text(state[1])[0].model)
                return [message_html(text), gr.skip(), back, *[gr.skip()] * (len(self.outputs) - 2)]
            return await switched(name, model, *state)

        @guarded(words, len(outputs))
        async def taken(name: str, revision: str, *state: str) -> list[Any]:
            return await switched(name, await self.context.model(name, revision, fetch=False), *state)

        state = [self.tab_now, self.sample.query, self.morph.query, self.review_query]
        # The script says which tab is in front.
        choose = "(name, shown, tab, ...queries) => [name, shown, window.amgan.tab, ...queries]"
        take = "(name, revision, tab, ...queries) => [name, revision, window.amgan.tab, ...queries]"
        # Another choice need not wait until the last one has arrived.
        arrived = self.model.input(
            self.arrival.bring, self.model, self.notice, trigger_mode="multiple", show_progress_on=list(self.busy),
            **ARRIVING,
        )  # fmt: skip
        outputs = [self.notice, *outputs]
        events = [
            arrived.then(
                chosen, [self.model, self.shown[0], *state], outputs, js=choose, trigger_mode="always_last",
                **drawing(*self.busy),
            ),
            self.newer.taken.change(
                taken, [self.shown[0], self.newer.taken, *state], outputs, js=take, **drawing(*self.busy)
            ),
        ]  # fmt: skip
        for event in events:
            self.newer.look_after(event, self.shown)

    def _wire_viewer(self) -> None:
        words = self.context.words
        outputs = self.morph.settings

        @guarded(words, len(outputs))
        async def moved(name: str, revision: str, query: str, event: gr.EventData) -> list[Any]:
            data = carried(event)
            model = await self.context.model(name, revision)
            label = checks.label(data.get("label"), model, name, words)
            end = checks.state_of(EndState, words, seed=data.get("seed"), label=label)
            truncation = checks.value_of(MorphState, "truncation", data.get("truncation"), words)
            morph = replace(from_text(query)[0].morph, truncation=truncation)
            morph = replace(morph, start=end) if data.get("end") == "start" else replace(morph, end=end)
            return await self.morph.draw(name, model, morph)

        moving = self.viewer.morph(
            moved, [*self.shown, self.morph.query], [self.morph.message, *outputs], **drawing(*self.busy)
        )
        self.sample.wire_more_like(self.viewer.alike, self.shown)
        self.sliders.wire(self.viewer, self.shown)
        # Afterwards: a tab that comes to the front draws what its fields say, which must be the new values by then.
        moving.then(lambda: gr.update(selected="interpolate"), None, self.tabs, **AT_ONCE)

    def _menu(self) -> dict[str, Any]:
        # The shelf may have another model since the page was made. One of the Hub that could not be had may come yet.
        names = [
            (self.context.words.unavailable.format(name=entry.name), entry.name)
            if entry.problem and isinstance(entry, FolderEntry)
            else (entry.name, entry.name)
            for entry in self.context.shelf.entries
        ]
        return {"choices": names, "visible": len(names) > 1}

    async def _show(self, opening: Opening, reading: bool = False) -> list[Any]:
        """New values of the notes and of `outputs`; `reading` if the card is looked at, whatever tab is to be."""
        name, model, state = opening.name, opening.model, opening.state
        missing = [tab for tab, there in (("batch", self.batch), ("review", self.review)) if not there]
        return [
            _notes(opening),
            head_html(name, model.revision, model.config, self.context.words),
            gr.update(value=name, **self._menu()),
            name,
            model.revision,
            self.sliders.offer(model),
            gr.update(selected="sample" if state.tab in missing else state.tab),
            *await self.sample.restore(name, model, state.sample),
            *await self.morph.restore(name, model, state.morph, draw=state.tab == "interpolate"),
            *await self.kept.restore(name, model, state.kept, draw=state.tab == "kept"),
            *(self.batch.restore(name, model, state.batch) if self.batch else []),
            *(self.review.restore(name, model, state.review) if self.review else []),
            # A stranger's card and pictures are read; meanwhile the other visitors are served.
            *await asyncio.to_thread(self.about.restore, name, model, reading or state.tab == "about"),
        ]


def _notes(opening: Opening) -> str:
    return "".join(message_html(note, "note") for note in opening.notes) or message_html("")
