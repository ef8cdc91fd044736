"""One picture of a morph: what it is, another one by chance, and away with it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from amgan.ui.state import ANY, EndState
from amgan.ui.words import Words


class MorphCard:
    """A card's components; those in the middle of a morph are hidden until they are needed.

    Attributes:
        inputs: What the visitor sets.
        settings: What changes with another picture, and whether the card is there at all.
    """

    def __init__(self, name: str, title: str, words: Words, visible: bool = True) -> None:
        with gr.Column(elem_classes="ag-end-card", elem_id=f"{name}-card", visible=visible) as self.box:
            self.picture = gr.HTML(apply_default_css=False)
            with gr.Row(elem_classes="ag-seed"):
                self.seed = gr.Textbox(
                    label=words.end_seed.format(picture=title),
                    max_lines=1,
                    elem_id=f"{name}-seed",
                    scale=2,
                    min_width=80,
                )
                self.label = gr.Dropdown(
                    label=words.end_class, filterable=True, elem_id=f"{name}-class", scale=3, min_width=100
                )
                self.shuffle = gr.Button(
                    words.shuffle, elem_classes="ag-dice", elem_id=f"{name}-shuffle", scale=0, min_width=48
                )
            self.remove = gr.Button(
                words.take_away, size="sm", elem_classes="ag-take-away", elem_id=f"{name}-remove", visible=False
            )
        self.inputs = [self.seed, self.label]
        self.settings = [self.box, self.picture, self.seed, self.label, self.remove]

    def values(
        self, picture: EndState | None, html: Any, removable: bool, choices: list[tuple[str, str]] | None
    ) -> list[Any]:
        """New values of `settings`.

        Args:
            picture: What the card shows; None hides it.
            html: The picture itself.
            removable: Whether the morph has pictures to spare.
            choices: The classes to choose from if they change; without one beside any there is nothing to choose.
        """
        label = ANY if picture is None or picture.label is None else picture.label
        dropdown = label if choices is None else gr.update(choices=choices, value=label, visible=len(choices) > 1)
        return [
            gr.update(visible=picture is not None),
            "" if picture is None else html,
            "" if picture is None else str(picture.seed),
            dropdown,
            gr.update(visible=removable),
        ]
