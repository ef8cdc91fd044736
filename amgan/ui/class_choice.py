"""Which of a model's classes are meant: chips to tap where there are few, a list to search where there are many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from amgan.model import AMGAN
from amgan.networks.config import ModelConfig
from amgan.ui import checks
from amgan.ui.words import Words

MOST_CHIPS = 12
"""Up to so many classes are chips, more are a list to search."""


def has_chips(config: ModelConfig) -> bool:
    """Whether a model's classes are few enough for chips; one that knows none has no list either."""
    return config.num_classes <= MOST_CHIPS or not config.knows_classes


def class_choices(model: AMGAN, words: Words) -> list[tuple[str, str]]:
    """The classes of a model as Gradio takes them: what each is called to the reader, and its own name."""
    if not model.config.knows_classes:
        return []
    return [(text, name) for name, text in model.class_texts_in(words.lang).items()]


class ClassChoice:
    """Any number of classes, none for any.

    Attributes:
        fields: The chips and the list, of which one at most is to be seen.
        changed: What happens when the visitor chooses.
    """

    def __init__(self, tab: str, words: Words) -> None:
        """Make the components, within a tab.

        Args:
            tab: Begins their ids.
            words: In the reader's language.
        """
        self._words = words
        said: dict[str, Any] = {"label": words.several_classes, "info": words.several_classes_info, "visible": False}
        chips = gr.CheckboxGroup(elem_id=f"{tab}-classes", elem_classes=["ag-classes", "ag-several"], **said)
        listed = gr.Dropdown(
            multiselect=True, filterable=True, elem_id=f"{tab}-class-list", elem_classes="ag-search", **said
        )
        self.fields = [chips, listed]
        self.changed = [chips.input, listed.input]

    def read(self, model: AMGAN, name: str, chips: Any, listed: Any) -> tuple[str, ...]:
        """The classes that the values of `fields` mean, in the model's order.

        Args:
            model: The model.
            name: Its name.
            chips: What was sent for the chips, which may be anything.
            listed: What was sent for the list, likewise.

        Raises:
            RequestError: there is no such class.
        """
        sent = chips if has_chips(model.config) else listed
        asked = sent if isinstance(sent, list) else []
        chosen = {checks.label(label, model, name, self._words) for label in asked}
        return tuple(label for label in model.class_names if label in chosen)

    def update(self, model: AMGAN, chosen: Iterable[str], is_seen: bool = True) -> list[Any]:
        """New values of `fields` for a model; not to be seen where its classes are unknown, or `is_seen` is false."""
        names, chips = class_choices(model, self._words), has_chips(model.config)
        return [
            gr.update(choices=names, value=list(chosen), visible=bool(names) and is_seen)
            if is_used
            else gr.update(choices=[], value=[], visible=False)
            for is_used in (chips, not chips)
        ]
