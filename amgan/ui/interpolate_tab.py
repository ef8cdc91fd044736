"""Tab Interpolate: a walk from one picture to another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from amgan.archive import slug
from amgan.config import ModelConfig
from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.ui import checks
from amgan.ui.drawing import FRAME_MILLISECONDS, draw_morph, encode_morph, random_end
from amgan.ui.handlers import AT_ONCE, Context, caller, drawing, file_payload, guarded
from amgan.ui.links import from_text, to_query
from amgan.ui.pictures import copy_button_html, end_html, message_html, morph_html
from amgan.ui.state import ANY, MAX_FRAMES, EndState, MorphState, PageState
from amgan.ui.truncation_field import truncation_field

MIME = {"webp": "image/webp", "gif": "image/gif", "png": "image/png"}


class InterpolateTab:
    """The tab's components and what they do.

    Attributes:
        query: Hidden, the link to what is shown, empty while nothing is; made by the page.
        inputs: What the visitor sets.
        settings: What changes with another model, link or pair.
    """

    def __init__(self, context: Context, query: gr.Textbox, payload: gr.Textbox) -> None:
        words = context.words
        self.context = context
        self.query = query
        self.payload = payload
        self.message = gr.HTML(message_html(""), elem_classes="ag-status", apply_default_css=False)
        with gr.Row(elem_classes="ag-columns"):
            with gr.Column(scale=3, min_width=300):
                self.player = gr.HTML(elem_classes="ag-player-place ag-busy", apply_default_css=False)
                with gr.Row(elem_classes="ag-row"):
                    self.files = {
                        "webp": gr.Button(words.download_webp, size="sm", min_width=120),
                        "gif": gr.Button(words.download_gif, size="sm", min_width=120),
                        "png": gr.Button(words.download_strip, size="sm", min_width=120),
                    }
                    gr.HTML(copy_button_html(words), apply_default_css=False, min_width=120)
            with gr.Column(scale=2, min_width=300, elem_classes="ag-panel"):
                self.new = gr.Button(words.morph, variant="primary", size="lg", elem_id="new-pair")
                self.start = _EndControls("start", words.start, context)
                self.swap = gr.Button(words.swap, size="sm", elem_id="swap")
                self.end = _EndControls("end", words.end, context)
                self.frames = gr.Slider(
                    8, MAX_FRAMES, step=8, label=words.frames, info=words.frames_info, elem_id="frames", buttons=[]
                )
                with gr.Accordion(words.advanced, open=False):
                    self.loop = gr.Checkbox(label=words.loop, info=words.loop_info, elem_id="loop")
                    self.method = gr.Radio(
                        [(words.slerp, "slerp"), (words.lerp, "lerp")],
                        label=words.method,
                        info=words.method_info,
                        elem_classes="ag-segments",
                        elem_id="method",
                    )
                    self.truncation = truncation_field("morph-truncation", words)
        self.inputs = [
            self.start.seed, self.start.label, self.end.seed, self.end.label,
            self.frames, self.truncation, self.method, self.loop,
        ]  # fmt: skip
        self.settings = [*self.inputs, self.start.picture, self.end.picture, self.player, self.query]

    def read(self, config: ModelConfig, name: str, values: tuple[Any, ...]) -> MorphState:
        """The state that the values of `inputs` mean.

        Raises:
            RequestError: a value is not possible.
        """
        start_seed, start_label, end_seed, end_label, frames, truncation, method, loop = values
        words = self.context.words
        return MorphState(
            EndState(checks.seed(start_seed, words), checks.label(start_label, config, name, words)),
            EndState(checks.seed(end_seed, words), checks.label(end_label, config, name, words)),
            checks.frames(frames, words),
            checks.truncation(truncation, words),
            checks.method(method, words),
            bool(loop),
        )

    async def draw(self, name: str, model: AMGAN, state: MorphState) -> list[Any]:
        """New values of `settings`."""
        words = self.context.words
        morph = await draw_morph(self.context.engine, model, name, state, words, caller())
        animation = await asyncio.to_thread(encode_morph, morph, "webp")
        return [
            *self.values(state),
            end_html(morph, 0, words),
            end_html(morph, 1, words),
            morph_html(morph, animation, FRAME_MILLISECONDS, words),
            to_query(PageState(name, model.revision, "interpolate", morph=state)),
        ]

    def values(self, state: MorphState) -> list[Any]:
        """Values of `inputs` that mean a state."""
        return [
            str(state.start.seed),
            ANY if state.start.label is None else state.start.label,
            str(state.end.seed),
            ANY if state.end.label is None else state.end.label,
            state.frames,
            state.truncation,
            state.method,
            state.loop,
        ]

    async def restore(self, name: str, model: AMGAN, state: MorphState, draw: bool) -> list[Any]:
        """New values of `settings` for another model; without `draw` the pictures wait until the tab is opened."""
        config = model.config
        names = config.class_names if config.knows_classes else ()
        choices = [(self.context.words.any_class, ANY), *((label, label) for label in names)]
        if draw:
            values = await self.draw(name, model, state)
        else:
            values = [*self.values(state), gr.skip(), gr.skip(), gr.skip(), ""]
        for index in (1, 3):
            values[index] = gr.update(choices=choices, value=values[index], visible=bool(names))
        return values

    def wire(self, shown: list[gr.Textbox], tab: gr.Tab) -> None:
        """Connect the components; `shown` holds name and revision of the model whose pictures are shown."""
        words = self.context.words
        inputs, outputs = [*shown, *self.inputs], [self.message, *self.settings]

        def changed(change: Callable[[AMGAN, MorphState], MorphState]) -> Callable[..., list[Any]]:
            @guarded(words, len(self.settings))
            async def handler(name: str, revision: str, *values: Any) -> list[Any]:
                model = await self.context.model(name, revision)
                return await self.draw(name, model, change(model, self.read(model.config, name, values)))

            return handler

        @guarded(words, len(self.settings))
        async def same(name: str, revision: str, query: str, *values: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            state = self.read(model.config, name, values)
            if query == to_query(PageState(name, model.revision, "interpolate", morph=state)):
                return [gr.skip()] * len(self.settings)
            return await self.draw(name, model, state)

        def other_start(model: AMGAN, state: MorphState) -> MorphState:
            return replace(state, start=random_end(model, state.start, state.truncation))

        def other_end(model: AMGAN, state: MorphState) -> MorphState:
            return replace(state, end=random_end(model, state.end, state.truncation))

        gr.on(
            [tab.select, self.start.seed.submit, self.start.seed.blur, self.start.label.input, self.end.seed.submit,
             self.end.seed.blur, self.end.label.input, self.frames.release, self.truncation.release,
             self.method.input, self.loop.input],
            same, [*shown, self.query, *self.inputs], outputs, trigger_mode="always_last", **drawing(self.player),
        )  # fmt: skip
        for button, change in (
            (self.new, lambda model, state: other_end(model, other_start(model, state))),
            (self.start.shuffle, other_start),
            (self.end.shuffle, other_end),
            (self.swap, lambda _, state: replace(state, start=state.end, end=state.start)),
        ):
            button.click(changed(change), inputs, outputs, trigger_mode="once", **drawing(self.player))
        for kind, button in self.files.items():
            saved = button.click(self._saver(kind), [self.query], [self.message, self.payload], **drawing(self.player))
            saved.then(None, [self.payload], None, js="payload => window.amgan.save(payload)", **AT_ONCE)

    def _saver(self, kind: str) -> Callable[..., list[Any]]:
        words = self.context.words

        @guarded(words, 1)
        async def save(query: str) -> list[Any]:
            state, problems = from_text(query)
            if problems or state.model is None:
                raise RequestError(words.unexpected)
            model = await self.context.model(state.model, state.revision)
            for end in (state.morph.start, state.morph.end):
                checks.label(end.label, model.config, state.model, words)
            morph = await draw_morph(self.context.engine, model, state.model, state.morph, words, caller())
            name = f"{slug(state.model)}-{state.morph.start.seed}-to-{state.morph.end.seed}.{kind}"
            content = await asyncio.to_thread(encode_morph, morph, kind)
            return [file_payload(name, MIME[kind], content)]

        return save


class _EndControls:
    """One end of the morph: its picture, seed and class, and a button for another one by chance."""

    def __init__(self, name: str, title: str, context: Context) -> None:
        words = context.words
        with gr.Column(elem_classes="ag-end-card"):
            self.picture = gr.HTML(apply_default_css=False)
            with gr.Row(elem_classes="ag-seed"):
                self.seed = gr.Textbox(
                    label=f"{title}: {words.seed}", max_lines=1, elem_id=f"{name}-seed", scale=2, min_width=80
                )
                self.label = gr.Dropdown(
                    label=words.end_class, filterable=True, elem_id=f"{name}-class", scale=3, min_width=100
                )
                self.shuffle = gr.Button(
                    words.shuffle, elem_classes="ag-dice", elem_id=f"{name}-shuffle", scale=0, min_width=48
                )
