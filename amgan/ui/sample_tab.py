"""Tab Sample: a sheet of pictures of one class or of any."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.events import Dependency

from amgan.engine.single_flight_lru import SingleFlightLRU
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.sampling.archive import slug
from amgan.ui import checks
from amgan.ui.beside import draw_beside
from amgan.ui.class_choice import class_choices, has_chips
from amgan.ui.drawing import Sheet, draw_examples, draw_sheet, known_classes, random_seed
from amgan.ui.fields import truncation_field
from amgan.ui.handlers import AT_ONCE, Context, caller, carried, drawing, file_payload, guarded
from amgan.ui.kept import kept_zip
from amgan.ui.links import from_text, to_query
from amgan.ui.pictures import (
    beside_html,
    class_pictures_css,
    copy_button_html,
    guess_link_html,
    map_link_html,
    message_html,
    share_button_html,
    sheet_html,
)
from amgan.ui.state import ANY, COUNTS, ROW, BesideState, PageState, SampleState, SheetCount, VariationsState
from amgan.ui.variations_panel import VariationsPanel

MOST_EXAMPLES = 64
"""Of so many models the chips' pictures are kept."""


class SampleTab:
    """The tab's components and what they do.

    Attributes:
        query: Hidden, the link to what is shown; made by the page, since it must be there while the tab is not.
        inputs: What the visitor sets.
        results: What changes with new pictures.
        settings: What changes with another model or link as well.
    """

    def __init__(self, context: Context, query: gr.Textbox, payload: gr.Textbox) -> None:
        words = context.words
        self.context = context
        self.query = query
        self.payload = payload
        self.message = gr.HTML(message_html(""), elem_classes="ag-status", apply_default_css=False)
        with gr.Row(elem_classes="ag-columns"):
            with gr.Column(scale=3, min_width=300):
                self.variations = VariationsPanel(context)
                self.sheet = gr.HTML(elem_classes="ag-sheet-place ag-busy", apply_default_css=False)
                with gr.Row(elem_classes="ag-row"):
                    self.save = gr.Button(words.download_all, size="sm", min_width=120)
                    self.send = gr.Button(
                        words.send_to_review, size="sm", min_width=120, elem_id="send-to-review",
                        visible=context.reviews is not None,
                    )  # fmt: skip
                    gr.HTML(copy_button_html(words), apply_default_css=False, min_width=120)
                    gr.HTML(share_button_html(words), apply_default_css=False, min_width=90)
                    self.guess = gr.HTML(apply_default_css=False, min_width=90, visible=False, elem_id="guess")
                    self.map = gr.HTML(apply_default_css=False, min_width=90, visible=False, elem_id="map")
            with gr.Column(scale=2, min_width=300, elem_classes="ag-panel"):
                self.new = gr.Button(words.new_pictures, variant="primary", size="lg", elem_id="new-pictures")
                self.chips = gr.Radio(label=words.classes, elem_classes="ag-classes", elem_id="classes")
                self.listed = gr.Dropdown(label=words.classes, filterable=True, elem_id="class-list", visible=False)
                self.examples = gr.HTML(apply_default_css=False, elem_classes="ag-style")
                self.count = gr.Radio(
                    [(str(count), count) for count in COUNTS],
                    label=words.how_many,
                    elem_classes="ag-segments",
                    elem_id="count",
                )
                with gr.Row(elem_classes="ag-seed"):
                    self.seed = gr.Textbox(
                        label=words.seed, info=words.seed_info, max_lines=1, elem_id="seed", scale=4, min_width=120
                    )
                    self.dice = gr.Button(words.dice, elem_classes="ag-dice", elem_id="dice", scale=0, min_width=48)
                self.beside = gr.Dropdown(label=words.beside, info=words.beside_info, elem_id="beside", visible=False)
                with gr.Accordion(words.advanced, open=False):
                    self.truncation = truncation_field("truncation", words)
        self._examples = SingleFlightLRU[str](MOST_EXAMPLES)
        self.inputs = [self.chips, self.listed, self.count, self.seed, self.truncation, self.beside]
        self.results = [self.sheet, self.seed, self.query, *self.variations.results]
        self.settings = [
            *self.results, self.chips, self.listed, self.examples, self.count, self.truncation, self.beside,
            self.guess, self.map,
        ]  # fmt: skip

    def read(self, model: AMGAN, name: str, query: str, values: tuple[Any, ...]) -> SampleState:
        """The state that the values of `inputs` mean, and a link to what was shown, which knows the revision beside.

        Raises:
            RequestError: a value is not possible.
        """
        chip, listed, count, seed, truncation, other = values
        words = self.context.words
        label = checks.label(chip if has_chips(model.config) else listed, model, name, words)
        # No number is chosen while each class has its row.
        each = ROW if count is None and label is None else 0
        count = SampleState.count if count is None else checks.checked(SheetCount, "bad_count", count, words)
        state = checks.state_of(
            SampleState, words, label=label, count=count, seed=seed, truncation=truncation, each=each
        )
        other, before = checks.text(other), from_text(query)[0].sample.beside
        if not other:
            return state
        asked = checks.state_of(BesideState, words, model=other)
        return replace(state, beside=before if before and before.model == other else asked)

    async def draw(self, name: str, model: AMGAN, state: SampleState) -> list[Any]:
        """New values of `results`."""
        words = self.context.words
        sheet, other = await asyncio.gather(
            draw_sheet(self.context.engine, model, name, state, words, caller()),
            draw_beside(self.context, name, model, state, caller()),
        )
        if other is None:
            sheet = replace(sheet, state=replace(state, beside=None))
            html = await asyncio.to_thread(sheet_html, sheet, words)
        else:
            sheet = replace(sheet, state=replace(state, beside=other.state))
            html = await asyncio.to_thread(beside_html, sheet, other.sheet, other.note, words)
        return [html, str(state.seed), self.link(sheet), *await self.variations.draw(name, model, state)]

    async def restore(self, name: str, model: AMGAN, state: SampleState) -> list[Any]:
        """New values of `settings`."""
        config = model.config
        choices = [(self.context.words.any_class, ANY), *class_choices(model, self.context.words)]
        chips, known = has_chips(config), config.knows_classes
        value = ANY if state.label is None else state.label
        drawn = await self.draw(name, model, state)
        return [
            *drawn,
            gr.update(choices=choices if chips else [], value=value if chips else None, visible=chips and known),
            gr.update(choices=[] if chips else choices, value=None if chips else value, visible=not chips),
            await self.examples_of(name, model) if chips and known else "",
            None if state.has_rows(known_classes(config)) else state.count,
            state.truncation,
            self._others(name, from_text(drawn[self.results.index(self.query)])[0].sample.beside),
            self._guess_link(name, model),
            self._map_link(name, model),
        ]

    def _guess_link(self, name: str, model: AMGAN) -> dict[str, Any]:
        there = model.real_pictures is not None and self.context.reviews is not None
        update: dict[str, Any] = gr.update(value=guess_link_html(name, self.context.words), visible=there)
        return update

    def _map_link(self, name: str, model: AMGAN) -> dict[str, Any]:
        there = model.seed_map is not None and self.context.jobs is not None
        update: dict[str, Any] = gr.update(value=map_link_html(name, self.context.words), visible=there)
        return update

    def _others(self, name: str, beside: BesideState | None) -> dict[str, Any]:
        """The menu of the models that may stand beside one; not to be seen where there is no other."""
        others = [entry.name for entry in self.context.shelf.entries if entry.problem is None and entry.name != name]
        chosen = beside.model if beside else ""
        # What a link names may be the same model's other revision, or one that is broken.
        names = dict.fromkeys([*others, *([chosen] if chosen else [])])
        options = [(self.context.words.beside_none, ""), *((other, other) for other in names)]
        update: dict[str, Any] = gr.update(choices=options, value=chosen, visible=bool(names))
        return update

    async def examples_of(self, name: str, model: AMGAN) -> str:
        """The style of the class chips, made once for each revision of a model."""
        key = name, model.revision
        style = self._examples.kept(key)
        if style is None:
            drawn = class_pictures_css(await draw_examples(self.context.engine, model))
            style = self._examples.get(key, lambda: drawn)
        return style

    def link(self, sheet: Sheet) -> str:
        """The query string of a sheet."""
        return to_query(PageState(sheet.model, sheet.revision, "sample", sheet.state))

    def wire(self, shown: list[gr.Textbox]) -> None:
        """Connect the components; `shown` holds name and revision of the model whose pictures are shown."""
        words = self.context.words

        @guarded(words, len(self.results))
        async def same(name: str, revision: str, query: str, *values: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            state = self.read(model, name, query, values)
            # Variations stand above a sheet, and no field of it speaks of them.
            shown_now = replace(state, variations=from_text(query)[0].sample.variations)
            if query == to_query(PageState(name, model.revision, "sample", shown_now)):
                return [gr.skip()] * len(self.results)
            return await self.draw(name, model, state)

        @guarded(words, len(self.results))
        async def fresh(name: str, revision: str, query: str, *values: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            # Whatever is typed in the box for the seed, another one is asked for.
            state = self.read(model, name, query, (*values[:3], 0, *values[4:]))
            names = known_classes(model.config)
            labels = names if state.has_rows(names) else [state.label] if state.label else []
            seed = random_seed(model, labels, state.truncation, state.each or state.count)
            return await self.draw(name, model, replace(state, seed=seed))

        @guarded(words, 1)
        async def zipped(query: str) -> list[Any]:
            state, problems = from_text(query)
            if problems or state.model is None:
                raise RequestError(words.unexpected)
            model = await self.context.model(state.model, state.revision)
            checks.label(state.sample.label, model, state.model, words)
            sheet = await draw_sheet(self.context.engine, model, state.model, state.sample, words, caller())
            other = await draw_beside(self.context, state.model, model, state.sample, caller())
            pictures = [*sheet.alone, *(other.sheet.alone if other else [])]
            content = await asyncio.to_thread(kept_zip, pictures)
            name = f"{slug(state.model)}-seed{state.sample.seed}.zip"
            return [file_payload(name, "application/zip", content)]

        outputs = [self.message, *self.results]
        gr.on(
            [self.chips.input, self.listed.input, self.count.input, self.seed.submit, self.seed.blur,
             self.truncation.release, self.beside.input],
            same, [*shown, self.query, *self.inputs], outputs, trigger_mode="always_last", **drawing(self.sheet),
        )  # fmt: skip
        gr.on(
            [self.new.click, self.dice.click],
            fresh,
            [*shown, self.query, *self.inputs],
            outputs,
            trigger_mode="once",
            **drawing(self.sheet),
        )
        saved = self.save.click(zipped, [self.query], [self.message, self.payload], **drawing(self.sheet))
        saved.then(None, [self.payload], None, js="payload => window.amgan.save(payload)", **AT_ONCE)

    def wire_more_like(self, asked: Callable[..., Dependency], shown: list[gr.Textbox]) -> None:
        """Show variations when `asked`, an event with the seed of a picture of the sheet; connect their panel."""
        words, panel = self.context.words, self.variations
        changed = [self.query, *panel.results]

        async def above(name: str, revision: str, query: str, variations: VariationsState | None) -> list[Any]:
            model = await self.context.model(name, revision)
            sample = replace(from_text(query)[0].sample, variations=variations)
            for label in (sample.label, variations and variations.label):
                checks.label(label, model, name, words)
            drawn = await panel.draw(name, model, sample)
            return [to_query(PageState(name, model.revision, "sample", sample)), *drawn]

        @guarded(words, len(changed))
        async def opened(name: str, revision: str, query: str, event: gr.EventData) -> list[Any]:
            data, sample = carried(event), from_text(query)[0].sample
            model = await self.context.model(name, revision)
            label = checks.label(data.get("label"), model, name, words) if sample.each else None
            variations = checks.state_of(VariationsState, words, seed=data.get("seed"), label=label)
            return await above(name, revision, query, variations)

        @guarded(words, len(changed))
        async def other(name: str, revision: str, query: str, alikeness: Any) -> list[Any]:
            old = from_text(query)[0].sample.variations
            alikeness = checks.value_of(VariationsState, "alikeness", alikeness, words)
            return await above(name, revision, query, old and replace(old, alikeness=alikeness))

        @guarded(words, len(changed))
        async def closed(name: str, revision: str, query: str) -> list[Any]:
            return await above(name, revision, query, None)

        given, outputs = [*shown, self.query], [self.message, *changed]
        opening = asked(opened, given, outputs, **drawing(self.sheet))
        # Where the eye and the keyboard go on; on a phone it may be out of sight.
        opening.then(None, None, None, js="() => window.amgan.focus('.ag-variations-title')", **AT_ONCE)
        panel.alikeness.input(
            other, [*given, panel.alikeness], outputs, trigger_mode="always_last", **drawing(panel.sheet)
        )
        panel.close.click(closed, given, outputs, **drawing())
