"""Fields that several tabs have: truncation, and the least confidence where a class is searched for."""

from __future__ import annotations

from typing import Any, TypeVar

import gradio as gr

from amgan.networks.config import ModelConfig
from amgan.ui.words import Words

T = TypeVar("T")


def confidence_field(elem_id: str, words: Words) -> gr.Textbox:
    """The field, not to be seen until a model is there that it means something to."""
    return gr.Textbox(label=words.confidence, max_lines=1, elem_id=elem_id, visible=False)


def confidence_update(value: float | None, config: ModelConfig, words: Words) -> dict[str, Any]:
    """The field as it is for a model."""
    value = fit_confidence(value, config)
    update: dict[str, Any] = gr.update(
        value="" if value is None else str(value),
        info=words.confidence_info.format(value=f"{config.confidence:g}"),
        visible=_searches(config),
    )
    return update


def fit_confidence(value: T, config: ModelConfig) -> T | None:
    """A confidence, which may be another model's or what is left in a field that is not to be seen."""
    return value if _searches(config) else None


def _searches(config: ModelConfig) -> bool:
    return config.judges_classes and not config.is_predefined


def truncation_field(elem_id: str, words: Words) -> gr.Slider:
    """From the least that still varies to twice the latents' own scale."""
    return gr.Slider(
        0.05, 2, step=0.05, label=words.truncation, info=words.truncation_info, elem_id=elem_id, buttons=[]
    )  # fmt: skip
