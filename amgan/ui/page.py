"""The page: the tabs put together, links opened, addresses kept."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from amgan.errors import ReleaseError
from amgan.shelf import Shelf
from amgan.ui import checks
from amgan.ui.about_tab import AboutTab
from amgan.ui.api import add_endpoints
from amgan.ui.handlers import AT_ONCE, Context, drawing, guarded
from amgan.ui.interpolate_tab import InterpolateTab
from amgan.ui.links import from_text
from amgan.ui.opening import Opening, fit_classes, open_link
from amgan.ui.pictures import head_html, message_html, viewer_html
from amgan.ui.sample_tab import SampleTab
from amgan.ui.state import EndState, PageState
from amgan.ui.words import ENGLISH, Words

MAX_WAITING = 100
"""So many requests may wait; the next ones are told that the server is full."""
CACHE_SECONDS = 3600

_VIEWER_SCRIPT = """
element.addEventListener('click', event => {
  const button = event.target.closest('[data-ag="morph"]');
  if (!button) return;
  const { seed, label, truncation } = element.querySelector('dialog').dataset;
  trigger('morph', { end: button.dataset.end, seed, label, truncation });
});
"""


def build_page(shelf: Shelf, words: Words = ENGLISH) -> gr.Blocks:
    """The whole app on the models of a shelf; without any it says so in a sentence."""
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
            _Page(page, Context(shelf, words))
    page.queue(api_open=False, max_size=MAX_WAITING, status_update_rate=2)
    return page


class _Page:
    """Head, tabs and viewer, and the listeners that concern more than one of them."""

    def __init__(self, page: gr.Blocks, context: Context) -> None:
        self.context = context
        words, entries = context.words, context.shelf.entries
        hidden = partial(gr.Textbox, visible="hidden", show_label=False, container=False)
        sample_query, morph_query, about_query, payload, self.tab_now = (hidden() for _ in range(5))
        with gr.Row(elem_classes="ag-top"):
            self.head = gr.HTML(apply_default_css=False, scale=3, min_width=280)
            names = [
                (words.unavailable.format(name=entry.name) if entry.config is None else entry.name, entry.name)
                for entry in entries
            ]
            self.model = gr.Dropdown(
                names, label=words.model, elem_id="model", scale=1, min_width=200, visible=len(entries) > 1
            )
        self.notice = gr.HTML(message_html(""), apply_default_css=False)
        self.notes = gr.HTML(apply_default_css=False)
        with gr.Tabs(elem_id="tabs") as self.tabs:
            with gr.Tab(words.tab_sample, id="sample") as sample_tab:
                self.sample = SampleTab(context, sample_query, payload)
            with gr.Tab(words.tab_interpolate, id="interpolate") as morph_tab:
                self.morph = InterpolateTab(context, morph_query, payload)
            with gr.Tab(words.tab_about, id="about") as about_tab:
                self.about = AboutTab(context, about_query)
        self.viewer = gr.HTML(viewer_html(words), js_on_load=_VIEWER_SCRIPT, apply_default_css=False)
        self.busy = (self.sample.sheet, self.morph.player)
        self.outputs = [
            self.head, self.model, self.tabs, *self.sample.settings, *self.morph.settings, *self.about.settings,
        ]  # fmt: skip

        self.sample.wire(self.model)
        self.morph.wire(self.model, morph_tab)
        for name, tab, query in (
            ("sample", sample_tab, sample_query),
            ("interpolate", morph_tab, morph_query),
            ("about", about_tab, about_query),
        ):
            query.change(None, [query], None, js=f"query => window.amgan.remember('{name}', query)", **AT_ONCE)
            tab.select(None, None, None, js=f"() => window.amgan.front('{name}')", **AT_ONCE)
        self._wire_opening(page)
        self._wire_menu()
        self._wire_viewer()
        add_endpoints(context)

    def _wire_opening(self, page: gr.Blocks) -> None:
        words = self.context.words

        @guarded(words, 1 + len(self.outputs))
        def opened(query: dict[str, str]) -> list[Any]:
            return self._show(open_link(query, self.context.shelf, words))

        def load(request: gr.Request) -> list[Any]:
            return opened(dict(request.query_params))

        page.load(load, None, [self.notice, self.notes, *self.outputs], **drawing(*self.busy))

    def _wire_menu(self) -> None:
        words, shelf = self.context.words, self.context.shelf
        outputs = [self.notes, *self.outputs]

        @guarded(words, len(outputs))
        def changed(name: str, tab: str, sample_query: str, morph_query: str) -> list[Any]:
            shown, _ = from_text(sample_query)
            try:
                model = shelf.model(name)
            except ReleaseError as error:
                # The menu goes back to the model whose pictures are shown.
                text = words.model_broken.format(name=name, problem=error)
                back = gr.update(value=shown.model)
                return [message_html(text), gr.skip(), back, *[gr.skip()] * (len(self.outputs) - 2)]
            morph = from_text(morph_query)[0].morph
            state = PageState(name, None, "interpolate" if tab == "interpolate" else "sample", shown.sample, morph)
            notes: list[str] = []
            state = fit_classes(state, name, model.config, words, notes)
            values = self._show(Opening(name, model, state, notes))
            values[1 + self.outputs.index(self.tabs)] = gr.skip()
            return values

        inputs = [self.model, self.tab_now, self.sample.query, self.morph.query]
        # The script says which tab is in front.
        js = "(name, tab, ...queries) => [name, window.amgan.tab, ...queries]"
        self.model.input(changed, inputs, [self.notice, *outputs], js=js, **drawing(*self.busy))

    def _wire_viewer(self) -> None:
        words, shelf = self.context.words, self.context.shelf
        outputs = self.morph.settings

        @guarded(words, len(outputs))
        def moved(name: str, query: str, data: dict[str, Any]) -> list[Any]:
            model = shelf.model(name)
            label = checks.label(data.get("label"), model.config, name, words)
            end = EndState(checks.seed(data.get("seed"), words), label)
            truncation = checks.truncation(data.get("truncation"), words)
            morph = replace(from_text(query)[0].morph, truncation=truncation)
            morph = replace(morph, start=end) if data.get("end") == "start" else replace(morph, end=end)
            return self.morph.draw(name, model, morph)

        def act(name: str, query: str, event: gr.EventData) -> list[Any]:
            return moved(name, query, event._data)

        moving = self.viewer.morph(
            act, [self.model, self.morph.query], [self.morph.message, *outputs], **drawing(*self.busy)
        )
        # Afterwards: a tab that comes to the front draws what its fields say, which must be the new values by then.
        moving.then(lambda: gr.update(selected="interpolate"), None, self.tabs, **AT_ONCE)

    def _show(self, opening: Opening) -> list[Any]:
        """New values of the notes and of `outputs`."""
        name, model, state = opening.name, opening.model, opening.state
        return [
            "".join(message_html(note, "note") for note in opening.notes),
            head_html(name, model.revision, model.config, self.context.words),
            name,
            gr.update(selected=state.tab),
            *self.sample.restore(name, model, state.sample),
            *self.morph.restore(name, model, state.morph, draw=state.tab == "interpolate"),
            *self.about.restore(name, model),
        ]
