"""Tab Interpolate: a walk from one picture to another, through others if asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import gradio as gr
from annotated_types import Ge, Le

from amgan.errors import RequestError
from amgan.model import AMGAN
from amgan.sampling.animation import has_ffmpeg
from amgan.sampling.archive import slug
from amgan.ui import checks
from amgan.ui.class_choice import class_choices
from amgan.ui.drawing import draw_morph, encode_morph, random_end
from amgan.ui.fields import truncation_field
from amgan.ui.handlers import AT_ONCE, Context, caller, drawing, file_payload, guarded
from amgan.ui.links import from_text, to_query
from amgan.ui.morph_card import MorphCard
from amgan.ui.pictures import copy_button_html, end_html, message_html, morph_html, share_button_html, window_link_html
from amgan.ui.state import ANY, MAX_FRAMES, MAX_MORPH_PICTURES, EndState, MorphState, PageState, Whole
from amgan.ui.words import choices

Between = Whole[Annotated[int, Ge(0), Le(MAX_MORPH_PICTURES - 2)]]
MIME = {"webp": "image/webp", "gif": "image/gif", "mp4": "video/mp4", "png": "image/png"}


class InterpolateTab:
    """The tab's components and what they do.

    Attributes:
        query: Hidden, the link to what is shown, empty while nothing is; made by the page.
        ways: What the visitor sets beside the pictures, and how many stand between the first and the last.
        cards: One for each picture that a morph may have.
        inputs: What the visitor sets, `ways` and the cards.
        settings: What changes with another model, link or picture.
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
                    kinds = {"webp": words.download_webp, "gif": words.download_gif}
                    if has_ffmpeg():
                        kinds["mp4"] = words.download_mp4
                    kinds["png"] = words.download_strip
                    self.files = {kind: gr.Button(text, size="sm", min_width=120) for kind, text in kinds.items()}
                    gr.HTML(copy_button_html(words), apply_default_css=False, min_width=120)
                    gr.HTML(share_button_html(words), apply_default_css=False, min_width=90)
                    # Where there are no routes beside the page there is no such page either.
                    self.window = gr.HTML(apply_default_css=False, min_width=90, visible=context.jobs is not None)
            with gr.Column(scale=2, min_width=300, elem_classes="ag-panel"):
                self.new = gr.Button(words.morph, variant="primary", size="lg", elem_id="new-pair")
                start = MorphCard("start", words.start, words)
                self.swap = gr.Button(words.swap, size="sm", elem_id="swap")
                between = [
                    MorphCard(f"via{number}", words.through, words, visible=False)
                    for number in range(1, MAX_MORPH_PICTURES - 1)
                ]
                end = MorphCard("end", words.end, words)
                self.add = gr.Button(words.add_picture, size="sm", elem_id="add-picture")
                self.between = gr.Textbox(visible="hidden", show_label=False, container=False)
                self.frames = gr.Slider(
                    8, MAX_FRAMES, step=8, label=words.frames, info=words.frames_info, elem_id="frames", buttons=[]
                )
                with gr.Accordion(words.advanced, open=False):
                    self.loop = gr.Checkbox(label=words.loop, info=words.loop_info, elem_id="loop")
                    self.speed = gr.Radio(
                        choices(words.speeds), label=words.speed, elem_classes="ag-segments", elem_id="speed"
                    )
                    self.easing = gr.Radio(
                        choices(words.easings),
                        label=words.easing,
                        info=words.easing_info,
                        elem_classes="ag-segments",
                        elem_id="easing",
                    )
                    self.method = gr.Radio(
                        [(words.slerp, "slerp"), (words.lerp, "lerp")],
                        label=words.method,
                        info=words.method_info,
                        elem_classes="ag-segments",
                        elem_id="method",
                    )
                    self.truncation = truncation_field("morph-truncation", words)
        self.cards = [start, *between, end]
        self.ways = [
            self.between, self.frames, self.truncation, self.method, self.loop, self.easing, self.speed,
        ]  # fmt: skip
        self.inputs = [*self.ways, *(part for card in self.cards for part in card.inputs)]
        pictures = [part for card in self.cards for part in card.settings]
        self.settings = [*self.ways, *pictures, self.add, self.player, self.window, self.query]

    def read(self, model: AMGAN, name: str, values: tuple[Any, ...]) -> MorphState:
        """The state that the values of `inputs` mean.

        Raises:
            RequestError: a value is not possible.
        """
        ways, fields = values[: len(self.ways)], values[len(self.ways) :]
        between, frames, truncation, method, loop, easing, speed = ways
        words = self.context.words
        shown = self._shown(checks.checked(Between, "bad_count", between, words))
        pictures = [
            checks.state_of(EndState, words, seed=seed, label=checks.label(label, model, name, words))
            for seed, label, there in zip(fields[::2], fields[1::2], shown, strict=True)
            if there
        ]
        start, *through, end = pictures
        return checks.state_of(
            MorphState, words, start=start, through=tuple(through), end=end, frames=frames, truncation=truncation,
            method=method, loop=bool(loop), easing=easing, speed=speed,
        )  # fmt: skip

    async def draw(
        self, name: str, model: AMGAN, state: MorphState, choices: list[tuple[str, str]] | None = None
    ) -> list[Any]:
        """New values of `settings`; `choices` are the classes if they change."""
        words = self.context.words
        morph = await draw_morph(self.context.engine, model, name, state, words, caller())
        animation = await asyncio.to_thread(encode_morph, morph, "webp")
        pictures = [end_html(morph, number, words) for number in range(len(morph.ends))]
        return [
            *self._values(state, pictures, choices),
            morph_html(morph, animation, words),
            window_link_html(name, self._classes(state), words),
            to_query(PageState(name, model.revision, "interpolate", morph=state)),
        ]

    async def restore(self, name: str, model: AMGAN, state: MorphState, draw: bool) -> list[Any]:
        """New values of `settings` for another model; without `draw` the pictures wait until the tab is opened."""
        choices = [(self.context.words.any_class, ANY), *class_choices(model, self.context.words)]
        if draw:
            return await self.draw(name, model, state, choices)
        return [*self._values(state, [gr.skip()] * len(state.pictures), choices), gr.skip(), gr.skip(), ""]

    @staticmethod
    def _classes(state: MorphState) -> list[str]:
        """Those of a morph's pictures; none if one of them may be of any."""
        labels = [picture.label for picture in state.pictures if picture.label is not None]
        return list(dict.fromkeys(labels)) if len(labels) == len(state.pictures) else []

    def _shown(self, between: int) -> list[bool]:
        """Which cards show a picture if there are so many between the first and the last."""
        return [number <= between or number == len(self.cards) - 1 for number in range(len(self.cards))]

    def _values(self, state: MorphState, html: list[Any], choices: list[tuple[str, str]] | None) -> list[Any]:
        """New values of `ways`, the cards' settings and the button to add a picture."""
        between = len(state.through)
        pictures = iter(zip(state.pictures, html, strict=True))
        values = [between, state.frames, state.truncation, state.method, state.loop, state.easing, state.speed]
        for card, there in zip(self.cards, self._shown(between), strict=True):
            picture, shown = next(pictures) if there else (None, "")
            values += card.values(picture, shown, between > 0, choices)
        return [*values, gr.update(visible=len(state.pictures) < MAX_MORPH_PICTURES)]

    def wire(self, shown: list[gr.Textbox], tab: gr.Tab) -> None:
        """Connect the components; `shown` holds name and revision of the model whose pictures are shown."""
        words = self.context.words
        inputs, outputs = [*shown, *self.inputs], [self.message, *self.settings]

        def changed(change: Callable[[AMGAN, MorphState], MorphState]) -> Callable[..., list[Any]]:
            @guarded(words, len(self.settings))
            async def handler(name: str, revision: str, *values: Any) -> list[Any]:
                model = await self.context.model(name, revision)
                return await self.draw(name, model, change(model, self.read(model, name, values)))

            return handler

        @guarded(words, len(self.settings))
        async def same(name: str, revision: str, query: str, *values: Any) -> list[Any]:
            model = await self.context.model(name, revision)
            state = self.read(model, name, values)
            if query == to_query(PageState(name, model.revision, "interpolate", morph=state)):
                return [gr.skip()] * len(self.settings)
            return await self.draw(name, model, state)

        def other(number: int) -> Callable[[AMGAN, MorphState], MorphState]:
            def change(model: AMGAN, state: MorphState) -> MorphState:
                return _replaced(state, number, random_end(model, state.pictures[number], state.truncation))

            return change

        def all_others(model: AMGAN, state: MorphState) -> MorphState:
            return state.of([random_end(model, picture, state.truncation) for picture in state.pictures])

        def one_more(model: AMGAN, state: MorphState) -> MorphState:
            return state.of([*state.pictures, random_end(model, state.end, state.truncation)][:MAX_MORPH_PICTURES])

        def without(number: int) -> Callable[[AMGAN, MorphState], MorphState]:
            return lambda _, state: _replaced(state, number)

        fields = [field for card in self.cards for field in (card.seed.submit, card.seed.blur, card.label.input)]
        gr.on(
            [tab.select, *fields, self.frames.release, self.truncation.release, self.method.input, self.loop.input,
             self.easing.input, self.speed.input],
            same, [*shown, self.query, *self.inputs], outputs, trigger_mode="always_last", **drawing(self.player),
        )  # fmt: skip
        # The last card shows the last picture, however many stand before it.
        numbers = [*range(len(self.cards) - 1), -1]
        for button, change in (
            (self.new, all_others),
            (self.add, one_more),
            (self.swap, lambda _, state: state.of(state.pictures[::-1])),
            *((card.shuffle, other(number)) for card, number in zip(self.cards, numbers)),
            *((card.remove, without(number)) for card, number in zip(self.cards, numbers)),
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
            for picture in state.morph.pictures:
                checks.label(picture.label, model, state.model, words)
            morph = await draw_morph(self.context.engine, model, state.model, state.morph, words, caller())
            seeds = "-to-".join(str(picture.seed) for picture in state.morph.pictures)
            name = f"{slug(state.model)}-{seeds}.{kind}"
            content = await asyncio.to_thread(encode_morph, morph, kind)
            return [file_payload(name, MIME[kind], content)]

        return save


def _replaced(state: MorphState, number: int, *pictures: EndState) -> MorphState:
    """The state with `pictures` in place of the one of a number; as it is if that leaves fewer than two."""
    all_pictures = state.pictures
    all_pictures[number : number + 1 or None] = pictures
    return state.of(all_pictures) if len(all_pictures) > 1 else state
